"""The whole pipeline: events in, effects out. What a family would notice, and what would hurt them if it broke."""

import json
import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge import pipeline
from edge.analysis import motion, temperature
from edge.model.alarm import Alarm, Condition, Presence, Priority, Reason
from edge.model.effect import (
    AlarmChanged,
    Dropped,
    Film,
    KeepReading,
    Note,
    Notify,
    Remember,
    Reply,
    SendTestAlarm,
    ShowLatest,
    Sound,
)
from edge.model.event import Command, FaultReported, FrameReceived, MotionReceived, ReadingReceived, Tick, Verb
from edge.model.people import Device, Limb, Site
from edge.model.reading import Quantity, Reading, Unit, Validity
from edge.mqtt import payloads
from edge.simulation import SENSORS, clip, clonic
from tests.support.core import BAND, EAR, PATCH, WALL_S, Core, warm


def still(mono_s, device="band", n=25):
    """A second of lying still that ends now."""
    t_s = mono_s - np.arange(n - 1, -1, -1) / n
    return MotionReceived(device, t_s, np.tile([0.0, 0.0, 1.0], (n, 1)) + 0.001 * np.sin(t_s)[:, None])


def shaken(mono_s, device="band"):
    """A clonic bout of 40 s that ends now."""
    track = clip(clonic(1, 40.0), SENSORS["polar"].on(Limb.ANKLE), 1, before_s=30.0, after_s=0.0)
    return MotionReceived(device, track.t_s - track.t_s[-1] + mono_s, track.acc_g)


# ------------------------------------------------------------------------------------------------ silence


def test_a_sensor_that_was_never_seen_is_an_alarm_from_boot_on():
    core = Core().go(59.0)
    assert core.alarms() == []
    core.go(122.0)
    assert [(a.key.device, a.raised_s - WALL_S) for a in core.alarms(Condition.NO_DATA)] == [
        ("band", 1060.0),
        ("patch", 1180.0),
    ]
    assert "nothing heard" in core.alarms()[0].text
    watched = pipeline.watches(core.state, core.now)
    assert watched == [("mia", "patch", "not heard yet"), ("mia", "band", "not heard yet")]


def test_silence_takes_the_value_back():
    core = Core(PATCH).heat(5, 37.0).go(200.0)
    shown = core.of(ShowLatest)
    assert (shown[-1].value, shown[-1].validity, shown[-1].reason) == (None, Validity.INVALID, "nothing heard")
    assert core.raised_names() == ["no_data"]
    core.heat(1, 37.0)
    assert core.of(ShowLatest)[-1].value == 37.0
    assert core.alarms(Condition.NO_DATA)[-1].presence is Presence.OFF


@pytest.mark.parametrize("validity", [Validity.VALID, Validity.INVALID])
def test_a_value_that_never_changes_is_alive_but_one_that_is_none_is_not(validity):
    core = Core(PATCH).heat(10, 37.0, validity=validity)
    assert ("no_data" in core.raised_names()) is (validity is Validity.INVALID)


def test_a_patch_that_warms_up_slowly_is_neither_silent_nor_off():
    core = Core(Device("patch", "thermometer", "mia", site=Site.AXILLA))
    core.go(600.0, lambda mono_s: warm(22.0 + 14.0 * (mono_s - 1000.0) / 600.0))
    assert core.raised_names() == ["settling"]


def test_a_spot_thermometer_may_be_silent():
    assert Core(EAR).go(3000.0).alarms() == []


def test_samples_that_are_all_missing_are_silence():
    nothing = Core(BAND).go(90.0, lambda t: MotionReceived("band", np.array([t]), np.full((1, 3), np.nan)), 1.0)
    assert nothing.raised_names() == ["no_data"]
    assert Core(BAND).go(90.0, still, 1.0).raised_names() == []


def test_the_warmth_of_a_band_keeps_its_movement_not_alive_and_raises_no_fever():
    core = Core(Device("band", "warm_band", "mia", limb=Limb.ANKLE))
    core.heat(40, 39.5, "band", quantity=Quantity.SKIN_TEMPERATURE)
    assert core.raised_names() == ["no_data"]
    assert len(core.of(KeepReading)) == 80


def test_the_temperature_of_a_room_is_no_fever():
    room = Device("cot", "room", "mia", site=Site.AXILLA)
    core = Core(room).heat(60, 39.5, "cot").heat(60, 20.0, "cot")
    assert core.raised_names() == []


# ------------------------------------------------------------------------------------------------ fever


def test_a_fever_reaches_everyone_in_turn_and_its_end_reaches_who_was_notified():
    core = Core(PATCH).heat(30, 37.0).heat(15, 38.6)
    (alarm,) = core.alarms(Condition.FEVER)
    assert (alarm.value, alarm.limit, alarm.priority) == (38.6, 38.0, Priority.MEDIUM)
    assert "38.6 °C, limit 38.0 °C" in alarm.text
    assert 2000.0 < alarm.onset_s - WALL_S - 1000.0 + 300 < alarm.raised_s - WALL_S
    pushes = core.of(Notify)
    assert [(p.caregiver, p.stage) for p in pushes] == [("anna", 0), ("ben", 0)]
    assert "Mia" in pushes[0].text
    assert "Mia" not in pushes[1].text  # no leave to send it through others' servers
    assert [s.pattern for s in core.of(Sound)] == ["medium"]
    core.heat(20, 37.2)
    assert core.alarms(Condition.FEVER)[-1].presence is Presence.OFF
    assert "37.2 °C, below your limit" in core.alarms(Condition.FEVER)[-1].text
    assert {p.caregiver for p in core.of(Notify)[-2:]} == {"anna", "ben"}
    assert core.of(Sound)[-1].pattern == ""


def test_the_alarm_stands_before_its_messages():
    core = Core(PATCH).heat(45, 38.6)
    kinds = [type(e).__name__ for e in core.out if isinstance(e, AlarmChanged | Notify)]
    assert kinds[0] == "AlarmChanged"


def test_a_fever_survives_a_restart_and_ends_by_its_thermometer():
    core = Core(PATCH).heat(45, 38.6)
    standing, sequence = core.state.alarms.conditions.standing(), core.state.alarms.conditions.sequence
    again = Core(PATCH, standing=standing, sequence=sequence, mono_s=5.0)
    assert again.alarms() == []
    again.heat(5, 38.6).heat(5, 37.9)
    assert [a.id for a in again.state.alarms.conditions.standing()] == [standing[0].id]
    again.heat(25, 37.0)
    (ended,) = again.alarms(Condition.FEVER)
    assert (ended.id, ended.presence) == (standing[0].id, Presence.OFF)
    assert ended.sequence > sequence


def test_a_restart_without_the_sensor_ends_its_alarms_and_says_why():
    core = Core(PATCH, BAND).heat(45, 38.6)
    again = Core(BAND, standing=core.state.alarms.conditions.standing(), sequence=99)
    ended = [(str(a.key.condition), a.presence, a.reason) for a in again.alarms()]
    assert ("fever", Presence.OFF, Reason.RESTORED) in ended
    assert "its sensor is not set up" in again.alarms(Condition.FEVER)[0].text
    assert [a.key.device for a in again.state.alarms.conditions.standing()] == [
        "band"
    ]  # not heard before, not heard now


def test_core_and_skin_of_one_sensor_do_not_mix():
    chest = Device("chest", "core", "mia", site=Site.EAR)
    core = Core(chest)
    for _ in range(120):
        core.go(30.0, lambda _: warm(37.8, "chest", Quantity.CORE_TEMPERATURE), 30.0)
        core.step(warm(38.9, "chest", Quantity.SKIN_TEMPERATURE))
    assert core.raised_names() == []
    assert {s.quantity for s in core.of(ShowLatest)} == {Quantity.CORE_TEMPERATURE}
    core.heat(30, 38.3, "chest", quantity=Quantity.CORE_TEMPERATURE)
    assert core.raised_names() == ["fever"]


def test_two_children_do_not_touch():
    other = Device("other", "thermometer", "max", site=Site.EAR)
    core = Core(PATCH, other)
    for _ in range(90):
        core.step(warm(38.6))
        core.step(warm(37.0, "other"))
        core.go(30.0)
    assert [(a.key.person, str(a.key.condition)) for a in core.alarms()] == [("mia", "fever")]


# ------------------------------------------------------------------------------------------------ faults


def test_bytes_that_do_not_fit_are_counted_and_nothing_else():
    core = Core(PATCH)
    (dropped,) = core.step(FrameReceived("patch", "characteristic:2a1c", b"\xff"))
    assert isinstance(dropped, Dropped)
    assert core.state.sensors["patch"].last_seen_s is None


@pytest.mark.parametrize("event", [FrameReceived("x", "k", b""), warm(38.0, "x"), still(1.0, "x")])
def test_a_device_that_nobody_set_up_is_counted(event):
    (dropped,) = Core(PATCH).step(event)
    assert (dropped.device, dropped.reason) == ("x", "no such device is set up")


def test_a_movement_is_filmed_once_an_episode_and_a_fever_never():
    core = Core()
    core.step(shaken(core.mono_s))
    (alarm,) = {a.id for a in core.alarms(Condition.SEIZURE_LIKE_MOVEMENT)}
    core.go(30.0, still, 1.0).heat(30, 39.0)
    assert "fever" in core.raised_names()
    assert core.of(Film) == [Film(alarm)]


def test_an_error_in_analysis_is_one_alarm_however_often_it_comes(monkeypatch):
    core = Core(PATCH, BAND)
    works = motion.watch
    calls = iter(range(10_000))

    def fails(*given):
        if next(calls) % 3 == 0:
            raise ZeroDivisionError("x")
        return works(*given)

    monkeypatch.setattr(motion, "watch", fails)
    core.go(120.0, still, 1.0)
    (alarm,) = core.alarms(Condition.ANALYSIS_ERROR)
    assert (alarm.priority, alarm.key.device) == (Priority.HIGH, "band")
    assert alarm.evidence.detail == "ZeroDivisionError: x"
    assert ("mia", "band", "what it sends cannot be judged") in pipeline.watches(core.state, core.now)
    monkeypatch.setattr(motion, "watch", works)
    core.go(70.0, still, 1.0)
    assert core.alarms(Condition.ANALYSIS_ERROR)[-1].presence is Presence.OFF
    assert ("mia", "band", "") in pipeline.watches(core.state, core.now)


def test_an_error_in_analysis_loses_no_reading(monkeypatch):
    monkeypatch.setattr(temperature, "advance", lambda *_: 1 / 0)
    core = Core(PATCH)
    core.step(warm(38.0))
    assert [e.reading.value for e in core.of(KeepReading)] == [38.0]
    assert core.raised_names() == ["analysis_error"]


def test_a_part_of_the_hub_may_be_called_like_a_sensor():
    core = Core(PATCH)
    core.step(FaultReported(Condition.STORAGE_ERROR, True, "full", "patch"))
    core.step(FaultReported(Condition.STORAGE_ERROR, True, "full", "journal"))
    (alarm,) = core.alarms()
    assert (alarm.key.person, alarm.key.device) == ("", "")
    core.step(FaultReported(Condition.STORAGE_ERROR, False, "", "journal"))
    assert len(core.alarms()) == 1
    core.step(FaultReported(Condition.STORAGE_ERROR, False, "", "patch"))
    assert core.alarms()[-1].presence is Presence.OFF


def test_a_battery_at_its_limit_is_notified_once():
    core = Core(BAND)
    for percent in (16.0, 14.0, 16.0, 14.0, math.nan, 16.0, 14.0):
        core.step(ReadingReceived("band", Reading(Quantity.BATTERY, percent, Unit.PERCENT)))
    assert core.raised_names() == ["battery_low"]


# ------------------------------------------------------------------------------------------------ commands


def test_who_may_only_look_is_refused_in_words():
    for who, why in (
        ("oma", "oma may look, not command"),
        ("stranger", "nobody called 'stranger' is set up on this hub"),
    ):
        note, reply = Core().step(Command(Verb.ACKNOWLEDGE, who, "r-1"))
        assert note == Note(f"command from {who}", f"acknowledge: refused: {why}")
        assert reply == Reply(who, "r-1", ok=False, reason=why)


def test_an_answer_is_notified_shown_and_noted():
    core = Core(PATCH).heat(45, 38.6)
    (alarm,) = core.alarms(Condition.FEVER)
    effects = core.step(Command(Verb.SNOOZE, "ben", "r-2", alarm.id, arguments={"minutes": 15}))
    (changed,) = [e.alarm for e in effects if isinstance(e, AlarmChanged)]
    assert changed.silent_until_s == core.now.wall_s + 900.0
    assert "quiet until" in changed.text
    assert Reply("ben", "r-2", ok=True, reason="done") in effects
    assert core.of(Sound)[-1].pattern == ""


def test_a_snoozed_fever_stays_quiet_over_a_restart_in_which_it_was_below_its_limit():
    hub = Core(PATCH).heat(45, 38.6)
    (kept,) = [e for e in hub.step(Command(Verb.SNOOZE, "ben", arguments={"minutes": 60})) if isinstance(e, Remember)]
    hub.forget()
    hub.begin(remembered=kept.text, sequence=9)
    hub.heat(45, 38.6)
    assert [alarm.reason for alarm in hub.alarms(Condition.FEVER)][:1] == [Reason.SNOOZED]
    assert not [notify for notify in hub.of(Notify) if notify.urgent]


@pytest.mark.parametrize(
    ("verb", "arguments", "words"),
    [
        (Verb.ACKNOWLEDGE, {}, "Ben is coming"),
        (Verb.WITH_HER, {}, "Ben is with her"),
        (Verb.FALSE_ALARM, {}, "Ben says it was a false alarm"),
        (Verb.SNOOZE, {"minutes": 15}, "(Ben)"),
    ],
)
def test_what_the_second_caregiver_says_is_his_on_every_surface_and_sent_to_the_first(verb, arguments, words):
    hub = Core(PATCH).heat(45, 38.6)
    hub.step(Command(Verb.ACKNOWLEDGE, "anna"))
    effects = hub.step(Command(verb, "ben", arguments=arguments))
    (changed,) = [e.alarm for e in effects if isinstance(e, AlarmChanged)]
    state, event = (json.loads(message.payload) for message in payloads.messages_for("cot", changed))
    assert (state["answered_by"], event["answered_by"]) == ("ben", "ben")
    assert words in state["text"] == event["text"]
    assert "Anna" not in state["text"] or verb is Verb.SNOOZE
    (push,) = [e for e in effects if isinstance(e, Notify)]
    assert (push.caregiver, push.urgent) == ("anna", False)
    assert words in push.text


def test_a_test_rings_everyone_who_answers():
    effects = Core().step(Command(Verb.TEST, "anna", "r-3"))
    (prove,) = [e for e in effects if isinstance(e, SendTestAlarm)]
    assert [m.caregiver for m in prove.messages] == ["anna", "ben"]


def test_on_watch_is_woken_first():
    core = Core(PATCH)
    core.step(Command(Verb.ON_WATCH, "ben"))
    core.heat(42, 38.6)
    assert next(each for each in core.of(Notify) if each.urgent).caregiver == "ben"


@pytest.mark.parametrize("verb", Verb)
def test_every_verb_is_answered(verb):
    effects = Core().step(Command(verb, "anna", "r"))
    assert [e for e in effects if isinstance(e, Reply | SendTestAlarm)]


# ------------------------------------------------------------------------------------------------ always

numbers = st.one_of(st.floats(), st.floats(20.0, 45.0))
events = st.one_of(
    st.just(Tick()),
    st.builds(
        ReadingReceived,
        st.sampled_from(["patch", "band", "x"]),
        st.builds(
            Reading, st.sampled_from(Quantity), numbers, st.sampled_from(Unit), st.sampled_from(Validity), st.text("é ")
        ),
    ),
    st.builds(FrameReceived, st.sampled_from(["patch", "band", "x"]), st.text(max_size=9), st.binary(max_size=9)),
    st.builds(
        lambda t, rows: MotionReceived("band", t + 0.04 * np.arange(len(rows)), np.array(rows)),
        st.floats(0.0, 1e5),
        st.lists(st.tuples(numbers, numbers, numbers), min_size=1, max_size=30),
    ),
    st.builds(FaultReported, st.sampled_from(Condition), st.booleans(), st.text(), st.sampled_from(["", "patch", "y"])),
    st.builds(
        Command,
        st.sampled_from(Verb),
        st.sampled_from(["anna", "oma", "x"]),
        st.text(),
        st.just(""),
        st.booleans(),
        st.dictionaries(st.sampled_from(["minutes", "text"]), st.one_of(st.integers(), st.text(), st.none())),
    ),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([0.0, 1.0, 30.0, 700.0]), events), max_size=30))
def test_no_event_ever_raises_and_the_same_events_give_the_same(walk):
    first, second = Core(), Core()
    for wait_s, event in walk:
        for core in (first, second):
            core.mono_s += wait_s
        with np.errstate(all="ignore"):
            one, two = first.step(event), second.step(event)
        assert [type(e) for e in one] == [type(e) for e in two]
        assert [repr(e) for e in one if not isinstance(event, MotionReceived)] == [
            repr(e) for e in two if not isinstance(event, MotionReceived)
        ]
    for alarm in first.alarms():
        assert isinstance(alarm, Alarm)
        assert 0 < len(alarm.text) <= 160


def test_a_step_costs_well_under_a_millisecond():
    core = Core(PATCH, BAND, Device("other", "thermometer", "max", site=Site.EAR)).heat(45, 38.6)
    rounds = 500

    def cost_s(event):
        begin_s = time.process_time()
        for _ in range(rounds):
            core.mono_s += 1.0
            core.step(event)
        return (time.process_time() - begin_s) / rounds

    for event in (Tick(), warm(38.6)):
        assert min(cost_s(event) for _ in range(3)) < 0.001
