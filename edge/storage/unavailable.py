"""Stand-ins for a store or journal that could not be opened: every write says why, and alarms go on from memory."""

import time
from collections.abc import Callable, Mapping, Sequence

from edge.errors import StorageError
from edge.model.alarm import Alarm
from edge.model.care import Entry
from edge.model.effect import KeepMotion, KeepReading, Notify, Withheld
from edge.ports import Journal, OutboxRow, OutgoingMessage

# Opening may take seconds on a dying card, and alarms wait up to three for the journal.
AGAIN_S = 30.0
_AT_ONCE = 200  # rows


class UnavailableStore:
    """Keeps nothing; `commit` raises StorageError with the reason, so that the loss is reported and not silent."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def keep(self, items: Sequence[KeepReading | KeepMotion]) -> None:
        """Nothing can be kept; `commit` says so."""

    def commit(self) -> None:
        raise StorageError(self._reason)

    def close(self) -> None:
        """Nothing is open."""


class UnavailableJournal:
    """One that could not be opened: calls raise StorageError with the reason, and alarms are published unjournalled.

    It is tried again now and then. Once it opens, everything goes there. What stood in it before, and what waited in it
    to be sent, is taken up at the next start of the hub, which knows what became of it: sent now, an alarm of last
    week would stand at the broker, and nobody would end it.
    """

    def __init__(self, reason: str, again: Callable[[], Journal]) -> None:
        self._reason = reason
        self._again = again
        self._tried_s = time.monotonic()
        self._journal: Journal | None = None
        self._before = 0

    @property
    def left_out(self) -> int:
        return 0 if self._journal is None else self._journal.left_out

    def record(
        self,
        alarms: Sequence[Alarm],
        messages: Sequence[OutgoingMessage],
        wall_s: float,
        entries: Sequence[Entry] = (),
        memos: Mapping[str, str] = {},
    ) -> None:
        self._there().record(alarms, messages, wall_s, entries, memos)

    def pending(self, limit: int, after: int = 0) -> list[OutboxRow]:
        return [] if self._journal is None else self._journal.pending(limit, max(after, self._before))

    def confirm(self, rows: Sequence[int], wall_s: float) -> None:
        self._there().confirm(rows, wall_s)

    def reopen(self, within_s: float, before_s: float | None = None) -> None:
        if self._journal is not None:
            self._journal.reopen(within_s, before_s)

    def outbox_after(self, row: int, limit: int) -> list[OutboxRow]:
        return [] if self._journal is None else self._journal.outbox_after(max(row, self._before), limit)

    def last_outbox_row(self) -> int:
        return self._there().last_outbox_row()

    def cursor(self, name: str) -> int:
        return self._there().cursor(name)

    def set_cursor(self, name: str, row: int) -> None:
        self._there().set_cursor(name, row)

    def latest(self) -> list[Alarm]:
        return self._there().latest()

    def entries(self, limit: int) -> list[Entry]:
        return self._there().entries(limit)

    def past(self, since_s: float) -> list[Alarm]:
        return self._there().past(since_s)

    def sequence(self) -> int:
        return self._there().sequence()

    def note(self, wall_s: float, subject: str, detail: Notify | Withheld | str, outcome: str = "") -> None:
        self._there().note(wall_s, subject, detail, outcome)

    def recall(self, name: str) -> str:
        return self._there().recall(name)

    def close(self) -> None:
        if self._journal is not None:
            self._journal.close()

    def _there(self) -> Journal:
        if self._journal is None:
            now_s = time.monotonic()
            if now_s - self._tried_s < AGAIN_S:
                raise StorageError(self._reason)
            self._tried_s = now_s
            try:
                journal = self._again()
                while rows := journal.pending(_AT_ONCE, self._before):
                    self._before = rows[-1].row
            except StorageError as error:
                self._reason = str(error)
                raise
            self._journal = journal
        return self._journal
