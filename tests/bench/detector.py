"""The movement detector beside OpenSeizureDetector's rule, on recordings and on simulated infants.

    make bench-detector DATA=FOLDER
    python tests/bench/detector.py [--data FOLDER] [--quick] [--only NAME ...] [--write docs/benchmark.md]

Prints figures. Real and simulated ones stand apart and are never added. Without FOLDER the real part is missing: that
is said, the simulated part is printed and the exit code is 1. Two processes, fixed seeds; about two hours, of
which the 300 nights take the most.
"""

import argparse
import json
import multiprocessing
import os
import pickle
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # two workers are all that this may use

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from edge.analysis import motion
from tests.bench import nights, real, report, roc, simulated
from tests.bench.recordings import segments

WORKERS = 2
Job = tuple[Callable[..., Any], Sequence[Any]]


def jobs(*, quick: bool) -> dict[str, list[Job]]:
    """Every simulated part as a list of calls. quick: a twentieth of each."""

    def times(count: int) -> range:
        return range(max(1, count // 20) if quick else count)

    return {
        "bouts": [(simulated.bout, (n,)) for n in times(1000)],
        "nights": [(nights.night, (n,)) for n in times(300)],
        "seizure_nights": [(nights.seizure_night, (n,)) for n in times(60)],
        "confounders": [(simulated.confounder, (label, n)) for label in simulated.CONFOUNDERS for n in times(24)],
        "patted_twice": [(simulated.patted_twice, (n,)) for n in times(12)],
        "clonic_twice": [(simulated.clonic_twice, (n,)) for n in times(100)],
        "rates": [(nights.other_rate, (name, n)) for name in nights.RATES for n in times(10)],
    }


def call(job: Job) -> Any:
    function, arguments = job
    return function(*arguments)


def progress(items: Iterable[Any], what: str, total: int) -> Iterable[Any]:
    from tqdm import tqdm

    return tqdm(items, desc=what, total=total, file=sys.stderr, smoothing=0.05)


def speed() -> dict[str, Any]:
    """The streaming code itself on one core, CPU time, an hour at 50 Hz in pieces of several lengths; and its state."""
    rng = np.random.default_rng(1)
    t_s = np.arange(0, 3600, 0.02)
    values = np.array([0.0, 0.0, 1.0]) + 0.01 * rng.standard_normal((t_s.size, 3))
    times = {}
    for piece_s in (1, 10, 60):
        state, began_s, size = motion.start(3), time.process_time(), 50 * piece_s
        for at in range(0, t_s.size, size):
            state, _ = motion.advance(state, t_s[at : at + size], values[at : at + size])
        times[str(piece_s)] = 3600 / (time.process_time() - began_s)
    return {"times_real_time": times, "state_bytes": len(pickle.dumps(state))}


def measure(data: Path | None, only: Sequence[str], *, quick: bool) -> dict[str, Any]:
    """Every part that is wanted, by name; each is a plain value."""
    results: dict[str, Any] = {}
    if "speed" in only:
        results["speed"] = speed()
    wanted = {name: calls for name, calls in jobs(quick=quick).items() if name in only}
    if data is not None and "real" in only:
        wanted = {"real": [(real.judge, (each,)) for each in segments(data / "motion")], **wanted}
    for name, calls in wanted.items():
        with multiprocessing.get_context("fork").Pool(WORKERS) as pool:
            done = list(progress(pool.imap(call, calls, chunksize=4 if name == "real" else 1), name, len(calls)))
        if name == "real":
            results[name] = real.figures(done)
        else:
            results[name] = [[list(arguments), result] for (_, arguments), result in zip(calls, done, strict=True)]
    return results


def main() -> int:
    parts = ["real", "speed", *jobs(quick=True)]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="", help="folder that holds motion/*.npz")
    parser.add_argument("--quick", action="store_true", help="a twentieth of the simulated part")
    parser.add_argument("--only", action="append", choices=parts, help="this part alone; may be repeated")
    parser.add_argument("--json", type=Path, help="also write the raw figures to this file")
    parser.add_argument("--from-json", type=Path, help="no measuring: read the figures of an earlier run")
    parser.add_argument("--write", type=Path, help="replace the generated part of this page, and the picture beside it")
    options = parser.parse_args()
    if options.write and (options.quick or options.only):
        parser.error("--write needs a whole run")
    data = Path(options.data) if options.data else None
    if data is not None and not (data / "motion").is_dir():
        parser.error(f"there is no folder {data / 'motion'}")
    if options.from_json:
        results: Mapping[str, Any] = json.loads(options.from_json.read_text())
    else:
        results = measure(data, options.only or parts, quick=options.quick)
    if options.json:
        options.json.write_text(json.dumps(results, default=str))
    results = json.loads(json.dumps(results, default=str))  # the same from a file as from a run
    if options.quick:
        print("A quick look: a twentieth of the simulated part.\n")
    print(report.text(results))
    missing = "real" in (options.only or parts) and "real" not in results
    if missing:
        print("DATA is not set: no real recording was judged; the figures above are simulated", file=sys.stderr)
    elif options.write:
        report.replace(options.write, results)
        roc.draw(options.write.with_name("detector-roc.png"), results)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
