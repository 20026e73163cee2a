"""Whole nights: sleep, wakings, fever and seizures on one time axis."""

from collections.abc import Callable, Sequence

import numpy as np

from edge.model.people import Limb
from edge.simulation.body import Movement, draw_seed
from edge.simulation.nurse import Nurse
from edge.simulation.script import Script
from edge.simulation.seizures import clonic, cluster, febrile_duration, infantile_spasms, tonic_clonic
from edge.simulation.sensor import Sensor
from edge.simulation.temperature import RISE_C_PER_H, Core, Dose, Fever, draw_patch
from edge.simulation.tremor import rigor
from edge.simulation.truth import Label, MotionTrack, Night, TemperatureTrack
from edge.simulation.waves import Range, as_rng

BOUTS: dict[Label, Callable[[np.random.Generator, float], Movement]] = {
    Label.CLONIC: clonic,
    Label.TONIC_CLONIC: tonic_clonic,
    Label.INFANTILE_SPASMS: infantile_spasms,
}


def _illness(rng: np.random.Generator, duration_s: float, *, fever: bool) -> Core:
    """A core temperature; with fever, its onset lies in the first third and it reaches 39-40.2 °C."""
    base = Range(36.9, 37.3).draw(rng)
    onset, height, rise = Range(0.05, 0.3).draw(rng) * duration_s, Range(1.9, 3.0).draw(rng), RISE_C_PER_H.draw(rng)
    given = Range(0.55, 0.8).draw(rng) * duration_s
    if not fever:
        return Core(base_c=base)
    episode = Fever(onset, height, max(rise, height / (0.3 * duration_s / 3600.0)), plateau_s=12 * 3600.0)
    return Core(base_c=base, fevers=(episode,), doses=(Dose(given),) if duration_s >= 4 * 3600.0 else ())


def _bout(rng: np.random.Generator, kind: Label, bout_s: float | None, night_s: float) -> Movement:
    length = febrile_duration(rng, at_most_s=night_s / 8) if bout_s is None else bout_s
    make = cluster if kind is Label.CLONIC and length > 300.0 else BOUTS[kind]
    return make(rng, length)


def _bout_starts(rng: np.random.Generator, movements: Sequence[Movement], first_s: float, last_s: float) -> list[float]:
    """Starts that leave each bout its length, its stillness and a margin; evenly spread, at a random place each."""
    if not movements:
        return []
    room = (last_s - first_s) / len(movements)
    needs = [m.duration_s + m.still_s + 120.0 for m in movements]
    if max(needs) > room:
        raise ValueError(f"{len(movements)} bouts with stillness after them do not fit: each has {room:.0f} s")
    return [first_s + i * room + rng.uniform(0.0, room - need) + 60.0 for i, need in enumerate(needs)]


def infant_night(
    seed: int | np.random.Generator,
    *,
    hours: float = 8.0,
    rate_hz: float = 50.0,
    fever: bool = True,
    bouts: int = 1,
    bout_s: float | None = 75.0,
    kind: Label = Label.CLONIC,
    age_months: float = 14.0,
    limbs: Sequence[Limb] = (Limb.ANKLE,),
    sensor: Sensor | None = None,
    shivers: bool | None = None,
    myoclonus: bool | None = None,
    offset_c: float | None = None,
    interval_s: float = 30.0,
) -> Night:
    """One night of one infant: everything of the ordinary kind for its age, a fever, and `bouts` seizures.

    hours: from 1 (the fever then climbs faster than in life). kind: one of `BOUTS`; clonic movement above 300 s comes
    as a cluster. bout_s: None draws it from the published durations. fever: core rises above 38 °C in the first two
    thirds, bouts come after its onset. shivers: a rigor while it rises; drawn (28.8 %) if None. myoclonus: one of the
    few whose sleep under 7 months is full of benign jerks; drawn (1 in 10) if None. offset_c: core minus armpit, drawn
    from the published distribution if None: then a patch may well stay below its limit in a child with fever, as in
    life. sensor: replaces the plain one of `rate_hz`; it is put on each of `limbs`. Raises ValueError if the bouts do
    not fit into the night.
    """
    rng = as_rng(seed)
    duration_s = hours * 3600.0
    script = Script(duration_s, draw_seed(rng))
    core, patch = _illness(rng, duration_s, fever=fever), draw_patch(rng, interval_s=interval_s, offset_c=offset_c)
    onset_s = core.fevers[0].onset_s if core.fevers else 0.15 * duration_s
    movements = [_bout(rng, kind, bout_s, duration_s / bouts) for _ in range(bouts)]
    starts = _bout_starts(rng, movements, max(onset_s, 900.0), 0.97 * duration_s)
    shivering = fever and (bool(rng.random() < 0.288) if shivers is None else shivers)
    reserved = [(s - 20.0, s + m.duration_s + m.still_s) for s, m in zip(starts, movements, strict=True)]
    jerky = age_months < 7 and (bool(rng.random() < 0.1) if myoclonus is None else myoclonus)
    nurse = Nurse(script, np.random.default_rng(draw_seed(rng)), age_months, reserved, jerky)
    script.lie(0.0, nurse.lying, 0.0)
    for start, movement in zip(starts, movements, strict=True):
        script.add(start, movement)
    if shivering:
        _shiver(script, rng, onset_s, reserved)
    nurse.awake(first=True)
    while not nurse.over:
        nurse.sleep()
    worn = sensor or Sensor(rate_hz=rate_hz)
    motion = {limb: script.record(worn.on(limb)) for limb in limbs}
    warmth = patch.read(core, duration_s, np.random.default_rng(draw_seed(rng)))
    return together(script, motion, warmth, age_months)


def together(
    script: Script, motion: dict[Limb, MotionTrack], temperature: TemperatureTrack, age_months: float
) -> Night:
    """A night with the truth of movements and temperature in one table."""
    rows = sorted((*script.truth, *temperature.truth), key=lambda row: (row.start_s, row.end_s))
    return Night(motion, temperature, tuple(rows), script.duration_s, age_months)


def _shiver(script: Script, rng: np.random.Generator, onset_s: float, reserved: list[tuple[float, float]]) -> None:
    """A rigor soon after the fever's onset, moved behind a seizure if one is there."""
    movement = rigor(rng, rng.uniform(180.0, 900.0))
    start = onset_s + rng.uniform(60.0, 900.0)
    for begin, end in sorted(reserved):
        if start < end and start + movement.duration_s > begin:
            start = end + 30.0
    if start + movement.duration_s < script.duration_s:
        script.add(start, movement)
        reserved.append((start - 5.0, start + movement.duration_s + 5.0))
        reserved.sort()


def infant_day(
    seed: int | np.random.Generator,
    *,
    hours: float = 2.0,
    age_months: float = 14.0,
    limbs: Sequence[Limb] = (Limb.ANKLE,),
    sensor: Sensor | None = None,
) -> Night:
    """Hours awake, without fever or seizure: play, kicking, crying, being carried, fed, patted, rocked and driven.

    The harder case for false alarms. The patch reads a healthy child.
    """
    rng = as_rng(seed)
    script = Script(hours * 3600.0, draw_seed(rng))
    nurse = Nurse(script, np.random.default_rng(draw_seed(rng)), age_months, [])
    script.lie(0.0, nurse.lying, 0.0)
    while not nurse.over:
        nurse.day()
    motion = {limb: script.record((sensor or Sensor()).on(limb)) for limb in limbs}
    core, patch = Core(), draw_patch(rng)
    warmth = patch.read(core, script.duration_s, np.random.default_rng(draw_seed(rng)))
    return together(script, motion, warmth, age_months)
