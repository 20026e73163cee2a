"""How figures are counted and given with their uncertainty. Pure."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from timescoring.annotations import Annotation
from timescoring.scoring import EventScoring

Interval = tuple[float, float]

_FS = 10
_EVENTS = EventScoring.Parameters(
    toleranceStart=30, toleranceEnd=60, minOverlap=0, maxEventDuration=300, minDurationBetweenEvents=90
)


def wilson(hits: int, of: int) -> Interval:
    """95 % interval of a share (Wilson 1927)."""
    if of == 0:
        return 0.0, 1.0
    z, share = 1.959964, hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def poisson(count: int) -> Interval:
    """95 % interval of the expected number where `count` happened (exact, Garwood 1936)."""

    def solve(wanted: float, most: int) -> float:
        """The mean at which at most `most` happen with the wanted probability."""
        low, high = 0.0, 10.0 + 4.0 * (count + 1)
        for _ in range(80):
            mean = (low + high) / 2
            low, high = (mean, high) if _at_most(most, mean) > wanted else (low, mean)
        return (low + high) / 2

    return (0.0 if count == 0 else solve(0.975, count - 1)), solve(0.025, count)


def _at_most(most: int, mean: float) -> float:
    """Probability of no more than `most` when `mean` are expected."""
    if mean <= 0:
        return 1.0
    return sum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(most + 1))


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
