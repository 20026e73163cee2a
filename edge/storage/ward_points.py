"""What hubs tell a ward, as points: the same measurements as a hub's own replication writes (`points`). Pure.

The tag `hub` is the hub's name and its instance, `cot.ea367005853f`, so that two hubs of one name stay apart. A message
that comes twice gives the same points at the same time, which overwrite themselves. Nothing here trusts a hub: what it
sends becomes points or one `Unfit` that says why.
"""

import datetime as dt
import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec

from edge.model.alarm import Alarm, AlarmKey, Condition, Kind, Presence, Priority, Reason
from edge.model.effect import KeepReading
from edge.model.reading import Quantity, Reading, Unit, Validity
from edge.storage import points
from edge.storage.points import Momentary, Value, Watched

SCHEMA = 1
AHEAD_S = 300.0
"""No message is of a time so far ahead: a clock that is synchronised is within seconds."""
BEHIND_S = 8 * 86_400.0
"""Events wait at a hub for seven days (`journal_tables`)."""
LONGEST = 64
MOST_SENSORS = 100
T = TypeVar("T")


class Unfit(ValueError):
    """A message that gives no points. fault: `schema` or `clock`."""

    def __init__(self, fault: str, why: str) -> None:
        super().__init__(why)
        self.fault = fault


def hub_tag(hub: str, instance: str) -> str:
    """What tells this hub's points from all others."""
    return f"{hub}.{instance}"


def lines(hub: str, rest: str, payload: bytes, now_s: float) -> list[str]:
    """The points of one message; none for what is not recorded.

    hub: the tag. rest: the topic below the hub's name. now_s: wall seconds. Raises Unfit.
    """
    match rest.split("/"):
        case ["event"] | [_, "event"]:
            return _event(hub, _fields(payload), now_s)
        case ["health"]:
            return _health(hub, _fields(payload), now_s)
        case [person, quantity, device] if "alarm" not in (person, quantity):
            return _value(hub, person, device, _fields(payload), now_s)
        case _:
            return []


def fault_line(hub: str, fault: str, count: int, wall_s: float) -> str:
    """What was set aside of a hub by then, since the recorder began."""
    return points.line("ward_fault", {"hub": hub, "fault": fault}, {"count": count}, wall_s)


def sent_s(payload: bytes) -> float | None:
    """When the hub says that it wrote this, wall seconds; None if it does not say."""
    try:
        found = msgspec.json.decode(payload, type=_Times)
        return _moment(found.changed or found.time)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, Unfit):
        return None


class _Times(msgspec.Struct):
    time: str = ""
    changed: str = ""


def _fields(payload: bytes) -> Mapping[str, Any]:
    try:
        found = msgspec.json.decode(payload, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Unfit("schema", "it is no JSON object") from None
    if found.get("schema") != SCHEMA:
        raise Unfit("schema", f"it has schema {str(found.get('schema'))[:8]}, and this recorder reads {SCHEMA}")
    return found


def _event(hub: str, said: Mapping[str, Any], now_s: float) -> list[str]:
    changed_s = _moment(said.get("changed"))
    alarm = Alarm(
        id=_text(said, "id"),
        key=AlarmKey(_one(Condition, said, "condition"), _text(said, "person"), _text(said, "device")),
        kind=_one(Kind, said, "kind"),
        priority=_one(Priority, said, "priority"),
        presence=_one(Presence, said, "presence"),
        onset_s=_moment(said.get("onset")),
        raised_s=_moment(said.get("raised")),
        sequence=_count(said, "sequence"),
        reason=_one(Reason, said, "reason"),
        cleared_s=None if said.get("cleared") is None else _moment(said["cleared"]),
        value=_number(said.get("value")),
        limit=_number(said.get("limit")),
        changed_s=changed_s,
    )
    _check_clock(changed_s, now_s)
    return [*points.of_alarms([alarm], hub), *points.of_episodes([alarm], hub)]


def _value(hub: str, person: str, device: str, said: Mapping[str, Any], now_s: float) -> list[str]:
    value, wall_s = _number(said.get("value")), _moment(said.get("time"))
    _check_clock(wall_s, now_s)
    if value is None:
        return []
    reading = Reading(
        _one(Quantity, said, "quantity"),
        value,
        _one(Unit, said, "unit"),
        _one(Validity, said, "validity"),
        _text(said, "reason", 200),
    )
    place = _text(said, "site") or _text(said, "limb")
    return list(points.of_readings([KeepReading(person, device, place, reading, wall_s, True)], hub))


def _health(hub: str, said: Mapping[str, Any], now_s: float) -> list[str]:
    wall_s = _moment(said.get("time"))
    _check_clock(wall_s, now_s)
    facts: dict[str, Value] = {
        "broker": int(said.get("broker_connected") is True),
        "clock": int(said.get("clock_synchronised") is True),
        "alarms": len(said["alarms"]) if isinstance(said.get("alarms"), list) else None,
        "readings_lost": _number(said.get("readings_lost")),
        "self_check": _number(said.get("self_check")),
    }
    listened, batteries = _mapping(said, "listened_percent"), _mapping(said, "battery_percent")
    sensors = []
    for key, watched in (("watched", True), ("not_watched", False)):
        for each in _list(said, key)[:MOST_SENSORS]:
            device = _text(each, "device")
            shares = _number(listened.get(device)), _number(batteries.get(device))
            sensors.append(Watched(_text(each, "person"), device, watched, *shares))
    return list(points.of_moment(Momentary(wall_s, facts, sensors), hub))


def _check_clock(wall_s: float, now_s: float) -> None:
    if not now_s - BEHIND_S <= wall_s <= now_s + AHEAD_S:
        days = (wall_s - now_s) / 86_400.0
        raise Unfit("clock", f"it is of a time {abs(days):.1f} days {'ahead' if days > 0 else 'behind'}")


def _moment(value: object) -> float:
    try:
        at = dt.datetime.fromisoformat(value) if isinstance(value, str) else None
        if at is not None and at.tzinfo is not None:
            return at.timestamp()
    except (ValueError, OverflowError):
        pass
    raise Unfit("schema", "it has a time that is none")


def _one(kind: Callable[[Any], T], said: Mapping[str, Any], key: str) -> T:
    try:
        return kind(said.get(key))
    except ValueError:
        raise Unfit("schema", f"its {key} is not known here") from None


def _text(said: object, key: str, most: int = LONGEST) -> str:
    value = said.get(key, "") if isinstance(said, Mapping) else None
    if not isinstance(value, str):
        raise Unfit("schema", f"its {key} is no text")
    return "".join(sign if sign.isprintable() else "?" for sign in value[:most])


def _count(said: Mapping[str, Any], key: str) -> int:
    value = said.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise Unfit("schema", f"its {key} is no count")
    return value


def _number(value: object) -> float | None:
    known = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if known and math.isfinite(value) and abs(value) < 1e15 else None  # type: ignore[arg-type]


def _mapping(said: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = said.get(key)
    return value if isinstance(value, dict) else {}


def _list(said: Mapping[str, Any], key: str) -> list[Any]:
    value = said.get(key)
    return value if isinstance(value, list) else []
