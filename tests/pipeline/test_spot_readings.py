"""Values that a spot thermometer measured earlier, through the pipeline: kept as of their time, ringing nobody."""

import datetime as dt
from dataclasses import replace

import pytest

from edge import pipeline
from edge.config import Config
from edge.decoding.profile import Link, Match, Profile
from edge.model.alarm import Condition, Presence
from edge.model.effect import AlarmChanged, KeepReading, ShowLatest
from edge.model.event import ClockHeard, ReadingHeard
from edge.model.moment import Now
from edge.model.people import Device, Person, Site
from edge.model.reading import Quantity, Reading, Unit

NOW = Now(5000.0, dt.datetime(2026, 7, 5, 12, tzinfo=dt.UTC).timestamp())
ZONE = dt.timezone(dt.timedelta(hours=2))
LOCAL_S = 2 * 3600.0
"""What a thermometer whose clock is right shows beyond UTC."""
HOUR_S = 3600.0
EAR = Device("ear", "spot", "mia", site=Site.EAR)
SPOT = Profile("spot", "spot", "", (Quantity.TEMPERATURE,), Link.GATT, Match(), {}, spot=True)


@pytest.fixture
def start():
    setup = pipeline.Setup(Config(persons=(Person("mia", "Mia"),), devices=(EAR,)), {"spot": SPOT}, ZONE)
    return pipeline.begin(setup, NOW)[0]


def fever(age_s, ahead_s=0.0):
    """39.5 Cel measured so long ago, stamped by a clock so far ahead."""
    stamp_s = NOW.wall_s + LOCAL_S - age_s + ahead_s
    return ReadingHeard("ear", Reading(Quantity.TEMPERATURE, 39.5, Unit.CELSIUS, device_wall_s=stamp_s))


def play(state, *events):
    effects = ()
    for event in events:
        state, more = pipeline.step(state, event, NOW)
        effects += more
    of = {
        kind: [each for each in effects if isinstance(each, kind)] for kind in (AlarmChanged, KeepReading, ShowLatest)
    }
    rung = [each.alarm.key.condition for each in of[AlarmChanged] if each.alarm.presence is Presence.ON]
    return state, rung, of[KeepReading], of[ShowLatest]


def test_a_value_of_this_moment_rings(start):
    _, rung, [kept], [shown] = play(start, fever(20))
    assert Condition.FEVER in rung
    assert kept.wall_s == shown.wall_s == NOW.wall_s - 20
    assert kept.reading.reason == ""


def test_an_old_value_is_kept_and_shown_as_of_its_time_and_rings_nobody(start):
    right = ClockHeard("ear", NOW.wall_s + LOCAL_S)
    state, rung, [kept], [shown] = play(start, right, fever(3 * HOUR_S))
    assert rung == []
    assert kept.wall_s == shown.wall_s == NOW.wall_s - 3 * HOUR_S
    assert (shown.value, shown.reason) == (39.5, "measured earlier and delivered late")
    assert pipeline.watches(state, NOW)[0][2].startswith("a spot thermometer")  # it was heard


def test_a_wrong_clock_that_was_read_is_put_right(start):
    slow = ClockHeard("ear", NOW.wall_s + LOCAL_S - 5 * HOUR_S)
    _, rung, kept, _ = play(start, slow, fever(3 * HOUR_S, -5 * HOUR_S), fever(20, -5 * HOUR_S))
    assert Condition.FEVER in rung
    assert [each.wall_s for each in kept] == [NOW.wall_s - 3 * HOUR_S, NOW.wall_s - 20]


def test_a_newer_value_stays_on_show_when_an_older_one_comes_after_it(start):
    _, _, kept, shown = play(start, fever(20), fever(3 * HOUR_S))
    assert len(kept) == 2
    assert [each.wall_s for each in shown] == [NOW.wall_s - 20]


@pytest.mark.parametrize(
    ("age_s", "why"),
    [
        (3 * HOUR_S, "it is old, or"),
        (-HOUR_S, "one hour ahead"),
        (NOW.wall_s, "stands in 1970"),
        (HOUR_S, "summer time"),
    ],
)
def test_a_stamp_that_cannot_be_believed_is_named_and_the_value_rings(start, age_s, why):
    _, rung, [kept], [shown] = play(start, fever(age_s))
    assert Condition.FEVER in rung
    assert kept.wall_s == shown.wall_s == NOW.wall_s
    assert why in kept.reading.reason
    assert why in shown.reason


def test_the_stamps_of_a_thermometer_that_is_worn_are_left_alone():
    worn = replace(SPOT, spot=False)
    setup = pipeline.Setup(Config(persons=(Person("mia", "Mia"),), devices=(EAR,)), {"spot": worn}, ZONE)
    _, _, [kept], _ = play(pipeline.begin(setup, NOW)[0], fever(3 * HOUR_S))
    assert (kept.wall_s, kept.reading.reason) == (NOW.wall_s, "")
