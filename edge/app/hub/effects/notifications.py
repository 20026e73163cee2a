"""Pushes to caregivers' phones: one line for each channel, so that a slow or dead one holds up nothing else."""

import asyncio
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from edge.app.hub.effects.push_deadline import Taken
from edge.model.alarm import Condition
from edge.model.effect import Notify
from edge.ports import Notifier, Outcome, Sent

# A push that could not be sent is tried again with growing pauses; the escalation tells again anyway.
TRIES = 4
PAUSE_S = 5.0
QUEUE = 50

Write = Callable[[str, Notify, str], None]
Report = Callable[[Condition, bool, str, str], None]


@dataclass(slots=True)
class _Job:
    """A message that still has to be sent: not before due_s (of the loop's clock), after so many vain attempts."""

    message: Notify
    due_s: float = 0.0
    attempts: int = 0


class _Line:
    """One channel of one caregiver. The most urgent of what is due goes first; of one alarm only the newest word.

    works: whether the last message arrived; False only after every attempt was in vain, None before that is known.
    """

    def __init__(self, caregiver: str, channel: Notifier, note: Write) -> None:
        self.caregiver = caregiver
        self.channel = channel
        self.works: bool | None = None
        self.failed = 0
        self._vain = 0
        self._note = note
        self._jobs: list[_Job] = []
        self._busy = False
        self._stir = asyncio.Event()

    @property
    def idle(self) -> bool:
        return not self._jobs and not self._busy

    def has(self, alarm_id: str) -> bool:
        """Whether it waits with a message of this alarm."""
        return any(job.message.alarm_id == alarm_id for job in self._jobs)

    def put(self, message: Notify) -> None:
        for job in [job for job in self._jobs if job.message.alarm_id == message.alarm_id]:
            self._drop(job, "superseded")
        if len(self._jobs) >= QUEUE:
            least = min(self._jobs, key=lambda job: job.message.urgent)
            self._drop(least, "dropped: too many wait")
        self._jobs.append(_Job(message))
        self._stir.set()

    async def send_next(self) -> "tuple[_Job, Sent] | None":
        """Wait for something to send, and try it once: what it was and how it went; None if it only waited."""
        now_s = asyncio.get_running_loop().time()
        due = [job for job in self._jobs if job.due_s <= now_s]
        if not due:
            first_s = min((job.due_s for job in self._jobs), default=math.inf)
            try:
                async with asyncio.timeout(None if math.isinf(first_s) else first_s - now_s):
                    await self._stir.wait()
            except TimeoutError:
                pass
            self._stir.clear()
            return None
        job = max(due, key=lambda job: job.message.urgent)
        self._jobs.remove(job)
        self._busy = True
        try:
            sent = await self.attempt(job.message)
        finally:
            self._busy = False
        self._settle(job, sent)
        return job, sent

    async def attempt(self, message: Notify) -> Sent:
        """Send once, and write down what came of it."""
        sent = await self.channel.send(message)
        self._note(self.caregiver, message, f"{sent.outcome}: {sent.detail}")
        if sent.outcome is Outcome.DELIVERED:
            self._vain, self.works = 0, True
            return sent
        self.failed += 1
        self._vain += 1
        if sent.outcome is Outcome.REFUSED or self._vain >= TRIES:
            self.works = False
        return sent

    def _settle(self, job: _Job, sent: Sent) -> None:
        job.attempts += 1
        if sent.outcome is not Outcome.RETRY or job.attempts >= TRIES:
            return
        if any(newer.message.alarm_id == job.message.alarm_id for newer in self._jobs):
            self._note(self.caregiver, job.message, "superseded")
            return
        job.due_s = asyncio.get_running_loop().time() + PAUSE_S * 2.0 ** (job.attempts - 1)
        self._jobs.append(job)

    def _drop(self, job: _Job, why: str) -> None:
        self._jobs.remove(job)
        self._note(self.caregiver, job.message, why)


class Notifications:
    """note: writes each attempt and its result to the journal. report: raises and ends `nobody_reachable`."""

    def __init__(
        self,
        notifiers: Mapping[str, Sequence[Notifier]],
        note: Write,
        report: Report,
        connected: Callable[[], bool] = lambda: True,
        not_taken: Callable[[str], None] = lambda _alarm_id: None,
    ) -> None:
        self._note = note
        self._report = report
        self._lines = {who: [_Line(who, channel, note) for channel in each] for who, each in notifiers.items()}
        self._nobody: bool | None = None
        self._taken = Taken(connected, not_taken)

    @property
    def failed(self) -> int:
        """How many attempts were in vain."""
        return sum(line.failed for line in self._all())

    @property
    def idle(self) -> bool:
        """Nothing is being sent and nothing waits."""
        return all(line.idle for line in self._all())

    def put(self, message: Notify) -> None:
        """Queue a message; for a caregiver without a channel the journal keeps that it went nowhere."""
        lines = self._lines.get(message.caregiver)
        if not lines:
            self._note(message.caregiver, message, "no_channel")
        told = (lines or [])[: message.reach or None]
        if message.stage == 0:
            self._taken.asked(message.alarm_id, len(told))
        for line in told:
            line.put(message)

    async def prove(self, message: Notify) -> tuple[bool, str]:
        """Send one test over every channel of its caregiver, once each: whether one arrived, and how each went."""
        lines = self._lines.get(message.caregiver)
        if not lines:
            return False, f"{message.caregiver}: no push channel is set up"
        results = await asyncio.gather(*(line.attempt(message) for line in lines))
        self._judge()
        words = ", ".join(in_words(sent) for sent in results)
        return any(sent.outcome is Outcome.DELIVERED for sent in results), f"{message.caregiver}: {words}"

    async def run(self) -> None:
        """Send, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for lines in self._lines.values():
                for line, after in zip(lines, [*lines[1:], None], strict=True):
                    tasks.create_task(self._serve(line, after), name=f"push to {line.caregiver}")

    async def _serve(self, line: _Line, after: _Line | None) -> None:
        while True:
            done = await line.send_next()
            if done is not None and done[0].attempts <= 1:
                self._pass_on(*done, after)
            self._judge()

    def _pass_on(self, job: _Job, sent: Sent, after: _Line | None) -> None:
        """What a first channel did not take goes to the next at once, which would have got it only later."""
        message, failed = job.message, sent.outcome is not Outcome.DELIVERED
        if failed and message.reach and after is not None and not after.has(message.alarm_id):
            if message.stage == 0:
                self._taken.asked(message.alarm_id, 1)
            after.put(replace(message, reach=message.reach + 1))
        if message.stage == 0:
            self._taken.answered(message.alarm_id, delivered=not failed)

    def _judge(self) -> None:
        """Somebody is reachable once a message arrived, nobody when every channel has failed."""
        known = [line.works for line in self._all()]
        nobody = True if all(works is False for works in known) else False if True in known else None
        if nobody is not None and nobody != self._nobody:
            self._nobody = nobody
            self._report(Condition.NOBODY_REACHABLE, nobody, "no push channel works" if nobody else "", "push")

    def _all(self) -> list[_Line]:
        return [line for lines in self._lines.values() for line in lines]


def in_words(sent: Sent) -> str:
    """What became of one attempt, for a person."""
    word = {Outcome.DELIVERED: "delivered", Outcome.RETRY: "not delivered", Outcome.REFUSED: "refused"}[sent.outcome]
    return f"{word} ({sent.detail})" if sent.detail else word
