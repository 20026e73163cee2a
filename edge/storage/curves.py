"""Readings as curves: whole, as columns of numbers, or thinned in SQL for a picture.

Thinned: of each piece of time the lowest, the highest, the first and the last, so that no peak is lost however many
readings there are, and only those four leave SQLite. Gaps are found without reading what lies between: from a reading
on it is enough to look for the last one that is not a gap further.
"""

import json
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from edge.model.effect import KeepReading
from edge.model.reading import Array, Quantity, Validity
from edge.storage.database import Database

Point = tuple[float, float]
"""Wall seconds and value; NaN in the middle of a gap."""

_SERIES = """SELECT s.device, s.place, q.value AS quantity, s.id,
  (SELECT wall_s FROM reading WHERE stream = s.id AND quantity = q.value AND wall_s >= ?3 AND wall_s < ?4
   ORDER BY wall_s LIMIT 1) AS first_s,
  (SELECT wall_s FROM reading WHERE stream = s.id AND quantity = q.value AND wall_s >= ?3 AND wall_s < ?4
   ORDER BY wall_s DESC LIMIT 1)
  FROM stream s, json_each(?2) q WHERE s.person = ?1 AND first_s IS NOT NULL"""

# Of one series those that count; the index `reading_series` answers all of it.
_OWN = """FROM reading WHERE stream = ?1 AND quantity = ?2 AND validity IN (SELECT value FROM json_each(?3))
  AND value IS NOT NULL"""
_MINE = f"{_OWN} AND wall_s >= ?4 AND wall_s < ?5"
_WHOLE = f"SELECT wall_s, value {_MINE} ORDER BY wall_s"
# A bare column beside one min() or max() is of the row that has it (sqlite.org/lang_select.html, 2.5).
_PIECE = f"""SELECT wall_s, min(value) {_MINE} UNION ALL SELECT wall_s, max(value) {_MINE}
  UNION ALL SELECT * FROM (SELECT wall_s, value {_MINE} ORDER BY wall_s LIMIT 1)
  UNION ALL SELECT * FROM (SELECT wall_s, value {_MINE} ORDER BY wall_s DESC LIMIT 1)"""  # noqa: S608 (fixed texts)
# Each row is the last reading that is not a gap after the row before, or the first behind a gap. The + has the index
# entered at the nearest bound and not at the span's.
_JUMPS = f"""WITH RECURSIVE jump (at_s) AS (
  SELECT * FROM (SELECT wall_s {_MINE} ORDER BY wall_s LIMIT 1)
  UNION ALL SELECT coalesce(
    (SELECT wall_s {_OWN} AND wall_s > at_s AND wall_s <= at_s + ?6 AND +wall_s < ?5 ORDER BY wall_s DESC LIMIT 1),
    (SELECT wall_s {_OWN} AND wall_s > at_s + ?6 AND wall_s < ?5 ORDER BY wall_s LIMIT 1)
  ) FROM jump WHERE at_s IS NOT NULL)
  SELECT at_s FROM jump WHERE at_s IS NOT NULL"""  # noqa: S608 (fixed texts)


@dataclass(frozen=True, slots=True)
class Readings:
    """Which readings count: of these quantities and validities with start_s <= wall_s < end_s; a NaN never does."""

    quantities: Collection[Quantity]
    validities: Collection[Validity]
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Wanted:
    """readings: those that count. piece_s: of which piece of time the extremes and the ends are kept.

    gap_s: by device, the silence that is a gap; a device that is not there has none.
    """

    readings: Readings
    piece_s: float
    gap_s: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Curve:
    """One quantity of one sensor at one place, by time."""

    device: str
    place: str
    quantity: str
    points: Sequence[Point]


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """The same whole, of one start of the hub. t_s: (n,) float64, wall seconds, rising or equal. values: (n,)."""

    device: str
    place: str
    quantity: str
    t_s: Array
    values: Array


_Name = tuple[str, str, str]
_Stretch = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Series:
    """name: device, place, quantity. stream: its number. first_s, last_s: of its readings in the span."""

    name: _Name
    stream: int
    first_s: float
    last_s: float


def whole(db: Database, person: str, readings: Readings) -> Iterator[Track]:
    """Each sensor of that person. Raises StorageError."""
    for series in _series(db, person, readings):
        found = np.array(db.rows(_WHOLE, *_parameters(series, readings)), dtype=np.float64).reshape(-1, 2)
        if len(found):
            yield Track(*series.name, found[:, 0], found[:, 1])


def thinned(db: Database, waiting: Sequence[KeepReading], person: str, wanted: Wanted) -> list[Curve]:
    """Every sensor of that person, by device, place and quantity. Raises StorageError.

    waiting: readings that may not be on disk yet; they are not thinned.
    """
    points: dict[_Name, set[Point]] = {}
    stretches: dict[_Name, list[_Stretch]] = {}
    for series in _series(db, person, wanted.readings):
        points.setdefault(series.name, set()).update(_extremes(db, series, wanted))
        gap_s = wanted.gap_s.get(series.name[0])
        if gap_s is not None:
            stretches.setdefault(series.name, []).extend(_stretches(db, series, wanted.readings, gap_s))
    for item in waiting:
        if item.person == person and _counts(item, wanted.readings):
            name = (item.device, item.place, str(item.reading.quantity))
            points.setdefault(name, set()).add((item.wall_s, float(item.reading.value)))
            stretches.setdefault(name, []).append((item.wall_s, item.wall_s))
    return [
        Curve(*name, _cut(points[name], stretches.get(name, []), wanted.gap_s.get(name[0])))
        for name in sorted(points)
        if points[name]
    ]


def _series(db: Database, person: str, readings: Readings) -> list[_Series]:
    """Those with any reading in the span, whether or not it counts."""
    names = json.dumps(sorted(map(str, readings.quantities)))
    return [
        _Series((device, place, quantity), *more)
        for device, place, quantity, *more in db.rows(_SERIES, person, names, readings.start_s, readings.end_s)
    ]


def _parameters(series: _Series, readings: Readings) -> tuple[int, str, str, float, float]:
    validities = json.dumps(sorted(map(str, readings.validities)))
    return series.stream, series.name[2], validities, readings.start_s, readings.end_s


def _extremes(db: Database, series: _Series, wanted: Wanted) -> Iterator[Point]:
    """A query for each piece: none holds the lock for long, and none has to sort."""
    *which, start_s, end_s = _parameters(series, wanted.readings)
    piece_s = wanted.piece_s
    for piece in range(math.floor(series.first_s / piece_s), math.floor(series.last_s / piece_s) + 1):
        span = (max(piece * piece_s, start_s), min((piece + 1) * piece_s, end_s))
        for at_s, value in db.rows(_PIECE, *which, *span):
            if value is not None:  # else none of the piece counts
                yield at_s, value


def _stretches(db: Database, series: _Series, readings: Readings, gap_s: float) -> Iterator[_Stretch]:
    """Those without a gap."""
    begin_s = end_s = math.nan
    for (at_s,) in db.rows(_JUMPS, *_parameters(series, readings), gap_s):
        if at_s - end_s > gap_s:
            yield begin_s, end_s
            begin_s = at_s
        elif math.isnan(begin_s):
            begin_s = at_s
        end_s = at_s
    if not math.isnan(begin_s):
        yield begin_s, end_s


def _cut(points: Iterable[Point], stretches: Sequence[_Stretch], gap_s: float | None) -> list[Point]:
    """By time, with a NaN in each gap; where one start of the hub has a gap, another may have none."""
    found = list(points)
    if gap_s is not None:
        end_s = math.nan
        for begin_s, until_s in sorted(stretches):
            if begin_s - end_s > gap_s:
                found.append(((begin_s + end_s) / 2, math.nan))
            end_s = until_s if math.isnan(end_s) else max(end_s, until_s)
    return sorted(found, key=lambda point: point[0])


def _counts(item: KeepReading, readings: Readings) -> bool:
    kept = item.reading
    known = kept.quantity in readings.quantities and kept.validity in readings.validities
    return known and not math.isnan(kept.value) and readings.start_s <= item.wall_s < readings.end_s
