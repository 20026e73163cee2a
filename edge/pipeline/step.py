"""The whole road, pure: `step(state, event, now) -> (state, effects)`. Only this file names it all.

The same code runs live, in replay, offline and in tests. The shell does what the effects say, in their order, and
decides nothing.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from edge import alarms
from edge.analysis import arrival, battery, grid, motion, temperature
from edge.analysis.arrival import Verdict
from edge.decoding import decode, key_bytes
from edge.delivery import latest
from edge.errors import FrameMalformed
from edge.model.alarm import AlarmKey, Condition
from edge.model.effect import Dropped, KeepMotion, KeepReading, ShowLatest
from edge.model.event import (
    BrokerLinkChanged,
    ClockHeard,
    Command,
    Event,
    FaultReported,
    FrameHeard,
    MotionHeard,
    NoticeAsked,
    PushReported,
    ReadingHeard,
    TargetProven,
    Tick,
    TimerExpired,
)
from edge.model.evidence import FaultEvidence
from edge.model.moment import Now
from edge.model.reading import Quantity, Reading, Samples, Unit, Validity
from edge.model.sign import Sign
from edge.pipeline import child as children
from edge.pipeline import (
    commands,
    episode_clock,
    escalation,
    freshness,
    judging,
    movement,
    pushes,
    spot_readings,
    thermometers,
    watch_duty,
)
from edge.pipeline.notification import Effects, Stepped, notify_changes, plan_for
from edge.pipeline.restart import begin
from edge.pipeline.state import Sensor, Setup, State, batteries, key_of, outdated, watches
from edge.pipeline.thermometers import fever_of

__all__ = ["Sensor", "Setup", "State", "batteries", "begin", "fever_of", "step", "watches"]


def step(state: State, event: Event, now: Now) -> Stepped:
    """One event through the whole road. Never raises for what a sensor or a caregiver sent."""
    before = state.alarms
    match event:
        case FrameHeard() | MotionHeard() | ReadingHeard() | ClockHeard() if event.device not in state.sensors:
            return state, (Dropped(event.device, type(event).__name__, "no such device is set up"),)
        case FrameHeard():
            state, effects = _frame(state, event, now)
        case MotionHeard():
            state, effects = _samples(state, event, now, now)
        case ReadingHeard():
            state, effects = _heard(state, event.device, event.reading, now, now)
        case ClockHeard():
            sensor, heard = state.sensors[event.device], now.back_at(event.heard_s)
            return _with(state, spot_readings.clock_read(sensor, event.device_wall_s, state.setup.zone, heard)), ()
        case FaultReported():
            state, effects = _fault(state, event, now)
        case Command():
            state, effects = commands.command(state, event, now, _reading)
        case PushReported() | TimerExpired() | BrokerLinkChanged() | NoticeAsked():
            state, effects = pushes.heard(state, event, now, _fault)
        case TargetProven():
            state, effects = watch_duty.proved(state, event, now)
        case Tick():
            state, effects = _silence(state, now, now.back_at(event.as_of_s))
            state, some = episode_clock.all_go_on(state, now)
            effects += some
    if isinstance(event, Tick) or state.alarms is not before:
        state, more = escalation.escalate(state, now)
        effects += more
    return pushes.sent(state, effects)


# ------------------------------------------------------------------------------------------------ decoding


def _frame(state: State, frame: FrameHeard, now: Now) -> Stepped:
    sensor = state.sensors[frame.device]
    device = sensor.device
    try:
        key = key_bytes(sensor.profile, device.key)
        decoded = decode(
            sensor.profile, frame.kind, frame.payload, address=device.address, key=key, options=device.options
        )
    except FrameMalformed as error:
        return _with(state, replace(sensor, refused=str(error))), (Dropped(frame.device, frame.kind, str(error)),)
    heard = now.back_at(frame.heard_s)
    # The state of a battery, and an answer to a command, say nothing of whether what it is there for can be taken.
    usable = any(isinstance(item, Samples) or item.quantity is not Quantity.BATTERY for item in decoded)
    sensor, verdict = freshness.judge(replace(sensor, refused="") if usable else sensor, frame, heard)
    if verdict is Verdict.REPEATED:
        return _with(state, sensor), ()
    if verdict is not Verdict.NEW:
        return _with(state, replace(sensor, refused=verdict)), (Dropped(frame.device, frame.kind, verdict),)
    state = _with(state, sensor)
    effects: Effects = ()
    for item in decoded:
        if isinstance(item, Samples) and item.validity is Validity.INVALID:
            effects += (Dropped(frame.device, frame.kind, "its samples are marked invalid"),)
            continue
        if isinstance(item, Samples):
            sensor = state.sensors[frame.device]
            rate_hz = item.rate_hz or sensor.profile.rate_hz or 25.0
            placed, t_s = arrival.place(sensor.clock, item, heard.mono_s, rate_hz)
            effects += judging.noted(sensor.clock, placed, device.id)
            packet = MotionHeard(device.id, t_s, item.values)
            state, some = _samples(_with(state, replace(sensor, clock=placed)), packet, now, heard)
        else:
            state, some = _heard(state, frame.device, item, now, heard)
        effects += some
    sensor = state.sensors[frame.device]
    if sensor.heard_s == heard.mono_s:
        state = _with(state, replace(sensor, measured_s=heard.mono_s))
    return state, effects


# ------------------------------------------------------------------------------------------------ analysis


def _samples(state: State, packet: MotionHeard, now: Now, heard: Now) -> Stepped:
    """heard: when it arrived; what follows from it is decided at `now`."""
    sensor = state.sensors[packet.device]
    t_s, values = packet.t_s, packet.values
    if not len(t_s):
        return state, ()
    wall_s = now.wall_s + (t_s - now.mono_s)
    keep = KeepMotion(sensor.device.person, packet.device, sensor.place, wall_s, values, now.synced)
    if not sensor.profile.rhythm:
        return _with(state, replace(sensor, heard_s=heard.mono_s)), (keep,)
    effects: Effects = ()
    if state.setup.liveness and state.setup.controlled:
        sensor, failed = movement.remembered(sensor, packet, heard)
        if failed is not None:
            state, some = _broken(state, sensor, failed, now)
            effects += some
            sensor = state.sensors[packet.device]
    try:
        before = sensor.movement or motion.start(1 if values.ndim == 1 else values.shape[1])
        state = _knowing(state, sensor.device.person, now)
        seen, pieces = grid.resample(before.grid, t_s, values)
        prior = state.child(sensor.device.person).prior.log_odds
        after, steps = motion.watch(replace(before, grid=seen), pieces, prior)
        sensor, usable = judging.judged(sensor, packet, seen.columns, now)
    except Exception as error:  # noqa: BLE001  whatever analysis does, an alarm must come of it
        state, some = _broken(state, replace(sensor, movement=None, placement=None), error, now)
        return state, (*effects, *some, keep)
    sensor, looks, failed = movement.beside(sensor, seen.columns, pieces)
    if failed is not None:
        state, some = _broken(state, sensor, failed, now)
        effects += some
        sensor = state.sensors[packet.device]
    live = bool(np.isfinite(values).any())
    sensor = replace(sensor, movement=after, heard_s=heard.mono_s if live else sensor.heard_s)
    state, some = _signs(_with(state, sensor), sensor, (*usable, *_sound_again(sensor, now)), now)
    effects += some
    for at_s, signs in movement.in_order(steps, looks):
        said, then = movement.with_limbs(signs, sensor, state.sensors), _arrival(packet, at_s, now)
        state, some = _signs(state, sensor, said, then)
        state, more = episode_clock.goes_on(state, sensor.device.person, then)
        effects += some + more
    effects += movement.kept(sensor, looks, now)
    if steps:
        level_g, stage = round(steps[-1].level_g, 4), str(steps[-1].stage)
        state, shown = _show(
            state, sensor, (Quantity.ACCELERATION, level_g, Unit.G, Validity.VALID), heard, state_word=stage
        )
        effects += shown
    return state, (*effects, keep)


def _knowing(state: State, person: str, now: Now) -> State:
    """What a fever says of the movement that comes now."""
    fever, child = fever_of(state, person, now), state.child(person)
    if not fever.known and not child.fever.known:
        return state
    age_months = state.setup.person(person).age_months(now.wall_s)
    after_event = alarms.attentive(state.alarms, person, now)
    return state.with_child(person, child.knowing(fever, now.mono_s, age_months, after_event=after_event))


def _arrival(packet: MotionHeard, t_s: float, now: Now) -> Now:
    """When the sample taken at `t_s` was heard: a hub that got its packet then would have decided then."""
    if packet.heard_s is None:
        return now
    sample = min(int(np.searchsorted(packet.t_s, t_s)), len(packet.heard_s) - 1)
    mono_s = float(packet.heard_s[sample])
    return Now(mono_s, now.wall_at(mono_s), now.synced)


def _heard(state: State, device: str, reading: Reading, now: Now, heard: Now) -> Stepped:
    """A scalar that arrived at `heard`. What a spot thermometer measured long ago is history, and rings nobody."""
    sensor, reading, taken = spot_readings.taken(state.sensors[device], reading, state.setup.zone, heard)
    if not taken.late:
        return _reading(_with(state, sensor), device, reading, now, taken.wall_s, heard=heard)
    sensor = replace(sensor, heard_s=heard.mono_s)
    place = reading.site or sensor.place
    keep = KeepReading(sensor.device.person, device, place, reading, taken.wall_s, now.synced)
    if sensor.shown is not None and sensor.shown.wall_s > taken.wall_s:
        return _with(state, sensor), (keep,)
    value = None if reading.validity is Validity.INVALID else round(reading.value, 2)
    what = (reading.quantity, value, reading.unit, reading.validity)
    reason = reading.reason or "measured earlier and delivered late"
    state, shown = _show(_with(state, sensor), sensor, what, now, reason=reason, taken_s=taken.wall_s)
    return state, (*shown, keep)


def _reading(
    state: State, device: str, reading: Reading, now: Now, taken_s: float, *, heard: Now | None = None
) -> Stepped:
    """taken_s: when it was measured, on the wall. heard: when it arrived, None: now."""
    heard = heard or now
    sensor = state.sensors[device]
    person = sensor.device.person
    reading = thermometers.own_clock(reading, now)
    effects: Effects = ()
    if sensor.judges(reading.quantity):
        core = reading.quantity is Quantity.CORE_TEMPERATURE
        rules = thermometers.rules(state, sensor, now, core=core)
        try:
            after, assessed = temperature.advance(sensor.level, reading, heard.mono_s, rules)
            sensor = thermometers.judgeable(sensor, assessed, heard)
            sensor, assessed = thermometers.beside(state, replace(sensor, level=after), assessed, now, core=core)
        except Exception as error:  # noqa: BLE001  whatever analysis does, an alarm must come of it
            state, effects = _broken(state, replace(sensor, level=temperature.ThermometerState()), error, now)
            return state, (*effects, KeepReading(person, device, sensor.place, reading, taken_s, now.synced))
        reading = assessed.reading
        sensor = replace(sensor, heard_s=heard.mono_s if assessed.measured else sensor.heard_s)
        state, effects = _signs(_with(state, sensor), sensor, (*assessed.signs, *_sound_again(sensor, now)), now)
        value = None if reading.validity is Validity.INVALID else round(reading.value, 2)
        what = (reading.quantity, value, reading.unit, reading.validity)
        rate = None if assessed.level_c is None else temperature.per_hour(sensor.level.trend, heard.mono_s)
        state, shown = _show(state, sensor, what, now, reason=reading.reason, taken_s=taken_s, c_per_h=rate)
        effects += shown
    elif reading.quantity is Quantity.BATTERY:
        low = battery.sign(reading, sensor.limits, now.mono_s)
        sensor = replace(sensor, battery_percent=reading.value if low else sensor.battery_percent)
        state, effects = _signs(_with(state, sensor), sensor, (low,) if low else (), now)
    elif sensor.profile.ambient or not (sensor.profile.rhythm or sensor.device.site):
        # Beside what a sensor is there for, its other figures are no sign that it still watches.
        state = _with(state, replace(sensor, heard_s=heard.mono_s))
    place = reading.site or sensor.place
    return state, (*effects, KeepReading(person, device, place, reading, taken_s, now.synced))


def _broken(state: State, sensor: Sensor, error: Exception, now: Now) -> Stepped:
    """An error inside analysis is a technical condition of its own; the sensor starts afresh."""
    evidence = FaultEvidence(detail=f"{type(error).__name__}: {error}"[:200])
    sign = Sign(Condition.ANALYSIS_ERROR, "", True, now.mono_s, now.mono_s, evidence=evidence)
    sensor = replace(sensor, heard_s=now.mono_s, broken_s=now.mono_s)
    return _signs(_with(state, sensor), sensor, (sign,), now)


def _sound_again(sensor: Sensor, now: Now) -> tuple[Sign, ...]:
    return (Sign(Condition.ANALYSIS_ERROR, "", False, now.mono_s),) if sensor.sound(now) else ()


def _silence(state: State, now: Now, as_of: Now) -> Stepped:
    """Absence of data is data. as_of: until when everything that arrived has been stepped."""
    effects: Effects = ()
    for sensor in state.sensors.values() if state.setup.liveness else ():
        limit_s = sensor.deadline_s()
        sign = limit_s and arrival.no_data(sensor.since_s, sensor.heard_s, limit_s, as_of.mono_s, sensor.refused)
        if not sign:
            continue
        state, some = _signs(state, sensor, (sign,), now)
        effects += some
        if not sign.present:
            state, some = _doubted(state, sensor, now, as_of)
            effects += some
        stale = latest.stale(sensor.shown, now.wall_s) if sign.present else None
        if stale is not None:
            state = _with(state, replace(sensor, shown=stale))
            effects += (stale,)
    return state, effects


def _doubted(state: State, sensor: Sensor, now: Now, as_of: Now) -> Stepped:
    """Whether what is heard would let a fever or a convulsion be noticed."""
    sensor, effects, failed = movement.controlled(sensor, as_of)
    state = _with(state, sensor)
    if failed is not None:
        state, some = _broken(state, sensor, failed, now)
        return state, (*effects, *some)
    signs = (*thermometers.doubted(sensor, now), *movement.doubted(state, sensor, now))
    state, some = _signs(state, sensor, signs, now)
    return state, (*effects, *some)


# ------------------------------------------------------------------------------------------------ alarms, delivery


def _signs(state: State, sensor: Sensor, signs: Iterable[Sign], now: Now) -> Stepped:
    effects: Effects = ()
    for sign in signs:
        person = sensor.device.person
        child, sign = children.heard(  # noqa: PLW2901
            state.child(person), replace(sign, device=sensor.device.id), now, state.setup.person(person)
        )
        state = state.with_child(person, child)
        key = key_of(sensor.device, sign.condition)
        for speaker in (*outdated(state, sensor, sign, now), sensor.device.id):
            said = sign if speaker == sign.device else replace(sign, device=speaker)
            state, some = notify_changes(state, alarms.sign(state.alarms, key, said, plan_for(state, now), now), now)
            effects += some
    return state, effects


def _fault(state: State, fault: FaultReported, now: Now) -> Stepped:
    evidence = FaultEvidence(detail=fault.detail)
    sign = Sign(fault.condition, fault.device, fault.present, now.mono_s, now.mono_s, evidence=evidence)
    if fault.device in state.sensors and not alarms.hub_wide(fault.condition):
        return _signs(state, state.sensors[fault.device], (sign,), now)
    return notify_changes(
        state, alarms.sign(state.alarms, AlarmKey(fault.condition), sign, plan_for(state, now), now), now
    )


def _show(
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
    device = sensor.device
    wall_s = now.wall_s if taken_s is None else taken_s
    slope = None if c_per_h is None else round(c_per_h, 1) + 0.0
    shown = ShowLatest(device.person, device.id, sensor.place, *what, wall_s, reason, state_word, slope)
    if not latest.news(state.sensors[device.id].shown, shown):
        return state, ()
    return _with(state, replace(state.sensors[device.id], shown=shown)), (shown,)


def _with(state: State, sensor: Sensor) -> State:
    return replace(state, sensors={**state.sensors, sensor.device.id: sensor})
