"""Ten seconds of movement as a succession of jerks: how long it has gone on without a pause, and how evenly.

A clonic seizure is jerks that follow each other for at least ten seconds or so, at 1-3 Hz, the intervals changing
slowly (slowing) but hardly from one to the next. Kicks come in bouts, with pauses and at odd intervals (Thelen 1979,
Anim Behav 27:699: organised but variable); that only shows over more jerks than five seconds hold.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge.analysis.motion.grid import GRID_HZ
from edge.model.reading import Array

SPAN = 256  # grid values: 10.24 s
_SMOOTH = (1, 2, 3, 3, 3, 2, 1)  # jerk energy over 0.28 s: the start and the stop of a jerk become one
_APART = 3  # grid values: a jerk is the highest within 0.12 s to either side
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


def describe(jerk: Array) -> Array:
    """(h, 6) figures of h spans; jerk: (h, SPAN - 1) energy of the change from each grid value to the next, g2.

    A row does not depend on the rows beside it: sums run over its own jerks in order.
    """
    count = jerk.shape[1] - len(_SMOOTH) + 1
    energy = np.zeros((len(jerk), count))
    for shift, factor in enumerate(_SMOOTH):
        energy += factor / sum(_SMOOTH) * jerk[:, shift : shift + count]
    row, at, height = _jerks(np.sqrt(energy), _LEAST * np.sqrt(energy.mean(axis=1)))
    return _figures(len(jerk), row, at, height, count)


def _jerks(level: Array, line: Array) -> tuple[NDArray[np.intp], Array, Array]:
    """Row, moment (grid values, between them by a parabola) and height of each peak over the row's line."""
    end = level.shape[1] - _APART
    middle = level[:, _APART:end]
    peak = middle > line[:, None]
    for shift in range(1, _APART + 1):
        peak &= middle >= level[:, _APART - shift : end - shift]
        peak &= middle > level[:, _APART + shift : end + shift]
    row, column = np.nonzero(peak)
    before, here, after = (level[row, column + _APART + step] for step in (-1, 0, 1))
    return row, column + _APART + 0.5 * (before - after) / (before - 2 * here + after), here


def _figures(rows: int, row: NDArray[np.intp], at: Array, height: Array, end: int) -> Array:
    first, last = np.searchsorted(row, np.arange(rows)), np.searchsorted(row, np.arange(rows), side="right") - 1
    interval = np.diff(at)
    linked = (np.diff(row) == 0) & (interval <= _PAUSE)
    chain = np.concatenate([[0], np.cumsum(~linked)]) if row.size else np.zeros(0, dtype=np.intp)
    going = last >= first
    going[going] = end - at[last[going]] <= _PAUSE
    current = np.full(rows, -1)
    current[going] = chain[last[going]]
    inside = chain == current[row]
    link = linked & inside[1:]
    pair = link[1:] & link[:-1]
    begin = np.zeros(rows, dtype=np.intp)
    begin[going] = np.searchsorted(chain, current[going])
    order = (np.arange(row.size) - begin[row])[:-1]

    def total(which: NDArray[np.bool_], values: Array) -> Array:
        """Sum of the values of each row, in order."""
        used = np.flatnonzero(which)
        return np.asarray(np.bincount(row[used], values[used], rows), dtype=np.float64)

    n, span = total(link, np.ones_like(interval)), total(link, interval)
    pairs = np.maximum(total(pair, np.ones(max(0, interval.size - 1))), 1.0)
    enough = n >= 3
    mean = span / np.maximum(n, 1.0)
    odd = total(pair, np.abs(np.diff(interval))) / pairs / np.maximum(mean, 1.0)
    heights = total(link, np.abs(np.diff(np.log(height)))) / np.maximum(n, 1.0)
    tilt = 12 * (total(link, interval * order) - span * (n - 1) / 2) / np.maximum(n * (n * n - 1), 1.0)
    slowing = tilt / np.maximum(mean, 1.0) ** 2 * 10 * GRID_HZ
    odd = np.where(enough, np.minimum(odd, 1.0), 1.0)
    run_s = span / GRID_HZ
    return np.column_stack(
        [
            run_s,
            odd,
            np.where(enough, np.minimum(heights, 1.0), 1.0),
            np.where(enough, slowing.clip(-2.0, 2.0), 0.0),
            np.where(n > 0, GRID_HZ / np.maximum(mean, 1.0), 0.0),
            run_s * np.clip((0.5 - odd) / 0.3, 0.0, 1.0),
        ]
    )
