"""Replication of the local store to a server that takes InfluxDB's v2 writes (InfluxDB 2 and 3, VictoriaMetrics).

A 204 does not mean that a point is on the server's disk: VictoriaMetrics 1.79 keeps the last seconds in memory and
loses them when killed. So the cursor on disk trails by `settle_s`, and sending goes back to it after a gap: an error
that may have been the server's end, a connection that was gone without a word, our own restart. A proxy hides the end
of the server behind it, so every row is also sent twice, and the cursor follows the second sending. Points that repeat
overwrite themselves in InfluxDB; a VictoriaMetrics has to be started with `-dedup.minScrapeInterval=1ms` for that, or
it counts them twice.

What the server refuses is left out and counted only if it takes others (`edge.storage.batch`); a server that takes
nothing is at fault itself, and everything waits. A row that cannot be read is left out and counted.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from edge.errors import StorageError
from edge.model.alarm import Alarm
from edge.model.effect import KeepMotion, KeepReading
from edge.storage.batch import Batches, Done, Row
from edge.storage.entries import Version
from edge.storage.influx_server import InfluxServer, ServerLost, ServerRefused

SETTLE_S = 15.0
"""VictoriaMetrics 1.79.5, killed 15 s after a 204, had lost nothing, and up to 10 s after it everything (measured)."""
GAPS, GAPS_S = 3, 300.0
"""As many reconnects in so long count as gaps: some servers close every idle connection, and rows have to settle."""

BATCH_ROWS = 1_000
MOTION_BATCH_ROWS = 200  # blocks of up to five lines each
RAW_BATCH_ROWS = 10  # blocks of up to 1,050 samples each
TIMEOUT_S = 10.0
BUDGET_S = 20.0  # of one call


class Cursors(Protocol):
    def cursor(self, name: str) -> int: ...

    def set_cursor(self, name: str, number: int, /) -> None: ...


class Readings(Cursors, Protocol):
    """What is asked of the store. A row that cannot be read is None."""

    def readings_after(self, number: int, limit: int) -> list[tuple[int, KeepReading | None]]: ...

    def motion_after(self, number: int, limit: int) -> list[tuple[int, KeepMotion | None]]: ...

    def last_row(self, table: str) -> int: ...


class Changes(Cursors, Protocol):
    """What is asked of the journal. A row that cannot be read is None."""

    def changes_after(self, row: int, limit: int) -> list[tuple[int, Alarm | None]]: ...

    def last_row(self) -> int: ...

    def entries_after(self, row: int, limit: int) -> list[tuple[int, Version | None]]: ...

    def last_entry_row(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Progress:
    """What one call achieved.

    sent: rows sent that had not been sent since the last gap. remaining: rows that still have to be.
    error: why it stopped, one sentence; empty: all is well. at_fault: the server is there and takes nothing, so that
    somebody has to mend something; an outage is not that.
    refused: points that the server will never take, left out; reason: why, in its words.
    unreadable: rows of the store or journal that could not be read, left out.
    """

    sent: int
    remaining: int
    error: str = ""
    at_fault: bool = False
    refused: int = 0
    reason: str = ""
    unreadable: int = 0


class _Reconnected(Exception):
    """The server may have restarted since the last request."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """A batch that has been sent once. refused: its rows that the server does not take."""

    sent_s: float
    row: int
    refused: frozenset[int]


@dataclass(slots=True)
class _Feed:
    """One table on its way. front: the last row sent, -1 before the first call. second: another feed has the same rows,
    and counts those that cannot be read.
    """

    name: str
    cursors: Cursors
    load: Callable[[int, int], Sequence[tuple[int, Any]]]
    lines: Callable[[list[Any]], Iterator[str]]
    last_row: Callable[[], int]
    batch: int = BATCH_ROWS
    second: bool = False
    front: int = -1
    marks: deque[_Mark] = field(default_factory=deque)

    def back(self) -> None:
        self.marks.clear()
        self.front = self.cursors.cursor(self.name)

    @property
    def remaining(self) -> int:
        return max(0, self.last_row() - self.front)

    def rows(self, page: Sequence[tuple[int, Any]]) -> tuple[list[Row], int]:
        """The points of each row, and how many rows cannot be read or put into points."""
        found, unreadable = [], 0
        for number, item in page:
            try:
                lines = tuple(self.lines([item])) if item is not None else None
            except (
                ValueError,
                TypeError,
                LookupError,
                ArithmeticError,
            ):  # a time beyond all calendars, a blob of another length
                lines = None
            unreadable += lines is None
            found.append(Row(number, lines or ()))
        return found, unreadable


class InfluxReplicator:
    """Sends what is new, step by step; made and called on one worker thread, except `stop`."""

    def __init__(
        self,
        store: Readings,
        *,
        url: str,
        org: str,
        bucket: str,
        token: str = "",
        ca_file: Path | None = None,
        journal: Changes | None = None,
        hub: str = "",
        texts: bool = False,
        raw: bool = False,
        settle_s: float = SETTLE_S,
        timeout_s: float = TIMEOUT_S,
        budget_s: float = BUDGET_S,
        monotonic: Callable[[], float] = time.monotonic,
        wall_s: Callable[[], float] = time.time,
    ) -> None:
        """hub: the tag of every point. texts: also what caregivers typed. raw: every sample instead of one point a
        second. Nothing is contacted before `replicate_once`.
        """
        from edge.storage import points

        # Where the points go.
        self._server = InfluxServer(url, org=org, bucket=bucket, token=token, ca_file=ca_file, timeout_s=timeout_s)
        # Which of them it takes.
        self._batches = Batches(self._server, monotonic, wall_s)
        self._settle_s = settle_s
        self._budget_s = budget_s
        self._monotonic = monotonic
        # Set once, by any thread: send nothing more.
        self._stopped = threading.Event()
        # How many of the server's reconnects have been seen here.
        self._reconnects = 0
        # Monotonic seconds of the last of them that counted as gaps.
        self._gaps_s: deque[float] = deque(maxlen=GAPS)
        # Of the running call: rows sent, points refused, rows that could not be read.
        self._sent = self._refused = self._unreadable = 0
        # The same since the start.
        self._total_refused = self._total_unreadable = 0
        rows = partial(store.last_row, "reading")
        readings = _Feed("influx_reading", store, store.readings_after, partial(points.of_readings, hub=hub), rows)
        blocks = partial(store.last_row, "motion")
        motion = _Feed("influx_motion", store, store.motion_after, partial(points.of_motion, hub=hub), blocks)
        motion.batch = MOTION_BATCH_ROWS
        if raw:
            motion.name, motion.batch = "influx_motion_raw", RAW_BATCH_ROWS
            motion.lines = partial(points.of_samples, hub=hub)
        # One for each table, in the order in which they are sent.
        self._feeds = [readings, motion]
        if journal is not None:
            alarm_lines, episode_lines = partial(points.of_alarms, hub=hub), partial(points.of_episodes, hub=hub)
            entry_lines = partial(points.of_entries, hub=hub, texts=texts)
            self._feeds[:0] = [
                _Feed("influx_alarm", journal, journal.changes_after, alarm_lines, journal.last_row),
                # Of its own: an onset may be older than all that the server keeps, and the change is not.
                _Feed("influx_episode", journal, journal.changes_after, episode_lines, journal.last_row, second=True),
                _Feed("influx_entry", journal, journal.entries_after, entry_lines, journal.last_entry_row),
            ]

    def replicate_once(self, momentary: Sequence[str] = ()) -> Progress:
        """Send for about budget_s at most. Never raises for a server or a disk that fails: the reason is returned.

        momentary: lines about this moment, sent after all that was kept, and only if that worked; nobody repeats them.
        """
        self._sent = self._refused = self._unreadable = 0
        error, at_fault = "", False
        try:
            error = self._send_all()
            if momentary and not self._stopped.is_set():
                self._deliver([Row(0, tuple(momentary))], self._monotonic() + self._budget_s)
        except (ServerLost, _Reconnected) as reason:
            error = self._go_back() or str(reason)
        except ServerRefused as reason:
            error, at_fault = str(reason), reason.at_fault
        except StorageError as reason:
            error = str(reason)
        try:
            remaining = sum(feed.remaining for feed in self._feeds)
        except StorageError as reason:
            remaining, error = 0, error or str(reason)
        refused = self._refused
        why = self._batches.reason if refused else ""
        return Progress(self._sent, remaining, error, at_fault, refused, why, self._unreadable)

    def in_words(self, progress: Progress) -> str:
        """The state for the health topic: in step or why not, and what was left out since the start."""
        self._total_refused += progress.refused
        self._total_unreadable += progress.unreadable
        parts = [progress.error or "in step"]
        if self._total_refused:
            parts.append(f"{self._total_refused} points refused ({self._batches.reason})")
        if self._total_unreadable:
            parts.append(f"{self._total_unreadable} rows could not be read")
        return "; ".join(parts)

    def stop(self) -> None:
        """Have a running `replicate_once` return within a moment; final. Safe in any thread."""
        self._stopped.set()
        self._server.stop()

    def close(self) -> None:
        self.stop()
        self._server.close()

    def _send_all(self) -> str:
        end_s = self._monotonic() + self._budget_s
        while True:
            try:
                return self._send_feeds(end_s)
            except _Reconnected:
                for feed in self._feeds:
                    feed.back()

    def _send_feeds(self, end_s: float) -> str:
        for feed in self._feeds:
            if feed.front < 0 or feed.front > feed.last_row():  # the first call, or the file was begun afresh
                feed.back()
        waiting = [self._advance(feed, end_s) for feed in self._feeds]
        for feed in self._feeds:
            self._repeat(feed, end_s)
        return "readings wait until the clock of the hub is synchronised" if any(waiting) else ""

    def _advance(self, feed: _Feed, end_s: float) -> bool:
        """Send what was never sent; returns whether rows are there that may not be sent yet."""
        while self._monotonic() < end_s and not self._stopped.is_set():
            more = feed.remaining > 0
            page = feed.load(feed.front, feed.batch)
            if not page:
                return more
            rows, unreadable = feed.rows(page)
            done = self._deliver(rows, end_s)
            self._refused += done.refused_points
            if done.count == len(rows):
                self._unreadable += 0 if feed.second else unreadable
            if not done.count:
                return False  # the budget ended on its first row
            feed.front = rows[done.count - 1].number
            feed.marks.append(_Mark(self._monotonic(), feed.front, done.refused))
            self._sent += done.count
        return False

    def _repeat(self, feed: _Feed, end_s: float) -> None:
        """Send once more what has had time to settle, and move the cursor on disk behind it."""
        while feed.marks and feed.marks[0].sent_s + self._settle_s <= self._monotonic() < end_s:
            mark = feed.marks[0]
            start = feed.cursors.cursor(feed.name)
            page = [(row, item) for row, item in feed.load(start, feed.batch) if row <= mark.row]
            rows, _ = feed.rows(page)
            again = [row for row in rows if row.number not in mark.refused]
            if self._deliver(again, end_s).count < len(again):
                return
            feed.cursors.set_cursor(feed.name, mark.row)
            feed.marks.popleft()

    def _deliver(self, rows: Sequence[Row], end_s: float) -> Done:
        done = self._batches.deliver(rows, end_s)
        if self._server.reconnects > self._reconnects:
            self._reconnects = self._server.reconnects
            now_s = self._monotonic()
            if len(self._gaps_s) < GAPS or now_s - self._gaps_s[0] >= GAPS_S:
                self._gaps_s.append(now_s)
                raise _Reconnected
        return done

    def _go_back(self) -> str:
        try:
            for feed in self._feeds:
                feed.back()
        except StorageError as reason:
            return str(reason)
        return ""
