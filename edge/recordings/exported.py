"""What `feverhub export` wrote, read piece by piece: a night of movement is never in memory as a whole, but of EDF.

Rows are checked as they are read; an error names the file. Times are wall seconds.
"""

import csv
import datetime as dt
import io
import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from edge.errors import RecordingError
from edge.model.care import KINDS, Entry
from edge.model.effect import KeepMotion, KeepReading
from edge.model.moment import MOST_WALL_S
from edge.model.people import Limb
from edge.model.reading import TEMPERATURES, Array, Quantity, Reading, Unit, Validity
from edge.recordings import edf

PIECE_ROWS = 50_000
"""Read at once: 16 minutes of a 52 Hz sensor."""
MOST_G, LEAST_C, MOST_C = 32.0, -40.0, 80.0
"""Beyond what any sensor of ours can say: such a file is not what it claims to be."""
LEAST_VALID_C, MOST_VALID_C = 10.0, 50.0
"""What a hub calls valid lies within (`decoding.judge`)."""
_INSTALL = 'the package duckdb is needed to read Parquet: pip install "feverhub[export]"'


@dataclass(frozen=True, slots=True)
class Sensor:
    """One table or signal. name: in errors. pieces: of movement by time, or readings of one quantity by time; each
    call reads anew and raises RecordingError.
    """

    name: str
    movement: Callable[[], Iterator[KeepMotion]] | None
    temperature: Callable[[], list[KeepReading]] | None


def table(file: Path, person: str, device: str, place: str, axes: int) -> Sensor:
    """A CSV or Parquet file of an export. axes: 0 for a temperature."""
    if axes == 0:
        return Sensor(str(file), None, lambda: _temperature(file, person, device))
    names = ("t", "m") if axes == 1 else ("t", "x", "y", "z")
    pieces = _parquet_movement if file.suffix == ".parquet" else _csv_movement
    return Sensor(str(file), lambda: _checked(file, (person, device, place), pieces(file, names)), None)


def signals(file: Path, person: str, start_s: float) -> list[Sensor]:
    """Every sensor of an EDF file that an export wrote. Raises RecordingError."""
    found = edf.read(file)
    sensors = []
    for name, (t_s, values) in found.movement.items():
        device, place, *_ = [*found.transducers[name].split(), "", ""]
        stream = (person, device, place)

        def movement(
            stream: tuple[str, str, str] = stream, t_s: Array = t_s, values: Array = values
        ) -> Iterator[KeepMotion]:
            return _checked(file, stream, _cut(start_s + t_s, values))

        sensors.append(Sensor(f"{file}#{name}", movement, None))
    for name, (t_s, celsius) in found.temperature.items():
        device, place, quantity, *_ = [*found.transducers[name].split(), "", "", ""]

        def temperature(
            device: str = device, place: str = place, quantity: str = quantity, t_s: Array = t_s, c: Array = celsius
        ) -> list[KeepReading]:
            rows = (
                (str(at), str(value), quantity, place, "valid", "", "true")
                for at, value in zip((start_s + t_s).tolist(), c.tolist(), strict=True)
            )
            return [_reading(file, person, device, row) for row in rows]

        sensors.append(Sensor(f"{file}#{name}", None, temperature))
    return sensors


def diary(file: Path, person: str) -> list[Entry]:
    """What caregivers wrote down, every version; alarms and answers are the other hub's own. Raises RecordingError."""
    if file.suffix == ".parquet":
        duckdb = _duckdb(file)
        try:
            with duckdb.connect(config={"threads": 1}) as db:
                details = [str(row[0]) for row in db.read_parquet(str(file)).select("details").fetchall()]
        except Exception as error:
            raise RecordingError(f"{file}: cannot be read as Parquet ({_first_line(error)})") from error
    else:
        try:
            with file.open(encoding="utf-8", newline="") as opened:
                details = [row["details"] for row in csv.DictReader(opened)]
        except (OSError, ValueError, csv.Error, KeyError) as error:
            raise RecordingError(f"{file}: cannot be read ({error})") from error
    try:
        lines = [msgspec.json.decode(each, type=dict[str, Any]) for each in details]
        written = [entry for line in lines if line["line"] in KINDS for entry in _entries(line)]
    except (msgspec.MsgspecError, KeyError, ValueError, TypeError) as error:
        raise RecordingError(f"{file}: a line is not such as an export writes ({error})") from error
    if any(entry.person != person for entry in written):
        raise RecordingError(f"{file}: has lines of another child")
    return written


def _entries(line: Mapping[str, Any]) -> Iterator[Entry]:
    """Each version of one line of the diary."""
    only = {"version": 1, **{name: line[name] for name in ("by", "entered", "time", "withdrawn", "content")}}
    versions = line.get("versions") or [only]
    next_allowed = line.get("next_allowed")
    for each in versions:
        newest = each is versions[-1]
        yield Entry(
            id=str(line["id"]),
            version=int(each["version"]),
            person=str(line["person"]),
            what=msgspec.convert(each["content"], KINDS[line["line"]], strict=False),
            happened_s=_wall_s(each["time"]),
            author=str(line["by"]),
            caregiver=str(each["by"]),
            entered_s=_wall_s(each["entered"]),
            withdrawn=bool(each["withdrawn"]),
            reply=str(line["text"] or "") if newest else "",
            against_plan=str(line.get("against_plan") or "") if newest else "",
            next_s=_wall_s(next_allowed) if newest and next_allowed else None,
        )


def _wall_s(stamp: object) -> float:
    return dt.datetime.fromisoformat(str(stamp)).timestamp()


def _cut(t_s: Array, values: Array) -> Iterator[tuple[Array, Array]]:
    for begin in range(0, len(t_s), PIECE_ROWS):
        yield t_s[begin : begin + PIECE_ROWS], values[begin : begin + PIECE_ROWS]


def _checked(file: Path, stream: tuple[str, str, str], pieces: Iterator[tuple[Array, Array]]) -> Iterator[KeepMotion]:
    person, device, place = stream
    if place and place not in set(Limb):
        raise RecordingError(f"{file}: {place!r} is no limb that feverhub knows")
    last_s = 0.0
    for t_s, values in pieces:
        if not np.isfinite(t_s).all() or t_s[0] < last_s or (np.diff(t_s) < 0).any() or t_s[-1] > MOST_WALL_S:
            raise RecordingError(f"{file}: its times are not such as an export writes")
        if (np.abs(values[np.isfinite(values)]) > MOST_G).any():
            raise RecordingError(f"{file}: acceleration beyond {MOST_G:g} g, so it is not in g")
        last_s = float(t_s[-1])
        yield KeepMotion(person, device, place, t_s, values, synced=True)


def _csv_movement(file: Path, names: Sequence[str]) -> Iterator[tuple[Array, Array]]:
    try:
        with file.open(encoding="utf-8", newline="") as opened:
            if opened.readline().strip().split(",") != list(names):
                raise RecordingError(f"{file}: {','.join(names)} was expected as its first line")
            while lines := list(itertools.islice(opened, PIECE_ROWS)):
                rows = np.loadtxt(io.StringIO("".join(lines)), delimiter=",", comments=None, ndmin=2)
                if rows.shape[1] != len(names):
                    raise RecordingError(f"{file}: rows of {len(names)} numbers were expected")
                yield rows[:, 0], rows[:, 1] if len(names) == 2 else rows[:, 1:]
    except (OSError, ValueError) as error:
        raise RecordingError(f"{file}: cannot be read ({error})") from error


def _parquet_movement(file: Path, names: Sequence[str]) -> Iterator[tuple[Array, Array]]:
    duckdb = _duckdb(file)
    try:
        with duckdb.connect(config={"threads": 1}) as db:
            rows = db.read_parquet(str(file))
            wanted = f"epoch_us(time) / 1e6, {', '.join(names[1:])}"
            begin = 0
            while True:
                piece = np.array(rows.select(wanted).limit(PIECE_ROWS, begin).fetchall(), dtype=np.float64)
                if not len(piece):
                    return
                begin += len(piece)
                yield piece[:, 0], piece[:, 1] if len(names) == 2 else piece[:, 1:]
    except Exception as error:
        raise RecordingError(f"{file}: cannot be read as Parquet ({_first_line(error)})") from error


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


_COLUMNS = ("t", "celsius", "quantity", "site", "validity", "reason", "final")


def _temperature(file: Path, person: str, device: str) -> list[KeepReading]:
    rows = _parquet_rows(file) if file.suffix == ".parquet" else _csv_rows(file)
    return [_reading(file, person, device, row) for row in rows]


def _csv_rows(file: Path) -> list[tuple[str, ...]]:
    try:
        with file.open(encoding="utf-8", newline="") as opened:
            found: list[Mapping[str, str | None]] = list(csv.DictReader(opened))
    except (OSError, ValueError, csv.Error) as error:
        raise RecordingError(f"{file}: cannot be read ({error})") from error
    try:
        return [tuple(str(row[name] or "") for name in _COLUMNS) for row in found]
    except KeyError as error:
        raise RecordingError(f"{file}: has no column {error}") from error


def _parquet_rows(file: Path) -> list[tuple[str, ...]]:
    duckdb = _duckdb(file)
    try:
        with duckdb.connect(config={"threads": 1}) as db:
            wanted = f"epoch_us(time) / 1e6, {', '.join(_COLUMNS[1:])}"
            found = db.read_parquet(str(file)).select(wanted).fetchall()
    except Exception as error:  # text that is none makes duckdb raise errors of its own bindings
        raise RecordingError(f"{file}: cannot be read as Parquet ({_first_line(error)})") from error
    return [tuple("" if cell is None else str(cell) for cell in row) for row in found]


def _reading(file: Path, person: str, device: str, row: tuple[str, ...]) -> KeepReading:
    t, celsius, quantity, site, validity, reason, final = row
    try:
        wall_s, value = float(t), float(celsius) if celsius else math.nan
        made = Reading(
            Quantity(quantity), value, Unit.CELSIUS, Validity(validity), reason, final=final.lower() == "true"
        )
    except ValueError as error:
        raise RecordingError(f"{file}: a row is not such as an export writes ({error})") from error
    if made.quantity not in TEMPERATURES:
        raise RecordingError(f"{file}: {quantity!r} is no temperature")
    if not (0 < wall_s < MOST_WALL_S and (math.isnan(value) or LEAST_C <= value <= MOST_C)):
        raise RecordingError(f"{file}: {celsius} °C at {t} cannot be")
    if made.validity is Validity.VALID and not LEAST_VALID_C <= value <= MOST_VALID_C:
        raise RecordingError(f"{file}: {celsius or 'no value'} at {t} cannot be valid")
    return KeepReading(person, device, site, made, wall_s, synced=True)


def _duckdb(file: Path) -> Any:
    try:
        import duckdb
    except ImportError as error:
        raise RecordingError(f"{file}: {_INSTALL}") from error
    return duckdb
