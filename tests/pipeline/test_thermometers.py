"""Thermometers through the whole pipeline: two on one child, clocks that jump, what is told of a fever's course."""

from dataclasses import replace

import numpy as np
import pytest

from edge import pipeline
from edge.model.alarm import Condition, Presence
from edge.model.effect import KeepReading
from edge.model.event import Tick
from edge.model.people import Device, Site
from edge.model.reading import Validity
from edge.pipeline import thermometers
from tests.support.core import EAR, WALL_S, Core, warm

DAY_S = 86400.0
PATCH = Device("patch", "thermometer", "mia", site=Site.PATCH)
SECOND = Device("second", "thermometer", "mia", site=Site.PATCH)


class Child(Core):
    """Who wears thermometers whose readings scatter."""

    def __init__(self, *devices):
        super().__init__(*devices, mono_s=0.0)
        self.rng = np.random.default_rng(1)

    def wear(self, minutes, every_s=30.0, **levels):
        """Readings of each named thermometer, (first, last) C over these minutes or one level."""
        steps = round(minutes * 60.0 / every_s)
        for i in range(steps):
            for name, level in levels.items():
                first, last = level if isinstance(level, tuple) else (level, level)
                self.step(warm(first + (last - first) * i / steps + float(self.rng.normal(0.0, 0.02)), name))
            self.step(Tick())
            self.mono_s += every_s
        return self

    def fever(self):
        return thermometers.fever_of(self.state, "mia", self.now)


class TestTwo:
    def test_a_contradiction_is_named_by_both_and_asks_for_a_measurement(self):
        child = Child(PATCH, SECOND).wear(40, patch=36.6, second=36.5).wear(60, patch=(36.6, 38.8), second=36.5)
        child.wear(30, patch=38.8, second=36.5)
        assert child.shown("patch").reason == "about 2 °C or more above second"
        assert child.shown("second").reason == "about 2 °C or more below patch"
        assert child.shown("second").validity is Validity.QUESTIONABLE
        assert "two thermometers differ" in child.alarms(Condition.MEASUREMENT_DUE, presence=Presence.ON)[-1].text
        assert [(device, why) for _, device, why in pipeline.watches(child.state, child.now)] == [
            ("patch", ""),
            ("second", "about 2 °C or more below patch"),
        ]

    def test_the_higher_decides_and_the_lower_ends_nothing(self):
        child = Child(PATCH, SECOND).wear(40, patch=36.6, second=36.5).wear(60, patch=(36.6, 39.0), second=36.5)
        child.wear(60, patch=39.0, second=36.5)
        assert child.alarms(Condition.FEVER)[-1].presence is Presence.ON
        assert child.fever().level_c == pytest.approx(39.0, abs=0.1)
        assert child.alarms(Condition.LOW_TEMPERATURE) == []

    @pytest.mark.parametrize("high", ["patch", "second"])
    def test_the_higher_decides_also_where_the_lower_speaks_last(self, high):
        low = {"patch": "second", "second": "patch"}[high]
        child = Child(PATCH, SECOND).wear(40, patch=36.6, second=36.5).wear(60, **{high: (36.6, 39.0), low: 36.5})
        child.wear(60, **{high: 39.0, low: 36.5})
        child.mono_s += 1.0
        child.step(warm(36.5, low))
        fever = child.fever()
        assert fever.level_c == pytest.approx(39.0, abs=0.1)
        assert fever.above_since_s is not None

    def test_it_is_over_when_they_agree_again(self):
        child = Child(PATCH, SECOND).wear(40, patch=36.6, second=36.5).wear(60, patch=(36.6, 38.8), second=36.5)
        child.wear(60, patch=(38.8, 36.9), second=36.5).wear(30, patch=36.9, second=36.5)
        assert child.alarms(Condition.MEASUREMENT_DUE)[-1].presence is Presence.OFF
        assert child.alarms(Condition.FEVER)[-1].presence is Presence.OFF
        assert child.shown("patch").reason == ""

    def test_sites_are_compared_as_sites(self):
        """1.6 degrees between an armpit and an ear are no contradiction."""
        child = Child(PATCH, EAR).wear(60, patch=37.0)
        child.step(warm(38.6, "ear"))
        assert child.shown("ear").validity is Validity.VALID
        assert child.alarms(Condition.MEASUREMENT_DUE) == []
        assert child.alarms(Condition.FEVER)[-1].presence is Presence.ON

    def test_one_that_settles_is_no_second_opinion(self):
        child = Child(PATCH, SECOND).wear(60, patch=38.6).wear(8, patch=38.6, second=(30.0, 35.0))
        assert child.alarms(Condition.MEASUREMENT_DUE) == []
        assert child.fever().level_c == pytest.approx(38.6, abs=0.1)


@pytest.mark.parametrize("jump_s", [-3600.0, 3600.0])
def test_a_wall_clock_that_jumps_changes_no_fever(jump_s):
    plain, jumped = Child(PATCH), Child(PATCH)
    for child, by_s in ((plain, 0.0), (jumped, jump_s)):
        child.wear(60, patch=36.5).wear(60, patch=(36.5, 38.6)).wear(20, patch=38.6)
        child.wall_off_s += by_s
        child.wear(40, patch=38.6).wear(60, patch=(38.6, 36.6)).wear(30, patch=36.6)
    for alarms in zip(plain.alarms(Condition.FEVER), jumped.alarms(Condition.FEVER), strict=True):
        ours, theirs = (replace(a, changed_s=0.0, cleared_s=None, text="", id="") for a in alarms)
        assert ours == theirs
    assert (
        jumped.alarms(Condition.FEVER)[-1].evidence.duration_s == plain.alarms(Condition.FEVER)[-1].evidence.duration_s
    )


@pytest.mark.parametrize(
    ("stamp_s", "kept"),
    [(0.0, False), (WALL_S - 3 * DAY_S, False), (WALL_S + 3 * DAY_S, False), (WALL_S - 3600.0, True), (WALL_S, True)],
)
def test_a_sensor_whose_clock_is_not_set_counts_by_its_arrival_and_says_so(stamp_s, kept):
    child = Child(EAR)
    child.step(warm(38.9, "ear", device_wall_s=stamp_s))
    (stored,) = child.of(KeepReading)
    assert stored.wall_s == WALL_S
    assert stored.reading.device_wall_s == (stamp_s if kept else None)
    assert ("is not used" in stored.reading.reason) is (stamp_s != WALL_S)
    assert child.alarms(Condition.FEVER)[-1].presence is Presence.ON


def test_fahrenheit_is_said_where_the_sensor_is_shown():
    child = Child(PATCH).wear(5, patch=100.4)
    assert "Fahrenheit" in child.shown("patch").reason
    assert child.shown("patch").value is None
    assert child.alarms(Condition.FEVER) == []
    assert child.alarms(Condition.NO_DATA)[-1].presence is Presence.ON
    ((_, _, why),) = pipeline.watches(child.state, child.now)
    assert why


def test_the_end_of_a_fever_says_how_long_and_how_high():
    child = Child(PATCH).wear(60, patch=36.5).wear(60, patch=(36.5, 38.7)).wear(60, patch=38.7)
    assert child.alarms(Condition.FEVER)[0].presence is Presence.ON
    child.wear(90, patch=(38.7, 36.6)).wear(30, patch=36.6)
    over = child.alarms(Condition.FEVER)[-1]
    assert over.presence is Presence.OFF
    assert over.evidence.peak_c == pytest.approx(38.7, abs=0.1)
    assert over.evidence.duration_s == pytest.approx(2.6 * 3600.0, abs=900.0)
    assert "above for 2 h" in over.text
    assert "at most 38.7 °C" in over.text


def test_five_days_of_fever_are_a_reason_to_see_a_doctor():
    child = Child(PATCH).wear(30, patch=38.3)
    for _ in range(11):
        child.wear(12 * 60, every_s=240.0, patch=38.3)
    told = child.alarms(Condition.FEVER)
    assert "see a doctor" not in told[0].guidance
    assert told[-1].guidance.startswith("Fever for 5 days: see a doctor.")
    assert len({alarm.id for alarm in told}) == 1
