"""What is measured of each second of grid values, and of the windows that end with it, many at once."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge.analysis import grid
from edge.analysis.motion import features, history, jerks, succession
from edge.analysis.motion.history import Past
from edge.model.reading import Array

HOP = grid.GRID_HZ  # grid values: one second
LEAST_SEEN = 0.75  # share of a second, and of a window, that must have been measured
_LEVELS = succession.SPAN - 1 - jerks.LOST  # of a span


def seconds(rows: Array) -> tuple[list[float], list[float], list[float]]:
    """Of (h, HOP, c + 2): the share not measured, the time of the last sample, the RMS of the movement in g."""
    values = rows[:, :, :-2]
    off = values - np.add.reduce(values, axis=1, keepdims=True) / HOP
    level_g = np.sqrt(np.add.reduce(np.add.reduce(off * off, axis=1) / HOP, axis=1))
    return (np.add.reduce(rows[:, :, -2], axis=1) / HOP).tolist(), rows[:, -1, -1].tolist(), level_g.tolist()


def describe(window: Array, ends: list[int], past: Past, columns: int) -> tuple[Past, list[int], Array]:
    """The figures of hops, (h, len(history.NAMES)), and where these end: those of which a full window was seen.

    window: (m, c + 2) grid values, each with its gap mark and time. ends: of hops, ascending, in rows of `window`.
    past: some figures of the hops before.
    """
    gaps = window[:, -2]
    ends = [end for end in ends if end >= features.WINDOW]
    if ends and np.maximum.reduce(gaps) > 0:
        unseen = np.add.reduce(_before(ends, features.WINDOW, gaps), axis=1) / features.WINDOW
        ends = [end for end, share in zip(ends, unseen.tolist(), strict=True) if share <= 1 - LEAST_SEEN]
    if not ends:
        return past, [], np.empty((0, len(history.NAMES)))
    axes = window[:, :columns].T.copy()
    change = axes[:, 1:] - axes[:, :-1]
    energy = np.add.reduce(change * change, axis=0)
    absent = max(0, succession.SPAN - ends[0])
    if absent:  # before a run's first value nothing moved
        energy = np.concatenate([np.zeros(absent), energy])
    smooth, level, peak = jerks.find(energy)
    changes = [end + absent - 1 for end in ends]  # one change less than values
    smoothed = [end - jerks.LOST for end in changes]
    levels = _before(smoothed, _LEVELS, level)
    seen = features.describe(
        _before(ends, features.WINDOW, axes),
        _before(changes, features.WINDOW - 1, energy),
        levels[:, 1 - features.WINDOW + jerks.LOST :],
    )
    peaks = _before([end - 2 * jerks.APART for end in smoothed], _LEVELS - 2 * jerks.APART, peak)
    jerked = succession.describe(levels, _before(smoothed, _LEVELS, smooth), peaks)
    past, found = history.extend(past, [(*now, *lately) for now, lately in zip(seen, jerked, strict=True)])
    return past, ends, np.array(found)


def _before(ends: list[int], size: int, values: NDArray[Any]) -> NDArray[Any]:
    """(..., n) -> (..., h, size): so many values before each end; of one end a view."""
    if len(ends) == 1:
        return values[..., None, ends[0] - size : ends[0]]
    return values.take(np.array(ends)[:, None] + np.arange(-size, 0), axis=-1)
