"""Everything that silences has an end, says it, survives a restart and ends by itself."""

import pytest

from edge.alarms import Snooze, signals
from edge.model.alarm import AlarmKey, Condition, EscalationStep, Presence

HOUR = 3600


def test_a_snooze_ends_by_itself_and_says_when(night):
    night.play("""
          0 | patch + fever  | fever:on !anna
         30 | anna snooze 15 | fever:on
        929 |                |
    """)
    alarm = night.standing("fever")
    assert alarm.silent_until_s == alarm.raised_s + 930.0
    night.play("930 |               | fever:on !anna !ben room")
    assert night.standing("fever").silent_until_s is None


@pytest.mark.parametrize("minutes", ["0", "5", "61", "-30", "1000000"])
def test_a_snooze_without_bounds_is_refused(night, minutes):
    night.play(f"0 | patch + fever | fever:on !anna\n 1 | anna snooze {minutes} | refused")


def test_five_minutes_of_movement_cannot_be_snoozed(night):
    night.play("""
          0 | ankle + prolonged | prolonged:on !anna !ben room
          5 | anna snooze 30    | refused
         60 |                   | !anna !ben room
    """)


def test_another_condition_breaks_through_a_snooze(night):
    night.play("""
          0 | patch + fever      | fever:on !anna
         10 | anna snooze 60     | fever:on
         20 | patch + high_fever | high_fever:on !anna inhibited>anna inhibited>ben
         80 |                    | room
    """)
    assert night.loud == "high"


def test_an_answer_ends_after_four_hours(night):
    night.play(f"""
                    0 | patch + no_data | no_data:on !anna
                   10 | anna with_her   | no_data:ack
        {4 * HOUR - 10} |                 |
        {4 * HOUR + 10} |                 | no_data:on !anna !ben room
    """)
    assert night.standing("no_data").attended_by == ""


def test_what_is_notified_once_is_not_notified_again_for_its_answer(night):
    night.play(f"""
                0 | patch + battery_low | battery_low:on !anna
               10 | anna acknowledge    | battery_low:ack
        {9 * HOUR} |                     |
    """)


def test_nothing_to_answer_is_said_so(night):
    night.play("""
          0 | anna acknowledge |  refused
          1 | patch + settling |  settling:on
          2 | anna acknowledge |  refused
    """)


@pytest.mark.parametrize("seconds", [5, 500])
def test_a_restart_shortens_no_alarm_and_lengthens_no_silence(night, seconds):
    night.play(f"""
                   0 | patch + fever  | fever:on !anna
                  10 | anna snooze 15 | fever:on
         {10 + seconds} | restart        |
                 909 |                |
                 910 |                | fever:on !anna !ben room
    """)


def test_a_clock_set_back_by_a_restart_cannot_make_a_silence_endless(night):
    night.play("""
          0 | patch + fever  | fever:on !anna
         10 | anna snooze 60 | fever:on
    """)
    night.wall_jump_s = -50_000_000.0
    night.play(f"""
                 20 | restart |
        {20 + HOUR - 1} |         |
            {20 + HOUR} |         | fever:on !anna !ben room
    """)


def test_a_clock_set_forward_ends_the_silence(night):
    night.play("""
          0 | patch + fever  | fever:on !anna
         10 | anna snooze 60 | fever:on
    """)
    night.wall_jump_s = 50_000_000.0
    night.play("20 | restart | fever:on !anna !ben room")


def test_an_answer_survives_a_restart(night):
    night.play("""
          0 | ankle + seizure | seizure:on !anna !ben room
          5 | anna with_her   | seizure:ack
         20 | restart         |
         30 | ankle + seizure |
        300 | ankle + seizure @30 |
    """)
    assert night.standing("seizure").presence is Presence.ACK


def test_im_coming_is_still_only_a_minute_after_a_restart(night):
    night.play("""
          0 | ankle + seizure  | seizure:on !anna !ben room
          5 | anna acknowledge | seizure:ack
         20 | restart          |
         85 | ankle + seizure @0 | room
    """)


def test_a_worse_level_notifies_everyone_at_once_whatever_was_silent(night):
    night.play("0 | patch + high_fever | high_fever:on !anna")
    alarm = night.standing("high_fever")
    steps = (EscalationStep("anna", 0.0, 300.0), EscalationStep("ben", 120.0, 300.0))
    notification, _ = signals.tick(signals.begin(steps, 0.0), alarm, 0.0)
    notification = signals.snooze(notification, 1800.0)
    notification, due = signals.tick(signals.worse(notification, steps), alarm, 1.0)
    assert [each.target for each in due] == ["anna", "ben"]
    assert not signals.silence_over(notification, 2000.0)


def test_a_snoozed_fever_that_swings_around_its_limit_is_no_news_each_time(night):
    night.at_night = True
    night.play("""
           0 | patch + fever          | fever:on !anna
          20 | anna snooze 120 fever  | fever:on
        1200 | patch - fever          | fever:off over>anna
        2400 | patch + fever          | fever:on
        3000 | patch - fever          | fever:off
        3600 | patch + fever          | fever:on
        6000 |                        |
        7215 |                        |
        7220 |                        | fever:on !anna !ben room
    """)
    assert len(set(night.ids("fever"))) == 3, "each is an episode of its own"


def test_within_a_snooze_of_a_fever_a_worse_level_breaks_through_and_a_lesser_does_not(night):
    night.play("""
           0 | patch + fever          | fever:on !anna
          20 | anna snooze 60         | fever:on
         600 | patch - fever          | fever:off over>anna
         900 | patch + fever          | fever:on
        1000 | patch + high_fever     | high_fever:on inhibited>anna inhibited>ben !anna
    """)
    night.do("anna snooze 60")
    assert night.loud == "none"
    night.happened = []
    night.play("""
        1200 | patch - high_fever     | high_fever:off over>anna
        1300 | patch - fever          | fever:off
        1400 | patch + fever          | fever:on
        1500 | patch + high_fever     | high_fever:on inhibited>anna inhibited>ben
    """)
    assert night.loud == "none"


def test_a_movement_rings_anew_within_its_snooze(night):
    night.play("""
           0 | ankle + seizure        | seizure:on !anna !ben room
          20 | anna snooze 60         | seizure:on
         100 | ankle - seizure        | seizure:latch
         400 | ankle + seizure        | seizure:off seizure:on !anna !ben room
    """)


@pytest.mark.parametrize("swings", [False, True])
def test_a_snooze_of_a_fever_survives_a_restart_and_ends_when_it_said(night, swings):
    night.play("0 | patch + fever | fever:on !anna\n 20 | anna snooze 60 | fever:on")
    if swings:
        night.play("600 | patch - fever | fever:off over>anna")
    night.go(900.0)
    night.restart()
    night.happened = []
    if swings:
        night.play("1000 | patch + fever | fever:on")
    night.play("3600 | | \n 3620 | | fever:on !anna !ben room")


def test_a_snooze_is_of_one_child_and_its_level():
    snooze = Snooze(AlarmKey(Condition.HIGH_FEVER, "mia"), "anna", 10.0)
    assert [c for c in Condition if snooze.covers(AlarmKey(c, "mia"))] == [Condition.FEVER, Condition.HIGH_FEVER]
    assert not any(snooze.covers(AlarmKey(c, "max")) for c in Condition)
