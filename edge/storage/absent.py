"""Stand-ins for a store or journal that could not be opened: every write says why, and alarms go on from memory."""

# ruff: noqa: ARG002  the ports say which arguments there are

from collections.abc import Sequence

from edge.errors import StorageError
from edge.model.alarm import Alarm
from edge.model.care import Entry
from edge.model.effect import KeepMotion, KeepReading, Notify, Withheld
from edge.ports import OutboxRow, OutgoingMessage


class AbsentStore:
    """Keeps nothing; `commit` raises StorageError with the reason, so that the loss is told and not silent."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def keep(self, items: Sequence[KeepReading | KeepMotion]) -> None:
        """Nothing can be kept; `commit` says so."""

    def commit(self) -> None:
        raise StorageError(self._reason)

    def close(self) -> None:
        """Nothing is open."""


class AbsentJournal:
    """Holds nothing: `record` raises StorageError with the reason, so that alarms are published unjournalled."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def record(
        self,
        alarms: Sequence[Alarm],
        messages: Sequence[OutgoingMessage],
        wall_s: float,
        entries: Sequence[Entry] = (),
    ) -> None:
        raise StorageError(self._reason)

    def pending(self, limit: int, after: int = 0) -> list[OutboxRow]:
        return []

    def confirm(self, rows: Sequence[int], wall_s: float) -> None:
        raise StorageError(self._reason)

    def latest(self) -> list[Alarm]:
        raise StorageError(self._reason)

    def entries(self, limit: int) -> list[Entry]:
        raise StorageError(self._reason)

    def past(self, since_s: float) -> list[Alarm]:
        raise StorageError(self._reason)

    def sequence(self) -> int:
        raise StorageError(self._reason)

    def note(self, wall_s: float, subject: str, detail: Notify | Withheld | str, outcome: str = "") -> None:
        raise StorageError(self._reason)

    def remember(self, name: str, text: str) -> None:
        raise StorageError(self._reason)

    def recall(self, name: str) -> str:
        raise StorageError(self._reason)

    def close(self) -> None:
        """Nothing is open."""
