"""Where is the temperature going? A robust slope, an early notice, and a forecast with its interval. Pure.

A fast rise says nothing of a seizure: it is no accepted trigger (AAFP 2012). It only lets a fever be noticed early.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

import numpy as np

from edge.analysis.temperature.level import Watch
from edge.analysis.temperature.wearing import PLAUSIBLE_C, WORN_MIN_C

# Theil-Sen slope over 10 to 20 minutes of at least 0.5 C in half an hour (design).
WINDOW_S = 1200.0
LEAST_S = 900.0
STEP_S = 60.0
RISING_C_PER_S = 0.5 / 1800.0
# A body warms by no more than this in five minutes; what is faster is the sensor or what is around it.
BODY_C_PER_S, BODY_S = 6.0 / 3600.0, 300.0
# Being fed, held or covered warms an armpit too: only a climb above her last hours that leads near the limit counts.
CLIMB_C = 0.6
NEAR_C = 1.0
OVER_C_PER_S = RISING_C_PER_S / 2
END_S = 600.0
LONGEST_GAP_S = 300.0
# When 273 simulated fevers (seeds of their own) reached the limit after the notice, as a share of the straight line's
# time: the 10th, 50th and 90th percentile. A slope over 20 minutes lags behind a fever that has just begun.
OF_STRAIGHT = (0.33, 0.83, 1.36)

# Half hours: a day of them is her own course.
HALF_HOUR_S = 1800.0
DAY = 48
REFERENCE = 6
FLOOR_LEAST = 4
FLOOR_SHARE = 0.2
LATELY_S = 7200.0

Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Trend:
    """minutes: (t_s, level) of the last 20 minutes, one a minute, without a gap. halves: medians of half hours."""

    minutes: Points = ()
    halves: Points = ()

    def floor_c(self) -> float | None:
        """The lowest level that lasted, as she has it when she is well; None while too little is known."""
        return _low_part([celsius for _, celsius in self.halves])

    def reference_c(self) -> float | None:
        """The level of her last three hours, None while that is not known."""
        return median(celsius for _, celsius in self.halves[-REFERENCE:]) if self.halves else None

    def usual_c(self, t_s: float, fever_c: float) -> tuple[float | None, bool]:
        """What she has when she is well, and whether that is known from before the last two hours."""
        well = [(at, celsius) for at, celsius in self.halves if celsius < fever_c]
        before_c = _low_part([celsius for at, celsius in well if t_s - at >= LATELY_S])
        if before_c is not None:
            return before_c, True
        return (median(celsius for _, celsius in well) if well else None), False


def plausible(halves: Sequence[tuple[float, float]], most_age_s: float) -> bool:
    """Whether these are half hours as `remember` makes them: (age in s, C), oldest first, of one that was worn."""
    ages_s = [age_s for age_s, _ in halves]
    worn = all(WORN_MIN_C <= celsius <= PLAUSIBLE_C[1] for _, celsius in halves)
    apart = all(before - after >= HALF_HOUR_S - STEP_S for before, after in pairwise(ages_s))
    return len(halves) <= DAY and worn and apart and all(0.0 <= age_s <= most_age_s for age_s in ages_s)


def _low_part(levels: Sequence[float]) -> float | None:
    return sorted(levels)[int(FLOOR_SHARE * (len(levels) - 1))] if len(levels) >= FLOOR_LEAST else None


@dataclass(frozen=True, slots=True)
class Forecast:
    """Seconds from now until the level reaches the limit, if it does: the middle, and what holds 8 times in 10."""

    middle_s: float
    low_s: float
    high_s: float


def remember(trend: Trend, t_s: float, level_c: float) -> Trend:
    """Add one level; a gap begins the minutes anew."""
    minutes = trend.minutes
    if minutes and t_s - minutes[-1][0] > LONGEST_GAP_S:
        minutes = ()
    if minutes and t_s - minutes[-1][0] < STEP_S - 0.5:
        return trend
    minutes = (*(item for item in minutes if t_s - item[0] <= WINDOW_S), (t_s, level_c))
    halves = trend.halves
    if minutes[-1][0] - minutes[0][0] >= LEAST_S and (not halves or t_s - halves[-1][0] >= HALF_HOUR_S):
        halves = (*halves[-(DAY - 1) :], (t_s, median(celsius for _, celsius in minutes)))
    return Trend(minutes, halves)


def slope(points: Sequence[tuple[float, float]]) -> float | None:
    """The median of the slopes between all pairs of points (Theil 1950, Sen 1968), C/s; None for fewer than five."""
    if len(points) < 5:
        return None
    t_s, celsius = np.array(points).T
    first, second = np.triu_indices(len(points), 1)
    return float(np.median((celsius[second] - celsius[first]) / (t_s[second] - t_s[first])))


def per_hour(trend: Trend, t_s: float) -> float | None:
    """The slope of the last 15 to 20 minutes without a gap, C/h; None while there is no such quarter of an hour."""
    minutes = trend.minutes
    if not minutes or minutes[-1][0] - minutes[0][0] < LEAST_S or t_s - minutes[-1][0] > LONGEST_GAP_S:
        return None
    rate = slope(minutes)
    return None if rate is None else rate * 3600.0


def _fastest(points: Sequence[tuple[float, float]]) -> float:
    """The fastest climb over five minutes or more, C/s."""
    return max(
        (
            (after_c - before_c) / (after - before)
            for before, before_c in points
            for after, after_c in points
            if after - before >= BODY_S
        ),
        default=0.0,
    )


def rising(before: Watch, trend: Trend, level_c: float, limit_c: float, t_s: float) -> tuple[Watch, float | None]:
    """Whether the level climbs towards the limit, and how fast (C/s, None where it was not looked at)."""
    minutes = trend.minutes
    long_enough = bool(minutes) and minutes[-1][0] - minutes[0][0] >= LEAST_S
    if before.raised:
        rate = slope(minutes)
        return _going_on(before, rate, t_s), rate
    reference_c = trend.reference_c()
    climbs = reference_c is None or level_c >= reference_c + CLIMB_C
    if not (long_enough and climbs and limit_c - NEAR_C <= level_c < limit_c):
        return Watch(below=long_enough), None
    rate = slope(minutes)
    if rate is None or rate < RISING_C_PER_S or _fastest(minutes) > BODY_C_PER_S:
        return Watch(below=True), rate
    return Watch(raised=True, onset_s=minutes[0][0], peak_c=level_c), rate


def _going_on(before: Watch, rate: float | None, t_s: float) -> Watch:
    if rate is None or rate >= OVER_C_PER_S:
        return replace(before, back_since_s=None)
    back_s = t_s if before.back_since_s is None else before.back_since_s
    return Watch(below=True) if t_s - back_s >= END_S else replace(before, back_since_s=back_s)


def forecast(level_c: float, rate_c_per_s: float, limit_c: float) -> Forecast | None:
    """When a level that climbs at this rate reaches the limit; None for one that does not climb or is there."""
    if rate_c_per_s <= 0 or level_c >= limit_c:
        return None
    straight_s = (limit_c - level_c) / rate_c_per_s
    low, middle, high = OF_STRAIGHT
    return Forecast(middle * straight_s, low * straight_s, high * straight_s)
