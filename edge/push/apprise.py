"""Phones, by Apprise (ntfy, Pushover, Telegram, SMS ...). Its services block, so each attempt has its own thread.

The threads are daemons and not of a pool: a service that hangs for ever must neither hold up the end of the program
(pools are joined at exit) nor another channel.
"""

import asyncio
import contextlib
import threading
from collections.abc import Sequence

from edge.model.effect import Notify
from edge.ports import Outcome, Sent
from edge.push.connections import Connections
from edge.push.service import attempt, problem

# Threads of one channel. Over HTTP and SMTP an attempt that is out of time is broken off, and its thread ends. Over any
# other protocol it ends by itself, perhaps late: it must neither keep the channel closed nor pile up without end.
_THREADS = 16


class AppriseNotifier:
    """The push channels of one caregiver, each an Apprise address (a secret: never in a repr, a result or a log).

    urls: one address a channel. time_out_s: wall seconds one attempt may take in all, however slowly a service
    answers; one that says nothing at all has 5 s for a connection and 10 s for an answer.
    """

    def __init__(self, urls: Sequence[str], time_out_s: float = 20.0) -> None:
        self._channels = tuple(_Channel(url, time_out_s) for url in urls)

    def __repr__(self) -> str:
        return f"AppriseNotifier({len(self._channels)} channels)"

    async def send(self, message: Notify, actions: str = "") -> Sent:
        """Send over all channels at once; delivered as soon as one service has taken it. detail names every channel.

        actions: the buttons under it, in ntfy's format.
        """
        return merged(await self.send_each(message, actions))

    async def send_each(self, message: Notify, actions: str = "") -> tuple[Sent, ...]:
        """Send over all channels at once; one result a channel, in the order of `urls`. Never raises."""
        return tuple(await asyncio.gather(*(channel.send(message, actions) for channel in self._channels)))

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
        self._time_out_s = time_out_s
        self._threads = 0

    async def send(self, message: Notify, actions: str) -> Sent:
        if self._threads >= _THREADS:
            return Sent(Outcome.RETRY, "too many earlier attempts still hang")
        connections = Connections()
        try:
            async with asyncio.timeout(self._time_out_s):
                return await self._in_thread(message, actions, connections)
        except TimeoutError:
            return Sent(Outcome.RETRY, f"no answer within {self._time_out_s:g} s")
        finally:
            connections.end()

    async def _in_thread(self, message: Notify, actions: str, connections: Connections) -> Sent:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Sent] = loop.create_future()

        def finish(result: Sent) -> None:
            self._threads -= 1
            if not done.done():
                done.set_result(result)

        def run() -> None:
            words = (message.title, message.text, message.urgent)
            result = attempt(self.url, *words, quiet=message.quiet, actions=actions, connections=connections)
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody is left to be told
                loop.call_soon_threadsafe(finish, result)

        self._threads += 1
        try:
            threading.Thread(target=run, name="push", daemon=True).start()
        except RuntimeError:
            finish(Sent(Outcome.RETRY, "this hub has no thread left to send with"))
        return await done
