"""What somebody else's gateway publishes of a sensor: a JSON text, and in it the value, its time and its number.

A JSON Pointer (RFC 6901) says where each of them stands. Options of a frame: `value`, `time`, `sequence` (pointers; an
empty `value` is the whole text), `unit`, `rate_hz` (of samples). Temperatures are one number; movement is an array of
`[x, y, z]` or of magnitudes, oldest first, with the time of the last sample in seconds on any clock.

Texts are taken for a number only where they are written as one (OpenMQTTGateway has published `"tempc":"19.2"`);
`unavailable`, `nan`, null and everything else is refused. A key that stands twice in an object may mean either value
(RFC 8259, section 4), so it is refused too.
"""

import datetime as dt
import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Never

import numpy as np

from edge.decoding import judge
from edge.decoding.frame import Frame
from edge.errors import FrameMalformed, shown
from edge.model.reading import TEMPERATURES, Array, Quantity, Reading, Samples, SentUnit

MOST_BYTES = 16 * 1024
"""A second of 200 Hz in three axes, written with six digits each, is 6 kB."""
MOST_SAMPLES = 1000
LONGEST_STAMP = 64
LEAST_HZ, MOST_HZ = 1.0, 1000.0
"""Of samples; what the movement detector can use is narrower, and said by the configuration."""
STANDARD_GRAVITY = 9.80665
"""m/s2 in one g (ISO 80000-3)."""

_CELSIUS: Mapping[str, Callable[[float], float]] = {
    SentUnit.CELSIUS: lambda value: value,
    SentUnit.FAHRENHEIT: lambda value: round((value - 32.0) / 1.8, 3),
    SentUnit.KELVIN: lambda value: round(value - 273.15, 3),
}
_G: Mapping[str, float] = {SentUnit.G: 1.0, SentUnit.MILLI_G: 0.001, SentUnit.METRES_PER_S2: 1.0 / STANDARD_GRAVITY}

_NUMBER = re.compile(r"-?[0-9]{1,6}(\.[0-9]{1,9})?")
_INDEX = re.compile(r"0|[1-9][0-9]{0,5}")
# Seconds and milliseconds since 1970, of the years 2001 to 2286; a smaller number is the gateway's own up-time.
_EPOCH_S, _EPOCH_MS = (1e9, 1e10), (1e12, 1e13)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells a gateway's message from the same value sent again.

    token: its time and its number as they were written; empty: it is known by neither. wall_s: when it was measured,
    seconds since 1970; None: the time says no zone, or it is no time of day.
    """

    token: str = ""
    wall_s: float | None = None


def json_value(frame: Frame) -> tuple[Reading | Samples, ...]:
    """The one value that the options point at."""
    document, options = _document(frame.payload), frame.options
    pointer = options.get("value", "")
    found = _at(document, pointer)
    unit = options.get("unit") or (SentUnit.G if frame.profile.rhythm else SentUnit.CELSIUS)
    if unit in _CELSIUS:
        quantity = next((each for each in frame.profile.quantities if each in TEMPERATURES), None)
        if quantity is None:
            raise FrameMalformed(f"expected a unit of acceleration for {frame.profile.id}, got {unit}")
        return (judge.reading(frame.profile, quantity, _CELSIUS[unit](_number(found, pointer))),)
    if unit in _G:
        return (_samples(frame, document, _rows(found, pointer) * _G[unit]),)
    raise FrameMalformed(f"expected one of the units {', '.join(SentUnit)}, got {shown(unit)}")


def stamp(payload: bytes, options: Mapping[str, str]) -> Stamp:
    """The time and the number of a message. Raises FrameMalformed where an option points at one that is not there."""
    asked = {name: options[name] for name in ("time", "sequence") if name in options}
    if not asked:
        return Stamp()
    document = _document(payload)
    parts, wall_s = [], None
    for name, pointer in asked.items():
        found = _at(document, pointer)
        if isinstance(found, bool) or not isinstance(found, str | int | float) or not str(found)[:LONGEST_STAMP]:
            raise FrameMalformed(f"expected a {name} at {_named(pointer)}, got {_said(found)}")
        parts.append(str(found)[:LONGEST_STAMP])
        wall_s = _wall_s(found) if name == "time" else wall_s
    return Stamp("|".join(parts), wall_s)


def _document(payload: bytes) -> object:
    if len(payload) > MOST_BYTES:
        raise FrameMalformed(f"expected at most {MOST_BYTES} bytes, got {len(payload)}")
    try:
        text = payload.decode()
    except UnicodeDecodeError:
        raise FrameMalformed("expected a text in UTF-8, got other bytes") from None
    try:
        found: object = json.loads(text, object_pairs_hook=_object, parse_constant=_no_number)
    except RecursionError:
        raise FrameMalformed("expected JSON that is not nested so deeply") from None
    except ValueError:  # also a number of thousands of digits
        raise FrameMalformed(f"expected JSON, got {shown(text)}") from None
    return found


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise FrameMalformed(f"expected each key once, got {shown(twice)} twice")
    return made


def _no_number(word: str) -> Never:
    raise FrameMalformed(f"expected a number, got {word}")


def _at(document: object, pointer: str) -> object:
    """What stands there (RFC 6901, section 4)."""
    found = document
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(found, dict) and key in found:
            found = found[key]
        elif isinstance(found, list) and _INDEX.fullmatch(key) and int(key) < len(found):
            found = found[int(key)]
        else:
            raise FrameMalformed(f"expected something at {_named(pointer)}, and there is nothing")
    return found


def _named(pointer: str) -> str:
    return pointer or "the top"


def _said(found: object) -> str:
    words = {type(None): "null", bool: "true or false", dict: "an object", list: "an array"}
    return words.get(type(found)) or shown(found)


def _number(found: object, pointer: str) -> float:
    if isinstance(found, str) and _NUMBER.fullmatch(found):
        found = float(found)
    value = _finite(found)
    if value is None:
        raise FrameMalformed(f"expected a number at {_named(pointer)}, got {_said(found)}")
    return value


def _finite(found: object) -> float | None:
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    try:
        value = float(found)
    except OverflowError:
        return None
    return value if math.isfinite(value) else None


def _rows(found: object, pointer: str) -> Array:
    """(n, 3) or (n,) float64, in the unit of the message."""
    wrong = f"expected 1 to {MOST_SAMPLES} samples [x, y, z], or as many magnitudes, at {_named(pointer)}"
    if not isinstance(found, list) or not 1 <= len(found) <= MOST_SAMPLES:
        raise FrameMalformed(f"{wrong}, got {f'{len(found)} entries' if isinstance(found, list) else _said(found)}")
    axes = 3 if isinstance(found[0], list) else 0
    rows = [row if axes and isinstance(row, list) and len(row) == axes else [row] for row in found]
    values = [_finite(value) for row in rows for value in row]
    if len(values) != len(found) * (axes or 1) or None in values:
        raise FrameMalformed(f"{wrong}, got something else among them")
    numbers = np.array(values, dtype=np.float64)
    return numbers.reshape(-1, axes) if axes else numbers


def _samples(frame: Frame, document: object, values: Array) -> Samples:
    options = frame.options
    rate_hz = _rate_hz(options["rate_hz"]) if "rate_hz" in options else frame.profile.rate_hz
    counter = _at(document, options["sequence"]) if "sequence" in options else None
    sensor_s = _at(document, options["time"]) if "time" in options else None
    quantity = Quantity.ACCELERATION if values.ndim == 2 else Quantity.MAGNITUDE
    return judge.samples(
        replace(frame.profile, rate_hz=rate_hz),
        quantity,
        values,
        sensor_s=_finite(sensor_s),
        counter=counter if isinstance(counter, int) and not isinstance(counter, bool) else None,
    )


def _rate_hz(text: str) -> float:
    try:
        rate_hz = float(text)
    except ValueError:
        rate_hz = math.nan
    if not LEAST_HZ <= rate_hz <= MOST_HZ:
        raise FrameMalformed(
            f"expected {LEAST_HZ:g} to {MOST_HZ:g} samples a second as option rate_hz, got {shown(text)}"
        )
    return rate_hz


def _wall_s(found: object) -> float | None:
    """Seconds since 1970 of a time that leaves no doubt: with a zone (RFC 3339), or counted from 1970."""
    if isinstance(found, str):
        try:
            when = dt.datetime.fromisoformat(found)
        except ValueError:
            return None
        return when.timestamp() if when.tzinfo is not None else None
    value = _finite(found)
    if value is None:
        return None
    if _EPOCH_S[0] <= value < _EPOCH_S[1]:
        return value
    return value / 1000.0 if _EPOCH_MS[0] <= value < _EPOCH_MS[1] else None
