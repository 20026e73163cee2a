"""How detected events are held against annotated ones: the event scoring of SzCORE (Dan et al. 2024, Epilepsia). Pure.

Events closer than 90 s are one, longer ones than 5 min are cut into pieces of 5 min. An annotated event is found if
anything detected touches it, from 30 s before to 60 s after; what touches no event that was found is a false alarm.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Interval = tuple[float, float]
"""Begin and end, seconds."""

EARLY_S = 30.0
LATE_S = 60.0
JOINED_S = 90.0
LONGEST_S = 300.0


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of events. hours: how long was recorded."""

    found: int = 0
    annotated: int = 0
    false_alarms: int = 0
    hours: float = 0.0

    def __add__(self, other: "Score") -> "Score":
        return Score(
            self.found + other.found,
            self.annotated + other.annotated,
            self.false_alarms + other.false_alarms,
            self.hours + other.hours,
        )


def score(annotated: Iterable[Interval], detected: Iterable[Interval], length_s: float) -> Score:
    """Of one recording that begins at 0 s."""
    truth, alarms = _events(annotated), _events(detected)
    wide = [(max(0.0, begin - EARLY_S), min(length_s, end + LATE_S)) for begin, end in truth]
    found = [event for event in wide if any(_touch(event, alarm) for alarm in alarms)]
    false = [alarm for alarm in alarms if not any(_touch(event, alarm) for event in found)]
    return Score(len(found), len(truth), len(false), length_s / 3600.0)


def latency_s(event: Interval, raised_s: Sequence[float]) -> float | None:
    """From the annotated begin to the first alarm of that event; negative: before it. None: there was none."""
    near = [moment for moment in raised_s if event[0] - EARLY_S <= moment <= event[1] + LATE_S]
    return min(near) - event[0] if near else None


def _events(intervals: Iterable[Interval]) -> list[Interval]:
    joined: list[Interval] = []
    for begin, end in sorted(intervals):
        if joined and begin - joined[-1][1] < JOINED_S:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((begin, end))
    return [piece for event in joined for piece in _pieces(*event)]


def _pieces(begin: float, end: float) -> Iterable[Interval]:
    while end - begin > LONGEST_S:
        yield begin, begin + LONGEST_S
        begin += LONGEST_S
    yield begin, end


def _touch(one: Interval, other: Interval) -> bool:
    return one[0] < other[1] and other[0] < one[1]
