"""Trouble of a sensor or of the hub that nobody answers: `seconds | what comes | what comes of it`, and what sounds."""

import pytest

NIGHT_ALONE = """
      0 | ankle + no_data | no_data:on !anna
     59 |                 |
     60 |                 | room
    120 |                 | !ben
    300 |                 | !anna
    360 |                 | room
    420 |                 | !ben
    595 |                 |
"""


def test_it_grows_after_ten_minutes_without_an_answer(night):
    night.play(NIGHT_ALONE)
    assert night.sound == "technical"
    night.play("600 | | !anna")
    assert night.sound == "technical_grown"
    night.play("3000 | | " + "!anna " * 8 + "room " * 8 + "!ben " * 8)
    assert night.sound == "technical_grown", "and stays so until somebody answers"


@pytest.mark.parametrize(
    ("answer", "what_comes", "silent_s"),
    [
        ("anna with_her", "no_data:ack", 3600),
        ("anna snooze 30", "no_data:on", 1800),
        ("anna pause 30", "no_data:on", 1800),
        ("anna acknowledge", "no_data:ack", 60),
    ],
)
def test_an_answer_ends_it_and_ten_minutes_begin_anew_with_the_next_sound(night, answer, what_comes, silent_s):
    night.play(NIGHT_ALONE)
    night.play("600 | | !anna")
    assert night.sound == "technical_grown"
    night.play(f"610 | {answer} | {what_comes}")
    assert night.sound == ""
    if silent_s == 3600:
        return
    night.go(610 + silent_s + 5)
    assert night.sound == "technical"
    night.go(610 + silent_s + 590)
    assert night.sound == "technical"
    night.go(610 + silent_s + 610)
    assert night.sound == "technical_grown"


def test_it_ends_with_its_cause_and_the_next_one_begins_small(night):
    night.play(NIGHT_ALONE)
    night.play("600 | | !anna")
    night.play("605 | ankle - no_data | no_data:off over>anna over>ben")
    assert night.sound == ""
    night.play("700 | ankle + no_data | no_data:on !anna")
    night.play("760 | | room")
    assert night.sound == "technical"


@pytest.mark.parametrize("condition", ["adapter_down", "hub_degraded", "broker_down", "not_worn"])
def test_every_medium_trouble_grows(night, condition):
    night.do(f"ankle + {condition}")
    night.go(580)
    assert night.sound == "technical"
    night.go(740)
    assert night.sound == "technical_grown"


@pytest.mark.parametrize(
    ("condition", "sound"), [("battery_low", ""), ("nobody_reachable", "high"), ("fever", "medium")]
)
def test_what_is_low_high_or_of_the_child_does_not(night, condition, sound):
    night.do(f"patch + {condition}")
    night.go(2000)
    assert night.sound == sound


def test_an_alarm_about_the_child_sounds_in_its_place_and_is_never_taken_for_it(night):
    night.play(NIGHT_ALONE)
    night.do("wrist + rigor")
    night.go(700)
    assert night.sound == "medium"
    night.do("wrist + seizure")
    assert night.sound == "high"
