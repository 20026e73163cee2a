"""What a hub keeps at its broker on an evening where all is well, and each way in which one may fail."""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

DAY_S = 86_400.0
GONE = {"watched": [], "not_watched": [{"person": "mia", "device": "ankle", "reason": "nothing heard"}]}


def stamp(wall_s: float) -> str:
    return dt.datetime.fromtimestamp(wall_s, dt.UTC).isoformat()


def kept(hub: str, now_s: float, **changes: Any) -> dict[str, bytes]:
    """Topics and payloads with changes: health=..., anna=..., alarm=..., status=..., pauses=..."""
    health = {
        "time": stamp(now_s - 10),
        "watched": [{"person": "mia", "device": "patch"}, {"person": "mia", "device": "ankle"}],
        "not_watched": [],
        "clock_synchronised": True,
        "battery_percent": {"patch": 80.0},
        "sounder": "works",
        "sounder_proof_wall_s": now_s - DAY_S,
        **changes.get("health", {}),
    }
    anna = {"id": "anna", "name": "Anna", "role": "caregiver", "last_proof": stamp(now_s - 2 * DAY_S), "proof_s": 3.1}
    topics = {
        "status": changes.get("status", "online"),
        "health": health,
        "caregivers": {"caregivers": [{**anna, **changes.get("anna", {})}]},
        "pauses": {"pauses": changes.get("pauses", [])},
        "on_watch": {"caregiver": "anna", "name": "Anna"},
        "mia/temperature/patch": {"value": 37.1, "unit": "Cel", "time": stamp(now_s)},
        **changes.get("alarm", {}),
    }
    return {
        f"feverhub/{hub}/{topic}": value.encode() if isinstance(value, str) else json.dumps(value).encode()
        for topic, value in topics.items()
    }


def alarm(condition: str, kind: str = "technical", priority: str = "medium", **fields: str) -> dict[str, str]:
    return {
        "condition": condition,
        "kind": kind,
        "priority": priority,
        "presence": "on",
        "text": f"T {condition}",
        **fields,
    }


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong. changes: of `kept`, at that time. sentence: how the only one that minds begins."""

    what: str
    changes: Callable[[float], dict[str, Any]]
    sentence: str


def _always(**changes: Any) -> Callable[[float], dict[str, Any]]:
    return lambda _now_s: changes


def _ending(**days: float) -> Callable[[float], dict[str, Any]]:
    """Certificates that end after so many days."""
    return lambda now_s: {
        "health": {"certificates_end": {whose: stamp(now_s + left * DAY_S) for whose, left in days.items()}}
    }


_FULL = alarm("storage_error", text="The hub cannot save: no space left on the card", guidance="Free space.")
FAULTS = (
    Fault("the hub does not run", _always(status="offline"), "The hub is not running: start it"),
    Fault("a sensor is not heard", _always(health=GONE), "ankle is not watched (nothing heard): see that"),
    Fault(
        "a battery is low",
        _always(health={"battery_percent": {"patch": 29.0}}),
        "patch is heard, but its battery has 29 %: charge it",
    ),
    Fault("the clock is not set", _always(health={"clock_synchronised": False}), "The hub's clock is not set"),
    Fault("the sounder fails", _always(health={"sounder": "fails"}), "The sounder does not sound"),
    Fault("there is no sounder", _always(health={"sounder": "none is set up"}), "There is no sounder"),
    Fault(
        "the sounder was never tested",
        _always(health={"sounder_proof_wall_s": None}),
        "The sounder was not tested in the last 30 days",
    ),
    Fault(
        "the sounder's test is old",
        lambda now_s: {"health": {"sounder_proof_wall_s": now_s - 31 * DAY_S}},
        "The sounder was not tested",
    ),
    Fault("a phone was never proven", _always(anna={"last_proof": None}), "Anna has never answered a test"),
    Fault(
        "a phone's proof is old",
        lambda now_s: {"anna": {"last_proof": stamp(now_s - 31 * DAY_S)}},
        "Anna answered the last test 31 days ago: make another",
    ),
    Fault(
        "a phone was changed",
        lambda now_s: {"anna": {"last_proof": None, "phone_changed": stamp(now_s - DAY_S)}},
        "Anna's phone was changed or updated, and not tested since",
    ),
    Fault(
        "the hub hangs",
        lambda now_s: {"health": {"time": stamp(now_s - 500)}},
        "The hub has said nothing of itself",
    ),
    Fault("the card is full", _always(alarm={"alarm/storage_error": _FULL}), "The hub cannot save: no space left"),
    Fault("the broker's certificate ends", _ending(broker=13.5, hub=300), "The broker's certificate ends in 13 days"),
    Fault(
        "the authority's certificate has ended",
        _ending(authority=-1, hub=300),
        "The certificate of the broker's authority (ca_file) ends in 0 days",
    ),
    Fault("the hub's certificate ends", _ending(hub=3.5), "This hub's certificate ends in 3 days: renew it"),
    Fault(
        "no sensor is set up",
        _always(health={"watched": [], "not_watched": []}),
        "No sensor is set up",
    ),
)
