"""Pauses, hand-overs, proofs and hours of the night in the pipeline: what is told, withheld, shown and kept."""

import datetime as dt

import pytest

from edge import pipeline
from edge.config import HubTable
from edge.delivery import Proof, roster
from edge.model.alarm import HOUSE, ROOM, Condition, Reason
from edge.model.effect import Note, Notify, Remember, Sound, StartTimer, Withheld
from edge.model.event import (
    BrokerLinkChanged,
    Command,
    FaultReported,
    ReadingReceived,
    TargetProven,
    TimerExpired,
    Verb,
)
from edge.model.reading import Quantity, Reading, Unit
from tests.support.core import PATCH, WALL_S, Core, warm

MIDNIGHT_S = dt.datetime(2027, 1, 15, tzinfo=dt.UTC).timestamp()
HOUR = 3600.0


def at(hour, *, mono_s=1000.0, hub=None, **journal):
    """A family with one thermometer, at some hour of the day, in UTC."""
    wall_off_s = MIDNIGHT_S + hour * HOUR - mono_s
    return Core(PATCH, mono_s=mono_s, wall_off_s=wall_off_s, hub=HubTable(**(hub or {})), **journal)


def noon(**journal):
    return at(12.0, **journal)


# ------------------------------------------------------------------------------------------------ pause


def test_a_pause_is_notified_shown_withheld_with_a_reason_and_ends_with_a_reminder():
    core = noon().go(60.0, warm(37.0))
    assert core.say("anna", Verb.PAUSE, minutes=10, confirm=True).ok
    assert core.notifications("pause") == [("ben", "feverhub: the watch is paused until 12:11")]
    assert pipeline.watches(core.state, core.now) == [("mia", "patch", "paused until 12:11")]
    core.go(590.0)
    (alarm,) = core.alarms(Condition.NO_DATA)
    assert alarm.reason is Reason.PAUSED
    assert "quiet until 12:11" in alarm.text
    kept = [(each.caregiver, each.reason) for each in core.of(Withheld) if each.alarm_id == alarm.id]
    assert kept == [("anna", Reason.PAUSED), ("ben", Reason.PAUSED)]
    assert core.notifications(alarm.id) == []
    core.go(20.0)
    assert ("anna", "The pause is over, and patch is not watched yet: put it back on.") in core.notifications("pause")
    assert {who for who, _ in core.notifications(alarm.id)} == {"anna", "ben"}
    assert core.of(Sound)[-1].pattern == "technical"


def test_a_pause_whose_sensor_is_back_ends_with_a_quiet_word():
    core = noon().go(60.0, warm(37.0))
    core.say("anna", Verb.PAUSE, minutes=10, confirm=True)
    core.go(610.0, warm(37.0))
    assert core.notifications("pause")[-2:] == [
        ("anna", "The pause is over: watching Mia again."),
        ("ben", "feverhub: the pause is over"),
    ]
    assert not any(each.urgent for each in core.of(Notify))
    assert core.state.alarms.pauses == ()


def test_a_fever_in_a_pause_rings():
    core = noon().go(300.0, warm(37.0))
    core.say("anna", Verb.PAUSE, minutes=30, confirm=True)
    core.go(1500.0, warm(39.0))
    assert [each.caregiver for each in core.of(Notify) if each.urgent][:2] == ["anna", "ben"]


@pytest.mark.parametrize(
    ("away_s", "jump_s", "left_s"),
    [(60.0, 0.0, 1040.0), (60.0, -50_000.0, 1200.0), (60.0, 1e7, 0.0), (3000.0, 0.0, 0.0)],
    ids=["restart", "clock set back", "clock set forward", "long away"],
)
def test_a_pause_survives_a_restart_and_gets_no_longer(away_s, jump_s, left_s):
    core = noon().go(60.0, warm(37.0))
    core.say("anna", Verb.PAUSE, minutes=20, confirm=True)
    core.go(100.0)
    again = at((core.now.wall_s + away_s + jump_s - MIDNIGHT_S) / HOUR, mono_s=50.0, **core.written())
    (pause,) = again.state.alarms.pauses
    assert pause.until_s - again.mono_s == pytest.approx(left_s)
    again.go(left_s + 200.0)
    assert again.state.alarms.pauses == ()


def test_what_cannot_be_read_silences_nothing():
    for text in ("", "{", '{"pauses": 5}', "[]", '{"pauses": [{"person": "mia"}]}'):
        assert noon(remembered=text).state.alarms.pauses == ()


def test_a_pause_that_is_not_confirmed_is_refused_and_noted():
    core = noon()
    assert "confirm it" in core.say("anna", Verb.PAUSE, minutes=10).reason
    assert core.of(Remember) == []
    assert any("pause" in note.detail and "mqtt x" in note.detail for note in core.of(Note))


# ------------------------------------------------------------------------------------------------ on watch


def test_a_hand_over_is_asked_confirmed_notified_and_kept():
    core = noon()
    core.say("anna", Verb.ON_WATCH)
    assert core.state.roster.on_watch == "anna"
    core.say("anna", Verb.ON_WATCH, to="ben")
    assert core.state.roster.on_watch == "anna", "nobody is put on watch by another"
    assert core.notifications("on_watch")[-1] == ("ben", "feverhub: somebody asks you to take the watch")
    core.say("ben", Verb.ON_WATCH)
    assert core.state.roster.on_watch == "ben"
    assert core.notifications("on_watch")[-1] == ("anna", "Ben is on watch now.")
    again = noon(**core.written())
    assert again.state.roster.on_watch == "ben"
    assert again.state.roster.since_s == core.state.roster.since_s


def test_an_offer_that_nobody_takes_lapses_and_is_said():
    core = noon()
    core.say("anna", Verb.ON_WATCH)
    core.say("anna", Verb.ON_WATCH, to="ben")
    core.go(890.0)
    assert core.state.roster.offer is not None
    core.go(20.0)
    assert core.state.roster.offer is None
    assert core.notifications("on_watch")[-1] == ("anna", "Ben has not taken the watch; Anna still has it.")


@pytest.mark.parametrize(("who", "to"), [("anna", "oma"), ("anna", "nobody"), (HOUSE, "")])
def test_only_who_can_be_rung_can_be_on_watch(who, to):
    assert "say who is on watch: anna, ben, everyone" in noon().say(who, Verb.ON_WATCH, to=to).reason


def test_everyone_may_be_on_watch():
    core = noon()
    core.say("anna", Verb.ON_WATCH)
    core.say("anna", Verb.ON_WATCH, to="everyone")
    assert core.state.roster.on_watch == ""


# ------------------------------------------------------------------------------------------------ proofs


def test_a_test_that_is_answered_is_a_proof_and_survives_a_restart():
    core = noon()
    core.step(Command(Verb.TEST, "anna", "t"))
    core.mono_s += 2.5
    assert core.say("ben", Verb.ACKNOWLEDGE, "test", local=False).ok
    core.step(TargetProven(ROOM, 0.4))
    assert {who: proof.seconds for who, proof in core.state.roster.proofs.items()} == {"ben": 2.5, ROOM: 0.4}
    again = noon(**core.written())
    assert again.state.roster.proofs == core.state.roster.proofs
    assert "no test waits" in core.say("ben", Verb.ACKNOWLEDGE, "test").reason


def test_a_test_answered_much_later_proves_nothing():
    core = noon()
    core.step(Command(Verb.TEST, "anna", "t"))
    core.mono_s += 901.0
    assert "no test waits" in core.say("anna", Verb.ACKNOWLEDGE, "test").reason


def test_a_phone_that_was_changed_is_tested_anew_and_a_restart_does_not_forget_it():
    core = noon()
    core.step(Command(Verb.TEST, "anna", "t"))
    assert core.say("ben", Verb.ACKNOWLEDGE, "test").ok
    assert core.say("anna", Verb.PHONE_CHANGED, of="ben").ok
    assert "ben" not in core.state.roster.proofs
    assert core.state.roster.changed_s == {"ben": core.now.wall_s}
    [(who, text)] = core.notifications("phone")
    assert who == "ben"
    assert text.startswith("feverhub: Nobody knows any more whether this phone rings for an alarm.")
    again = noon(**core.written())
    assert (again.state.roster.proofs, again.state.roster.changed_s) == ({}, core.state.roster.changed_s)
    again.step(Command(Verb.TEST, "anna", "t2"))
    assert again.say("ben", Verb.ACKNOWLEDGE, "test").ok
    assert set(again.state.roster.proofs) == {"ben"}
    assert again.state.roster.changed_s == {}


def test_a_test_that_the_old_phone_got_proves_nothing_of_the_new_one():
    core = noon()
    core.step(Command(Verb.TEST, "anna", "t"))
    core.say("ben", Verb.PHONE_CHANGED)
    assert "no test waits" in core.say("ben", Verb.ACKNOWLEDGE, "test").reason


@pytest.mark.parametrize(("who", "whose"), [("anna", "oma"), ("anna", "nobody"), (HOUSE, "")])
def test_only_a_phone_that_rings_can_be_tested_anew(who, whose):
    assert noon().say(who, Verb.PHONE_CHANGED, of=whose).reason == "say whose phone was changed: anna, ben"


@pytest.mark.parametrize(("days", "proven"), [(0, True), (29.9, True), (30.1, False)])
def test_a_proof_ages(days, proven):
    given = roster.proven(roster.Roster(), "anna", Proof(WALL_S, 2.0))
    assert roster.proven_lately(given, "anna", WALL_S + days * 86_400.0) is proven
    assert not roster.proven_lately(given, "ben", WALL_S)


# ------------------------------------------------------------------------------------------------ loudness, night


def battery(percent):
    return ReadingReceived("patch", Reading(Quantity.BATTERY, percent, Unit.PERCENT))


def test_an_empty_battery_at_night_is_notified_in_the_morning_and_why_is_kept():
    core = at(5.0).go(10.0, warm(37.0))
    core.step(battery(5.0))
    (alarm,) = core.alarms(Condition.BATTERY_LOW)
    assert [each.reason for each in core.of(Withheld) if each.caregiver == "anna"] == [Reason.NIGHT]
    core.go(2 * HOUR - 60.0, warm(37.0))
    assert core.notifications(alarm.id) == []
    core.go(120.0, warm(37.0))
    assert [who for who, _ in core.notifications(alarm.id)] == ["anna", "ben"]


def test_by_day_it_is_notified_at_once():
    core = noon()
    core.step(battery(5.0))
    assert len(core.of(Notify)) == 2


@pytest.mark.parametrize(("hour", "level"), [(12.0, 90), (23.5, 40), (6.9, 40), (7.1, 90)])
def test_the_sounder_is_softer_at_night(hour, level):
    core = at(hour, hub={"sounder_day_percent": 90, "sounder_night_percent": 40})
    core.step(FaultReported(Condition.STORAGE_ERROR, True, "full"))
    core.go(70.0, warm(37.0))
    assert (core.of(Sound)[-1].pattern, core.of(Sound)[-1].level_percent) == ("technical", level)


def test_trouble_that_nobody_answers_grows_at_night_too_and_breaks_through_the_silence_of_phones():
    core = at(2.0, hub={"sounder_night_percent": 40})
    core.step(FaultReported(Condition.STORAGE_ERROR, True, "full"))
    core.go(590.0, warm(37.0))
    assert (core.of(Sound)[-1].pattern, core.of(Sound)[-1].level_percent) == ("technical", 40)
    assert not any(each.urgent for each in core.of(Notify))
    core.forget()
    core.go(30.0, warm(37.0))
    assert (core.of(Sound)[-1].pattern, core.of(Sound)[-1].level_percent) == ("technical_grown", 100)
    assert {each.caregiver: each.urgent for each in core.of(Notify)} == {"anna": True, "ben": True}
    core.say("anna", Verb.ACKNOWLEDGE, local=False)
    assert core.of(Sound)[-1].pattern == ""


def test_a_high_alarm_is_never_softened():
    core = at(2.0, hub={"sounder_night_percent": 20})
    core.step(FaultReported(Condition.NOBODY_REACHABLE, True, "x"))
    core.go(70.0, warm(37.0))
    assert (core.of(Sound)[-1].pattern, core.of(Sound)[-1].level_percent) == ("high", 100)


def test_an_hour_that_nobody_knows_is_day():
    core = at(2.0)
    core.synced = False
    core.step(battery(5.0))
    assert [each.caregiver for each in core.of(Notify)] == ["anna", "ben"]


# ------------------------------------------------------------------------------------------------ telling


def test_who_is_not_rung_for_the_fever_inside_a_high_fever_is_kept_with_the_reason():
    core = noon().go(300.0, warm(37.0)).go(1500.0, warm(40.5))
    ids = {alarm.key.condition: alarm.id for alarm in core.alarms()}
    inside = {(each.caregiver, each.reason) for each in core.of(Withheld) if each.alarm_id == ids[Condition.FEVER]}
    assert inside >= {("anna", Reason.INHIBITED), ("ben", Reason.INHIBITED)}
    assert core.notifications(ids[Condition.HIGH_FEVER]) != []


def test_a_false_alarm_says_so_to_whoever_was_notified():
    core = noon().go(300.0, warm(37.0)).go(1500.0, warm(38.6))
    fever = core.alarms(Condition.FEVER)[0].id
    assert "only who is in the house" in core.say("ben", Verb.FALSE_ALARM, fever, local=False).reason
    core.forget()
    assert core.say("ben", Verb.FALSE_ALARM, fever).ok
    assert core.notifications(fever) == [("anna", "Ben says it was a false alarm: Mia: 38.6 °C, limit 38.0 °C")]
    assert not any(each.urgent for each in core.of(Notify))
    assert core.of(Sound)[-1].pattern == ""


def test_the_others_hear_who_is_coming_and_are_not_sent_to_her():
    core = noon().go(300.0, warm(37.0)).go(1500.0, warm(38.6))
    core.forget()
    core.say("anna", Verb.ACKNOWLEDGE, local=False)
    assert core.notifications() == [("ben", "feverhub: somebody is coming: fever")]


def test_the_reminder_is_quiet():
    core = noon().go(300.0, warm(37.0)).go(900.0, warm(38.6))
    core.say("anna", Verb.ACKNOWLEDGE)
    core.forget()
    core.go(905.0, warm(38.6))
    soft = [each for each in core.of(Notify) if each.title.startswith("Still: ")]
    assert {each.caregiver for each in soft} == {"anna", "ben"}
    assert not any(each.urgent for each in soft)


def test_when_nobody_took_it_the_room_sounds_in_the_same_step():
    core = noon()
    core.say("anna", Verb.ON_WATCH)
    core.forget()
    core.step(FaultReported(Condition.NOBODY_REACHABLE, True, "x"))
    (timer,) = core.of(StartTimer)
    effects = core.step(TimerExpired(timer.number))
    assert [each.pattern for each in effects if isinstance(each, Sound)] == ["high"]
    assert any(isinstance(each, Note) and "no channel took it" in each.detail for each in effects)
    assert core.step(TimerExpired(timer.number)) == ()


def test_with_a_broker_the_room_waits_its_minute():
    core = noon()
    core.say("anna", Verb.ON_WATCH)
    core.step(BrokerLinkChanged(connected=True))
    core.forget()
    core.step(FaultReported(Condition.NOBODY_REACHABLE, True, "x"))
    (timer,) = core.of(StartTimer)
    assert core.step(TimerExpired(timer.number)) == ()


def test_channels_are_used_step_by_step_for_a_fever_and_all_at_once_for_movement():
    core = noon()
    core.step(FaultReported(Condition.STORAGE_ERROR, True, "full"))
    core.go(620.0, warm(37.0))
    assert [each.reach for each in core.of(Notify) if each.caregiver == "anna"] == [1, 2, 3]
