"""Movement of a BIDS data set: recordings as motion.tsv or EDF, what they were annotated with, and HED-SCORE events.

BIDS motion extension (Jeung et al. 2024, Sci Data 11:716), and EDF as SeizeIT2 has it (`*_mov.edf`, labels that end in
`ACC X`). A tracked point, or what stands before `ACC`, is one sensor; all sensors of a file were worn by one person.
"""

import csv
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from edge.app.reports.event_scores import Interval
from edge.errors import RecordingError
from edge.model.reading import Array
from edge.recordings import edf
from edge.recordings.files import MotionRecording, motion_of
from edge.recordings.units import in_g

SUFFIXES = ("_motion.tsv", "_motion.tsv.gz", "_mov.edf")
COLUMNS = ("onset", "duration", "eventType", "confidence", "channels", "dateTime", "recordingDuration")
SEIZURE = "sz"
BACKGROUND = "bckg"
"""What SzCORE writes over the whole of a recording without an event."""


@dataclass(frozen=True, slots=True, eq=False)
class Annotated:
    """A recording and what people saw in it.

    sensors: by name, on one time line from 0 s. seizures: None where no annotations were found. started: date and time
    as the data set has it, `n/a` without one.
    """

    sensors: tuple[MotionRecording, ...]
    seizures: tuple[Interval, ...] | None
    started: str

    @property
    def length_s(self) -> float:
        return max(float(each.t_s[-1]) + 1 / each.rate_hz for each in self.sensors)


def recordings(root: Path) -> list[Path]:
    """Every movement file under root, by path; derivatives and source data are left out. Raises RecordingError."""
    if not root.is_dir():
        raise RecordingError(f"{root}: there is no such folder")
    apart = {"derivatives", "sourcedata", "code"}
    found = [file for file in root.rglob("*") if file.name.endswith(SUFFIXES) and file.is_file()]
    return sorted(file for file in found if not apart & set(file.relative_to(root).parts))


def stem(file: Path) -> str:
    """The name without its suffix and extension: the entities."""
    return re.sub(r"_(motion\.tsv(\.gz)?|mov\.edf)$", "", file.name)


def read(file: Path, root: Path) -> Annotated:
    """One recording with its annotations. Raises RecordingError: one sentence that names the file."""
    if file.suffix == ".edf":
        found = edf.read(file)
        sensors, started = _tracks(file, found.movement), found.started
    else:
        sensors, started = _motion(file, root), ""
    seizures: tuple[Interval, ...] | None = None
    if events := _beside(file, "_events.tsv"):
        rows = _table(events)
        seizures = tuple(_seizures(events, rows))
        started = started or next((row["dateTime"] for row in rows if row.get("dateTime")), "")
    return Annotated(tuple(sensors), seizures, started or "n/a")


def event_rows(
    events: Sequence[Interval], channels: Sequence[str], started: str, length_s: float
) -> Iterator[dict[str, str]]:
    """What was detected, a row each in the columns of SzCORE; one row of background where nothing was."""
    shown = [(begin, end, SEIZURE) for begin, end in events] or [(0.0, length_s, BACKGROUND)]
    for begin, end, kind in shown:
        values = (f"{begin:.2f}", f"{end - begin:.2f}", kind, "n/a", ",".join(channels) or "n/a", started)
        yield dict(zip(COLUMNS, (*values, f"{length_s:.2f}"), strict=True))


def write_events(file: Path, rows: Iterable[Mapping[str, str]]) -> None:
    """A TSV with a header; folders are made. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS, delimiter="\t", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _motion(file: Path, root: Path) -> list[MotionRecording]:
    channels = _beside(file, "_channels.tsv")
    if channels is None:
        raise RecordingError(f"{file}: there is no {stem(file)}_channels.tsv beside it to tell the columns")
    rows = _table(channels)
    table = _samples(file, len(rows))
    sensors: dict[str, dict[str, tuple[Array, str]]] = {}
    for column, row in enumerate(rows):
        axis = row.get("component", "").lower()
        if row.get("type", "").upper() in {"ACC", "ACCEL"} and axis in {"x", "y", "z"}:
            name = row.get("tracked_point") or "sensor"
            sensors.setdefault(name, {})[axis] = table[:, column], row.get("units", "")
    said = next((row["sampling_frequency"] for row in rows if row.get("sampling_frequency")), None)
    rate_hz = _frequency(file, root, said)
    whole = {name: in_g(file, name, axes) for name, axes in sensors.items() if len(axes) == 3}
    return _tracks(file, {name: (np.arange(len(values)) / rate_hz, values) for name, values in whole.items()})


def _tracks(file: Path, found: Mapping[str, edf.Signal]) -> list[MotionRecording]:
    if not found:
        raise RecordingError(f"{file}: no sensor with three axes of acceleration was found in it")
    return [replace(motion_of(file, t_s, values), name=name) for name, (t_s, values) in found.items()]


def _samples(file: Path, columns: int) -> Array:
    """(n, columns) float64; n/a is NaN. A header, which BIDS does not have here, is passed over."""
    text = _text(file)
    first = text.split("\n", 1)[0].split("\t")[0].strip()
    if not re.fullmatch(r"[-+.\d]\S*|n/a|nan", first, re.IGNORECASE):
        text = text.partition("\n")[2]
    if not text.strip():
        raise RecordingError(f"{file}: there are no samples in it")
    try:
        table: Array = np.loadtxt(io.StringIO(text.replace("n/a", "nan")), delimiter="\t", ndmin=2)
    except ValueError as error:
        raise RecordingError(f"{file}: not readable as numbers ({error})") from error
    if table.shape[1] != columns or not len(table):
        raise RecordingError(
            f"{file}: has {table.shape[1]} columns of {len(table)} rows, _channels.tsv names {columns}"
        )
    return table


def _frequency(file: Path, root: Path, said: str | None) -> float:
    """SamplingFrequency of the nearest _motion.json that applies (BIDS inheritance), else as the channels say."""
    own = set(stem(file).split("_"))
    for folder in [each for each in file.parents if each == root or root in each.parents]:
        for sidecar in sorted(folder.glob("*motion.json"), key=lambda each: -len(each.name)):
            if set(sidecar.name.removesuffix("motion.json").rstrip("_").split("_")) - {""} <= own:
                try:
                    value = json.loads(_text(sidecar)).get("SamplingFrequency", said)
                    if value is not None and float(value) > 0:
                        return float(value)
                except (ValueError, TypeError, AttributeError) as error:
                    raise RecordingError(f"{sidecar}: not readable as JSON with a SamplingFrequency") from error
    try:
        rate_hz = float(said or "")
    except ValueError:
        rate_hz = 0.0
    if not rate_hz > 0:
        raise RecordingError(f"{file}: no SamplingFrequency is said in a _motion.json")
    return rate_hz


def _beside(file: Path, suffix: str) -> Path | None:
    """The file of that suffix with the most entities in common, in this folder or those of the other modalities."""
    own = set(stem(file).split("_"))
    folders = [file.parent, *sorted(each for each in file.parent.parent.iterdir() if each.is_dir())]
    for folder in folders:
        near = [each for each in folder.glob(f"*{suffix}") if set(each.name.removesuffix(suffix).split("_")) <= own]
        if near and (folder == file.parent or suffix == "_events.tsv"):
            return max(near, key=lambda each: (len(each.name), each.name))
    return None


def _seizures(file: Path, rows: Sequence[Mapping[str, str]]) -> Iterator[Interval]:
    """Events whose type begins with `sz`, as HED-SCORE has it in SzCORE and SeizeIT2."""
    for number, row in enumerate(rows, 2):
        kind = row.get("eventType") or row.get("trial_type") or ""
        if not kind.lower().startswith(SEIZURE):
            continue
        try:
            begin = float(row["onset"])
            length = row.get("duration", "n/a")
            yield begin, begin + (0.0 if length in {"n/a", ""} else float(length))
        except (KeyError, ValueError) as error:
            raise RecordingError(f"{file}, line {number}: onset or duration of a seizure is no number") from error


def _table(file: Path) -> list[dict[str, str]]:
    rows = csv.DictReader(io.StringIO(_text(file)), delimiter="\t")
    return [{key: (value or "").strip() for key, value in row.items() if isinstance(key, str)} for row in rows]


def _text(file: Path) -> str:
    try:
        data = file.read_bytes()
        return (gzip.decompress(data) if file.suffix == ".gz" else data).decode("utf-8-sig").replace("\r\n", "\n")
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise RecordingError(f"{file}: cannot be read ({error})") from error
