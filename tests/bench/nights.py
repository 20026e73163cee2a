"""Whole simulated nights through the whole pipeline: thermometer, movement sensor, a radio that loses packets."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from edge.app.reports import offline, playthrough
from edge.delivery import escalation
from edge.model.alarm import Alarm, Condition, Kind, Priority
from edge.model.people import Limb, Site
from edge.recordings.files import TemperatureRecording
from edge.simulation import SENSORS, Label, Night, Truth, infant_night
from tests.bench import hub, osd, sweep
from tests.bench.scores import Interval, events
from tests.bench.simulated import SEED

HOURS = 8.0
SWEPT = 60  # so many nights also through a wall, and with every threshold
LIMBS = (Limb.ANKLE, Limb.WRIST, Limb.CHEST)
RATES = ("slow_12", "watch", "fast", "magnitude")
# Conditions that are right while such a thing goes on.
RIGHT = {
    Condition.FEVER: (Label.FEVER,),
    Condition.HIGH_FEVER: (Label.FEVER,),
    Condition.YOUNG_INFANT_FEVER: (Label.FEVER,),
    Condition.TEMPERATURE_RISING: (Label.FEVER,),
    Condition.RIGOR: (Label.RIGOR,),
}
_SOON_S = 1800.0  # a fever that the armpit shows half an hour before or after the core is that fever


class How(StrEnum):
    """What an alarm of medium priority or higher is for who sleeps, if nobody answers.

    rang: a phone breaks through silence, or the room sounds. softly: trouble of a sensor that was over before the step
    of the room, so that phones alone were told, and not urgently. with_another: `prolonged_movement` of a cluster that
    rings already for its seizure-like movement, and `possible_movement` that becomes one.
    """

    RANG = "rang"
    SOFTLY = "softly"
    WITH_ANOTHER = "with_another"


@dataclass(frozen=True, slots=True)
class Told:
    """One alarm of medium priority or higher. right: whether what it says was so."""

    condition: str
    group: str
    right: bool
    how: How


def night(number: int) -> dict:
    """One night without a seizure, every other one with a fever: what rings, through both radios."""
    made = _night(number, fever=number % 2 == 0, bouts=0)
    limb = next(iter(made.motion))
    track = made.motion[limb]
    windows = osd.look(track.t_s, track.acc_g)
    result: dict = {"OSD": len(windows.episodes())}
    for name, link in (("same room", hub.SAME_ROOM), ("through a wall", hub.THROUGH_A_WALL)):
        if name == "through a wall" and number >= SWEPT:
            continue
        found = hub.alarms(_recordings(made, limb), _child(made, limb), link=link, seed=(SEED, 5, number))
        result[name] = [vars_of(each) for each in told(found, made)]
        result[f"{name}, movement"] = len(hub.episodes(found, made.duration_s))
    if number < SWEPT:
        arrived = hub.heard(hub.of_track(track), hub.SAME_ROOM, (SEED, 5, number, 0))
        steps = hub.steps(arrived.t_s, arrived.values)
        result["swept"] = [len(at) for at in sweep.raises(steps)]
        result["osd_swept"] = [len(at) for at in sweep.osd_raises(windows)]
        result["unwatched"] = 1 - hub.judged_s(steps) / made.duration_s
    return result


def vars_of(told: Told) -> list:
    return [told.condition, told.group, told.right, str(told.how)]


def seizure_night(number: int) -> dict:
    """Four hours with two clonic bouts: event scoring and seconds to the alarm."""
    made = _night(10_000 + number, hours=4.0, bouts=2, bout_s=None)
    limb = next(iter(made.motion))
    track = made.motion[limb]
    truth = [(row.start_s, row.end_s) for row in made.seizures]
    found = hub.alarms(_recordings(made, limb), _child(made, limb), link=hub.SAME_ROOM, seed=(SEED, 6, number))
    both = {"feverhub": hub.episodes(found, made.duration_s), "OSD": osd.episodes(track.t_s, track.acc_g)}
    return {
        name: {"events": _counts(truth, alarms, made), "delay_s": _delays(truth, alarms)}
        for name, alarms in both.items()
    }


def other_rate(name: str, number: int) -> dict:
    """A night without a seizure of another sensor, or of a magnitude alone: movement alarms."""
    sensor = SENSORS["polar" if name == "magnitude" else name]
    made = _night(20_000 + number, fever=False, bouts=0, sensor=sensor)
    limb = next(iter(made.motion))
    track = made.motion[limb]
    values = track.magnitude_g if name == "magnitude" else track.acc_g
    return {
        "feverhub": len(hub.watch(track.t_s, values, _child(made, limb))),
        "OSD": len(osd.episodes(track.t_s, values)),
    }


def _night(number: int, **what: object) -> Night:
    """A night of a child of 6-36 months."""
    rng = np.random.default_rng([SEED, 4, number])
    settings = {"hours": HOURS, "age_months": float(rng.uniform(6, 36)), "sensor": SENSORS["polar"], **what}
    return infant_night(rng, limbs=(limb_of(number),), **settings)  # type: ignore[arg-type]


def limb_of(number: int) -> Limb:
    """Where the movement sensor is worn in the night of this number."""
    return LIMBS[number % len(LIMBS)]


def _recordings(made: Night, limb: Limb) -> list:
    warmth = made.temperature
    return [hub.of_track(made.motion[limb]), TemperatureRecording("patch", warmth.t_s, warmth.celsius)]


def _child(made: Night, limb: Limb) -> offline.Child:
    return offline.Child(made.age_months, Site.PATCH, (limb,))


def told(found: Sequence[Alarm], made: Night) -> list[Told]:
    """Alarms as they stand at the end of a night, of which nobody answered any: medium and above."""
    loud = [alarm for alarm in found if alarm.priority.rank >= Priority.MEDIUM.rank]
    return [Told(str(each.key.condition), _group(each), _right(each, made), _how(each, found)) for each in loud]


def _how(alarm: Alarm, found: Sequence[Alarm]) -> How:
    bouts = [each for each in found if each.key.condition is Condition.SEIZURE_LIKE_MOVEMENT]
    if alarm.key.condition is Condition.POSSIBLE_MOVEMENT:
        return How.WITH_ANOTHER if any(abs(each.onset_s - alarm.onset_s) < 1.0 for each in bouts) else How.RANG
    if alarm.key.condition is Condition.PROLONGED_MOVEMENT:
        # Wall seconds of one moment that went two ways through floating point.
        same = any(alarm.onset_s - 1.0 <= each.onset_s and each.raised_s <= alarm.raised_s for each in bouts)
        return How.WITH_ANOTHER if same else How.RANG
    medium = alarm.kind is Kind.TECHNICAL and alarm.priority is Priority.MEDIUM
    over = alarm.cleared_s is not None and alarm.cleared_s - alarm.raised_s < escalation.SOUNDER_AFTER_S
    return How.SOFTLY if medium and over else How.RANG


def _group(alarm: Alarm) -> str:
    if alarm.kind is Kind.TECHNICAL:
        return "technical"
    return "temperature" if alarm.unit == "Cel" else "movement"


def _right(alarm: Alarm, made: Night) -> bool:
    """Whether the simulator knows of what it says, at that time."""
    at_s = alarm.raised_s - playthrough.EPOCH_S

    def near(row: Truth) -> bool:
        return row.start_s - _SOON_S <= at_s <= row.end_s + _SOON_S

    return any(row.label in RIGHT.get(alarm.key.condition, ()) and near(row) for row in made.truth)


def _counts(truth: list[Interval], alarms: list[Interval], made: Night) -> list:
    counted = events(truth, alarms, made.duration_s)
    return [counted.found, counted.of, counted.false, counted.hours]


def _delays(truth: list[Interval], alarms: list[Interval]) -> list[float]:
    """Seconds to the first alarm of each seizure that had one."""
    first = [next((a for a, _ in alarms if start <= a <= end + 10), None) for start, end in truth]
    return [at - start for at, (start, _) in zip(first, truth, strict=True) if at is not None]
