"""Both machines on a random walk; after every step the promises of the house hold."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.alarms import desk, signals
from edge.alarms.catalogue import CATALOGUE
from edge.model.alarm import ROOM, Condition, Kind, Presence, Reason
from edge.model.event import Verb

SENSORS = ("ankle", "wrist", "patch")
WATCHED = (
    Condition.SEIZURE_LIKE_MOVEMENT,
    Condition.PROLONGED_MOVEMENT,
    Condition.FEVER,
    Condition.NO_DATA,
    Condition.NOT_WORN,
    Condition.BATTERY_LOW,
    Condition.BROKER_DOWN,
)
signs = st.tuples(st.just("sign"), st.sampled_from(SENSORS), st.sampled_from(WATCHED), st.booleans())
commands = st.tuples(
    st.just("command"),
    st.sampled_from(["anna", "ben", "anna~"]),
    st.sampled_from([Verb.ACKNOWLEDGE, Verb.WITH_HER, Verb.AWAKE, Verb.FALSE_ALARM, Verb.SNOOZE]),
)
waits = st.tuples(st.just("wait"), st.sampled_from([1.0, 7.0, 61.0, 400.0, 3700.0]))
steps = st.lists(st.one_of(signs, signs, commands, waits, st.just(("restart",))), max_size=40)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(walk=steps)
def test_the_promises_hold_on_any_walk(a_night, walk):
    night = a_night()
    seen = {}
    for step in walk:
        before = {alarm.key: alarm for alarm in night.desk.board.standing()}
        told = len(night.told)
        match step:
            case ("sign", sensor, condition, present):
                night.sign(sensor, condition, present, night.now_s)
            case ("command", who, verb):
                night.command(who, verb, {"minutes": 15})
            case ("wait", seconds):
                night.now_s += seconds
            case ("restart",):
                night.restart()
        night.tick()
        _check(night, step, before, night.told[told:])
        _numbers_and_ids(night.told[told:], seen)


def _check(night, step, before, changed):
    after = {alarm.key: alarm for alarm in night.desk.board.standing()}
    for key, alarm in before.items():
        if key in after and after[key].id == alarm.id:
            continue
        # An alarm is gone: only a valid word of a sensor, an answer in the house, or a new onset may do that.
        (last,) = [each for each in changed if each.id == alarm.id and each.presence is Presence.OFF]
        by_sensor = step[0] == "sign" and night_key(step) == key and (not step[3] or last.reason is Reason.NEW_ONSET)
        by_answer = step[0] == "command" and alarm.presence is Presence.LATCH and not step[1].endswith("~")
        by_hub = last.reason is Reason.RESTORED and not key.person
        assert by_sensor or by_answer or by_hub, (step, last)
        if by_sensor and CATALOGUE[key.condition].latching and last.reason is not Reason.NEW_ONSET:
            assert alarm.presence is Presence.ACK, "nobody in the house had answered"
    for alarm in changed:
        # The two lanes do not touch: a sign of one never changes an alarm of the other, but may make it more urgent.
        if step[0] == "sign" and alarm.key != night_key(step):
            assert alarm.reason in (Reason.WORSE, Reason.SILENCE_OVER)
            assert before[alarm.key].priority.rank <= alarm.priority.rank
    for key, alarm in after.items():
        ring = night.desk.rings[alarm.id]
        _silence_ends(night, alarm, ring)
        if CATALOGUE[key.condition].kind is Kind.PHYSIOLOGICAL:
            assert alarm.priority.rank == CATALOGUE[key.condition].priority.rank
    assert set(night.desk.rings) == {alarm.id for alarm in after.values()}


def night_key(step):
    _, sensor, condition, _ = step
    if condition in desk.HUB_WIDE:
        return _hub(condition)
    return replace(_hub(condition), person="mia", device=sensor if desk.kind(condition) is Kind.TECHNICAL else "")


def _hub(condition):
    return desk.AlarmKey(condition)


def _silence_ends(night, alarm, ring):
    """What is silent knows until when, that is soon enough, and the alarm says so."""
    silent = [s for s in ring.signals.values() if s.state in (signals.SignalState.ACKNOWLEDGED, "snoozed")]
    repeats = any(turn.repeat_s < float("inf") for turn in ring.turns)
    for signal in silent:
        if repeats:
            assert signal.until_s - night.now.mono_s <= signals.ANSWER_LASTS_S
            assert alarm.silent_until_s is not None
    room = ring.signals.get(ROOM)
    if room is not None and room in silent and not alarm.attended_by and room.state == "acknowledged":
        assert room.until_s - night.now.mono_s <= signals.COMING_S


def _numbers_and_ids(changed, seen):
    for alarm in changed:
        assert alarm.sequence > seen.get("sequence", 0)
        seen["sequence"] = alarm.sequence
        assert seen.setdefault(alarm.id, alarm.key) == alarm.key
        assert seen.get(("off", alarm.id)) is None, "an episode that is over came back"
        if alarm.presence is Presence.OFF:
            seen["off", alarm.id] = True
