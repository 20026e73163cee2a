"""Readings as plain values: for JSON, for captures and for a line that a person reads."""

import datetime as dt
import math

import numpy as np

from edge.model.reading import Decoded, Reading, Samples

Plain = dict[str, object]


def as_plain(item: Decoded) -> Plain:
    """quantity, value, unit, validity, and what else is known. A value that there is not is None, in samples too."""
    return _reading(item) if isinstance(item, Reading) else _samples(item)


def _reading(item: Reading) -> Plain:
    value = item.value if math.isfinite(item.value) else None
    plain: Plain = {"quantity": item.quantity.value, "value": value, "unit": item.unit.value}
    plain["validity"] = item.validity.value
    if item.reason:
        plain["reason"] = item.reason
    if item.site:
        plain["site"] = item.site
    if item.device_wall_s is not None:
        plain["sensor_time"] = _rfc3339(item.device_wall_s)
    if not item.final:
        plain["interim"] = True
    return plain


def _rfc3339(wall_s: float) -> str | None:
    """UTC; None outside of the years 1 to 9999."""
    try:
        return dt.datetime.fromtimestamp(wall_s, dt.UTC).isoformat()
    except (OverflowError, ValueError, OSError):
        return None


def _samples(item: Samples) -> Plain:
    values: list[object] = [
        [_number(axis) for axis in row] if isinstance(row, list) else _number(row)
        for row in np.asarray(item.values).tolist()
    ]
    plain: Plain = {"quantity": item.quantity.value, "value": values, "unit": item.unit.value}
    plain["validity"] = item.validity.value
    if item.rate_hz is not None:
        plain["rate_hz"] = item.rate_hz
    if item.sensor_s is not None:
        plain["sensor_s"] = item.sensor_s
    if item.counter is not None:
        plain["counter"] = item.counter
    return plain


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def as_line(item: Decoded) -> str:
    """One line for a person."""
    if isinstance(item, Samples):
        first = ", ".join("none" if math.isnan(v) else f"{v:g}" for v in np.atleast_1d(item.values[0]).tolist())
        return f"{item.quantity}: {len(item.values)} samples, the first {first} {item.unit} ({item.validity})"
    value = f"{item.value:.10g} {item.unit}" if math.isfinite(item.value) else "none"
    details = [str(item.validity), item.reason, item.site, "" if item.final else "interim"]
    return f"{item.quantity}: {value} ({', '.join(detail for detail in details if detail)})"
