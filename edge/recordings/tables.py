"""Named columns of numbers from a CSV, a gzipped CSV, an .npz or a Parquet file; or one sentence about what is wrong.

What a file is, is read from its first bytes and not from its name. Nothing here executes what a file contains.
"""

import csv
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edge.errors import RecordingError
from edge.model.reading import Array

MOST_BYTES = 1 << 30
"""Of a file, and of what is packed in it: a month of 52 Hz in three axes is half of that as CSV."""
_TOO_LARGE = f"it is larger than {MOST_BYTES >> 20} MiB; cut it into pieces"
_LONGEST_SAID = 200
_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_PARQUET = b"PAR1"
_INSTALL = 'the package duckdb is needed to read Parquet: pip install "feverhub[export]"'
_MAYBE_EMPTY = (" ", "\t", ",,", ",\n", "\n,")  # quick to look for; a night of 1.4 million rows rarely has one
_BLANK_LINE = re.compile(r"(?m)^[ \t]+$")
_EMPTY_CELL = re.compile(r"(?m)(?:(?<=,)[ \t]*(?=,|$)|^[ \t]*(?=,))")


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Columns of equal length, each (n,) float64. text: the CSV without its header, empty for an .npz."""

    path: Path
    columns: Mapping[str, Array]
    text: str = ""
    skipped_lines: int = 0

    def where(self, row: int) -> str:
        """Where a person finds that row (from 0): the line of a CSV (from 1), the row of an .npz (from 0)."""
        if not self.text:
            return f"row {row}"
        filled = (number for number, line in _numbered(self.text, self.skipped_lines) if line.strip())
        return f"line {next(number for index, number in enumerate(filled) if index == row)}"


def read_table(path: Path, choices: Sequence[tuple[str, ...]]) -> Table:
    """Read the columns of the first of `choices` that the file has; other columns are ignored.

    Empty cells become NaN. Raises RecordingError with the file's name, and the line where it applies.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise RecordingError(f"{path}: {_TOO_LARGE}")
        data = path.read_bytes()
        if data.startswith(_GZIP):
            with gzip.open(io.BytesIO(data)) as packed:
                data = packed.read(MOST_BYTES + 1)
            if len(data) > MOST_BYTES:
                raise RecordingError(f"{path}: unpacked, {_TOO_LARGE}")
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise RecordingError(f"{path}: the compressed file is damaged ({error})") from error
    except OSError as error:
        raise RecordingError(f"{path}: {error.strerror or error}") from error
    if not data.strip():
        raise RecordingError(f"{path}: the file is empty")
    if data.startswith(_PARQUET):
        table = _from_parquet(path, choices)
    else:
        table = _from_npz(path, data, choices) if data.startswith(_ZIP) else _from_csv(path, data, choices)
    if not next(iter(table.columns.values())).size:
        raise RecordingError(f"{path}: there are no rows after the header")
    return table


def _pick(path: Path, names: Sequence[str], choices: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    for choice in choices:
        if set(choice) <= set(names):
            return choice
    wanted = " or ".join(",".join(choice) for choice in choices)
    found = ",".join(names)
    raise RecordingError(f"{path}: needs the columns {wanted}, found {found[:60] or 'none'}")


def _from_npz(path: Path, data: bytes, choices: Sequence[tuple[str, ...]]) -> Table:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as members:
            if sum(each.file_size for each in members.infolist()) > MOST_BYTES:
                raise RecordingError(f"{path}: unpacked, {_TOO_LARGE}")
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            arrays: dict[str, Array] = {name: np.asarray(archive[name]) for name in _pick(path, archive.files, choices)}
    except RecordingError:
        raise
    except Exception as error:  # a damaged header makes numpy raise nearly anything
        said = " ".join(str(error or type(error).__name__).split())[:_LONGEST_SAID]
        raise RecordingError(f"{path}: cannot be read as .npz ({said})") from error
    for name, array in arrays.items():
        if array.ndim != 1 or array.dtype.kind not in "fiu":
            raise RecordingError(f"{path}: array {name} is not one row of numbers ({array.dtype}, shape {array.shape})")
    if len({array.size for array in arrays.values()}) > 1:
        sizes = ", ".join(f"{name} {array.size}" for name, array in arrays.items())
        raise RecordingError(f"{path}: the arrays have different lengths ({sizes})")
    with np.errstate(invalid="ignore", over="ignore"):  # a signalling NaN, and what no float64 holds, is no sample
        return Table(path, {name: array.astype(np.float64) for name, array in arrays.items()})


def _from_parquet(path: Path, choices: Sequence[tuple[str, ...]]) -> Table:
    """`t` is the column of that name, else the moments of `time` in seconds since 1970."""
    try:
        import duckdb
    except ImportError as error:
        raise RecordingError(f"{path}: {_INSTALL}") from error
    try:
        with duckdb.connect(config={"threads": 1}) as db:
            rows = db.read_parquet(str(path))
            moments = "t" not in rows.columns and "time" in rows.columns
            names = _pick(path, [*rows.columns, *(["t"] if moments else [])], choices)
            wanted = ["epoch_us(time) / 1e6 AS t" if name == "t" and moments else f'"{name}"' for name in names]
            found = rows.select(", ".join(wanted)).fetchnumpy()
            arrays: dict[str, Array] = {name: np.ma.filled(np.ma.asarray(found[name], float), np.nan) for name in names}
    except RecordingError:
        raise
    except Exception as error:  # text that is none makes duckdb raise errors of its own bindings
        said = next(iter(str(error).splitlines()), type(error).__name__)
        raise RecordingError(f"{path}: cannot be read as Parquet ({said})") from error
    return Table(path, arrays)


def _from_csv(path: Path, data: bytes, choices: Sequence[tuple[str, ...]]) -> Table:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RecordingError(f"{path}: is neither UTF-8 text nor .npz") from error
    if "\x00" in text:
        raise RecordingError(f"{path}: is neither UTF-8 text nor .npz")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    body = text.lstrip("\n \t")
    skipped = text[: len(text) - len(body)].count("\n") + 1
    header, _, body = body.partition("\n")
    names = [cell.strip().strip('"').lower() for cell in header.split(",")]
    chosen = _pick(path, names, choices)
    positions = [names.index(name) for name in chosen]
    if not body or body.isspace():
        raise RecordingError(f"{path}: there are no rows after the header")
    if body.startswith(",") or body.endswith(",") or any(mark in body for mark in _MAYBE_EMPTY):
        body = _EMPTY_CELL.sub("nan", _BLANK_LINE.sub("", body))
    try:
        rows = np.loadtxt(
            io.StringIO(body), delimiter=",", quotechar='"', comments=None, usecols=positions, ndmin=2, dtype=np.float64
        )
    except ValueError as error:
        raise RecordingError(f"{path}: {_first_fault(body, skipped, positions, chosen) or error}") from error
    return Table(path, {name: rows[:, i].copy() for i, name in enumerate(chosen)}, body, skipped)


def _numbered(body: str, skipped: int) -> enumerate[str]:
    return enumerate(body.split("\n"), start=skipped + 1)


def _first_fault(body: str, skipped: int, positions: Sequence[int], names: Sequence[str]) -> str:
    for number, line in _numbered(body, skipped):
        cells = next(csv.reader([line]), [])
        if not line.strip():
            continue
        for position, name in zip(positions, names, strict=True):
            if position >= len(cells):
                return f"line {number} has {len(cells)} columns, column {name} is missing"
            if not _is_number(cells[position]):
                return f"line {number}: {name} is not a number: {cells[position].strip()[:40]!r}"
    return ""


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell  # Python's float takes 1_000, numpy's reader does not
