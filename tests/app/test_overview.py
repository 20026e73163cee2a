"""What a caregiver is told of the whole: from retained topics to sentences."""

import json

import pytest

from edge.app import bedtime
from edge.app.overview import overview
from edge.config import Config
from edge.model.people import Caregiver, Device, Limb, Role, Site

NOW_S = 1_800_000_000.0
DAY_S = 86_400.0
CONFIG = Config(
    devices=(Device("patch", "p", "mia", site=Site.AXILLA), Device("ankle", "b", "mia", limb=Limb.ANKLE)),
    caregivers=(Caregiver("anna", "Anna"), Caregiver("oma", "Irena", role=Role.VIEWER)),
)


def stamp(wall_s):
    import datetime as dt

    return dt.datetime.fromtimestamp(wall_s, dt.UTC).isoformat()


def kept(**changes):
    """The topics of a hub where all is well, with changes: health=..., anna=..., alarm=..., status=..., pauses=..."""
    health = {
        "time": stamp(NOW_S - 10),
        "watched": [{"person": "mia", "device": "patch"}, {"person": "mia", "device": "ankle"}],
        "not_watched": [],
        "clock_synchronised": True,
        "battery_percent": {"patch": 80.0},
        "sounder": "works",
        "sounder_proof_wall_s": NOW_S - DAY_S,
        **changes.get("health", {}),
    }
    anna = {"id": "anna", "name": "Anna", "role": "caregiver", "last_proof": stamp(NOW_S - 2 * DAY_S), "proof_s": 3.1}
    topics = {
        "status": changes.get("status", "online"),
        "health": health,
        "caregivers": {"caregivers": [{**anna, **changes.get("anna", {})}]},
        "pauses": {"pauses": changes.get("pauses", [])},
        "on_watch": {"caregiver": "anna", "name": "Anna"},
        "mia/temperature/patch": {"value": 37.1, "unit": "Cel", "time": stamp(NOW_S)},
        **changes.get("alarm", {}),
    }
    return {
        f"feverhub/home/{topic}": value.encode() if isinstance(value, str) else json.dumps(value).encode()
        for topic, value in topics.items()
    }


def alarm(condition, kind="technical", priority="medium", **fields):
    return {
        "condition": condition,
        "kind": kind,
        "priority": priority,
        "presence": "on",
        "text": f"T {condition}",
        **fields,
    }


def seen(**changes):
    return overview("home", kept(**changes), NOW_S)


GONE = {"watched": [], "not_watched": [{"person": "mia", "device": "ankle", "reason": "nothing heard"}]}
SPOT = {"not_watched": [{"person": "mia", "device": "ear", "reason": "a spot thermometer: it measures when ..."}]}


@pytest.mark.parametrize(
    ("changes", "trouble"),
    [
        ({}, []),
        ({"status": "offline"}, ["the hub is not running"]),
        ({"health": {"time": stamp(NOW_S - 91)}}, ["the hub has said nothing of itself for more than 90 s"]),
        ({"health": {"time": "x"}}, ["the hub has said nothing of itself for more than 90 s"]),
        ({"health": GONE}, ["ankle: nothing heard"]),
        ({"health": SPOT}, []),
        ({"alarm": {"alarm/broker_down": alarm("broker_down")}}, ["T broker_down"]),
        ({"alarm": {"mia/alarm/battery_low/patch": alarm("battery_low", priority="low")}}, []),
        ({"alarm": {"mia/alarm/fever": alarm("fever", "physiological")}}, []),
        ({"alarm": {"mia/alarm/no_data/patch": {**alarm("no_data"), "presence": "off"}}}, []),
    ],
)
def test_when_it_is_not_healthy(changes, trouble):
    assert list(seen(**changes).trouble) == trouble


def test_what_is_silent_says_until_when():
    quiet = alarm("fever", "physiological", reason="snoozed", silent_until="2027-01-15T09:00:00+00:00")
    pause = {"person": "mia", "device": "", "until": "2027-01-15T08:10:00+00:00"}
    found = seen(alarm={"mia/alarm/fever": quiet}, pauses=[pause]).silences()
    assert found == [
        {"what": "fever", "why": "snoozed", "until": "2027-01-15T09:00:00+00:00"},
        {"what": "watching mia", "why": "pause", "until": "2027-01-15T08:10:00+00:00"},
    ]


def test_topics_that_make_no_sense_are_not_there():
    broken = dict.fromkeys(kept(), b"\xff{") | {"feverhub/home/pauses": b'{"pauses": 5}'}
    assert overview("home", broken, NOW_S).trouble == ("the hub is not running",)


def ending(**days):
    return {"certificates_end": {name: stamp(NOW_S + left * DAY_S) for name, left in days.items()}}


def bad(**changes):
    return [each.sentence for each in bedtime.findings(CONFIG, seen(**changes), NOW_S) if not each.good]


def test_a_good_night_is_one_sentence_for_each_part():
    found = bedtime.findings(CONFIG, seen(), NOW_S)
    assert [(each.subject, each.good, each.sentence) for each in found] == [
        ("patch", True, "patch is heard, and its battery has 80 %."),
        ("ankle", True, "ankle is there; it tells nothing of its battery."),
        ("clock", True, "The clock is set."),
        ("broker", True, "The broker answers, and the hub is connected to it."),
        ("anna", True, "Anna answered a test 2 days ago, within 3.1 s."),
        ("sounder", True, "The sounder played its test a day ago."),
    ]


@pytest.mark.parametrize(
    ("changes", "start"),
    [
        ({"status": "offline"}, "The hub is not running: start it"),
        ({"health": GONE}, "ankle is not watched (nothing heard): see that"),
        ({"health": {"battery_percent": {"patch": 29.0}}}, "patch is heard, but its battery has 29 %: charge it"),
        ({"health": {"clock_synchronised": False}}, "The hub's clock is not set"),
        ({"health": {"sounder": "fails"}}, "The sounder does not sound"),
        ({"health": {"sounder": "none is set up"}}, "There is no sounder"),
        ({"health": {"sounder_proof_wall_s": None}}, "The sounder was not tested in the last 30 days"),
        ({"health": {"sounder_proof_wall_s": NOW_S - 31 * DAY_S}}, "The sounder was not tested"),
        ({"anna": {"last_proof": None}}, "Anna has never answered a test"),
        ({"anna": {"last_proof": stamp(NOW_S - 31 * DAY_S)}}, "Anna answered the last test 31 days ago: make another"),
        ({"health": {"time": stamp(NOW_S - 500)}}, "The hub has said nothing of itself"),
        ({"alarm": {"alarm/storage_error": alarm("storage_error", guidance="Free space.")}}, "T storage_error. Free"),
        ({"health": {"watched": [], "not_watched": []}}, "No sensor is set up"),
        ({"health": ending(broker=13.5, hub=300)}, "The broker's certificate ends in 13 days: renew it"),
        (
            {"health": ending(authority=-1, hub=14)},
            "The certificate of the broker's authority (ca_file) ends in 0 days",
        ),
        ({"health": ending(hub=3)}, "This hub's certificate ends in 3 days: renew it"),
    ],
)
def test_what_a_night_may_fail_by_is_one_sentence(changes, start):
    (sentence,) = bad(**changes)
    assert sentence.startswith(start)
    assert sentence.endswith(".")


def test_amber_is_who_was_not_proven_lately():
    rows = [
        {"id": "a", "last_proof": stamp(NOW_S - 29 * DAY_S)},
        {"id": "b", "last_proof": stamp(NOW_S - 31 * DAY_S)},
        {"id": "c", "last_proof": None},
    ]
    assert bedtime.amber(rows, NOW_S) == {"b", "c"}
