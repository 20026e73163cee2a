"""The whole road, pure: `step(state, event, now) -> (state, effects)`. Only this file names it all.

The same code runs live, in replay, offline and in tests. The shell does what the effects say, in their order, and
decides nothing.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from edge.alarms import desk
from edge.analysis import battery, liveness, motion, sampleclock, temperature
from edge.decoding import decode, key_bytes
from edge.delivery import latest, roster, texts
from edge.errors import CommandRefused, FrameMalformed
from edge.model.alarm import HOUSE, Alarm, AlarmKey, Condition, Kind, Priority, Reason
from edge.model.care import Entry, ManualReading
from edge.model.effect import (
    Dropped,
    KeepEntry,
    KeepMotion,
    KeepReading,
    Note,
    Notify,
    Prove,
    Reply,
    ShowLatest,
    Sound,
)
from edge.model.event import (
    ClockHeard,
    Command,
    Event,
    FaultReported,
    FrameHeard,
    MotionHeard,
    NotTaken,
    Proved,
    ReadingHeard,
    Tick,
    Verb,
)
from edge.model.moment import Now
from edge.model.people import Device, Role
from edge.model.reading import Quantity, Reading, Samples, Unit, Validity
from edge.model.sign import Sign
from edge.pipeline import child as children
from edge.pipeline import clock, diary, house, memory, movement, recall, stored, thermometers
from edge.pipeline.state import Sensor, Setup, State, batteries, outdated, watches
from edge.pipeline.telling import Effects, Stepped, due, night_left_s, plan_for, told
from edge.pipeline.thermometers import fever_of

__all__ = ["Sensor", "Setup", "State", "batteries", "begin", "fever_of", "step", "watches"]

# Day and night are for what is not urgent: a high alarm is always played as loud as the loudspeaker goes.
FULL_PERCENT = 100


def begin(
    setup: Setup,
    now: Now,
    standing: Iterable[Alarm] = (),
    sequence: int = 0,
    *,
    remembered: str = "",
    entries: Iterable[Entry] = (),
    past: Iterable[Alarm] = (),
) -> Stepped:
    """The first state. standing, sequence, remembered, entries (newest versions, oldest first), past (alarms of the
    last days that are over): from the journal, so that alarms, silences, episodes and what the family's plan counts
    survive a restart.
    """
    standing, past = tuple(standing), tuple(past)
    sensors = {
        device.id: Sensor(device, setup.profiles[device.profile], setup.config.limits_for(device), now.mono_s)
        for device in setup.config.devices
    }
    known = {entry.id: entry for entry in entries}
    for entry in known.values():
        if isinstance(entry.what, ManualReading):
            by_hand = diary.hand_sensor(setup, entry.person, entry.what.site, now.mono_s)
            sensors.setdefault(by_hand.device.id, by_hand)
    who, paused = memory.recall(remembered, now)
    her = recall.children(standing, past, now)
    state = State(setup, sensors, roster=who, entries=known, entries_made=len(known), children=her)
    speakers = {AlarmKey(condition): frozenset[str]() for condition in Condition}
    for sensor in sensors.values():
        for key in (_key(sensor.device, condition) for condition in Condition if sensor.says(condition)):
            speakers[key] = speakers.get(key, frozenset()) | {sensor.device.id}
    plan = plan_for(state, now)
    return told(state, desk.restore(standing, sequence, speakers, plan, now, pauses=paused, past=past), now)


def step(state: State, event: Event, now: Now) -> Stepped:
    """One event through the whole road. Never raises for what a sensor or a caregiver sent."""
    before = state.desk
    match event:
        case FrameHeard() | MotionHeard() | ReadingHeard() | ClockHeard() if event.device not in state.sensors:
            return state, (Dropped(event.device, type(event).__name__, "no such device is set up"),)
        case FrameHeard():
            state, effects = _frame(state, event, now)
        case MotionHeard():
            state, effects = _samples(state, event, now)
        case ReadingHeard():
            state, effects = _heard(state, event.device, event.reading, now)
        case ClockHeard():
            sensor = state.sensors[event.device]
            state = _with(state, stored.clock_read(sensor, event.device_wall_s, state.setup.zone, now))
            effects = ()
        case FaultReported():
            state, effects = _fault(state, event, now)
        case Command():
            state, effects = _command(state, event, now)
        case NotTaken() if event.alarm_id in state.desk.rings:
            said = Note(f"{event.alarm_id} to everyone", "no channel took it: the room does not wait")
            state, effects = replace(state, desk=desk.not_taken(state.desk, event.alarm_id)), (said,)
        case NotTaken():
            return state, ()
        case Proved():
            state, effects = house.proved(state, event, now)
        case Tick():
            state, effects = _silence(state, now)
            for person in state.children:
                state, some = clock.goes_on(state, person, now)
                effects += some
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
            state, some = _heard(state, frame.device, item, now)
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
    effects: Effects = ()
    try:
        before = sensor.movement or motion.start(1 if values.ndim == 1 else values.shape[1])
        state = _knowing(state, sensor.device.person, now)
        after, steps = motion.advance(before, t_s, values, state.child(sensor.device.person).prior.log_odds)
    except Exception as error:  # noqa: BLE001  whatever analysis does, an alarm must come of it
        state, effects = _broken(state, replace(sensor, movement=None), error, now)
        return state, (*effects, keep)
    sensor, looks, failed = movement.beside(sensor, t_s, values)
    if failed is not None:
        state, effects = _broken(state, sensor, failed, now)
        sensor = state.sensors[heard.device]
    live = bool(np.isfinite(values).any())
    sensor = replace(sensor, movement=after, heard_s=now.mono_s if live else sensor.heard_s)
    state, some = _signs(_with(state, sensor), sensor, _sound_again(sensor, now), now)
    effects += some
    for at_s, signs in movement.in_order(steps, looks):
        said, arrival = movement.with_limbs(signs, sensor, state.sensors), _arrival(heard, at_s, now)
        state, some = _signs(state, sensor, said, arrival)
        state, more = clock.goes_on(state, sensor.device.person, arrival)
        effects += some + more
    effects += movement.kept(sensor, looks, now)
    if steps:
        level_g, stage = round(steps[-1].level_g, 4), str(steps[-1].stage)
        state, shown = _show(
            state, sensor, (Quantity.ACCELERATION, level_g, Unit.G, Validity.VALID), now, state_word=stage
        )
        effects += shown
    return state, (*effects, keep)


def _knowing(state: State, person: str, now: Now) -> State:
    """What a fever says of the movement that comes now."""
    fever, child = fever_of(state, person, now), state.child(person)
    if not fever.known and not child.fever.known:
        return state
    age_months = state.setup.person(person).age_months(now.wall_s)
    after_event = desk.attentive(state.desk, person, now)
    return state.with_child(person, child.knowing(fever, now.mono_s, age_months, after_event=after_event))


def _arrival(heard: MotionHeard, t_s: float, now: Now) -> Now:
    """When the sample taken at `t_s` was heard: a hub that got its packet then would have decided then."""
    if heard.heard_s is None:
        return now
    sample = min(int(np.searchsorted(heard.t_s, t_s)), len(heard.heard_s) - 1)
    mono_s = float(heard.heard_s[sample])
    return Now(mono_s, now.wall_at(mono_s), now.synced)


def _heard(state: State, device: str, reading: Reading, now: Now) -> Stepped:
    """A scalar. What a spot thermometer measured long ago is history, and rings nobody."""
    sensor, reading, taken = stored.taken(state.sensors[device], reading, state.setup.zone, now)
    if not taken.late:
        return _reading(_with(state, sensor), device, reading, now, taken.wall_s)
    sensor = replace(sensor, heard_s=now.mono_s)
    place = reading.site or sensor.place
    keep = KeepReading(sensor.device.person, device, place, reading, taken.wall_s, now.synced)
    if sensor.shown is not None and sensor.shown.wall_s > taken.wall_s:
        return _with(state, sensor), (keep,)
    value = None if reading.validity is Validity.INVALID else round(reading.value, 2)
    what = (reading.quantity, value, reading.unit, reading.validity)
    reason = reading.reason or "measured earlier and delivered late"
    state, shown = _show(_with(state, sensor), sensor, what, now, reason=reason, taken_s=taken.wall_s)
    return state, (*shown, keep)


def _reading(state: State, device: str, reading: Reading, now: Now, taken_s: float) -> Stepped:
    """taken_s: when it was measured, on the wall."""
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
            return state, (*effects, KeepReading(person, device, sensor.place, reading, taken_s, now.synced))
        reading = assessed.reading
        sensor = replace(sensor, heard_s=now.mono_s if assessed.measured else sensor.heard_s)
        state, effects = _signs(_with(state, sensor), sensor, (*assessed.signs, *_sound_again(sensor, now)), now)
        value = None if reading.validity is Validity.INVALID else round(reading.value, 2)
        what = (reading.quantity, value, reading.unit, reading.validity)
        state, shown = _show(state, sensor, what, now, reason=reading.reason, taken_s=taken_s)
        effects += shown
    elif reading.quantity is Quantity.BATTERY:
        low = battery.sign(reading, sensor.limits, now.mono_s)
        sensor = replace(sensor, battery_percent=reading.value if low else sensor.battery_percent)
        state, effects = _signs(_with(state, sensor), sensor, (low,) if low else (), now)
    elif sensor.profile.ambient or not (sensor.profile.rhythm or sensor.device.site):
        # Beside what a sensor is there for, its other figures are no sign that it still watches.
        state = _with(state, replace(sensor, heard_s=now.mono_s))
    place = reading.site or sensor.place
    return state, (*effects, KeepReading(person, device, place, reading, taken_s, now.synced))


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
        person = sensor.device.person
        child, sign = children.heard(  # noqa: PLW2901
            state.child(person), replace(sign, device=sensor.device.id), now, state.setup.person(person)
        )
        state = state.with_child(person, child)
        key = _key(sensor.device, sign.condition)
        for speaker in (*outdated(state, sensor, sign, now), sensor.device.id):
            said = replace(sign, device=speaker)
            state, some = told(state, desk.sign(state.desk, key, said, plan_for(state, now), now), now)
            effects += some
    return state, effects


def _fault(state: State, fault: FaultReported, now: Now) -> Stepped:
    evidence = {"detail": fault.detail}
    sign = Sign(fault.condition, fault.device, fault.present, now.mono_s, now.mono_s, evidence=evidence)
    if fault.device in state.sensors and not desk.hub_wide(fault.condition):
        return _signs(state, state.sensors[fault.device], (sign,), now)
    return told(state, desk.sign(state.desk, AlarmKey(fault.condition), sign, plan_for(state, now), now), now)


def _ring(state: State, now: Now) -> Stepped:
    """Tell whoever's turn it is, end what ends by itself, and say what the sounder shall play."""
    before = state
    outcome, turns = desk.tick(state.desk, plan_for(state, now), now)
    state, effects = due(state, outcome, turns, now)
    state, more = house.ends(before, state, now)
    effects += more
    pattern, hub = desk.pattern(state.desk), state.setup.config.hub
    level = hub.sounder_night_percent if night_left_s(state, now) else hub.sounder_day_percent
    level = FULL_PERCENT if desk.sounding(state.desk) is Priority.HIGH else level
    if pattern != state.pattern or (pattern and level != state.level_percent):
        state = replace(state, pattern=pattern, level_percent=level)
        effects += (Sound(pattern, Reason.EVIDENCE if pattern else Reason.ACKNOWLEDGED, level),)
    return state, effects


def _show(
    state: State,
    sensor: Sensor,
    what: tuple[Quantity, float | None, Unit, Validity],
    now: Now,
    *,
    reason: str = "",
    state_word: str = "",
    taken_s: float | None = None,
) -> Stepped:
    device = sensor.device
    wall_s = now.wall_s if taken_s is None else taken_s
    shown = ShowLatest(device.person, device.id, sensor.place, *what, wall_s, reason, state_word)
    if not latest.news(state.sensors[device.id].shown, shown):
        return state, ()
    return _with(state, replace(state.sensors[device.id], shown=shown)), (shown,)


def _command(state: State, command: Command, now: Now) -> Stepped:
    where = command.surface and f"({command.surface})"
    said = " ".join(filter(None, [command.verb, command.alarm, str(dict(command.arguments) or ""), where]))
    note = Note(f"command from {command.caregiver}", said)
    caregiver = state.setup.caregiver(command.caregiver)
    try:
        if command.caregiver != HOUSE and (caregiver is None or caregiver.role is Role.VIEWER):
            raise CommandRefused("you may look, not answer")
        if command.verb is Verb.TEST:
            who = [each.id for each in state.setup.config.caregivers if each.role is not Role.VIEWER]
            tests = tuple(Notify(each, "test", *texts.TEST, urgent=True) for each in who)
            state = replace(state, roster=roster.sent(state.roster, who, now))
            return state, (note, Prove(command.caregiver, command.request_id, tests))
        if command.verb in (Verb.DOSE, Verb.NOTE):
            state, effects, said = _write(state, command, now)
        else:
            state, effects = _obey(state, command, now)
            said = clock.answered(state, command)
    except CommandRefused as refused:
        return state, (note, Reply(command.caregiver, command.request_id, ok=False, reason=str(refused)))
    return state, (*effects, note, Reply(command.caregiver, command.request_id, ok=True, reason=said))


def _write(state: State, command: Command, now: Now) -> tuple[State, Effects, str]:
    """What caregivers add; a temperature read by hand goes the way of a spot thermometer's."""
    written = diary.write(state, clock.with_rescue(state, command), now)
    state, effects = written.state, written.effects
    fresh = [effect.entry for effect in effects if isinstance(effect, KeepEntry) and effect.entry.version == 1]
    for entry in fresh if command.arguments.get("rescue") is True else ():
        state, more = clock.rescued(state, command, entry, now)
        effects += more
    if written.reading is not None:
        heard = written.reading
        state, more = _reading(state, heard.device, heard.reading, now, written.entry.happened_s)
        effects += more
    return state, effects, written.entry.told


def _obey(state: State, command: Command, now: Now) -> Stepped:
    match command.verb:
        case Verb.ON_WATCH:
            return house.on_watch(state, command, now)
        case Verb.PAUSE:
            return house.pause(state, command, now)
        case Verb.ACKNOWLEDGE if command.alarm == roster.TEST:
            return house.heard_test(state, command, now)
        case Verb.AWAKE:
            return clock.awake(state, command, now)
        case Verb.FALSE_ALARM:
            return clock.false_alarm(state, command, now)
        case _:
            night = night_left_s(state, now) > 0
            return told(state, desk.command(state.desk, command, plan_for(state, now), now, night=night), now)


def _with(state: State, sensor: Sensor) -> State:
    return replace(state, sensors={**state.sensors, sensor.device.id: sensor})
