"""The movement detector beside OpenSeizureDetector's rule, on recordings and on simulated infants.

    make bench-detector DATA=FOLDER
    python tests/bench/detector.py [--data FOLDER] [--quick] [--only PART ...] [--write docs/benchmark.md]

Prints figures. Real and simulated ones stand apart and are never added. Without FOLDER the real part is missing: that
is said, the simulated part is printed and the exit code is 1. Two processes, fixed seeds. With `--keep` a run that was
broken off goes on where it was, as long as the program is the same.
"""

import argparse
import datetime as dt
import json
import multiprocessing
import os
import pickle
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # two workers are all that this may use

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from edge.analysis import motion
from tests.bench import parts, real, report, roc
from tests.bench.recordings import segments

WORKERS = 2
PARTS = ("real", "speed", *parts.WHOLE)


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


def measure(data: Path | None, only: Sequence[str], counts: Mapping[str, int], kept: parts.Kept) -> dict[str, Any]:
    """Every part that is wanted, by name; each is a plain value."""
    results: dict[str, Any] = {"run": {"date": f"{dt.datetime.now(dt.UTC):%Y-%m-%d}", "source": parts.source()}}
    if "speed" in only:
        results["speed"] = speed()
    on_real = data is not None and "real" in only
    judged = [*parts.real_jobs(segments(data / "motion")), *parts.laid_jobs(data / "motion")] if on_real else []
    wanted = [*judged, *(job for job in parts.jobs(counts) if job.part in only)]
    work(wanted, kept)
    for part in dict.fromkeys(job.part for job in wanted):
        found = [[list(job.key), kept.found[part, job.key]] for job in wanted if job.part == part]
        results[part] = real.figures(real.Judged(**value) for _, value in found) if part == "real" else found
    return results


def work(wanted: Sequence[parts.Job], kept: parts.Kept) -> None:
    """Make every call that is not kept yet, the longest first, so that no worker is left alone at the end."""
    from tqdm import tqdm

    open_ = sorted((job for job in wanted if (job.part, job.key) not in kept.found), key=lambda job: -job.cost_s)
    form = "{percentage:3.0f}% |{bar}| {elapsed}, {remaining} left {postfix}"
    with (
        tqdm(
            total=sum(job.cost_s for job in open_), bar_format=form, file=sys.stderr, mininterval=1, smoothing=0.02
        ) as bar,
        multiprocessing.get_context("fork").Pool(WORKERS) as pool,
    ):
        for part, key, cost_s, value in pool.imap_unordered(done, open_):
            kept.add(part, key, value)
            bar.set_postfix_str(part, refresh=False)
            bar.update(cost_s)


def done(job: parts.Job) -> tuple[str, tuple[Any, ...], float, Any]:
    return job.part, job.key, job.cost_s, job.call()


def options_of(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="", help="folder that holds motion/*.npz")
    parser.add_argument("--quick", action="store_true", help="a twentieth of the simulated part")
    parser.add_argument("--count", action="append", default=[], metavar="PART=N", help="so many of a part; repeatable")
    parser.add_argument("--only", action="append", choices=PARTS, help="this part alone; may be repeated")
    parser.add_argument("--keep", type=Path, help="keep what is done in this folder, and go on from what it holds")
    parser.add_argument("--json", type=Path, help="also write the raw figures to this file")
    parser.add_argument("--from-json", type=Path, help="no measuring: read the figures of an earlier run")
    parser.add_argument("--write", type=Path, help="replace the generated part of this page, and the picture beside it")
    options = parser.parse_args(arguments)
    if options.write and (options.quick or options.only):
        parser.error("--write needs every part, and more than a quick look")
    if options.data and not (Path(options.data) / "motion").is_dir():
        parser.error(f"there is no folder {Path(options.data) / 'motion'}")
    options.counts = {part: max(1, count // 20) if options.quick else count for part, count in parts.WHOLE.items()}
    for part, _, count in (each.partition("=") for each in options.count):
        if part not in parts.WHOLE or not count.isdecimal() or not 1 <= int(count) <= parts.WHOLE[part]:
            parser.error(f"--count {part}={count}: a part of {', '.join(parts.WHOLE)} and a number up to that of a run")
        options.counts[part] = int(count)
    return options


def main() -> int:
    options = options_of()
    data = Path(options.data) if options.data else None
    if options.from_json:
        results: Mapping[str, Any] = json.loads(options.from_json.read_text())
    else:
        results = measure(data, options.only or PARTS, options.counts, parts.Kept(options.keep))
    results = json.loads(json.dumps(results, default=str))  # the same from a file as from a run
    if options.json:
        options.json.write_text(json.dumps(results))
    print(report.text(results))
    missing = "real" in (options.only or PARTS) and "real" not in results
    if missing:
        print("DATA is not set: no real recording was judged; the figures above are simulated", file=sys.stderr)
    elif options.write:
        report.replace(options.write, results)
        roc.draw(options.write.with_name("detector-roc.png"), results)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
