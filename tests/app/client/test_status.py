"""What a caregiver is told of the whole: from retained topics to sentences."""

from dataclasses import replace

import pytest

from edge.app.client import readiness
from edge.app.client.status import overview
from edge.config import Config
from edge.model.people import Caregiver, Device, Limb, Role, Site
from tests.support.evenings import DAY_S, FAULTS, GONE, alarm, kept, stamp

NOW_S = 1_800_000_000.0
CONFIG = Config(
    devices=(Device("patch", "p", "mia", site=Site.AXILLA), Device("ankle", "b", "mia", limb=Limb.ANKLE)),
    caregivers=(Caregiver("anna", "Anna"), Caregiver("oma", "Irena", role=Role.VIEWER)),
)


def seen(**changes):
    return overview("home", kept("home", NOW_S, **changes), NOW_S)


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
    broken = dict.fromkeys(kept("home", NOW_S), b"\xff{") | {"feverhub/home/pauses": b'{"pauses": 5}'}
    assert overview("home", broken, NOW_S).trouble == ("the hub is not running",)


def bad(**changes):
    return [each.sentence for each in readiness.findings(CONFIG, seen(**changes), NOW_S) if not each.good]


def test_a_good_night_is_one_sentence_for_each_part():
    found = readiness.findings(CONFIG, seen(), NOW_S)
    assert [(each.subject, each.good, each.sentence) for each in found] == [
        ("patch", True, "patch is heard, and its battery has 80 %."),
        ("ankle", True, "ankle is there; it tells nothing of its battery."),
        ("clock", True, "The clock is set."),
        ("broker", True, "The broker answers, and the hub is connected to it."),
        ("anna", True, "Anna answered a test 2 days ago, within 3.1 s."),
        ("sounder", True, "The sounder played its test a day ago."),
    ]


def test_how_much_of_the_night_was_listened_to_is_said():
    found = readiness.findings(CONFIG, seen(health={"listened_percent": {"ankle": 97}}), NOW_S)
    [ankle] = [each.sentence for each in found if each.subject == "ankle"]
    assert ankle.endswith("A convulsion would have been noticed for 97 % of the last 12 hours.")


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.what)
def test_what_a_night_may_fail_by_is_one_sentence(fault):
    (sentence,) = bad(**fault.changes(NOW_S))
    assert sentence.startswith(fault.sentence)
    assert sentence.endswith(".")


def test_amber_is_who_was_not_proven_lately():
    rows = [
        {"id": "a", "last_proof": stamp(NOW_S - 29 * DAY_S)},
        {"id": "b", "last_proof": stamp(NOW_S - 31 * DAY_S)},
        {"id": "c", "last_proof": None},
    ]
    assert readiness.amber(rows, NOW_S) == {"b", "c"}


def drilled(**changes):
    drill = {
        "due": "2030-01-01T00:00:00Z",
        "began": stamp(NOW_S - 3 * DAY_S),
        "over": True,
        "broken_off": False,
        "results": [{"caregiver": CONFIG.caregivers[0].id, "rang_s": 4.0, "answered_s": 20.0}],
    } | changes
    found = readiness.findings(CONFIG, replace(seen(), drill=drill), NOW_S)
    return [each for each in found if "rill" in each.sentence]


def test_the_last_drill_of_each_is_part_of_the_check():
    [finding] = drilled()
    assert finding.good
    assert "rang after 4 s, answered after 20 s" in finding.sentence


def test_an_unanswered_drill_and_one_that_is_due_are_minded():
    unanswered = [{"caregiver": CONFIG.caregivers[0].id, "rang_s": 4.0, "answered_s": None}]
    found = drilled(results=unanswered, due="2020-01-01T00:00:00Z")
    assert [each.good for each in found] == [False, False]
    assert "did NOT answer the drill 3 days ago" in found[0].sentence


def test_a_drill_that_a_real_alarm_broke_off_blames_nobody():
    assert drilled(broken_off=True) == []
