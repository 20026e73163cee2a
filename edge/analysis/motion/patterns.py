"""The ways in which convulsive movement shows, as sums of simple curves over physical figures.

"shaking": vigorous movement ruled by 3-8 Hz, as teenagers' and adults' convulsions look at the wrist. "jerks": short
separate jerks, 1-3 a second, that follow each other evenly for about eight seconds and move a limb that is otherwise
still, as an infant's clonic seizure; "sharp jerks": the same, stronger, of a limb that hardly turns; "even jerks": of
any shape, in a long even succession. Any is enough.
"""

from dataclasses import dataclass
from itertools import pairwise

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
NAMES = (*_NOW, *RECENT_NAMES, "weak_steady", "strokes")
_COLUMNS = np.array([_NOW.index(name) for name in KEPT])
_TAILS, _JERK_TAILS, _LEVEL = (_NOW.index(name) for name in ("tails", "jerk_tails", "level"))
_MEAN_PEAK = RECENT_NAMES.index("mean_peak")
_BACK = np.arange(RECENT)[:, None]
_QUARTERS = np.array([0.0, 0.25, 0.5, 0.75])


@dataclass(frozen=True, slots=True)
class Curve:
    """A figure's share in the log-odds: 0 up to `low`, then a line through each quarter of the range up to `high`.

    steps: what each quarter adds.
    """

    figure: str
    low: float
    high: float
    steps: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A sum of curves. base: log-odds with every curve at 0, for a magnitude; base_axes: the same for three axes."""

    name: str
    base: float
    base_axes: float
    curves: tuple[Curve, ...]


class Patterns:
    """Several patterns, weighed at once."""

    def __init__(self, *patterns: Pattern) -> None:
        self._patterns = patterns
        curves = [curve for pattern in patterns for curve in pattern.curves]
        self._columns = np.array([NAMES.index(curve.figure) for curve in curves])
        self._low = np.array([curve.low for curve in curves])
        self._range = np.array([curve.high - curve.low for curve in curves])
        self._steps = np.array([curve.steps for curve in curves]).ravel()
        ends = np.add.accumulate([len(pattern.curves) * _QUARTERS.size for pattern in patterns]).tolist()
        self._slices = [slice(begin, end) for begin, end in pairwise([0, *ends])]

    def log_odds(self, figures: Array, columns: int) -> list[Array]:
        """(h,) log-odds that each of h hops belongs to a seizure, of each pattern. figures: (h, len(NAMES))."""
        unit = (figures.take(self._columns, axis=1) - self._low) / self._range
        ramps = np.minimum(np.maximum((unit[:, :, None] - _QUARTERS) / 0.25, 0.0), 1.0)
        shares = ramps.reshape(len(unit), -1) * self._steps
        return [
            np.add.reduce(shares[:, part], axis=1) + (pattern.base_axes if columns == 3 else pattern.base)
            for pattern, part in zip(self._patterns, self._slices, strict=True)
        ]


def extend(past: Array, figures: Array) -> tuple[Array, Array]:
    """Add what the last ten hops say: (p, 9) kept from before, (25, h) new -> new past, (h, len(NAMES)).

    strokes: 1 where for ten seconds most of the power has been within 0.4 Hz of one frequency, without a jerk, at less
    than 0.3 g RMS: an arm that goes to and fro, as with a toothbrush; 0 from 0.5 g on, whatever it looks like.
    """
    hops, first = figures.shape[1], RECENT + len(past)
    padded = np.zeros((first + hops, len(KEPT)))
    padded[RECENT:first], padded[first:] = past, figures.take(_COLUMNS, axis=0).T
    last_ten = padded.take(np.arange(first, first + hops) - _BACK, axis=0)  # added from the newest to the oldest
    count = np.minimum(np.arange(len(past), len(past) + hops) + 1, RECENT)[:, None]
    mean = np.add.reduce(last_ten, axis=0) / count
    squares = np.add.reduce(last_ten * last_ten, axis=0) / count
    deviation = np.sqrt(np.maximum(squares - mean * mean, 0.0))
    least = np.minimum.reduce(np.where(_BACK < count.T, last_ten[:, :, -1], np.inf), axis=0)
    smooth = _share(0.65 - figures[_TAILS], 0.35)
    weak_steady = smooth * _share(-0.6 - figures[_LEVEL], 0.5)
    strokes = _share(mean[:, _MEAN_PEAK] - 0.5, 0.2) * _share(0.5 - figures[_JERK_TAILS], 0.2)
    strokes *= _share(-0.3 - figures[_LEVEL], 0.2)
    full = np.concatenate([figures, mean[:, :7].T, deviation[:, 7:].T, [least, weak_steady, strokes]])
    return padded[max(RECENT, first + hops - (RECENT - 1)) :].copy(), np.ascontiguousarray(full.T)


def _share(over: Array, enough: float) -> Array:
    """0 where it is not over, rising to 1 where it is enough."""
    return np.minimum(np.maximum(over / enough, 0.0), 1.0)
