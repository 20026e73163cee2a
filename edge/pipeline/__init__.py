"""The whole road, pure: `step(state, event, now) -> (state, effects)`. Only this file names it all.

The same code runs live, in replay, offline and in tests. The shell does what the effects say, in their order, and
decides nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from edge.alarms import desk
from edge.alarms.desk import Outcome
from edge.analysis import battery, liveness, motion, sampleclock, temperature
from edge.decoding import decode, key_bytes
from edge.delivery import latest, message, plan, texts
from edge.errors import CommandRefused, FrameMalformed
from edge.model.alarm import Alarm, AlarmKey, Condition, Kind, Presence, Priority, Reason, Turn
from edge.model.effect import (
    AlarmChanged,
    Dropped,
    Effect,
    Film,
    KeepMotion,
    KeepReading,
    Note,
    Notify,
    Prove,
    Reply,
    ShowLatest,
    Sound,
)
from edge.model.event import Command, Event, FaultReported, FrameHeard, MotionHeard, ReadingHeard, Tick, Verb
from edge.model.moment import Now
from edge.model.people import Caregiver, Device, Role
from edge.model.reading import Quantity, Reading, Samples, Unit, Validity
from edge.model.sign import Sign
from edge.pipeline import thermometers
from edge.pipeline.state import Sensor, Setup, State, watches
from edge.pipeline.thermometers import fever_of

__all__ = ["Sensor", "Setup", "State", "begin", "fever_of", "step", "watches"]

Effects = tuple[Effect, ...]
Stepped = tuple[State, Effects]


def begin(setup: Setup, now: Now, standing: Iterable[Alarm] = (), sequence: int = 0) -> Stepped:
    """The first state. standing, sequence: from the journal, so that an alarm survives a restart."""
    sensors = {
        device.id: Sensor(device, setup.profiles[device.profile], setup.config.limits_for(device), now.mono_s)
        for device in setup.config.devices
    }
    state = State(setup, sensors)
    speakers = {AlarmKey(condition): frozenset[str]() for condition in Condition}
    for sensor in sensors.values():
        for key in (_key(sensor.device, condition) for condition in Condition if sensor.says(condition)):
            speakers[key] = speakers.get(key, frozenset()) | {sensor.device.id}
    return _told(state, desk.restore(tuple(standing), sequence, speakers, _plan(state), now))


def step(state: State, event: Event, now: Now) -> Stepped:
    """One event through the whole road. Never raises for what a sensor or a caregiver sent."""
    before = state.desk
    match event:
        case FrameHeard() | MotionHeard() | ReadingHeard() if event.device not in state.sensors:
            return state, (Dropped(event.device, type(event).__name__, "no such device is set up"),)
        case FrameHeard():
            state, effects = _frame(state, event, now)
        case MotionHeard():
            state, effects = _samples(state, event, now)
        case ReadingHeard():
            state, effects = _reading(state, event.device, event.reading, now)
        case FaultReported():
            state, effects = _fault(state, event, now)
        case Command():
            state, effects = _command(state, event, now)
        case Tick():
            state, effects = _silence(state, now)
    if isinstance(event, Tick) or state.desk is not before:
        state, more = _ring(state, now)
        effects += more
    return state, effects


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
        return state, (Dropped(frame.device, frame.kind, str(error)),)
    effects: Effects = ()
    for item in decoded:
        if isinstance(item, Samples) and item.validity is Validity.INVALID:
            effects += (Dropped(frame.device, frame.kind, "its samples are marked invalid"),)
            continue
        if isinstance(item, Samples):
            sensor = state.sensors[frame.device]
            rate_hz = item.rate_hz or sensor.profile.rate_hz or 25.0
            clock, t_s = sampleclock.place(sensor.clock, item, now.mono_s, rate_hz)
            packet = MotionHeard(device.id, t_s, item.values)
            state, some = _samples(_with(state, replace(sensor, clock=clock)), packet, now)
        else:
            state, some = _reading(state, frame.device, item, now)
        effects += some
    return state, effects


# ------------------------------------------------------------------------------------------------ analysis


def _samples(state: State, heard: MotionHeard, now: Now) -> Stepped:
    sensor = state.sensors[heard.device]
    t_s, values = heard.t_s, heard.values
    if not len(t_s):
        return state, ()
    wall_s = now.wall_s + (t_s - now.mono_s)
    keep = KeepMotion(sensor.device.person, heard.device, sensor.place, wall_s, values, now.synced)
    if not sensor.profile.rhythm:
        return _with(state, replace(sensor, heard_s=now.mono_s)), (keep,)
    try:
        before = sensor.movement or motion.start(1 if values.ndim == 1 else values.shape[1])
        after, steps = motion.advance(before, t_s, values)
    except Exception as error:  # noqa: BLE001  whatever analysis does, an alarm must come of it
        state, effects = _broken(state, replace(sensor, movement=None), error, now)
        return state, (*effects, keep)
    live = bool(np.isfinite(values).any())
    sensor = replace(sensor, movement=after, heard_s=now.mono_s if live else sensor.heard_s)
    state, effects = _signs(_with(state, sensor), sensor, _sound_again(sensor, now), now)
    for each in steps:
        state, some = _signs(state, sensor, each.signs, _arrival(heard, each.t_s, now))
        effects += some
    if steps:
        level_g, stage = round(steps[-1].level_g, 4), str(steps[-1].stage)
        state, shown = _show(
            state, sensor, (Quantity.ACCELERATION, level_g, Unit.G, Validity.VALID), now, state_word=stage
        )
        effects += shown
    return state, (*effects, keep)


def _arrival(heard: MotionHeard, t_s: float, now: Now) -> Now:
    """When the sample taken at `t_s` was heard: a hub that got its packet then would have decided then."""
    if heard.heard_s is None:
        return now
    sample = min(int(np.searchsorted(heard.t_s, t_s)), len(heard.heard_s) - 1)
    mono_s = float(heard.heard_s[sample])
    return Now(mono_s, now.wall_at(mono_s), now.synced)


def _reading(state: State, device: str, reading: Reading, now: Now) -> Stepped:
    sensor = state.sensors[device]
    person = sensor.device.person
    reading = thermometers.own_clock(reading, now)
    effects: Effects = ()
    if sensor.judges(reading.quantity):
        core = reading.quantity is Quantity.CORE_TEMPERATURE
        rules = thermometers.rules(state, sensor, now, core=core)
        try:
            after, assessed = temperature.advance(sensor.level, reading, now.mono_s, rules)
            sensor, assessed = thermometers.beside(state, replace(sensor, level=after), assessed, now, core=core)
        except Exception as error:  # noqa: BLE001  whatever analysis does, an alarm must come of it
            state, effects = _broken(state, replace(sensor, level=temperature.State()), error, now)
            return state, (*effects, KeepReading(person, device, sensor.place, reading, now.wall_s, now.synced))
        reading = assessed.reading
        sensor = replace(sensor, heard_s=now.mono_s if assessed.measured else sensor.heard_s)
        state, effects = _signs(_with(state, sensor), sensor, (*assessed.signs, *_sound_again(sensor, now)), now)
        value = None if reading.validity is Validity.INVALID else round(reading.value, 2)
        what = (reading.quantity, value, reading.unit, reading.validity)
        state, shown = _show(state, sensor, what, now, reason=reading.reason)
        effects += shown
    elif reading.quantity is Quantity.BATTERY:
        low = battery.sign(reading, sensor.limits, now.mono_s)
        state, effects = _signs(state, sensor, (low,) if low else (), now)
    elif sensor.profile.ambient or not (sensor.profile.rhythm or sensor.device.site):
        # Beside what a sensor is there for, its other figures are no sign that it still watches.
        state = _with(state, replace(sensor, heard_s=now.mono_s))
    place = reading.site or sensor.place
    return state, (*effects, KeepReading(person, device, place, reading, now.wall_s, now.synced))


def _broken(state: State, sensor: Sensor, error: Exception, now: Now) -> Stepped:
    """An error inside analysis is a technical condition of its own; the sensor starts afresh."""
    evidence = {"detail": f"{type(error).__name__}: {error}"[:200]}
    sign = Sign(Condition.ANALYSIS_ERROR, "", True, now.mono_s, now.mono_s, evidence=evidence)
    sensor = replace(sensor, heard_s=now.mono_s, broken_s=now.mono_s)
    return _signs(_with(state, sensor), sensor, (sign,), now)


def _sound_again(sensor: Sensor, now: Now) -> tuple[Sign, ...]:
    return (Sign(Condition.ANALYSIS_ERROR, "", False, now.mono_s),) if sensor.sound(now) else ()


def _silence(state: State, now: Now) -> Stepped:
    """Absence of data is data."""
    effects: Effects = ()
    for sensor in state.sensors.values() if state.setup.liveness else ():
        limit_s = sensor.deadline_s()
        sign = limit_s and liveness.sign(sensor.since_s, sensor.heard_s, limit_s, now.mono_s)
        if not sign:
            continue
        state, some = _signs(state, sensor, (sign,), now)
        effects += some
        stale = latest.stale(sensor.shown, now.wall_s) if sign.present else None
        if stale is not None:
            state = _with(state, replace(sensor, shown=stale))
            effects += (stale,)
    return state, effects


# ------------------------------------------------------------------------------------------------ alarms, delivery


def _key(device: Device, condition: Condition) -> AlarmKey:
    technical = desk.kind(condition) is Kind.TECHNICAL
    return AlarmKey(condition, device.person, device.id if technical else "")


def _signs(state: State, sensor: Sensor, signs: Iterable[Sign], now: Now) -> Stepped:
    effects: Effects = ()
    for sign in signs:
        said = replace(sign, device=sensor.device.id)
        state, some = _told(state, desk.sign(state.desk, _key(sensor.device, sign.condition), said, _plan(state), now))
        effects += some
    return state, effects


def _fault(state: State, fault: FaultReported, now: Now) -> Stepped:
    evidence = {"detail": fault.detail}
    sign = Sign(fault.condition, fault.device, fault.present, now.mono_s, now.mono_s, evidence=evidence)
    if fault.device in state.sensors and not desk.hub_wide(fault.condition):
        return _signs(state, state.sensors[fault.device], (sign,), now)
    return _told(state, desk.sign(state.desk, AlarmKey(fault.condition), sign, _plan(state), now))


def _ring(state: State, now: Now) -> Stepped:
    """Tell whoever's turn it is, and say what the sounder shall play."""
    outcome, told = desk.tick(state.desk, _plan(state), now)
    state, effects = _told(state, outcome)
    for each in told:
        caregiver = state.setup.caregiver(each.telling.target)
        if caregiver is not None:
            effects += (_notify(state, caregiver, each.alarm, each.telling.stage),)
    priority = desk.sounding(state.desk)
    pattern = "" if priority is Priority.NONE else str(priority)
    if pattern != state.pattern:
        state = replace(state, pattern=pattern)
        effects += (Sound(pattern, Reason.EVIDENCE if pattern else Reason.ACKNOWLEDGED),)
    return state, effects


def _plan(state: State) -> Callable[[Alarm], tuple[Turn, ...]]:
    caregivers = state.setup.config.caregivers
    return lambda alarm: plan.plan(alarm, caregivers, state.on_watch, everyone=desk.everyone(alarm.key.condition))


def _told(state: State, outcome: Outcome) -> Stepped:
    """Put words to what changed, tell those who were told that it is over, and note who is not told yet."""
    after, changed, ended = outcome
    if not changed and not ended:
        return (state if after is state.desk else replace(state, desk=after)), ()
    effects: list[Effect] = [AlarmChanged(_worded(state, alarm)) for alarm in changed]
    for each in ended:
        told = [state.setup.caregiver(caregiver) for caregiver in each.told]
        effects += [_notify(state, caregiver, each.alarm, 0) for caregiver in told if caregiver is not None]
    for alarm in changed:
        new = alarm.presence is Presence.ON and alarm.id not in state.desk.rings
        effects += [Film(alarm.id)] if new and desk.filmed(alarm.key.condition) else []
        effects += message.withheld(alarm, _plan(state)(alarm), state.setup.config.caregivers, new=new)
    return replace(state, desk=after), tuple(effects)


def _worded(state: State, alarm: Alarm) -> Alarm:
    setup = state.setup
    return message.worded(alarm, setup.person(alarm.key.person), setup.config.caregivers, setup.zone)


def _notify(state: State, caregiver: Caregiver, alarm: Alarm, stage: int) -> Notify:
    return message.notify(_worded(state, alarm), caregiver, stage)


def _show(
    state: State,
    sensor: Sensor,
    what: tuple[Quantity, float | None, Unit, Validity],
    now: Now,
    *,
    reason: str = "",
    state_word: str = "",
) -> Stepped:
    device = sensor.device
    shown = ShowLatest(device.person, device.id, sensor.place, *what, now.wall_s, reason, state_word)
    if not latest.news(state.sensors[device.id].shown, shown):
        return state, ()
    return _with(state, replace(state.sensors[device.id], shown=shown)), (shown,)


def _command(state: State, command: Command, now: Now) -> Stepped:
    said = " ".join(filter(None, [command.verb, command.alarm, str(dict(command.arguments) or "")]))
    note = Note(f"command from {command.caregiver}", said)
    caregiver = state.setup.caregiver(command.caregiver)
    try:
        if caregiver is None or caregiver.role is Role.VIEWER:
            raise CommandRefused("you may look, not answer")
        if command.verb is Verb.TEST:
            who = [each.id for each in state.setup.config.caregivers if each.role is not Role.VIEWER]
            tests = tuple(Notify(each, "test", *texts.TEST, urgent=True) for each in who)
            return state, (note, Prove(command.caregiver, command.request_id, tests))
        state, effects = _obey(state, command, now)
    except CommandRefused as refused:
        return state, (note, Reply(command.caregiver, command.request_id, ok=False, reason=str(refused)))
    return state, (*effects, note, Reply(command.caregiver, command.request_id, ok=True, reason="done"))


def _obey(state: State, command: Command, now: Now) -> Stepped:
    match command.verb:
        case Verb.NOTE | Verb.DOSE:
            return state, ()  # kept word for word, with who and when, by the note of every command
        case Verb.ON_WATCH:
            return replace(state, on_watch=command.caregiver), ()
        case Verb.PAUSE:
            raise CommandRefused("watching cannot be paused in this version")
        case _:
            return _told(state, desk.command(state.desk, command, _plan(state), now))


def _with(state: State, sensor: Sensor) -> State:
    return replace(state, sensors={**state.sensors, sensor.device.id: sensor})
