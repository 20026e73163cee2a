"""`feverhub bench`: the recordings of a BIDS data set through the pipeline, and how what it found compares."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from edge import __version__
from edge.app.reports import bids, offline
from edge.app.reports.event_scores import EARLY_S, JOINED_S, LATE_S, LONGEST_S, Interval, Score, latency_s, score
from edge.errors import EdgeError, RecordingError, StorageError
from edge.model.alarm import Condition
from edge.model.people import Limb

SCHEMA = 1
ALARM = Condition.SEIZURE_LIKE_MOVEMENT
"""What is scored: the alarm that rings in the room."""
RULE = {
    "condition": str(ALARM),
    "tolerance_before_s": EARLY_S,
    "tolerance_after_s": LATE_S,
    "joined_below_s": JOINED_S,
    "longest_event_s": LONGEST_S,
}

Results = dict[str, Any]


def run(
    root: Path,
    out: Path | None,
    *,
    age_months: float | None = None,
    shown: Callable[[Mapping[str, Any]], None] = lambda _: None,
    bar: bool = False,
) -> Results:
    """Judge every recording under root. out: a folder for event TSVs in a tree as that of root.

    shown: is handed each recording's result, or its `error`, as it comes. Raises EdgeError where there is nothing to
    judge, or where out would write among the data.
    """
    files = bids.recordings(root)
    if not files:
        raise RecordingError(f"{root}: no {', '.join(f'*{suffix}' for suffix in bids.SUFFIXES)} was found under it")
    if out is not None:
        _apart(out, root)
    done: list[dict[str, Any]] = []
    total = Score()
    for file in files:
        name = file.relative_to(root).as_posix()
        try:
            recording = bids.read(file, root)
        except EdgeError as error:
            done.append({"recording": name, "error": str(error)})
            shown(done[-1])
            continue
        result, counted = _judge(recording, age_months, bar=bar)
        total += counted
        done.append({"recording": name, **result})
        if out is not None:
            _write(out / file.relative_to(root).with_name(f"{bids.stem(file)}_events.tsv"), recording, result)
        shown(done[-1])
    return {"schema": SCHEMA, "feverhub": __version__, "rule": RULE, "total": _total(total, done), "recordings": done}


def _apart(out: Path, root: Path) -> None:
    inside, whole = out.resolve(), root.resolve()
    if inside == whole or (whole in inside.parents and inside.relative_to(whole).parts[0] != "derivatives"):
        raise EdgeError(f"{out}: lies among the data, whose annotations it could overwrite; choose another folder")


def _judge(recording: bids.Annotated, age_months: float | None, *, bar: bool) -> tuple[dict[str, Any], Score]:
    """The result of one recording, and what it adds to the total: nothing where nobody annotated it."""
    limbs = tuple(_limb(sensor.name) for sensor in recording.sensors)
    report = offline.report(recording.sensors, offline.Child(age_months, limbs=limbs), bar=bar)
    conditions = report["conditions"]
    assert isinstance(conditions, list)
    length_s = recording.length_s
    alarms = [each for each in conditions if each["condition"] == ALARM]
    found = [_interval(each, length_s) for each in alarms]
    raised = [each["raised_s"] for each in alarms]
    counted = Score() if recording.seizures is None else score(recording.seizures, found, length_s)
    return {
        "sensors": [sensor.name for sensor in recording.sensors],
        "length_s": round(length_s, 3),
        "annotated": recording.seizures is not None,
        "seizures": [
            {"onset_s": begin, "duration_s": round(end - begin, 3), "latency_s": _rounded((begin, end), raised)}
            for begin, end in recording.seizures or ()
        ],
        "conditions": [
            {key: each[key] for key in ("condition", "priority", "onset_s", "raised_s", "cleared_s")}
            for each in conditions
        ],
        "found": counted.found,
        "events": counted.annotated,
        "false_alarms": counted.false_alarms,
        "notes": report["notes"],
    }, counted


def _interval(alarm: Mapping[str, Any], length_s: float) -> Interval:
    return alarm["onset_s"], length_s if alarm["cleared_s"] is None else alarm["cleared_s"]


def _rounded(event: Interval, raised_s: Sequence[float]) -> float | None:
    latency = latency_s(event, raised_s)
    return None if latency is None else round(latency, 3)


def _limb(name: str) -> Limb:
    plain = name.lower().replace(" ", "_").replace("-", "_")
    return Limb(plain) if plain in set(Limb) else Limb.UNKNOWN


def _write(file: Path, recording: bids.Annotated, result: Mapping[str, Any]) -> None:
    """Raises StorageError."""
    events = [_interval(each, result["length_s"]) for each in result["conditions"] if each["condition"] == ALARM]
    try:
        bids.write_events(file, bids.event_rows(events, result["sensors"], recording.started, result["length_s"]))
    except OSError as error:
        raise StorageError(f"{file} cannot be written: {error.strerror or error}") from error


def _total(counted: Score, done: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    late = [
        each["latency_s"] for result in done for each in result.get("seizures", ()) if each["latency_s"] is not None
    ]
    return {
        "recordings": sum("error" not in each for each in done),
        "not_read": sum("error" in each for each in done),
        "not_annotated": sum(each.get("annotated") is False for each in done),
        "hours": round(counted.hours, 4),
        "events": counted.annotated,
        "found": counted.found,
        "sensitivity": round(counted.found / counted.annotated, 4) if counted.annotated else None,
        "false_alarms": counted.false_alarms,
        "false_alarms_per_hour": round(counted.false_alarms / counted.hours, 4) if counted.hours else None,
        "latency_median_s": round(float(np.median(late)), 2) if late else None,
        "latency_p95_s": round(float(np.percentile(late, 95)), 2) if late else None,
    }
