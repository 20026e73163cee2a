"""After a restart: nothing is lost, un-latched or stuck, and no id is used twice."""

from edge.alarms import conditions
from edge.alarms.condition_store import ConditionStore
from edge.commands import MOST_ID_CHARACTERS
from edge.model.alarm import AlarmKey, Condition, Presence, Reason
from edge.model.moment import Now
from edge.model.sign import Sign

WALL_S = 1_800_000_000.0


def test_a_standing_alarm_rings_again_and_ends_by_its_sensor(night):
    night.play("""
          0 | patch + fever   | fever:on !anna
         10 | restart         | !anna
         70 | patch + fever   | room
         80 | patch - fever   | fever:off over>anna
    """)


def test_a_latched_alarm_stays_latched(night):
    night.play("""
          0 | ankle + seizure | seizure:on !anna !ben room
         10 | ankle - seizure | seizure:latch
         20 | restart         | !anna !ben room
         30 | ankle - seizure |
         80 |                 | !anna !ben room
         90 | anna with_her   | seizure:off over>anna over>ben
    """)


def test_a_new_onset_after_a_restart_rings_with_a_new_id(night):
    night.play("""
          0 | ankle + seizure | seizure:on !anna !ben room
          5 | anna with_her   | seizure:ack
         20 | restart         |
         30 | ankle - seizure | seizure:off
         40 | ankle + seizure | seizure:on !anna !ben room
    """)
    assert len(set(night.ids("seizure"))) == 2


def test_one_of_two_sensors_does_not_end_what_both_held(night):
    night.play("""
          0 | ankle + not_worn  |
          0 | ankle + seizure   | seizure:on !anna !ben room
          5 | restart           | !anna !ben room
         10 | wrist - seizure   |
         15 | ankle - seizure   | seizure:latch
    """)


def test_the_sensor_that_held_it_is_gone_another_takes_its_place(night):
    night.play("0 | ankle + seizure | seizure:on !anna !ben room")
    night.sensors = ("wrist", "patch")
    night.play("""
         10 | restart           | !anna !ben room
         20 | wrist + seizure   |
         30 | wrist - seizure   | seizure:latch
    """)


def test_no_sensor_is_left_that_can_say_anything(night):
    night.play("""
          0 | patch + fever     | fever:on !anna
          1 | ankle + seizure   | seizure:on !anna !ben room
    """)
    night.sensors = ()
    night.play("10 | restart | fever:off seizure:latch !anna !ben room")
    fever = next(a for a in night.changed if a.key.condition == "fever" and a.presence is Presence.OFF)
    assert fever.reason is Reason.RESTORED
    night.play("20 | anna acknowledge | seizure:off over>anna over>ben")


def test_what_the_hub_said_of_itself_is_said_again_or_over(night):
    night.play("""
          0 | connection + broker_down | broker_down:on !anna
          1 | push + nobody_reachable  | nobody_reachable:on !anna
         10 | restart                  | !anna !anna
         20 | connection + broker_down |
         70 |                          | room room
        130 |                          | !ben !ben
        190 |                          | nobody_reachable:off over>anna over>ben
        200 | connection - broker_down | broker_down:off over>anna over>ben
    """)


def test_numbers_go_on_from_the_journal(night):
    night.play("""
          0 | patch + fever | fever:on !anna
          5 | restart       | !anna
         10 | patch - fever | fever:off over>anna
         20 | patch + fever | fever:on !anna
    """)
    sequences = [alarm.sequence for alarm in night.changed]
    assert sequences == sorted(set(sequences))
    assert len(set(night.ids("fever"))) == 2


def test_ids_fit_into_a_command():
    now = Now(1e6, WALL_S)
    for condition in Condition:
        key = AlarmKey(condition, "p" * 32, "d" * 32)
        board, _ = conditions.take(ConditionStore(sequence=2_000_000_000), key, Sign(condition, "d", True, 0.0), now)
        board, _ = conditions.tick(board, Now(now.mono_s + 1000.0, now.wall_s))
        (alarm,) = board.standing()
        assert len(alarm.id) <= MOST_ID_CHARACTERS


def test_a_quiet_that_was_asked_for_after_an_answer_goes_on_as_long_as_it_was_and_no_longer(night):
    night.do("patch + fever")
    night.do("anna acknowledge")
    night.do("anna snooze 60")
    for at_s in (60.0, 1800.0):
        night.go(at_s)
        night.do("restart")
        (ring,) = night.alarms.notifications.values()
        assert ring.silent_until_s - night.now.mono_s == 3600.0 - at_s
