"""Rows of another store, taken into this one: marked with where they came from, and each of them once.

The place of a boot id says so: `import <what>`, so rows of this hub and of others are told apart for good, and no
re-stamping touches them. A row of a time that the sensor has already, from here or from an earlier import, is left out.
Written in small transactions beside a hub that goes on; nothing passes the alarms.
"""

import contextlib
import os
import sqlite3
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from edge.errors import StorageError
from edge.model.care import Entry
from edge.model.effect import KeepMotion, KeepReading
from edge.model.reading import Array
from edge.storage import entries as entry_rows
from edge.storage import rows
from edge.storage.blocks import LONGEST_S, Block, pack
from edge.storage.journal import SqliteJournal
from edge.storage.sqlite import SqliteReadingStore

SAME_S = 0.0015
"""Two readings of one sensor nearer than this are one: files have whole milliseconds."""
BUSY_S = 10.0


@dataclass(slots=True)
class Counts:
    """samples, readings, entries of the diary: taken. known: of all, there already."""

    samples: int = 0
    readings: int = 0
    entries: int = 0
    known: int = 0


def create(readings: Path, journal: Path) -> None:
    """Both files for a hub that has none yet, or those of an earlier release made today's. Raises StorageError.

    The caller holds the state folder's lock. Made by root, they belong to who owns the folder.
    """
    SqliteReadingStore(readings, left_free_bytes=0).close()
    SqliteJournal(journal).close()
    if os.geteuid() == 0:
        owner = readings.parent.stat()
        for path in (each for file in (readings, journal) for each in file.parent.glob(f"{file.stem}.*")):
            os.chown(path, owner.st_uid, owner.st_gid)


def diary(journal: Path, entries: list[Entry], counts: Counts) -> None:
    """Entries that the journal does not have yet, by id and version. A hub that runs shows them after its next start.

    Raises StorageError.
    """
    if not entries:
        return
    try:
        uri = f"{journal.absolute().as_uri()}?mode=rw"
        with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=BUSY_S)) as db:
            db.execute("PRAGMA synchronous = FULL")
            with db:
                before = db.total_changes
                entry_rows.add(db, entries)
                taken = db.total_changes - before
    except sqlite3.Error as error:
        raise StorageError(f"{journal} takes nothing now: {error}; run this again, it goes on") from error
    counts.entries += taken
    counts.known += len(entries) - taken


class Importer:
    """`with Importer(file, "mia-march") as taken: taken.readings(...)`. source: where the rows come from."""

    def __init__(self, file: Path, source: str) -> None:
        self._file, self._boot = file, f"{rows.IMPORTED}{source}"
        self.counts = Counts()
        with self._explained():
            uri = f"{file.absolute().as_uri()}?mode=rw"
            self._db = sqlite3.connect(uri, uri=True, timeout=BUSY_S, isolation_level=None)
            self._db.execute("PRAGMA synchronous = FULL")
            version = int(self._db.execute("PRAGMA user_version").fetchone()[0])
            if not len(rows.SCHEMA) <= version <= len(rows.SCHEMA) + 1:
                self._db.close()
                raise StorageError(f"{file} is of another release (version {version}): start the hub once, or upgrade")

    def __enter__(self) -> "Importer":
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def readings(self, items: list[KeepReading], near_s: float = SAME_S) -> None:
        """Of one sensor and quantity, by time. near_s: as near as this to one that is known, it is known.

        Raises StorageError.
        """
        if not items:
            return
        first = items[0]
        with self._written() as db:
            found = db.execute(
                "SELECT r.wall_s FROM reading r JOIN stream s ON s.id = r.stream WHERE s.person = ? AND s.device = ?"
                " AND r.quantity = ? AND r.wall_s >= ? AND r.wall_s <= ? ORDER BY 1",
                (
                    *(first.person, first.device, str(first.reading.quantity)),
                    *(items[0].wall_s - near_s, items[-1].wall_s + near_s),
                ),
            )
            known = [row[0] for row in found]
            new = [item for item in items if not _near(known, item.wall_s, near_s)]
            rows.insert_readings(db, self._boot, [replace(item, synced=True) for item in new])
        self.counts.readings += len(new)
        self.counts.known += len(items) - len(new)

    def movement(self, item: KeepMotion) -> None:
        """Samples of one sensor, by time: some minutes at once. Raises StorageError."""
        with self._written() as db:
            there = self._covered(db, item)
            new = ~there
            stream = (item.person, item.device, item.place)
            blocks: list[Block] = pack(item.wall_s[new], item.values[new])
            rows.insert_blocks(db, self._boot, [(stream, True, block) for block in blocks])
        self.counts.samples += int(new.sum())
        self.counts.known += int(there.sum())

    def _covered(self, db: sqlite3.Connection, item: KeepMotion) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
        """Which samples lie within a block of that sensor, or half a step beside it."""
        begin_s, end_s = float(item.wall_s[0]), float(item.wall_s[-1])
        found = db.execute(
            "SELECT m.start_s, m.step_s, m.n FROM motion m JOIN stream s ON s.id = m.stream WHERE s.person = ?"
            " AND s.device = ? AND m.start_s >= ? AND m.start_s <= ? ORDER BY 1",
            (item.person, item.device, begin_s - LONGEST_S - 0.5, end_s + 0.1),
        ).fetchall()
        if not found:
            return np.zeros(len(item.wall_s), dtype=np.bool_)
        start_s, step_s, n = np.array(found, dtype=np.float64).T
        half_s: Array = np.maximum(step_s / 2, 0.0025)
        until_s = np.maximum.accumulate(start_s + (n - 1) * step_s + half_s)
        at = np.searchsorted(start_s - half_s, item.wall_s, side="right") - 1
        covered: np.ndarray[tuple[int], np.dtype[np.bool_]] = (at >= 0) & (item.wall_s <= until_s[np.maximum(at, 0)])
        return covered

    @contextlib.contextmanager
    def _written(self) -> Iterator[sqlite3.Connection]:
        with self._explained():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    self._db.execute("ROLLBACK")
                raise

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StorageError(f"{self._file} takes nothing now: {error}; run this again, it goes on") from error


def _near(known: list[float], wall_s: float, near_s: float) -> bool:
    at = bisect_left(known, wall_s - near_s)
    return at < len(known) and known[at] <= wall_s + near_s
