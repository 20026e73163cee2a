"""The time-series store: readings as rows, movement as blocks of five seconds, in one SQLite file.

Committed every three minutes and at once when a condition changes, with `synchronous = FULL`: with a commit every 30 s
the 960 of a night of one 50 Hz sensor cost 1.1 CPU seconds against 0.9 with NORMAL, 64 MB written against 60
(measured once), and NORMAL would lose the last commits when the power fails, those around an alarm among them.
The cursors of replication go along with a commit: in transactions of their own they were 210 MB a day.
"""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import takewhile
from pathlib import Path
from typing import TypeVar

import structlog

from edge.errors import StorageError
from edge.model.effect import KeepMotion, KeepReading
from edge.model.reading import Quantity
from edge.storage import rows
from edge.storage.blocks import LONGEST_S
from edge.storage.buffer import MAX_BYTES, MAX_READINGS, Waiting
from edge.storage.curves import Curve, Readings, Track, Wanted, thinned, whole
from edge.storage.database import SET_CURSOR, Damaged, Database, DiskFull
from edge.storage.retention import Step, Usage

LEFT_FREE_BYTES = 32 * 1024 * 1024
"""The last of a disk belongs to the journal: readings may wait, an alarm may not."""

_AHEAD = "ahead_ms "
"""Among the cursors, before a boot's id: how far its wall clock was ahead of the monotonic one at the last start."""
_SETTING_S = 0.5  # less is the slewing of a clock that is being kept right, and the rounding of both

_VALUES_PAGE = 5_000
_PAGE = 500  # rows a query: bounds both the memory and the time that the lock is held
_Item = TypeVar("_Item", KeepReading, KeepMotion)

log = structlog.get_logger(__name__)


class SqliteReadingStore:
    """`edge.ports.ReadingStore` on SQLite, with what reports, replication and retention need.

    quarantined: where a damaged file was put aside (None: never); its history is lost and that has to be said.
    lost_readings, lost_samples: what the bounded buffer had to drop while the disk took nothing.
    unreadable: how often a row was met that cannot be read; it is left out.
    """

    def __init__(
        self,
        path: Path,
        *,
        boot: str | None = None,
        read_only: bool = False,
        left_free_bytes: int = LEFT_FREE_BYTES,
        max_waiting_bytes: int = MAX_BYTES,
        max_waiting_readings: int = MAX_READINGS,
    ) -> None:
        """Open or create. Unsynced rows of this boot (the kernel's boot id) can be re-stamped. Raises StorageError.

        read_only: for commands beside a running daemon; nothing is created, checked or put aside.
        """
        self._db = Database(path, rows.SCHEMA, read_only=read_only, small_tables=("stream", "reading", "cursor"))
        self._boot = _boot_id() if boot is None else boot
        self._left_free_bytes = left_free_bytes
        self._waiting = Waiting(max_waiting_readings, max_waiting_bytes)
        self.unreadable = 0
        # Of replications: on disk with the next commit, since a transaction every few seconds would double the wear.
        self._cursors: dict[str, int] = {}

    @property
    def quarantined(self) -> Path | None:
        return self._db.quarantined

    @property
    def lost_readings(self) -> int:
        return self._waiting.lost_readings

    @property
    def lost_samples(self) -> int:
        return self._waiting.lost_samples

    def keep(self, items: Sequence[KeepReading | KeepMotion]) -> None:
        """Buffer in memory; the oldest go first when the bound is reached, and are counted."""
        with self._db.lock:
            self._waiting.add(items)

    def commit(self) -> None:
        """Put everything buffered on disk in one transaction. On failure it stays buffered. Raises StorageError."""
        with self._db.lock:
            self._waiting.pack()
            if not (len(self._waiting) or self._cursors):
                return
            self._leave_room()
            try:
                self._write()
            except Damaged:
                self._db.begin_afresh()
                self._cursors.clear()  # what they count is gone
                self._write()
            self._waiting.clear()
            self._cursors.clear()

    def restamp(self, offset_s: float) -> int:
        """Move the rows of this boot that were stamped before the clock was right; returns how many.

        offset_s: what the first synchronisation added to the wall clock. Raises StorageError.
        """
        with self._db.lock:
            self.commit()
            moved = 0
            with self._db.transaction() as db:
                for table, time in rows.TIMES.items():
                    update = f"UPDATE {table} SET {time} = {time} + ?, synced = 1"  # noqa: S608 (fixed names)
                    mine = "WHERE synced = 0 AND stream IN (SELECT id FROM stream WHERE boot = ?)"
                    moved += db.execute(f"{update} {mine}", (offset_s, self._boot)).rowcount
            return moved

    def take_up(self, ahead_s: float) -> int:
        """For a start: rows that an earlier start of this boot left unsynced move by what the clock was set since.

        ahead_s: how far the wall clock is ahead of the monotonic one, which within a boot only a setting changes.
        Returns how many moved; they stay unsynced until `restamp`. Raises StorageError.
        """
        name = f"{_AHEAD}{self._boot}"
        with self._db.lock:
            before_ms, moved = self._db.cursor(name), 0
            step_s = ahead_s - before_ms / 1000.0
            with self._db.transaction() as db:
                if before_ms and abs(step_s) > _SETTING_S:
                    for table, time in rows.TIMES.items():
                        mine = "WHERE synced = 0 AND stream IN (SELECT id FROM stream WHERE boot = ?)"
                        update = f"UPDATE {table} SET {time} = {time} + ? {mine}"  # noqa: S608 (fixed names)
                        moved += db.execute(update, (step_s, self._boot)).rowcount
                db.execute("DELETE FROM cursor WHERE name LIKE ?", (f"{_AHEAD}%",))
                db.execute(SET_CURSOR, (name, round(ahead_s * 1000.0)))
            return moved

    def readings(self, person: str, quantity: Quantity, start_s: float, end_s: float) -> Iterator[KeepReading]:
        """Committed readings with start_s <= wall_s < end_s in order of time, read in pages. Raises StorageError."""
        where = "s.person = ? AND r.quantity = ? AND r.wall_s < ? AND (r.wall_s, r.id) > (?, ?)"
        at_s, number, more = start_s, -1, True
        while more:
            page = self._db.rows(
                f"{rows.READINGS} WHERE {where} ORDER BY r.wall_s, r.id LIMIT ?",
                *(person, str(quantity), end_s, at_s, number, _PAGE),
            )
            more = len(page) == _PAGE
            for row in page:
                number, at_s = row[rows.ID], row[rows.TIME]
                item = self._read(rows.reading, row)
                if item is not None:
                    yield item

    def values(self, person: str, quantities: Collection[Quantity], start_s: float, end_s: float) -> list[rows.Value]:
        """What was kept of a person with start_s <= wall_s < end_s by time, also what waits for the next commit.

        For a curve: far quicker than `readings`, since it makes no objects. Raises StorageError.
        """
        wanted = sorted(str(quantity) for quantity in quantities)
        marks = ", ".join("?" * len(wanted))
        where = f"s.person = ? AND r.quantity IN ({marks}) AND r.wall_s < ? AND (r.wall_s, r.id) > (?, ?)"
        found: list[rows.Value] = []
        at_s, number, more = start_s, -1, True
        while more:
            with self._db.lock:  # what waits is never on disk too
                page = self._db.rows(
                    f"{rows.VALUES} WHERE {where} ORDER BY r.wall_s, r.id LIMIT ?",
                    *(person, *wanted, end_s, at_s, number, _VALUES_PAGE),
                )
                more = len(page) == _VALUES_PAGE
                waiting = [] if more else list(self._waiting.readings)
            found += [rows.Value(*row[1:]) for row in page]
            if more:
                number, at_s = page[-1][0], page[-1][1]
        late = [
            rows.value(item)
            for item in waiting
            if item.person == person and item.reading.quantity in wanted and start_s <= item.wall_s < end_s
        ]
        return sorted(found + late, key=lambda each: each.wall_s) if late else found

    def curves(self, person: str, wanted: Wanted) -> list[Curve]:
        """Readings thinned for a picture, also what waits for the next commit. Raises StorageError."""
        with self._db.lock:
            waiting = list(self._waiting.readings)
        return thinned(self._db, waiting, person, wanted)

    def tracks(self, person: str, readings: Readings) -> list[Track]:
        """Every committed reading that counts, for figures: far quicker than `readings`. Raises StorageError."""
        return list(whole(self._db, person, readings))

    def motion(self, device: str, start_s: float, end_s: float) -> Iterator[KeepMotion]:
        """Committed samples with start_s <= wall_s < end_s, a block at a time in order of time. Raises StorageError."""
        where = "s.device = ? AND m.start_s < ? AND (m.start_s, m.id) > (?, ?)"
        at_s, number, more = start_s - LONGEST_S, -1, True  # a block that began before reaches into the window
        while more:
            page = self._db.rows(
                f"{rows.MOTION} WHERE {where} ORDER BY m.start_s, m.id LIMIT ?",
                *(device, end_s, at_s, number, _PAGE),
            )
            more = len(page) == _PAGE
            for row in page:
                number, at_s = row[rows.ID], row[rows.TIME]
                item = self._read(rows.motion, row)
                if item is None:
                    continue
                inside = (item.wall_s >= start_s) & (item.wall_s < end_s)
                if inside.any():
                    yield KeepMotion(
                        item.person, item.device, item.place, item.wall_s[inside], item.values[inside], item.synced
                    )

    def devices(self, person: str) -> list[str]:
        """Every device of which something was kept for that person, by id. Raises StorageError."""
        return [
            str(row[0])
            for row in self._db.rows("SELECT DISTINCT device FROM stream WHERE person = ? ORDER BY 1", person)
        ]

    def imported(self, person: str) -> dict[str, list[str]]:
        """Of each device of that person of which something was imported, from where. Raises StorageError."""
        found: dict[str, list[str]] = {}
        like = f"{rows.IMPORTED}%"
        for device, boot in self._db.rows(
            "SELECT DISTINCT device, boot FROM stream WHERE person = ? AND boot LIKE ? ORDER BY 1, 2", person, like
        ):
            found.setdefault(device, []).append(boot.removeprefix(rows.IMPORTED))
        return found

    def motion_gaps(
        self, person: str, start_s: float, end_s: float, longer_s: float
    ) -> dict[str, list[tuple[float, float]]]:
        """Of each sensor that sent movement of that person within the span, the stretches without, by time.

        The span's beginning and end count as such stretches too. Without reading a sample, so that a week takes less
        than a second. Raises StorageError.
        """
        gaps: dict[str, list[tuple[float, float]]] = {}
        ends: dict[str, float] = {}
        # In a piece of half the length there is no such gap, so only its ends are looked at.
        for device, _, first_s, last_s in self._db.rows(rows.PIECES, longer_s / 2, person, start_s, end_s):
            own = gaps.setdefault(device, [])
            if first_s - ends.get(device, start_s) > longer_s:
                own.append((ends.get(device, start_s), first_s))
            ends[device] = max(last_s, ends.get(device, start_s))
        for device, last_s in ends.items():
            if end_s - last_s > longer_s:
                gaps[device].append((last_s, end_s))
        return gaps

    def readings_after(self, number: int, limit: int) -> list[tuple[int, KeepReading | None]]:
        """The next committed readings by row id, up to the first that may still be re-stamped. Raises StorageError.

        None: a row that cannot be read.
        """
        page = self._db.rows(f"{rows.READINGS} WHERE r.id > ? ORDER BY r.id LIMIT ?", number, limit)
        return [(row[rows.ID], self._read(rows.reading, row)) for row in self._settled(page)]

    def motion_after(self, number: int, limit: int) -> list[tuple[int, KeepMotion | None]]:
        """The next committed blocks by row id, up to the first that may still be re-stamped. Raises StorageError.

        None: a row that cannot be read.
        """
        page = self._db.rows(f"{rows.MOTION} WHERE m.id > ? ORDER BY m.id LIMIT ?", number, limit)
        return [(row[rows.ID], self._read(rows.motion, row)) for row in self._settled(page)]

    def last_row(self, table: str) -> int:
        """The highest row id of `reading` or `motion`, 0 if none. Raises StorageError."""
        return int(self._db.number(f"SELECT max(id) FROM {rows.table(table)}") or 0)  # noqa: S608 (checked name)

    def cursor(self, name: str) -> int:
        """Where a replication of this file has got to, 0 at first. Raises StorageError."""
        with self._db.lock:
            known = self._cursors.get(name)
            return self._db.cursor(name) if known is None else known

    def set_cursor(self, name: str, number: int) -> None:
        """Remember it: on disk with the next commit. What was sent meanwhile is sent again after a power cut."""
        with self._db.lock:
            self._cursors[name] = number

    def protect(self, spans: Iterable[tuple[float, float]]) -> None:
        """Keep the movement of these spans (wall seconds) for good; what is known already is no harm.

        Raises StorageError.
        """
        with self._db.transaction() as db:
            db.executemany("INSERT OR IGNORE INTO protected VALUES (?, ?)", spans)

    def usage(self) -> Usage:
        """What retention decides on. Raises StorageError."""
        with self._db.lock:
            page = int(self._db.number("PRAGMA page_size") or 0)
            unused = int(self._db.number("PRAGMA freelist_count") or 0)
            pages = int(self._db.number("PRAGMA page_count") or 0)
            return Usage(
                used_bytes=page * (pages - unused),
                unused_pages=unused,
                disk_free_bytes=self.disk_free_bytes(),
                oldest_motion_s=self._db.number(
                    f"SELECT start_s FROM motion WHERE {rows.UNPROTECTED} ORDER BY start_s LIMIT 1"  # noqa: S608
                ),
                oldest_reading_s=self._db.number("SELECT min(wall_s) FROM reading"),
                newest_s=self._db.number(
                    "SELECT max(t) FROM (SELECT max(start_s) t FROM motion UNION ALL SELECT max(wall_s) FROM reading)"
                ),
            )

    def disk_free_bytes(self) -> int:
        """Of the disk that the file is on. Raises StorageError."""
        try:
            disk = os.statvfs(self._db.path.parent)
        except OSError as error:
            raise StorageError(f"{self._db.path} cannot be used: {error.strerror or error}") from error
        return disk.f_bavail * disk.f_frsize

    def carry_out(self, step: Step) -> int:
        """One small step of retention in its own transaction; returns the rows deleted. Raises StorageError."""
        if step.shrink_pages:
            self._db.rows(f"PRAGMA incremental_vacuum({int(step.shrink_pages)})")
            return 0
        table = rows.table(step.table)
        time = rows.TIMES[table]
        free = f"AND {rows.UNPROTECTED}" if table == "motion" else ""
        oldest = f"SELECT id FROM {table} WHERE {time} < ? {free} ORDER BY {time} LIMIT ?"  # noqa: S608 (checked names)
        with self._db.transaction() as db:
            return db.execute(f"DELETE FROM {table} WHERE id IN ({oldest})", (step.before_s, step.rows)).rowcount  # noqa: S608 (checked name)

    def close(self) -> None:
        """Commit what is buffered and let go of the file, whether or not that worked. Raises StorageError."""
        with self._db.lock:
            try:
                if self._db.is_open:
                    self.commit()
            finally:
                self._db.close()

    def _write(self) -> None:
        with self._db.transaction() as db:
            rows.insert_readings(db, self._boot, self._waiting.readings)
            rows.insert_blocks(db, self._boot, self._waiting.blocks)
            db.executemany(SET_CURSOR, list(self._cursors.items()))

    def _leave_room(self) -> None:
        if self.disk_free_bytes() < self._left_free_bytes:
            raise DiskFull(
                f"{self._db.path} was not written: fewer than {self._left_free_bytes >> 20} MiB are free,"
                " and those are kept for alarms"
            )

    def _settled(self, page: Iterable[rows.Row]) -> list[rows.Row]:
        """Up to the first row of this boot whose clock was not right yet."""
        return list(takewhile(lambda row: row[rows.BOOT] != self._boot or row[rows.SYNCED], page))

    def _read(self, decode: Callable[[rows.Row], _Item], row: rows.Row) -> _Item | None:
        """What a row holds; None, and counted, where no release wrote it: a damaged file may still pass its checks."""
        try:
            return decode(row)
        except (ValueError, TypeError, ArithmeticError) as error:
            self.unreadable += 1
            if self.unreadable & (self.unreadable - 1) == 0:  # the first, second, fourth ...
                log.warning("store.row_unreadable", row=row[rows.ID], why=str(error)[:200], count=self.unreadable)
            return None


def _boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""  # not a Linux kernel: rows are not told apart by boot
