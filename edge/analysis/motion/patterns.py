"""The ways in which convulsive movement shows, as sums of simple curves over physical figures.

"shaking": vigorous movement ruled by 3-8 Hz, as teenagers' and adults' convulsions look at the wrist. "jerks": short
separate jerks, 1-3 a second, that follow each other evenly for about eight seconds and move a limb that is otherwise
still, as an infant's clonic seizure; "sharp jerks": the same, stronger, of a limb that hardly turns; "even jerks": of
any shape, in a long even succession. Any is enough.
"""

from dataclasses import dataclass

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
NAMES = (*_NOW, *RECENT_NAMES, "weak_steady")
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


class Pattern:
    """A sum of curves. base: log-odds with every curve at 0, for a magnitude; base_axes: the same for three axes."""

    def __init__(self, name: str, base: float, base_axes: float, curves: tuple[Curve, ...]) -> None:
        self.name, self.base, self.base_axes, self.curves = name, base, base_axes, curves
        self._columns = [NAMES.index(curve.figure) for curve in curves]
        self._low = np.array([curve.low for curve in curves])
        self._range = np.array([curve.high - curve.low for curve in curves])
        self._steps = np.array([curve.steps for curve in curves]).ravel()

    def log_odds(self, figures: Array, columns: int) -> Array:
        """(h,) log-odds that each of h hops belongs to a seizure. figures: (h, len(NAMES))."""
        unit = (figures[:, self._columns] - self._low) / self._range
        ramps = np.clip((unit[:, :, None] - _QUARTERS) / 0.25, 0.0, 1.0).reshape(len(unit), -1)
        return np.asarray((ramps * self._steps).sum(axis=1) + (self.base_axes if columns == 3 else self.base))


def extend(past: Array, figures: Array) -> tuple[Array, Array]:
    """Add what the last ten hops say: (p, 9) kept from before, (h, 25) new -> new past, (h, len(NAMES))."""
    fresh = np.ascontiguousarray(figures[:, [_NOW.index(name) for name in KEPT]])
    everything = np.concatenate([past, fresh])
    count = np.minimum(np.arange(len(past), len(everything)) + 1, RECENT).astype(np.float64)[:, None]
    padded = np.concatenate([np.zeros((RECENT, fresh.shape[1])), everything])
    total, squares = np.zeros_like(fresh), np.zeros_like(fresh)
    least = np.full(len(fresh), np.inf)
    first = RECENT + len(past)
    for back in range(RECENT):
        row = padded[first - back : first - back + len(fresh)]
        inside = back < count
        total += np.where(inside, row, 0.0)
        squares += np.where(inside, row * row, 0.0)
        least = np.where(inside[:, 0], np.minimum(least, row[:, -1]), least)
    mean = total / count
    deviation = np.sqrt(np.maximum(squares / count - mean * mean, 0.0))
    tails, level = (figures[:, _NOW.index(name)] for name in ("tails", "level"))
    weak_steady = np.clip((0.65 - tails) / 0.35, 0, 1) * np.clip(1 - (level + 1.1) / 0.5, 0, 1)
    full = np.column_stack([figures, mean[:, :7], deviation[:, 7:], least, weak_steady])
    return everything[-(RECENT - 1) :].copy(), full
