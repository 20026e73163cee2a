"""What caregivers added, in the journal's file: a row for each version, and none is ever changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from sqlite3 import Connection
from typing import Any

import msgspec

from edge.model.care import KINDS, Dose, Drink, Entry, Illness, ManualReading
from edge.storage import sane

KEEP_VERSIONS = 50_000  # by number only: a clock that jumps years ahead must not empty the journal

SCHEMA = (
    """CREATE TABLE entry (row INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, version INTEGER NOT NULL,
       person TEXT NOT NULL, kind TEXT NOT NULL, what BLOB NOT NULL, happened_s REAL NOT NULL, author TEXT NOT NULL,
       caregiver TEXT NOT NULL, entered_s REAL NOT NULL, withdrawn INTEGER NOT NULL, request_id TEXT NOT NULL,
       told TEXT NOT NULL, against_plan TEXT NOT NULL, next_s REAL, UNIQUE (id, version)) STRICT""",
)
_COLUMNS = """id, version, person, kind, what, happened_s, author, caregiver, entered_s, withdrawn, request_id, told,
              against_plan, next_s"""
# A write that was given up as too slow and came through all the same is not written twice.
_ADD = f"INSERT INTO entry ({_COLUMNS}) VALUES ({', '.join('?' * 14)}) ON CONFLICT (id, version) DO NOTHING"  # noqa: S608
NEWEST = f"""SELECT {_COLUMNS} FROM entry AS e
             WHERE version = (SELECT max(version) FROM entry WHERE id = e.id)
             AND id IN (SELECT id FROM entry WHERE version = 1 ORDER BY row DESC LIMIT ?)
             ORDER BY (SELECT min(row) FROM entry WHERE id = e.id)"""  # noqa: S608 (fixed names)
SINCE = f"""SELECT {_COLUMNS} FROM entry
            WHERE id IN (SELECT id FROM entry WHERE happened_s >= ? OR entered_s >= ?) ORDER BY row"""  # noqa: S608
# With the version before, where it is still there; NULL for the first.
AFTER = f"""SELECT {_COLUMNS}, row, (SELECT row FROM entry AS b WHERE b.id = e.id AND b.version = e.version - 1)
            FROM entry AS e WHERE row > ? ORDER BY row LIMIT ?"""  # noqa: S608 (fixed names)
ONE = f"SELECT {_COLUMNS} FROM entry WHERE row = ?"  # noqa: S608 (fixed names)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an entry, and the one that it replaces; before: None for the first. row, before_row: on disk."""

    entry: Entry
    row: int
    before: Entry | None = None
    before_row: int = 0


RECORDS = f"""SELECT {_COLUMNS} FROM entry AS e
              WHERE version = (SELECT max(version) FROM entry WHERE id = e.id) AND NOT withdrawn
              AND kind IN ('illness', 'vaccination', 'dose') ORDER BY happened_s DESC LIMIT ?"""  # noqa: S608


def add(db: Connection, entries: Iterable[Entry]) -> None:
    db.executemany(_ADD, [_row(entry) for entry in entries])


def prune(db: Connection) -> None:
    db.execute("DELETE FROM entry WHERE row <= (SELECT max(row) FROM entry) - ?", (KEEP_VERSIONS,))


def decoded(row: tuple[Any, ...]) -> Entry:
    """One row of `NEWEST` or `SINCE`. Raises msgspec.MsgspecError for what a newer release wrote, and for damage."""
    id_, version, person, kind, what, happened_s, author, caregiver, entered_s, withdrawn, *rest = row
    if kind not in KINDS:
        raise msgspec.ValidationError(f"there is no kind of entry {kind!r}")
    entry = Entry(
        id=id_,
        version=version,
        person=person,
        what=msgspec.json.decode(what, type=KINDS[kind]),
        happened_s=happened_s,
        author=author,
        caregiver=caregiver,
        entered_s=entered_s,
        withdrawn=bool(withdrawn),
        **dict(zip(("request_id", "reply", "against_plan", "next_s"), rest, strict=True)),
    )
    sane.times(happened_s=entry.happened_s, entered_s=entry.entered_s, next_s=entry.next_s)
    sane.count(version=entry.version)
    sane.ids(id=entry.id, person=entry.person)
    match entry.what:
        case Dose(amount=amount):
            sane.numbers(amount=amount)
        case ManualReading(celsius=celsius):
            sane.numbers(celsius=celsius)
        case Drink(ml=ml):
            sane.numbers(ml=ml)
        case Illness() as ill:
            sane.times(ended_s=ill.ended_s, peak_s=ill.peak_s)
            sane.numbers(peak_c=ill.peak_c)
        case _:
            pass
    return entry


def _row(entry: Entry) -> tuple[Any, ...]:
    return (
        entry.id,
        entry.version,
        entry.person,
        entry.kind,
        msgspec.json.encode(entry.what),
        entry.happened_s,
        entry.author,
        entry.caregiver,
        entry.entered_s,
        int(entry.withdrawn),
        entry.request_id,
        entry.reply,
        entry.against_plan,
        entry.next_s,
    )
