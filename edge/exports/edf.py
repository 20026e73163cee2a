"""One EDF+ file: acceleration and temperature as signals, the diary as annotations (Kemp & Olivan 2003).

EDF+ knows no gaps within a continuous file. Where a sensor sent nothing its signals hold 0, which a worn sensor never
measures, and an annotation `no data: SIGNAL` says from when to when. Every signal stands on a grid of its own rate,
each slot the nearest sample (of a temperature the last reading): values are exact to one step of the file.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge.errors import EdgeError
from edge.exports import manifest
from edge.exports.record import Movement, Record, Temperature, valid
from edge.model.reading import Array

RECORD_S = 10.0
"""Of a data record: rates are multiples of its reciprocal."""
RANGE_G = 16.0  # 0.49 mg a step, the finest of the sensors worn is 0.24 at ±8 g; a larger value is clipped
RANGE_C = (0.0, 65.535)  # a thousandth of a degree a step
TEMPERATURE_HZ = 0.1
LONGEST_S = 7 * 86_400.0
"""A file holds all its samples in memory: a week of one sensor on three axes at 52 Hz is 190 MB."""
NO_DATA = "no data: "
UTC = "utc_"
"""Before the seconds since 1970 at which the file begins, in its recording field."""
_GAP_SLOTS = 1.5
_LABEL = 16  # characters of a label
_INSTALL = 'the package edfio is needed for EDF: pip install "feverhub[export]"'


def write(record: Record, file: Path, reached: Callable[[float], None]) -> None:
    """Make the file. reached: is told up to which wall second each sensor is written.

    The name and the birthday of the child stay out, as EDF+ asks for by X. Raises EdgeError without edfio, without
    anything to write, or for a span longer than `LONGEST_S`; OSError.
    """
    edfio = _edfio()
    spans = [(each.start_s, each.end_s) for each in record.movement]
    spans += [(each.readings[0].wall_s, each.readings[-1].wall_s) for each in record.temperature if each.readings]
    if not spans:
        raise EdgeError("there is nothing to write into an EDF file: no sensor sent anything in that time")
    start_s = float(np.floor(min(begin for begin, _ in spans)))
    records = int((max(end for _, end in spans) - start_s) // RECORD_S) + 1
    if records * RECORD_S > LONGEST_S + RECORD_S:
        raise EdgeError(f"an EDF file holds at most {LONGEST_S / 86_400:g} days: give a later --since, or --format csv")
    labels = _Labels()
    signals: list[Any] = []
    notes: list[tuple[float, float, str]] = []
    for movement in record.movement:
        name = labels.of((movement.place or movement.device).title().replace("_", ""), room=_LABEL - len(" ACC X"))
        sensor = f"{movement.device} {movement.place}"
        made = _acceleration(movement, start_s, records, reached)
        notes += _gaps(made[1], made[2], name)
        for axis, values in zip("XYZ" if movement.axes > 1 else ("M",), made[0].T, strict=True):
            label = f"{name} ACC {axis}"[:_LABEL]
            signals.append(_signal(edfio, values, made[2], label, "g", (-RANGE_G, RANGE_G), sensor))
    for thermometer in record.temperature:
        if thermometer.readings:
            last = thermometer.readings[-1]
            sensor = f"{thermometer.device} {last.place} {thermometer.quantity}"
            name = labels.of(f"TEMP {last.place}", room=_LABEL)
            celsius, there = _celsius(thermometer, start_s, records)
            notes += _gaps(there, TEMPERATURE_HZ, name)
            signals.append(_signal(edfio, celsius, TEMPERATURE_HZ, name, "degC", RANGE_C, sensor))
    began = dt.datetime.fromtimestamp(start_s, record.zone)
    edf = edfio.Edf(
        signals,
        recording=edfio.Recording(
            startdate=began.date(),
            equipment_code=f"feverhub_{record.version}",
            # What EDF has no field for: the moment without a time zone's doubt, and that it is the same child's.
            additional=(f"{UTC}{start_s:.0f}", manifest.pseudonym(record.person.id)),
        ),
        starttime=began.time(),
        data_record_duration=RECORD_S,
        annotations=[
            edfio.EdfAnnotation(onset, duration, text) for onset, duration, text in (*notes, *_diary(record, start_s))
        ],
    )
    edf.write(file)


def _edfio() -> Any:
    try:
        import edfio
    except ImportError as error:
        raise EdgeError(_INSTALL) from error
    return edfio


def _signal(  # noqa: PLR0917  the fields of a signal's header
    edfio: Any,
    values: Array,
    rate_hz: float,
    label: str,
    unit: str,
    limits: tuple[float, float],
    device: str,
) -> Any:
    return edfio.EdfSignal(
        np.clip(values, *limits),
        rate_hz,
        label=label,
        transducer_type=device,
        physical_dimension=unit,
        physical_range=limits,
        digital_range=(-32768, 32767),
    )


class _Labels:
    """Labels of the file, each once: a second one of the same place gets a number."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def of(self, place: str, *, room: int) -> str:
        """At most `room` characters; EDF takes printable ASCII alone."""
        plain = place.encode("ascii", "replace").decode().replace("?", "_")[:room]
        found, number = plain, 2
        while found in self._given:
            found = f"{plain[: room - len(str(number))]}{number}"
            number += 1
        self._given.add(found)
        return found


def _acceleration(
    movement: Movement, start_s: float, records: int, reached: Callable[[float], None]
) -> tuple[Array, NDArray[np.bool_], float]:
    """Values (slots, axes), which slots have a sample, and the rate of the grid."""
    rate_hz = max(round(movement.rate_hz * RECORD_S), 1) / RECORD_S
    slots = round(records * RECORD_S * rate_hz)
    found = np.zeros((slots, movement.axes), dtype=np.float32)
    off = np.full(slots, np.inf, dtype=np.float32)  # how far the sample in a slot is from it
    for t_s, values in movement.blocks():
        place = (t_s - start_s) * rate_hz
        known = np.isfinite(values.reshape(len(t_s), -1)).all(axis=1)
        # Rates differ by less than the grid's step: beside its own slot a sample may stand in for a missing neighbour.
        for shift in (0, -1, 1):
            slot = np.round(place).astype(np.int64) + shift
            distance = np.abs(place - slot).astype(np.float32)
            good = known & (slot >= 0) & (slot < slots) & (distance < _GAP_SLOTS / 2)
            good[good] = distance[good] < off[slot[good]]
            found[slot[good]] = values.reshape(len(t_s), -1)[good]
            off[slot[good]] = distance[good]
        reached(float(t_s[-1]))
    return found.astype(np.float64), np.isfinite(off), rate_hz


def _celsius(thermometer: Temperature, start_s: float, records: int) -> tuple[Array, NDArray[np.bool_]]:
    """On the grid the last valid reading, until it is older than one and a half of the sensor's intervals."""
    good = [item for item in thermometer.readings if valid(item)]
    slots = round(records * RECORD_S * TEMPERATURE_HZ)
    if not good:
        return np.zeros(slots), np.zeros(slots, dtype=bool)
    t_s = np.maximum.accumulate(np.array([item.wall_s for item in good])) - start_s
    values = np.array([item.reading.value for item in good])
    grid = np.arange(slots) / TEMPERATURE_HZ
    steps = np.diff(t_s)
    usual_s = max(float(np.median(steps)) if len(steps) else 0.0, 1 / TEMPERATURE_HZ)
    last = np.searchsorted(t_s, grid + 1e-6, side="right") - 1
    there = (last >= 0) & (grid - t_s[last] < _GAP_SLOTS * usual_s)
    return np.where(there, values[last], 0.0), there


def _gaps(there: NDArray[np.bool_], rate_hz: float, label: str) -> Iterator[tuple[float, float, str]]:
    """Onset and duration in seconds of each stretch without data."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], ~there, [False])).astype(np.int8)))
    for begin, end in edges.reshape(-1, 2).tolist():
        yield begin / rate_hz, (end - begin) / rate_hz, f"{NO_DATA}{label}"


def _diary(record: Record, start_s: float) -> Iterator[tuple[float, float | None, str]]:
    """What lies within the file; an annotation has no place before its beginning."""
    for line in record.diary:
        onset_s = dt.datetime.fromisoformat(str(line["time"])).timestamp() - start_s
        length = line.get("duration_s")
        if onset_s >= 0 and not line.get("withdrawn"):
            kind = str(line["condition"]) if line["line"] == "alarm" else str(line["line"])
            said = str(line.get("summary") or line.get("answer") or "")
            yield onset_s, float(str(length)) if length is not None else None, f"{kind}: {said}" if said else kind
