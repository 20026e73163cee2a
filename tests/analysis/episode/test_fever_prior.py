"""What a fever adds to movement: bounded, never below zero, and it says what it changed."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.analysis import motion
from edge.analysis.episode import fever_prior
from edge.analysis.episode.fever_prior import Gain
from edge.analysis.temperature import UNKNOWN_FEVER, FeverState
from edge.model.alarm import Condition
from edge.model.evidence import NO_EVIDENCE, SeizureEvidence
from edge.model.sign import Sign

HOUR = 3600.0
FEVER = FeverState(True, True, 0.97, 38.9, 5 * HOUR, 38.9)
NOW = 10 * HOUR + 60.0


AGAIN = "an episode before in this illness"


def changed(**more):
    return FeverState(**{name: getattr(FEVER, name) for name in FeverState.__slots__} | more)


@pytest.mark.parametrize(
    ("fever", "after_event", "age", "between", "why"),
    [
        # no fever, nothing known, settling, not of the age of those rates: nothing is added
        (UNKNOWN_FEVER, False, 20.0, (0.0, 0.0), ""),
        (UNKNOWN_FEVER, True, 20.0, (1.0, 1.0), AGAIN),
        (changed(known=False), False, 20.0, (0.0, 0.0), ""),
        (changed(known=False), True, 20.0, (1.0, 1.0), AGAIN),
        (changed(settled=False), False, 20.0, (0.0, 0.0), ""),
        (changed(settled=False), True, 20.0, (1.0, 1.0), AGAIN),
        (changed(core_probability=0.5), False, 20.0, (0.0, 0.0), ""),
        (changed(core_probability=0.5), True, 20.0, (1.0, 1.0), AGAIN),
        (changed(core_probability=math.nan), False, 20.0, (0.0, 0.0), ""),
        (changed(core_probability=math.nan), True, 20.0, (1.0, 1.0), AGAIN),
        (changed(core_probability=None), False, 20.0, (0.0, 0.0), ""),
        (changed(core_probability=None), True, 20.0, (1.0, 1.0), AGAIN),
        (FEVER, True, 5.9, (0.0, 0.0), ""),
        (FEVER, True, 61.0, (0.0, 0.0), ""),
        # a fever, doubtful or sure, at its beginning or after an event
        (FEVER, False, 20.0, (0.8, 0.95), "fever"),
        (FEVER, False, None, (0.8, 0.95), "fever"),
        (changed(core_probability=0.75), False, 20.0, (0.4, 0.5), "fever"),
        (changed(above_since_s=9 * HOUR), False, 20.0, (0.9, 1.0), "the first two hours of a fever"),
        (FEVER, True, 20.0, (0.9, 1.0), "fever, and an episode before in this illness"),
    ],
)
def test_prior(fever, after_event, age, between, why):
    prior = fever_prior.prior(fever, NOW, after_event=after_event, age_months=age)
    assert between[0] <= prior.log_odds <= between[1]
    assert prior.why == why


fevers = st.builds(
    FeverState,
    st.booleans(),
    st.booleans(),
    st.one_of(st.floats(0.0, 1.0), st.just(math.nan)),
    above_since_s=st.one_of(st.none(), st.floats(NOW - 1e6, NOW)),
)


@given(fevers, st.one_of(st.none(), st.floats(0.0, 200.0)), st.booleans())
def test_it_is_never_more_than_the_detector_takes_and_never_delays(fever, months, after):
    log_odds = fever_prior.prior(fever, NOW, after_event=after, age_months=months).log_odds
    assert 0.0 <= log_odds <= fever_prior.MOST == motion.MOST_PRIOR


def test_the_rates_are_the_published_ones():
    assert pytest.approx(35 / 509 / 2) == fever_prior.EARLY_PER_H
    assert fever_prior.LATER_PER_H < fever_prior.AFTER_EVENT_PER_H < fever_prior.EARLY_PER_H
    assert fever_prior.LATER_PER_H / fever_prior.WITHOUT_FEVER_PER_H > 1e4


def said(t_s, margin, share, *, present=True):
    evidence = SeizureEvidence(log_odds=margin, prior_log_odds=share) if present else NO_EVIDENCE
    return Sign(Condition.SEIZURE_LIKE_MOVEMENT, "ankle", present, t_s, t_s, evidence=evidence)


@pytest.mark.parametrize(
    ("signs", "words"),
    [
        ([(10, 0.2, 0.0), (11, 1.0, 0.0)], None),
        ([(10, 1.4, 0.9)], "would also have rung without"),
        ([(10, 0.2, 0.9)], "without the fever it would not have rung yet"),
        ([(10, 0.2, 0.9), (11, 0.7, 0.9), (12, 1.0, 0.9), (13, 0.1, 0.9)], "rang 2 s earlier for the fever"),
    ],
)
def test_it_says_what_it_changed(signs, words):
    gain = None
    for sign in signs:
        gain = fever_prior.gained(gain, said(*sign))
    assert (gain and gain.words) == words
    assert fever_prior.gained(gain, said(99, 0.0, 0.0, present=False)) == gain


def test_another_sensor_does_not_answer_for_the_one_that_rang():
    gain = Gain("wrist", 5.0)
    assert fever_prior.gained(gain, said(6, 3.0, 0.5)) == gain
