"""What the detector is meant to reach, held against what was measured."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.bench import scores
from tests.bench.real import CLIPS
from tests.bench.tally import bout_delays, confounded, found_by, movement_alarms, ringing


@dataclass(frozen=True, slots=True)
class Target:
    """One line of the table. reached: None where it was not measured."""

    what: str
    wanted: str
    measured: str
    reached: bool


def real(results: Mapping[str, Any]) -> Iterator[Target]:
    """Targets on the recordings."""
    if (figures := results.get("real")) is None:
        return
    ours = figures["found"]["feverhub"]
    for name, least in (("tonic-clonic", 10), ("all events", 22), ("EPILEPSY", 32)):
        found, of = ours[name]
        yield Target(_NAMES[name], f"at least {least} of {of}", scores.share(found, of), found >= least)
    latency_s = float(np.median(figures["latency_s"]["feverhub"]))
    yield Target("latency from annotated onset, median", "15 s", f"{latency_s:.1f} s", latency_s <= 15)
    clips = sum(ours[name][0] for name in CLIPS)
    of = sum(ours[name][1] for name in CLIPS)
    yield Target("UEA sawing, running, walking", "at most 5", scores.share(clips, of), clips <= 5)
    false = figures["false"]["feverhub"]
    count, hours = (sum(each[at] for each in false.values()) for at in (0, 1))
    yield Target("false alarms, all real hours", "0.25/h", scores.rate(count, hours, "h"), count / hours <= 0.25)
    worst = max(false, key=lambda name: false[name][0] / false[name][1])
    per_h = false[worst][0] / false[worst][1]
    yield Target("false alarms, worst set", "0.5/h", f"{worst}: {per_h:.2f}/h", per_h <= 0.5)


_NAMES = {"tonic-clonic": "OSDB tonic-clonic", "all events": "OSDB all events", "EPILEPSY": "UEA mimicked seizures"}


def simulated(results: Mapping[str, Any]) -> Iterator[Target]:
    """Targets on simulated infants."""
    if "bouts" in results:
        delays, count = bout_delays(results["bouts"], "feverhub")
        found, low = len(delays) / count, scores.wilson(len(delays), count)[0]
        wanted = "98 %, lower bound 97 %"
        yield Target("clonic bouts found", wanted, scores.share(len(delays), count), found >= 0.98 and low >= 0.97)
        p50, p95 = np.percentile(delays, [50, 95])
        yield Target(
            "raised after onset, p50 and p95", "12 and 20 s", scores.spread(delays), bool(p50 <= 12 and p95 <= 20)
        )
    if "nights" in results:
        movement, rings = movement_alarms(results["nights"]), ringing(results["nights"])
        for what, wanted, counts, most in (
            ("false movement alarms", "1 in 30 nights", movement, 1 / 30),
            ("everything that rings without cause", "1 in 14 nights", rings, 1 / 14),
        ):
            measured = scores.rate(sum(counts), len(counts), "night")
            yield Target(what, wanted, measured, sum(counts) / len(counts) <= most)
    if "confounders" in results:
        found = confounded(results["confounders"])
        counts = {name: alarms for name, (alarms, _, _) in found.items()}
        hours = min(each[2] for each in found.values())
        over = [f"{name} {alarms}" for name, alarms in counts.items() if alarms > 1]
        yield Target(
            f"each confounder, {hours} h",
            "at most 1 alarm",
            f"more for {len(over)} of {len(counts)}: {', '.join(over)}" if over else f"kept by all {len(counts)}",
            not over,
        )


def states(results: Mapping[str, Any]) -> Iterator[Target]:
    """A convulsion in any state, and the movers without one."""
    for before_s, (delays, count) in found_by(results.get("after", ()), "feverhub").items():
        share = scores.share(len(delays), count)
        yield Target(f"after {before_s:g} s of kicking", "95 %", share, len(delays) >= 0.95 * count)
    for name, (alarms, _, hours) in confounded(results.get("movers", ())).items():
        most = 4 if name == "patted" else 1
        yield Target(f"{name}, {hours} h", f"at most {most}", str(alarms), alarms <= most)


def program(results: Mapping[str, Any]) -> Iterator[Target]:
    """Targets on the program itself."""
    if "speed" not in results:
        return
    for piece_s, least in (("60", 5000), ("1", 2500)):
        fast = results["speed"]["times_real_time"][piece_s]
        what = f"speed in pieces of {piece_s} s, one 50 Hz sensor, one core"
        yield Target(what, f"{least:,} x real time", f"{fast:,.0f} x", fast >= least)
    size = results["speed"]["state_bytes"]
    yield Target("state of one sensor", "under 200 kB", f"{size / 1000:.0f} kB", size < 200_000)
