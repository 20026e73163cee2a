"""How often and how evenly a child jerked in one episode: figures; a report puts them in words. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from edge.app.reports.trace import Trace

_CHANGED = 0.15  # a rate that changes by less is called steady
_PART = 4  # the first and the last quarter of the seconds are compared
_LEAST_RATES = 12  # fewer say nothing of a change
_CLEAR = 0.5  # rank correlation from which a change is reported as one


class Evenness(StrEnum):
    """Its value is its word in English; words for a reader, nothing hangs on them."""

    VERY = "very regular"
    REGULAR = "regular"
    FAIRLY = "fairly regular"
    NOT = "irregular"


# Height of the autocorrelation (0 to 1) from which a rhythm is called so.
_LEAST = {Evenness.VERY: 0.75, Evenness.REGULAR: 0.55, Evenness.FAIRLY: 0.35, Evenness.NOT: -1.0}


class Change(StrEnum):
    STEADY = "steady"
    SLOWING = "slowing"
    VARYING = "varying"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Jerks (of a shaking: shakes) a second. first_hz, last_hz: of a steady one the same, of a slowing one at its
    beginning and end, of a varying one the lowest and the highest tenth.
    """

    change: Change
    first_hz: float
    last_hz: float
    shaking: bool


def rhythm(
    onset_s: float, cleared_s: float | None, evidence: Mapping[str, object], traces: Sequence[Trace]
) -> Rhythm | None:
    """Over the whole episode where there is a trace of its sensor, else as known when it was raised."""
    hz = _rates(onset_s, np.inf if cleared_s is None else cleared_s, evidence, traces)
    if not hz.size:
        return None
    shaking = evidence.get("pattern") == "shaking"
    part = max(1, hz.size // _PART)
    first, last = float(np.median(hz[:part])), float(np.median(hz[-part:]))
    low, high = (float(each) for each in np.percentile(hz, [10, 90]))
    if high - low < _CHANGED * high:
        steady = float(np.median(hz))
        return Rhythm(Change.STEADY, steady, steady, shaking)
    if hz.size >= _LEAST_RATES and _trend(hz) < -_CLEAR and last < (1 - _CHANGED) * first:
        return Rhythm(Change.SLOWING, first, last, shaking)
    return Rhythm(Change.VARYING, low, high, shaking)


def evenness(evidence: Mapping[str, object]) -> Evenness | None:
    """None where it was not measured."""
    height = evidence.get("regularity")
    if not isinstance(height, float | int):
        return None
    return next(each for each, least in _LEAST.items() if height >= least)


def _trend(hz: NDArray[np.float64]) -> float:
    """Rank correlation with time (Spearman 1904): -1 for a rate that only falls."""
    ranks = np.argsort(np.argsort(hz, kind="stable"), kind="stable")
    return float(np.corrcoef(ranks, np.arange(hz.size))[0, 1])


def _rates(
    onset_s: float, end_s: float, evidence: Mapping[str, object], traces: Sequence[Trace]
) -> NDArray[np.float64]:
    sensors = evidence.get("sensors")
    assert isinstance(sensors, Sequence)
    for trace in traces:
        if trace.name in sensors and (rates := trace.rates_hz(onset_s, end_s)).size:
            return rates
    known = evidence.get("rate_hz")
    return np.asarray(known, dtype=np.float64) if isinstance(known, list) else np.empty(0)
