"""Phones, by Apprise (ntfy, Pushover, Telegram, SMS ...). Its services block, so each attempt has its own thread."""

import asyncio
from collections.abc import Mapping, Sequence

from edge.model.effect import Notify
from edge.ports import Outcome, Sent
from edge.push.attempts import Attempts
from edge.push.connections import Connections
from edge.push.service import attempt, problem


class AppriseNotifier:
    """The push channels of one caregiver, each an Apprise address (a secret: never in a repr, a result or a log).

    urls: one address a channel. time_out_s: wall seconds one attempt may take in all, however slowly a service
    answers; one that says nothing at all has 5 s for a connection and 10 s for an answer.
    """

    def __init__(self, urls: Sequence[str], time_out_s: float = 20.0) -> None:
        self._channels = tuple(_Channel(url, time_out_s) for url in urls)

    def __repr__(self) -> str:
        return f"AppriseNotifier({len(self._channels)} channels)"

    async def send(self, message: Notify, actions: str = "", headers: Mapping[str, str] | None = None) -> Sent:
        """Send over all channels at once; delivered as soon as one service has taken it. detail names every channel.

        actions: the buttons under it, in ntfy's format. headers: of HTTP, beside those of the service.
        """
        return merged(await self.send_each(message, actions, headers))

    async def send_each(
        self, message: Notify, actions: str = "", headers: Mapping[str, str] | None = None
    ) -> tuple[Sent, ...]:
        """Send over all channels at once; one result a channel, in the order of `urls`. Never raises."""
        sends = (channel.send(message, actions, headers or {}) for channel in self._channels)
        return tuple(await asyncio.gather(*sends))

    async def problems(self) -> tuple[str, ...]:
        """Why each address cannot be used, empty where it can. Also loads Apprise, so that the first alarm need not."""
        return tuple(await asyncio.gather(*(asyncio.to_thread(problem, it.url) for it in self._channels)))


def merged(results: Sequence[Sent]) -> Sent:
    """One result for a caregiver: delivered if any channel was, else worth a retry if any is."""
    if not results:
        return Sent(Outcome.REFUSED, "no push channel is set up")
    best = min(results, key=lambda it: list(Outcome).index(it.outcome))
    return Sent(best.outcome, "; ".join(it.detail for it in results))


class _Channel:
    def __init__(self, url: str, time_out_s: float) -> None:
        self.url = url
        self._attempts = Attempts(time_out_s)

    async def send(self, message: Notify, actions: str, headers: Mapping[str, str]) -> Sent:
        def work(connections: Connections) -> Sent:
            connections.headers = headers
            words = (message.title, message.text, message.urgent)
            return attempt(self.url, *words, quiet=message.quiet, actions=actions, connections=connections)

        return await self._attempts.make(work)
