"""A clock that is moved by what is played: replay and demo give the same alarms on a busy machine as on an idle one."""

import asyncio
import heapq
import itertools
import time

from edge.errors import ConfigError
from edge.model.moment import Now


class VirtualClock:
    """ports.Clock whose time stands still until `reach` moves it, at most `speed` times as fast as the real one.

    Virtual seconds start at 0. The wall clock is set so that `duration_s` from the start is the present.
    """

    def __init__(self, speed: float, duration_s: float) -> None:
        if not 0 < speed < float("inf"):
            raise ConfigError(f"the speed of a replay is a number above 0, not {speed:g}")
        self._speed = speed
        self._mono_s = 0.0
        self._start_wall_s = time.time() + duration_s / speed - duration_s
        self._paced_from = (0.0, time.monotonic())
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = itertools.count()

    def now(self) -> Now:
        return Now(self._mono_s, self._start_wall_s + self._mono_s)

    def pace(self, speed: float) -> None:
        """From now on at most so many times as fast as the real clock."""
        if speed != self._speed:
            self._speed, self._paced_from = speed, (self._mono_s, time.monotonic())

    async def sleep(self, seconds: float) -> None:
        """Sleep until the time has been moved that far."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._mono_s + seconds, next(self._count), woken))
        await woken

    async def reach(self, mono_s: float) -> None:
        """Move to that moment, not before its real time has come. Never moves backwards."""
        from_s, real_s = self._paced_from
        ahead_s = (mono_s - from_s) / self._speed - (time.monotonic() - real_s)
        if ahead_s > 0:
            await asyncio.sleep(ahead_s)
        self._mono_s = max(self._mono_s, mono_s)
        while self._sleepers and self._sleepers[0][0] <= self._mono_s:
            _, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                woken.set_result(None)
