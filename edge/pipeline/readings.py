"""A scalar value through its analysis: a temperature, the state of a battery, or what is only kept."""

from dataclasses import replace

from edge.analysis import battery, temperature
from edge.model.effect import KeepReading
from edge.model.moment import Now
from edge.model.reading import Quantity, Reading, Validity
from edge.pipeline import level_store, signs, spot_readings, thermometers
from edge.pipeline.notification import Effects, Stepped
from edge.pipeline.state import State


def arrived(state: State, device: str, reading: Reading, now: Now, at_arrival: Now) -> Stepped:
    """A scalar that arrived at that moment. What a spot thermometer measured long ago is history, and rings nobody."""
    sensor, reading, taken = spot_readings.taken(state.sensors[device], reading, state.setup.zone, at_arrival)
    if not taken.late:
        return judge(state.with_sensor(sensor), device, reading, now, taken.wall_s, at_arrival=at_arrival)
    sensor = replace(sensor, last_seen_s=at_arrival.mono_s)
    place = reading.site or sensor.place
    keep = KeepReading(sensor.device.person, device, place, reading, taken.wall_s, now.synced)
    if sensor.shown is not None and sensor.shown.wall_s > taken.wall_s:
        return state.with_sensor(sensor), (keep,)
    value = None if reading.validity is Validity.INVALID else round(reading.value, 2)
    what = (reading.quantity, value, reading.unit, reading.validity)
    reason = reading.reason or "measured earlier and delivered late"
    state, shown = signs.show(state.with_sensor(sensor), sensor, what, now, reason=reason, taken_s=taken.wall_s)
    return state, (*shown, keep)


def judge(
    state: State, device: str, reading: Reading, now: Now, taken_s: float, *, at_arrival: Now | None = None
) -> Stepped:
    """taken_s: when it was measured, on the wall. at_arrival: the moment at which it arrived, None: now."""
    at_arrival = at_arrival or now
    before = sensor = state.sensors[device]
    person = sensor.device.person
    reading = thermometers.own_clock(reading, now)
    effects: Effects = ()
    if sensor.judges(reading.quantity):
        core = reading.quantity is Quantity.CORE_TEMPERATURE
        rules = thermometers.rules(state, sensor, now, core=core)
        try:
            after, assessed = temperature.advance(sensor.level, reading, at_arrival.mono_s, rules)
            sensor = thermometers.judgeable(sensor, assessed, at_arrival)
            sensor, assessed = thermometers.beside(state, replace(sensor, level=after), assessed, now, core=core)
        except Exception as error:  # noqa: BLE001  whatever analysis does, an alarm must come of it
            state, effects = signs.broken(state, replace(sensor, level=temperature.ThermometerState()), error, now)
            return state, (*effects, KeepReading(person, device, sensor.place, reading, taken_s, now.synced))
        reading = assessed.reading
        sensor = replace(sensor, last_seen_s=at_arrival.mono_s if assessed.measured else sensor.last_seen_s)
        state, effects = signs.take(
            state.with_sensor(sensor), sensor, (*assessed.signs, *signs.sound_again(sensor, now)), now
        )
        value = None if reading.validity is Validity.INVALID else round(reading.value, 2)
        what = (reading.quantity, value, reading.unit, reading.validity)
        rate = None if assessed.level_c is None else temperature.per_hour(sensor.level.trend, at_arrival.mono_s)
        state, shown = signs.show(state, sensor, what, now, reason=reading.reason, taken_s=taken_s, c_per_h=rate)
        effects += shown
        effects += (level_store.remember(state, now),) if level_store.kept(before, sensor) else ()
    elif reading.quantity is Quantity.BATTERY:
        low = battery.sign(reading, sensor.limits, now.mono_s)
        sensor = replace(sensor, battery_percent=reading.value if low else sensor.battery_percent)
        state, effects = signs.take(state.with_sensor(sensor), sensor, (low,) if low else (), now)
    elif sensor.profile.ambient or not (sensor.profile.rhythm or sensor.device.site):
        # Beside what a sensor is there for, its other figures are no sign that it still watches.
        state = state.with_sensor(replace(sensor, last_seen_s=at_arrival.mono_s))
    place = reading.site or sensor.place
    return state, (*effects, KeepReading(person, device, place, reading, taken_s, now.synced))
