"""A time-series store in memory. Passes the contract in tests/storage/test_store_contract.py, as the real one does."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from edge.errors import StorageError
from edge.model.effect import KeepMotion, KeepReading
from edge.model.reading import Quantity


@dataclass
class MemoryStore:
    """Set `failing` to a sentence and every commit raises StorageError with it, keeping what waits."""

    waiting: list[KeepReading | KeepMotion] = field(default_factory=list)
    committed: list[KeepReading | KeepMotion] = field(default_factory=list)
    commits: int = 0
    failing: str = ""
    closed: bool = False

    def keep(self, items: Sequence[KeepReading | KeepMotion]) -> None:
        self.waiting += items

    def commit(self) -> None:
        if not self.waiting:
            return
        if self.failing or self.closed:
            raise StorageError(self.failing or "the store is closed")
        self.committed += self.waiting
        self.waiting = []
        self.commits += 1

    def readings(self, person: str, quantity: Quantity, start_s: float, end_s: float) -> Iterator[KeepReading]:
        found = [
            item
            for item in self.committed
            if isinstance(item, KeepReading)
            and (item.person, item.reading.quantity) == (person, quantity)
            and start_s <= item.wall_s < end_s
        ]
        yield from sorted(found, key=lambda item: item.wall_s)

    def motion(self, device: str, start_s: float, end_s: float) -> Iterator[KeepMotion]:
        found = [item for item in self.committed if isinstance(item, KeepMotion) and item.device == device]
        for item in sorted(found, key=lambda item: float(item.wall_s[0])):
            inside = (item.wall_s >= start_s) & (item.wall_s < end_s)
            if inside.any():
                yield replace(item, wall_s=item.wall_s[inside], values=item.values[inside])

    def close(self) -> None:
        if not self.closed:
            self.commit()
        self.closed = True
