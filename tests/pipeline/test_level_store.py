"""What a patch reads usually is known after a restart too: an armpit that always reads low rings once in its life.

An armpit of a well child may read 2 C below her core (Craig 2000, BMJ 320:1174), and thermometers are told of that
settle low: 36.0 to 36.3 C after a quarter of an hour under an adult's arm (protocentral-healthypi-v3 3).
"""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge import pipeline
from edge.model.alarm import Condition, Presence
from edge.model.people import Device, Site
from tests.support.core import Core, warm

PATCH = Device("patch", "thermometer", "mia", site=Site.PATCH)
HOUR_S = 3600.0
LOW = Condition.LOW_TEMPERATURE, Condition.MEASUREMENT_DUE


def wavering(celsius):
    """The skin never stands still."""
    return lambda mono_s: warm(celsius + 0.03 * (int(mono_s) // 60 % 5 - 2))


def night(celsius, hours=3.0, device=PATCH, **journal):
    """A night from a start of the hub on; the patch is put on, warms up, and reads this."""
    return Core(device, **journal).go(hours * HOUR_S, wavering(celsius), every_s=60.0, tick_s=60.0)


def told(core):
    """What was raised anew about her being cold."""
    return [str(alarm.key.condition) for alarm in core.raised(*LOW)]


@pytest.fixture(scope="module")
def first():
    """The first night of an armpit that reads 34.8 C."""
    return night(34.8)


def again(first, celsius, hours=2.0, *, device=PATCH, away_s=12 * HOUR_S, levels=None, **more):
    """The next evening, on a hub that was off meanwhile."""
    kept = first.written()["levels"] if levels is None else levels
    return night(celsius, hours, device, mono_s=50.0, wall_off_s=first.now.wall_s + away_s, levels=kept, **more)


def test_a_patch_that_reads_low_is_told_of_in_its_first_night_and_in_no_other(first):
    assert "low_temperature" in told(first)
    assert told(again(first, 34.8)) == []
    assert "low_temperature" in told(again(first, 34.8, levels="")), "a hub that forgot tells again"


def test_a_chain_of_restarts_loses_nothing(first):
    second = again(first, 34.8)
    assert told(again(second, 34.8)) == []


@pytest.mark.parametrize("usual_c", [34.8, 35.4, 36.2])
def test_a_fall_of_a_degree_below_its_own_habit_rings_after_a_restart(usual_c):
    later = again(night(usual_c), max(usual_c - 1.0, 34.1), hours=1.0)
    assert "low_temperature" in told(later)


def test_a_habit_is_no_leave_to_be_so_cold_as_no_armpit_of_a_well_child_is():
    assert "low_temperature" in told(again(night(34.4), 34.4, hours=1.0))


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"site": Site.AXILLA}, id="site"),
        pytest.param({"profile": "core"}, id="profile"),
        pytest.param({"person": "max"}, id="child"),
        pytest.param({"address": "AA:BB:CC:DD:EE:FF"}, id="sensor"),
    ],
)
def test_another_site_profile_child_or_sensor_starts_afresh(first, other):
    later = again(first, 34.8, hours=0.1, device=replace(PATCH, **other))
    assert later.state.sensors["patch"].level.trend.halves == ()
    assert again(first, 34.8, hours=0.1).state.sensors["patch"].level.trend.halves


def test_what_is_older_than_a_fortnight_is_forgotten(first):
    assert again(first, 34.8, hours=0.1, away_s=13 * 86400.0).state.sensors["patch"].level.trend.halves
    assert not again(first, 34.8, hours=0.1, away_s=15 * 86400.0).state.sensors["patch"].level.trend.halves


def test_a_clock_that_was_set_back_makes_nothing_younger_than_it_was(first):
    later = again(first, 34.8, hours=0.1, away_s=-86400.0)
    assert max(at_s for at_s, _ in later.state.sensors["patch"].level.trend.halves) <= 50.0


def test_an_alarm_that_stood_stands_on_and_is_over_once_she_is_warmer(first):
    written = first.written()
    later = again(first, 36.2, hours=1.0, **{name: written[name] for name in ("standing", "sequence")})
    assert later.alarms(Condition.LOW_TEMPERATURE)[-1].presence is Presence.OFF


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda halves: [[age, 20.0] for age, _ in halves], id="colder than worn"),
        pytest.param(lambda halves: [[age, 1e300] for age, _ in halves], id="hotter than alive"),
        pytest.param(lambda halves: [[-age, celsius] for age, celsius in halves], id="of the future"),
        pytest.param(lambda halves: halves[::-1], id="out of order"),
        pytest.param(lambda halves: halves * 10, id="too many"),
        pytest.param(lambda halves: [[0.0, celsius] for _, celsius in halves], id="all at once"),
        pytest.param(lambda halves: [[age, None] for age, _ in halves], id="no number"),
    ],
)
def test_what_no_thermometer_can_have_read_is_not_taken_up(first, change):
    stored = json.loads(first.written()["levels"])
    stored["devices"]["patch"]["halves"] = change(stored["devices"]["patch"]["halves"])
    text = json.dumps(stored)
    assert not pipeline.levels_readable(text)
    assert again(first, 34.8, hours=0.1, levels=text).state.sensors["patch"].level.trend.halves == ()


@given(st.one_of(st.text(max_size=40), st.just("[" * 5000), st.just('{"wall_s": 1e300}')))
def test_no_text_keeps_the_hub_from_starting(text):
    pipeline.levels_readable(text)
    Core(PATCH, levels=text)


def test_what_is_kept_is_small_and_of_worn_thermometers_alone(first):
    assert len(first.written()["levels"]) < 2000
    ear = night(37.0, 2.0, Device("patch", "thermometer", "mia", site=Site.EAR))
    assert ear.written()["levels"] == ""
