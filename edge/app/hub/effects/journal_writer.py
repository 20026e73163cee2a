"""The journal as the hub uses it: alarms are on disk before anybody is told, or known to be in memory alone."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

from edge.app.hub.worker import Worker
from edge.errors import StorageError
from edge.model.alarm import Alarm, Condition
from edge.model.care import Entry
from edge.model.effect import Notify, Withheld
from edge.pipeline.care import MOST_ENTRIES
from edge.ports import Clock, Journal, OutgoingMessage

# A card that takes longer than this is as good as broken: the alarm goes out from memory (a healthy one needs 50 ms).
PATIENCE_S = 3.0
RETRY_S = 5.0
# Longer than a fever lasts: attention after an event goes on until it has been gone for a day.
LOOK_BACK_S = 14 * 86400.0
UNWRITTEN = 500
NOTES = 1000

Report = Callable[[Condition, bool, str, str], None]


def cause(error: StorageError) -> str:
    """The end of its sentence, which says why; the path before it would fill a phone's screen."""
    return str(error).rpartition(": ")[2]


class JournalWriter:
    """report: raises and ends `storage_error`. What could not be written is kept, bounded, and written later.

    lost: lines of history that found no room in memory either.
    """

    def __init__(self, journal: Journal, worker: Worker, clock: Clock, report: Report) -> None:
        self._journal = journal
        self._worker = worker
        self._clock = clock
        self._report = report
        self._lock = asyncio.Lock()
        self._unwritten: deque[Alarm] = deque(maxlen=UNWRITTEN)
        self._unkept: deque[Entry] = deque(maxlen=UNWRITTEN)
        self._notes: deque[tuple[float, str, Notify | Withheld | str, str]] = deque(maxlen=NOTES)
        self._memos: dict[str, str] = {}
        self._stir = asyncio.Event()
        self._failing: bool | None = None
        self.lost = 0

    async def entries(self) -> list[Entry]:
        """What caregivers added lately; nothing if it cannot be read, which is told."""
        try:
            return await self._worker(self._journal.entries, MOST_ENTRIES)
        except StorageError as error:
            self._failed(cause(error))
            return []

    async def latest(self) -> tuple[list[Alarm], int]:
        """The last state of each alarm, and the highest sequence number; nothing and 0 if it cannot be read."""
        try:
            return await self._worker(self._journal.latest), await self._worker(self._journal.sequence)
        except StorageError as error:
            self._failed(cause(error))
            return [], 0

    async def past(self) -> list[Alarm]:
        """The episodes of the last days that are over; none if they cannot be read."""
        since_s = self._clock.now().wall_s - LOOK_BACK_S
        try:
            return await self._worker(self._journal.past, since_s)
        except StorageError as error:
            self._failed(cause(error))
            return []

    async def recall(self, name: str) -> str:
        """What was kept under that name; nothing if it cannot be read."""
        try:
            return await self._worker(self._journal.recall, name)
        except StorageError as error:
            self._failed(cause(error))
            return ""

    def remember(self, name: str, text: str, *, waits: bool = False) -> None:
        """Keep this under that name; only the newest counts. Waits in memory, as a note does.

        waits: goes to disk in one transaction with what is recorded next, or once `soon` is called.
        """
        self._memos[name] = text
        if not waits:
            self.soon()

    def soon(self) -> None:
        """What waits in memory may go to disk."""
        self._stir.set()

    async def record(self, alarms: Sequence[Alarm], messages: Sequence[OutgoingMessage]) -> bool:
        """Write alarms and their messages in one transaction; False if that failed and memory alone has them."""
        if await self._write(alarms, messages):
            return True
        self._unwritten.extend(replace(alarm, unjournalled=True) for alarm in alarms)
        return False

    async def keep(self, entries: Sequence[Entry], messages: Sequence[OutgoingMessage]) -> bool:
        """As `record`, for what caregivers add: the answer says whether it is on disk."""
        if await self._write((), messages, entries):
            return True
        self._unkept.extend(entries)
        return False

    def note(self, subject: str, detail: Notify | Withheld | str, outcome: str = "") -> None:
        """A line of history. Waits in memory, since no alarm may wait for it."""
        self.lost += len(self._notes) == NOTES
        self._notes.append((self._clock.now().wall_s, subject, detail, outcome))
        self._stir.set()

    async def run(self) -> None:
        """Write the history; while the journal fails, try again every few seconds; until cancelled."""
        while True:
            if self._failing:
                await asyncio.sleep(RETRY_S)
            else:
                await self._stir.wait()
            self._stir.clear()
            await self.flush()

    async def flush(self) -> None:
        """Write all that waits, up to the first failure."""
        if (self._unwritten or self._unkept or self._memos) and not await self._write((), ()):
            return
        try:
            while self._notes:
                line = self._notes[0]
                await self._worker(self._journal.note, *line)
                if self._notes and self._notes[0] is line:  # else it was pushed out meanwhile, and is on disk anyway
                    self._notes.popleft()
        except StorageError as error:
            self._failed(cause(error))
            return
        self._works()

    async def _write(
        self, alarms: Sequence[Alarm], messages: Sequence[OutgoingMessage], entries: Sequence[Entry] = ()
    ) -> bool:
        try:
            async with asyncio.timeout(PATIENCE_S), self._lock:
                late, kept, memos = list(self._unwritten), list(self._unkept), dict(self._memos)
                now_s = self._clock.now().wall_s
                await self._worker(self._journal.record, [*late, *alarms], messages, now_s, [*kept, *entries], memos)
                for name, text in memos.items():
                    if self._memos.get(name) is text:
                        del self._memos[name]
                for _ in late:
                    self._unwritten.popleft()
                for _ in kept:
                    self._unkept.popleft()
        except TimeoutError:
            self._failed("the journal's disk does not answer")
            return False
        except StorageError as error:
            self._failed(cause(error))
            return False
        self._works()
        return True

    def _failed(self, why: str) -> None:
        self._failing = True
        self._stir.set()
        self._report(Condition.STORAGE_ERROR, True, why, "journal")

    def _works(self) -> None:
        if self._failing is not False:
            self._failing = False
            self._report(Condition.STORAGE_ERROR, False, "", "journal")
