"""Sleep and activity in epochs of 30 s, from how long a limb moved. Not validated against polysomnography.

The count is time above threshold (TAT), which actigraphs give beside zero crossings and the integral: how many of the
epoch's 750 values at 25 Hz changed by more than 0.5 g/s. Five minutes almost without movement begin sleep, as long as
van Hees 2015 (PLoS One 10:e0142533) asks of adults, whose wrist may not turn by more than 5 degrees meanwhile. The
limits of the count are choices.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

EPOCH_S = 30.0
_UP = 0.2  # share of the last two minutes that moves while a child is up
_STILL = 0.02
_UP_EPOCHS, _SLEEP_EPOCHS = 4, 10


class Sleep(StrEnum):
    ASLEEP = "asleep"
    RESTLESS = "restless"
    UP = "up"


@dataclass(frozen=True, slots=True)
class Epoch:
    """t_s: its end, time of its last sample. count: 0 to 750."""

    t_s: float
    count: int
    sleep: Sleep


@dataclass(frozen=True, slots=True)
class Activity:
    """shares: of the last epochs, how much of each was movement. parts, moved, of: of the epoch that goes on.

    tally_s: seconds of each state so far.
    """

    shares: tuple[float, ...] = ()
    up: bool = False
    parts: int = 0
    moved: int = 0
    of: int = 0
    carried: bool = False
    tally_s: Mapping[str, float] = field(default_factory=dict)


def add(activity: Activity, t_s: float, moved: int, of: int, *, carried: bool) -> tuple[Activity, Epoch | None]:
    """Five seconds more, of which `moved` of `of` values moved; and the epoch, if it is full."""
    parts = activity.parts + 1
    moved, of, carried = activity.moved + moved, activity.of + of, activity.carried or carried
    if parts < EPOCH_S / 5:
        return replace(activity, parts=parts, moved=moved, of=of, carried=carried), None
    shares = (*activity.shares, moved / of)[-_SLEEP_EPOCHS:]
    last = shares[-_UP_EPOCHS:]
    if carried or (len(last) == _UP_EPOCHS and sum(last) / _UP_EPOCHS >= _UP):
        up = True
    else:
        up = activity.up and not (len(shares) == _SLEEP_EPOCHS and sum(shares) / _SLEEP_EPOCHS < _STILL)
    sleep = Sleep.UP if up else Sleep.ASLEEP if shares[-1] < _STILL else Sleep.RESTLESS
    tally_s = {**activity.tally_s, sleep: activity.tally_s.get(sleep, 0.0) + EPOCH_S}
    return Activity(shares, up, tally_s=tally_s), Epoch(t_s, moved, sleep)
