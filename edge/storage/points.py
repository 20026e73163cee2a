"""Readings, movement and alarms in InfluxDB's line protocol. Pure.

Time stamps are whole microseconds and tags depend on the row alone, so that a point sent twice overwrites itself.

| measurement | tags | fields |
| --- | --- | --- |
| the quantity, e.g. `temperature` | person, device, place, validity | value, reason (if there is one) |
| `motion`, one a stored block of at most a second | person, device, place | n, rms_g, peak_g |
| `motion_raw`, one a sample, by option | person, device, place | x, y, z or m |
| `alarm`, one a change | condition, kind, person, device | active, priority, sequence, presence, id, value, limit |

`place` is a thermometer's site or an accelerometer's limb; `active` is 0 or 1, `priority` 0 (none) to 3 (high). Rows of
a boot whose clock was never synchronised carry `clock=unsynchronised`. By default movement goes as one point a second:
raw at 50 Hz is fifty times the points (13 million a day for three sensors), and the samples themselves stay in SQLite
for as long as retention keeps them.
"""

import math
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from edge.model.alarm import Alarm, Presence
from edge.model.effect import KeepMotion, KeepReading
from edge.model.reading import Array

_IN_TAGS = str.maketrans({",": r"\,", "=": r"\=", " ": r"\ ", "\n": r"\ ", "\\": "/"})
_IN_TEXTS = str.maketrans({'"': r"\"", "\\": r"\\", "\n": " "})
Value = float | int | str | None


def of_readings(items: Iterable[KeepReading]) -> Iterator[str]:
    """One line a reading; none for a value that is not a number."""
    for item in items:
        tags = {**_tags(item), "validity": str(item.reading.validity)}
        if math.isfinite(item.reading.value):
            fields = {"value": float(item.reading.value), "reason": item.reading.reason or None}
            yield line(str(item.reading.quantity), tags, fields, item.wall_s)


def of_motion(items: Iterable[KeepMotion]) -> Iterator[str]:
    """One line a block: rms_g and peak_g are of the distance from the block's mean, g, so gravity is not in them."""
    for item in items:
        valid = item.values[np.isfinite(item.values).reshape(len(item.values), -1).all(axis=1)]
        fields: dict[str, Value] = {"n": len(valid)}
        if len(valid):
            distance_g = _distance_g(valid)
            fields |= {"rms_g": float(np.sqrt(np.mean(distance_g**2))), "peak_g": float(distance_g.max())}
        yield line("motion", _tags(item), fields, float(item.wall_s[0]))


def of_samples(items: Iterable[KeepMotion]) -> Iterator[str]:
    """One line a valid sample."""
    for item in items:
        names, tags = "xyz" if item.values.ndim == 2 else "m", _tags(item)
        for wall_s, sample in zip(
            item.wall_s.tolist(), item.values.reshape(len(item.wall_s), -1).tolist(), strict=True
        ):
            if all(map(math.isfinite, sample)):
                yield line("motion_raw", tags, dict(zip(names, sample, strict=True)), wall_s)


def of_alarms(items: Iterable[Alarm]) -> Iterator[str]:
    """One line a change of an alarm, at the time of the change."""
    for alarm in items:
        tags = {
            "condition": str(alarm.key.condition),
            "kind": str(alarm.kind),
            "person": alarm.key.person,
            "device": alarm.key.device,
        }
        fields: dict[str, Value] = {
            "active": int(alarm.presence is not Presence.OFF),
            "priority": alarm.priority.rank,
            "sequence": alarm.sequence,
            "presence": str(alarm.presence),
            "id": alarm.id,
            "value": _number(alarm.value),
            "limit": _number(alarm.limit),
        }
        yield line("alarm", tags, fields, alarm.changed_s or alarm.raised_s)


def line(measurement: str, tags: Mapping[str, str], fields: Mapping[str, Value], wall_s: float) -> str:
    """One point. Empty tags and fields that are None are left out, since the protocol has no word for them."""
    head = ",".join(
        [measurement, *(f"{name}={text.translate(_IN_TAGS)}" for name, text in sorted(tags.items()) if text)]
    )
    body = ",".join(f"{name}={_coded(value)}" for name, value in fields.items() if value is not None)
    return f"{head} {body} {round(wall_s * 1e6)}"


def _coded(value: float | int | str) -> str:
    if isinstance(value, str):
        return f'"{value.translate(_IN_TEXTS)}"'
    return f"{value}i" if isinstance(value, int) else repr(float(value))


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _tags(item: KeepReading | KeepMotion) -> dict[str, str]:
    clock = "" if item.synced else "unsynchronised"
    return {"person": item.person, "device": item.device, "place": item.place, "clock": clock}


def _distance_g(valid: Array) -> Array:
    centred = valid - valid.mean(axis=0)
    distance_g: Array = np.sqrt(np.sum(np.square(centred.reshape(len(centred), -1)), axis=1))
    return distance_g
