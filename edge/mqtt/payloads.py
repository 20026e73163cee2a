"""What stands in the messages: JSON with `"schema": 1` and RFC 3339 times with an offset. Pure.

NaN and infinities are not JSON (RFC 8259, section 6) and never appear: a number that is not one is null.
"""

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import msgspec

from edge.delivery import escalation
from edge.model.alarm import Alarm
from edge.model.effect import Reply, ShowLatest
from edge.model.evidence_json import to_plain
from edge.model.moment import local
from edge.mqtt.topics import Topics, quantity_word
from edge.ports import OutgoingMessage

SCHEMA = 1

EVENT_FRESH_S = 60.0
"""An event that leaves later than this after its change is marked historical (the idea of Sparkplug B 3.0,
`is_historical`): as long as the room may stay silent before the hub's own sounder rings."""


def rfc3339(wall_s: float, zone: dt.tzinfo = dt.UTC) -> str:
    """A wall time (seconds since 1970) in RFC 3339, to the millisecond, with a numeric offset."""
    return local(wall_s, zone).isoformat(timespec="milliseconds")


def plain(value: object) -> object:
    """Any value as JSON can hold it: numbers finite or None, enums by value, arrays as lists, the rest as text."""
    if hasattr(value, "tolist"):  # numpy scalars and arrays
        value = value.tolist()
    if isinstance(value, Enum):
        value = value.value
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, bytes):
        return [plain(item) for item in value]
    return str(value)


def encode(fields: Mapping[str, object]) -> bytes:
    """One JSON object with the schema number in front."""
    return msgspec.json.encode(plain({"schema": SCHEMA, **fields}))


def alarm_fields(alarm: Alarm, zone: dt.tzinfo = dt.UTC) -> dict[str, object]:
    """The full state of an episode; `person` and `device` only where it has them."""
    key = alarm.key
    fields: dict[str, object] = {
        "id": alarm.id,
        "sequence": alarm.sequence,
        "condition": key.condition,
        "kind": alarm.kind,
        "priority": alarm.priority,
        "presence": alarm.presence,
    }
    if key.person:
        fields["person"] = key.person
    if key.device:
        fields["device"] = key.device
    fields |= {
        "onset": rfc3339(alarm.onset_s, zone),
        "raised": rfc3339(alarm.raised_s, zone),
        "cleared": None if alarm.cleared_s is None else rfc3339(alarm.cleared_s, zone),
        "changed": rfc3339(alarm.changed_s or alarm.raised_s, zone),
        "value": alarm.value,
        "limit": alarm.limit,
        "unit": alarm.unit,
        "reason": alarm.reason,
        "text": alarm.text,
        "guidance": alarm.guidance,
        "acknowledged_by": alarm.acknowledged_by,
        "attended_by": alarm.attended_by,
        "answered_by": alarm.answered_by,
        "silent_until": None if alarm.silent_until_s is None else rfc3339(alarm.silent_until_s, zone),
        "evidence": to_plain(alarm.evidence),
    }
    if alarm.unjournalled:
        fields["unjournalled"] = True
    return fields


def standing_fields(alarm: Alarm) -> dict[str, object]:
    """One line of the health topic's list of standing alarms."""
    key = alarm.key
    return {
        "condition": key.condition,
        "person": key.person,
        "device": key.device,
        "priority": alarm.priority,
        "presence": alarm.presence,
    }


def messages_for(hub: str, alarm: Alarm, zone: dt.tzinfo = dt.UTC) -> tuple[OutgoingMessage, OutgoingMessage]:
    """The retained state of an alarm, and the event that tells of the change once.

    In the event, `urgent`: whether a phone shall break through its silence for this change; `private`: what may be said
    of it through other people's servers.
    """
    topics = Topics(hub)
    fields = alarm_fields(alarm, zone)
    state = OutgoingMessage(topics.alarm(alarm.key, alarm.kind), encode(fields), retain=True, alarm_id=alarm.id)
    event = OutgoingMessage(
        topics.event(alarm.key.person),
        encode({**fields, "private": alarm.private, "urgent": escalation.urgent(alarm), "historical": False}),
        retain=False,
        alarm_id=alarm.id,
        expires_s=(alarm.changed_s or alarm.raised_s) + EVENT_FRESH_S,
    )
    return state, event


def as_historical(payload: bytes) -> bytes:
    """The same event, marked as sent late. What is no JSON object comes back as it was."""
    try:
        fields = msgspec.json.decode(payload)
    except msgspec.DecodeError:
        return payload
    if not isinstance(fields, dict):
        return payload
    return msgspec.json.encode({**fields, "historical": True})


def latest(hub: str, shown: ShowLatest, zone: dt.tzinfo = dt.UTC) -> tuple[str, bytes]:
    """Topic and payload of a sensor's latest value; `value` is null when there is none to be trusted."""
    place = "site" if quantity_word(shown.quantity) == "temperature" else "limb"
    fields = {
        "quantity": shown.quantity,
        "value": shown.value,
        "unit": shown.unit,
        "validity": shown.validity,
        "time": rfc3339(shown.wall_s, zone),
        place: shown.place,
        "state": shown.state,
        "reason": shown.reason,
    }
    if place == "site":
        fields["trend_c_per_h"] = shown.trend_c_per_h
    return Topics(hub).latest(shown.person, shown.quantity, shown.device), encode(fields)


@dataclass(frozen=True, slots=True)
class Watch:
    """One sensor of one child, and why it is not watched (empty: it is)."""

    person: str
    device: str
    reason: str = ""


def health(
    self_check: int,
    wall_s: float,
    watches: Iterable[Watch],
    details: Mapping[str, object] | None = None,
    zone: dt.tzinfo = dt.UTC,
) -> bytes:
    """The hub's own state. self_check only ever grows: when it stops, the alarm system itself has stopped.

    details: further facts, each key with its unit in its name.
    """
    every = list(watches)
    return encode(
        {
            **(details or {}),
            "time": rfc3339(wall_s, zone),
            "self_check": self_check,
            "watched": [{"person": w.person, "device": w.device} for w in every if not w.reason],
            "not_watched": [{"person": w.person, "device": w.device, "reason": w.reason} for w in every if w.reason],
        }
    )


def reply(answer: Reply, wall_s: float, zone: dt.tzinfo = dt.UTC) -> bytes:
    """The answer to a command."""
    return encode(
        {"request_id": answer.request_id, "ok": answer.ok, "reason": answer.reason, "time": rfc3339(wall_s, zone)}
    )
