"""How high is the temperature, robustly, and is a limit passed? Pure; takes valid readings only."""

from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

# A level counts when its robust short-term value stayed there for ten minutes (design; hysteresis 0.3 to 0.5 C).
LEVEL_WINDOW_S = 180.0
CONFIRM_S = 600.0
DIP_C = 0.1
HYSTERESIS_C = 0.3
END_CONFIRM_S = 600.0
# Readings further apart than this are single measurements: two of the last three, hours apart at most, count.
SPARSE_S = 300.0
FEW = 3
MEMORY_S = 4 * 3600.0
# A sensor that speaks faster is thinned: more says nothing more of a level.
STEP_S = 5.0

Recent = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Level:
    """rises: the level that may pass a limit upwards. holds: the one that keeps or ends what was raised. C both.

    newest: the reading it ends with, C. sparse: single measurements, each long after the one before, so that no
    time above the limit can be asked for. sure: whether it rests on more than one measurement.
    """

    rises: float
    holds: float
    newest: float
    sparse: bool = False
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Watch:
    """One limit being watched. since_s: when the level first passed it; back_since_s: when it was first back.

    raised: whether it was confirmed. below: whether valid readings say that it is not passed. onset_s: of what was
    raised. peak_c: the level furthest past the limit since then; both stay for the moment in which it ends.
    """

    since_s: float | None = None
    back_since_s: float | None = None
    raised: bool = False
    below: bool = False
    onset_s: float | None = None
    peak_c: float | None = None


def remember(recent: Recent, t_s: float, celsius: float) -> Recent:
    """The readings that the next level needs: those of the window, and in any case the last three."""
    if len(recent) > 1 and recent[-1][0] - recent[-2][0] < STEP_S:
        recent = recent[:-1]
    kept = tuple(
        item
        for left, item in zip(range(len(recent), 0, -1), recent, strict=True)
        if t_s - item[0] <= (MEMORY_S if left < FEW else LEVEL_WINDOW_S)
    )
    return (*kept, (t_s, celsius))


def level(recent: Recent, t_s: float, *, spot: bool) -> Level | None:
    """The robust level; None while there are too few readings.

    spot: measured by hand on purpose, so a single value counts upwards, and two are needed to end anything.
    """
    close = [celsius for at, celsius in recent if t_s - at <= LEVEL_WINDOW_S]
    newest = recent[-1][1]
    if len(close) >= FEW:
        middle = median(close)
        return Level(middle, middle, newest)
    last = recent[-FEW:]
    if spot:
        return Level(newest, max(celsius for _, celsius in last[-2:]), newest, sparse=True, sure=len(last) > 1)
    sparse = all(after[0] - before[0] > SPARSE_S for before, after in pairwise(last))
    if len(last) < FEW:
        both = [celsius for _, celsius in last]
        return Level(min(both), max(both), newest, sparse=True) if sparse and len(last) > 1 else None
    middle = median(celsius for _, celsius in last)
    return Level(middle, middle, newest, sparse=sparse)


def watch(before: Watch, now: Level, limit_c: float, t_s: float, *, above: bool) -> Watch:
    """One step of one limit: past it for ten minutes raises; back by the hysteresis for ten minutes ends."""
    if before.raised:
        peak_c = (max if above else min)(now.rises, now.rises if before.peak_c is None else before.peak_c)
        held = replace(before, peak_c=peak_c)
        return _hold(held, _past(now.holds, limit_c, above=above), t_s, sparse=now.sparse)
    if not above and not now.sure:
        return before
    past = _past(now.rises if above else now.holds, limit_c, above=above)
    since = before.since_s
    if past >= 0 and since is None:
        since = t_s
    elif past < -DIP_C:
        since = None
    # After a pause the level may rest on old readings: the newest has to agree.
    agrees = _past(now.newest, limit_c, above=above) > -HYSTERESIS_C
    if since is not None and past >= 0 and agrees and (now.sparse or t_s - since >= CONFIRM_S):
        return Watch(since, None, raised=True, onset_s=since, peak_c=now.rises)
    after = _back(before, past, t_s, sparse=now.sparse)
    return after if after.since_s == since else replace(after, since_s=since)


def worn_anew(before: Watch) -> Watch:
    """Time that was being counted does not go on over a pause in which it was off; what was raised stays raised."""
    return replace(before, since_s=before.since_s if before.raised else None, back_since_s=None, below=False)


def _past(celsius: float, limit_c: float, *, above: bool) -> float:
    return celsius - limit_c if above else limit_c - celsius


def _hold(before: Watch, past: float, t_s: float, *, sparse: bool) -> Watch:
    after = _back(before, past, t_s, sparse=sparse)
    return replace(after, since_s=None, raised=False) if after.below else after


def _back(before: Watch, past: float, t_s: float, *, sparse: bool) -> Watch:
    """Below is only what has been clearly below for long enough; within the hysteresis nothing is known."""
    if past > -HYSTERESIS_C:
        return (
            before
            if before.back_since_s is None and not before.below
            else replace(before, back_since_s=None, below=False)
        )
    back = t_s if before.back_since_s is None else before.back_since_s
    below = sparse or t_s - back >= END_CONFIRM_S
    same = (before.back_since_s, before.below) == (back, below)
    return before if same else replace(before, back_since_s=back, below=below)
