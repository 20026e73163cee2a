"""What the network is given of each second: the detector's figures, and what the level adds to what was going on."""

import numpy as np
from numpy.typing import NDArray

from edge.analysis.motion import CLIP, FIGURES, INPUTS, SLOW_S, figures

BESIDE = INPUTS[len(FIGURES) :]
"""The inputs that stand behind the figures."""
_LEVEL = FIGURES.index("level")

Floats = NDArray[np.float32]
Norm = tuple[Floats, Floats]


def measured(t_s: NDArray[np.float64], values: NDArray[np.float64]) -> tuple[NDArray[np.float64], Floats]:
    """(h,) s and (h, len(INPUTS)), from a cold start; seconds of which nothing can be said have no row."""
    times_s, found = figures(t_s, values)
    return times_s, with_slow_level(found.astype(np.float32), 1 if values.ndim == 1 else 3)


def with_slow_level(found: Floats, columns: int) -> Floats:
    """(h, figures) -> (h, len(INPUTS)): the level also over its own slow means; whether there are axes."""
    level = found[:, _LEVEL]
    over = [_over_slow_mean(level, slow_s) for slow_s in SLOW_S]
    axes = np.full(len(found), 1.0 if columns == 3 else 0.0, np.float32)
    return np.column_stack([found, *over, axes]).astype(np.float32)


def _over_slow_mean(level: Floats, slow_s: float) -> Floats:
    share, over = 1 / slow_s, np.empty_like(level)
    mean = level[0] if level.size else 0.0
    for i, now in enumerate(level):
        mean += share * (now - mean)
        over[i] = now - mean
    return over


def norm(inputs: list[Floats]) -> Norm:
    """Middle and spread of each input, (len(INPUTS),) each: median, and half of what two thirds lie within.

    Of every seventh second, which is enough. The least spread is 0.0005: what hardly changes is not divided by 0.
    """
    some = np.concatenate([each[::7] for each in inputs])
    low, high = np.percentile(some, 16, axis=0), np.percentile(some, 84, axis=0)
    return np.median(some, 0), np.maximum(high - low, 1e-3) / 2


def scaled(inputs: Floats, by: Norm) -> Floats:
    """As the network takes them."""
    middle, spread = by
    return np.clip((inputs.astype(np.float64) - middle) / spread, -CLIP, CLIP).astype(np.float32)
