"""What runs beside the movement detector: the mimics, the other limbs, the epochs of sleep."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from edge.analysis import arrival, grid, mimics, motion
from edge.analysis.mimics import Epoch
from edge.analysis.motion import View
from edge.model.alarm import Condition
from edge.model.effect import KeepReading, Note
from edge.model.event import MotionReceived
from edge.model.moment import Now
from edge.model.people import Limb
from edge.model.reading import Quantity, Reading, Unit, Validity
from edge.model.sign import Sign
from edge.pipeline import control
from edge.pipeline.state import Sensor, State, unable

NOT_VALIDATED = "from movement alone, not validated"
# A rate that is being found, or a burst of lost packets, is no news; what lasts is.
LASTS_S = 20.0


Looks = tuple[mimics.Step, ...]


def beside(sensor: Sensor, columns: int, pieces: Sequence[grid.Piece]) -> tuple[Sensor, Looks, Exception | None]:
    """Show the mimics what the detector saw. An error among them comes out as a value: it stops no detector."""
    limb = sensor.device.limb or Limb.UNKNOWN
    try:
        before = sensor.mimic or mimics.start(columns, limb)
        after, looks = mimics.watch(before, pieces)
    except Exception as error:  # noqa: BLE001  the caller raises an alarm of it
        return replace(sensor, mimic=None), (), error
    return replace(sensor, mimic=after), looks, None


def remembered(sensor: Sensor, packet: MotionReceived, at_arrival: Now) -> tuple[Sensor, Exception | None]:
    """Keep the last minute for the control. An error comes out as a value: it stops no detector."""
    try:
        return replace(sensor, control=control.remember(sensor.control, sensor.device.id, packet, at_arrival)), None
    except Exception as error:  # noqa: BLE001  the caller raises an alarm of it
        return replace(sensor, control=control.Control()), error


def controlled(sensor: Sensor, as_of: Now) -> tuple[Sensor, tuple[Note, ...], Exception | None]:
    """Prove now and then that a convulsion would be noticed (`control`); as_of: what came until then was seen."""
    if sensor.movement is None or not control.is_due(sensor.control, as_of.mono_s):
        return sensor, (), None
    try:
        after, notes = control.checked(sensor.control, sensor.movement, sensor.device.id, as_of.mono_s)
    except Exception as error:  # noqa: BLE001  the caller raises an alarm of it
        return replace(sensor, control=control.Control()), (), error
    return replace(sensor, control=after), notes, None


def doubted(state: State, sensor: Sensor, now: Now) -> tuple[Sign, ...]:
    """`cannot_judge` of a movement sensor whose samples arrive, or its end."""
    if sensor.profile.rhythm:
        sign = control.sign(sensor.control, now.mono_s)
        if sensor.unjudged and now.mono_s - sensor.unjudged_s >= LASTS_S and not (sign and sign.present):
            sign = control.blind(sensor.unjudged, now.mono_s, sensor.unjudged_s)
        if not (sign and sign.present):
            sign = _restless(sensor, now) or sign
    elif why := unable(state, sensor, now):
        sign = control.blind(why, now.mono_s, now.mono_s)
    else:
        sign = None
    return () if sign is None else (sign,)


def _restless(sensor: Sensor, now: Now) -> Sign | None:
    """`cannot_judge` of one that comes and goes, or its end; None: it never did."""
    silences = sensor.silences
    if silences.comes_and_goes(now.mono_s):
        return control.blind(arrival.COMES_AND_GOES, now.mono_s, silences.began[0])
    return Sign(Condition.CANNOT_JUDGE, "", False, now.mono_s) if silences.many else None


def silent(state: State, sensor: Sensor, as_of: Now) -> Sensor:
    """It is not heard; while its watch is paused that says nothing of the sensor."""
    if any(pause.covers(sensor.device.person, sensor.device.id) for pause in state.alarms.pauses):
        return sensor
    since_s = sensor.since_s if sensor.last_seen_s is None else sensor.last_seen_s
    return replace(sensor, silences=arrival.silent(sensor.silences, since_s, as_of.mono_s))


def in_order(steps: Iterable[motion.Step], looks: Looks) -> list[tuple[float, tuple[Sign, ...]]]:
    """What both say, with the time of the last sample it rests on, oldest first."""
    said = [(step.t_s, step.signs) for step in steps] + [(look.t_s, look.signs) for look in looks]
    return sorted(said, key=lambda each: each[0])


def with_limbs(signs: tuple[Sign, ...], sensor: Sensor, sensors: Mapping[str, Sensor]) -> tuple[Sign, ...]:
    """What stands, with the limbs that take part as far as the child's other sensors show them."""
    if not any(sign.present for sign in signs) or sensor.mimic is None:
        return signs
    own = View(sensor.mimic.limb, sensor.mimic.window)
    others = tuple(
        View(each.mimic.limb, each.mimic.window)
        for each in sensors.values()
        if each.mimic is not None and each.device.person == sensor.device.person and each.device.id != sensor.device.id
    )
    return tuple(
        replace(sign, evidence=sign.evidence.updated(motion.taking_part(own, others, sign.t_s)))
        if sign.present
        else sign
        for sign in signs
    )


def kept(sensor: Sensor, looks: Looks, now: Now) -> tuple[KeepReading, ...]:
    """Epochs of sleep and activity for the store: one row for 30 s."""
    return tuple(_row(sensor, look.epoch, now) for look in looks if look.epoch is not None)


def _row(sensor: Sensor, epoch: Epoch, now: Now) -> KeepReading:
    reason = f"{epoch.sleep}; {NOT_VALIDATED}"
    reading = Reading(Quantity.ACTIVITY_COUNT, float(epoch.count), Unit.ONE, Validity.QUESTIONABLE, reason)
    wall_s = now.wall_at(epoch.t_s)
    return KeepReading(sensor.device.person, sensor.device.id, sensor.place, reading, wall_s, now.synced)
