"""Readings that wait in memory for the next commit: bounded, the oldest go first, and what goes is counted. Pure."""

from collections import deque
from collections.abc import Iterable

import numpy as np

from edge.model.effect import KeepMotion, KeepReading
from edge.storage.blocks import Block, pack
from edge.storage.rows import Stream

MAX_READINGS = 50_000
MAX_BYTES = 16 * 1024 * 1024
"""Of packed movement: about 9 h of one 50 Hz sensor on three axes."""

_OVERHEAD_BYTES = 200  # of a Block object beside its data
_PACK_AFTER = 5_000  # samples held as floats (32 bytes each) before they are packed (6 bytes each)


class Waiting:
    """lost_readings, lost_samples: dropped so far because the bound was reached."""

    def __init__(self, max_readings: int = MAX_READINGS, max_bytes: int = MAX_BYTES) -> None:
        self._max_readings = max_readings
        self._max_bytes = max_bytes
        self._raw: list[KeepMotion] = []
        self._raw_count = 0
        self._bytes = 0
        self.readings: deque[KeepReading] = deque()
        self.blocks: deque[tuple[Stream, bool, Block]] = deque()
        self.lost_readings = 0
        self.lost_samples = 0

    def __len__(self) -> int:
        return len(self.readings) + len(self.blocks) + len(self._raw)

    def add(self, items: Iterable[KeepReading | KeepMotion]) -> None:
        for item in items:
            if isinstance(item, KeepReading):
                self.readings.append(item)
                self._bound()
            elif len(item.wall_s):
                self._raw.append(item)
                self._raw_count += len(item.wall_s)
                if self._raw_count > _PACK_AFTER:
                    self.pack()

    def pack(self) -> None:
        """Turn the samples into blocks, one sensor after the other."""
        by_stream: dict[tuple[Stream, bool, int], list[KeepMotion]] = {}
        for item in self._raw:
            key = ((item.person, item.device, item.place), item.synced, item.values.ndim)
            by_stream.setdefault(key, []).append(item)
        self._raw.clear()
        self._raw_count = 0
        for (stream, synced, _), items in by_stream.items():
            wall_s = np.concatenate([item.wall_s for item in items])
            values = np.concatenate([item.values for item in items])
            for block in pack(wall_s, values):
                self.blocks.append((stream, synced, block))
                self._bytes += len(block.data) + _OVERHEAD_BYTES
        self._bound()

    def clear(self) -> None:
        """Everything packed is on disk."""
        self.readings.clear()
        self.blocks.clear()
        self._bytes = 0

    def _bound(self) -> None:
        while len(self.readings) > self._max_readings:
            self.readings.popleft()
            self.lost_readings += 1
        while self._bytes > self._max_bytes:
            _, _, block = self.blocks.popleft()
            self._bytes -= len(block.data) + _OVERHEAD_BYTES
            self.lost_samples += block.n
