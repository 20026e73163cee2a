"""The words of `feverhub status`: for a parent, what rings first, each alarm once, with what to do."""

import datetime as dt

import pytest

from edge.app.client.status import overview
from edge.cli.watch import _lines
from tests.support.evenings import alarm, kept

NOW_S = dt.datetime(2027, 1, 15, 21, 0, tzinfo=dt.UTC).timestamp()
NAMES = {"mia": "Mia"}
FEVER = alarm("fever", "physiological", text="Mia: 38.9 °C, limit 37.5 °C, since 20:40", id="e-1")
SILENT = alarm("no_data", text="Not watching Mia: nothing heard from ankle", guidance="Look at her.", id="e-2")
DEAF = {"person": "mia", "device": "ankle", "reason": "nothing heard"}


def said(*, technical=False, **changes):
    return list(_lines(overview("home", kept("home", NOW_S, **changes), NOW_S), NAMES, technical=technical))


def test_a_quiet_evening_names_the_child_and_says_that_nothing_stands():
    lines = said()
    assert lines[0] == "ok    hub home: runs"
    assert "ok    watching Mia: patch" in lines
    assert any(line.startswith("      patch: 37.1 °C, ") for line in lines)
    assert "      no alarm stands" in lines
    assert lines[-1] == "      on watch: Anna"
    assert not any("mia" in line for line in lines)


def test_what_rings_stands_first_the_child_before_the_sensor_and_each_once():
    lines = said(alarm={"mia/alarm/no_data/ankle": SILENT, "mia/alarm/fever": FEVER}, health={"not_watched": [DEAF]})
    assert lines[:3] == [
        "alarm Mia: 38.9 °C, limit 37.5 °C, since 20:40",
        "alarm Not watching Mia: nothing heard from ankle",
        "      Look at her.",
    ]
    assert sum("nothing heard from ankle" in line for line in lines) == 1
    assert "      no alarm stands" not in lines


def test_a_high_alarm_is_in_capitals_and_its_film_stands_under_it():
    film = {**alarm("seizure_like_movement", "physiological", "high"), "evidence": {"film": "http://cam/clip.mp4"}}
    lines = said(alarm={"mia/alarm/seizure_like_movement": film})
    assert lines[:2] == ["ALARM T seizure_like_movement", "      film: http://cam/clip.mp4"]


@pytest.mark.parametrize("evidence", [None, {}, "x", [1], {"film": None}, {"film": "\x1b[2Jhttp://cam"}])
def test_whatever_stands_as_evidence_nothing_reaches_the_terminal_but_text(evidence):
    lines = said(alarm={"mia/alarm/fever": {**FEVER, "evidence": evidence}})
    assert all(line.isprintable() for line in lines)
    assert lines[0].startswith("alarm Mia: 38.9")


def test_what_is_quiet_says_until_when_by_the_clock():
    until = dt.datetime.fromtimestamp(NOW_S, dt.UTC).astimezone() + dt.timedelta(minutes=30)
    quiet = {**FEVER, "reason": "snoozed", "silent_until": until.isoformat(timespec="milliseconds")}
    [line] = [line for line in said(alarm={"mia/alarm/fever": quiet}) if line.startswith("quiet")]
    assert line.startswith("quiet fever (snoozed) until ")
    assert line.endswith(f"{until:%H:%M}")
    assert "." not in line, "no milliseconds"


def test_identifiers_and_milliseconds_are_for_who_asks():
    assert not any("[e-1]" in line for line in said(alarm={"mia/alarm/fever": FEVER}))
    lines = said(technical=True, alarm={"mia/alarm/fever": FEVER})
    assert lines[0].endswith(" [e-1]")
    assert any("2027-01-15T21:00:00" in line for line in lines)


def test_a_hub_that_does_not_run_minds():
    lines = said(status="offline")
    assert lines[:2] == ["MIND  hub home: does not run", "MIND  the hub is not running"]
