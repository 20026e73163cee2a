"""The changes from each grid value to the next, made once for all windows that hold them, and where they peak."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge.model.reading import Array

_SMOOTH = np.array([1, 2, 3, 3, 3, 2, 1]) / 15  # 0.28 s: a jerk's start and its stop become one
LOST = _SMOOTH.size - 1  # changes that smoothing takes
APART = 3  # grid values: a jerk is the highest within 0.12 s to either side


class Jerks(NamedTuple):
    """smooth: (n - LOST,) g2, energy of the changes over 0.28 s; level: its root, g.

    peak: (n - LOST - 2 * APART,) whether a level, the first `APART` left out, is the highest beside it.
    """

    smooth: Array
    level: Array
    peak: NDArray[np.bool_]


def find(energy: Array) -> Jerks:
    """energy: (n,) g2 of the change from each grid value to the next."""
    smooth = np.correlate(energy, _SMOOTH, "valid")
    level = np.sqrt(smooth)
    end = level.size - APART
    highest = level[: end + 1]  # of a level and the next ones, `APART` in all
    for shift in range(1, APART):
        highest = np.maximum(highest, level[shift : end + 1 + shift])
    middle = level[APART:end]
    return Jerks(smooth, level, (middle >= highest[: end - APART]) & (middle > highest[APART + 1 :]))
