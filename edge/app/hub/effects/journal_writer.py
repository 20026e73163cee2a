"""The journal as the hub uses it: alarms are on disk before anybody is notified, or known to be in memory alone."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from edge import pipeline
from edge.app.hub.effects.executor import Failed, Report
from edge.app.hub.supervisor import in_words, log_failure
from edge.app.hub.worker import Worker
from edge.errors import StorageError, Unstorable
from edge.model.alarm import Alarm, Condition, Presence
from edge.model.care import Entry
from edge.model.effect import Notify, Withheld
from edge.pipeline import MOST_ENTRIES
from edge.ports import Clock, Journal, OutgoingMessage, Progress

log = structlog.get_logger(__name__)

# A card that takes longer than this is as good as broken: the alarm goes out from memory (a healthy one needs 50 ms).
DEADLINE_S = 3.0
RETRY_S = 5.0
# Longer than a fever lasts: attention after an event goes on until it has been gone for a day.
LOOK_BACK_S = 14 * 86400.0
UNWRITTEN = 500
NOTES = 1000
LEVELS_MEMO = "levels"


def cause(error: StorageError) -> str:
    """The end of its sentence, which says why; the path before it would fill a phone's screen."""
    return str(error).rpartition(": ")[2]


@dataclass(frozen=True, slots=True)
class History:
    """What the journal says of before a restart; what cannot be read is empty, and that is reported.

    latest: the last state of each alarm, over or not. sequence: the highest number given to a change, 0 if none. house,
    levels: the core's own memos. entries: what caregivers added lately. past: the episodes of the last days that are
    over.
    """

    latest: tuple[Alarm, ...]
    sequence: int
    house: str
    levels: str
    entries: tuple[Entry, ...]
    past: tuple[Alarm, ...]

    @property
    def standing(self) -> list[Alarm]:
        """The alarms that are not over."""
        return [alarm for alarm in self.latest if alarm.presence is not Presence.OFF]


class JournalWriter:
    """report: raises and ends `storage_error`. What could not be written is kept, bounded, and written later.

    failed: names a change that no journal can take. lost: how many of those there were, and lines of history that found
    no room in memory.
    """

    def __init__(self, journal: Journal, worker: Worker, clock: Clock, report: Report, failed: Failed) -> None:
        self._journal = journal
        self._worker = worker
        self._clock = clock
        self._report = report
        self._name = failed
        # How often it was written.
        self._rounds = 0
        # One transaction at a time.
        self._lock = asyncio.Lock()
        # Alarms, entries, lines of history and memos that wait in memory, oldest first.
        self._unwritten: deque[Alarm] = deque(maxlen=UNWRITTEN)
        self._unkept: deque[Entry] = deque(maxlen=UNWRITTEN)
        self._notes: deque[tuple[float, str, Notify | Withheld | str, str]] = deque(maxlen=NOTES)
        self._memos: dict[str, str] = {}
        # Something waits that may go to disk now.
        self._stir = asyncio.Event()
        # Whether the journal fails, as last reported; None: nothing was.
        self._failing: bool | None = None
        self.lost = 0

    async def history(self) -> History:
        """Everything that a start takes up."""
        since_s = self._clock.now().wall_s - LOOK_BACK_S
        journal = self._journal
        try:
            history = History(
                tuple(await self._worker(journal.latest)),
                await self._worker(journal.sequence),
                await self._worker(journal.recall, pipeline.HOUSE_MEMO),
                await self._worker(journal.recall, LEVELS_MEMO),
                tuple(await self._worker(journal.entries, MOST_ENTRIES)),
                tuple(await self._worker(journal.past, since_s)),
            )
        except StorageError as error:
            self._failed(cause(error))
            return History((), 0, "", "", (), ())
        if left_out := journal.left_out:
            self._report(Condition.HUB_DEGRADED, True, f"{left_out} damaged rows of the journal are left out", "rows")
        if not pipeline.readable(history.house):
            self._report(Condition.HUB_DEGRADED, True, "who is on watch, and what is paused, is lost", "memory")
        if not pipeline.levels_readable(history.levels):
            log.warning("journal.levels_left_out", why="no thermometer can have read them; they are learned anew")
        return history

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

    async def record(self, alarms: Sequence[Alarm], messages: Sequence[OutgoingMessage]) -> Sequence[Alarm]:
        """Write alarms and their messages in one transaction; gives those that memory alone has."""
        unfit = await self._write(alarms, messages)
        if unfit is None:
            self._unwritten.extend(replace(alarm, unjournalled=True) for alarm in alarms)
            return alarms
        return [alarm for alarm in alarms if alarm in unfit]

    async def keep(self, entries: Sequence[Entry], messages: Sequence[OutgoingMessage]) -> bool:
        """As `record`, for what caregivers add: the answer says whether all of it is on disk."""
        unfit = await self._write((), messages, entries)
        if unfit is None:
            self._unkept.extend(entries)
        return unfit is not None and not any(entry in unfit for entry in entries)

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

    def progress(self) -> Progress:
        """How often all that waits was written, or tried."""
        return Progress(self._rounds, self._stir.is_set())

    async def flush(self) -> None:
        """Write all that waits, up to the first failure."""
        self._rounds += 1
        if (self._unwritten or self._unkept or self._memos) and await self._write((), ()) is None:
            return
        try:
            while self._notes:
                line = self._notes[0]
                await self._note_down(line)
                if self._notes and self._notes[0] is line:  # else it was pushed out meanwhile, and is on disk anyway
                    self._notes.popleft()
        except StorageError as error:
            self._failed(cause(error))
            return
        self._works()

    async def _note_down(self, line: tuple[float, str, Notify | Withheld | str, str]) -> None:
        """A line that no journal can take is lost, and holds up none of those behind it."""
        try:
            await self._worker(self._journal.note, *line)
        except StorageError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever is in it
            log_failure("history", error)
            self.lost += 1

    async def _write(
        self, alarms: Sequence[Alarm], messages: Sequence[OutgoingMessage], entries: Sequence[Entry] = ()
    ) -> Sequence[Alarm | Entry] | None:
        """All of it with what waits; gives what no journal can take. None: the disk is at fault and has nothing."""
        unfit: Sequence[Alarm | Entry] = ()
        try:
            async with asyncio.timeout(DEADLINE_S), self._lock:
                late, kept, memos = list(self._unwritten), list(self._unkept), dict(self._memos)
                now_s = self._clock.now().wall_s
                changes, added = [*late, *alarms], [*kept, *entries]
                try:
                    await self._worker(self._journal.record, changes, messages, now_s, added, memos)
                except Unstorable:
                    unfit = await self._write_singly(changes, messages, added, memos, now_s)
                for name, text in memos.items():
                    if self._memos.get(name) is text:
                        del self._memos[name]
                for _ in late:
                    self._unwritten.popleft()
                for _ in kept:
                    self._unkept.popleft()
        except TimeoutError:
            self._failed("the journal's disk does not answer")
            return None
        except StorageError as error:
            self._failed(cause(error))
            return None
        except Exception as error:  # noqa: BLE001 - whatever the journal does, alarms go out from memory
            log_failure("journal", error)
            self._failed(f"the journal {in_words(error)}")
            return None
        self._works()
        return unfit

    async def _write_singly(
        self,
        alarms: Sequence[Alarm],
        messages: Sequence[OutgoingMessage],
        entries: Sequence[Entry],
        memos: Mapping[str, str],
        now_s: float,
    ) -> list[Alarm | Entry]:
        """Each alarm with the messages of its episode, and each entry, in a transaction of its own.

        Gives those that cannot be written. The messages of entries name no episode, and go first.
        """
        worker, record = self._worker, self._journal.record
        waiting = {alarm.id: [each for each in messages if each.alarm_id == alarm.id] for alarm in alarms}
        unfit: list[Alarm | Entry] = []
        await worker(record, [], [each for each in messages if each.alarm_id not in waiting], now_s, [], memos)
        for alarm in alarms:
            try:
                await worker(record, [alarm], waiting.get(alarm.id, []), now_s)
                waiting.pop(alarm.id, None)
            except Unstorable as error:
                unfit.append(alarm)
                self._name(f"{alarm.key.condition} in the journal", error)
        for entry in entries:
            try:
                await worker(record, [], [], now_s, [entry])
            except Unstorable as error:
                unfit.append(entry)
                self._name(f"{entry.kind} in the journal", error)
        self.lost += len(unfit)
        return unfit

    def _failed(self, why: str) -> None:
        self._failing = True
        self._stir.set()
        self._report(Condition.STORAGE_ERROR, True, why, "journal")

    def _works(self) -> None:
        if self._failing is not False:
            self._failing = False
            self._report(Condition.STORAGE_ERROR, False, "", "journal")
