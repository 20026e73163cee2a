"""Every bed of a ward, from what its broker keeps and what comes in. No I/O: moments are handed in.

Nothing is remembered beyond the broker's own retained topics: a station that starts anew shows the same. Whether a hub
is there follows from what arrives alone: a retained `online` may be a year old, and a broker that was killed has lost
the will.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import msgspec

from edge.mqtt.inbound import Incoming
from edge.mqtt.ward_topics import Address, address
from edge.web.station_wire import Bed, BedAlarm

SILENT_S = 55.0
"""A hub tells of its health every 30 s; within a minute of its last word a ward says that it cannot be seen."""
CLOCK_OFF_S = 300.0
MOST_HUBS, MOST_ALARMS, MOST_VALUES = 5_000, 64, 8
_LONGEST = 300
_PHYSIOLOGICAL = {"high": 70, "medium": 50, "low": 20}
_TECHNICAL = {"high": 45, "medium": 30, "low": 10}
_LOST, _WAITING = 55, 5
_ANSWERED = 30
"""An alarm that somebody has answered ranks so much lower."""


class _State(msgspec.Struct):
    """What a ward needs of an alarm's topic; the rest is passed over."""

    id: str
    condition: str
    kind: str
    priority: str
    presence: str
    raised: str = ""
    text: str = ""
    guidance: str = ""
    acknowledged_by: str = ""


@dataclass(slots=True)
class _Hub:
    """What is known of one hub. heard_s: monotonic seconds of its last live word, None: none on this connection."""

    name: str
    instance: str
    bed: str = ""
    offline: bool = False
    heard_s: float | None = None
    clock_off_s: float | None = None
    alarms: dict[str, BedAlarm] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    unwatched: tuple[str, ...] = ()


class Beds:
    """All hubs. version: grows with each change that a page would show."""

    def __init__(self) -> None:
        self._hubs: dict[str, _Hub] = {}
        self._since_s = 0.0
        self.version = 0

    def begin(self, now_s: float) -> None:
        """A new connection: what was heard before says nothing of now. now_s: monotonic."""
        self._since_s = now_s
        for hub in self._hubs.values():
            hub.heard_s = None
        self.version += 1

    def take(self, message: Incoming, now_s: float, wall_s: float) -> None:
        """One message; what makes no sense changes nothing. now_s: monotonic."""
        where = address(message.topic)
        if where is None or where.rest.startswith(("reply/", "cmd/")):
            return
        if where.base not in self._hubs and (len(self._hubs) >= MOST_HUBS or not message.payload):
            return
        hub = self._hubs.setdefault(where.base, _Hub(where.hub, where.instance))
        before = self._shown(where.base, hub, now_s)
        if not message.retained and not (where.rest == "status" and message.payload == b"offline"):
            hub.heard_s = now_s
        try:
            self._read(hub, where, message, wall_s)
        except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError):  # a hub may send anything
            return
        if self._shown(where.base, hub, now_s) != before:
            self.version += 1

    def shown(self, now_s: float) -> tuple[Bed, ...]:
        """Every bed, the worst first."""
        names = Counter(hub.bed or hub.name for hub in self._hubs.values())
        beds = [self._shown(base, hub, now_s, names) for base, hub in self._hubs.items()]
        return tuple(sorted(beds, key=lambda bed: (-_rank(bed), bed.name)))

    def find(self, base: str, alarm: str) -> bool:
        """Whether that bed has that alarm."""
        hub = self._hubs.get(base)
        return hub is not None and any(each.id == alarm for each in hub.alarms.values())

    def _read(self, hub: _Hub, where: Address, message: Incoming, wall_s: float) -> None:
        match where.rest.split("/"):
            case ["status"]:
                hub.offline = message.payload != b"online"
            case ["about"]:
                hub.bed = _text(msgspec.json.decode(message.payload, type=dict[str, Any])["bed"]) or hub.bed
            case ["health"]:
                said = msgspec.json.decode(message.payload, type=dict[str, Any])
                hub.unwatched = tuple(f"{_text(e['device'])}: {_text(e['reason'])}" for e in said["not_watched"][:16])
                if not message.retained:
                    off_s = dt.datetime.fromisoformat(said["time"]).timestamp() - wall_s
                    hub.clock_off_s = off_s if abs(off_s) > CLOCK_OFF_S else None
            case ["alarm", *_] | [_, "alarm", *_]:
                self._read_alarm(hub, where.rest, message.payload)
            case [_, "temperature", _]:
                said = msgspec.json.decode(message.payload, type=dict[str, Any])
                hub.values.pop(where.rest, None)
                if isinstance(said.get("value"), int | float) and said["validity"] == "valid":
                    hub.values[where.rest] = f"{said['value']:.1f} °C"
            case _:
                pass

    def _read_alarm(self, hub: _Hub, rest: str, payload: bytes) -> None:
        if not payload:
            hub.alarms.pop(rest, None)
            return
        said = msgspec.json.decode(payload, type=_State)
        if said.presence == "off":
            hub.alarms.pop(rest, None)
        elif len(hub.alarms) < MOST_ALARMS or rest in hub.alarms:
            hub.alarms[rest] = BedAlarm(
                id=said.id[:64],
                condition=said.condition[:64],
                priority=said.priority,
                presence=said.presence,
                text=_text(said.text),
                guidance=_text(said.guidance),
                raised=_text(said.raised),
                by=_text(said.acknowledged_by),
                technical=said.kind != "physiological",
            )

    def _shown(self, base: str, hub: _Hub, now_s: float, names: "Counter[str] | None" = None) -> Bed:
        name = hub.bed or hub.name
        same = names is not None and names[name] > 1
        silent_s = now_s - (self._since_s if hub.heard_s is None else hub.heard_s)
        lost = hub.offline or silent_s > SILENT_S
        return Bed(
            key=base,
            name=f"{name} · {hub.instance[:4]}" if same else name,
            same_name=same,
            seen="lost" if lost else "waiting" if hub.heard_s is None else "live",
            away_s=silent_s if lost and names is not None else 0.0,
            alarms=tuple(sorted(hub.alarms.values(), key=lambda each: (-_severity(each), each.raised))),
            values=tuple(hub.values[rest] for rest in sorted(hub.values)[:MOST_VALUES]),
            unwatched=hub.unwatched,
            clock_off_s=hub.clock_off_s,
        )


def _severity(alarm: BedAlarm) -> int:
    table = _TECHNICAL if alarm.technical else _PHYSIOLOGICAL
    return table.get(alarm.priority, 10) - (0 if alarm.waits else _ANSWERED)


def _rank(bed: Bed) -> int:
    seen = {"lost": _LOST, "waiting": _WAITING}.get(bed.seen, 0)
    return max([seen, *(_severity(alarm) for alarm in bed.alarms)])


def _text(value: object) -> str:
    text = value if isinstance(value, str) else ""
    return "".join(sign if sign.isprintable() else " " for sign in text[:_LONGEST])
