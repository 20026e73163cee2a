"""What is scored: events that a truth can tell, and the conditions that answer them. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from edge.app.reports.event_scores import SZCORE, Interval, Rule, joined, latency_s, score
from edge.model.alarm import Condition

FEVER_RULE = Rule(early_s=1800.0, late_s=1800.0, joined_s=1800.0, longest_s=math.inf)
"""An armpit may show a fever half an hour before or after the core; a fever is one, however long."""


@dataclass(frozen=True, slots=True)
class Event:
    """kinds: of the truth, any spelling of which is lower case. watched: the column of the seconds that count."""

    kinds: frozenset[str]
    conditions: frozenset[str]
    rule: Rule
    watched: str


EVENTS: Mapping[str, Event] = MappingProxyType(
    {
        "seizure": Event(
            frozenset({"seizure", "clonic", "tonic", "tonic_clonic"}),
            frozenset({str(Condition.SEIZURE_LIKE_MOVEMENT)}),
            SZCORE,
            "movement_s",
        ),
        "rigor": Event(frozenset({"rigor"}), frozenset({str(Condition.RIGOR)}), SZCORE, "movement_s"),
        "fever": Event(
            frozenset({"fever"}),
            frozenset({str(Condition.FEVER), str(Condition.HIGH_FEVER), str(Condition.YOUNG_INFANT_FEVER)}),
            FEVER_RULE,
            "temperature_s",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Alarm:
    """Seconds from the night's begin. cleared_s: None if it stood at the end."""

    onset_s: float
    raised_s: float
    cleared_s: float | None


@dataclass(frozen=True, slots=True)
class Scored:
    """One night. alarms: all; false_alarms: those that touch no event found. late_s: of each event that was found."""

    events: int
    found: int
    alarms: int
    false_alarms: int
    late_s: tuple[float, ...]


def scored(event: Event, truth: Sequence[Interval], alarms: Sequence[Alarm], length_s: float) -> Scored:
    """Of one night that begins at 0 s; `truth` lies in it."""
    seen = [(each.onset_s, length_s if each.cleared_s is None else each.cleared_s) for each in alarms]
    counted = score(truth, seen, length_s, event.rule)
    raised = [each.raised_s for each in alarms]
    late = [latency_s(each, raised, event.rule) for each in joined(truth, event.rule)]
    return Scored(
        counted.annotated,
        counted.found,
        len(joined(seen, event.rule)),
        counted.false_alarms,
        tuple(round(each, 3) for each in late if each is not None),
    )
