"""Pushes to caregivers' phones. The core decides what is sent and when; one worker a channel sends it and reports."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import structlog

from edge.app.hub.workers import Workers
from edge.model.effect import Notify, PushNotSent, SendPush
from edge.model.event import NoticeAsked, PushReported
from edge.model.language import N_
from edge.ports import Notifier, Outcome, Progress, Sent
from edge.push.ntfy import NtfyPhone

# No attempt takes longer, whatever a notifier does: its own time-out is 20 s, and ntfy may need a second try.
ATTEMPT_S = 30.0

Write = Callable[[str, Notify, str], None]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _Channel:
    """channel: as it was handed in. The core hands it nothing more before it has reported, so one place is enough."""

    channel: Notifier
    guarded: Notifier
    orders: asyncio.Queue[SendPush] = field(default_factory=lambda: asyncio.Queue(1))


class Notifications:
    """guard: put around each channel, given whose it is. note: writes each attempt and its result to the journal.

    report: says to the core what came of an attempt. notice: hands the core a quiet message that is no alarm. failed:
    how many attempts were in vain.
    """

    def __init__(
        self,
        notifiers: Mapping[str, Sequence[Notifier]],
        note: Write,
        report: Callable[[PushReported], None],
        notice: Callable[[NoticeAsked], None],
        guard: Callable[[str, Notifier], Notifier] = lambda _who, channel: channel,
    ) -> None:
        self.failed = 0
        # Attempts since the start.
        self._begun = 0
        self._guard = guard
        self._note = note
        self._report = report
        self._notice = notice
        self._workers = Workers()
        self._channels: dict[tuple[str, int], _Channel] = {}
        self.renew(notifiers)

    def renew(self, notifiers: Mapping[str, Sequence[Notifier]]) -> None:
        """From now on these. A channel that is still the same goes on undisturbed."""
        before, self._channels = self._channels, {}
        for who, each in notifiers.items():
            for index, channel in enumerate(each):
                known = before.get((who, index))
                same = known is not None and known.channel is channel
                self._channels[who, index] = known if known and same else _Channel(channel, self._guard(who, channel))
        self._workers.set(
            {
                (f"push to {who}", index, id(each)): partial(self._serve, each)
                for (who, index), each in self._channels.items()
            }
        )

    def put(self, message: Notify) -> None:
        """Have the core send a quiet message."""
        self._notice(NoticeAsked(message.caregiver, message.alarm_id, message.title, message.text, message.reach))

    def send(self, order: SendPush) -> None:
        """Hand an attempt to the channel's worker. The core hears of one that is gone, as it will of its end."""
        channel = self._channels.get((order.caregiver, order.channel))
        if channel is None:
            self._report(PushReported(order.caregiver, order.channel, order.number, Outcome.REFUSED))
        else:
            channel.orders.put_nowait(order)

    def not_sent(self, effect: PushNotSent) -> None:
        """Write down what goes out no more, and why."""
        self._note(effect.message.caregiver, effect.message, effect.reason)

    async def prove(self, message: Notify) -> tuple[bool, str]:
        """Send one test over every channel of its caregiver, once each: whether one arrived, and how each went."""
        who = message.caregiver
        channels = [each.guarded for (whose, _), each in self._channels.items() if whose == who]
        if not channels:
            return False, f"{who}: {NO_CHANNEL}"
        results = await asyncio.gather(*(self._attempt(each, message) for each in channels))
        for index, sent in enumerate(results):
            self._report(PushReported(who, index, 0, sent.outcome))
        words = ", ".join(in_words(sent) for sent in results)
        return any(sent.outcome is Outcome.DELIVERED for sent in results), f"{who}: {words}"

    async def try_quietly(self, message: Notify) -> dict[str, str | None]:
        """By each channel of its caregiver: why a message does not arrive; empty: one without a sound did.

        None: it was not tried, since its service knows no message without a sound that can be taken back at once.
        """
        found: dict[str, str | None] = {}
        for (who, index), each in self._channels.items():
            if who != message.caregiver:
                continue
            name = f"{who} {index + 1}"
            if not isinstance(each.channel, NtfyPhone) or each.channel.screen is None:
                found[name] = None
                continue
            sent = await self._attempt(each.channel, message)
            found[name] = "" if sent.outcome is Outcome.DELIVERED else in_words(sent)
            each.channel.screen.outdate(message.alarm_id)
        return found

    def progress(self) -> Progress:
        """How many attempts were begun; one that was begun ends in time."""
        return Progress(self._begun, any(not each.orders.empty() for each in self._channels.values()))

    async def run(self) -> None:
        """Send, until cancelled."""
        await self._workers.run()

    async def _serve(self, channel: "_Channel") -> None:
        while True:
            order = await channel.orders.get()
            self._begun += 1
            outcome = Outcome.RETRY
            try:
                outcome = (await self._attempt(channel.guarded, order.message)).outcome
            finally:  # also if this worker is stopped: the core waits for the report of this attempt
                self._report(PushReported(order.caregiver, order.channel, order.number, outcome))

    async def _attempt(self, channel: Notifier, message: Notify) -> Sent:
        """Send once, and write down what came of it. Never raises, and ends in time."""
        try:
            async with asyncio.timeout(ATTEMPT_S):
                sent = await channel.send(message)
        except TimeoutError:
            sent = Sent(Outcome.RETRY, N_("no answer within {a} s").format(a=f"{ATTEMPT_S:g}"))
        except Exception as error:  # noqa: BLE001  whatever a channel does, the others and the alarms go on
            log.error("push", why=type(error).__name__)  # its text may hold the channel's address, a secret
            sent = Sent(Outcome.RETRY, f"failed inside ({type(error).__name__})")
        self.failed += sent.outcome is not Outcome.DELIVERED
        self._note(message.caregiver, message, f"{sent.outcome}: {sent.detail}")
        return sent


IN_WORDS = {
    Outcome.DELIVERED: N_("delivered"),
    Outcome.RETRY: N_("not delivered"),
    Outcome.REFUSED: N_("refused"),
}
NO_CHANNEL = N_("no push channel is set up")


def in_words(sent: Sent) -> str:
    """What became of one attempt, for a person."""
    word = IN_WORDS[sent.outcome]
    return f"{word} ({sent.detail})" if sent.detail else word
