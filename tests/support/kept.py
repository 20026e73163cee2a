"""What tests write down for the hub to read, and read of what it kept."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from edge.app.hub.timed_commands import Timed
from edge.model.alarm import Alarm, Presence
from edge.ports import Journal


def standing(journal: Journal) -> list[Alarm]:
    """The last state of every alarm that is not off, as a hub takes it up when it starts."""
    return [alarm for alarm in journal.latest() if alarm.presence is not Presence.OFF]


def write_events(path: Path, events: Iterable[Timed]) -> None:
    """What caregivers say, as `feverhub replay --events` reads it."""
    lines = []
    for t_s, command in events:
        fields: dict[str, object] = {"t": t_s, "as": command.caregiver, "verb": str(command.verb)}
        fields |= {key: value for key in ("request_id", "alarm") if (value := getattr(command, key))}
        lines.append(msgspec.json.encode(fields | dict(command.arguments)).decode())
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
