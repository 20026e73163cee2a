"""The fever of one child, from one or more thermometers."""

import pytest

from edge.analysis.temperature import thermometer
from edge.analysis.temperature.fever import UNKNOWN_FEVER, fever_state
from edge.analysis.temperature.thermometer import Rules, ThermometerState
from edge.model.limits import Limits
from edge.model.people import Site
from edge.model.reading import Quantity, Reading, Unit

PATCH, SPOT = Rules(Site.PATCH, Limits()), Rules(Site.EAR, Limits(), spot=True)


def after(rules, *segments, step_s=30.0):
    """ThermometerState and end of a course of (minutes, celsius)."""
    state, t_s = ThermometerState(), 0.0
    for minutes, celsius in segments:
        for _ in range(round(minutes * 60 / step_s)):
            reading = Reading(Quantity.TEMPERATURE, celsius, Unit.CELSIUS)
            state, _ = thermometer.advance(state, reading, t_s, rules)
            t_s += step_s
    return state, t_s


def test_nothing_is_known_without_a_valid_level_of_now():
    assert fever_state([], 0.0) == UNKNOWN_FEVER
    settling, t_s = after(PATCH, (5, 39.0))
    assert fever_state([(settling, PATCH)], t_s) == UNKNOWN_FEVER
    worn, t_s = after(PATCH, (60, 39.0))
    assert fever_state([(worn, PATCH)], t_s).known
    assert fever_state([(worn, PATCH)], t_s + 1000.0) == UNKNOWN_FEVER


def test_a_fever_has_its_beginning_and_its_peak():
    state, t_s = after(PATCH, (60, 36.6), (30, 38.0), (30, 38.7), (30, 38.3))
    now = fever_state([(state, PATCH)], t_s)
    assert now.settled
    assert now.level_c == pytest.approx(38.3)
    assert now.peak_c == pytest.approx(38.7)
    assert now.core_probability > 0.9
    assert t_s - 100 * 60 <= now.above_since_s <= t_s - 78 * 60
    over, end_s = after(PATCH, (60, 36.6), (30, 38.0), (60, 36.6))
    assert fever_state([(over, PATCH)], end_s).above_since_s is None
    assert fever_state([(over, PATCH)], end_s).peak_c is None


def test_one_measured_by_hand_is_of_now_for_two_hours():
    state, _ = after(SPOT, (1, 38.6), step_s=60.0)
    assert fever_state([(state, SPOT)], 3600.0).level_c == 38.6
    assert fever_state([(state, SPOT)], 7300.0) == UNKNOWN_FEVER


def test_worn_and_settled_decides_then_the_freshest():
    worn, t_s = after(PATCH, (60, 36.9))
    by_hand, _ = after(SPOT, (1, 37.4), step_s=60.0)
    assert fever_state([(by_hand, SPOT), (worn, PATCH)], t_s).level_c == pytest.approx(36.9)
    assert fever_state([(by_hand, SPOT), (worn, PATCH)], t_s + 3000.0).level_c == 37.4
