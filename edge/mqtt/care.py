"""What caregivers added, as it stands in messages. Pure."""

import datetime as dt
from dataclasses import asdict

from edge.model.care import Entry
from edge.mqtt.payloads import EVENT_FRESH_S, encode, rfc3339
from edge.mqtt.topics import Topics
from edge.ports import OutgoingMessage


def message(hub: str, entry: Entry, zone: dt.tzinfo = dt.UTC) -> OutgoingMessage:
    """One version of an entry, published once."""
    fields: dict[str, object] = {
        "id": entry.id,
        "version": entry.version,
        "kind": entry.kind,
        "person": entry.person,
        "time": rfc3339(entry.happened_s, zone),
        "by": entry.author,
        "entered": rfc3339(entry.entered_s, zone),
        "entered_by": entry.caregiver,
        "withdrawn": entry.withdrawn,
        "against_plan": entry.against_plan,
        "next_allowed": None if entry.next_s is None else rfc3339(entry.next_s, zone),
        "text": entry.reply,
        "content": asdict(entry.what),
        "historical": False,
    }
    if entry.unjournalled:
        fields["unjournalled"] = True
    expires_s = entry.entered_s + EVENT_FRESH_S
    return OutgoingMessage(Topics(hub).care(entry.person), encode(fields), retain=False, expires_s=expires_s)
