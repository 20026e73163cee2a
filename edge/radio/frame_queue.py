"""The bounded queue from bleak's callbacks, which must not block, to the pipeline, which may."""

import asyncio
from collections import deque

from edge.model.alarm import Condition
from edge.model.event import ClockReceived, FaultReported, FrameReceived
from edge.ports import Emit

CAPACITY = 4096
"""Frames; some 20 s of four sensors at 50 notifications a second."""


class FrameQueue:
    """Frames wait in order; when full the oldest is dropped, counted and reported. A fault replaces its predecessor."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._frames: deque[FrameReceived | ClockReceived] = deque()
        self._faults: dict[tuple[Condition, str], FaultReported] = {}
        self._capacity = capacity
        self._wake = asyncio.Event()
        self._overflowed = False
        self.dropped = 0
        # How many were handed on.
        self.handed = 0

    @property
    def waits(self) -> bool:
        """Whether anything is to be handed on."""
        return bool(self._frames or self._faults)

    def frame(self, frame: FrameReceived | ClockReceived) -> None:
        if len(self._frames) >= self._capacity:
            self._frames.popleft()
            self.dropped += 1
            if not self._overflowed:
                self._overflowed = True
                self._degraded(True, "sensor frames are being dropped: the hub does not keep up")
        self._frames.append(frame)
        self._wake.set()

    def fault(self, fault: FaultReported) -> None:
        self._faults[fault.condition, fault.device] = fault
        self._wake.set()

    async def pump(self, emit: Emit) -> None:
        """Hand everything on, faults first; until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._faults or self._frames:
                self.handed += 1
                if self._faults:
                    await emit(self._faults.pop(next(iter(self._faults))))
                else:
                    await emit(self._frames.popleft())
            if self._overflowed:
                self._overflowed = False
                self._degraded(False, f"{self.dropped} sensor frames have been dropped since the start")

    def _degraded(self, present: bool, detail: str) -> None:
        self.fault(FaultReported(Condition.HUB_DEGRADED, present, detail))
