"""A pause quiets what says that the paused sensors are not watched, until it ends by itself; and nothing else."""

import pytest

from edge.alarms import pauses
from edge.errors import CommandRefused
from edge.model.alarm import Presence, Reason
from edge.model.event import Command, Verb
from edge.model.moment import Now

MINUTE = 60
SENSORS = {"ankle": "mia", "patch": "mia", "band": "max"}


def test_a_sensor_taken_off_for_a_bath_is_shown_and_rings_only_when_the_pause_is_over(night):
    night.play(f"""
                   0 | anna pause 20        |
                  30 | ankle + no_data      | no_data:on
       {20 * MINUTE - 1} |                      |
           {20 * MINUTE} |                      | no_data:on !anna !ben room
    """)


def test_it_says_why_it_is_silent_and_until_when(night):
    night.play("0 | anna pause 20 |\n 30 | ankle + no_data | no_data:on")
    (alarm,) = night.changed
    assert (alarm.reason, alarm.presence) == (Reason.PAUSED, Presence.ON)
    assert alarm.silent_until_s == alarm.raised_s - 30.0 + 20.0 * MINUTE


def test_what_stood_already_falls_silent_too(night):
    night.play(f"""
                   0 | ankle + no_data      | no_data:on !anna
                  10 | anna pause 10        | no_data:on
                 500 |                      |
      {10 + 10 * MINUTE} |                      | no_data:on !anna !ben room
    """)


def test_a_sensor_that_is_back_before_the_end_rings_nobody(night):
    night.play("""
          0 | anna pause 10    |
         60 | ankle + no_data  | no_data:on
        300 | ankle - no_data  | no_data:off
       4000 |                  |
    """)


@pytest.mark.parametrize("condition", ["seizure", "prolonged", "fever", "high_fever"])
def test_what_a_paused_sensor_still_says_of_the_child_rings(night, condition):
    night.play("0 | anna pause 30 |")
    night.go(60.0)
    night.do(f"ankle + {condition}")
    assert f"{condition}:on" in night.happened
    assert "!anna" in night.happened


def test_a_second_onset_rings_in_a_pause_that_began_during_the_first(night):
    night.play("""
          0 | ankle + seizure  | seizure:on !anna !ben room
          5 | anna with_her    | seizure:ack
         10 | anna pause 30    |
         40 | ankle - seizure  | seizure:off over>anna over>ben
         90 | ankle + seizure  | seizure:on !anna !ben room
    """)
    assert len(set(night.ids("seizure"))) == 2


def test_a_pause_is_of_its_sensor_alone(night):
    night.play("""
          0 | anna pause 10 ankle |
         60 | ankle + no_data     | no_data:on
         70 | patch + no_data     | no_data:on !anna
    """)


@pytest.mark.parametrize("condition", ["analysis_error", "battery_low", "broker_down", "nobody_reachable"])
def test_other_trouble_is_notified_in_a_pause(night, condition):
    night.play("0 | anna pause 30 |")
    night.go(60.0)
    night.do(f"ankle + {condition}")
    assert "!anna" in night.happened


def test_not_hearing_her_becomes_urgent_also_in_a_pause(night):
    night.play("""
          0 | anna pause 30    |
         60 | ankle + no_data  | no_data:on
         90 | patch + fever    | fever:on no_data:on !anna !anna !ben room
    """)
    assert night.standing("no_data").priority == "high"


def test_a_feverish_child_can_be_bathed(night):
    night.play("""
          0 | patch + fever    | fever:on !anna
         10 | anna with_her    | fever:ack
         20 | anna pause 30    |
         60 | ankle + no_data  | no_data:on
        600 |                  |
    """)


def test_ending_it_early_rings_at_once(night):
    night.play("""
          0 | anna pause 30    |
         60 | ankle + no_data  | no_data:on
         90 | anna pause 0     | no_data:on no_data:on !anna !ben room
    """)


def test_a_longer_pause_takes_the_place_of_a_shorter(night):
    night.play(f"""
                   0 | anna pause 10    |
                  60 | ankle + no_data  | no_data:on
                 120 | ben pause 30     | no_data:on
        {10 * MINUTE} |                  |
     {120 + 30 * MINUTE} |                  | no_data:on !anna !ben room
    """)


@pytest.mark.parametrize("jump_s", [0.0, -50_000_000.0])
def test_a_restart_does_not_lengthen_it(night, jump_s):
    night.play("""
          0 | anna pause 10    |
         60 | ankle + no_data  | no_data:on
    """)
    night.wall_jump_s = jump_s
    night.play(f"""
         70 | restart          |
        {10 * MINUTE - 30} |       |
    """)
    night.go(10 * MINUTE + 75.0)
    night.do("")
    assert "!anna" in night.happened


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"person": "mia", "minutes": 20}, "confirm it"),
        ({"person": "mia", "minutes": 20, "confirm": "yes"}, "confirm it"),
        ({"person": "mia", "minutes": 45, "confirm": True}, "10, 20, 30 minutes"),
        ({"person": "mia", "minutes": True, "confirm": True}, "10, 20, 30 minutes"),
        ({"person": "mia", "minutes": "long", "confirm": True}, "10, 20, 30 minutes"),
        ({"minutes": 20, "confirm": True}, "say whose watch shall pause: max, mia"),
        ({"person": "zoe", "confirm": True}, "say whose watch"),
        ({"device": "foot", "confirm": True}, "no such sensor; known are ankle, band, patch"),
        ({"device": "band", "person": "mia", "confirm": True}, "no such sensor"),
    ],
)
def test_what_is_no_pause_is_refused_in_a_sentence(arguments, sentence):
    with pytest.raises(CommandRefused, match=sentence):
        pauses.requested_pause(Command(Verb.PAUSE, "anna", arguments=arguments), SENSORS, Now(0.0, 0.0))


def test_who_is_alone_need_not_be_named():
    given = Command(Verb.PAUSE, "anna", arguments={"confirm": True})
    asked = pauses.requested_pause(given, {"ankle": "mia"}, Now(100.0, 0.0))
    assert (asked.person, asked.device, asked.until_s) == ("mia", "", 700.0)
