"""The scoring of events, held against `timescoring`, the package of those who wrote the rule down (SzCORE)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from timescoring.annotations import Annotation
from timescoring.scoring import EventScoring

from edge.app.reports.event_scores import latency_s, score

LENGTH_S = 3600.0


@st.composite
def intervals(draw):
    """Up to eight events in whole seconds that do not touch, up to 15 min long."""
    found, at_s = [], 0
    for gap, length in draw(st.lists(st.tuples(st.integers(1, 500), st.integers(1, 900)), max_size=8)):
        begin, end = at_s + gap, at_s + gap + length
        if end > LENGTH_S:
            break
        found.append((float(begin), float(end)))
        at_s = end
    return found


@settings(max_examples=300, deadline=None)
@given(intervals(), intervals())
def test_counts_are_those_of_the_reference(annotated, detected):
    of = round(LENGTH_S * 10)
    reference = EventScoring(Annotation(annotated, 10, of), Annotation(detected, 10, of))
    counted = score(annotated, detected, LENGTH_S)
    assert (counted.found, counted.annotated, counted.false_alarms) == (
        *(int(reference.tp), int(reference.refTrue), int(reference.fp)),
    )


@pytest.mark.parametrize(
    ("raised_s", "latency"),
    [([95.0], -5.0), ([112.0, 105.0], 5.0), ([215.0], 115.0), ([69.0], None), ([221.0], None), ([], None)],
)
def test_latency_counts_from_the_annotated_begin_within_the_tolerance(raised_s, latency):
    assert latency_s((100.0, 160.0), raised_s) == latency
