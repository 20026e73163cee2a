"""Both detectors on recordings that nobody here wrote. Each segment is one recording, judged from a cold start."""

from collections.abc import Iterable
from dataclasses import dataclass

from tests.bench import hub, osd, scores, sweep
from tests.bench.recordings import SETS, Segment

NEGATIVES = SETS[1:5]
CLIPS = ("WALKING", "RUNNING", "SAWING")
DETECTORS = ("feverhub", "OSD")


@dataclass(frozen=True, slots=True)
class Judged:
    """One segment. alarms: of each detector, (raised, ended) in s. swept: of each, how often at each threshold."""

    dataset: str
    label: str
    hours: float
    begin_s: float
    annotated: scores.Interval | None
    alarms: dict[str, list[scores.Interval]]
    swept: dict[str, list[int]]
    unwatched_s: float
    raised: int


def judge(segment: Segment) -> Judged:
    """One segment through both detectors."""
    t_s, values = segment.t_s, segment.values
    steps, windows = hub.steps(t_s, values), osd.look(t_s, values)
    swept = sweep.raises(steps)
    return Judged(
        segment.dataset,
        segment.label,
        segment.hours,
        float(t_s[0]),
        segment.annotated,
        {"feverhub": hub.watch(t_s, values), "OSD": windows.episodes()},
        {
            "feverhub": [len(at) for at in swept],
            "OSD": [len(at) for at in sweep.osd_raises(windows)],
        },
        max(0.0, segment.hours * 3600 - hub.judged_s(steps)),
        _raised(steps),
    )


def _raised(steps: Iterable) -> int:
    """How often the detector itself went into alarm."""
    standing, count = False, 0
    for step in steps:
        alarm = step.stage == "alarm"
        count += alarm and not standing
        standing = alarm
    return count


def figures(judged: Iterable[Judged]) -> dict:
    """Everything that the report says of the real sets, as plain numbers."""
    judged = list(judged)
    events = [j for j in judged if j.dataset == "osdb_events"]
    convulsions = [j for j in events if j.label == "Tonic-Clonic"]
    mimicked = [j for j in judged if j.label == "EPILEPSY"]
    clips = {label: [j for j in judged if j.dataset == "uea_epilepsy" and j.label == label] for label in CLIPS}
    quiet = {name: [j for j in judged if j.dataset == name] for name in NEGATIVES}
    groups = {"tonic-clonic": convulsions, "all events": events, "EPILEPSY": mimicked, **clips}
    return {
        "found": {d: {name: [_found(g, d), len(g)] for name, g in groups.items()} for d in DETECTORS},
        "false": {
            d: {name: [sum(len(j.alarms[d]) for j in g), sum(j.hours for j in g)] for name, g in quiet.items()}
            for d in DETECTORS
        },
        "latency_s": {
            d: [j.alarms[d][0][0] - j.annotated[0] for j in events if j.annotated and j.alarms[d]] for d in DETECTORS
        },
        "event_scoring": {d: _scored([j for j in events if j.annotated], d) for d in DETECTORS},
        "unwatched": {
            name: [sum(j.unwatched_s for j in g) / 3600, sum(j.hours for j in g)]
            for name in SETS
            if (g := [j for j in judged if j.dataset == name])
        },
        "roc": {d: _roc(convulsions, events, [j for g in quiet.values() for j in g], d) for d in DETECTORS},
        "sweep_check": [
            sum(j.swept["feverhub"][sweep.OURS_NOW] for j in judged),
            sum(j.raised for j in judged),
        ],
    }


def _found(group: list[Judged], detector: str) -> int:
    return sum(bool(j.alarms[detector]) for j in group)


def _scored(group: list[Judged], detector: str) -> str:
    total = scores.Events()
    for j in group:
        truth = [(j.annotated[0] - j.begin_s, j.annotated[1] - j.begin_s)] if j.annotated else []
        alarms = [(a - j.begin_s, b - j.begin_s) for a, b in j.alarms[detector]]
        total += scores.events(truth, alarms, j.hours * 3600)
    return str(total)


def _roc(convulsions: list[Judged], events: list[Judged], quiet: list[Judged], detector: str) -> dict:
    """At each threshold: share of events found, of tonic-clonic ones, and false alarms an hour."""
    hours = sum(j.hours for j in quiet)
    size = len(quiet[0].swept[detector])

    def found(group: list[Judged], at: int) -> float:
        return sum(j.swept[detector][at] > 0 for j in group) / len(group)

    return {
        "tonic-clonic": [found(convulsions, at) for at in range(size)],
        "all events": [found(events, at) for at in range(size)],
        "false_per_h": [sum(j.swept[detector][at] for j in quiet) / hours for at in range(size)],
    }
