"""`feverhub export`: what the hub kept of one child, gathered and handed to the writer of a format."""

import datetime as dt
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path

import numpy as np

from edge import __version__
from edge.app.load.progress import Bar
from edge.app.reports import diary
from edge.app.reports.kept import open_store, thermometers
from edge.config import Config
from edge.errors import EdgeError
from edge.exports import csv_files, edf, fhir, manifest, output, parquet
from edge.exports.record import Blocks, Movement, Record
from edge.model.effect import KeepMotion
from edge.model.people import Person
from edge.storage.sqlite import SqliteReadingStore


class Format(StrEnum):
    CSV = "csv"
    PARQUET = "parquet"
    EDF = "edf"
    FHIR = "fhir"


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written. samples: by movement sensor. readings: by thermometer. missing: what could not be read."""

    samples: dict[str, int]
    readings: dict[str, int]
    diary: int
    missing: str


def export(
    folder: Path,
    config: Config,
    person: Person,
    *,
    span: tuple[float, float],
    zone: dt.tzinfo,
    form: Format,
    out: Path,
) -> Exported:
    """Write what was kept within span (wall seconds) to `out`: a folder, or for EDF and FHIR a file.

    Raises EdgeError where there is nothing, or `out` is there already; StorageError. Nothing half is left behind.
    """
    start_s, end_s = span
    store = open_store(folder)
    try:
        with output.whole(out) as path:
            lines = diary.read(folder, start_s, zone, person=person.id, devices=config.devices)
            record = Record(
                person,
                zone,
                start_s,
                end_s,
                end_s,
                __version__,
                tuple(_movement(store, person.id, span)),
                tuple(thermometers(store, person.id, *span)),
                tuple(line for line in lines.lines if _at(line) < end_s),
            )
            if not (record.movement or record.temperature or record.diary):
                raise EdgeError(f"nothing was kept of {person.id} in that time")
            with Bar(str(form), end_s - start_s) as bar:
                _write(form, record, path, lambda at_s: bar.reach(at_s - start_s))
    finally:
        store.close()
    return Exported(
        {each.device: each.count for each in record.movement},
        {each.name: len(each.readings) for each in record.temperature},
        len(record.diary),
        lines.missing,
    )


def _at(line: diary.Line) -> float:
    return dt.datetime.fromisoformat(str(line["time"])).timestamp()


def _write(form: Format, record: Record, path: Path, reached: Callable[[float], None]) -> None:
    match form:
        case Format.CSV:
            csv_files.write(record, path, reached)
            manifest.write(record, path, ".csv")
        case Format.PARQUET:
            parquet.write(record, path, reached)
            manifest.write(record, path, ".parquet")
        case Format.EDF:
            edf.write(record, path, reached)
        case Format.FHIR:
            fhir.write(record, path)


def _movement(store: SqliteReadingStore, person: str, span: tuple[float, float]) -> Iterator[Movement]:
    for device in store.devices(person):
        total, last = 0, None
        for last in _kept(store, person, device, span):
            total += len(last.wall_s)
        if last is None:
            continue
        axes = _axes(last)
        blocks = partial(_blocks, store, person, device, span, axes)
        sizes, begins, ends = np.array([(len(t_s), t_s[0], t_s[-1]) for t_s, _ in blocks()]).T
        steps = (ends - begins)[sizes > 1] / (sizes[sizes > 1] - 1)
        yield Movement(
            device=device,
            place=last.place,
            axes=axes,
            count=int(sizes.sum()),
            left_out=total - int(sizes.sum()),
            rate_hz=1.0 / float(np.median(steps)) if len(steps) else 1.0,
            start_s=float(begins[0]),
            end_s=float(ends[-1]),
            blocks=blocks,
        )


def _kept(store: SqliteReadingStore, person: str, device: str, span: tuple[float, float]) -> Iterator[KeepMotion]:
    return (block for block in store.motion(device, *span) if block.person == person)


def _axes(block: KeepMotion) -> int:
    return block.values.shape[1] if block.values.ndim > 1 else 1


def _blocks(store: SqliteReadingStore, person: str, device: str, span: tuple[float, float], axes: int) -> Blocks:
    """Those with so many axes, and of each the samples that are later than all before."""
    last_s = -math.inf
    for block in _kept(store, person, device, span):
        later = block.wall_s > last_s
        if _axes(block) == axes and later.any():
            yield block.wall_s[later], block.values[later]
            last_s = float(block.wall_s[later][-1])
