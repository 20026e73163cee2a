"""Reminder, inhibition, hand-over, the hours of the night: `seconds | what comes | what comes of it`."""

from itertools import product

import pytest

from edge.alarms.catalogue import CATALOGUE, INHIBITED_BY, REMINDED
from edge.model.alarm import Condition, Kind, Presence, Reason

HOUR = 3600


def test_who_is_coming_is_reminded_once_softly_and_then_it_is_as_before(night):
    night.play("""
          0 | patch + fever    | fever:on !anna
         60 |                  | room
         90 | anna acknowledge | fever:ack
        150 |                  | room
        155 | anna acknowledge | fever:ack
        215 |                  |
        450 | anna acknowledge | fever:ack room
        510 |                  |
    """)
    night.play("""
        600 | anna with_her    | fever:ack
       1500 |                  |
       4800 |                  |
    """)


def test_the_reminder_is_soft_and_comes_once(night):
    night.play("""
          0 | patch + fever    | fever:on !anna
         30 | anna acknowledge | fever:ack
         90 |                  | room
        390 |                  | room
        690 |                  | room
        930 |                  | softly>anna
        990 |                  | room
       1229 |                  |
       1230 |                  | fever:on !anna !ben
       1530 |                  | !anna !ben room
    """)


def test_answering_the_reminder_begins_it_anew(night):
    night.play("""
          0 | patch + fever    | fever:on !anna
         30 | anna acknowledge | fever:ack
         90 |                  | room
    """)
    night.go(930.0)
    night.do("")
    assert "softly>anna" in night.happened
    night.happened = []
    night.do("anna acknowledge")
    night.happened = []
    night.go(940.0 + 900.0)
    night.do("")
    assert "softly>anna" in night.happened
    assert "!anna" not in night.happened


def test_a_value_back_below_its_limit_needs_no_reminder(night):
    night.play("""
          0 | patch + fever    | fever:on !anna
         30 | anna acknowledge | fever:ack
         60 | patch - fever    | fever:off over>anna
       2000 |                  |
    """)


def test_a_reminder_survives_a_restart(night):
    night.play("""
          0 | patch + fever    | fever:on !anna
         30 | anna acknowledge | fever:ack
        600 |                  | room room
        610 | restart          |
    """)
    night.go(1230.0)
    night.do("")
    assert {"fever:on", "!anna", "!ben"} <= set(night.happened)


def test_reminders_are_for_levels():
    assert {Kind.PHYSIOLOGICAL} == {CATALOGUE[condition].kind for condition in REMINDED}


def test_one_fever_is_one_signal(night):
    night.play("""
          0 | patch + fever      | fever:on !anna
         50 | patch + high_fever | high_fever:on !anna inhibited>anna inhibited>ben
        110 |                    | room
        170 |                    | !ben
        350 |                    | !anna
    """)
    assert night.standing("fever").presence is Presence.ON, "shown all the same"


def test_an_answer_to_the_worse_one_answers_the_lesser_inside(night):
    night.play("""
          0 | patch + fever      | fever:on !anna
         50 | patch + high_fever | high_fever:on !anna inhibited>anna inhibited>ben
    """)
    night.command("anna", "with_her", {"condition": "high_fever"})
    assert night.happened == ["high_fever:ack", "fever:ack"]
    night.happened = []
    night.play("100 | patch - high_fever | high_fever:off over>anna\n 2000 | |")


def test_the_lesser_one_rings_again_when_the_worse_is_over_and_nobody_had_answered(night):
    night.play("""
          0 | patch + high_fever | high_fever:on !anna
          0 | patch + fever      | fever:on inhibited>anna inhibited>ben
         40 | patch - high_fever | high_fever:off over>anna !anna
        100 |                    | room
        160 |                    | !ben
    """)


def test_inhibition_stays_within_a_kind_and_goes_up():
    for lesser, worse in ((lesser, each) for lesser, them in INHIBITED_BY.items() for each in them):
        assert CATALOGUE[lesser].kind is CATALOGUE[worse].kind
        assert CATALOGUE[lesser].priority.rank < CATALOGUE[worse].priority.rank
        assert worse not in INHIBITED_BY


PHYSIOLOGICAL = [c for c in Condition if CATALOGUE[c].kind is Kind.PHYSIOLOGICAL]
TECHNICAL = [c for c in Condition if CATALOGUE[c].kind is Kind.TECHNICAL]


@pytest.mark.parametrize(("technical", "physiological"), list(product(TECHNICAL, PHYSIOLOGICAL)))
def test_no_trouble_of_a_sensor_keeps_an_alarm_about_the_child_back(a_night, technical, physiological):
    alone, beside = a_night(), a_night()
    beside.do(f"ankle + {technical}")
    for night in (alone, beside):
        night.go(200.0)
        night.do(f"ankle + {physiological}")
        night.go(600.0)
    rings = [night.alarms.notifications[night.standing(physiological).id] for night in (alone, beside)]
    assert rings[0] == rings[1], "told to the same people at the same times"


def test_the_watch_changes_hands_in_the_middle_of_an_alarm(night):
    night.play("""
          0 | patch + fever    | fever:on !anna
         10 | watch ben        | !ben
         60 |                  | room
    """)


def test_a_hand_over_wakes_nobody_whose_alarm_was_answered(night):
    night.play("""
          0 | patch + fever    | fever:on !anna
         10 | anna with_her    | fever:ack
         20 | watch ben        |
       2000 |                  |
    """)


def test_when_no_channel_takes_it_the_room_does_not_wait(night):
    night.play("""
          0 | patch + fever    | fever:on !anna
          2 | untaken fever    | room
    """)


def test_when_no_channel_takes_it_a_room_that_was_quieted_stays_quiet(night):
    night.play("""
          0 | patch + fever    | fever:on !anna
          1 | anna with_her    | fever:ack
          2 | untaken fever    |
    """)


@pytest.mark.parametrize(("at_night", "expected"), [(True, "fever:on"), (False, "refused")])
def test_two_hours_of_quiet_are_for_the_night(night, at_night, expected):
    night.at_night = at_night
    night.play(f"0 | patch + fever | fever:on !anna\n 5 | anna snooze 120 | {expected}")


def test_a_snooze_may_name_its_condition_and_quiets_no_other(night):
    night.play("""
          0 | patch + fever       | fever:on !anna
          1 | ankle + seizure     | seizure:on !anna !ben room
          2 | anna snooze 30 fever |  fever:on
         61 |                     | !anna !ben room
    """)


def test_a_false_alarm_is_sent_to_whoever_was_notified(night):
    night.play("""
          0 | ankle + seizure  | seizure:on !anna !ben room
          5 | anna false_alarm | seizure:ack
    """)
    assert night.news == ["news>ben"]
    assert night.standing("seizure").reason is Reason.FALSE_ALARM
    assert night.loud == "none"


@pytest.mark.parametrize("verb", ["with_her", "awake", "false_alarm"])
def test_what_only_who_sees_her_can_know_is_not_taken_from_elsewhere(night, verb):
    night.play(f"0 | ankle + seizure | seizure:on !anna !ben room\n 5 | ben~ {verb} | refused")


def test_the_others_hear_who_is_coming_once(night):
    night.play("""
          0 | ankle + seizure  | seizure:on !anna !ben room
          5 | ben~ acknowledge | seizure:on
         10 | ben~ acknowledge | seizure:on
         15 | anna with_her    | seizure:ack
    """)
    assert night.news == ["news>anna", "news>ben"]


def test_a_sensors_trouble_sounds_unlike_the_child(night):
    night.play("0 | ankle + no_data | no_data:on !anna\n 60 | | room")
    assert night.sound == "technical"
    night.play("70 | patch + fever | fever:on no_data:on !anna !anna !ben room")
    assert night.sound == "high"


@pytest.mark.parametrize("every_s", [5, 20, 55, 59, 61, 90])
@pytest.mark.parametrize("who", ["ben~", "anna"])
@pytest.mark.parametrize("condition", ["seizure", "prolonged", "fever", "no_data"])
def test_im_coming_said_again_and_again_quiets_the_room_for_one_minute_an_episode(night, condition, who, every_s):
    night.do(f"ankle + {condition}")
    night.go(65.0)
    silent_s = 0.0
    for second in range(66, 966):
        night.go(float(second))
        if second % every_s == 0:
            night.do(f"{who} acknowledge")
        night.tick()
        silent_s += night.loud == "none"
    assert silent_s <= 61.0
    night.do("anna with_her")
    assert night.loud == "none", "who is with her quiets it"


def test_a_new_onset_has_a_quiet_minute_of_its_own(night):
    night.play("""
          0 | ankle + seizure  | seizure:on !anna !ben room
          5 | ben~ acknowledge | seizure:on
         66 |                  | room
        130 |                  | room
        160 | ankle + seizure @160 | seizure:off seizure:on !anna !ben room
        165 | ben~ acknowledge | seizure:on
    """)
    assert night.loud == "none"


# Each line: what is said; who answered last, who is with her; who is told of it ("" nobody).
ANSWERS = [
    ("anna acknowledge, ben acknowledge", "ben", "", "anna"),
    ("anna acknowledge, ben with_her", "ben", "ben", "anna"),
    ("anna with_her, ben acknowledge", "ben", "anna", "anna"),
    ("anna with_her, ben with_her", "ben", "ben", "anna"),
    ("anna acknowledge, ben~ acknowledge", "ben", "", "anna"),
    ("anna acknowledge, anna with_her", "anna", "anna", "ben"),
    ("anna acknowledge, anna acknowledge", "anna", "", ""),
    ("anna acknowledge, *house with_her", "*house", "*house", "anna ben"),
    ("*house with_her, anna acknowledge", "anna", "*house", "*house ben"),
    ("anna acknowledge, ben false_alarm", "ben", "ben", "anna"),
    ("ben false_alarm, anna acknowledge", "anna", "ben", "ben"),
    ("anna acknowledge, ben snooze 15", "ben", "", "anna"),
    ("anna snooze 15, ben snooze 30", "ben", "", "anna"),
    ("anna snooze 15, ben acknowledge", "ben", "", "anna"),
    ("anna acknowledge, ben acknowledge, anna acknowledge", "anna", "", "ben"),
    ("anna acknowledge, restart, ben acknowledge", "ben", "", "anna"),
    ("anna acknowledge, restart, anna acknowledge", "anna", "", ""),
]


@pytest.mark.parametrize(("said", "answered", "attended", "told"), ANSWERS, ids=[row[0] for row in ANSWERS])
def test_an_answer_is_credited_to_who_gave_it_and_sent_to_the_others(night, said, answered, attended, told):
    night.play("0 | ankle + seizure | seizure:on !anna !ben room")
    *before, last = said.split(", ")
    for each in before:
        night.do(each)
    night.news = []
    night.do(last)
    alarm = night.standing("seizure")
    assert (alarm.answered_by, alarm.attended_by) == (answered, attended)
    if "snooze" not in last:
        assert alarm.acknowledged_by == answered
    assert sorted(night.news) == sorted(f"news>{who}" for who in told.split())


def test_of_several_alarms_each_names_who_answered_it(night):
    night.play("""
          0 | ankle + seizure      | seizure:on !anna !ben room
          5 | anna with_her        | seizure:ack
         10 | patch + fever        | fever:on !anna
         12 | ankle + no_data      | no_data:on !anna
         20 | ben acknowledge      | seizure:ack fever:ack no_data:ack
    """)
    names = {each.key.condition: (each.answered_by, each.attended_by) for each in night.alarms.conditions.standing()}
    assert names == {"seizure_like_movement": ("ben", "anna"), "fever": ("ben", ""), "no_data": ("ben", "")}
    assert night.news == ["news>ben", "news>anna", "news>anna", "news>anna"]


def test_a_silence_that_is_over_names_nobody(night):
    night.play("0 | patch + fever | fever:on !anna\n 5 | ben snooze 15 | fever:on")
    assert night.standing("fever").answered_by == "ben"
    night.go(5.0 + 900.0)
    night.tick()
    assert night.standing("fever").answered_by == ""
