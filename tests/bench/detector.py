"""The movement detector beside OpenSeizureDetector's rule, on recordings and on simulated infants.

    python tests/bench/detector.py --data FOLDER [--bouts 200] [--nights 20] [--json] [--write docs/benchmark.md]

Prints figures and asserts nothing. Real and simulated figures stand apart and are never added.
"""

import argparse
import json
import math
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from edge.analysis import motion
from edge.model.alarm import Condition
from edge.model.people import Limb
from edge.simulation import MOVEMENTS, SENSORS, Label, clip, clonic, infant_night
from tests.bench import osd
from tests.bench.recordings import SETS, Array, Segment, segments

NEGATIVES = SETS[1:5]
SEEDS = 5000
CONFOUNDERS = tuple(label for label in MOVEMENTS if label not in (Label.CLONIC, Label.TONIC, Label.TONIC_CLONIC))
Detector = Callable[[Array, Array], list[float]]


def ours(t_s: Array, values: Array) -> list[float]:
    """Moments in s at which `seizure_like_movement` is raised."""
    raised, standing = [], False
    _, steps = motion.advance(motion.start(1 if values.ndim == 1 else values.shape[1]), t_s, values)
    for step in steps:
        for sign in step.signs:
            if sign.condition is Condition.SEIZURE_LIKE_MOVEMENT:
                if sign.present and not standing:
                    raised.append(step.t_s)
                standing = sign.present
    return raised


def wilson(hits: int, of: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927)."""
    if of == 0:
        return 0.0, 1.0
    z, share = 1.959964, hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return middle - half, middle + half


def share(hits: int, of: int) -> str:
    low, high = wilson(hits, of)
    return f"{hits}/{of} ({100 * low:.0f}-{100 * high:.0f} %)"


def real(recordings: Sequence[Segment], detect: Detector) -> dict[str, object]:
    """Every real set: events found, latency, false alarms an hour."""
    found: Counter[str] = Counter()
    of: Counter[str] = Counter()
    false: Counter[str] = Counter()
    hours: Counter[str] = Counter()
    latency_s = []
    for segment in recordings:
        raised = detect(segment.t_s, segment.values)
        if segment.dataset == "osdb_events":
            of["all events"] += 1
            of["tonic-clonic"] += segment.label == "Tonic-Clonic"
            found["all events"] += bool(raised)
            found["tonic-clonic"] += bool(raised) and segment.label == "Tonic-Clonic"
            if raised and segment.onset_s is not None:
                latency_s.append(raised[0] - segment.onset_s)
        elif segment.dataset == "uea_epilepsy":
            of[f"UEA {segment.label}"] += 1
            found[f"UEA {segment.label}"] += bool(raised)
        else:
            false[segment.dataset] += len(raised)
            hours[segment.dataset] += segment.hours  # type: ignore[assignment]
    figures: dict[str, object] = {name: share(found[name], of[name]) for name in of}
    figures["latency from annotated onset, median s"] = round(float(np.median(latency_s)), 1) if latency_s else None
    for name in NEGATIVES:
        figures[f"false alarms {name}"] = f"{false[name]} in {hours[name]:.1f} h, {false[name] / hours[name]:.2f}/h"
    total, time_h = sum(false.values()), sum(hours.values())
    figures["false alarms, all of these"] = f"{total} in {time_h:.1f} h, {total / time_h:.2f}/h"
    return figures


def simulated_bouts(count: int, detect: Detector) -> dict[str, object]:
    """Clonic bouts of at least 15 s on a lying infant, at every limb and rate of sensor."""
    rng = np.random.default_rng(SEEDS)
    sensors, limbs = ("polar", "watch", "slow_20", "slow_12", "fast"), (Limb.ANKLE, Limb.WRIST, Limb.CHEST)
    found, delay_s = 0, []
    for seed in progress(range(count), "bouts"):
        sensor = SENSORS[sensors[seed % len(sensors)]].on(limbs[seed % len(limbs)])
        track = clip(clonic(rng, float(rng.uniform(15, 120))), sensor, SEEDS + seed)
        truth = next(row for row in track.truth if row.seizure)
        raised = [at for at in detect(track.t_s, track.acc_g) if truth.start_s <= at <= truth.end_s + 10]
        found += bool(raised)
        delay_s += [raised[0] - truth.start_s] if raised else []
    p50, p95 = np.percentile(delay_s, [50, 95]) if delay_s else (math.nan, math.nan)
    return {"clonic bouts found": share(found, count), "raised after onset, p50 and p95 s": f"{p50:.1f}, {p95:.1f}"}


def simulated_nights(count: int, detect: Detector) -> dict[str, object]:
    """Nights of 8 h without a seizure: false alarms, and nights without any."""
    per_night = []
    for seed in progress(range(count), "nights"):
        night = infant_night(SEEDS + seed, bouts=0)
        track = night.motion[Limb.ANKLE]
        per_night.append(len(detect(track.t_s, track.acc_g)))
    figures = np.array(per_night)
    quiet = int(np.sum(figures == 0))
    return {"false alarms a night, mean": round(float(figures.mean()), 2), "nights with none": share(quiet, count)}


def simulated_confounders(hours: float, detect: Detector) -> dict[str, object]:
    """Each other movement of the atlas for that many hours: alarms."""
    figures: dict[str, object] = {}
    for label in progress(CONFOUNDERS, "confounders"):
        alarms, watched_s, seed = 0, 0.0, 0
        while watched_s < hours * 3600:
            track = clip(MOVEMENTS[label](SEEDS + seed, 300.0), SENSORS["polar"].on(Limb.ANKLE), seed)
            alarms += len(detect(track.t_s, track.acc_g))
            watched_s += float(track.t_s[-1] - track.t_s[0])
            seed += 1
        figures[str(label)] = f"{alarms} in {watched_s / 3600:.1f} h"
    return figures


def speed() -> str:
    """The streaming code itself on one 50 Hz sensor, CPU time, handed over in pieces of 20 s."""
    rng = np.random.default_rng(1)
    t_s = np.arange(0, 3600, 0.02)
    values = np.array([0.0, 0.0, 1.0]) + 0.01 * rng.standard_normal((t_s.size, 3))
    state, began = motion.start(3), time.process_time()
    for at in range(0, t_s.size, 1000):
        state, _ = motion.advance(state, t_s[at : at + 1000], values[at : at + 1000])
    return f"{3600 / (time.process_time() - began):.0f} x real time"


def progress(items: Sequence, what: str) -> Iterator:
    from tqdm import tqdm

    return iter(tqdm(items, desc=what, disable=None, leave=False))


def table(title: str, columns: dict[str, dict[str, object]]) -> str:
    names = list(columns)
    rows = list(next(iter(columns.values())))
    lines = [f"### {title}", "", f"| | {' | '.join(names)} |", "| --- |" + " --- |" * len(names)]
    lines += [f"| {row} | {' | '.join(str(columns[name][row]) for name in names)} |" for row in rows]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", help="folder with motion/*.npz")
    parser.add_argument("--bouts", type=int, default=200)
    parser.add_argument("--nights", type=int, default=20)
    parser.add_argument("--hours", type=float, default=4.0, help="of each other movement")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    both: dict[str, Detector] = {"feverhub": ours, "OSD": osd.alarms}
    parts: dict[str, dict[str, dict[str, object]]] = {}
    if options.data:
        recordings = list(segments(Path(options.data) / "motion"))
        parts["Real recordings"] = {name: real(recordings, detect) for name, detect in both.items()}
    else:
        print("DATA is not set: no real recording was judged; what follows is simulated", file=sys.stderr)
    for title, run in {
        "Simulated infants: clonic bouts of 15 s and more": lambda detect: simulated_bouts(options.bouts, detect),
        "Simulated nights of 8 h without a seizure": lambda detect: simulated_nights(options.nights, detect),
        "Simulated: other movements": lambda detect: simulated_confounders(options.hours, detect),
    }.items():
        parts[title] = {name: run(detect) for name, detect in both.items()}
    parts["Speed, one 50 Hz sensor on one core"] = {"feverhub": {"streaming": speed()}}
    text = json.dumps(parts) if options.json else "\n\n".join(table(title, part) for title, part in parts.items())
    print(text)
    if options.write:
        options.write.write_text(text + "\n")


if __name__ == "__main__":
    main()
