"""Now, as it is handed to the core; and a moment on a family's calendar."""

import datetime as dt
import math
from dataclasses import dataclass

LEAST_WALL_S, MOST_WALL_S = -1e6, 4_102_444_800.0
"""Wall times that can be: from days before 1970 (an onset before the boot of a hub without a clock) to 2100."""
# Two days within what `datetime` holds (the years 1 to 9999), so that every zone has room for its offset.
_EARLIEST_S = dt.datetime(1, 1, 3, tzinfo=dt.UTC).timestamp()
_LATEST_S = dt.datetime(9999, 12, 29, tzinfo=dt.UTC).timestamp()


def local(wall_s: float, zone: dt.tzinfo = dt.UTC) -> dt.datetime:
    """Date and time in that zone of seconds since 1970. Never raises.

    A stamp from outside (a certificate without end, a device's clock, a damaged journal) may lie where no calendar
    reaches: then it is the first or the last moment that one does; of a NaN 1970.
    """
    if math.isnan(wall_s):
        wall_s = 0.0
    return dt.datetime.fromtimestamp(min(max(wall_s, _EARLIEST_S), _LATEST_S), zone)


@dataclass(frozen=True, slots=True)
class Now:
    """One moment on two clocks.

    mono_s: seconds on a clock that never steps; every delay and deadline is counted on it.
    wall_s: seconds since 1970-01-01 UTC; used for stamps only, since a Pi has no clock of its own.
    synced: whether the wall clock was known to be right at this moment.
    """

    mono_s: float
    wall_s: float
    synced: bool = True

    def wall_at(self, mono_s: float) -> float:
        """Wall time, in seconds, of a moment on the monotonic clock."""
        return self.wall_s + (mono_s - self.mono_s)

    def back_at(self, mono_s: float | None) -> "Now":
        """The same clocks at an earlier moment; this one for None and for what lies ahead of it."""
        if mono_s is None or mono_s >= self.mono_s:
            return self
        return Now(mono_s, self.wall_at(mono_s), self.synced)


def readings(local: dt.datetime, zone: dt.tzinfo) -> tuple[float, ...]:
    """The moments (wall seconds, rising) that a clock of that zone may mean by a local time without a zone.

    One on most days; two in the hour (of Lord Howe Island: half hour) that comes twice, and two where clocks skip it:
    as a clock shows it that was not set yet, and one that was set too early.
    """
    return tuple(sorted({local.replace(tzinfo=zone, fold=fold).timestamp() for fold in (0, 1)}))
