"""Both machines on random walks of 50,000 steps in all; after every step the promises of the house hold."""

import math

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from edge import alarms
from edge.alarms import pauses, signals
from edge.alarms.catalogue import CATALOGUE
from edge.alarms.condition_store import inhibited_by
from edge.alarms.signals import SOUNDING, SignalState
from edge.model.alarm import ROOM, AlarmKey, Condition, Kind, Presence, Priority, Reason
from edge.model.event import Verb

WALKS, STEPS = 530, 100
SENSORS = ("ankle", "wrist", "patch")
PEOPLE = ("anna", "ben", "anna~")
WATCHED = (
    Condition.SEIZURE_LIKE_MOVEMENT,
    Condition.PROLONGED_MOVEMENT,
    Condition.FEVER,
    Condition.HIGH_FEVER,
    Condition.NO_DATA,
    Condition.NOT_WORN,
    Condition.CANNOT_JUDGE,
    Condition.BATTERY_LOW,
    Condition.BROKER_DOWN,
)
OF_THE_CHILD = tuple(condition for condition in WATCHED if alarms.kind(condition) is Kind.PHYSIOLOGICAL)
SAID = (Verb.ACKNOWLEDGE, Verb.WITH_HER, Verb.AWAKE, Verb.FALSE_ALARM)
ANSWERS = (Reason.ACKNOWLEDGED, Reason.AWAKE, Reason.FALSE_ALARM, Reason.SNOOZED, Reason.PAUSED)
SILENT = (SignalState.ACKNOWLEDGED, SignalState.SNOOZED)
PHYSIOLOGICAL, TECHNICAL = Kind.PHYSIOLOGICAL, Kind.TECHNICAL


def key_of(condition, sensor):
    if condition in alarms.HUB_WIDE:
        return AlarmKey(condition)
    return AlarmKey(condition, "mia", sensor if alarms.kind(condition) is TECHNICAL else "")


class Walk(RuleBasedStateMachine):
    """A family's alarm system. `journal` holds what was told last of each key, and is all that survives a restart.

    jumped: episodes whose silence was set before the wall clock jumped.
    """

    make = None
    steps = 0

    def __init__(self):
        super().__init__()
        self.night = Walk.make()
        self.journal = {}
        self.ids = {}
        self.ended = set()
        self.sequence = 0
        self.jumped = set()

    # ------------------------------------------------------------------------------------------------ what happens

    @rule(sensor=st.sampled_from(SENSORS), condition=st.sampled_from(WATCHED), ago_s=st.sampled_from([0.0, 3.0, 90.0]))
    def it_holds(self, sensor, condition, ago_s):
        key = key_of(condition, sensor)
        new = self._state(key) in ("absent", "cleared", "latched")
        raised = self._step(lambda: self.night.sign(sensor, condition, True, self.night.now_s - ago_s), key)
        if new and not CATALOGUE[condition].delay_s:
            assert [alarm.key for alarm in raised] == [key], "every onset is an alarm of its own, whatever was silent"

    @rule(
        condition=st.sampled_from(OF_THE_CHILD),
        how=st.sampled_from([*SAID, Verb.SNOOZE, Verb.PAUSE]),
        who=st.sampled_from(PEOPLE),
    )
    def a_second_onset_comes_while_the_first_is_silent(self, condition, how, who):
        self.it_holds("ankle", condition, 0.0)
        key = key_of(condition, "ankle")
        episode = self.journal[key].id
        if how is Verb.PAUSE:
            self.somebody_pauses(30, "")
        else:
            self._step(lambda: self.night.command(who, how, {"minutes": 15}, episode), by=who)
        for sensor in SENSORS:
            self.it_ended(sensor, condition)
        if self._state(key) != "active":
            self.it_holds("wrist", condition, 0.0)
            assert self.journal[key].id != episode

    @rule(sensor=st.sampled_from(SENSORS), condition=st.sampled_from(WATCHED))
    def it_ended(self, sensor, condition):
        self._step(lambda: self.night.sign(sensor, condition, False), key_of(condition, sensor))

    @rule(who=st.sampled_from(PEOPLE), verb=st.sampled_from(SAID), which=st.integers(-1, 5))
    def somebody_answers(self, who, verb, which):
        named, before = self._named(which), self._of(PHYSIOLOGICAL)
        self._step(lambda: self.night.command(who, verb, {}, named), by=who)
        if named and self.ids[named].condition not in OF_THE_CHILD:
            assert not self._silenced(before), "an answer to a sensor's trouble answers nothing about the child"

    @rule(who=st.sampled_from(PEOPLE), minutes=st.sampled_from([15, 60, 120, 7]), which=st.integers(-1, 5))
    def somebody_wants_quiet(self, who, minutes, which):
        named, before = self._named(which), self._of(PHYSIOLOGICAL)
        self._step(lambda: self.night.command(who, Verb.SNOOZE, {"minutes": minutes}, named), by="")
        if named and alarms.kind(self.ids[named].condition) is TECHNICAL:
            assert not self._silenced(before)

    @rule(minutes=st.sampled_from([0, 10, 30]), device=st.sampled_from(["", *SENSORS]))
    def somebody_pauses(self, minutes, device):
        before = self._of(PHYSIOLOGICAL)
        self.night.pause("anna", minutes, device)
        assert self._of(PHYSIOLOGICAL) == before, "a pause touches nothing that is said of the child"
        self._step(lambda: None)

    @rule(who=st.sampled_from(["anna", "ben", ""]))
    def the_watch_changes_hands(self, who):
        silent = self._silent()
        self.night.on_watch = who
        self.night.alarms = alarms.replan(self.night.alarms, self.night.plan)
        assert self._silent() == silent
        self._step(lambda: None)

    @precondition(lambda self: self.night.alarms.notifications)
    @rule(which=st.integers(0, 5))
    def no_channel_takes_it(self, which):
        self.night.alarms = alarms.unreached(self.night.alarms, self._named(which))
        self._step(lambda: None)

    @rule(seconds=st.sampled_from([1.0, 7.0, 61.0, 400.0, 1300.0, 3700.0]))
    def time_passes(self, seconds):
        self.night.now_s += seconds
        self._step(lambda: None)

    @rule(seconds=st.sampled_from([-90_000.0, -5.0, 30.0, 1e8]))
    def the_clock_jumps(self, seconds):
        self.night.wall_jump_s += seconds
        self.jumped |= set(self.night.alarms.notifications)
        self._step(lambda: None)

    @rule()
    def the_hub_restarts(self):
        before = {episode: self._left_s(ring) for episode, ring in self.night.alarms.notifications.items()}
        standing = sorted(self.journal.values(), key=lambda alarm: alarm.sequence)
        self.night.restart(standing)
        for episode, ring in self.night.alarms.notifications.items():
            most_s = signals.ANSWER_LASTS_S if episode in self.jumped else before[episode]
            assert self._left_s(ring) <= most_s + 1e-3 or math.isinf(before[episode]), "a restart lengthens no silence"
            if math.isinf(before[episode]):
                assert math.isinf(self._left_s(ring)), "and makes none"
        self._step(lambda: None)

    def teardown(self):
        """Nobody does anything any more: whatever is silent rings again by itself."""
        for _ in range(2):
            self.night.now_s += signals.ANSWER_LASTS_S + 1.0
            self._step(lambda: None)
        for alarm in self.night.alarms.conditions.standing():
            ring = self.night.alarms.notifications[alarm.id]
            if not inhibited_by(self.night.alarms.conditions, alarm.key) and alarm.priority.rank > Priority.LOW.rank:
                assert {signal.state for signal in ring.signals.values()} <= set(SOUNDING), alarm
        assert self.night.alarms.pauses == ()

    # ------------------------------------------------------------------------------------------------ what must hold

    def _step(self, action, key=None, by=""):
        Walk.steps += 1
        before = {alarm.key: alarm for alarm in self.night.alarms.conditions.standing()}
        others = (
            None
            if key is None
            else self._of(TECHNICAL if alarms.kind(key.condition) is PHYSIOLOGICAL else PHYSIOLOGICAL)
        )
        action()
        if others is not None:
            kind = TECHNICAL if alarms.kind(key.condition) is PHYSIOLOGICAL else PHYSIOLOGICAL
            assert self._of(kind) == others, "the two lanes never clear, mask or lower each other"
        self.night.tick()
        raised = self._journalled(before, key, by)
        for alarm in self.night.alarms.conditions.standing():
            self._silence_ends(alarm, self.night.alarms.notifications[alarm.id])
        for alarm in raised:
            self._rings(alarm)
        return raised

    def _journalled(self, before, key, by):
        """Every change was told, numbered and under an id of its own; nothing left without a reason to."""
        raised = []
        for alarm in self.night.changed:
            assert alarm.sequence > self.sequence
            self.sequence = alarm.sequence
            if alarm.reason in ANSWERS:
                self.jumped.discard(alarm.id)
            assert self.ids.setdefault(alarm.id, alarm.key) == alarm.key
            assert alarm.id not in self.ended, "an episode that is over came back"
            if alarm.key not in self.journal or self.journal[alarm.key].id != alarm.id:
                assert alarm.presence in (Presence.ON, Presence.LATCH) or alarm.key in before
                raised += [alarm] if alarm.presence is Presence.ON else []
            if alarm.presence is Presence.OFF:
                self.ended.add(alarm.id)
                self._may_end(alarm, before.get(alarm.key), key, by)
                del self.journal[alarm.key]
            else:
                self.journal[alarm.key] = alarm
        self.night.changed = []
        standing = {alarm.key: alarm for alarm in self.night.alarms.conditions.standing()}
        assert standing == self.journal, "what is on disk is what stands"
        assert set(self.night.alarms.notifications) == {alarm.id for alarm in standing.values()}
        return raised

    @staticmethod
    def _may_end(last, alarm, key, by):
        by_sensor = key == last.key
        awake = last.reason is Reason.AWAKE and CATALOGUE[last.key.condition].until_awake
        waited = alarm is not None and (alarm.presence is Presence.LATCH or awake)
        by_answer = bool(by) and not by.endswith("~") and waited
        by_hub = last.reason is Reason.RESTORED and not last.key.person
        assert by_sensor or by_answer or by_hub, last
        latches = CATALOGUE[last.key.condition].latching and last.reason is not Reason.NEW_ONSET
        if by_sensor and latches and alarm is not None:
            assert alarm.presence is Presence.ACK, "nobody in the house had answered"

    def _rings(self, alarm):
        """A new episode is told at once to whom its plan says, unless another rings for it, it is paused or snoozed."""
        standing = self.night.alarms.alarm(alarm.id)
        if standing is None:
            return
        if inhibited_by(self.night.alarms.conditions, alarm.key):
            assert alarm.key.condition is Condition.FEVER, "only a fever inside a high fever"
            return
        if pauses.until_s(self.night.alarms.pauses, alarm.key, self.night.now) is not None:
            assert (alarm.reason, alarm.kind) == (Reason.PAUSED, TECHNICAL)
            return
        if any(each.covers(alarm.key) and each.until_s > self.night.now.mono_s for each in self.night.alarms.snoozes):
            assert (alarm.reason, alarm.kind) == (Reason.SNOOZED, PHYSIOLOGICAL)
            assert alarm.key.condition in (Condition.FEVER, Condition.HIGH_FEVER), "movement rings anew"
            return
        ring = self.night.alarms.notifications[alarm.id]
        for turn in ring.steps:
            if turn.after_s <= 0:
                assert ring.signals[turn.target].state in SOUNDING, (alarm, turn)

    def _silence_ends(self, alarm, ring):
        """What is silent knows until when, that is soon enough, and the alarm says so."""
        now_s = self.night.now.mono_s
        assert ring.silent_until_s > now_s, "a silence that is over is over everywhere"
        assert (alarm.silent_until_s is None) == math.isinf(ring.silent_until_s)
        silent = [signal for signal in ring.signals.values() if signal.state in SILENT]
        if silent and not ring.inhibited and any(math.isfinite(turn.repeat_s) for turn in ring.steps):
            assert alarm.silent_until_s is not None
            assert all(0 < signal.until_s - now_s <= signals.ANSWER_LASTS_S for signal in silent)
        room = ring.signals.get(ROOM)
        if room is not None and room.state is SignalState.ACKNOWLEDGED and not alarm.attended_by:
            assert room.until_s - now_s <= signals.COMING_S, "the room is quiet for long only if somebody is with her"
        if alarm.reason is Reason.PAUSED:
            assert alarm.key.condition in (Condition.NO_DATA, Condition.NOT_WORN, Condition.CANNOT_JUDGE)
        if alarm.kind is PHYSIOLOGICAL:
            assert alarm.priority is CATALOGUE[alarm.key.condition].priority

    # ------------------------------------------------------------------------------------------------ looking

    def _of(self, kind):
        """Alarms of one lane with their rings, as they are."""
        standing = [alarm for alarm in self.night.alarms.conditions.standing() if alarm.kind is kind]
        return {alarm.key: (alarm, self.night.alarms.notifications[alarm.id]) for alarm in standing}

    def _silenced(self, before):
        """Keys of alarms that are silent now and were not."""
        after = self._of(PHYSIOLOGICAL)
        return {
            k for k, (a, _) in after.items() if a.silent_until_s is not None and before[k][0].silent_until_s is None
        }

    def _silent(self):
        rings = self.night.alarms.notifications.items()
        return {episode: ring.silent_until_s for episode, ring in rings if math.isfinite(ring.silent_until_s)}

    def _left_s(self, ring):
        return ring.silent_until_s - self.night.now.mono_s

    def _named(self, which):
        standing = self.night.alarms.conditions.standing()
        return standing[which % len(standing)].id if standing and which >= 0 else ""

    def _state(self, key):
        tracked = self.night.alarms.conditions.tracked.get(key)
        return "absent" if tracked is None else str(tracked.state)


def walked(make, walks=WALKS):
    """How many steps were walked; fails at the first promise that does not hold. make: gives a Night."""
    Walk.make, Walk.steps = make, 0
    how = settings(
        max_examples=walks,
        stateful_step_count=STEPS,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    run_state_machine_as_test(Walk, settings=how)
    return Walk.steps


@pytest.mark.timeout(900)
def test_the_promises_hold_on_any_walk(a_night):
    assert walked(a_night) >= 50_000
