"""Three days of one ill child, with what her parents write down: two fevers, three episodes, doses, all of it known.

Movement is whole (25 Hz) around the episodes and in some stretches of sleep and play; between them the sensor is heard
for a second in every `HEARD_EVERY_S`, lying still, so that nothing counts as silent and three days stay small.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edge.model.event import Command, Verb
from edge.model.people import Limb
from edge.simulation.asleep import restless, startle, sucking, twitch
from edge.simulation.body import Movement, Posture, draw_seed
from edge.simulation.handled import carried
from edge.simulation.script import Script
from edge.simulation.seizures import clonic, one_after_another
from edge.simulation.sensor import Sensor
from edge.simulation.temperature import Core, Dose, Fever, Patch
from edge.simulation.truth import MotionTrack, TemperatureTrack, Truth
from edge.simulation.waves import as_rng

HOUR_S = 3600.0
MINUTE_S = 60.0
DURATION_S = 72 * HOUR_S
HEARD_EVERY_S = 55.0
LIMB = Limb.LEFT_ANKLE
OFFSET_C = 0.45
# What one dose takes off this child's fever: little enough that each fever stays one.
DROP_C = 0.9
SIMPLE_S, CLUSTER_S, AGAIN_S = 5.5 * HOUR_S, 46 * HOUR_S, 50 * HOUR_S
# Seconds of movement and of rest between: stops and starts without recovery, over five minutes from its onset.
CLUSTER = ((110.0, 30.0), (140.0, 35.0), (100.0, 0.0))
QUIET_H, CARRIED_H = (9.0, 67.0), (28.0,)
BEFORE_S, AFTER_S = 180.0, 240.0


@dataclass(frozen=True, slots=True)
class Episode:
    """One seizure-like episode. complex_because: why it is no simple one in the words of the source; empty: it is.

    Simple: generalised, under 15 minutes, once in 24 hours (AAP 2011, Pediatrics 127:389).
    """

    start_s: float
    end_s: float
    limbs: tuple[Limb, ...]
    complex_because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Illness:
    """Tracks and commands on one time axis from 0 to `duration_s`; truth of everything. offset_c: core minus patch."""

    motion: MotionTrack
    temperature: TemperatureTrack
    commands: tuple[tuple[float, Command], ...]
    episodes: tuple[Episode, ...]
    fevers: tuple[Truth, ...]
    duration_s: float
    offset_c: float


def illness(seed: int | np.random.Generator) -> Illness:
    """A simple episode in the first hours of a fever; two days later a focal cluster of seven minutes in the second
    fever, and another episode four hours after it. Caregivers `anna` and `tom`; the plan's medicine is Ibuprofen.
    """
    rng = as_rng(seed)
    bouts = (
        (SIMPLE_S, clonic(rng, 95.0, rates_hz=(2.7, 1.3), peak_g=0.9, build_up_s=4.0)),
        (CLUSTER_S, _cluster(rng)),
        (AGAIN_S, clonic(rng, 75.0, rates_hz=(2.5, 1.2), peak_g=0.9, build_up_s=4.0, focus=LIMB)),
    )
    core = Core(
        base_c=37.0,
        swing_c=0.05,
        fevers=(
            Fever(4 * HOUR_S, 2.2, rise_c_per_h=1.5, plateau_s=15 * HOUR_S),
            Fever(44 * HOUR_S, 2.3, rise_c_per_h=1.8, plateau_s=10 * HOUR_S),
        ),
        doses=tuple(Dose(at_h * HOUR_S, DROP_C) for at_h in (5.75, 12.25, 18.5, 19.25, 46.5, 53.0)),
    )
    patch = Patch(interval_s=60.0, offset_c=OFFSET_C, settling_tau_s=165.0, start_c=30.5)
    temperature = patch.read(core, DURATION_S, np.random.default_rng(draw_seed(rng)))
    motion = _motion(rng, bouts)
    simple, cluster, again = (
        Episode(start, start + bout.duration_s, bout.truth[0].limbs_involved) for start, bout in bouts
    )
    episodes = (
        simple,
        Episode(cluster.start_s, cluster.end_s, cluster.limbs, ("focal", "again within 24 h")),
        Episode(again.start_s, again.end_s, again.limbs, ("focal", "again within 24 h")),
    )
    fevers = tuple(row for row in temperature.truth if row.label == "fever")
    ear_c = round(float(core.at(np.array([6 * HOUR_S]))[0]) + 0.05, 1)
    return Illness(motion, temperature, _said(ear_c), episodes, fevers, DURATION_S, OFFSET_C)


def _cluster(rng: np.random.Generator) -> Movement:
    parts, start_s = [], 0.0
    for length_s, pause_s in CLUSTER:
        parts.append((start_s, clonic(rng, length_s, rates_hz=(2.6, 1.4), peak_g=0.95, build_up_s=3.0, focus=LIMB)))
        start_s += length_s + pause_s
    return one_after_another(parts, parts[-1][1].still_s)


def _motion(rng: np.random.Generator, bouts: Sequence[tuple[float, Movement]]) -> MotionTrack:
    """The stretches that are recorded as a whole, and the seconds between them."""
    sensor = Sensor(LIMB, rate_hz=25.0, noise_g=0.003, resolution_g=0.001)
    whole = [(start - BEFORE_S, _around(rng, bout)) for start, bout in bouts]
    whole += [(at_h * HOUR_S, _asleep(rng)) for at_h in QUIET_H]
    whole += [(at_h * HOUR_S, _carried(rng)) for at_h in CARRIED_H]
    pieces, truth = [], []
    for start_s, script in whole:
        track = script.record(sensor)
        pieces.append((track.t_s + start_s, track.acc_g))
        truth += [row.shifted(start_s) for row in track.truth]
    rest = Script(600.0, draw_seed(rng))
    rest.lie(0.0, Posture.SUPINE, 0.0)
    still = rest.record(sensor)
    busy = [(start_s - 2.0, start_s + script.duration_s) for start_s, script in whole]
    for number, at_s in enumerate(np.arange(0.0, DURATION_S, HEARD_EVERY_S).tolist()):
        if not any(begin <= at_s <= end for begin, end in busy):
            second = slice((number % 600) * 25, (number % 600) * 25 + 25)
            pieces.append((still.t_s[:25] + at_s, still.acc_g[second]))
    pieces.sort(key=lambda piece: float(piece[0][0]))
    t_s, acc_g = np.concatenate([t for t, _ in pieces]), np.concatenate([a for _, a in pieces])
    rows = tuple(sorted(truth, key=lambda row: (row.start_s, row.end_s)))
    return MotionTrack(t_s, acc_g, rows, LIMB, sensor.rate_hz)


def _around(rng: np.random.Generator, bout: Movement) -> Script:
    """Asleep, the bout, and stillness."""
    script = Script(BEFORE_S + bout.duration_s + AFTER_S, draw_seed(rng))
    script.lie(0.0, Posture.SUPINE, 0.0)
    script.add(60.0 + rng.uniform(0.0, 30.0), twitch(rng))
    script.add(120.0 + rng.uniform(0.0, 30.0), startle(rng))
    script.add(BEFORE_S, bout)
    return script


def _asleep(rng: np.random.Generator) -> Script:
    script = Script(300.0, draw_seed(rng))
    script.lie(0.0, Posture.LEFT_SIDE, 0.0)
    script.add(20.0, sucking(rng, 40.0))
    script.add(100.0, twitch(rng))
    script.add(160.0, restless(rng))
    script.add(270.0, twitch(rng))
    return script


def _carried(rng: np.random.Generator) -> Script:
    script = Script(240.0, draw_seed(rng))
    script.lie(0.0, Posture.SUPINE, 0.0)
    script.lie(60.0, Posture.UPRIGHT, 3.0)
    script.add(70.0, carried(rng, 100.0))
    script.lie(180.0, Posture.SUPINE, 3.0)
    return script


def _said(ear_c: float) -> tuple[tuple[float, Command], ...]:
    """What the parents wrote down, as it reached the hub. ear_c: what the ear thermometer showed."""
    ibuprofen = {"drug": "Ibuprofen", "amount": 5.0, "unit": "ml"}

    def hour(at_h: float, who: str, verb: Verb, **said: object) -> tuple[float, Command]:
        return at_h * HOUR_S, Command(verb, who, arguments=said)

    def after(start_s: float, minutes: float, who: str, verb: Verb, **said: object) -> tuple[float, Command]:
        return start_s + minutes * MINUTE_S, Command(verb, who, arguments=said)

    seen = {"kind": "symptoms", "stage": "during", "eyes": "rolled up", "colour": "pale", "film": "Anna's phone"}
    return (
        after(SIMPLE_S, 0.75, "anna", Verb.WITH_HER),
        after(SIMPLE_S, 4, "anna", Verb.AWAKE),
        after(SIMPLE_S, 6, "anna", Verb.NOTE, **seen, minutes_ago=5),
        after(SIMPLE_S, 8, "tom", Verb.NOTE, kind="symptoms", stage="after", crying=True, wetting=False),
        hour(5.75, "anna", Verb.DOSE, **ibuprofen, reason="fever"),
        hour(6, "anna", Verb.NOTE, kind="temperature", celsius=ear_c, site="ear", method="ear thermometer"),
        hour(8, "tom", Verb.NOTE, text="drank 120 ml"),
        hour(12.25, "tom", Verb.DOSE, **ibuprofen, reason="fever"),
        hour(18.5, "anna", Verb.DOSE, **ibuprofen),
        # Two parents, one evening: given three quarters of an hour later, and written down late.
        hour(19.25 + 1 / 3, "tom", Verb.DOSE, drug="ibuprofen syrup", minutes_ago=20),
        hour(19.75, "anna", Verb.DOSE, id="last", amount=4.0),
        hour(20, "tom", Verb.NOTE, text="wrong child"),
        hour(20.1, "tom", Verb.NOTE, id="last", withdraw=True),
        after(CLUSTER_S, 0.75, "tom", Verb.WITH_HER),
        after(CLUSTER_S, 5.5, "anna", Verb.DOSE, drug="Diazepam rectal", amount=5.0, unit="mg", rescue=True),
        after(CLUSTER_S, 12, "anna", Verb.AWAKE),
        after(CLUSTER_S, 20, "anna", Verb.NOTE, kind="symptoms", stage="during", side="left leg", minutes_ago=18),
        hour(46.5, "anna", Verb.DOSE, **ibuprofen, reason="fever"),
        after(AGAIN_S, 1, "anna", Verb.WITH_HER),
        after(AGAIN_S, 4, "anna", Verb.AWAKE),
        hour(53, "tom", Verb.DOSE, **ibuprofen, reason="fever"),
    )
