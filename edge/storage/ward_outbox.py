"""The journal's outbox as one further broker sees it: the same rows, behind a cursor of its own.

What the family's broker confirms is marked in the rows; a further broker has only the number of the last row behind
which it has everything. So one that is gone holds back nothing and keeps nothing: rows are dropped by the family's
bounds (`journal_tables`), events after seven days, and what stands is in the retained states, which the session shows
again at each connection. The cursor on disk trails while rows wait, and those behind it are sent again after a restart:
at least once.
"""

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import structlog

from edge.model.alarm import Alarm
from edge.model.care import Entry
from edge.ports import GOODBYE, OutboxRow, OutgoingMessage

WRITE_S = 5.0
"""While rows wait, the cursor is written so often at most: a write for each of a backlog would wear the card."""
MOST_BEYOND = 1_000
"""Rows confirmed behind one that the broker refuses; beyond, that one is given up."""
MARKS = 1_000
PAGE = 200

log = structlog.get_logger(__name__)


class Rows(Protocol):
    """What is asked of the journal."""

    def outbox_after(self, row: int, limit: int) -> list[OutboxRow]: ...

    def last_outbox_row(self) -> int: ...

    def cursor(self, name: str) -> int: ...

    def set_cursor(self, name: str, row: int) -> None: ...


class WardOutbox:
    """Implements `ports.Outbox`; belongs to the journal's thread.

    name: of the cursor, and so of the broker. outward: where a message stands at that broker; None: not there.
    """

    def __init__(
        self,
        journal: Rows,
        name: str,
        outward: Callable[[str], str | None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._journal = journal
        self._name = f"mqtt/{name}"
        self._outward = outward
        self._monotonic = monotonic
        # Behind which everything is confirmed; None before the first look.
        self._position: int | None = None
        # The last row that was looked at; rows in front of it that are not confirmed; rows that are, behind those.
        self._seen = 0
        self._open: set[int] = set()
        self._beyond: set[int] = set()
        # (wall seconds, position before) of late confirmations, for a broker that may have lost them.
        self._marks: deque[tuple[float, int]] = deque(maxlen=MARKS)
        self._written = -1
        self._written_s = 0.0

    def begin(self) -> int:
        """The position. At the very first call that there ever was what is in the journal is not for this broker.

        Raises StorageError.
        """
        if self._position is None:
            kept = self._journal.cursor(self._name)  # one more than the position: 0 is no cursor at all
            if kept:
                self._position = kept - 1
            else:
                self._position = self._journal.last_outbox_row()
                self._write()
            self._seen = max(self._seen, self._position)
        return self._position

    def pending(self, limit: int, after: int = 0) -> list[OutboxRow]:
        """The oldest rows for this broker with an id above `after`. Raises StorageError."""
        start = max(after, self.begin())
        found: list[OutboxRow] = []
        while page := self._journal.outbox_after(start, PAGE):
            for row in page:
                if (topic := self._outward(row.message.topic)) is not None and row.row not in self._beyond:
                    found.append(replace(row, message=replace(row.message, topic=topic)))
                    self._open.add(row.row)
                start = row.row
                self._seen = max(self._seen, start)
                if len(found) == limit:
                    return found
        self._advance()
        return found

    def confirm(self, rows: Sequence[int], wall_s: float) -> None:
        """The broker has these. Raises StorageError where the cursor is due and cannot be written."""
        before = self.begin()
        self._open -= set(rows)
        self._beyond |= set(rows)
        self._advance()
        if not self._marks or wall_s - self._marks[-1][0] >= 1.0:
            self._marks.append((wall_s, before))
        if not self._open or self._monotonic() - self._written_s >= WRITE_S:
            self._write()

    def reopen(self, within_s: float, before_s: float | None = None) -> None:
        """What was confirmed so many seconds before that wall time waits again, as far as this process knows."""
        lost = [position for wall_s, position in self._marks if before_s is None or wall_s >= before_s - within_s]
        if lost:
            self._position = min(lost[0], self.begin())
            self._beyond.clear()
            self._open.clear()
            self._seen = self._position
            self._marks.clear()

    def recall(self, _name: str) -> str:
        """A hub that was killed has not taken this broker with it, which is another machine's."""
        return GOODBYE

    def record(
        self,
        _alarms: Sequence[Alarm],
        _messages: Sequence[OutgoingMessage],
        _wall_s: float,
        _entries: Sequence[Entry] = (),
        _memos: Mapping[str, str] = {},
    ) -> None:
        """A connection ends: the cursor goes to disk. Raises StorageError."""
        if self._position is not None:
            self._write()

    def _advance(self) -> None:
        if len(self._beyond) > MOST_BEYOND and self._open:
            given_up = min(self._open)
            self._open.discard(given_up)
            log.warning("ward.given_up", broker=self._name, row=given_up, why="the broker refuses it")
        position = min(self._open) - 1 if self._open else self._seen
        self._position = max(self._position or 0, position)
        self._beyond = {row for row in self._beyond if row > self._position}

    def _write(self) -> None:
        if self._position is not None and self._position != self._written:
            self._journal.set_cursor(self._name, self._position + 1)
            self._written = self._position
        self._written_s = self._monotonic()
