"""What the last ten seconds add to the figures of one: their means, spread and least level."""

import numpy as np

from edge.analysis.motion.features import Figures
from edge.analysis.motion.succession import Succession
from edge.model.reading import Array

KEPT = ("brisk", "repeat", "loop", "beat", "peak", "even_s", "odd", "centre_hz", "level")
RECENT = 10  # hops over which figures are averaged
RECENT_NAMES = (
    "mean_brisk",
    "mean_repeat",
    "mean_loop",
    "mean_beat",
    "mean_peak",
    "mean_even_s",
    "mean_odd",
    "sd_centre_hz",
    "sd_level",
    "least_level",
)
_NOW = (*Figures._fields, *Succession._fields)
NAMES = (*_NOW, *RECENT_NAMES)
"""The figures of a second, in order."""
_COLUMNS = np.array([_NOW.index(name) for name in KEPT])
_BACK = np.arange(RECENT)[:, None]


def extend(past: Array, figures: Array) -> tuple[Array, Array]:
    """Add what the last ten hops say: (p, 9) kept from before, (25, h) new -> new past, (h, len(NAMES))."""
    hops, first = figures.shape[1], RECENT + len(past)
    padded = np.zeros((first + hops, len(KEPT)))
    padded[RECENT:first], padded[first:] = past, figures.take(_COLUMNS, axis=0).T
    last_ten = padded.take(np.arange(first, first + hops) - _BACK, axis=0)  # added from the newest to the oldest
    count = np.minimum(np.arange(len(past), len(past) + hops) + 1, RECENT)[:, None]
    mean = np.add.reduce(last_ten, axis=0) / count
    squares = np.add.reduce(last_ten * last_ten, axis=0) / count
    deviation = np.sqrt(np.maximum(squares - mean * mean, 0.0))
    least = np.minimum.reduce(np.where(_BACK < count.T, last_ten[:, :, -1], np.inf), axis=0)
    full = np.concatenate([figures, mean[:, :7].T, deviation[:, 7:].T, [least]])
    return padded[max(RECENT, first + hops - (RECENT - 1)) :].copy(), np.ascontiguousarray(full.T)
