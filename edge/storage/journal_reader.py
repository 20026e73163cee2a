"""The journal's file beside a running hub: read only, what a diary needs. Nothing is created, checked or put aside."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from edge.errors import StorageError
from edge.model.alarm import Alarm
from edge.model.care import Entry
from edge.storage import alarm_rows
from edge.storage import entries as entry_rows
from edge.storage.database import Database
from edge.storage.journal import HistoryLine
from edge.storage.journal_tables import SCHEMA

_PAGE = 500
_MOST = 2_000
"""Rows of one answer: far more than a day, or an episode, has."""


class JournalReader:
    """Every version of what changed, as `edge.storage.journal` wrote it.

    unreadable: rows that were left out so far, damaged or written by a newer release.
    """

    def __init__(self, path: Path) -> None:
        """Raises StorageError, also where there is no such file."""
        try:
            there = path.is_file()
        except OSError as error:
            raise StorageError(f"{path} cannot be used: {error.strerror}; try it with sudo") from error
        if not there:
            raise StorageError(f"{path}: there is no journal here; the hub has not run with this state folder")
        self._db = Database(path, SCHEMA, read_only=True)
        self.unreadable = 0

    def alarms(self, since_s: float) -> Iterator[Alarm]:
        """Every state of an alarm that changed at or after that wall time, oldest first. Raises StorageError."""
        last = 0
        while True:
            page = self._db.rows(
                "SELECT id, state FROM change WHERE wall_s >= ? AND id > ? ORDER BY id LIMIT ?", since_s, last, _PAGE
            )
            for last, state in page:  # noqa: B007  the page after begins where this one ends
                try:
                    yield alarm_rows.decoded(state)
                except msgspec.MsgspecError:
                    self.unreadable += 1
            if len(page) < _PAGE:
                return

    def changes(self, start_s: float, end_s: float) -> list[Alarm]:
        """Every state with start_s <= wall_s < end_s, oldest first. Raises StorageError."""
        return self._decoded("wall_s >= ? AND wall_s < ?", start_s, end_s)

    def of_alarm(self, alarm_id: str) -> list[Alarm]:
        """Every state of one episode, oldest first. Raises StorageError."""
        return self._decoded("alarm_id = ?", alarm_id)

    def _decoded(self, where: str, *parameters: object) -> list[Alarm]:
        statement = f"SELECT state FROM change WHERE {where} ORDER BY id LIMIT {_MOST}"  # noqa: S608 (fixed texts)
        found = []
        for (state,) in self._db.rows(statement, *parameters):
            try:
                found.append(alarm_rows.decoded(state))
            except msgspec.MsgspecError:
                self.unreadable += 1
        return found

    def lines(self, start_s: float, end_s: float, subject: str) -> list[HistoryLine]:
        """Of history, those whose subject begins so, start_s <= wall_s < end_s, oldest first. Raises StorageError."""
        found = self._db.rows(
            "SELECT id, wall_s, subject, kind, detail, outcome FROM history"
            " WHERE wall_s >= ? AND wall_s < ? AND substr(subject, 1, ?) = ? ORDER BY id LIMIT ?",
            *(start_s, end_s, len(subject), subject, _MOST),
        )
        return [HistoryLine(*line) for line in found]

    def published(self, alarm_id: str) -> list[tuple[float, str, float | None]]:
        """Messages of an episode to the broker: made at, topic, confirmed at (None: not yet). Raises StorageError."""
        found = self._db.rows(
            "SELECT created_s, topic, confirmed_s FROM outbox WHERE alarm_id = ? ORDER BY id LIMIT ?", alarm_id, _MOST
        )
        return [(created_s, topic, confirmed_s) for created_s, topic, confirmed_s in found]

    def entries(self, since_s: float) -> list[Entry]:
        """Every version of the entries that were made, or happened, since then. Raises StorageError."""
        if not self._db.number("SELECT count(*) FROM sqlite_schema WHERE name = 'entry'"):
            return []  # written by a release that knew none
        return self._entries(entry_rows.SINCE, since_s, since_s)

    def records(self) -> list[Entry]:
        """The newest version of every illness, vaccination and dose that stands, by time. Raises StorageError."""
        if not self._db.number("SELECT count(*) FROM sqlite_schema WHERE name = 'entry'"):
            return []
        return self._entries(entry_rows.RECORDS, _MOST)[::-1]

    def _entries(self, statement: str, *parameters: object) -> list[Entry]:
        found = []
        for row in self._db.rows(statement, *parameters):
            try:
                found.append(entry_rows.decoded(row))
            except msgspec.MsgspecError:
                self.unreadable += 1
        return found

    def close(self) -> None:
        self._db.close()
