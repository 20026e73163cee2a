"""Recordings of movement and temperature: read, checked, cut into the pieces that a live sensor would have sent.

A motion recording has the columns `t,x,y,z` (seconds, g) or `t,m` (the vector's magnitude alone); a temperature
recording has `t,celsius`. Both may be CSV, npz or Parquet (`time` in place of `t`), or an EDF file, of which
`FILE.edf#NAME` chooses one signal. `t` starts anywhere, may jitter and have gaps. NaN and infinite values are invalid
samples. A time that repeats exactly is dropped and counted in `notes`; one that runs backwards is refused by its line.
"""

import heapq
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge.errors import RecordingError
from edge.model.event import Event, FrameReceived, MotionReceived, ReadingReceived
from edge.model.people import Limb, Site
from edge.model.reading import Array, Quantity, Reading, Unit, Validity
from edge.recordings import edf
from edge.recordings.frames import FrameRecording
from edge.recordings.tables import Table, read_table

MIN_RATE_HZ = 12.0
MAX_RATE_HZ = 210.0
_RATE_TOLERANCE = 0.02  # a sensor's quartz and a rounded time stamp, not another rate
_MOST_REPEATS = 0.1  # above this share the stamps are too coarse for the samples
_MOST = 1e9  # in whatever unit: beyond it there is no measurement, and its square may be no number
_MOST_MEDIAN_G = 4.0  # worn sensors rest near 1 g; 9.81 is m/s², 1000 is milli-g
_LEAST_MEDIAN_G = 0.2  # below it the gravity vector has been taken out
_MOST_MEDIAN_C = 45.0  # above it nobody lives: Fahrenheit or kelvin


@dataclass(frozen=True, slots=True, eq=False)
class MotionRecording:
    """t_s: (n,) float64, seconds, strictly rising. values: (n, 3) or, magnitude alone, (n,) float64, g.

    limb: where it was worn, if the recording itself says so.
    """

    name: str
    t_s: Array
    values: Array
    rate_hz: float
    notes: tuple[str, ...] = ()
    limb: Limb | None = None


@dataclass(frozen=True, slots=True, eq=False)
class TemperatureRecording:
    """t_s: (n,) float64, seconds, strictly rising. celsius: (n,) float64.

    site: where it was measured, if the recording itself says so.
    """

    name: str
    t_s: Array
    celsius: Array
    notes: tuple[str, ...] = ()
    site: Site | None = None


Recording = MotionRecording | TemperatureRecording
Playable = Recording | FrameRecording


def read_motion(path: Path | str) -> MotionRecording:
    """Read a motion recording. Raises RecordingError: one sentence that names the file."""
    path = Path(path)
    if edf_file := _edf(path):
        t_s, values, name = _signal(path, edf_file.movement, "movement sensor")
        return motion_of(path.with_name(name), t_s, values)
    table = read_table(path, (("t", "x", "y", "z"), ("t", "m")))
    t_s, keep, notes = _times(table)
    columns = [table.columns[name] for name in table.columns if name != "t"]
    values = np.column_stack(columns)[keep] if len(columns) > 1 else columns[0][keep]
    if t_s.size < (1 - _MOST_REPEATS) * table.columns["t"].size:
        raise RecordingError(f"{path}: times repeat too often; t must be finer than the time between samples")
    return motion_of(path, t_s, values, notes)


def motion_of(path: Path, t_s: Array, values: Array, notes: Sequence[str] = ()) -> MotionRecording:
    """Samples of a file of another format, checked as `read_motion` does. Raises RecordingError that names the file.

    t_s: (n,) float64, seconds, strictly rising. values: (n, 3) or (n,) float64, g.
    """
    rate_hz = _rate(path, t_s)
    values, invalid = _invalid_to_nan(values)
    notes = list(notes)
    magnitude = np.linalg.norm(values, axis=1) if values.ndim == 2 else np.abs(values)
    known = magnitude[np.isfinite(magnitude)]
    median_g = float(np.median(known)) if known.size else 1.0
    if median_g > _MOST_MEDIAN_G:
        raise RecordingError(f"{path}: looks like m/s² or milli-g (median magnitude {median_g:.4g}); g is expected")
    if invalid:
        notes.append(f"{invalid} invalid samples")
    if median_g < _LEAST_MEDIAN_G:
        notes.append(f"gravity seems to have been removed (median magnitude {median_g:.2g} g)")
    return MotionRecording(path.name, t_s, values, rate_hz, tuple(notes))


def read_temperature(path: Path | str) -> TemperatureRecording:
    """Read a temperature recording. Raises RecordingError: one sentence that names the file."""
    path = Path(path)
    notes: list[str] = []
    if edf_file := _edf(path):
        t_s, values, name = _signal(path, edf_file.temperature, "thermometer")
        path = path.with_name(name)
    else:
        table = read_table(path, (("t", "celsius"),))
        t_s, keep, notes = _times(table)
        values = table.columns["celsius"][keep]
    celsius, invalid = _invalid_to_nan(values)
    known = celsius[np.isfinite(celsius)]
    if known.size and (median_c := float(np.median(known))) > _MOST_MEDIAN_C:
        raise RecordingError(
            f"{path}: looks like Fahrenheit or kelvin (median {median_c:.4g}); degrees Celsius expected"
        )
    if invalid:
        notes.append(f"{invalid} invalid values")
    return TemperatureRecording(path.name, t_s, celsius, tuple(notes))


def _edf(path: Path) -> edf.EdfFile | None:
    """None for a file of another format. A `#` after the name chooses one of its signals."""
    file = path.with_name(path.name.partition("#")[0])
    try:
        with file.open("rb") as opened:
            begins = opened.read(len(edf.MAGIC))
    except OSError:
        return None  # whoever reads it as a table says what is wrong
    return edf.read(file) if begins == edf.MAGIC else None


def _signal(path: Path, found: Mapping[str, edf.Signal], what: str) -> tuple[Array, Array, str]:
    """Times, values, and what to call it. Raises RecordingError for none, and for several of which none is chosen."""
    file, _, wanted = path.name.partition("#")
    names = [name for name in found if wanted in ("", name)]
    if len(names) != 1:
        known = f": choose one, as {file}#{next(iter(found))}; known are {', '.join(found)}" if found else ""
        raise RecordingError(f"{path}: has {len(names) if wanted else len(found)} signals of a {what}{known}")
    return (*found[names[0]], path.name)


def chunks(recording: MotionRecording, chunk_s: float = 1.0) -> Iterator[tuple[Array, Array]]:
    """Cut into the pieces that a sensor sending every `chunk_s` would have sent: (t_s (k,), values (k, 3) or (k,)).

    A piece belongs to one cell of the grid that begins at the first sample; cells without samples give no piece.
    """
    cell = np.floor((recording.t_s - recording.t_s[0]) / chunk_s)
    edges = np.concatenate(([0], np.flatnonzero(np.diff(cell)) + 1, [recording.t_s.size]))
    for start, stop in itertools.pairwise(edges):
        yield recording.t_s[start:stop], recording.values[start:stop]


def events(
    device: str, recording: Playable, chunk_s: float = 1.0, shift_s: float = 0.0
) -> Iterator[tuple[float, Event]]:
    """What the pipeline would have been handed, each with the moment of its arrival; `shift_s` is added to all.

    Of samples that is the moment of the last one in each piece; frames carry their own.
    """
    if isinstance(recording, FrameRecording):
        for arrival_s, frame in zip(recording.t_s.tolist(), recording.frames, strict=True):
            yield arrival_s + shift_s, FrameReceived(device, frame.kind, frame.payload, frame.rssi_dbm)
        return
    if isinstance(recording, MotionRecording):
        for t_s, values in chunks(recording, chunk_s):
            yield float(t_s[-1]) + shift_s, MotionReceived(device, t_s + shift_s, values)
        return
    for moment_s, value in zip(recording.t_s.tolist(), recording.celsius.tolist(), strict=True):
        yield moment_s + shift_s, ReadingReceived(device, _temperature(value))


def merged(streams: Sequence[Iterator[tuple[float, Event]]]) -> Iterator[tuple[float, Event]]:
    """Several devices' events in the order of their moments; at the same moment in the order given."""
    return heapq.merge(*streams, key=lambda item: item[0])


def origins(recordings: Sequence[Playable]) -> list[float]:
    """The moment of each recording that counts as its beginning, in seconds of its own `t`.

    Recordings whose times overlap were made together and share the earliest beginning; one that overlaps no other
    has a time of its own.
    """
    spans = [(float(r.t_s[0]), float(r.t_s[-1])) for r in recordings]
    found: dict[int, float] = {}
    start_s = reach_s = float("-inf")
    for index in sorted(range(len(spans)), key=lambda i: spans[i]):
        begin_s, end_s = spans[index]
        if begin_s > reach_s:
            start_s = begin_s
        reach_s = max(reach_s, end_s)
        found[index] = start_s
    return [found[index] for index in range(len(spans))]


def _temperature(value: float) -> Reading:
    if np.isfinite(value):
        return Reading(Quantity.TEMPERATURE, value, Unit.CELSIUS)
    return Reading(Quantity.TEMPERATURE, value, Unit.CELSIUS, Validity.INVALID, "no value recorded")


def _times(table: Table) -> tuple[Array, NDArray[np.bool_], list[str]]:
    """Rising times, which rows were kept, and notes."""
    t_s = table.columns["t"]
    faulty = np.flatnonzero(~np.isfinite(t_s))
    if faulty.size:
        raise RecordingError(f"{table.path}: {table.where(int(faulty[0]))} has no time")
    steps = np.diff(t_s)
    backwards = np.flatnonzero(steps < 0)
    if backwards.size:
        row = int(backwards[0]) + 1
        jump = f"{t_s[row - 1]:.10g} to {t_s[row]:.10g}"
        raise RecordingError(f"{table.path}: time runs backwards in {table.where(row)} (from {jump})")
    keep = np.concatenate(([True], steps > 0))
    repeats = t_s.size - np.count_nonzero(keep)
    return t_s[keep], keep, [f"{repeats} rows with a repeated time dropped"] if repeats else []


def _rate(path: Path, t_s: Array) -> float:
    """Samples a second: the mean of the steps that lie near their median, so gaps and rounded stamps do not matter."""
    if t_s.size < 2:
        raise RecordingError(f"{path}: needs at least two samples with different times")
    steps = np.diff(t_s)
    median_s = float(np.median(steps))
    usual = steps[(steps > 0.5 * median_s) & (steps < 1.5 * median_s)]
    rate_hz = 1.0 / (float(usual.mean()) if usual.size else median_s)  # none: half of two steps that differ widely
    low_hz, high_hz = MIN_RATE_HZ * (1 - _RATE_TOLERANCE), MAX_RATE_HZ * (1 + _RATE_TOLERANCE)
    if not low_hz <= rate_hz <= high_hz:
        hint = "; t looks like milliseconds" if low_hz <= 1000 * rate_hz <= high_hz else ""
        raise RecordingError(
            f"{path}: {rate_hz:.3g} samples a second, between {MIN_RATE_HZ:g} and {MAX_RATE_HZ:g} are needed{hint}"
        )
    return rate_hz


def _invalid_to_nan(values: Array) -> tuple[Array, int]:
    """Rows with anything that is no measurement become NaN throughout; with it their number."""
    good = np.abs(values) <= _MOST  # not so of a NaN
    valid = good if values.ndim == 1 else good.all(axis=1)
    if valid.all():
        return values, 0
    values = values.copy()
    values[~valid] = np.nan
    return values, int(valid.size - np.count_nonzero(valid))
