"""The bedtime check, through the whole core: one question, and all that the night rests on."""

import datetime as dt

import pytest

from edge import pipeline
from edge.delivery import roster
from edge.model.alarm import ROOM
from edge.model.effect import Note, Remember
from edge.model.event import Command, TargetProven, Verb
from edge.model.people import Device, Person, Site
from edge.model.reading import Quantity
from tests.support.core import BAND, Core, warm

EVENING_S = dt.datetime(2026, 3, 14, 20, tzinfo=dt.UTC).timestamp()
PATCH = Device("patch", "thermometer", "mia", site=Site.AXILLA)
MIA = Person("mia", "Mia")


class Evening(Core):
    """Mia wears a patch, both parents have proven their phones, and the sounder has played."""

    def __init__(self, *devices, **more):
        more = {"persons": (MIA,), "wall_off_s": EVENING_S - 1000.0} | more
        super().__init__(*(devices or (PATCH,)), **more)

    def well(self, battery=80.0):
        self.heat(20, 36.7)
        if battery is not None:
            self.step(warm(battery, quantity=Quantity.BATTERY))
        self.step(Command(Verb.TEST, "anna", "t"))
        for who in ("anna", "ben"):
            self.say(who, Verb.ACKNOWLEDGE, alarm=roster.TEST)
        self.step(TargetProven(ROOM, 2.0))
        return self

    def asked(self, who="anna"):
        reply = self.say(who, Verb.GOOD_NIGHT)
        assert reply.ok
        return reply.reason.split("; ")

    def minded(self):
        return [
            each.text for each in pipeline.bedtime_check(self.state, self.now, self.setup.locale()) if not each.good
        ]


def test_a_good_night_is_answered_in_one_go():
    evening = Evening().well()
    said = evening.asked()
    assert said[0] == "Good night: all of it is watched, and somebody would be woken"
    assert "patch of Mia is on and heard, battery 80 %" in said
    assert "everyone is on watch" in said
    assert "Anna: the phone answered a test today, after 0 s" in said
    assert "the sounder played its test today" in said
    assert any(each.subject == "good night" for each in evening.of(Note)), "it is journalled"
    assert evening.minded() == []


def test_what_is_not_good_comes_first_and_is_counted():
    evening = Evening().well(battery=12.0)
    evening.say("ben", Verb.PHONE_CHANGED)
    said = evening.asked()
    assert said[0] == "NOT ready for the night, mind 2 of these"
    assert set(said[1:3]) == {
        "patch of Mia is heard, but its battery has 12 %: charge it first",
        "Ben: the phone has never answered a test, or was changed since: test it",
    }


def test_a_sensor_that_is_silent_or_off_is_never_good():
    evening = Evening().well()
    evening.go(3600.0, tick_s=10.0)
    assert any("patch of Mia is NOT watched" in text for text in evening.minded())


def test_a_pause_is_minded():
    evening = Evening().well()
    evening.say("anna", Verb.PAUSE, minutes=20, confirm=True)
    assert any("paused until" in text for text in evening.minded())


def test_a_child_without_any_sensor_is_minded_and_one_without_movement_is_said_not_to_be_covered():
    evening = Evening(persons=(MIA, Person("max", "Max"))).well()
    assert "no sensor is set up for Max" in evening.minded()
    said = pipeline.bedtime_uncovered(evening.state, evening.setup.locale())
    assert "Mia wears no movement sensor: no convulsion is noticed, only fever." in said
    with_band = Evening(PATCH, BAND)
    assert not any(
        "Mia wears no" in each for each in pipeline.bedtime_uncovered(with_band.state, with_band.setup.locale())
    )


def test_who_is_on_watch_without_a_proven_phone_is_minded():
    evening = Evening().well()
    evening.say("ben", Verb.ON_WATCH)
    assert evening.minded() == []
    evening.say("ben", Verb.PHONE_CHANGED)
    assert "Ben is on watch, and no phone is proven to wake them" in evening.minded()


def test_a_proof_of_long_ago_is_no_proof():
    evening = Evening().well()
    evening.wall_off_s += 31 * 86_400.0
    assert any("last answered a test 31 days ago" in text for text in evening.minded())


def test_a_clock_that_nobody_has_set_is_minded():
    evening = Evening().well()
    evening.synced = False
    assert "the hub's clock is not set" in evening.minded()


@pytest.mark.parametrize("celsius", [36.7, 39.0])
def test_with_a_fever_the_question_that_nobody_asked_is_asked_for(celsius):
    evening = Evening().well()
    evening.heat(30, celsius)
    assert pipeline.bedtime_forgotten(evening.state, evening.now) == (["Mia"] if celsius > 38 else [])
    evening.asked()
    assert pipeline.bedtime_forgotten(evening.state, evening.now) == []


def test_of_yesterday_is_not_of_tonight_and_it_is_kept_over_a_restart():
    evening = Evening().well()
    evening.say("anna", Verb.ILLNESS)
    evening.asked()
    assert evening.of(Remember)
    again = Evening(mono_s=evening.mono_s, **evening.written())
    assert pipeline.bedtime_forgotten(again.state, again.now) == []
    again.wall_off_s += 86_400.0
    assert pipeline.bedtime_forgotten(again.state, again.now) == ["Mia"]


def test_whoever_only_looks_asks_no_question_that_is_kept():
    evening = Evening().well()
    assert not evening.say("oma", Verb.GOOD_NIGHT).ok
