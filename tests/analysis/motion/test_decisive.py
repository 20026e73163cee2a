"""What of a movement made an alarm: every input belongs to one group, and what is taken away is what is missed."""

import numpy as np
import pytest

from edge.analysis import motion
from edge.analysis.motion import decisive, history, network, shaking
from edge.analysis.motion.decisive import GROUPS
from edge.model.alarm import Condition
from tests.support import movers


def test_every_input_but_the_kind_of_sensor_is_in_one_group():
    named = [name for names in GROUPS.values() for name in names]
    assert sorted(named) == sorted(set(network.INPUTS) - {"axes"})
    assert set(shaking.CURVES) <= set(named)


@pytest.mark.parametrize("columns", [1, 3])
def test_an_alarm_says_what_it_rests_on(columns):
    rng = np.random.default_rng(3)
    t_s = np.arange(0.0, 100.0, 1 / 52)
    bout = movers.jerks(rng, t_s, 40.0, 50.0, shape=movers.SHAPES["half sine"], peak_g=0.7, rates_hz=(2.4, 1.5))
    values = movers.worn(rng, t_s) + bout
    _, steps = motion.advance(motion.start(columns), t_s, values if columns == 3 else np.linalg.norm(values, axis=1))
    said = {
        sign.evidence.decided_by
        for step in steps
        for sign in step.signs
        if sign.present and sign.condition is Condition.SEIZURE_LIKE_MOVEMENT
    }
    assert len(said) == 1, "it is said once, of the moment of the alarm"
    assert set(said.pop()) <= set(GROUPS)


def test_a_group_that_is_held_at_its_middle_already_decides_nothing():
    middle = np.array([network.SCALES[name][0] for name in network.INPUTS])
    seconds = [(network.NONE, middle[: len(motion.FIGURES)])]
    assert "rhythm" not in decisive.decisive(seconds, 3)


@pytest.mark.parametrize(
    ("fast", "strong", "said"),
    [(1.0, -2.6, ("frequency",)), (0.0, -0.3, ("strength",)), (0.0, -2.6, ())],
    ids=["fast alone", "strong alone", "neither"],
)
def test_shaking_rests_on_the_curves_that_speak_for_it(fast, strong, said):
    """All other figures lie where their curve adds nothing."""
    figures = dict.fromkeys(history.NAMES, -9.0)
    figures |= {"brisk": fast, "mean_brisk": fast, "level": strong, "least_level": strong}
    seconds = [(network.NONE, np.array(list(figures.values())))] * 3
    assert decisive.decisive_for_shaking(seconds, 1) == said


def test_an_alarm_of_shaking_alone_says_what_shaking_rests_on(monkeypatch):
    """The network is made to say nothing, and the sum to be sure."""
    monkeypatch.setattr(network, "_OUTPUT", np.zeros_like(network._OUTPUT))
    monkeypatch.setattr(shaking, "log_odds", lambda figures, _: [9.0] * len(figures))
    t_s = np.arange(0, 60, 0.04)
    magnitude = 1.0 + 0.7 * np.sin(2 * np.pi * 4.4 * t_s) + 0.01 * np.random.default_rng(4).normal(size=t_s.size)
    _, steps = motion.advance(motion.start(1), t_s, magnitude)
    said = {sign.evidence.decided_by for step in steps for sign in step.signs if sign.present}
    (groups,) = said
    assert {"frequency", "strength"} <= set(groups)
