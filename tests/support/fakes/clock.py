"""A clock that stands still until a test moves it. Its contract tests are in tests/host."""

import asyncio
import heapq
from itertools import count

from edge.model.moment import Now


class ManualClock:
    """ports.Clock. `advance` moves both clocks, `step` only the wall clock, as a time server would."""

    def __init__(self, mono_s: float = 0.0, wall_s: float = 1_790_000_000.0, synced: bool = True) -> None:
        self.mono_s = mono_s
        self.wall_s = wall_s
        self.synced = synced
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = count()

    def now(self) -> Now:
        return Now(self.mono_s, self.wall_s, self.synced)

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        wake = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.mono_s + seconds, next(self._order), wake))
        await wake

    async def advance(self, seconds: float) -> None:
        """Move on, stopping at each sleeper on the way so that what it does next happens at its own time."""
        end_s = self.mono_s + seconds
        await _settle()
        while self._sleepers and self._sleepers[0][0] <= end_s:
            at_s, _, wake = heapq.heappop(self._sleepers)
            self._to(at_s)
            if not wake.done():
                wake.set_result(None)
            await _settle()
        self._to(end_s)

    def step(self, seconds: float) -> None:
        self.wall_s += seconds

    def _to(self, mono_s: float) -> None:
        self.wall_s += mono_s - self.mono_s
        self.mono_s = mono_s


async def _settle() -> None:
    """Let every task run until it waits; ten turns are more than any chain of ours takes."""
    for _ in range(10):
        await asyncio.sleep(0)
