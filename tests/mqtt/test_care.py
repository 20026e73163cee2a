"""What caregivers added, as a subscriber reads it."""

import datetime as dt
import json

from edge.model.care import Dose, Entry
from edge.mqtt import care, payloads

BERLIN = dt.timezone(dt.timedelta(hours=1))
ENTRY = Entry(
    "mia-dose-1-1700000000",
    2,
    "mia",
    Dose("Ibuprofen", 5.0, "ml", medicine="Ibuprofen"),
    1_700_000_000.0,
    "anna",
    "ben",
    1_700_000_600.0,
    reply="changed: 23:13 Ibuprofen 5 ml",
    against_plan="EARLIER than your plan",
    next_s=1_700_021_600.0,
)


def test_an_entry_is_published_once_with_all_that_is_known() -> None:
    message = care.message("cot", ENTRY, BERLIN)
    assert (message.topic, message.retain) == ("feverhub/cot/mia/care", False)
    assert json.loads(message.payload) == {
        "schema": 1,
        "id": "mia-dose-1-1700000000",
        "version": 2,
        "kind": "dose",
        "person": "mia",
        "time": "2023-11-14T23:13:20.000+01:00",
        "by": "anna",
        "entered": "2023-11-14T23:23:20.000+01:00",
        "entered_by": "ben",
        "withdrawn": False,
        "against_plan": "EARLIER than your plan",
        "next_allowed": "2023-11-15T05:13:20.000+01:00",
        "text": "changed: 23:13 Ibuprofen 5 ml",
        "content": {
            "drug": "Ibuprofen",
            "amount": 5.0,
            "unit": "ml",
            "reason": "",
            "rescue": False,
            "medicine": "Ibuprofen",
        },
        "historical": False,
    }


def test_what_leaves_late_is_marked() -> None:
    message = care.message("cot", ENTRY)
    assert message.expires_s == ENTRY.entered_s + payloads.EVENT_FRESH_S
    assert json.loads(payloads.as_historical(message.payload))["historical"] is True
