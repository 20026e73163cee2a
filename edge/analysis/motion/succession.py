"""Ten seconds of movement as a succession of jerks: how long it has gone on without a pause, and how evenly.

A clonic seizure is jerks that follow each other for at least ten seconds or so, at 1-3 Hz, the intervals changing
slowly (slowing) but hardly from one to the next. Kicks come in bouts, with pauses and at odd intervals (Thelen 1979,
Anim Behav 27:699: organised but variable); that only shows over more jerks than five seconds hold.
"""

import bisect
import itertools
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge.analysis.grid import GRID_HZ
from edge.analysis.motion.jerks import APART
from edge.model.reading import Array

SPAN = 256  # grid values: 10.24 s
_LEAST = 0.5  # of the level of all ten seconds: lower peaks are no jerks beside the others
_PAUSE = 1.4 * GRID_HZ  # grid values: a longer interval ends a succession (1 Hz, and two fifths more)
_BESIDE = np.array([-1, 0, 1])


class Succession(NamedTuple):
    """Of the jerks that follow each other up to now, at most 10 s of them.

    run_s: how long, first to last. odd: mean change from one interval to the next over the mean interval; 1 before the
    fourth jerk. heights: mean change of log height from one jerk to the next; 1 before the fourth. slowing: rise of the
    log interval in ten seconds, -2 to 2. jerk_hz: jerks a second; 0 before the second. even_s: run_s as far as it is
    even: all of it where intervals change by a fifth, nothing from a half on.
    """

    run_s: float
    odd: float
    heights: float
    slowing: float
    jerk_hz: float
    even_s: float


def describe(level: Array, smooth: Array, peak: NDArray[np.bool_]) -> list[Succession]:
    """Of h spans. level, smooth, peak: (h, m) and (h, m - 2 * APART), as in `jerks.Jerks`.

    What is said of one does not depend on those beside it.
    """
    rows, count = smooth.shape
    line = _LEAST * np.sqrt(np.add.reduce(smooth, axis=1) / count)
    jerk = np.zeros(level.shape, dtype=np.bool_)
    jerk[:, APART:-APART] = peak & (level[:, APART:-APART] > line[:, None])
    spots = jerk.ravel().nonzero()[0]
    beside = level.take(spots[:, None] + _BESIDE)
    height, at = np.log(beside[:, 1]).tolist(), spots.tolist()
    moment = [
        spot % count + 0.5 * (before - after) / (before - 2 * here + after)  # between grid values by a parabola
        for spot, (before, here, after) in zip(at, beside.tolist(), strict=True)
    ]
    cuts = [bisect.bisect_left(at, count * row) for row in range(rows + 1)]
    return [_figures(moment[begin:end], height[begin:end], count) for begin, end in itertools.pairwise(cuts)]


def _figures(moments: list[float], heights: list[float], end: int) -> Succession:
    """moments, heights: of each jerk of a span, its moment (grid values) and log level; end: where the span ends.

    Sums are added up in order.
    """
    first = len(moments)
    if moments and end - moments[-1] <= _PAUSE:
        first -= 1
        while first and moments[first] - moments[first - 1] <= _PAUSE:
            first -= 1
    intervals = [after - before for before, after in itertools.pairwise(moments[first:])]
    count = len(intervals)
    span = weighted = turns = rises = 0.0
    for i, interval in enumerate(intervals):
        span += interval
        weighted += interval * i
        rises += abs(heights[first + i + 1] - heights[first + i])
        turns += abs(interval - intervals[i - 1]) if i else 0.0
    run_s, mean = span / GRID_HZ, max(span / max(count, 1), 1.0)
    jerk_hz = GRID_HZ / mean if count else 0.0
    if count < 3:
        return Succession(run_s, 1.0, 1.0, 0.0, jerk_hz, 0.0)
    odd = min(turns / (count - 1) / mean, 1.0)
    tilt = 12 * (weighted - span * (count - 1) / 2) / (count * (count * count - 1))
    slowing = tilt / (mean * mean) * 10 * GRID_HZ
    return Succession(
        run_s,
        odd,
        min(rises / count, 1.0),
        min(max(slowing, -2.0), 2.0),
        jerk_hz,
        run_s * min(max((0.5 - odd) / 0.3, 0.0), 1.0),
    )
