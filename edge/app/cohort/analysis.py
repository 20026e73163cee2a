"""`feverhub cohort analyze`: every night of a cohort, judged once by this program."""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from edge.app.cohort import cluster, detector, nights, processes
from edge.app.cohort.judge import Job, Result, judge
from edge.app.cohort.nights import Night
from edge.app.cohort.processes import Lost
from edge.app.cohort.progress import Progress
from edge.app.cohort.results import Results
from edge.errors import EdgeError


@dataclass(frozen=True, slots=True)
class Analysed:
    """Counts of nights. hours: of what was judged in this run. took_s: of this run. failed: by name, why."""

    detector: str
    nights: int
    known: int
    hours: float
    took_s: float
    failed: dict[str, str]


def analyze(source: str, out: str, *, workers: int, dask: str = "") -> Analysed:
    """Judge what has no result by this program yet, then write both tables. dask: a scheduler's address, else empty.

    Nights that cannot be judged are named on stderr as they come. Raises EdgeError where nothing can be judged at all,
    StorageError, Unreachable.
    """
    _apart(source, out)
    results, found, version = Results(out), nights.find(source), detector.version()
    jobs = [Job(night, version, results.known(night, version)) for night in found]
    began_s, failed, known, judged_s = time.monotonic(), dict[str, str](), 0, 0.0
    progress = Progress(len(found))
    done: Iterable[tuple[Job, Result | Lost | None]]
    done = cluster.run(jobs, dask) if dask else processes.run(judge, jobs, min(workers, len(jobs)))
    try:
        for job, outcome in done:
            if outcome is None:
                known += 1
                progress.count(None, failed=False)
                continue
            result = _lost(job.night, version) if isinstance(outcome, Lost) else outcome
            results.keep(job.night, result)
            if "error" in result:
                failed[job.night.name] = result["error"]
                progress.say(f"feverhub: {result['error']}")
            judged_s += result.get("duration_s", 0.0)
            progress.count(result.get("duration_s", 0.0), failed="error" in result)
    finally:
        progress.close()
    results.tables(found)
    took_s = time.monotonic() - began_s
    return Analysed(version, len(found), known, judged_s / 3600.0, took_s, dict(sorted(failed.items())))


def _lost(night: Night, version: str) -> Result:
    why = f"{night.name}: each process that judged it was killed, {processes.TRIES} of them; is there memory for it?"
    return {"night": night.name, "detector": version, "error": why}


def _apart(source: str, out: str) -> None:
    """Raises EdgeError where results would be taken for nights, or written among them."""
    (of_nights, inside), (of_results, outside) = nights.system(source), nights.system(out)
    if type(of_nights) is type(of_results) and f"{outside}/".startswith(f"{inside}/"):
        raise EdgeError(f"{out}: lies among the nights; choose another folder")
