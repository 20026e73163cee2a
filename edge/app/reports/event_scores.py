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
class Rule:
    """Seconds: what counts before and after an annotated event; gaps below which two are one; where one is cut."""

    early_s: float = EARLY_S
    late_s: float = LATE_S
    joined_s: float = JOINED_S
    longest_s: float = LONGEST_S


SZCORE = Rule()


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


def score(annotated: Iterable[Interval], detected: Iterable[Interval], length_s: float, rule: Rule = SZCORE) -> Score:
    """Of one recording that begins at 0 s."""
    truth, alarms = _events(annotated, rule), _events(detected, rule)
    wide = [(max(0.0, begin - rule.early_s), min(length_s, end + rule.late_s)) for begin, end in truth]
    found = [event for event in wide if any(_touch(event, alarm) for alarm in alarms)]
    false = [alarm for alarm in alarms if not any(_touch(event, alarm) for event in found)]
    return Score(len(found), len(truth), len(false), length_s / 3600.0)


def latency_s(event: Interval, raised_s: Sequence[float], rule: Rule = SZCORE) -> float | None:
    """From the annotated begin to the first alarm of that event; negative: before it. None: there was none."""
    near = [moment for moment in raised_s if event[0] - rule.early_s <= moment <= event[1] + rule.late_s]
    return min(near) - event[0] if near else None


def joined(intervals: Iterable[Interval], rule: Rule = SZCORE) -> list[Interval]:
    """Those that the rule takes for one are one."""
    found: list[Interval] = []
    for begin, end in sorted(intervals):
        if found and begin - found[-1][1] < rule.joined_s:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((begin, end))
    return found


def _events(intervals: Iterable[Interval], rule: Rule) -> list[Interval]:
    return [piece for event in joined(intervals, rule) for piece in _pieces(*event, rule.longest_s)]


def _pieces(begin: float, end: float, longest_s: float) -> Iterable[Interval]:
    while end - begin > longest_s:
        yield begin, begin + longest_s
        begin += longest_s
    yield begin, end


def _touch(one: Interval, other: Interval) -> bool:
    return one[0] < other[1] and other[0] < one[1]
