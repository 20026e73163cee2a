"""Scenarios of episodes: `seconds | what comes | what comes of it`, each line complete (ticks in between included)."""

import pytest

from edge.model.alarm import Presence, Reason


def test_a_seizure_rings_everyone_until_somebody_is_with_her(night):
    night.play("""
          0 | ankle + seizure | seizure:on !anna !ben room
         59 | ankle + seizure |
         60 | ankle + seizure | !anna !ben room
         70 | anna with_her   | seizure:ack
        200 | ankle + seizure @0 |
        201 | ankle - seizure | seizure:off over>anna over>ben
        900 |                 |
    """)
    assert night.loud == "none"


def test_im_coming_quiets_the_room_for_a_minute_only(night):
    night.play("""
          0 | ankle + seizure  | seizure:on !anna !ben room
         10 | anna acknowledge | seizure:ack
         65 | ankle + seizure @0 |
    """)
    assert night.loud == "none"
    night.play(" 71 | ankle + seizure @0 | room")
    assert night.loud == "high"
    night.play(" 80 | anna with_her | seizure:ack")
    assert night.loud == "none"
    assert night.standing("seizure").attended_by == "anna"


def test_who_is_not_in_the_house_cannot_quiet_the_room_or_end_a_latched_alarm(night):
    night.play("""
          0 | ankle + seizure   | seizure:on !anna !ben room
         10 | ben~ with_her     | refused
         11 | ben~ acknowledge  | seizure:on
         20 | ankle - seizure   | seizure:latch
         71 |                   | room
         75 | ben~ acknowledge  | seizure:latch
        136 |                   | room
        140 | anna awake        | seizure:off over>anna over>ben
    """)
    assert night.changed[-1].reason is Reason.AWAKE
    assert (night.changed[-1].answered_by, night.changed[-1].attended_by) == ("anna", "anna")


def test_an_unanswered_seizure_latches_and_goes_on_ringing(night):
    night.play("""
          0 | ankle + seizure   | seizure:on !anna !ben room
         30 | ankle - seizure   | seizure:latch
         60 |                   | !anna !ben room
        120 | ankle - seizure   | !anna !ben room
        130 | anna acknowledge  | seizure:off over>anna over>ben
        600 |                   |
    """)


@pytest.mark.parametrize("answer", ["acknowledge", "with_her", "awake", "false_alarm"])
def test_a_second_onset_rings_after_the_first_was_answered(night, answer):
    night.play(f"""
          0 | ankle + seizure       | seizure:on !anna !ben room
         10 | anna {answer}         | seizure:ack
         40 | ankle - seizure       | seizure:off over>anna over>ben
         50 | ankle + seizure       | seizure:on !anna !ben room
    """)
    assert len(set(night.ids("seizure"))) == 2


def test_a_second_onset_rings_while_the_first_is_snoozed(night):
    night.play("""
          0 | ankle + seizure       | seizure:on !anna !ben room
         10 | anna snooze 30        | seizure:on
         40 | ankle - seizure       | seizure:latch
        100 | ankle + seizure       | seizure:off seizure:on !anna !ben room
    """)
    assert len(set(night.ids("seizure"))) == 2


def test_a_new_onset_replaces_a_latched_alarm_without_an_all_clear_beside_it(night):
    night.play("""
          0 | ankle + seizure       | seizure:on !anna !ben room
         30 | ankle - seizure       | seizure:latch
         45 | wrist + seizure       | seizure:off seizure:on !anna !ben room
    """)
    first, second = night.changed[-2:]
    assert (first.reason, first.cleared_s) == (Reason.NEW_ONSET, first.raised_s + 30.0)
    assert first.id != second.id
    assert first.sequence < second.sequence


def test_two_sensors_are_one_episode_and_each_must_say_that_it_ended(night):
    night.play("""
          0 | ankle + seizure       | seizure:on !anna !ben room
          5 | wrist + seizure @3    |
         10 | anna with_her         | seizure:ack
         20 | ankle - seizure       |
         25 | wrist + seizure @3    |
         30 | wrist - seizure       | seizure:off over>anna over>ben
    """)


def test_a_sensor_that_went_silent_does_not_swallow_the_next_onset(night):
    night.play("""
          0 | ankle + seizure       | seizure:on !anna !ben room
         10 | anna with_her         | seizure:ack
         # the ankle's battery is empty; its last word stands, since only valid data end anything
         20 | wrist - seizure       |
        500 | wrist - seizure       |
        900 | wrist + seizure @895  | seizure:off seizure:on !anna !ben room
        905 | wrist - seizure       | seizure:latch
    """)
    superseded = next(a for a in night.changed if a.reason is Reason.NEW_ONSET)
    assert superseded.cleared_s == superseded.raised_s
    assert night.standing("seizure").evidence.sensors == ("wrist",)


def test_the_same_sensor_back_after_a_pause_rings_for_a_new_onset_but_not_for_the_old(night):
    night.play("""
          0 | ankle + seizure       | seizure:on !anna !ben room
         10 | anna with_her         | seizure:ack
         90 | ankle + seizure @0    |
        400 | ankle + seizure @395  | seizure:off seizure:on !anna !ben room
    """)


def test_fever_that_goes_on_after_a_pause_is_the_same_fever(night):
    night.play("""
           0 | patch + fever        | fever:on !anna
          60 |                      | room
         100 | anna with_her        | fever:ack
        7200 | patch + fever @7100  |
    """)


def test_medium_escalates_from_who_is_on_watch_to_everyone(night):
    night.play("""
          0 | patch + fever    | fever:on !anna
         59 |                  |
         60 |                  | room
        120 |                  | !ben
        300 |                  | !anna
        360 |                  | room
        400 | ben acknowledge  | fever:ack
        455 |                  |
        461 |                  | room
    """)


def test_pending_ends_below_its_delay_without_a_word(night):
    night.play("""
          0 | ankle + not_worn |
        119 | ankle + not_worn |
        119 | ankle - not_worn |
        130 | ankle + not_worn |
        250 |                  | not_worn:on !anna
        260 | ankle - not_worn | not_worn:off over>anna
    """)


def test_technical_and_physiological_stand_side_by_side(night):
    night.play("""
          0 | ankle + seizure      | seizure:on !anna !ben room
          1 | ankle + no_data      | no_data:on !anna
          2 | ankle + battery_low  | battery_low:on !anna
          3 | ankle - no_data      | no_data:off over>anna
          4 | ankle - battery_low  | battery_low:off over>anna
    """)
    assert night.standing("seizure").presence is Presence.ON
    night.play("""
          5 | ankle + no_data      | no_data:on !anna
          6 | anna awake           | seizure:ack
    """)
    assert night.standing("no_data").presence is Presence.ON  # what is said of the child answers no sensor's alarm
    night.play("7 | ankle - seizure    | seizure:off over>anna over>ben")
    assert night.standing("no_data").presence is Presence.ON


def test_not_hearing_a_feverish_child_breaks_through_an_answer(night):
    night.play("""
          0 | patch + no_data  | no_data:on !anna
         10 | anna with_her    | no_data:ack
         20 | ankle + fever    | no_data:on fever:on !anna !anna !ben room
    """)
    worse = night.standing("no_data")
    assert (worse.priority, worse.acknowledged_by, worse.attended_by) == ("high", "", "")
    assert worse.silent_until_s is None


def test_not_hearing_a_child_after_an_event_is_urgent_for_a_day(night):
    night.play("""
          0 | ankle + seizure      | seizure:on !anna !ben room
          5 | anna awake           | seizure:ack
         30 | ankle - seizure      | seizure:off over>anna over>ben
         90 | ankle + no_data      | no_data:on !anna
        100 | ankle - no_data      | no_data:off over>anna
    """)
    raised = [a.priority for a in night.changed if a.key.condition == "no_data"]
    assert raised[0] == "high"
    night.now_s = 25 * 3600.0
    night.play("90001 | ankle + no_data | no_data:on !anna")
    assert night.standing("no_data").priority == "medium"


def test_the_end_says_the_value_of_the_end(night):
    night.sign("patch", "fever", True, 0, value=38.6, unit="Cel")
    night.sign("patch", "fever", True, 0, value=39.2, unit="Cel")
    night.sign("patch", "fever", True, 0, value=39.4, unit="Cel")
    night.sign("patch", "fever", False, value=37.1, unit="Cel")
    assert [a.value for a in night.changed] == [38.6, 39.2, 37.1]


def test_an_unsound_number_reaches_no_alarm(night):
    night.sign("patch", "fever", True, float("nan"), value=float("nan"), unit="Cel")
    (alarm,) = night.changed
    assert alarm.value is None
    assert alarm.onset_s == alarm.raised_s
