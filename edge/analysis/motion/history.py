"""What the last ten seconds add to the figures of one: their means, spread and least level."""

import functools
import math
import operator
from collections.abc import Iterable, Sequence

from edge.analysis.motion.features import Figures
from edge.analysis.motion.succession import Succession

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
_kept = operator.itemgetter(*(_NOW.index(name) for name in KEPT))

Past = tuple[tuple[float, ...], ...]
"""KEPT of the last nine hops, or of as many as there were, the newest first."""


def extend(past: Past, hops: Iterable[Sequence[float]]) -> tuple[Past, list[tuple[float, ...]]]:
    """Add what the last ten hops say. hops: Figures and Succession of each, oldest first; returned: NAMES of each."""
    found = []
    for figures in hops:
        ten = (_kept(figures), *past)
        found.append((*figures, *_recent(ten)))
        past = ten[: RECENT - 1]
    return past, found


def _recent(hops: Past) -> tuple[float, ...]:
    """RECENT_NAMES. Sums are added up from the newest to the oldest."""
    *columns, centres_hz, levels = zip(*hops, strict=True)
    means = [functools.reduce(operator.add, column) / len(hops) for column in columns]
    return (*means, _deviation(centres_hz), _deviation(levels), min(levels))


def _deviation(values: Sequence[float]) -> float:
    mean = functools.reduce(operator.add, values) / len(values)
    square = functools.reduce(operator.add, [value * value for value in values]) / len(values)
    return math.sqrt(max(square - mean * mean, 0.0))
