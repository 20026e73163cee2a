"""What a hub keeps at its broker, put together: whether it watches, what stands, what is silent until when. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from edge.mqtt.topics import Topics

# The hub speaks every 30 s; three times in vain, and it has stopped.
STOPPED_S = 90.0
# Trouble of this much and more means that it does not do its work.
TROUBLE = ("medium", "high")

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Overview:
    """alarms: fields of each that stands. values: the latest of each sensor. trouble: why it is not healthy, if so."""

    hub: str
    online: bool
    health: Fields = field(default_factory=dict)
    alarms: Sequence[Fields] = ()
    pauses: Sequence[Fields] = ()
    on_watch: Fields = field(default_factory=dict)
    caregivers: Sequence[Fields] = ()
    values: Sequence[Fields] = ()
    drill: Fields = field(default_factory=dict)
    trouble: Sequence[str] = ()

    def silences(self) -> list[dict[str, object]]:
        """Everything that is silent for now: what, why, and when that ends by itself."""
        quiet = [
            {"what": each["condition"], "why": each["reason"], "until": each["silent_until"]}
            for each in self.alarms
            if each.get("silent_until")
        ]
        paused = [
            {"what": f"watching {each.get('device') or each['person']}", "why": "pause", "until": each["until"]}
            for each in self.pauses
        ]
        return [*quiet, *paused]


def overview(hub: str, kept: Mapping[str, bytes], now_s: float) -> Overview:
    """From the retained topics. now_s: wall seconds. What is not JSON counts as not there."""
    topics = Topics(hub)
    online = kept.get(topics.status) == b"online"
    health = _fields(kept.get(topics.health, b""))
    alarms, values = [], []
    for topic, payload in sorted(kept.items()):
        rest = topic.removeprefix(f"{topics.base}/").split("/")
        fields = _fields(payload)
        if "alarm" in rest[:2] and fields.get("presence") not in (None, "off"):
            alarms.append(fields)
        elif len(rest) == 3 and rest[1] in ("temperature", "motion") and fields:
            values.append({"person": rest[0], "device": rest[2], **fields})
    return Overview(
        hub,
        online,
        health,
        alarms,
        _rows(kept.get(topics.pauses, b""), "pauses"),
        _fields(kept.get(topics.on_watch, b"")),
        _rows(kept.get(topics.caregivers, b""), "caregivers"),
        values,
        _fields(kept.get(topics.drill, b"")),
        tuple(_trouble(health, alarms, now_s, online=online)),
    )


def _trouble(health: Fields, alarms: Sequence[Fields], now_s: float, *, online: bool) -> list[str]:
    if not online:
        return ["the hub is not running"]
    said_s = seconds(health.get("time"))
    if said_s is None or now_s - said_s > STOPPED_S:
        return ["the hub has said nothing of itself for more than 90 s"]
    found = [f"{each['device']}: {each['reason']}" for each in missing(health)]
    technical = [each for each in alarms if each.get("kind") == "technical" and each.get("priority") in TROUBLE]
    return [*found, *(str(each.get("text", each["condition"])) for each in technical)]


def missing(health: Fields) -> list[Fields]:
    """What is not watched and should be; a spot thermometer measures only when somebody measures."""
    return [each for each in health.get("not_watched", ()) if "spot thermometer" not in str(each.get("reason"))]


def seconds(time: object) -> float | None:
    """Wall seconds of an RFC 3339 time; None if it is none."""
    try:
        return dt.datetime.fromisoformat(str(time)).timestamp()
    except ValueError:
        return None


def _fields(payload: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(payload)
    except msgspec.DecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _rows(payload: bytes, key: str) -> list[dict[str, Any]]:
    found = _fields(payload).get(key)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
