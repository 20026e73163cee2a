"""How figures are counted and given with their uncertainty. Pure."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from timescoring.annotations import Annotation
from timescoring.scoring import EventScoring

from edge.app.reports.intervals import poisson, wilson

Interval = tuple[float, float]

_FS = 10
_EVENTS = EventScoring.Parameters(
    toleranceStart=30, toleranceEnd=60, minOverlap=0, maxEventDuration=300, minDurationBetweenEvents=90
)


def share(hits: int, of: int) -> str:
    low, high = wilson(hits, of)
    return f"{hits}/{of} ({100 * low:.0f}-{100 * high:.0f} %)"


def rate(count: int, time: float, unit: str) -> str:
    """count events in so many hours or nights. unit: `h` or `night`."""
    low, high = (edge / time for edge in poisson(count))
    return f"{count}: {count / time:.2g}/{unit} ({low:.2g}-{high:.2g})"


def spread(values: Sequence[float], unit: str = "s") -> str:
    """Median and 95th percentile."""
    if not values:
        return "none"
    middle, late = np.percentile(values, [50, 95])
    return f"{middle:.1f} and {late:.1f} {unit}"


@dataclass(frozen=True, slots=True)
class Events:
    """What `timescoring` counts over several recordings, in events."""

    found: int = 0
    of: int = 0
    false: int = 0
    hours: float = 0.0

    def __add__(self, other: "Events") -> "Events":
        return Events(self.found + other.found, self.of + other.of, self.false + other.false, self.hours + other.hours)

    def __str__(self) -> str:
        precision = f"{self.found / (self.found + self.false):.2f}" if self.found + self.false else "none"
        return (
            f"sensitivity {share(self.found, self.of)}, precision {precision}, "
            f"false alarms {rate(self.false, self.hours / 24, 'day')}"
        )


def events(truth: Iterable[Interval], alarms: Iterable[Interval], length_s: float) -> Events:
    """Event scoring of one recording that begins at 0 s: tolerance 30 s before and 60 s after, events longer than
    5 min split, closer than 90 s merged (Dan 2024, SzCORE; package `timescoring`).
    """
    samples = math.ceil(length_s * _FS)

    def annotation(intervals: Iterable[Interval]) -> Annotation:
        inside = ((max(0.0, a), min(length_s, max(b, a + 1))) for a, b in sorted(intervals))
        return Annotation([(a, b) for a, b in inside if b > a], _FS, samples)

    score = EventScoring(annotation(truth), annotation(alarms), _EVENTS)
    return Events(int(score.tp), int(score.refTrue), int(score.fp), length_s / 3600)
