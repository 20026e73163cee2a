"""The changes from each grid value to the next, made once for all windows that hold them, and where they peak."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge.model.reading import Array

_SMOOTH = tuple(part / 15 for part in (1, 2, 3, 3, 3, 2, 1))  # 0.28 s: a jerk's start and its stop become one
LOST = len(_SMOOTH) - 1  # changes that smoothing takes
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
    count = energy.size - LOST
    smooth = np.zeros(count)
    for shift, factor in enumerate(_SMOOTH):
        smooth += factor * energy[shift : shift + count]
    level = np.sqrt(smooth)
    end = count - APART
    middle = level[APART:end]
    peak = middle >= level[: end - APART]
    peak &= middle > level[2 * APART :]
    for shift in range(1, APART):
        peak &= middle >= level[APART - shift : end - shift]
        peak &= middle > level[APART + shift : end + shift]
    return Jerks(smooth, level, peak)
