"""A journal in memory. Passes the contract in tests/storage/test_journal_contract.py, as SqliteJournal does."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from edge.errors import StorageError
from edge.model.alarm import Alarm, AlarmKey, Presence
from edge.model.care import Entry
from edge.model.effect import Notify, Withheld
from edge.ports import OutboxRow, OutgoingMessage


@dataclass
class MemoryJournal:
    """Set `failing` to a sentence and every write raises StorageError with it, changing nothing."""

    alarms: list[Alarm] = field(default_factory=list)
    messages: list[OutboxRow] = field(default_factory=list)
    confirmed: dict[int, float] = field(default_factory=dict)
    first_confirmed: dict[int, float] = field(default_factory=dict)
    notes: list[tuple[float, str, Notify | Withheld | str, str]] = field(default_factory=list)
    memo: dict[str, str] = field(default_factory=dict)
    versions: dict[tuple[str, int], Entry] = field(default_factory=dict)
    failing: str = ""
    left_out: int = 0
    closed: bool = False

    def record(
        self,
        alarms: Sequence[Alarm],
        messages: Sequence[OutgoingMessage],
        wall_s: float,
        entries: Sequence[Entry] = (),
        memos: Mapping[str, str] = {},
    ) -> None:
        self._write()
        self.memo |= memos
        for entry in entries:
            self.versions.setdefault((entry.id, entry.version), entry)
        self.alarms += alarms
        for message in messages:
            self.messages.append(OutboxRow(len(self.messages) + 1, message, wall_s))

    def pending(self, limit: int, after: int = 0) -> list[OutboxRow]:
        self._open()
        return [row for row in self.messages if row.row > after and row.row not in self.confirmed][:limit]

    def confirm(self, rows: Sequence[int], wall_s: float) -> None:
        self._write()
        for row in rows:
            self.confirmed.setdefault(row, wall_s)
            self.first_confirmed.setdefault(row, wall_s)

    def reopen(self, within_s: float, before_s: float | None = None) -> None:
        if before_s is None:
            before_s = self.first_confirmed[max(self.first_confirmed)] if self.first_confirmed else math.inf
        for row in self.messages:
            if not row.message.retain and self.first_confirmed.get(row.row, -math.inf) >= before_s - within_s:
                self.confirmed.pop(row.row, None)

    def latest(self) -> list[Alarm]:
        self._open()
        last: dict[AlarmKey, Alarm] = {alarm.key: alarm for alarm in self.alarms}
        return sorted(last.values(), key=lambda alarm: alarm.sequence)

    def entries(self, limit: int) -> list[Entry]:
        self._open()
        newest: dict[str, Entry] = {}
        for entry in self.versions.values():
            if entry.version >= newest.get(entry.id, entry).version:
                newest[entry.id] = entry
        return list(newest.values())[-limit:]

    def past(self, since_s: float) -> list[Alarm]:
        self._open()
        last = {alarm.id: alarm for alarm in self.alarms if alarm.changed_s >= since_s}
        off = [alarm for alarm in last.values() if alarm.presence is Presence.OFF]
        return sorted(off, key=lambda alarm: alarm.sequence)

    def sequence(self) -> int:
        self._open()
        return max((alarm.sequence for alarm in self.alarms), default=0)

    def note(self, wall_s: float, subject: str, detail: Notify | Withheld | str, outcome: str = "") -> None:
        self._write()
        self.notes.append((wall_s, subject, detail, outcome))

    def recall(self, name: str) -> str:
        self._open()
        return self.memo.get(name, "")

    def close(self) -> None:
        self.closed = True

    def _open(self) -> None:
        if self.closed:
            raise StorageError("the journal is closed")

    def _write(self) -> None:
        self._open()
        if self.failing:
            raise StorageError(self.failing)
