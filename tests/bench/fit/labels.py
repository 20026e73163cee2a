"""What each second is to be called, and which seconds nobody is asked about."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

EARLY_S = 1.0
"""Before a convulsion's start and end the label may be wrong by so much: annotations and windows are no sharper."""
LATE_S = 5.0
"""A convulsion's first seconds: too few jerks have been seen to know."""
AFTER_S = 12.0
"""After it: the windows that figures are taken over still hold some of it."""

Floats = NDArray[np.float32]


def labels(t_s: NDArray[np.float64], fits: Sequence[tuple[float, float]]) -> tuple[Floats, Floats]:
    """Of each of (h,) seconds: 1 in a convulsion and 0 elsewhere; 1 where it counts and 0 where nobody could know."""
    inside, counts = np.zeros(len(t_s), np.float32), np.ones(len(t_s), np.float32)
    for start, end in fits:
        inside[(t_s >= start) & (t_s <= end)] = 1
        counts[(t_s >= start - EARLY_S) & (t_s < start + LATE_S)] = 0
        counts[(t_s > end - EARLY_S) & (t_s < end + AFTER_S)] = 0
    return inside, counts
