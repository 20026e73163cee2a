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
from edge.storage.journal_tables import SCHEMA

_PAGE = 500


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

    def entries(self, since_s: float) -> list[Entry]:
        """Every version of the entries that were made, or happened, since then. Raises StorageError."""
        if not self._db.number("SELECT count(*) FROM sqlite_schema WHERE name = 'entry'"):
            return []  # written by a release that knew none
        found = []
        for row in self._db.rows(entry_rows.SINCE, since_s, since_s):
            try:
                found.append(entry_rows.decoded(row))
            except msgspec.MsgspecError:
                self.unreadable += 1
        return found

    def close(self) -> None:
        self._db.close()
