"""Vigorous shaking at 3-8 Hz, as teenagers and adults convulse: a sum of simple curves beside the network.

The network has learned from few real seizures, and of those that it has not seen it finds fewer than this sum does
(`docs/benchmark.md`), so either is enough. What the sum adds up is stated here, so that each number of it can be read;
how much each part counts was learned for events, not for seconds (`tests/bench/fit/shaking.py`), from
OpenSeizureDatabase (CC BY 4.0) and mimicked seizures (Villar 2016) against ordinary movement.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from edge.analysis.motion import history
from edge.analysis.motion.weights import SHAKING
from edge.model.reading import Array

# Evidence: each second adds between -1.5 and +1, and a second ago counts 6 % less (memory of 16 s), so that weak signs
# never add up to an alarm, strong ones need about seven seconds, and a pause of a few seconds splits nothing.
AGAINST, FOR, MEMORY = -1.5, 1.0, 0.94
LEAST, MOST = -1.0, 10.0
# Awake, by far the most movement that resembles shaking is none: the line is higher while a child moves for minutes.
# The network, beside it, has one line in every state.
LINE_AT_REST, LINE_ACTIVE = 4.5, 10.0
_ACTIVE_G, _ACTIVE_MEMORY_S = 0.04, 180.0
_ACTIVE_FROM, _ACTIVE_TO = 0.2, 0.5  # share of the last minutes

CURVES: dict[str, tuple[float, float]] = {
    "brisk": (0.0, 1.0),
    "mean_brisk": (0.0, 1.0),
    "slow": (0.0, 1.0),
    "level": (-2.4, -0.3),
    "least_level": (-2.6, -0.3),
    "uneven": (0.0, 1.2),
    "peak": (0.15, 0.9),
    "repeat": (0.0, 0.9),
    "mean_repeat": (0.0, 0.9),
    "tails": (0.2, 1.4),
    "sd_centre_hz": (0.0, 1.5),
    "loop": (0.1, 0.7),
    "mean_loop": (0.1, 0.7),
    "jerk_tails": (0.2, 1.5),
    "drift": (-2.5, -0.3),
    "centre_hz": (1.0, 6.0),
    "sd_level": (0.0, 0.8),
}
"""Figure (`history.NAMES`), and where its curve begins and ends: constant outside, straight within each quarter."""
WEAK_STEADY, BASE = "weak_steady", "base"
"""Names of a curve of its own, smooth and below 0.25 g RMS, and of the constants for a magnitude and for axes."""
STROKES = -4.0
"""Even strokes of an arm, which a toothbrush needs, count against as long as they are not vigorous; set by hand."""

_SHARES: tuple[tuple[str, float, float], ...] = (
    # Of WEAK_STEADY: smooth, and weak.
    ("tails", 0.65, -0.35),
    ("level", -0.6, -0.5),
    # Of STROKES: for ten seconds most of the power within 0.4 Hz of one frequency, without a jerk, below 0.3 to 0.5 g.
    ("mean_peak", 0.5, 0.2),
    ("jerk_tails", 0.5, -0.2),
    ("level", -0.3, -0.2),
)
"""Figure, where its share begins, and how far from there it is whole."""
_AT = np.array([history.NAMES.index(name) for name in (*CURVES, *(name for name, *_ in _SHARES))])
_LOW = np.array([*(low for low, _ in CURVES.values()), *(begin for _, begin, _ in _SHARES)])
_RANGE = np.array([*(high - low for low, high in CURVES.values()), *(reach for *_, reach in _SHARES)])
_QUARTERS = np.array([0.0, 0.25, 0.5, 0.75])


def weights(steps: Mapping[str, tuple[float, ...]]) -> Array:
    """(t,) what each of `terms` counts, of the four steps of each curve and of WEAK_STEADY, and two of BASE."""
    return np.array([*(step for name in (*CURVES, WEAK_STEADY) for step in steps[name]), STROKES, *steps[BASE]])


_WEIGHTS = weights(SHAKING)


@dataclass(frozen=True, slots=True)
class Shaking:
    """held: evidence, -1 to 10. active: share of the last minutes spent moving."""

    held: float = LEAST
    active: float = 0.0

    @property
    def margin(self) -> float:
        """Evidence less what an alarm needs. At its highest the line takes 15 s of the strongest signs."""
        return self.held - line(self.active)

    @property
    def gone(self) -> bool:
        """Whether there is no evidence left."""
        return self.held <= 0.0


NONE = Shaking()
"""Before the first second."""


def line(active: float) -> float:
    """Evidence that an alarm needs, by the share of the last minutes spent moving."""
    share = (active - _ACTIVE_FROM) / (_ACTIVE_TO - _ACTIVE_FROM)
    return LINE_AT_REST + (LINE_ACTIVE - LINE_AT_REST) * min(1.0, max(0.0, share))


def follow(before: Shaking, log_odds: float, level: float) -> Shaking:
    """One more second: the log-odds that it belongs to such shaking, and its figure `level`."""
    gain = AGAINST + (FOR - AGAINST) / (1.0 + math.exp(-log_odds))
    moving = level > math.log10(_ACTIVE_G)
    held = min(MOST, max(LEAST, MEMORY * before.held + gain))
    return Shaking(held, before.active + (moving - before.active) / _ACTIVE_MEMORY_S)


def faded(before: Shaking, pause_s: float) -> Shaking:
    """After a time in which nothing was seen."""
    return Shaking(LEAST + (before.held - LEAST) * MEMORY**pause_s, before.active)


def log_odds(figures: Array, columns: int) -> list[float]:
    """Log-odds that each second belongs to such shaking, by its figures, (n, len(history.NAMES)).

    columns: 3 for axes, 1 for a magnitude.
    """
    each: list[float] = np.add.reduce(terms(figures, columns) * _WEIGHTS, axis=1).tolist()
    return each


def added(figures: Array, columns: int) -> dict[str, float]:
    """What each curve adds to the log-odds of these seconds together, (n, len(history.NAMES))."""
    parts = (terms(figures, columns) * _WEIGHTS)[:, : 4 * len(CURVES)].reshape(len(figures), -1, 4)
    return dict(zip(CURVES, np.add.reduce(np.add.reduce(parts, axis=2), axis=0).tolist(), strict=True))


def terms(figures: Array, columns: int) -> Array:
    """What is weighted of each second, (n, len(history.NAMES)) -> (n, t).

    Of each curve and of WEAK_STEADY how much of each quarter is covered, 0 to 1; strokes, 0 to 1; and 1 for a
    magnitude, 1 for axes.
    """
    count = len(CURVES)
    unit = (figures.take(_AT, axis=1) - _LOW) / _RANGE
    shares = np.minimum(np.maximum(unit[:, count:], 0.0), 1.0)
    unit[:, count] = shares[:, 0] * shares[:, 1]  # WEAK_STEADY is a curve beside those of the figures
    quarters = np.minimum(np.maximum((unit[:, : count + 1, None] - _QUARTERS) / 0.25, 0.0), 1.0)
    found = np.empty((len(figures), _WEIGHTS.size))
    found[:, :-3] = quarters.reshape(len(figures), _WEIGHTS.size - 3)
    found[:, -3] = shares[:, 2] * shares[:, 3] * shares[:, 4]
    found[:, -2], found[:, -1] = columns == 1, columns == 3
    return found
