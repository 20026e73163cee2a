"""Simulated infants through both detectors, one job at a time; each job hangs on its number alone."""

from dataclasses import replace

import numpy as np

from edge.app.reports.offline import Child
from edge.model.people import Limb
from edge.simulation import (
    MOVEMENTS,
    SENSORS,
    Label,
    MotionTrack,
    Movement,
    Posture,
    Script,
    Sensor,
    Truth,
    clip,
    clonic,
)
from edge.simulation.truth import ALL_LIMBS
from tests.bench import hub, osd, sweep
from tests.bench.scores import Interval

SEED = 20_000
NOT_CONFOUNDING = frozenset({Label.CLONIC, Label.TONIC, Label.TONIC_CLONIC})
CONFOUNDERS = tuple(label for label in MOVEMENTS if label not in NOT_CONFOUNDING)
BOUT_SENSORS: dict[str, Sensor] = {
    **SENSORS,
    "12 Hz": replace(SENSORS["slow_12"], rate_hz=12.0),
    "210 Hz": replace(SENSORS["fast"], rate_hz=210.0),
}
PAIR = (Limb.LEFT_ANKLE, Limb.RIGHT_WRIST)
_LYING = (Posture.SUPINE, Posture.PRONE, Posture.LEFT_SIDE, Posture.RIGHT_SIDE)
_STRETCH_S = 3600.0
_LATE_S = 10.0  # an alarm so soon after a bout's end still belongs to it


def bout(number: int) -> dict:
    """One clonic bout of at least 15 s of a lying infant; limbs and sensors in turn, every fourth in one limb only."""
    rng = np.random.default_rng([SEED, 1, number])
    name = list(BOUT_SENSORS)[number % len(BOUT_SENSORS)]
    limb = ALL_LIMBS[number // len(BOUT_SENSORS) % len(ALL_LIMBS)]
    focus = limb if number % 4 == 3 and limb is not Limb.CHEST else None
    movement = clonic(rng, float(rng.uniform(15, 120)), focus=focus)
    track = clip(movement, BOUT_SENSORS[name].on(limb), rng)
    truth = next(row for row in track.truth if row.seizure)
    windows = osd.look(track.t_s, track.acc_g)
    inside = [_within(at, truth) for at in sweep.raises(hub.steps(track.t_s, track.acc_g))]
    osd_inside = [_within(at, truth) for at in sweep.osd_raises(windows)]
    return {
        "sensor": name,
        "limb": str(limb),
        "feverhub": _delay(hub.watch(track.t_s, track.acc_g, _child(limb)), truth),
        "magnitude": _delay(hub.watch(track.t_s, track.magnitude_g, _child(limb)), truth),
        "OSD": _delay(windows.episodes(), truth),
        "swept": [bool(at) for at in inside],
        "late_s": {
            name: found[0] - truth.start_s if (found := inside[at]) else None for name, at in sweep.CHOICES.items()
        },
        "osd_swept": [bool(at) for at in osd_inside],
    }


def _child(*limbs: Limb) -> Child:
    return Child(14.0, limbs=limbs)


def _within(moments: list[float], truth: Truth) -> list[float]:
    return [at for at in moments if truth.start_s <= at <= truth.end_s + _LATE_S]


def _delay(alarms: list[Interval], truth: Truth) -> float | None:
    """Seconds from onset to the alarm, None if there was none."""
    inside = _within([raised_s for raised_s, _ in alarms], truth)
    return inside[0] - truth.start_s if inside else None


def confounder(label: Label, number: int) -> dict:
    """An hour of one movement, again and again with pauses of 5-30 s, each time drawn anew."""
    limb = (Limb.ANKLE, Limb.WRIST, Limb.CHEST)[number % 3]
    track = stretch(label, number).record(SENSORS["polar"].on(limb))
    return {
        "feverhub": len(hub.watch(track.t_s, track.acc_g, _child(limb))),
        "OSD": len(osd.episodes(track.t_s, track.acc_g)),
    }


def stretch(label: Label, number: int, length_s: float = _STRETCH_S) -> Script:
    rng = np.random.default_rng([SEED, 2, CONFOUNDERS.index(label), number])
    script = Script(length_s, int(rng.integers(2**62)))
    at = float(rng.uniform(5, 30))
    while True:
        movement: Movement = MOVEMENTS[label](rng)
        if at + movement.duration_s > length_s:
            return script
        postures = movement.posture or _LYING
        script.lie(max(0.0, at - 4.0), postures[int(rng.integers(len(postures)))])
        at = script.add(at, movement) + float(rng.uniform(5, 30))


def patted_twice(number: int) -> dict:
    """An hour of patting felt by one sensor and by two."""
    script = stretch(Label.PATTED, number)
    return {str(count): len(_seen(script, PAIR[:count])) for count in (1, 2)}


def clonic_twice(number: int) -> dict:
    """A clonic bout of both sides felt by one sensor and by two: seconds to the alarm."""
    rng = np.random.default_rng([SEED, 3, number])
    movement = clonic(rng, float(rng.uniform(15, 120)))
    script = Script(60.0 + movement.duration_s, int(rng.integers(2**62)))
    script.lie(0.0, _LYING[int(rng.integers(4))])
    script.add(30.0, movement)
    truth = script.truth[0]
    return {str(count): _delay(_seen(script, PAIR[:count]), truth) for count in (1, 2)}


def _seen(script: Script, limbs: tuple[Limb, ...]) -> list[Interval]:
    """Movement alarms of a child that wears a sensor on each of these limbs."""
    tracks: list[MotionTrack] = [script.record(SENSORS["polar"].on(limb)) for limb in limbs]
    found = hub.alarms([hub.of_track(track) for track in tracks], _child(*limbs))
    return hub.episodes(found, script.duration_s)
