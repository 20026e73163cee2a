"""A packet of acceleration through the analysis of movement: the detector, the mimics, whether the sensor is worn."""

from dataclasses import replace

import numpy as np

from edge import alarms
from edge.analysis import grid, motion
from edge.model.effect import Dropped, KeepMotion
from edge.model.event import MotionReceived
from edge.model.language import N_
from edge.model.moment import Now
from edge.model.reading import Quantity, Unit, Validity
from edge.pipeline import episode_clock, judging, movement, signs
from edge.pipeline.control import Control
from edge.pipeline.notification import Effects, Stepped
from edge.pipeline.state import Sensor, State
from edge.pipeline.thermometers import fever_of

OTHER_SHAPE = N_("its samples have another number of axes than those before")
CHANGES_S = 20.0
"""A sensor that was set to send another number of axes is believed after so long: well before its silence is an alarm
(60 s), and much longer than a frame of somebody else's between two of its own.
"""


def take(state: State, packet: MotionReceived, now: Now, at_arrival: Now) -> Stepped:
    """One packet of a sensor. at_arrival: the moment at which it arrived; what follows from it is decided at `now`."""
    sensor = state.sensors[packet.device]
    t_s, values = packet.t_s, packet.values
    if not len(t_s):
        return state, ()
    wall_s = now.wall_s + (t_s - now.mono_s)
    keep = KeepMotion(sensor.device.person, packet.device, sensor.place, wall_s, values, now.synced)
    if not sensor.profile.rhythm:
        return state.with_sensor(replace(sensor, last_seen_s=at_arrival.mono_s)), (keep,)
    columns = 1 if values.ndim == 1 else values.shape[1]
    if sensor.movement is not None and sensor.movement.grid.columns != columns:
        if at_arrival.mono_s - (sensor.last_seen_s or 0.0) < CHANGES_S:
            refused = Dropped(packet.device, "samples", OTHER_SHAPE)
            return state.with_sensor(replace(sensor, refused=OTHER_SHAPE)), (refused,)
        sensor = _anew(sensor)
    effects: Effects = ()
    if state.setup.liveness and state.setup.controlled:
        sensor, failed = movement.remembered(sensor, packet, at_arrival)
        if failed is not None:
            state, some = signs.broken(state, sensor, failed, now)
            effects += some
            sensor = state.sensors[packet.device]
    try:
        before = sensor.movement or motion.start(columns)
        state = _knowing(state, sensor.device.person, now)
        seen, pieces = grid.resample(before.grid, t_s, values)
        prior = state.child(sensor.device.person).prior.log_odds
        watchfulness = state.setup.person(sensor.device.person).watchfulness
        after, steps = motion.watch(replace(before, grid=seen), pieces, prior, watchfulness)
        sensor, usable = judging.judged(sensor, packet, seen.columns, now)
    except Exception as error:  # noqa: BLE001  whatever analysis does, an alarm must come of it
        state, some = signs.broken(state, replace(sensor, movement=None, placement=None), error, now)
        return state, (*effects, *some, keep)
    sensor, looks, failed = movement.beside(sensor, seen.columns, pieces)
    if failed is not None:
        state, some = signs.broken(state, sensor, failed, now)
        effects += some
        sensor = state.sensors[packet.device]
    live = bool(np.isfinite(values).any())
    sensor = replace(sensor, movement=after, last_seen_s=at_arrival.mono_s if live else sensor.last_seen_s)
    state, some = signs.take(state.with_sensor(sensor), sensor, (*usable, *signs.sound_again(sensor, now)), now)
    effects += some
    for at_s, found in movement.in_order(steps, looks):
        said, then = movement.with_limbs(found, sensor, state.sensors), _arrival(packet, at_s, now)
        state, some = signs.take(state, sensor, said, then)
        state, more = episode_clock.goes_on(state, sensor.device.person, then)
        effects += some + more
    effects += movement.kept(sensor, looks, now)
    if steps:
        level_g, stage = round(steps[-1].level_g, 4), str(steps[-1].stage)
        state, shown = signs.show(
            state, sensor, (Quantity.ACCELERATION, level_g, Unit.G, Validity.VALID), at_arrival, state_word=stage
        )
        effects += shown
    return state, (*effects, keep)


def _anew(sensor: Sensor) -> Sensor:
    """As before its first sample: of what its samples were, nothing holds for those that come now."""
    return replace(sensor, movement=None, mimic=None, placement=None, control=Control())


def _knowing(state: State, person: str, now: Now) -> State:
    """What a fever says of the movement that comes now."""
    fever, child = fever_of(state, person, now), state.child(person)
    after_event = alarms.attentive(state.alarms, person, now)
    ill = person in state.courses
    if not (fever.known or child.fever.known or after_event or ill or child.prior.log_odds):
        return state
    age_months = state.setup.person(person).age_months(now.wall_s)
    return state.with_child(person, child.knowing(fever, now.mono_s, age_months, after_event=after_event, ill=ill))


def _arrival(packet: MotionReceived, t_s: float, now: Now) -> Now:
    """When the sample taken at `t_s` arrived: a hub that got its packet then would have decided then."""
    if packet.arrival_s is None:
        return now
    sample = min(int(np.searchsorted(packet.t_s, t_s)), len(packet.arrival_s) - 1)
    mono_s = float(packet.arrival_s[sample])
    return Now(mono_s, now.wall_at(mono_s), now.synced)
