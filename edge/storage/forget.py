"""A child goes out of the databases: every row of hers, and the bytes of it.

Freed pages still hold what was deleted, so rows are overwritten (`secure_delete`), the file is written anew (VACUUM)
and the -wal file cut to nothing. Rows of others keep their every byte. Each step may be done again: a run that was
killed is finished by the next.

The databases are opened as they are, of whatever release: a backup of years ago is neither migrated nor put aside.
"""

import contextlib
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from edge.errors import StorageError
from edge.storage import journal_tables, rows

JOURNAL, READINGS = "journal.sqlite", "readings.sqlite"
NEWEST = {JOURNAL: len(journal_tables.SCHEMA) + 1, READINGS: len(rows.SCHEMA) + 1}
"""The newest version of each file that this release reads."""
BUSY_S = 30.0
_ROWS = 200  # of one transaction, a third of a megabyte: a store of 4 GB is not deleted in a -wal file of 4 GB
_WAL_PAGES = 128  # from which on the -wal file begins anew, for a disk that is nearly full
_LEFTOVERS = ("*.corrupt-*", "*.anew", ".settings.toml.*", "reports/*")
"""Whole copies of what is to be forgotten that nobody can take her out of: damaged files, and what a kill left."""


@dataclass(frozen=True, slots=True)
class Child:
    """Who is forgotten. id: in the configuration and every row. name: as the family writes it, empty if not known."""

    id: str
    name: str = ""

    def named_in(self, text: str) -> bool:
        """Whether a text names her: the id in quotes, as JSON has it, or the name as a word."""
        return f'"{self.id}"' in text or bool(self.name and re.search(rf"\b{re.escape(self.name)}\b", text))


@dataclass(slots=True)
class Found:
    """What is kept of her in one folder. devices: every sensor that she wore. films: as alarms and entries name them.

    The others are numbers of rows: blocks of movement, states of alarms, versions of entries, messages to the broker,
    lines of history. leftovers: files that go as a whole.
    """

    readings: int = 0
    blocks: int = 0
    alarms: int = 0
    entries: int = 0
    messages: int = 0
    lines: int = 0
    devices: set[str] = field(default_factory=set)
    films: set[str] = field(default_factory=set)
    leftovers: list[Path] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any((self.readings, self.blocks, self.alarms, self.entries, self.messages, self.lines, self.leftovers))


def look(folder: Path, child: Child) -> Found:
    """What the folder holds of her. Beside a running hub too; nothing is changed. Raises StorageError."""
    found = Found(leftovers=leftovers(folder))
    if (folder / READINGS).is_file():
        with _opened(folder / READINGS, "ro") as db:
            for table, count in (("reading", "readings"), ("motion", "blocks")):
                number = _one(db, f"SELECT count(*) FROM {table} WHERE stream IN ({_STREAMS})", child.id)  # noqa: S608
                setattr(found, count, number)
            found.devices |= {row[0] for row in db.execute("SELECT device FROM stream WHERE person = ?", (child.id,))}
    if (folder / JOURNAL).is_file():
        with _opened(folder / JOURNAL, "ro") as db:
            for (state,) in db.execute("SELECT state FROM change"):
                if _person(state, child) == child.id:
                    found.alarms += 1
                    found.films |= _films(state)
            hers, others = _ids(db, child)
            found.lines = len(_lines(db, child, hers, others))
            found.messages = len(_messages(db, child, hers))
            if "entry" in _tables(db):
                for (what,) in db.execute("SELECT what FROM entry WHERE person = ?", (child.id,)):
                    found.entries += 1
                    found.films |= _films(what)
    return found


def remove(folder: Path, child: Child) -> None:
    """Take her out of both databases of the folder, and delete its leftovers. The caller alone writes there meanwhile.

    Raises StorageError; what was removed by then stays removed.
    """
    for path in leftovers(folder):
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise StorageError(f"{path} cannot be removed: {error.strerror}") from error
    if (folder / READINGS).is_file():
        with _opened(folder / READINGS, "rw") as db:
            _remove_readings(db, child)
            _write_anew(db, folder / READINGS)
    if (folder / JOURNAL).is_file():
        with _opened(folder / JOURNAL, "rw") as db:
            _remove_journal(db, child)
            _write_anew(db, folder / JOURNAL)


def leftovers(folder: Path) -> list[Path]:
    """Files of a state folder that go as a whole."""
    return sorted({path for pattern in _LEFTOVERS for path in folder.glob(pattern) if path.is_file()})


_STREAMS = "SELECT id FROM stream WHERE person = ?"


def _remove_readings(db: sqlite3.Connection, child: Child) -> None:
    for table in rows.TIMES:
        oldest = f"SELECT id FROM {table} WHERE stream IN ({_STREAMS}) LIMIT {_ROWS}"  # noqa: S608 (fixed names)
        delete = f"DELETE FROM {table} WHERE id IN ({oldest})"  # noqa: S608
        while db.execute(delete, (child.id,)).rowcount:
            pass
    db.execute("DELETE FROM stream WHERE person = ?", (child.id,))
    if "protected" in _tables(db):  # spans around her episodes alone; those in which another child moved stay
        db.execute(
            "DELETE FROM protected WHERE NOT EXISTS (SELECT 1 FROM motion"
            " WHERE motion.start_s >= protected.start_s AND motion.start_s < protected.end_s)"
        )


def _remove_journal(db: sqlite3.Connection, child: Child) -> None:
    hers, others = _ids(db, child)
    tables = _tables(db)
    db.execute("BEGIN IMMEDIATE")
    try:
        db.executemany("DELETE FROM outbox WHERE id = ?", _messages(db, child, hers))
        db.executemany("DELETE FROM history WHERE id = ?", _lines(db, child, hers, others))
        if "entry" in tables:
            db.execute("DELETE FROM entry WHERE person = ?", (child.id,))
        if "memo" in tables:
            for name, text in db.execute("SELECT name, text FROM memo").fetchall():
                if (left := without(text, child)) != text:
                    db.execute("UPDATE memo SET text = ? WHERE name = ?", (left, name))
        db.execute("DELETE FROM standing WHERE person = ?", (child.id,))
        # Last: the ids of her alarms are known by these rows alone.
        changes = [
            (id_,) for id_, state in db.execute("SELECT id, state FROM change") if _person(state, child) == child.id
        ]
        db.executemany("DELETE FROM change WHERE id = ?", changes)
        db.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            db.execute("ROLLBACK")
        raise


def without(memo: str, child: Child) -> str:
    """A memo of the journal without what is said of her; the same text where nothing is."""
    try:
        before = msgspec.json.decode(memo)
    except (msgspec.DecodeError, RecursionError):
        return "" if child.named_in(memo) else memo  # nobody can read it either
    after = _without(before, child)
    return memo if after == before else msgspec.json.encode(after).decode()


def _without(value: Any, child: Child) -> Any:
    match value:
        case list():
            return [_without(each, child) for each in value if not _of(each, child)]
        case dict():
            return {key: _without(each, child) for key, each in value.items() if not _of(each, child)}
        case _:
            return value


def _of(value: Any, child: Child) -> bool:
    """Whether a part of a memo is about her: it, or its `key` or `of`, says so."""
    if not isinstance(value, dict):
        return False
    return any(
        isinstance(each, dict) and each.get("person") == child.id for each in (value, *map(value.get, ("key", "of")))
    )


def _ids(db: sqlite3.Connection, child: Child) -> tuple[set[str], set[str]]:
    """The ids of her alarms and entries, and those of everybody else's."""
    hers: set[str] = set()
    others: set[str] = set()
    for id_, state in db.execute("SELECT alarm_id, state FROM change"):
        (hers if _person(state, child) == child.id else others).add(id_)
    if "entry" in _tables(db):
        for id_, person in db.execute("SELECT id, person FROM entry"):
            (hers if person == child.id else others).add(id_)
    return hers, others


def _lines(db: sqlite3.Connection, child: Child, hers: set[str], others: set[str]) -> list[tuple[int]]:
    """Lines of history of her alarms and entries, and such of nobody's that name her."""

    def about(subject: str, detail: str, outcome: str) -> bool:
        id_ = subject.split(" to ", maxsplit=1)[0]
        if id_ in hers:
            return True
        return id_ not in others and child.named_in(f"{subject}\n{detail}\n{outcome}".replace('\\"', '"'))

    found = db.execute("SELECT id, subject, detail, outcome FROM history")
    return [(id_,) for id_, *said in found if about(*map(_text, said))]


def _messages(db: sqlite3.Connection, child: Child, hers: set[str]) -> list[tuple[int]]:
    found = db.execute("SELECT id, topic, alarm_id, payload FROM outbox")
    return [
        (id_,)
        for id_, topic, alarm_id, payload in found
        if alarm_id in hers or f"/{child.id}/" in _text(topic) or child.named_in(_text(payload))
    ]


def _person(state: bytes, child: Child) -> str:
    """Whose alarm a state is; of one that cannot be read hers, if it names her."""
    try:
        key = msgspec.json.decode(state, type=dict[str, Any])["key"]
        return str(key["person"])
    except (msgspec.MsgspecError, RecursionError, LookupError, TypeError):
        return child.id if child.named_in(_text(state)) else ""


def _films(content: bytes) -> set[str]:
    """The films that an alarm's evidence or an entry names."""
    try:
        plain = msgspec.json.decode(content, type=dict[str, Any])
    except (msgspec.MsgspecError, RecursionError):
        return set()
    evidence = plain.get("evidence")
    named = [each.get("film") for each in (plain, evidence if isinstance(evidence, dict) else {})]
    return {film for film in named if isinstance(film, str) and film}


def _write_anew(db: sqlite3.Connection, file: Path) -> None:
    """Freed pages and what is left in half-empty ones go out of the file."""
    try:
        db.execute("VACUUM")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_FULL:
            raise
        # No room for a second copy: what was deleted is overwritten already, and free pages leave from the end.
        db.execute("PRAGMA incremental_vacuum").fetchall()
    busy, *_ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise StorageError(f"{file} is being read by another program: end that, and run this again")


@contextlib.contextmanager
def _opened(file: Path, mode: str) -> Iterator[sqlite3.Connection]:
    """As it is, each statement on its own. Raises StorageError, in words, for the whole block."""
    try:
        uri = f"{file.absolute().as_uri()}?mode={mode}"
        with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=BUSY_S, isolation_level=None)) as db:
            db.text_factory = _text
            version = _one(db, "PRAGMA user_version")
            if version > NEWEST[file.name]:
                raise StorageError(f"{file} was written by a newer feverhub (version {version}): upgrade first")
            db.execute("PRAGMA secure_delete = ON")
            db.execute(f"PRAGMA wal_autocheckpoint = {_WAL_PAGES}")
            yield db
    except sqlite3.Error as error:
        raise StorageError(f"{file} cannot be used: {error}") from error


def _one(db: sqlite3.Connection, sql: str, *parameters: object) -> int:
    return int(db.execute(sql, parameters).fetchone()[0])


def _tables(db: sqlite3.Connection) -> set[str]:
    return {row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}


def _text(stored: bytes | str) -> str:
    return stored if isinstance(stored, str) else bytes(stored).decode("utf-8", "replace")
