"""Counted by hand: evidence, raises, found, false and late."""

import numpy as np
import pytest

from edge.analysis.motion import FIGURES, shaking
from tests.bench.fit.judging import LINES, Held, Score, evidence, judge, raises, with_shaking
from tests.bench.fit.stretches import EVENTS
from tests.bench.fit.test_folds import example
from tests.bench.scores import poisson, wilson


def of(fits, family="muscle", seconds=3600):
    made = example(family, seconds=seconds)
    return type(made)(made.family, 1, made.inputs, made.labels, made.counts, made.t_s, tuple(fits), "", frozenset())


def test_evidence_is_a_leaky_mean_of_log_odds_up_to_six_either_way():
    strong = evidence(np.full(40, 50.0, np.float32))
    assert strong[0] == pytest.approx(-4.0 * 0.75 + 6.0 * 0.25)
    assert strong[-1] == pytest.approx(6.0, abs=0.01)
    assert evidence(np.full(40, -50.0, np.float32))[-1] == pytest.approx(-6.0, abs=0.01)


def test_an_alarm_is_raised_again_only_after_ten_seconds_well_under_the_line():
    high, low = [5.0] * 10, [-5.0] * 9
    twice = [*high, *low, *high]
    assert raises(np.arange(29.0), Held(np.array(twice)), 2.0) == [0.0]
    apart = [*high, *low, -5.0, *high]
    assert raises(np.arange(30.0), Held(np.array(apart)), 2.0) == [0.0, 20.0]
    hovering = [*high, *[1.0] * 60, *high]
    assert raises(np.arange(80.0), Held(np.array(hovering)), 2.0) == [0.0]


def test_either_evidence_raises_and_both_must_be_gone_for_the_end():
    low, high = np.full(60, -5.0), np.full(60, 5.0)
    nothing, some = np.full(60, True), np.full(60, False)
    t_s = np.arange(60.0)
    assert raises(t_s, Held(low, low, nothing), 2.0) == []
    assert raises(t_s, Held(low, high, some), 2.0) == [0.0]
    assert raises(t_s, Held(high, low, nothing), 2.0) == [0.0]
    pulses = np.where(t_s % 20 < 5, 5.0, -5.0)
    assert len(raises(t_s, Held(pulses, low, nothing), 2.0)) == 3
    assert len(raises(t_s, Held(pulses, low, some), 2.0)) == 1


def test_the_sum_is_followed_as_the_detector_follows_it():
    made = of([])
    inputs = np.random.default_rng(1).normal(0.3, 0.5, made.inputs.shape).astype(np.float32)
    made = type(made)("muscle", 1, inputs, made.labels, made.counts, made.t_s, (), "", frozenset())
    held = with_shaking(Held(np.zeros(len(inputs))), made, shaking.SHAKING)
    state = shaking.NONE
    for k, row in enumerate(inputs[:200].astype(np.float64)):
        figures = row[: len(FIGURES)]
        state = shaking.follow(state, shaking.log_odds(figures[None], 3 if row[-1] else 1)[0], float(figures[0]))
        assert held.shaking[k] == pytest.approx(state.margin)
        assert held.gone[k] == state.gone


def test_found_late_and_false_are_told_apart():
    score = Score(2.0)
    score.add(of([(100.0, 160.0), (500.0, 560.0)]), [112.0, 140.0, 200.0, 300.0, 1000.0])
    assert (score.found, score.of) == (1, 2)
    assert score.delays_s == [12.0]
    assert score.false == 2  # at 300 s and at 1000 s; at 200 s the convulsion is over for less than a minute
    assert score.hours == pytest.approx(1.0)
    row = score.row()
    assert row["found_interval"] == pytest.approx(wilson(1, 2), abs=1e-4)
    assert row["false_per_h_interval"] == pytest.approx(poisson(2), abs=1e-4)
    assert row["delay_p50_p95_s"] == [12.0, 12.0]


def test_a_recording_of_a_seizure_alone_counts_no_hours_without_one():
    score = Score(2.0)
    score.add(of([(10.0, 40.0)], EVENTS, seconds=60), [12.0, 55.0])
    assert (score.found, score.false, score.hours) == (1, 0, 0.0)
    assert score.row()["false_per_h"] is None
    quiet = Score(2.0)
    quiet.add(of([], EVENTS), [12.0])
    assert (quiet.false, quiet.of) == (1, 0)
    assert quiet.row()["found_interval"] is None
    assert quiet.row()["delay_p50_p95_s"] is None


def test_a_higher_line_finds_no_more_and_cries_no_more():
    t_s = np.arange(3600.0)
    odds = np.where((t_s > 100) & (t_s < 160), 4.5, np.where((t_s > 1000) & (t_s < 1010), 2.5, -5.0)).astype(np.float32)
    judged = judge([of([(100.0, 160.0)])], lambda _: Held(evidence(odds)))
    assert [each.line for each in judged] == list(LINES)
    assert [each.found for each in judged] == [1, 1, 1, 1, 1]
    assert [each.false for each in judged] == sorted((each.false for each in judged), reverse=True)
    assert judged[0].false == 1
    assert judged[-1].false == 0
    delays = [each.delays_s[0] for each in judged]
    assert delays == sorted(delays)
