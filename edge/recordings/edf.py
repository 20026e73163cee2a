"""EDF and EDF+: acceleration by labels that end in `ACC X`, as SeizeIT2 has it, and temperature by `TEMP`.

What `feverhub export --format edf` marks as a gap is a gap: the annotation `no data: SIGNAL` names a sensor.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from edge.errors import RecordingError
from edge.model.reading import Array
from edge.recordings.units import in_g

MAGIC = b"0       "
NO_DATA = "no data: "

_ACC = re.compile(r"(?P<sensor>.*?)[ _-]*\bACC\w*[ _-]*(?P<axis>[XYZM])$", re.IGNORECASE)
_CELSIUS = {"degc", "cel", "°c", "c"}
_INSTALL = 'the package edfio is needed to read EDF: pip install "feverhub[export]"'

Signal = tuple[Array, Array]
"""Times in seconds from the beginning of the file (n,), and values (n, 3) or (n,)."""


@dataclass(frozen=True, slots=True, eq=False)
class EdfFile:
    """movement: of each sensor, in g. temperature: of each, in degrees Celsius. started: as it says, or empty.

    transducers: what each of these says of its sensor. additional: what the file says of itself beyond EDF's fields.
    """

    movement: Mapping[str, Signal]
    temperature: Mapping[str, Signal]
    started: str
    transducers: Mapping[str, str]
    additional: tuple[str, ...]


def read(file: Path) -> EdfFile:
    """Raises RecordingError: one sentence that names the file."""
    try:
        import edfio
    except ImportError as error:
        raise RecordingError(f"{file}: {_INSTALL}") from error
    try:
        edf = edfio.read_edf(file, lazy_load_data=False)
        signals = [
            (signal.label.strip(), signal.data, signal.physical_dimension.strip(), signal.sampling_frequency)
            for signal in edf.signals
        ]
        transducers = {_sensor(signal.label.strip()): signal.transducer_type.strip() for signal in edf.signals}
        additional = tuple(edf.recording.additional)
        gaps = list(_gaps(edf.annotations))
    except Exception as error:  # a damaged file makes edfio raise nearly anything
        raise RecordingError(f"{file}: not readable as EDF ({error or type(error).__name__})") from error
    axes: dict[str, dict[str, tuple[Array, str]]] = {}
    rates: dict[str, set[float]] = {}
    temperature: dict[str, Signal] = {}
    for label, data, unit, rate_hz in signals:
        if named := _ACC.search(label):
            name = named["sensor"].strip() or "sensor"
            axes.setdefault(name, {})[named["axis"].lower()] = data, unit
            rates.setdefault(name, set()).add(rate_hz)
        elif label.upper().startswith("TEMP") and unit.lower() in _CELSIUS:
            # A thousandth is finer than any thermometer, and 37.5 is 37.5 and not the float below it.
            temperature[label] = _without(gaps, label, np.arange(len(data)) / rate_hz, np.round(data, 3))
    movement: dict[str, Signal] = {}
    for name, found in axes.items():
        if len(rates[name]) > 1:
            raise RecordingError(f"{file}: the axes of {name} have different sampling frequencies")
        values = found["m"][0] if "m" in found else in_g(file, name, found) if {*"xyz"} <= set(found) else None
        if values is not None:
            movement[name] = _without(gaps, name, np.arange(len(values)) / rates[name].pop(), values)
    return EdfFile(movement, temperature, _started(edf), transducers, additional)


def _sensor(label: str) -> str:
    """What a signal is called among those of its kind."""
    named = _ACC.search(label)
    return label if named is None else named["sensor"].strip() or "sensor"


def _gaps(annotations: Any) -> Iterator[tuple[str, float, float]]:
    """Name, begin and end in seconds."""
    for each in annotations:
        if each.text.startswith(NO_DATA) and each.duration:
            yield each.text.removeprefix(NO_DATA), each.onset, each.onset + each.duration


def _without(gaps: list[tuple[str, float, float]], name: str, t_s: Array, values: Array) -> Signal:
    there = np.ones(len(t_s), dtype=bool)
    for whose, begin_s, end_s in gaps:
        if whose == name:
            there[np.searchsorted(t_s, begin_s - 1e-3) : np.searchsorted(t_s, end_s - 1e-3)] = False
    return t_s[there], values[there]


def _started(edf: Any) -> str:
    try:
        return f"{edf.startdatetime:%Y-%m-%d %H:%M:%S}"
    except ValueError:  # anonymised
        return ""
