"""A movement sensor that is away for a minute and back: once it is a word on a phone, again and again it is an alarm.

From reports of other projects: a sensor unavailable for an instant rang the siren, with twenty messages (alarmo 72); an
alarm of missed readings that sounds though the last one is a minute old (xDrip for iOS 347); and the other way round,
nobody told of readings that had stopped, so that a family slept through (M5_NightscoutMon 10, LoopFollow 449).
"""

import numpy as np
import pytest

from edge import pipeline
from edge.model.alarm import Condition, Presence, Priority
from edge.model.effect import Notify, Sound
from edge.model.event import MotionReceived, Verb
from tests.support.core import ANNA, BAND, Core

EVERY_S, RATE_HZ = 5.0, 13
BEFORE_S = 120.0


def still(mono_s, seconds=EVERY_S):
    """So many seconds of lying still that end now."""
    t_s = mono_s - np.arange(int(seconds * RATE_HZ) - 1, -1, -1) / RATE_HZ
    return MotionReceived("band", t_s, np.tile([0.0, 0.0, 1.0], (t_s.size, 1)) + 0.002 * np.sin(7 * t_s)[:, None])


class Home(Core):
    """A family with a band, heard for two minutes."""

    def __init__(self):
        super().__init__(BAND)
        self.heard(BEFORE_S)

    def heard(self, seconds, every_s=EVERY_S):
        return self.go(seconds, lambda mono_s: still(mono_s, every_s), every_s)

    def away(self, seconds):
        return self.go(seconds)

    def cycles(self, away_s, heard_s, minutes):
        end_s = self.mono_s + 60.0 * minutes
        while self.mono_s < end_s:
            self.away(away_s).heard(heard_s)
        return self

    @property
    def rooms_s(self):
        """Seconds since the band was last heard for good at which the room began to sound."""
        return [at_s - 1000.0 - BEFORE_S for at_s, each in self.timed if isinstance(each, Sound) and each.pattern]


@pytest.mark.parametrize("away_s", [45.0, 75.0, 110.0])
def test_one_short_outage_is_a_quiet_word_to_who_is_on_watch_and_no_more(away_s):
    home = Home().away(away_s).heard(60.0)
    assert home.rooms_s == []
    assert [each.urgent for each in home.of(Notify)] == [False] * len(home.of(Notify))
    assert [each.quiet for each in home.of(Notify)] == ([False, False, True, True] if away_s > 60.0 else [])
    told = [alarm.presence for alarm in home.alarms(Condition.NO_DATA)]
    assert told == ([Presence.ON, Presence.OFF] if away_s > 60.0 else [])


@pytest.mark.parametrize("away_s", [130.0, 300.0, 3600.0])
def test_one_that_stays_away_is_told_after_a_minute_and_rings_in_the_room_after_two(away_s):
    home = Home().away(away_s)
    (alarm,) = home.raised(Condition.NO_DATA)
    assert alarm.priority is Priority.MEDIUM
    assert 60.0 <= alarm.raised_s - alarm.onset_s <= 61.0
    assert home.rooms_s[0] == pytest.approx(120.0, abs=EVERY_S)


@pytest.mark.parametrize(("away_s", "heard_s"), [(100.0, 20.0), (110.0, 70.0), (70.0, 130.0), (119.0, 1.0)])
def test_one_that_comes_and_goes_rings_in_the_room_within_the_hour_though_each_silence_is_short(away_s, heard_s):
    home = Home().cycles(away_s, heard_s, minutes=2.3 * (away_s + heard_s) / 60.0).heard(30.0).away(away_s).heard(90.0)
    (alarm,) = home.raised(Condition.CANNOT_JUDGE)
    assert "comes and goes" in alarm.text
    assert home.rooms_s
    assert home.rooms_s[0] <= 3600.0


def test_two_outages_of_a_night_are_no_pattern():
    home = Home().cycles(100.0, 100.0, minutes=6.5)
    assert len(home.raised(Condition.NO_DATA)) == 2
    assert home.raised(Condition.CANNOT_JUDGE) == []


def test_it_is_shown_as_not_watched_until_it_has_stayed_for_twenty_minutes():
    home = Home().cycles(90.0, 60.0, minutes=7)
    assert pipeline.watches(home.state, home.now) == [
        ("mia", "band", "a convulsion would not be noticed: it comes and goes")
    ]
    home.heard(1100.0, every_s=20.0)
    assert home.alarms(Condition.CANNOT_JUDGE)[-1].presence is Presence.ON
    home.heard(60.0)
    assert home.alarms(Condition.CANNOT_JUDGE)[-1].presence is Presence.OFF
    assert pipeline.watches(home.state, home.now) == [("mia", "band", "")]


def test_an_answer_to_it_hides_no_silence_that_lasts():
    home = Home().cycles(90.0, 60.0, minutes=7)
    assert home.say("anna", Verb.WITH_HER).ok
    home.forget()
    home.heard(60.0)
    since_s = home.mono_s
    home.away(300.0)
    (alarm,) = home.raised(Condition.NO_DATA)
    assert alarm.presence is Presence.ON
    rung_s = [at_s - since_s for at_s, each in home.timed if isinstance(each, Sound) and each.pattern]
    assert rung_s[0] == pytest.approx(120.0, abs=EVERY_S)


def test_what_the_family_does_while_its_watch_is_paused_does_not_count():
    home = Home()
    assert home.say(ANNA.id, Verb.PAUSE, minutes=20, confirm=True).ok
    home.cycles(90.0, 30.0, minutes=7)
    assert home.raised(Condition.CANNOT_JUDGE) == []
