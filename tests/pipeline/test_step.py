"""The whole road: events in, effects out. What a family would notice, and what would hurt them if it broke."""

import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge import pipeline
from edge.analysis import motion
from edge.analysis.temperature import thermometer
from edge.config import Config
from edge.decoding.profile import Link, Match, Profile
from edge.model.alarm import Alarm, Condition, Presence, Priority, Reason
from edge.model.effect import (
    AlarmChanged,
    Dropped,
    Film,
    KeepReading,
    Note,
    Notify,
    Reply,
    SendTestAlarm,
    ShowLatest,
    Sound,
)
from edge.model.event import Command, FaultReported, FrameHeard, MotionHeard, ReadingHeard, Tick, Verb
from edge.model.moment import Now
from edge.model.people import Caregiver, Device, Limb, Person, Role, Site
from edge.model.reading import Quantity, Reading, Unit, Validity
from edge.simulation import SENSORS, clip, clonic

WALL_S = 1_800_000_000.0
PEOPLE = (Person("mia", "Mia"), Person("max", "Max"))
CAREGIVERS = (
    Caregiver("anna", "Anna", share_details=True),
    Caregiver("ben", "Ben"),
    Caregiver("oma", "Oma", role=Role.VIEWER),
)


def profile(name, *quantities, **more):
    fields = {"expected_interval_s": 60.0, "rhythm": Quantity.ACCELERATION in quantities, **more}
    return Profile(name, name, "", quantities, Link.GATT, Match(), {}, **fields)


PROFILES = {
    each.id: each
    for each in (
        profile("thermometer", Quantity.TEMPERATURE, Quantity.BATTERY),
        profile("spot", Quantity.TEMPERATURE, spot=True),
        profile("core", Quantity.CORE_TEMPERATURE, Quantity.SKIN_TEMPERATURE),
        profile("band", Quantity.ACCELERATION, Quantity.BATTERY),
        profile("warm_band", Quantity.ACCELERATION, Quantity.SKIN_TEMPERATURE, Quantity.BATTERY),
        profile("room", Quantity.TEMPERATURE, Quantity.HUMIDITY, ambient=True),
    )
}
PATCH = Device("patch", "thermometer", "mia", site=Site.EAR)
BAND = Device("band", "band", "mia", limb=Limb.ANKLE)


class Hub:
    """Steps the pipeline and keeps what came out, with the moment."""

    def __init__(self, *devices, standing=(), sequence=0, mono_s=1000.0):
        config = Config(persons=PEOPLE, devices=devices or (PATCH, BAND), caregivers=CAREGIVERS)
        self.mono_s, self.out = mono_s, []
        self.state, effects = pipeline.begin(pipeline.Setup(config, PROFILES), self.now, standing, sequence)
        self.out += effects

    @property
    def now(self):
        return Now(self.mono_s, WALL_S + self.mono_s)

    def step(self, event):
        self.state, effects = pipeline.step(self.state, event, self.now)
        self.out += effects
        return effects

    def go(self, seconds, every_s=1.0, make=None):
        """Let time pass with a tick a second; `make(mono_s)` gives an event every `every_s`."""
        end_s, next_s = self.mono_s + seconds, self.mono_s
        while self.mono_s < end_s:
            if make and self.mono_s >= next_s:
                self.step(make(self.mono_s))
                next_s += every_s
            self.step(Tick())
            self.mono_s += 1.0
        return self

    def heat(self, minutes, celsius, device="patch", **more):
        return self.go(minutes * 60.0, 30.0, lambda _: warm(celsius, device, **more))

    def alarms(self, *conditions):
        changed = [e.alarm for e in self.out if isinstance(e, AlarmChanged)]
        return [a for a in changed if not conditions or a.key.condition in conditions]

    def raised(self):
        return [str(a.key.condition) for a in self.alarms() if a.presence is Presence.ON and a.changed_s == a.raised_s]

    def of(self, kind):
        return [effect for effect in self.out if isinstance(effect, kind)]


def warm(celsius, device="patch", quantity=Quantity.TEMPERATURE, validity=Validity.VALID):
    return ReadingHeard(device, Reading(quantity, celsius, Unit.CELSIUS, validity))


def still(mono_s, device="band", n=25):
    """A second of lying still that ends now."""
    t_s = mono_s - np.arange(n - 1, -1, -1) / n
    return MotionHeard(device, t_s, np.tile([0.0, 0.0, 1.0], (n, 1)) + 0.001 * np.sin(t_s)[:, None])


def shaken(mono_s, device="band"):
    """A clonic bout of 40 s that ends now."""
    track = clip(clonic(1, 40.0), SENSORS["polar"].on(Limb.ANKLE), 1, before_s=30.0, after_s=0.0)
    return MotionHeard(device, track.t_s - track.t_s[-1] + mono_s, track.acc_g)


# ------------------------------------------------------------------------------------------------ silence


def test_what_was_never_heard_is_told_from_boot_on():
    hub = Hub().go(59.0)
    assert hub.alarms() == []
    hub.go(122.0)
    assert [(a.key.device, a.raised_s - WALL_S) for a in hub.alarms(Condition.NO_DATA)] == [
        ("band", 1060.0),
        ("patch", 1180.0),
    ]
    assert "nothing heard" in hub.alarms()[0].text
    assert pipeline.watches(hub.state, hub.now) == [("mia", "patch", "not heard yet"), ("mia", "band", "not heard yet")]


def test_silence_takes_the_value_back():
    hub = Hub(PATCH).heat(5, 37.0).go(200.0)
    shown = hub.of(ShowLatest)
    assert (shown[-1].value, shown[-1].validity, shown[-1].reason) == (None, Validity.INVALID, "nothing heard")
    assert hub.raised() == ["no_data"]
    hub.heat(1, 37.0)
    assert hub.of(ShowLatest)[-1].value == 37.0
    assert hub.alarms(Condition.NO_DATA)[-1].presence is Presence.OFF


@pytest.mark.parametrize("validity", [Validity.VALID, Validity.INVALID])
def test_a_value_that_never_changes_is_alive_but_one_that_is_none_is_not(validity):
    hub = Hub(PATCH).heat(10, 37.0, validity=validity)
    assert ("no_data" in hub.raised()) is (validity is Validity.INVALID)


def test_a_patch_that_warms_up_slowly_is_neither_silent_nor_off():
    hub = Hub(Device("patch", "thermometer", "mia", site=Site.AXILLA))
    hub.go(600.0, 30.0, lambda mono_s: warm(22.0 + 14.0 * (mono_s - 1000.0) / 600.0))
    assert hub.raised() == ["settling"]


def test_a_spot_thermometer_may_be_silent():
    assert Hub(Device("ear", "spot", "mia", site=Site.EAR)).go(3000.0).alarms() == []


def test_samples_that_are_all_missing_are_silence():
    nothing = Hub(BAND).go(90.0, 1.0, lambda t: MotionHeard("band", np.array([t]), np.full((1, 3), np.nan)))
    assert nothing.raised() == ["no_data"]
    assert Hub(BAND).go(90.0, 1.0, still).raised() == []


def test_the_warmth_of_a_band_keeps_its_movement_not_alive_and_raises_no_fever():
    hub = Hub(Device("band", "warm_band", "mia", limb=Limb.ANKLE))
    hub.heat(40, 39.5, "band", quantity=Quantity.SKIN_TEMPERATURE)
    assert hub.raised() == ["no_data"]
    assert len(hub.of(KeepReading)) == 80


def test_the_temperature_of_a_room_is_no_fever():
    room = Device("cot", "room", "mia", site=Site.AXILLA)
    hub = Hub(room).heat(60, 39.5, "cot").heat(60, 20.0, "cot")
    assert hub.raised() == []


# ------------------------------------------------------------------------------------------------ fever


def test_a_fever_reaches_everyone_in_turn_and_its_end_reaches_who_was_told():
    hub = Hub(PATCH).heat(30, 37.0).heat(15, 38.6)
    (alarm,) = hub.alarms(Condition.FEVER)
    assert (alarm.value, alarm.limit, alarm.priority) == (38.6, 38.0, Priority.MEDIUM)
    assert "38.6 °C, limit 38.0 °C" in alarm.text
    assert 2000.0 < alarm.onset_s - WALL_S - 1000.0 + 300 < alarm.raised_s - WALL_S
    pushes = hub.of(Notify)
    assert [(p.caregiver, p.stage) for p in pushes] == [("anna", 0), ("ben", 0)]
    assert "Mia" in pushes[0].text
    assert "Mia" not in pushes[1].text  # no leave to send it through others' servers
    assert [s.pattern for s in hub.of(Sound)] == ["medium"]
    hub.heat(20, 37.2)
    assert hub.alarms(Condition.FEVER)[-1].presence is Presence.OFF
    assert "37.2 °C, below your limit" in hub.alarms(Condition.FEVER)[-1].text
    assert {p.caregiver for p in hub.of(Notify)[-2:]} == {"anna", "ben"}
    assert hub.of(Sound)[-1].pattern == ""


def test_the_alarm_stands_before_its_messages():
    hub = Hub(PATCH).heat(45, 38.6)
    kinds = [type(e).__name__ for e in hub.out if isinstance(e, AlarmChanged | Notify)]
    assert kinds[0] == "AlarmChanged"


def test_a_fever_survives_a_restart_and_ends_by_its_thermometer():
    hub = Hub(PATCH).heat(45, 38.6)
    standing, sequence = hub.state.alarms.conditions.standing(), hub.state.alarms.conditions.sequence
    again = Hub(PATCH, standing=standing, sequence=sequence, mono_s=5.0)
    assert again.alarms() == []
    again.heat(5, 38.6).heat(5, 37.9)
    assert [a.id for a in again.state.alarms.conditions.standing()] == [standing[0].id]
    again.heat(25, 37.0)
    (ended,) = again.alarms(Condition.FEVER)
    assert (ended.id, ended.presence) == (standing[0].id, Presence.OFF)
    assert ended.sequence > sequence


def test_a_restart_without_the_sensor_ends_its_alarms_and_says_why():
    hub = Hub(PATCH, BAND).heat(45, 38.6)
    again = Hub(BAND, standing=hub.state.alarms.conditions.standing(), sequence=99)
    ended = [(str(a.key.condition), a.presence, a.reason) for a in again.alarms()]
    assert ("fever", Presence.OFF, Reason.RESTORED) in ended
    assert "its sensor is not set up" in again.alarms(Condition.FEVER)[0].text
    assert [a.key.device for a in again.state.alarms.conditions.standing()] == [
        "band"
    ]  # not heard before, not heard now


def test_core_and_skin_of_one_sensor_do_not_mix():
    chest = Device("chest", "core", "mia", site=Site.EAR)
    hub = Hub(chest)
    for _ in range(120):
        hub.go(30.0, 30.0, lambda _: warm(37.8, "chest", Quantity.CORE_TEMPERATURE))
        hub.step(warm(38.9, "chest", Quantity.SKIN_TEMPERATURE))
    assert hub.raised() == []
    assert {s.quantity for s in hub.of(ShowLatest)} == {Quantity.CORE_TEMPERATURE}
    hub.heat(30, 38.3, "chest", quantity=Quantity.CORE_TEMPERATURE)
    assert hub.raised() == ["fever"]


def test_two_children_do_not_touch():
    other = Device("other", "thermometer", "max", site=Site.EAR)
    hub = Hub(PATCH, other)
    for _ in range(90):
        hub.step(warm(38.6))
        hub.step(warm(37.0, "other"))
        hub.go(30.0)
    assert [(a.key.person, str(a.key.condition)) for a in hub.alarms()] == [("mia", "fever")]


# ------------------------------------------------------------------------------------------------ faults


def test_bytes_that_do_not_fit_are_counted_and_nothing_else():
    hub = Hub(PATCH)
    (dropped,) = hub.step(FrameHeard("patch", "characteristic:2a1c", b"\xff"))
    assert isinstance(dropped, Dropped)
    assert hub.state.sensors["patch"].heard_s is None


@pytest.mark.parametrize("event", [FrameHeard("x", "k", b""), warm(38.0, "x"), still(1.0, "x")])
def test_a_device_that_nobody_set_up_is_counted(event):
    (dropped,) = Hub(PATCH).step(event)
    assert (dropped.device, dropped.reason) == ("x", "no such device is set up")


def test_a_movement_is_filmed_once_an_episode_and_a_fever_never():
    hub = Hub()
    hub.step(shaken(hub.mono_s))
    (alarm,) = {a.id for a in hub.alarms(Condition.SEIZURE_LIKE_MOVEMENT)}
    hub.go(30.0, 1.0, still).heat(30, 39.0)
    assert "fever" in hub.raised()
    assert hub.of(Film) == [Film(alarm)]


def test_an_error_in_analysis_is_one_alarm_however_often_it_comes(monkeypatch):
    hub = Hub(PATCH, BAND)
    works = motion.watch
    calls = iter(range(10_000))

    def fails(*given):
        if next(calls) % 3 == 0:
            raise ZeroDivisionError("x")
        return works(*given)

    monkeypatch.setattr(motion, "watch", fails)
    hub.go(120.0, 1.0, still)
    (alarm,) = hub.alarms(Condition.ANALYSIS_ERROR)
    assert (alarm.priority, alarm.key.device) == (Priority.HIGH, "band")
    assert alarm.evidence["detail"] == "ZeroDivisionError: x"
    assert ("mia", "band", "what it sends cannot be judged") in pipeline.watches(hub.state, hub.now)
    monkeypatch.setattr(motion, "watch", works)
    hub.go(70.0, 1.0, still)
    assert hub.alarms(Condition.ANALYSIS_ERROR)[-1].presence is Presence.OFF
    assert ("mia", "band", "") in pipeline.watches(hub.state, hub.now)


def test_an_error_in_analysis_loses_no_reading(monkeypatch):
    monkeypatch.setattr(thermometer, "advance", lambda *_: 1 / 0)
    hub = Hub(PATCH)
    hub.step(warm(38.0))
    assert [e.reading.value for e in hub.of(KeepReading)] == [38.0]
    assert hub.raised() == ["analysis_error"]


def test_a_part_of_the_hub_may_be_called_like_a_sensor():
    hub = Hub(PATCH)
    hub.step(FaultReported(Condition.STORAGE_ERROR, True, "full", "patch"))
    hub.step(FaultReported(Condition.STORAGE_ERROR, True, "full", "journal"))
    (alarm,) = hub.alarms()
    assert (alarm.key.person, alarm.key.device) == ("", "")
    hub.step(FaultReported(Condition.STORAGE_ERROR, False, "", "journal"))
    assert len(hub.alarms()) == 1
    hub.step(FaultReported(Condition.STORAGE_ERROR, False, "", "patch"))
    assert hub.alarms()[-1].presence is Presence.OFF


def test_a_battery_at_its_limit_is_told_once():
    hub = Hub(BAND)
    for percent in (16.0, 14.0, 16.0, 14.0, math.nan, 16.0, 14.0):
        hub.step(ReadingHeard("band", Reading(Quantity.BATTERY, percent, Unit.PERCENT)))
    assert hub.raised() == ["battery_low"]


# ------------------------------------------------------------------------------------------------ commands


def test_who_may_only_look_is_refused_in_words():
    for who in ("oma", "stranger"):
        note, reply = Hub().step(Command(Verb.ACKNOWLEDGE, who, "r-1"))
        assert isinstance(note, Note)
        assert reply == Reply(who, "r-1", ok=False, reason="you may look, not answer")


def test_an_answer_is_told_shown_and_noted():
    hub = Hub(PATCH).heat(45, 38.6)
    (alarm,) = hub.alarms(Condition.FEVER)
    effects = hub.step(Command(Verb.SNOOZE, "ben", "r-2", alarm.id, arguments={"minutes": 15}))
    (changed,) = [e.alarm for e in effects if isinstance(e, AlarmChanged)]
    assert changed.silent_until_s == hub.now.wall_s + 900.0
    assert "quiet until" in changed.text
    assert Reply("ben", "r-2", ok=True, reason="done") in effects
    assert hub.of(Sound)[-1].pattern == ""


def test_a_test_rings_everyone_who_answers():
    effects = Hub().step(Command(Verb.TEST, "anna", "r-3"))
    (prove,) = [e for e in effects if isinstance(e, SendTestAlarm)]
    assert [m.caregiver for m in prove.messages] == ["anna", "ben"]


def test_on_watch_is_woken_first():
    hub = Hub(PATCH)
    hub.step(Command(Verb.ON_WATCH, "ben"))
    hub.heat(42, 38.6)
    assert next(each for each in hub.of(Notify) if each.urgent).caregiver == "ben"


@pytest.mark.parametrize("verb", Verb)
def test_every_verb_is_answered(verb):
    effects = Hub().step(Command(verb, "anna", "r"))
    assert [e for e in effects if isinstance(e, Reply | SendTestAlarm)]


# ------------------------------------------------------------------------------------------------ always

numbers = st.one_of(st.floats(), st.floats(20.0, 45.0))
events = st.one_of(
    st.just(Tick()),
    st.builds(
        ReadingHeard,
        st.sampled_from(["patch", "band", "x"]),
        st.builds(
            Reading, st.sampled_from(Quantity), numbers, st.sampled_from(Unit), st.sampled_from(Validity), st.text("é ")
        ),
    ),
    st.builds(FrameHeard, st.sampled_from(["patch", "band", "x"]), st.text(max_size=9), st.binary(max_size=9)),
    st.builds(
        lambda t, rows: MotionHeard("band", t + 0.04 * np.arange(len(rows)), np.array(rows)),
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
    first, second = Hub(), Hub()
    for wait_s, event in walk:
        for hub in (first, second):
            hub.mono_s += wait_s
        with np.errstate(all="ignore"):
            one, two = first.step(event), second.step(event)
        assert [type(e) for e in one] == [type(e) for e in two]
        assert [repr(e) for e in one if not isinstance(event, MotionHeard)] == [
            repr(e) for e in two if not isinstance(event, MotionHeard)
        ]
    for alarm in first.alarms():
        assert isinstance(alarm, Alarm)
        assert 0 < len(alarm.text) <= 160


def test_a_step_costs_well_under_a_millisecond():
    hub = Hub(PATCH, BAND, Device("other", "thermometer", "max", site=Site.EAR)).heat(45, 38.6)
    rounds = 500

    def cost_s(event):
        begin_s = time.process_time()
        for _ in range(rounds):
            hub.mono_s += 1.0
            hub.step(event)
        return (time.process_time() - begin_s) / rounds

    for event in (Tick(), warm(38.6)):
        assert min(cost_s(event) for _ in range(3)) < 0.001
