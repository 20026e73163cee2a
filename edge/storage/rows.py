"""The tables of the time-series store, and what goes into and comes out of one row of each."""

import math
from collections.abc import Iterable
from functools import lru_cache
from sqlite3 import Connection
from typing import Any, NamedTuple

from edge.errors import StorageError
from edge.model.effect import KeepMotion, KeepReading
from edge.model.reading import Quantity, Reading, Unit, Validity
from edge.storage.blocks import Block, unpack

Stream = tuple[str, str, str]
"""Person, device, place."""

Row = tuple[Any, ...]

IMPORTED = "import "
"""Begins what stands for the boot id of rows that came from a file; the rest says from which."""

TIMES = {"motion": "start_s", "reading": "wall_s"}
"""The column that says when, by table."""

SCHEMA = (
    (
        """CREATE TABLE stream (id INTEGER PRIMARY KEY, person TEXT NOT NULL, device TEXT NOT NULL,
           place TEXT NOT NULL, boot TEXT NOT NULL, UNIQUE (person, device, place, boot)) STRICT""",
        """CREATE TABLE reading (id INTEGER PRIMARY KEY AUTOINCREMENT, stream INTEGER NOT NULL, wall_s REAL NOT NULL,
           synced INTEGER NOT NULL, quantity TEXT NOT NULL, value REAL, unit TEXT NOT NULL, validity TEXT NOT NULL,
           reason TEXT NOT NULL, site TEXT NOT NULL, final INTEGER NOT NULL, device_wall_s REAL) STRICT""",
        "CREATE INDEX reading_time ON reading (wall_s)",
        """CREATE TABLE motion (id INTEGER PRIMARY KEY AUTOINCREMENT, stream INTEGER NOT NULL, start_s REAL NOT NULL,
           synced INTEGER NOT NULL, step_s REAL NOT NULL, n INTEGER NOT NULL, axes INTEGER NOT NULL,
           scale_g REAL NOT NULL, data BLOB NOT NULL) STRICT""",
        "CREATE INDEX motion_time ON motion (start_s)",
    ),
    (
        """CREATE TABLE protected (start_s REAL NOT NULL, end_s REAL NOT NULL,
           PRIMARY KEY (start_s, end_s)) STRICT, WITHOUT ROWID""",
    ),
    # Holds all that a curve is made from, so that the rows themselves are not read for it.
    ("CREATE INDEX reading_series ON reading (stream, quantity, wall_s, validity, value)",),
)

# What a word on disk means, looked up: an Enum takes ten times as long. They raise ValueError for an unknown word.
_quantity, _unit, _validity = lru_cache(Quantity), lru_cache(Unit), lru_cache(Validity)

ID, BOOT, SYNCED, TIME = 0, 1, 5, 6
"""Columns that both queries have in these places."""

# CROSS JOIN: by time, a page at a time, and not by a sensor's own index, after which every page would be sorted anew.
READINGS = """SELECT r.id, s.boot, s.person, s.device, s.place, r.synced, r.wall_s, r.quantity, r.value, r.unit,
              r.validity, r.reason, r.site, r.final, r.device_wall_s
              FROM reading r CROSS JOIN stream s ON s.id = r.stream"""
VALUES = """SELECT r.id, r.wall_s, s.device, s.place, r.quantity, r.value, r.validity, r.reason
            FROM reading r CROSS JOIN stream s ON s.id = r.stream"""
MOTION = """SELECT m.id, s.boot, s.person, s.device, s.place, m.synced, m.start_s, m.step_s, m.n, m.axes, m.scale_g,
            m.data FROM motion m JOIN stream s ON s.id = m.stream"""


PIECES = """SELECT s.device, cast(m.start_s / ? AS INTEGER) AS piece, min(m.start_s), max(m.start_s + m.n * m.step_s)
            FROM motion m JOIN stream s ON s.id = m.stream
            WHERE s.person = ? AND m.start_s >= ? AND m.start_s < ? GROUP BY piece, s.device ORDER BY piece"""
"""Of each movement sensor of a person, the first and the last moment in each piece of so many seconds that has any."""


class Value(NamedTuple):
    """A reading as it lies on disk, unchecked. value: None for a NaN."""

    wall_s: float
    device: str
    place: str
    quantity: str
    value: float | None
    validity: str
    reason: str


def value(item: KeepReading) -> Value:
    """The same of a reading that is not on disk yet."""
    kept = item.reading
    number = None if math.isnan(kept.value) else float(kept.value)
    return Value(item.wall_s, item.device, item.place, str(kept.quantity), number, str(kept.validity), kept.reason)


UNPROTECTED = (
    """NOT EXISTS (SELECT 1 FROM protected p WHERE motion.start_s >= p.start_s AND motion.start_s < p.end_s)"""
)
"""Of a row of motion: no span that is kept for good has it."""


def table(name: str) -> str:
    """The name, if there is such a table with a time. Raises StorageError."""
    if name not in TIMES:
        raise StorageError(f"there is no table {name!r} of readings, only {' and '.join(TIMES)}")
    return name


def insert_readings(db: Connection, boot: str, items: Iterable[KeepReading]) -> None:
    streams: dict[Stream, int] = {}
    db.executemany(
        "INSERT INTO reading (stream, wall_s, synced, quantity, value, unit, validity, reason, site, final,"
        " device_wall_s) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                _stream(db, streams, (item.person, item.device, item.place), boot),
                float(item.wall_s),
                int(item.synced),
                str(item.reading.quantity),
                float(item.reading.value),  # SQLite stores NaN as NULL
                str(item.reading.unit),
                str(item.reading.validity),
                item.reading.reason,
                item.reading.site,
                int(item.reading.final),
                None if item.reading.device_wall_s is None else float(item.reading.device_wall_s),
            )
            for item in items
        ),
    )


def insert_blocks(db: Connection, boot: str, items: Iterable[tuple[Stream, bool, Block]]) -> None:
    streams: dict[Stream, int] = {}
    db.executemany(
        "INSERT INTO motion (stream, start_s, synced, step_s, n, axes, scale_g, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (_stream(db, streams, stream, boot), b.start_s, int(synced), b.step_s, b.n, b.axes, b.scale_g, b.data)
            for stream, synced, b in items
        ),
    )


def reading(row: Row) -> KeepReading:
    """The reading as it was handed in. Raises ValueError, TypeError for a row that no release wrote."""
    _, _, person, device, place, synced, wall_s, quantity, value, unit, validity, reason, site, final, own = row
    scalar = Reading(
        quantity=_quantity(quantity),
        value=math.nan if value is None else value,
        unit=_unit(unit),
        validity=_validity(validity),
        reason=reason,
        device_wall_s=own,
        site=site,
        final=bool(final),
    )
    return KeepReading(person, device, place, scalar, wall_s, bool(synced))


def motion(row: Row) -> KeepMotion:
    """The samples of the block. Raises ValueError, TypeError for a row that no release wrote."""
    _, _, person, device, place, synced, *block = row
    wall_s, values = unpack(Block(*block))
    return KeepMotion(person, device, place, wall_s, values, bool(synced))


def _stream(db: Connection, known: dict[Stream, int], stream: Stream, boot: str) -> int:
    if stream not in known:
        db.execute("INSERT OR IGNORE INTO stream (person, device, place, boot) VALUES (?, ?, ?, ?)", (*stream, boot))
        found = db.execute(
            "SELECT id FROM stream WHERE person = ? AND device = ? AND place = ? AND boot = ?", (*stream, boot)
        )
        known[stream] = int(found.fetchone()[0])
    return known[stream]
