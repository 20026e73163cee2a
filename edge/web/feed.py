"""The pipe to the hub, as the page sees it: the newest snapshot, who waits for the next, and commands on their way."""

import asyncio
import time
from collections.abc import Callable

from edge.delivery import page_words
from edge.web import lookup, wire
from edge.web.reader import IN_ENGLISH, Reader
from edge.web.setup_wire import Setup

LOST_S = 10.0
"""Without a word from the hub for so long, no number is shown any more."""
ANSWER_S = 5.0
TOLD_S = 10.0
"""For a question, of which the hub gives up itself after 8 s."""
MOST_QUESTIONS = 30
"""That wait for the one that is asked, of all phones."""
KNOWN_S = 5.0
"""So long an answer holds for other phones that ask the same."""
MOST_COMMANDS = 50
"""Commands that wait for the hub at a time, of all phones."""
# As the catalogues have them: whoever shows them says them in the words of a reader.
NO_ANSWER = page_words.WORDS["no_answer"]
BUSY = page_words.WORDS["busy"]


class Feed:
    """write: puts a line into the pipe; it may block for a hub that hangs, and then all waits for the hub anyway."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self.snapshot: wire.Snapshot | None = None
        self.setup: Setup | None = None
        self._snapshots: dict[Reader, wire.Snapshot] = {}
        self._setups: dict[Reader, Setup] = {}
        self.version = 0
        self._write = write
        self._heard_s = 0.0
        self._stir = asyncio.Event()
        self._asked: dict[int, asyncio.Future[wire.Answer]] = {}
        self._number = 0
        # One question at a time; the answers to those before.
        self._asking = asyncio.Lock()
        self._waiting = 0
        self._question: tuple[int, asyncio.Future[lookup.Found]] | None = None
        self._known: dict[tuple[lookup.Question, Reader], tuple[float, lookup.Found]] = {}

    @property
    def lost(self) -> bool:
        """Whether the hub has been silent for too long."""
        return (self.snapshot is None and self.setup is None) or time.monotonic() - self._heard_s > LOST_S

    def take(self, value: wire.FromHub) -> None:
        """One value of the hub."""
        match value:
            case wire.Snapshot():
                self.snapshot, self._heard_s = value, time.monotonic()
                self._snapshots[value.reader] = value
                self.version += 1
                self._stir.set()
                self._stir = asyncio.Event()
            case Setup():
                self.setup, self._heard_s = value, time.monotonic()
                self._setups[value.reader] = value
            case wire.Answer(number=number):
                asked = self._asked.get(number)
                if asked is not None and not asked.done():
                    asked.set_result(value)
            case wire.Told(number=number):
                if self._question and self._question[0] == number and not self._question[1].done():
                    self._question[1].set_result(value.found)
            case wire.Begin():
                pass

    def shown_to(self, reader: Reader) -> wire.Snapshot | None:
        """The newest snapshot in the words of that reader; in others where the hub has told none in these."""
        return self._snapshots.get(reader, self.snapshot)

    def setup_for(self, reader: Reader) -> Setup | None:
        """The same of a first run."""
        return self._setups.get(reader, self.setup)

    async def next(self, after: int) -> int:
        """Wait for a snapshot of a later version; which one that is. Whoever is slow gets only the newest."""
        while self.version <= after:
            await self._stir.wait()
        return self.version

    async def say(
        self,
        caregiver: str,
        verb: str,
        body: str,
        *,
        local: bool,
        wait_s: float = ANSWER_S,
        reader: Reader = IN_ENGLISH,
    ) -> wire.Answer:
        """Hand a command to the hub: what became of it. number 0: the hub did not answer, and may have done it.

        wait_s: for that answer. reader: who sets the hub up; everybody else is known to it.
        """
        if len(self._asked) >= MOST_COMMANDS:
            return wire.Answer(0, ok=False, reason=BUSY)
        if self.lost:
            return wire.Answer(0, ok=False, reason=NO_ANSWER)
        self._number += 1
        number = self._number
        self._asked[number] = asyncio.get_running_loop().create_future()
        try:
            self._write(wire.line(wire.Say(number, caregiver, verb, body, local, reader)))
            return await asyncio.wait_for(self._asked[number], wait_s)
        except TimeoutError:
            return wire.Answer(0, ok=False, reason=NO_ANSWER)
        finally:
            del self._asked[number]

    async def ask(self, question: lookup.Question, reader: Reader) -> lookup.Found:
        """What the hub finds on its disk, in the words of that reader, or why nothing."""
        if self._waiting >= MOST_QUESTIONS:
            return lookup.Nothing(BUSY)
        self._waiting += 1
        try:
            async with self._asking:
                return await self._ask(question, reader)
        finally:
            self._waiting -= 1

    async def _ask(self, question: lookup.Question, reader: Reader) -> lookup.Found:
        now_s = time.monotonic()
        self._known = {each: kept for each, kept in self._known.items() if now_s - kept[0] < KNOWN_S}
        asked = (question, reader)
        if asked in self._known:
            return self._known[asked][1]
        if self.lost:
            return lookup.Nothing(NO_ANSWER)
        self._number += 1
        told: asyncio.Future[lookup.Found] = asyncio.get_running_loop().create_future()
        self._question = (self._number, told)
        try:
            self._write(wire.line(wire.Ask(self._number, question, reader)))
            found = await asyncio.wait_for(told, TOLD_S)
        except TimeoutError:
            return lookup.Nothing(NO_ANSWER)
        finally:
            self._question = None
        if not isinstance(found, lookup.Nothing | lookup.Report):  # a report grows
            self._known[asked] = (time.monotonic(), found)
        return found
