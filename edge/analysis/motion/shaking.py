"""Vigorous shaking at 3-8 Hz, as teenagers and adults convulse: a sum of simple curves beside the network.

The network has learned from few real seizures, and of those that it has not seen it finds fewer than this sum does
(`docs/benchmark.md`), so either is enough. Learned for events, not for seconds, from OpenSeizureDatabase (25 events,
magnitude; CC BY 4.0) and mimicked seizures (Villar 2016) against an ordinary day of the same kind of watch, WISDM (UCI
507), Stress-Predict (Iqbal 2022), HMP (UCI 283) and the first simulator; where physics says which way a figure must
count, the signs of its steps are tied. The last curve is set by hand, so that even strokes of an arm, which a
toothbrush needs, count against as long as they are not vigorous. `make fit-detector` does not make these numbers again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from edge.analysis.motion import history
from edge.model.reading import Array

BASE, BASE_AXES = -0.21, -1.35
"""Log-odds with every curve at 0: of a magnitude, and of three axes, where `loop` can speak against."""
# Evidence: each second adds between -1.5 and +1, and a second ago counts 6 % less (memory of 16 s), so that weak signs
# never add up to an alarm, strong ones need about seven seconds, and a pause of a few seconds splits nothing.
_AGAINST, _FOR, _MEMORY = -1.5, 1.0, 0.94
LEAST, MOST = -1.0, 10.0
# Awake, by far the most movement that resembles shaking is none: the line is higher while a child moves for minutes.
# The network, beside it, has one line in every state.
LINE_AT_REST, LINE_ACTIVE = 4.5, 10.0
_ACTIVE_G, _ACTIVE_MEMORY_S = 0.04, 180.0
_ACTIVE_FROM, _ACTIVE_TO = 0.2, 0.5  # share of the last minutes

_CURVES: tuple[tuple[str, float, float, tuple[float, float, float, float]], ...] = (
    ("brisk", 0, 1, (0.40, 0.68, 0.96, 0.94)),
    ("mean_brisk", 0, 1, (0.56, 0.58, 0.08, 0.22)),
    ("slow", 0, 1, (-2.08, -4.08, -2.25, -1.50)),
    ("level", -2.4, -0.3, (0.46, 0.79, 0.01, 0.01)),
    ("least_level", -2.6, -0.3, (0.19, 0.01, 0.00, 0.50)),
    ("uneven", 0, 1.2, (-0.72, 1.96, 0.39, -0.57)),
    ("peak", 0.15, 0.9, (1.16, -0.04, -0.60, 0.43)),
    ("repeat", 0, 0.9, (0.10, 0.61, -0.66, -0.23)),
    ("mean_repeat", 0, 0.9, (0.15, -0.57, -2.66, 0.60)),
    ("tails", 0.2, 1.4, (-3.31, -0.97, -1.20, -3.70)),
    ("sd_centre_hz", 0, 1.5, (-0.79, -0.40, -0.58, -1.78)),
    ("loop", 0.1, 0.7, (-1.64, -0.80, -0.35, -0.33)),
    ("mean_loop", 0.1, 0.7, (-0.42, -0.02, -2.77, -2.31)),
    ("jerk_tails", 0.2, 1.5, (-1.78, 1.36, 1.15, -1.60)),
    ("drift", -2.5, -0.3, (1.91, 0.58, -0.57, 2.67)),
    ("centre_hz", 1, 6, (0.54, -0.69, -0.50, -2.92)),
    ("sd_level", 0, 0.8, (1.07, 1.79, -1.93, -5.15)),
)
"""Figure, where its curve begins and ends, and what each quarter of that range adds; straight within a quarter."""
_WEAK_STEADY = (-0.04, -0.08, -0.13, -0.99)
_STROKES = -4.0

_AT = np.array([history.NAMES.index(name) for name, *_ in _CURVES])
_LOW = np.array([low for _, low, _, _ in _CURVES])
_RANGE = np.array([high - low for _, low, high, _ in _CURVES])
_STEPS = np.array([steps for *_, steps in _CURVES])
_WEAK_STEPS = np.array(_WEAK_STEADY)
_QUARTERS = np.array([0.0, 0.25, 0.5, 0.75])
_LEVEL, _TAILS, _JERK_TAILS, _MEAN_PEAK = (
    history.NAMES.index(name) for name in ("level", "tails", "jerk_tails", "mean_peak")
)


@dataclass(frozen=True, slots=True)
class Shaking:
    """held: evidence, -1 to 10. active: share of the last minutes spent moving."""

    held: float = LEAST
    active: float = 0.0

    @property
    def margin(self) -> float:
        """Evidence less what an alarm needs. At its highest the line takes 15 s of the strongest signs."""
        share = (self.active - _ACTIVE_FROM) / (_ACTIVE_TO - _ACTIVE_FROM)
        return self.held - LINE_AT_REST - (LINE_ACTIVE - LINE_AT_REST) * min(1.0, max(0.0, share))


NONE = Shaking()
"""Before the first second."""


def follow(before: Shaking, figures: Array, columns: int) -> Shaking:
    """One more second, by its figures, (len(history.NAMES),). columns: 3 for axes, 1 for a magnitude."""
    gain = _AGAINST + (_FOR - _AGAINST) / (1.0 + math.exp(-log_odds(figures, columns)))
    moving = float(figures[_LEVEL]) > math.log10(_ACTIVE_G)
    held = min(MOST, max(LEAST, _MEMORY * before.held + gain))
    return Shaking(held, before.active + (moving - before.active) / _ACTIVE_MEMORY_S)


def faded(before: Shaking, pause_s: float) -> Shaking:
    """After a time in which nothing was seen."""
    return Shaking(LEAST + (before.held - LEAST) * _MEMORY**pause_s, before.active)


def log_odds(figures: Array, columns: int) -> float:
    """Log-odds that a second belongs to such shaking."""
    unit = (figures.take(_AT) - _LOW) / _RANGE
    total = float(np.add.reduce(np.add.reduce(_ramps(unit) * _STEPS, axis=1)))
    level, smooth = float(figures[_LEVEL]), _share(0.65 - figures[_TAILS], 0.35)
    weak_steady = smooth * _share(-0.6 - level, 0.5)
    total += float(np.add.reduce(_ramps(np.array([weak_steady]))[0] * _WEAK_STEPS))
    # For ten seconds most of the power within 0.4 Hz of one frequency, without a jerk, below 0.3 to 0.5 g RMS.
    strokes = (
        _share(figures[_MEAN_PEAK] - 0.5, 0.2) * _share(0.5 - figures[_JERK_TAILS], 0.2) * _share(-0.3 - level, 0.2)
    )
    return total + _STROKES * strokes + (BASE_AXES if columns == 3 else BASE)


def _ramps(unit: Array) -> Array:
    """(n,) in units of a curve's range -> (n, 4), how much of each quarter is covered."""
    return np.asarray(np.minimum(np.maximum((unit[:, None] - _QUARTERS) / 0.25, 0.0), 1.0))


def _share(over: float, enough: float) -> float:
    """0 where it is not over, rising to 1 where it is enough."""
    return min(max(float(over) / enough, 0.0), 1.0)
