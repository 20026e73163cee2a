"""What is measured of each second of grid values, and of the windows that end with it, many at once."""

import numpy as np
from numpy.typing import NDArray

from edge.analysis import grid
from edge.analysis.motion import features, history, jerks, succession
from edge.model.reading import Array

HOP = grid.GRID_HZ  # grid values: one second
LEAST_SEEN = 0.75  # share of a second, and of a window, that must have been measured
_WINDOW = np.arange(-features.WINDOW, 0)
_SPAN = np.arange(-succession.SPAN, -1)  # one change less than values


def seconds(rows: Array) -> tuple[list[float], list[float], list[float]]:
    """Of (h, HOP, c + 2): the share not measured, the time of the last sample, the RMS of the movement in g."""
    values = rows[:, :, :-2]
    off = values - np.add.reduce(values, axis=1, keepdims=True) / HOP
    level_g = np.sqrt(np.add.reduce(np.add.reduce(off * off, axis=1) / HOP, axis=1))
    return (np.add.reduce(rows[:, :, -2], axis=1) / HOP).tolist(), rows[:, -1, -1].tolist(), level_g.tolist()


def describe(window: Array, ends: NDArray[np.intp], past: Array, columns: int) -> tuple[Array, dict[int, Array]]:
    """Figures (`history.NAMES`) of the hops that have a full window, by where they end; little seen, nothing said."""
    gaps = window[:, -2]
    if gaps.any():
        unseen = np.add.reduce(gaps.take(ends[:, None] + _WINDOW), axis=1) / features.WINDOW
        ends = ends[unseen <= 1 - LEAST_SEEN]
    if not ends.size:
        return past, {}
    axes = window[:, :columns].T.copy()
    change = axes[:, 1:] - axes[:, :-1]
    energy = np.zeros(succession.SPAN + change.shape[1])  # before a run's first value nothing moved
    np.add.reduce(change * change, axis=0, out=energy[succession.SPAN :])
    moves = jerks.find(energy)
    spans = ends[:, None] + (_SPAN + succession.SPAN)
    kept = spans[:, : -jerks.LOST]
    level = moves.level.take(kept)
    figures = np.array(
        [
            *features.describe(
                axes.take(ends[:, None] + _WINDOW, axis=1).transpose(1, 0, 2).copy(),
                energy.take(spans[:, 1 - features.WINDOW :]),
                level[:, 1 - features.WINDOW + jerks.LOST :],
            ),
            *succession.describe(level, moves.smooth.take(kept), moves.peak.take(kept[:, : -2 * jerks.APART])),
        ]
    )
    past, figures = history.extend(past, figures)
    return past, dict(zip(ends.tolist(), figures, strict=True))
