"""What the hub shows of the watch itself: who is on watch, what is paused, who was proven, what sounds. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence

from edge.delivery import Drill
from edge.model.care import Course, Entry, Illness
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


def illness(hub: str, person: str, entry: Entry | None, course: Course, zone: dt.tzinfo) -> Shown:
    """entry: the illness that stands, None if none does. course: what was seen of it."""
    fields: dict[str, object] = {"ill": entry is not None}
    if entry is not None:
        moments_s = {"last_fever": course.fever_s, "last_measured": course.measured_s, "peak_time": course.peak_s}
        fields |= {
            "id": entry.id,
            "since": rfc3339(entry.happened_s, zone),
            "diagnosis": entry.what.diagnosis if isinstance(entry.what, Illness) else "",
            "peak_c": course.peak_c,
            "episodes": len(course.episodes),
            **{name: None if at_s is None else rfc3339(at_s, zone) for name, at_s in moments_s.items()},
        }
    return Topics(hub).illness(person), encode(fields)


def drill(hub: str, last: Drill | None, due_s: float, zone: dt.tzinfo) -> Shown:
    """last: the last one, None if there was none. due_s: from when on the next is due (wall seconds)."""
    fields: dict[str, object] = {"due": rfc3339(due_s, zone), "began": None}
    if last is not None:
        results = [
            {"caregiver": who, "rang_s": result.rang_s, "answered_s": result.answered_s}
            for who, result in last.results.items()
        ]
        fields |= {"began": rfc3339(last.began_s, zone), "by": last.by, "over": last.over, "broken_off": last.broken}
        fields |= {"results": results, "sounder_s": last.room_s}
    return Topics(hub).drill, encode(fields)


def bedtime(hub: str, asked_s: float, zone: dt.tzinfo) -> Shown:
    """asked_s: when somebody last said good night (wall seconds), 0 for never."""
    return Topics(hub).bedtime, encode({"asked": rfc3339(asked_s, zone) if asked_s else None})


def sounder(hub: str, sound: Sound, wall_s: float, zone: dt.tzinfo) -> Shown:
    """What every sounder of the house shall play from now on; an empty pattern is silence."""
    fields = {"pattern": sound.pattern, "level_percent": sound.level_percent, "time": rfc3339(wall_s, zone)}
    return Topics(hub).sounder, encode(fields)
