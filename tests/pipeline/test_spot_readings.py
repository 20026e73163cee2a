"""Values that a spot thermometer measured earlier, through the pipeline: kept as of their time, ringing nobody."""

import datetime as dt
from dataclasses import replace

import pytest

from edge import pipeline
from edge.model.alarm import Condition
from edge.model.effect import KeepReading, ShowLatest
from edge.model.event import ClockReceived
from tests.support.core import EAR, Core, warm

MONO_S, WALL_S = 5000.0, dt.datetime(2026, 7, 5, 12, tzinfo=dt.UTC).timestamp()
ZONE = dt.timezone(dt.timedelta(hours=2))
LOCAL_S = 2 * 3600.0
"""What a thermometer whose clock is right shows beyond UTC."""
HOUR_S = 3600.0


@pytest.fixture
def core():
    return Core(EAR, zone=ZONE, mono_s=MONO_S, wall_off_s=WALL_S - MONO_S)


def fever(age_s, ahead_s=0.0):
    """39.5 Cel measured so long ago, stamped by a clock so far ahead."""
    return warm(39.5, "ear", device_wall_s=WALL_S + LOCAL_S - age_s + ahead_s)


def play(core, *events):
    """What rang, what was kept and what was shown."""
    for event in events:
        core.step(event)
    return [alarm.key.condition for alarm in core.raised()], core.of(KeepReading), core.of(ShowLatest)


def test_a_value_of_this_moment_rings(core):
    rung, [kept], [shown] = play(core, fever(20))
    assert Condition.FEVER in rung
    assert kept.wall_s == shown.wall_s == WALL_S - 20
    assert kept.reading.reason == ""


def test_an_old_value_is_kept_and_shown_as_of_its_time_and_rings_nobody(core):
    right = ClockReceived("ear", WALL_S + LOCAL_S)
    rung, [kept], [shown] = play(core, right, fever(3 * HOUR_S))
    assert rung == []
    assert kept.wall_s == shown.wall_s == WALL_S - 3 * HOUR_S
    assert (shown.value, shown.reason) == (39.5, "measured earlier and delivered late")
    assert pipeline.watches(core.state, core.now)[0][2].startswith("a spot thermometer")  # it was heard


def test_a_wrong_clock_that_was_read_is_put_right(core):
    slow = ClockReceived("ear", WALL_S + LOCAL_S - 5 * HOUR_S)
    rung, kept, _ = play(core, slow, fever(3 * HOUR_S, -5 * HOUR_S), fever(20, -5 * HOUR_S))
    assert Condition.FEVER in rung
    assert [each.wall_s for each in kept] == [WALL_S - 3 * HOUR_S, WALL_S - 20]


def test_a_newer_value_stays_on_show_when_an_older_one_comes_after_it(core):
    _, kept, shown = play(core, fever(20), fever(3 * HOUR_S))
    assert len(kept) == 2
    assert [each.wall_s for each in shown] == [WALL_S - 20]


@pytest.mark.parametrize(
    ("age_s", "why"),
    [
        (3 * HOUR_S, "it is old, or"),
        (-HOUR_S, "one hour ahead"),
        (WALL_S, "stands in 1970"),
        (HOUR_S, "summer time"),
    ],
)
def test_a_stamp_that_cannot_be_believed_is_named_and_the_value_rings(core, age_s, why):
    rung, [kept], [shown] = play(core, fever(age_s))
    assert Condition.FEVER in rung
    assert kept.wall_s == shown.wall_s == WALL_S
    assert why in kept.reading.reason
    assert why in shown.reason


def test_the_stamps_of_a_thermometer_that_is_worn_are_left_alone():
    core = Core(replace(EAR, profile="thermometer"), zone=ZONE, mono_s=MONO_S, wall_off_s=WALL_S - MONO_S)
    _, [kept], _ = play(core, fever(3 * HOUR_S))
    assert (kept.wall_s, kept.reading.reason) == (WALL_S, "")
