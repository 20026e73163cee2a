"""Ten seconds of movement as a succession of jerks: how long it has gone on without a pause, and how evenly.

A clonic seizure is jerks that follow each other for at least ten seconds or so, at 1-3 Hz, the intervals changing
slowly (slowing) but hardly from one to the next. Kicks come in bouts, with pauses and at odd intervals (Thelen 1979,
Anim Behav 27:699: organised but variable); that only shows over more jerks than five seconds hold.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge.analysis.grid import GRID_HZ
from edge.analysis.motion.jerks import APART
from edge.model.reading import Array

SPAN = 256  # grid values: 10.24 s
_LEAST = 0.5  # of the level of all ten seconds: lower peaks are no jerks beside the others
_PAUSE = 1.4 * GRID_HZ  # grid values: a longer interval ends a succession (1 Hz, and two fifths more)


class Succession(NamedTuple):
    """Each (h,), of the jerks that follow each other up to now, at most 10 s of them.

    run_s: how long, first to last. odd: mean change from one interval to the next over the mean interval; 1 before the
    fourth jerk. heights: mean change of log height from one jerk to the next; 1 before the fourth. slowing: rise of the
    log interval in ten seconds, -2 to 2. jerk_hz: jerks a second; 0 before the second. even_s: run_s as far as it is
    even: all of it where intervals change by a fifth, nothing from a half on.
    """

    run_s: Array
    odd: Array
    heights: Array
    slowing: Array
    jerk_hz: Array
    even_s: Array


def describe(level: Array, smooth: Array, peak: NDArray[np.bool_]) -> Array:
    """(6, h) figures of h spans. level, smooth, peak: (h, m) and (h, m - 2 * APART), as in `jerks.Jerks`.

    A row does not depend on the rows beside it: sums run over its own jerks in order.
    """
    rows, count = smooth.shape
    line = _LEAST * np.sqrt(np.add.reduce(smooth, axis=1) / count)
    row, column = np.nonzero(peak & (level[:, APART:-APART] > line[:, None]))
    column += APART
    before, here, after = level[row, column - 1], level[row, column], level[row, column + 1]
    at = column + 0.5 * (before - after) / (before - 2 * here + after)  # between grid values by a parabola
    return _figures(rows, row, at, here, count)


def _figures(rows: int, row: NDArray[np.intp], at: Array, height: Array, end: int) -> Array:
    """row, at, height: of each jerk, in order, its row, its moment (grid values) and level; end: where rows end."""
    each = np.arange(rows)
    # One jerk more that belongs to no row stands for the last one of rows without any.
    row, at = np.concatenate([row, [-1]]), np.concatenate([at, [-np.inf]])
    last = row[:-1].searchsorted(each, side="right") - 1
    going = (row[last] == each) & (end - at[last] <= _PAUSE)
    chain = np.add.accumulate((row[1:] != row[:-1]) | (at[1:] - at[:-1] > _PAUSE), dtype=np.intp)
    chain = np.concatenate([[0], chain])  # which succession a jerk is part of
    inside = np.flatnonzero(chain[:-1] == np.where(going, chain[last], -1)[row[:-1]])
    row, at, height = row[inside], at[inside], np.log(height[inside])
    of, interval, link = row[1:], at[1:] - at[:-1], row[1:] == row[:-1]
    pair = link[1:] & link[:-1]
    count = np.bincount(row, minlength=rows)
    order = (np.arange(row.size) - (np.add.accumulate(count) - count)[row])[:-1]

    def total(of: NDArray[np.intp], values: Array) -> Array:
        """Sum of the values of each row, in order."""
        return np.asarray(np.bincount(of, values, rows), dtype=np.float64)

    n = np.maximum(count - 1.0, 0.0)
    least_n = np.maximum(n, 1.0)
    linked = interval * link
    span = total(of, linked)
    mean = np.maximum(span / least_n, 1.0)
    odd = total(of[1:], np.abs(interval[1:] - interval[:-1]) * pair) / np.maximum(n - 1.0, 1.0) / mean
    heights = total(of, np.abs(height[1:] - height[:-1]) * link) / least_n
    tilt = 12 * (total(of, linked * order) - span * (n - 1) / 2) / np.maximum(n * (n * n - 1), 1.0)
    slowing = tilt / mean**2 * 10 * GRID_HZ
    enough = n >= 3
    odd = np.where(enough, np.minimum(odd, 1.0), 1.0)
    run_s = span / GRID_HZ
    return np.array(
        [
            run_s,
            odd,
            np.where(enough, np.minimum(heights, 1.0), 1.0),
            np.where(enough, np.minimum(np.maximum(slowing, -2.0), 2.0), 0.0),
            np.where(n > 0, GRID_HZ / mean, 0.0),
            run_s * np.minimum(np.maximum((0.5 - odd) / 0.3, 0.0), 1.0),
        ]
    )
