"""Alarms, the outbox and the history of what was done about them: its own file, on disk before anything is published.

`synchronous = FULL`: what a call has returned from survives a power cut. A full disk is met with the reserve file
beside it; a damaged file is put aside and an empty one begun, which `quarantined` tells the caller.
"""

import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection
from typing import TypeVar

import msgspec

from edge.errors import StorageError
from edge.model.alarm import Alarm, Presence
from edge.model.care import Entry
from edge.model.effect import Notify, Withheld
from edge.ports import OutboxRow, OutgoingMessage
from edge.storage import alarm_rows, journal_tables, outbox_repair, sane
from edge.storage import entries as entry_rows
from edge.storage.database import Damaged, Database, DiskFull
from edge.storage.entries import Version
from edge.storage.reserve import Reserve

MOST_REOPENED = 500
MOST_PAST = 2_000  # episodes that are looked back at after a restart
_PRUNE_EVERY = 200  # writes between two looks at these bounds
_WAL_PAGES = 64  # few writes, and on a full disk the -wal file must not eat the reserve
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """kind: `notify`, `withheld` or `text`; detail is JSON for the first two."""

    row: int
    wall_s: float
    subject: str
    kind: str
    detail: str
    outcome: str


class SqliteJournal:
    """`edge.ports.Journal` on SQLite, with what reports, replication and health need.

    quarantined: where a damaged journal was put aside (None: never). After that sequence numbers and outbox rows go on
    from the seconds since 1970, which is more than any journal has counted, so that none is used twice.
    left_out: rows that could not be read since it was opened, without those that an earlier start has noted.
    """

    def __init__(self, path: Path, *, reserve: Reserve | None = None) -> None:
        """Open or create, with `<name>.reserve` beside it unless another reserve is given. Raises StorageError."""
        self._reserve = Reserve(path.with_name(f"{path.stem}.reserve")) if reserve is None else reserve
        self._db = self._with_room(lambda: Database(path, journal_tables.SCHEMA, wal_pages=_WAL_PAGES))
        self._writes = 0
        self.left_out = 0
        if self._db.quarantined:
            self._skip_numbers()
        elif self._is_absurd():
            self._db.begin_afresh()
            self._skip_numbers()
        self._mend_outbox(time.time())
        self._reserve.refill()

    @property
    def quarantined(self) -> Path | None:
        return self._db.quarantined

    def restore(self) -> str:
        """Write the file anew if it was deleted or replaced while it was open; what was done, empty: nothing was.

        For a look now and then: writing to a deleted file raises no error. Raises StorageError.
        """
        return self._with_room(self._db.restore)

    def record(
        self,
        alarms: Sequence[Alarm],
        messages: Sequence[OutgoingMessage],
        wall_s: float,
        entries: Sequence[Entry] = (),
        memos: Mapping[str, str] = {},
    ) -> None:
        """Write alarm states, entries, their outgoing messages and memos in one transaction. Raises StorageError.

        A change (alarm and sequence number) that is there already stays as it is: a write that was given up as too slow
        may have come through all the same.
        """
        encoded = [(alarm, alarm_rows.encoded(alarm)) for alarm in alarms]

        def write(db: Connection) -> None:
            for alarm, state in encoded:
                journal_tables.add_alarm(db, alarm, state, wall_s)
            entry_rows.add(db, entries)
            db.executemany("INSERT OR REPLACE INTO memo VALUES (?, ?)", list(memos.items()))
            db.executemany(
                "INSERT INTO outbox (topic, payload, retain, alarm_id, expires_s, created_s) VALUES (?, ?, ?, ?, ?, ?)",
                [(m.topic, m.payload, int(m.retain), m.alarm_id, m.expires_s, wall_s) for m in messages],
            )

        self._write(write, wall_s)

    def pending(self, limit: int, after: int = 0) -> list[OutboxRow]:
        """Oldest unconfirmed messages with a row id above `after`. Raises StorageError."""
        return self._outbox("confirmed_s IS NULL AND id > ?", after, limit)

    def outbox_after(self, row: int, limit: int) -> list[OutboxRow]:
        """The oldest messages with a row id above `row`, whoever has confirmed them. Raises StorageError."""
        return self._outbox("id > ?", row, limit)

    def last_outbox_row(self) -> int:
        """The highest row id that the outbox ever gave, 0 if none. Raises StorageError."""
        return int(self._db.number("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'") or 0)

    def _outbox(self, which: str, *parameters: int) -> list[OutboxRow]:
        found = self._db.rows(
            "SELECT id, created_s, topic, payload, retain, alarm_id, expires_s FROM outbox"  # noqa: S608 (fixed text)
            f" WHERE {which} ORDER BY id LIMIT ?",
            *parameters,
        )
        return [
            OutboxRow(row, OutgoingMessage(topic, payload, bool(retain), alarm_id, expires_s), created_s)
            for row, created_s, topic, payload, retain, alarm_id, expires_s in found
        ]

    def confirm(self, rows: Sequence[int], wall_s: float) -> None:
        """The broker has confirmed these rows; the first time counts. Raises StorageError."""
        statement = (
            "UPDATE outbox SET confirmed_s = ?1, first_confirmed_s = coalesce(first_confirmed_s, ?1)"
            " WHERE id = ?2 AND confirmed_s IS NULL"
        )
        self._write(lambda db: db.executemany(statement, [(wall_s, row) for row in rows]), wall_s)

    def reopen(self, within_s: float, before_s: float | None = None) -> None:
        """Events first confirmed within so many seconds before that wall time wait again, the newest 500 at most.

        before_s: None for the newest confirmation, so that it needs no clock. Raises StorageError.
        """
        if before_s is None:
            before_s = self._db.number(
                "SELECT first_confirmed_s FROM outbox WHERE first_confirmed_s IS NOT NULL ORDER BY id DESC LIMIT 1"
            )
        if before_s is None:
            return
        found = self._db.rows(
            "SELECT id FROM outbox WHERE retain = 0 AND confirmed_s IS NOT NULL AND first_confirmed_s >= ?"
            " ORDER BY id DESC LIMIT ?",
            *(before_s - within_s, MOST_REOPENED),
        )
        if found:
            statement = "UPDATE outbox SET confirmed_s = NULL WHERE id = ?"
            self._write(lambda db: db.executemany(statement, found), time.time())

    def latest(self) -> list[Alarm]:
        """The last state of every alarm that there ever was, in order of sequence. Raises StorageError.

        A state that this release cannot read, damaged or written by a newer one, is left out and noted.
        """
        alarms = []
        for condition, person, device, state in self._db.rows("SELECT condition, person, device, state FROM standing"):
            try:
                alarms.append(alarm_rows.decoded(state))
            except msgspec.MsgspecError as error:
                self._leave_out(f"{condition}/{person}/{device}", f"the stored alarm cannot be read: {error}")
        return sorted(alarms, key=lambda alarm: alarm.sequence)

    def past(self, since_s: float) -> list[Alarm]:
        """The last state of every episode that changed at or after that wall time and is off, in order of sequence.

        No more than the last 2,000; what this release cannot read is left out. Raises StorageError.
        """
        found = self._db.rows(
            "SELECT state FROM change WHERE id IN (SELECT max(id) FROM change WHERE wall_s >= ? GROUP BY alarm_id)"
            " ORDER BY id DESC LIMIT ?",
            since_s,
            MOST_PAST,
        )
        alarms = []
        for (state,) in found:
            with contextlib.suppress(msgspec.MsgspecError):  # `latest` has noted what may matter
                alarms.append(alarm_rows.decoded(state))
        return sorted((a for a in alarms if a.presence is Presence.OFF), key=lambda alarm: alarm.sequence)

    def entries(self, limit: int) -> list[Entry]:
        """The newest version of the last `limit` entries, in the order they were made. Raises StorageError.

        One that this release cannot read, damaged or written by a newer one, is left out and noted.
        """
        found = []
        for row in self._db.rows(entry_rows.NEWEST, limit):
            try:
                found.append(entry_rows.decoded(row))
            except msgspec.MsgspecError as error:
                self._leave_out(str(row[0]), f"the stored entry cannot be read: {error}")
        return found

    def sequence(self) -> int:
        """The highest alarm sequence number ever recorded, 0 if none. Raises StorageError.

        A damaged one is put right: counting goes on from the seconds since 1970, as in a journal that was lost.
        """
        number = int(self._db.number("SELECT value FROM counter WHERE name = 'sequence'") or 0)
        if 0 <= number <= sane.MOST_NUMBER:
            return number
        number = int(time.time())
        self._write(lambda db: db.execute("UPDATE counter SET value = ? WHERE name = 'sequence'", (number,)), number)
        self._leave_out("sequence", "the stored number of changes cannot be true")
        return number

    def note(self, wall_s: float, subject: str, detail: Notify | Withheld | str, outcome: str = "") -> None:
        """Append a line of history: a push attempt and what came of it, a message withheld, a command."""
        text = detail if isinstance(detail, str) else msgspec.json.encode(detail).decode()
        kind = "text" if isinstance(detail, str) else type(detail).__name__.lower()
        self._write(lambda db: journal_tables.add_line(db, wall_s, subject, text, kind=kind, outcome=outcome), wall_s)

    def recall(self, name: str) -> str:
        """The text last recorded under that name, empty if none. Raises StorageError."""
        rows = self._db.rows("SELECT text FROM memo WHERE name = ?", name)
        return str(rows[0][0]) if rows else ""

    def _leave_out(self, subject: str, why: str) -> None:
        """Note a row that is left out, and count it, unless an earlier start has."""
        known = "SELECT 1 FROM history WHERE subject = ? AND detail = ? AND outcome = 'lost' LIMIT 1"
        if not self._db.rows(known, subject, why):
            self.left_out += 1
            self.note(time.time(), subject, why, "lost")

    def history(self, start_s: float, end_s: float, after: int = 0, limit: int = 1_000) -> list[HistoryLine]:
        """Lines with start_s <= wall_s < end_s and a row id above `after`, oldest first. Raises StorageError."""
        return [
            HistoryLine(*line)
            for line in self._db.rows(
                "SELECT id, wall_s, subject, kind, detail, outcome FROM history"
                " WHERE wall_s >= ? AND wall_s < ? AND id > ? ORDER BY id LIMIT ?",
                *(start_s, end_s, after, limit),
            )
        ]

    def changes_after(self, row: int, limit: int) -> list[tuple[int, Alarm | None]]:
        """Every recorded alarm state with a row id above `row`, oldest first. Raises StorageError.

        None: a state that this release cannot read.
        """
        found = self._db.rows("SELECT id, state FROM change WHERE id > ? ORDER BY id LIMIT ?", row, limit)
        return [(number, _decoded_or_none(state)) for number, state in found]

    def last_row(self) -> int:
        """The highest row id of the recorded alarm states, 0 if none. Raises StorageError."""
        return int(self._db.number("SELECT max(id) FROM change") or 0)

    def entries_after(self, row: int, limit: int) -> list[tuple[int, Version | None]]:
        """Every version of an entry with a row id above `row`, oldest first. Raises StorageError.

        None: one that this release cannot read.
        """
        found = self._db.rows(entry_rows.AFTER, row, limit)
        return [(number, self._version(tuple(columns), number, before)) for *columns, number, before in found]

    def _version(self, columns: tuple[object, ...], row: int, before_row: int | None) -> Version | None:
        entry = _entry_or_none(columns)
        if entry is None or before_row is None:
            return None if entry is None else Version(entry, row)
        earlier = self._db.rows(entry_rows.ONE, before_row)
        return Version(entry, row, _entry_or_none(earlier[0]) if earlier else None, before_row)

    def last_entry_row(self) -> int:
        """The highest row id of the versions of entries, 0 if none. Raises StorageError."""
        return int(self._db.number("SELECT max(row) FROM entry") or 0)

    def waiting(self) -> tuple[int, float | None]:
        """How many messages the broker has not confirmed, and when the oldest was made. Raises StorageError."""
        count, oldest_s = self._db.rows("SELECT count(*), min(created_s) FROM outbox WHERE confirmed_s IS NULL")[0]
        return count, oldest_s

    def cursor(self, name: str) -> int:
        """Where a replication of this file has got to, 0 at first. Raises StorageError."""
        return self._db.cursor(name)

    def set_cursor(self, name: str, row: int) -> None:
        """Remember it. Raises StorageError."""
        self._db.set_cursor(name, row)

    def prune(self, wall_s: float) -> None:
        """Keep every table within its bounds of age and number; done by itself now and then. Raises StorageError."""
        with self._db.transaction() as db:
            journal_tables.prune(db, wall_s)

    def close(self) -> None:
        self._db.close()

    def _write(self, action: Callable[[Connection], object], wall_s: float) -> None:
        def attempt() -> None:
            try:
                with self._db.transaction() as db:
                    action(db)
            except DiskFull:
                self._db.checkpoint()
                with self._db.transaction() as db:
                    action(db)

        try:
            self._with_room(attempt)
        except Damaged:
            self._db.begin_afresh()
            self._skip_numbers()
            self._with_room(attempt)
        self._writes += 1
        if self._writes % _PRUNE_EVERY == 0:
            with contextlib.suppress(StorageError):  # what was asked is on disk; a failing disk shows at the next write
                self.prune(wall_s)
        self._reserve.refill()

    def _is_absurd(self) -> bool:
        """Whether row ids are beyond all that can have been counted, so that SQLite soon has no number left."""
        top = self._db.number("SELECT max(seq) FROM sqlite_sequence")
        return top is not None and top > sane.MOST_NUMBER

    def _mend_outbox(self, now_s: float) -> None:
        mended = outbox_repair.Mended()

        def mend(db: Connection) -> None:
            nonlocal mended
            mended = outbox_repair.mend(db, now_s)
            if mended.times:
                said = f"{mended.times} times of waiting messages"
                journal_tables.add_line(db, now_s, "outbox", said, outcome="mended")

        self._write(mend, now_s)
        for row, topic in mended.unsendable:
            self._leave_out(f"outbox {row}", f"the stored message has the topic {topic!r}")

    def _with_room(self, action: Callable[[], _Answer]) -> _Answer:
        while True:
            try:
                return action()
            except DiskFull:
                if not self._reserve.release():
                    raise

    def _skip_numbers(self) -> None:
        def skip() -> None:
            with self._db.transaction() as db:
                journal_tables.raise_sequence(db, int(time.time()))
                db.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('outbox', ?)", (int(time.time()),))

        self._with_room(skip)


def _decoded_or_none(state: bytes) -> Alarm | None:
    try:
        return alarm_rows.decoded(state)
    except msgspec.MsgspecError:
        return None


def _entry_or_none(row: tuple[object, ...]) -> Entry | None:
    try:
        return entry_rows.decoded(row)
    except msgspec.MsgspecError:
        return None
