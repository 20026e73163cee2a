"""What a hub keeps, in InfluxDB's line protocol. Pure.

Time stamps are whole microseconds and tags depend on the row alone, so that a point sent twice overwrites itself. Tags
are bounded in number: no id of an alarm or an entry, and no text that somebody typed, makes a series of its own. Every
point has the tag `hub`, empty tags are left out, and what is about a child has `person`.

| measurement | tags beside `hub` | fields |
| --- | --- | --- |
| the quantity, e.g. `temperature` | person, device, place, validity | value, reason (if there is one) |
| `motion`, one a second | person, device, place | n, rms_g, peak_g |
| `motion_raw`, one a sample, by option | person, device, place | x, y, z or m |
| `alarm`, one a change | condition, kind, person, device | active, priority, sequence, presence, id, value, limit |
| `episode`, one an alarm, at its onset | as `alarm` | count, duration_s, priority, false_alarm, id |
| `care`, one a version of an entry | person, kind, medicine or stage | count, void, amount, unit, rescue, ml, text |
| `health`, each half minute | | broker, clock, disk_free_bytes, proof_age_s, readings_lost, alarms |
| `sensor`, each half minute | person, device | watched, listened_percent, battery_percent |

`place` is a thermometer's site or an accelerometer's limb; `active` is 0 or 1, `priority` 0 (none) to 3 (high); how
awake the child was, of an `activity_count`, is also the field `state`: 0 asleep, 1 restless, 2 up. Rows of a boot whose
clock was never synchronised carry `clock=unsynchronised`. By default movement goes as one point a second: raw at 50 Hz
is fifty times the points (13 million a day for three sensors), and the samples themselves stay in SQLite for as long as
retention keeps them.

An entry is never changed, and a point cannot be taken back everywhere: of two values at one time VictoriaMetrics keeps
the larger. So each version is a point of its own, within the second in which it happened, since two entries of one
minute must not overwrite each other; the version that a later one replaces or withdraws gets `void=1`. `medicine` is a
name of the family's plan, else `other`; what was typed (`text`) goes only where the family chose it.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain

import numpy as np

from edge.model.alarm import Alarm, Presence, Reason
from edge.model.care import Dose, Drink, Entry, ManualReading, Remark, Symptoms
from edge.model.effect import KeepMotion, KeepReading
from edge.model.reading import Array, Quantity
from edge.storage.entries import Version

_IN_TAGS = str.maketrans({",": r"\,", "=": r"\=", " ": r"\ ", "\n": r"\ ", "\\": "/"})
_IN_TEXTS = str.maketrans({'"': r"\"", "\\": r"\\", "\n": " "})
Value = float | int | str | None
STATES = {"asleep": 0, "restless": 1, "up": 2}
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Watched:
    """One sensor as the health topic has it. listened_percent: of the time in which it would have shown a convulsion.

    battery_percent: what it last said. None: unknown.
    """

    person: str
    device: str
    watched: bool
    listened_percent: float | None = None
    battery_percent: float | None = None


@dataclass(frozen=True, slots=True)
class Momentary:
    """How the hub is doing now: fields of `health`, where None is unknown, and its sensors."""

    wall_s: float
    facts: Mapping[str, Value]
    sensors: Sequence[Watched]


def of_readings(items: Iterable[KeepReading], hub: str = "") -> Iterator[str]:
    """One line a reading; none for a value that is not a number."""
    for item in items:
        kept = item.reading
        if math.isfinite(kept.value):
            tags = {**_tags(item, hub), "validity": kept.validity}
            fields: dict[str, Value] = {"value": float(kept.value), "reason": kept.reason or None}
            if kept.quantity is Quantity.ACTIVITY_COUNT:
                fields["state"] = STATES.get(kept.reason.partition(";")[0])
            yield line(kept.quantity, tags, fields, item.wall_s)


def of_motion(items: Iterable[KeepMotion], hub: str = "") -> Iterator[str]:
    """One line a second: rms_g and peak_g are of the distance from its mean, g, so gravity is not in them."""
    for item in chain.from_iterable(map(_seconds, items)):
        valid = item.values[np.isfinite(item.values).reshape(len(item.values), -1).all(axis=1)]
        fields: dict[str, Value] = {"n": len(valid)}
        if len(valid):
            distance_g = _distance_g(valid)
            fields |= {"rms_g": float(np.sqrt(np.mean(distance_g**2))), "peak_g": float(distance_g.max())}
        yield line("motion", _tags(item, hub), fields, float(item.wall_s[0]))


def _seconds(item: KeepMotion) -> Iterator[KeepMotion]:
    """A block by the full seconds of the wall clock."""
    second = np.floor(item.wall_s)
    cuts = np.flatnonzero(second[1:] != second[:-1]) + 1
    for wall_s, values in zip(np.split(item.wall_s, cuts), np.split(item.values, cuts), strict=True):
        yield replace(item, wall_s=wall_s, values=values)


def of_samples(items: Iterable[KeepMotion], hub: str = "") -> Iterator[str]:
    """One line a valid sample."""
    for item in items:
        names, tags = "xyz" if item.values.ndim == 2 else "m", _tags(item, hub)
        for wall_s, sample in zip(
            item.wall_s.tolist(), item.values.reshape(len(item.wall_s), -1).tolist(), strict=True
        ):
            if all(map(math.isfinite, sample)):
                yield line("motion_raw", tags, dict(zip(names, sample, strict=True)), wall_s)


def of_alarms(items: Iterable[Alarm], hub: str = "") -> Iterator[str]:
    """One line a change of an alarm, at the time of the change."""
    for alarm in items:
        fields: dict[str, Value] = {
            "active": int(alarm.presence is not Presence.OFF),
            "priority": alarm.priority.rank,
            "sequence": alarm.sequence,
            "presence": str(alarm.presence),
            "id": alarm.id,
            "value": _number(alarm.value),
            "limit": _number(alarm.limit),
        }
        yield line("alarm", _alarm_tags(alarm, hub), fields, alarm.changed_s or alarm.raised_s)


def of_episodes(items: Iterable[Alarm], hub: str = "") -> Iterator[str]:
    """One line a change of an alarm, at its onset: the episode as it is known by then."""
    for alarm in items:
        length_s = None if alarm.cleared_s is None else max(0.0, alarm.cleared_s - alarm.onset_s)
        fields: dict[str, Value] = {
            "count": 1,
            "priority": alarm.priority.rank,
            "duration_s": _number(length_s),
            "false_alarm": 1 if alarm.reason is Reason.FALSE_ALARM else None,
            "id": alarm.id,
        }
        yield line("episode", _alarm_tags(alarm, hub), fields, alarm.onset_s)


def of_entries(items: Iterable[Version], hub: str = "", *, texts: bool = False) -> Iterator[str]:
    """A line a version, and one for the version that it replaces. texts: also what somebody typed.

    A temperature by hand is a reading, and is sent as one.
    """
    for version in items:
        if isinstance(version.entry.what, ManualReading):
            continue
        if not version.entry.withdrawn:
            fields: dict[str, Value] = {"count": 1, **_said(version.entry, texts=texts)}
            yield line("care", _care_tags(version.entry, hub), fields, _care_s(version.entry, version.row))
        if version.before is not None and not version.before.withdrawn:
            yield line(
                "care", _care_tags(version.before, hub), {"void": 1}, _care_s(version.before, version.before_row)
            )


def of_moment(moment: Momentary, hub: str) -> Iterator[str]:
    """A line for the hub, and one for each sensor."""
    yield line("health", {"hub": hub}, moment.facts, moment.wall_s)
    for each in moment.sensors:
        fields: dict[str, Value] = {
            "watched": int(each.watched),
            "listened_percent": _number(each.listened_percent),
            "battery_percent": _number(each.battery_percent),
        }
        yield line("sensor", {"hub": hub, "person": each.person, "device": each.device}, fields, moment.wall_s)


def line(measurement: str, tags: Mapping[str, str], fields: Mapping[str, Value], wall_s: float) -> str:
    """One point. Empty tags and fields that are None are left out, since the protocol has no word for them."""
    body = ",".join([f"{name}={_coded(value)}" for name, value in fields.items() if value is not None])
    return f"{_head(measurement, tuple(tags.items()))} {body} {round(wall_s * 1e6)}"


@lru_cache(1024)
def _head(measurement: str, tags: tuple[tuple[str, str], ...]) -> str:
    """Of thousands of lines it is the same few."""
    return ",".join([measurement, *(f"{name}={text.translate(_IN_TAGS)}" for name, text in sorted(tags) if text)])


def _coded(value: float | int | str) -> str:
    if isinstance(value, str):
        return f'"{value.translate(_IN_TEXTS)}"'
    return f"{value}i" if isinstance(value, int) else repr(float(value))


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _tags(item: KeepReading | KeepMotion, hub: str) -> dict[str, str]:
    clock = "" if item.synced else "unsynchronised"
    return {"hub": hub, "person": item.person, "device": item.device, "place": item.place, "clock": clock}


def _alarm_tags(alarm: Alarm, hub: str) -> dict[str, str]:
    key = alarm.key
    return {"hub": hub, "condition": key.condition, "kind": alarm.kind, "person": key.person, "device": key.device}


def _care_tags(entry: Entry, hub: str) -> dict[str, str]:
    what = entry.what
    more = {"medicine": what.medicine or OTHER} if isinstance(what, Dose) else {}
    more = {"stage": str(what.stage)} if isinstance(what, Symptoms) else more
    return {"hub": hub, "person": entry.person, "kind": entry.kind, **more}


def _care_s(entry: Entry, row: int) -> float:
    """Within its second, at the millisecond of its row: VictoriaMetrics has no finer, and rows in a row differ."""
    return math.floor(entry.happened_s) + row % 1000 / 1000


def _said(entry: Entry, *, texts: bool) -> dict[str, Value]:
    match entry.what:
        case Dose() as dose:
            fields: dict[str, Value] = {
                "amount": _number(dose.amount),
                "unit": dose.unit or None,
                "rescue": 1 if dose.rescue else None,
            }
            text = " ".join(filter(None, (dose.drug, dose.reason)))
        case Drink() as drink:
            fields, text = {"ml": _number(drink.ml)}, drink.text
        case Symptoms(text=text) | Remark(text=text):
            fields = {}
        case _:
            fields, text = {}, ""
    return {**fields, "text": text if texts and text else None}


def _distance_g(valid: Array) -> Array:
    centred = valid - valid.mean(axis=0)
    distance_g: Array = np.sqrt(np.sum(np.square(centred.reshape(len(centred), -1)), axis=1))
    return distance_g
