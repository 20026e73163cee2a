"""What the hub shows of the watch itself: who is on watch, what is paused, who was proven, what sounds. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence

from edge.model.effect import Sound
from edge.model.people import Caregiver
from edge.mqtt.payloads import encode, rfc3339
from edge.mqtt.topics import Topics

Shown = tuple[str, bytes]


def on_watch(hub: str, first: Caregiver | None, since_s: float, asked: str, zone: dt.tzinfo) -> Shown:
    """first: who is woken first, None for everyone. asked: who was asked to take the watch and has not confirmed."""
    since = rfc3339(since_s, zone) if since_s else None
    who, name = (first.id, first.name) if first else ("", "everyone")
    fields = {"caregiver": who, "name": name, "since": since, "asked": asked}
    return Topics(hub).on_watch, encode(fields)


def pauses(hub: str, paused: Sequence[Mapping[str, object]], zone: dt.tzinfo) -> Shown:
    """paused: of each the person, the device (empty: all), the caregiver, and `since_s`, `until_s` on the wall."""
    rows = [
        {
            **{key: value for key, value in each.items() if not key.endswith("_s")},
            "since": rfc3339(float(str(each["since_s"])), zone),
            "until": rfc3339(float(str(each["until_s"])), zone),
        }
        for each in paused
    ]
    return Topics(hub).pauses, encode({"pauses": rows})


def caregivers(
    hub: str,
    people: Sequence[Caregiver],
    on_watch: str,
    proofs: Mapping[str, tuple[float, float]],
    zone: dt.tzinfo,
    *,
    changed_s: Mapping[str, float],
) -> Shown:
    """Who is notified, and the last test that each answered.

    proofs: wall seconds, and how long it took, by caregiver. changed_s: when the family said that the phone was changed
    or updated, where no test was answered since (wall seconds).
    """
    rows = []
    for each in people:
        wall_s, seconds = proofs.get(each.id, (None, None))
        said_s = changed_s.get(each.id)
        rows.append(
            {
                "id": each.id,
                "name": each.name,
                "role": each.role,
                "on_watch": each.id == on_watch,
                "channels": len(each.channels),
                "last_proof": None if wall_s is None else rfc3339(wall_s, zone),
                "proof_s": seconds,
                "phone_changed": None if said_s is None else rfc3339(said_s, zone),
            }
        )
    return Topics(hub).caregivers, encode({"caregivers": rows})


def sounder(hub: str, sound: Sound, wall_s: float, zone: dt.tzinfo) -> Shown:
    """What every sounder of the house shall play from now on; an empty pattern is silence."""
    fields = {"pattern": sound.pattern, "level_percent": sound.level_percent, "time": rfc3339(wall_s, zone)}
    return Topics(hub).sounder, encode(fields)
