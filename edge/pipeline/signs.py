"""What a sensor, its analysis or the hub itself says, on its way to the alarms; and the value that a topic shows."""

from collections.abc import Iterable
from dataclasses import replace

from edge import alarms
from edge.delivery import latest
from edge.model.alarm import AlarmKey, Condition
from edge.model.effect import ShowLatest
from edge.model.event import FaultReported
from edge.model.evidence import FaultEvidence
from edge.model.moment import Now
from edge.model.reading import Quantity, Unit, Validity
from edge.model.sign import Sign
from edge.pipeline import child as children
from edge.pipeline.notification import Effects, Stepped, notify_changes, plan_for
from edge.pipeline.state import Sensor, State, key_of, outdated


def take(state: State, sensor: Sensor, signs: Iterable[Sign], now: Now) -> Stepped:
    """The signs of one sensor, in their order, with what the child's open episode and the fever add to them."""
    effects: Effects = ()
    for sign in signs:
        person = sensor.device.person
        child, sign = children.advance(  # noqa: PLW2901
            state.child(person), replace(sign, device=sensor.device.id), now, state.setup.person(person)
        )
        state = state.with_child(person, child)
        key = key_of(sensor.device, sign.condition)
        for speaker in (*outdated(state, sensor, sign, now), sensor.device.id):
            said = sign if speaker == sign.device else replace(sign, device=speaker)
            state, some = notify_changes(state, alarms.sign(state.alarms, key, said, plan_for(state, now), now), now)
            effects += some
    return state, effects


def fault(state: State, fault: FaultReported, now: Now) -> Stepped:
    """A technical condition that the shell or the pushes report, or its end."""
    evidence = FaultEvidence(detail=fault.detail)
    sign = Sign(fault.condition, fault.device, fault.present, now.mono_s, now.mono_s, evidence=evidence)
    if fault.device in state.sensors and not alarms.hub_wide(fault.condition):
        return take(state, state.sensors[fault.device], (sign,), now)
    return notify_changes(
        state, alarms.sign(state.alarms, AlarmKey(fault.condition), sign, plan_for(state, now), now), now
    )


def broken(state: State, sensor: Sensor, error: Exception, now: Now) -> Stepped:
    """An error inside analysis is a technical condition of its own; the sensor starts afresh."""
    evidence = FaultEvidence(detail=f"{type(error).__name__}: {error}"[:200])
    sign = Sign(Condition.ANALYSIS_ERROR, "", True, now.mono_s, now.mono_s, evidence=evidence)
    sensor = replace(sensor, last_seen_s=now.mono_s, broken_s=now.mono_s)
    return take(state.with_sensor(sensor), sensor, (sign,), now)


def sound_again(sensor: Sensor, now: Now) -> tuple[Sign, ...]:
    """The end of `analysis_error`, once its analysis has gone well for a while."""
    return (Sign(Condition.ANALYSIS_ERROR, "", False, now.mono_s),) if sensor.sound(now) else ()


def show(
    state: State,
    sensor: Sensor,
    what: tuple[Quantity, float | None, Unit, Validity],
    now: Now,
    *,
    reason: str = "",
    state_word: str = "",
    taken_s: float | None = None,
    c_per_h: float | None = None,
) -> Stepped:
    """Show the value on the sensor's topic, unless it shows nothing new.

    what: quantity, value (None: none that could be shown), unit, validity. taken_s: when it was measured (wall
    seconds), None: now. c_per_h: where a temperature is going, None: not known. state_word: what the detector sees.
    """
    device = sensor.device
    wall_s = now.wall_s if taken_s is None else taken_s
    slope = None if c_per_h is None else round(c_per_h, 1) + 0.0
    shown = ShowLatest(device.person, device.id, sensor.place, *what, wall_s, reason, state_word, slope)
    if not latest.news(state.sensors[device.id].shown, shown):
        return state, ()
    return state.with_sensor(replace(state.sensors[device.id], shown=shown)), (shown,)
