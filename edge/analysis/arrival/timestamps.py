"""When was a stored value measured? A spot thermometer delivers some later, with time stamps of a clock of its own.

Such a clock was set by somebody once, forgets the time with its battery, and knows no summer time. A stamp is believed
only where the clock was checked: it was read over the connection, or a value arrived as soon as it was measured. Pure.
"""

import datetime as dt
import math
from dataclasses import dataclass, replace

from edge.model.language import N_
from edge.model.moment import Now, local

FRESH_S = 120.0
"""A thermometer connects and delivers within this time of measuring (Health Thermometer Profile 1.0, 5.1.2: it
advertises for 30 s, then a minute or more at low power); its clock shows minutes at worst."""
OLD_S = 600.0
"""Older than this a value is history: it is kept as of its time and rings nobody."""
BATCH_S = 60.0
"""Values and the check of the clock that belong to one connection."""
HOUR_S = 3600.0
EARLIEST_S = dt.datetime(2011, 1, 1, tzinfo=dt.UTC).timestamp()
"""The Health Thermometer Service was adopted in 2011: a clock before that was never set."""

NOT_USED = N_("its time stamp is not used")
UNCHECKED = N_("its time stamp cannot be checked: the hub's own clock is not set")


@dataclass(frozen=True, slots=True)
class OwnClock:
    """What is known of a thermometer's clock.

    ahead_s: of the hub's, None: never checked. checked_s: when, monotonic. newest_s: time of the newest value by then.
    """

    ahead_s: float | None = None
    checked_s: float = -math.inf
    newest_s: float = -math.inf


@dataclass(frozen=True, slots=True)
class Measured:
    """When a value was measured, seconds since 1970. late: so long ago that it is history. reason: why its stamp is not
    used; empty: it is."""

    wall_s: float
    late: bool = False
    reason: str = ""


def clock_read(clock: OwnClock, device_s: float, now: Now) -> OwnClock:
    """The thermometer's clock was read and shows `device_s`."""
    if not now.synced or device_s < EARLIEST_S:
        return OwnClock(newest_s=clock.newest_s)
    return OwnClock(device_s - now.wall_s, now.mono_s, clock.newest_s)


def measured(clock: OwnClock, device_s: float, now: Now) -> tuple[OwnClock, Measured]:
    """When a value stamped `device_s` was measured. A stamp that cannot be believed counts as arrival: it may ring."""
    if not now.synced:
        return clock, Measured(now.wall_s, reason=UNCHECKED)
    if device_s < EARLIEST_S:
        year = local(device_s).year
        return clock, Measured(
            now.wall_s, reason=N_("its time stamp is not used: the thermometer's clock stands in {a}").format(a=year)
        )
    if clock.ahead_s is not None and abs(clock.ahead_s) > FRESH_S and abs(now.wall_s - device_s) <= FRESH_S:
        clock = replace(clock, ahead_s=0.0)  # it was wrong when it was read, and has been set right since
    own_s = device_s - (clock.ahead_s or 0.0)
    age_s = now.wall_s - own_s
    if abs(age_s) <= FRESH_S:
        ahead_s = device_s - now.wall_s if clock.ahead_s is None else clock.ahead_s
        return OwnClock(ahead_s, now.mono_s, max(clock.newest_s, own_s)), Measured(min(own_s, now.wall_s))
    why = _doubt(clock, own_s, age_s, now)
    if why:
        return clock, Measured(now.wall_s, reason=f"{NOT_USED}: {why}")
    return clock, Measured(own_s, late=age_s > OLD_S)


def _doubt(clock: OwnClock, own_s: float, age_s: float, now: Now) -> str:
    """Why a stamp that is not of this moment is not believed; empty: it is."""
    this_batch = now.mono_s - clock.checked_s <= BATCH_S
    if abs(age_s + HOUR_S) <= FRESH_S:
        return N_("the thermometer's clock is one hour ahead (summer time?)")
    if age_s < 0:
        return N_("it lies in the future")
    if not this_batch and abs(age_s - HOUR_S) <= FRESH_S:
        return N_("it is one hour old, or the thermometer's clock does not know summer time")
    if clock.ahead_s is None:
        return N_("it is old, or the thermometer's clock is wrong")
    if not this_batch and own_s <= clock.newest_s:
        return N_("it is older than what was measured before, so the thermometer's clock may have been set back")
    return ""
