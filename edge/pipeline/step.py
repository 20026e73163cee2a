"""The whole road, pure: `step(state, event, now) -> (state, effects)`. Only this file names it all.

The same code runs live, in replay, offline and in tests. The shell does what the effects say, in their order, and
decides nothing.
"""

import math
from dataclasses import replace

from edge import alarms
from edge.analysis import arrival
from edge.analysis.arrival import Verdict
from edge.decoding import decode, key_bytes
from edge.delivery import latest
from edge.errors import FrameMalformed
from edge.model.alarm import Condition
from edge.model.effect import Dropped
from edge.model.event import (
    AvailabilityReceived,
    BrokerLinkChanged,
    CaregiversChanged,
    ClockReceived,
    Command,
    Event,
    FaultReported,
    FilmBegun,
    FrameReceived,
    MotionReceived,
    NoticeAsked,
    PushReported,
    ReadingReceived,
    TargetProven,
    TestTaken,
    Tick,
    TimerExpired,
)
from edge.model.moment import Now
from edge.model.reading import Quantity, Samples, Validity
from edge.pipeline import (
    commands,
    episode_clock,
    escalation,
    freshness,
    household,
    illness,
    judging,
    movement,
    pushes,
    readings,
    samples,
    signs,
    spot_readings,
    thermometers,
    watch_duty,
)
from edge.pipeline.notification import Effects, Stepped, filmed
from edge.pipeline.state import Sensor, State, key_of


def step(state: State, event: Event, now: Now) -> Stepped:
    """One event through the whole road. Never raises for what a sensor or a caregiver sent."""
    before = state.alarms
    match event:
        case FrameReceived() | AvailabilityReceived() | MotionReceived() | ReadingReceived() | ClockReceived() if (
            event.device not in state.sensors
        ):
            return state, (Dropped(event.device, type(event).__name__, "no such device is set up"),)
        case FrameReceived():
            state, effects = _frame(state, event, now)
        case MotionReceived():
            state, effects = samples.take(state, event, now, now)
        case ReadingReceived():
            state, effects = readings.arrived(state, event.device, event.reading, now, now)
        case ClockReceived() | AvailabilityReceived():
            return state.with_sensor(_told(state, event, now)), ()
        case FaultReported():
            state, effects = signs.fault(state, event, now)
        case Command():
            state, effects = commands.command(state, event, now)
        case PushReported() | TimerExpired() | BrokerLinkChanged() | NoticeAsked():
            state, effects = pushes.advance(state, event, now)
        case TargetProven() | TestTaken():
            state, effects = watch_duty.arrived(state, event, now)
        case CaregiversChanged() | FilmBegun():
            state, effects = _carried_out(state, event, now)
        case Tick():
            state, effects = _silence(state, now, now.back_at(event.as_of_s))
            state, some = episode_clock.all_go_on(state, now)
            effects += some
            state, some = illness.follow(state, now)
            effects += some
    if isinstance(event, Tick) or state.alarms is not before:
        state, more = escalation.escalate(state, now)
        effects += more
    return pushes.sent(state, effects)


def next_change_s(state: State) -> float:
    """The moment (monotonic) from which a `Tick` alone may raise something: a sensor is silent for too long, or the
    delay of a condition is over. What was raised grows and escalates by ticks besides.
    """
    changes_s = alarms.next_due_s(state.alarms)
    for sensor in state.sensors.values() if state.setup.liveness else ():
        limit_s = sensor.deadline_s()
        if not limit_s or alarms.holds(state.alarms, key_of(sensor.device, Condition.NO_DATA)):
            continue
        silent_s = (sensor.since_s if sensor.last_seen_s is None else sensor.last_seen_s) + limit_s
        doubted = alarms.holds(state.alarms, key_of(sensor.device, Condition.CANNOT_JUDGE))
        changes_s = min(changes_s, silent_s, math.inf if doubted else sensor.judgeable.doubted_s())
    return changes_s


def _told(state: State, event: ClockReceived | AvailabilityReceived, now: Now) -> Sensor:
    """A sensor of which something was said that is no measurement."""
    sensor, at_arrival = state.sensors[event.device], now.back_at(event.arrival_s)
    if isinstance(event, AvailabilityReceived):
        return freshness.gateway_said(sensor, event, at_arrival)
    return spot_readings.clock_read(sensor, event.device_wall_s, state.setup.zone, at_arrival)


def _frame(state: State, frame: FrameReceived, now: Now) -> Stepped:
    sensor = state.sensors[frame.device]
    device = sensor.device
    try:
        key = key_bytes(sensor.profile, device.key)
        decoded = decode(
            sensor.profile, frame.kind, frame.payload, address=device.address, key=key, options=device.options
        )
    except FrameMalformed as error:
        return _refused(state, sensor, frame, str(error))
    at_arrival = now.back_at(frame.arrival_s)
    # The state of a battery, and an answer to a command, say nothing of whether what it is there for can be taken.
    usable = any(isinstance(item, Samples) or item.quantity is not Quantity.BATTERY for item in decoded)
    try:
        sensor, verdict = freshness.judge(replace(sensor, refused="") if usable else sensor, frame, at_arrival)
    except FrameMalformed as error:
        return _refused(state, sensor, frame, str(error))
    if verdict is Verdict.REPEATED:
        return state.with_sensor(sensor), ()
    if verdict is not Verdict.NEW:
        return _refused(state, sensor, frame, verdict)
    state = state.with_sensor(sensor)
    effects: Effects = ()
    for item in decoded:
        if isinstance(item, Samples) and item.validity is Validity.INVALID:
            effects += (Dropped(frame.device, frame.kind, "its samples are marked invalid"),)
            continue
        if isinstance(item, Samples):
            sensor = state.sensors[frame.device]
            rate_hz = item.rate_hz or sensor.profile.rate_hz or 25.0
            placed, t_s = arrival.place(sensor.clock, item, at_arrival.mono_s, rate_hz)
            effects += judging.noted(sensor.clock, placed, device.id)
            packet = MotionReceived(device.id, t_s, item.values)
            state, some = samples.take(state.with_sensor(replace(sensor, clock=placed)), packet, now, at_arrival)
        else:
            state, some = readings.arrived(state, frame.device, item, now, at_arrival)
        effects += some
    sensor = state.sensors[frame.device]
    if sensor.last_seen_s == at_arrival.mono_s:
        state = state.with_sensor(replace(sensor, measured_s=at_arrival.mono_s))
    return state, effects


def _refused(state: State, sensor: Sensor, frame: FrameReceived, why: str) -> Stepped:
    """It is no measurement; if nothing better comes, `no_data` will say why."""
    return state.with_sensor(replace(sensor, refused=why)), (Dropped(frame.device, frame.kind, why),)


def _carried_out(state: State, event: CaregiversChanged | FilmBegun, now: Now) -> Stepped:
    """What the shell has done for the core."""
    match event:
        case CaregiversChanged():
            return household.changed(state, event, now)
        case FilmBegun():
            return filmed(state, event, now)


def _silence(state: State, now: Now, as_of: Now) -> Stepped:
    """Absence of data is data. as_of: until when everything that arrived has been stepped."""
    effects: Effects = ()
    for sensor in state.sensors.values() if state.setup.liveness else ():
        limit_s = sensor.deadline_s()
        sign = limit_s and arrival.no_data(sensor.since_s, sensor.last_seen_s, limit_s, as_of.mono_s, sensor.refused)
        if not sign:
            continue
        state, some = signs.take(state, sensor, (sign,), now)
        effects += some
        state, some = (_unheard if sign.present else _doubted)(state, sensor, now, as_of)
        effects += some
    return state, effects


def _unheard(state: State, sensor: Sensor, now: Now, as_of: Now) -> Stepped:
    """It says nothing: its value is no longer shown as one of now, and a long silence counts."""
    if sensor.moves:
        sensor = movement.silent(state, sensor, as_of)
    stale = latest.stale(sensor.shown, now.wall_s)
    sensor = sensor if stale is None else replace(sensor, shown=stale)
    return state.with_sensor(sensor), () if stale is None else (stale,)


def _doubted(state: State, sensor: Sensor, now: Now, as_of: Now) -> Stepped:
    """Whether what is received would let a fever or a convulsion be noticed."""
    sensor, effects, failed = movement.controlled(sensor, as_of)
    state = state.with_sensor(sensor)
    if failed is not None:
        state, some = signs.broken(state, sensor, failed, now)
        return state, (*effects, *some)
    doubts = (*thermometers.doubted(sensor, now), *movement.doubted(state, sensor, now))
    state, some = signs.take(state, sensor, doubts, now)
    return state, (*effects, *some)
