"""What is not to be believed of a worn thermometer, each with its reason."""

import numpy as np
import pytest

from edge.alarms import CATALOGUE
from edge.analysis.temperature import thermometer
from edge.analysis.temperature.rules import Rules
from edge.analysis.temperature.thermometer import READS_LOW, ThermometerState
from edge.model.alarm import Condition, Kind
from edge.model.limits import Limits
from edge.model.people import Site
from edge.model.reading import Quantity, Reading, Unit, Validity

RULES = Rules(Site.PATCH, Limits(), 14.0)


class Played:
    """readings: as they were marked. raised: (minute, condition) of what was raised."""

    def __init__(self, *segments, step_s=30.0, rules=RULES, noise_c=0.02):
        rng, state, t_s, present = np.random.default_rng(1), ThermometerState(), 0.0, {}
        self.readings, self.raised, self.ended, self.evidence = [], [], [], {}
        for minutes, first, last in segments:
            for celsius in np.linspace(first, last, round(minutes * 60 / step_s)):
                value = float(celsius + rng.normal(0.0, noise_c) if noise_c else celsius)
                reading = Reading(Quantity.TEMPERATURE, value, Unit.CELSIUS)
                state, assessed = thermometer.advance(state, reading, t_s, rules)
                self.readings.append(assessed.reading)
                for sign in assessed.signs:
                    if present.get(sign.condition, False) != sign.present:
                        (self.raised if sign.present else self.ended).append((t_s / 60, sign.condition))
                        self.evidence[sign.condition] = sign.evidence
                    present[sign.condition] = sign.present
                t_s += step_s

    def of_the_child(self):
        return [(at, str(name)) for at, name in self.raised if CATALOGUE[name].kind is Kind.PHYSIOLOGICAL]

    def at(self, minute, step_s=30.0):
        return self.readings[round(minute * 60 / step_s)]


WELL = (60, 36.5, 36.5)


@pytest.mark.parametrize("fahrenheit", [96.8, 98.6, 100.4, 104.0])
@pytest.mark.parametrize("marked", [Validity.VALID, Validity.INVALID])
def test_fahrenheit_sent_as_celsius_is_named_and_not_used(fahrenheit, marked):
    reading = Reading(Quantity.TEMPERATURE, fahrenheit, Unit.CELSIUS, marked)
    state, assessed = thermometer.advance(ThermometerState(), reading, 0.0, RULES)
    assert (state, assessed.signs, assessed.reading.validity) == (ThermometerState(), (), Validity.INVALID)
    assert "Fahrenheit" in assessed.reading.reason


@pytest.mark.parametrize("water_c", [37.6, 38.5, 40.5])
def test_a_bath_is_no_fever(water_c):
    played = Played(WELL, (15, water_c, water_c - 0.3), (10, 24.0, 24.0), (30, 36.4, 36.4))
    assert played.of_the_child() == []
    assert played.at(61).validity is Validity.SETTLING
    assert "faster than a body" in played.at(61).reason


def test_a_level_that_jumped_counts_once_it_has_settled():
    """A fever is not hidden for ever because a patch was pressed on better."""
    played = Played(WELL, (60, 38.6, 38.6))
    assert [name for _, name in played.of_the_child()] == ["fever"]
    assert played.raised[-1][0] <= 60 + 25


def test_a_patch_that_slips_ends_no_fever_and_is_not_taken_for_cold():
    played = Played((60, 38.4, 38.4), (4, 38.4, 37.2), (26, 37.0, 37.0), (4, 37.0, 38.4), (40, 38.4, 38.4))
    assert [str(name) for _, name in played.raised if name is Condition.FEVER] == ["fever"]
    assert Condition.FEVER not in [name for _, name in played.ended]
    assert played.at(75).validity is Validity.QUESTIONABLE
    assert "sit badly" in played.at(75).reason
    assert played.at(120).validity is Validity.VALID
    assert [round(at) for at, name in played.raised if name is Condition.NOT_WORN] == pytest.approx([78], abs=3)


def test_one_that_slipped_and_stays_so_is_believed_again_after_an_hour():
    played = Played(WELL, (4, 36.5, 35.6), (120, 35.6, 35.6))
    assert played.at(110).validity is Validity.QUESTIONABLE
    assert played.at(150).validity is Validity.VALID


@pytest.mark.parametrize("outlier_c", [20.0, 33.0, 35.2, 38.9, 41.0])
def test_one_outlier_costs_one_reading(outlier_c):
    played = Played((90, 36.5, 36.5), (0.5, outlier_c, outlier_c), (30, 36.5, 36.5))
    assert played.of_the_child() == []
    assert [reading.validity for reading in played.readings[181:]] == [Validity.VALID] * 60


def test_what_never_changes_and_is_cool_is_a_thing():
    played = Played((60, 34.6, 34.6), noise_c=0.0)
    assert (Condition.NOT_WORN in [name for _, name in played.raised]) is True
    assert Condition.NOT_WORN not in [name for _, name in Played((120, 36.5, 36.5), noise_c=0.0).raised]


class TestCold:
    """`low_temperature` rang in one simulated night of four: an armpit may read 2 C below the core."""

    def test_a_child_that_gets_cold_rings(self):
        fresh = Played(WELL, (60, 36.5, 35.2), (30, 35.2, 35.2))
        assert [name for _, name in fresh.of_the_child()] == ["low_temperature"]
        usual = Played((300, 36.4, 36.4), (120, 36.4, 35.3), (30, 35.3, 35.3))
        assert [name for _, name in usual.of_the_child()] == ["low_temperature"]

    def test_a_child_that_is_cold_from_the_start_rings(self):
        at_min, name = Played((40, 34.8, 34.8)).of_the_child()[0]
        assert (name, at_min <= 25) == ("low_temperature", True)

    def test_an_armpit_that_reads_low_from_the_start_asks_for_a_measurement(self):
        played = Played((300, 35.3, 35.3))
        assert [name for _, name in played.of_the_child()] == ["measurement_due"]
        assert played.evidence[Condition.MEASUREMENT_DUE].why == READS_LOW

    def test_a_night_in_which_her_armpit_sinks_below_the_limit_rings_not(self):
        assert Played((180, 35.7, 35.7), (180, 35.7, 35.3), (180, 35.3, 35.7)).of_the_child() == []

    def test_other_sites_keep_their_plain_limit(self):
        played = Played((60, 35.8, 35.8), rules=Rules(Site.RECTAL, Limits(), 14.0))
        assert [name for _, name in played.of_the_child()] == ["low_temperature"]


def test_a_fever_that_hides_below_the_limit_asks_for_a_measurement():
    """Her armpit is at 35.3 when she is well, so 37.3 there is a fever for her."""
    played = Played((240, 35.3, 35.3), (90, 35.3, 37.3), (60, 37.3, 37.3))
    assert played.of_the_child()[-1][1] == "measurement_due"
    assert played.evidence[Condition.MEASUREMENT_DUE].p_core_38 >= 0.5
    high = Played((240, 36.7, 36.7), (90, 36.7, 37.3), (60, 37.3, 37.3))
    assert "measurement_due" not in [name for _, name in high.of_the_child()]
