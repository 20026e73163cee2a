"""The real clock, the steps it is set by, and the boot it counts from."""

import asyncio
import ctypes
import time
from pathlib import Path
from typing import Final

from edge.model.moment import Now

# systemd-timesyncd touches this file at the first synchronisation after boot (systemd-timesyncd.service(8)).
_TIMESYNC = Path("/run/systemd/timesync/synchronized")

# Result and status of adjtimex(2) while nobody disciplines the clock.
_TIME_ERROR: Final = 5
_STA_UNSYNC: Final = 0x0040

# How long a found answer to "is the clock right" is used, in seconds; `now` is asked for at every frame.
_SYNCED_FOR_S = 1.0

# Between two looks at both clocks, a difference above this is a step: a disciplined clock is slewed by at most
# 500 ppm, so 2 s would take more than an hour.
STEP_S: Final = 2.0


class SystemClock:
    """ports.Clock of this computer. Monotonic seconds also count while it sleeps: nothing was watched then."""

    def __init__(self, timesync: Path = _TIMESYNC) -> None:
        self._timesync = timesync
        self._synced = False
        self._asked_s = float("-inf")

    def now(self) -> Now:
        mono_s = time.clock_gettime(time.CLOCK_BOOTTIME)
        if mono_s - self._asked_s >= _SYNCED_FOR_S:
            self._synced = kernel_synced() or self._timesync.exists()
            self._asked_s = mono_s
        return Now(mono_s, time.time(), self._synced)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def clock_step_s(before: Now, after: Now) -> float:
    """By how many seconds the wall clock was set between two looks; 0.0 for anything up to STEP_S."""
    step_s = (after.wall_s - before.wall_s) - (after.mono_s - before.mono_s)
    return step_s if abs(step_s) > STEP_S else 0.0


def kernel_synced() -> bool:
    """Whether the kernel's clock is disciplined, by whichever program. Reading needs no privilege.

    False where a system call filter forbids even the reading (systemd's ProtectClock=).
    """
    # struct timex of <sys/timex.h>, 208 bytes on 64-bit: an int `modes` (0: only read), four longs, then `status`.
    timex = ctypes.create_string_buffer(256)
    result = ctypes.CDLL(None).adjtimex(timex)
    status = ctypes.c_int.from_buffer(timex, 40).value
    return 0 <= result != _TIME_ERROR and not status & _STA_UNSYNC
