"""What the mimics make of simulated movement: labels against truth, conditions found and false.

    python tests/bench/mimics.py [--data FOLDER] [--nights 20] [--bouts 3]

Prints figures and asserts nothing. Everything but what `--data` adds is simulated.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from edge.analysis import mimics
from edge.model.alarm import Condition
from edge.model.people import Limb
from edge.model.reading import Array
from edge.simulation import MOVEMENTS, SENSORS, Label, clip, infant_night
from edge.simulation.body import Movement
from tests.bench.recordings import segments

CONDITIONS = (Condition.RECURRING_TWITCHES, Condition.RIGOR)
LIMBS = (Limb.ANKLE, Limb.LEFT_WRIST, Limb.CHEST)
SINGLE = (Label.TWITCH, Label.STARTLE, Label.MORO, Label.RESTLESS, Label.TURNING)  # of seconds: their own lengths
SEEDS = 9000
Raised = list[tuple[Condition, float, float]]


def look(t_s: Array, values: Array, limb: Limb = Limb.UNKNOWN) -> tuple[mimics.MimicState, Raised, Counter[str]]:
    """The state at the end, what was raised as (condition, at s, onset s), and looks by label and time."""
    state, steps = mimics.advance(mimics.start(1 if values.ndim == 1 else 3, limb), t_s, values)
    raised: Raised = []
    standing: dict[Condition, bool] = {}
    for step in steps:
        for sign in step.signs:
            if sign.present and not standing.get(sign.condition) and sign.onset_s is not None:
                raised.append((sign.condition, sign.t_s, sign.onset_s))
            standing[sign.condition] = sign.present
    return state, raised, Counter(str(step.label) for step in steps if step.t_s > 0)


def of(label: Label, seed: int, seconds: float = 240.0) -> Movement:
    return MOVEMENTS[label](seed) if label in SINGLE else MOVEMENTS[label](seed, seconds)


def table(bouts: int = 3, sensors: tuple[str, ...] = ("polar", "watch", "slow_16")) -> dict[str, dict[str, object]]:
    """A confusion table: for each simulated movement, the share of its looks by label in %, and what was raised.

    bouts: of each sensor at each limb. Raised: bouts in which the condition was raised, of how many.
    """
    rows: dict[str, dict[str, object]] = {}
    for label in MOVEMENTS:
        looks, raised, single, total = Counter[str](), Counter[str](), Counter[str](), 0
        for limb in LIMBS:
            for name in sensors:
                for seed in range(bouts):
                    track = clip(of(label, SEEDS + 100 * total + seed), SENSORS[name].on(limb), seed, before_s=60.0)
                    end_s = max(row.end_s for row in track.truth)
                    _, steps = mimics.advance(mimics.start(3, limb), track.t_s, track.acc_g)
                    looks.update(str(step.label) for step in steps if 65 <= step.t_s <= max(end_s, 75))
                    single.update(str(each.kind) for step in steps for each in step.movements)
                    raised.update({str(s.condition) for step in steps for s in step.signs if s.present})
                    total += 1
        seen = sum(looks.values())
        share = {name: round(100 * count / seen) for name, count in looks.most_common(5)}
        rows[str(label)] = {
            "looks": share,
            "raised": {k: f"{n}/{total}" for k, n in raised.items()},
            "single": dict(single),
        }
    return rows


def nights(count: int) -> dict[str, object]:
    """Simulated nights of 8 h: what was raised although it was not there, and rigors found."""
    false, found, rigors = Counter[str](), 0, 0
    for seed in range(count):
        limb, rate_hz = LIMBS[seed % 3], (50.0, 25.0, 20.0, 100.0)[seed % 4]
        age_months = (14.0, 5.0, 8.0, 3.0, 24.0)[seed % 5]
        night = infant_night(
            SEEDS + seed, rate_hz=rate_hz, age_months=age_months, fever=seed % 3 == 0, bouts=seed % 2, limbs=(limb,)
        )
        track = night.motion[limb]
        shivered = [row for row in night.truth if row.label is Label.RIGOR]
        rigors += len(shivered) if rate_hz > 21 else 0
        _, raised, _ = look(track.t_s, track.acc_g, limb)
        for condition, at_s, _ in raised:
            if condition is Condition.RIGOR and any(row.start_s < at_s < row.end_s + 60 for row in shivered):
                found += 1
            else:
                false[str(condition)] += 1
    return {"nights": count, "false": dict(false), "rigors found": f"{found}/{rigors}"}


def recordings(folder: Path) -> Mapping[str, object]:
    """What was raised on recordings of awake adults, by set."""
    raised, hours = Counter[str](), Counter[str]()
    for segment in segments(folder):
        hours[segment.dataset] += segment.hours  # type: ignore[assignment]
        for condition, _, _ in look(segment.t_s, segment.values, Limb.LEFT_WRIST)[1]:
            raised[f"{segment.dataset} {condition}"] += 1
    return {"hours": {name: round(h, 2) for name, h in hours.items()}, "raised": dict(raised)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--nights", type=int, default=14)
    parser.add_argument("--bouts", type=int, default=3)
    options = parser.parse_args()
    np.set_printoptions(precision=3)
    print("simulated: looks in %, conditions raised")
    for label, row in table(options.bouts).items():
        print(f"  {label:17}", *row.values())
    print("simulated nights:", nights(options.nights))
    if options.data:
        print("real, awake adults:", recordings(options.data))


if __name__ == "__main__":
    main()
