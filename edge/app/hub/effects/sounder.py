"""The sounder in the room: kept at what the core last asked for."""

import asyncio

from edge.app.hub.effects.executor import Note, Report
from edge.app.hub.effects.status_topics import StatusTopics
from edge.app.hub.supervisor import in_words, log_failure
from edge.model.alarm import Condition
from edge.model.effect import Sound
from edge.model.language import N_
from edge.pipeline import State
from edge.ports import Outcome, Progress, Sent, Sounder

# A sounder that failed is tried again; it has its own, faster tries as long as it is asked for the same.
PAUSE_S = 5.0
FULL_PERCENT = 100


class RoomSounder:
    """note: writes what was sounded into the history. report: raises and ends `hub_degraded`.

    sounder: None where there is none on purpose, which is no trouble but proves nothing either.
    """

    def __init__(self, sounder: Sounder | None, note: Note, report: Report) -> None:
        self._sounder = sounder
        self._note = note
        self._report = report
        self._wanted, self._level_percent = "", FULL_PERCENT
        self._said = ("", Outcome.DELIVERED)
        self._works: bool | None = None
        self._stir = asyncio.Event()
        self._changed = asyncio.Event()
        self._rounds = 0

    @property
    def words(self) -> str:
        """Whether it sounds when it should, as far as is known."""
        if self._sounder is None:
            return N_("none is set up")
        return {None: "not tried yet", True: "works", False: "fails"}[self._works]

    def progress(self) -> Progress:
        """How often it has turned to what is wanted."""
        return Progress(self._rounds, self._stir.is_set())

    def want(self, pattern: str, level_percent: int = FULL_PERCENT) -> None:
        """Play this from now on; empty: silence."""
        if (pattern, level_percent) != (self._wanted, self._level_percent):
            self._changed.set()
        self._wanted, self._level_percent = pattern, level_percent
        self._stir.set()

    async def run(self) -> None:
        """Until cancelled; started again, it plays what is wanted."""
        if self._wanted:
            self._stir.set()
        while True:
            await self._stir.wait()
            self._stir.clear()
            self._rounds += 1
            self._changed.clear()
            pattern = self._wanted
            if self._sounder is None:
                self._note("sounder", pattern or "silence", "no sounder is set up")
                continue
            sent = await self._played(self._sounder, pattern)
            if sent is None:
                continue
            self._learn(pattern, sent)
            if pattern and sent.outcome is not Outcome.DELIVERED:
                asyncio.get_running_loop().call_later(PAUSE_S, self._stir.set)

    async def _played(self, sounder: Sounder, pattern: str) -> Sent | None:
        """How it went; None if something else is wanted before the card has answered: who quiets it need not wait."""
        playing = asyncio.ensure_future(_play(sounder, pattern, self._level_percent))
        changed = asyncio.ensure_future(self._changed.wait())
        try:
            await asyncio.wait((playing, changed), return_when=asyncio.FIRST_COMPLETED)
            return playing.result() if playing.done() else None
        finally:
            playing.cancel()
            changed.cancel()

    async def test(self) -> Sent:
        """One burst, unless an alarm sounds."""
        if self._sounder is None:
            return Sent(Outcome.REFUSED, N_("none is set up"))
        if self._wanted:
            return Sent(Outcome.RETRY, N_("an alarm sounds now"))
        sent = await _play(self._sounder, "test", FULL_PERCENT)
        self._learn("test", sent)
        return sent

    def tried(self, sent: Sent) -> None:
        """What became of making it ready, before anything sounds."""
        self._learn("start", sent)

    def _learn(self, pattern: str, sent: Sent) -> None:
        if (pattern, sent.outcome) != self._said:  # a card that is away for days is one line, not a hundred thousand
            self._said = (pattern, sent.outcome)
            self._note("sounder", pattern or "silence", f"{sent.outcome}: {sent.detail}")
        if pattern:
            self._works = works = sent.outcome is Outcome.DELIVERED
            why = "" if works else f"the sounder does not sound: {sent.detail}"
            self._report(Condition.HUB_DEGRADED, not works, why, "sounder")


class Sounding:
    """What all sounders of the house play: the one in this room, and those that hear it over MQTT."""

    def __init__(self, room_sounder: RoomSounder, status_topics: StatusTopics) -> None:
        self._room_sounder = room_sounder
        self._status_topics = status_topics

    def execute(self, effect: Sound, _state: State) -> None:
        """From now on, until the next."""
        self._room_sounder.want(effect.pattern, effect.level_percent)
        self._status_topics.sound(effect)


async def _play(sounder: Sounder, pattern: str, level_percent: int) -> Sent:
    """A sounder that fails inside has failed as any other, and is tried again."""
    try:
        return await sounder.play(pattern, level_percent)
    except Exception as error:  # noqa: BLE001 - whatever a sounder does, it is tried again
        log_failure("sounder", error)
        return Sent(Outcome.RETRY, f"it {in_words(error)}")
