"""`feverhub journal`: what a person and a program read, also where something is missing or damaged."""

import datetime as dt
import json
import sqlite3
import time
from dataclasses import replace
from pathlib import Path

import pytest

from edge.cli.journal import in_words
from edge.model.alarm import Alarm, AlarmKey, Condition, Kind, Presence, Priority, Reason
from edge.model.care import Dose, Entry, ManualReading, Remark, Stage, Symptoms
from edge.model.effect import KeepReading
from edge.model.evidence import FaultEvidence, SeizureEvidence, TemperatureEvidence
from edge.model.people import Site
from edge.model.reading import Quantity, Reading, Unit, Validity
from edge.storage import journal_tables
from edge.storage.database import Database
from edge.storage.journal import SqliteJournal
from edge.storage.sqlite import SqliteReadingStore

NOW_S = float(int(time.time()))
NOON_S = NOW_S - 7200.0


REGULAR = "regularity 0.72 of 1, 2.6 to 1.4 a second, during: wetting, colour: pale"


def at(minutes):
    return NOON_S + 60.0 * minutes


def warm(minutes, celsius, **more):
    fields = {
        "device": "patch",
        "place": "axilla",
        "quantity": Quantity.TEMPERATURE,
        "validity": Validity.VALID,
        **more,
    }
    reading = Reading(fields["quantity"], celsius, Unit.CELSIUS, fields["validity"])
    return KeepReading("mia", fields["device"], fields["place"], reading, at(minutes), True)


@pytest.fixture
def state(tmp_path):
    """A hub's folder: a fever that is over, a movement, a dose, and what the patch measured."""
    folder = tmp_path / "state"
    folder.mkdir()
    journal = SqliteJournal(folder / "journal.sqlite")
    fever = Alarm(
        *("mia-fever-1-1", AlarmKey(Condition.FEVER, "mia"), Kind.PHYSIOLOGICAL, Priority.MEDIUM, Presence.ON),
        *(at(0), at(10), 1, Reason.DELAY_OVER, None, 37.8, 37.5, "Cel", "Mia: 37.8 °C"),
        evidence=TemperatureEvidence(sensors=("patch",)),
        changed_s=at(10),
    )
    seizure = Alarm(
        *("mia-s-2-1", AlarmKey(Condition.SEIZURE_LIKE_MOVEMENT, "mia"), Kind.PHYSIOLOGICAL, Priority.HIGH),
        *(Presence.ON, at(30), at(30.2), 2, Reason.EVIDENCE),
        evidence=SeizureEvidence(sensors=("ankle",), regularity=0.72, rate_hz=(2.6, 1.4)),
        changed_s=at(30.2),
    )
    answered = replace(
        seizure, presence=Presence.ACK, reason=Reason.AWAKE, attended_by="anna", changed_s=at(31), sequence=3
    )
    ended = replace(
        answered, presence=Presence.OFF, reason=Reason.EVIDENCE_ENDED, cleared_s=at(32), changed_s=at(32), sequence=4
    )
    cool = replace(
        fever, presence=Presence.OFF, reason=Reason.EVIDENCE_ENDED, cleared_s=at(100), changed_s=at(100), sequence=5
    )
    for alarm in (fever, seizure, answered, ended, cool):
        journal.record([alarm], [], alarm.changed_s)
    dose = Entry(
        *("d1", 1, "mia", Dose("Ibuprofen", 5.0, "ml", "fever", medicine="Ibuprofen"), at(40), "anna", "anna", at(41)),
        reply="written down: ...",
        next_s=at(400),
    )
    entries = [
        dose,
        replace(dose, version=2, what=Dose("Ibuprofen", 2.5, "ml", "fever", medicine="Ibuprofen"), caregiver="tom"),
        Entry("s1", 1, "mia", Symptoms(Stage.DURING, True, colour="pale"), at(31), "anna", "anna", at(50)),
        Entry("t1", 1, "mia", ManualReading(39.1, Site.EAR, "Braun"), at(45), "tom", "tom", at(45)),
        Entry("r1", 1, "max", Remark("sleeps"), at(50), "tom", "tom", at(50), withdrawn=True),
    ]
    journal.record([], [], at(60), entries)
    journal.close()
    store = SqliteReadingStore(folder / "readings.sqlite")
    store.keep([warm(minute, 38.0 + 0.01 * minute) for minute in range(100)])
    store.keep([warm(29.5, 20.0, validity=Validity.INVALID), warm(60, 39.9, device="hand_mia_ear", place="ear")])
    store.keep([warm(30, 33.0, device="ankle", place="left_ankle", quantity=Quantity.SKIN_TEMPERATURE)])
    store.close()
    return folder


def test_a_program_reads_every_line_in_the_order_of_time(feverhub, config, state):
    done = feverhub("journal", "-c", config, "--state-dir", state, "--json")
    assert (done.code, done.err) == (0, "")
    lines = [json.loads(line) for line in done.lines]
    assert [line["line"] for line in lines] == [
        *("alarm", "alarm", "answer", "symptoms", "dose", "temperature", "remark"),
    ]
    fever, seizure, answer, symptoms, dose, hand, remark = lines
    assert {line["schema"] for line in lines} == {1}
    assert (fever["condition"], fever["duration_s"]) == ("fever", 6000.0)
    assert (fever["highest"]["celsius"], fever["highest"]["device"]) == (38.99, "patch")
    assert (seizure["duration_s"], seizure["evidence"]["regularity"]) == (120.0, 0.72)
    assert seizure["temperature_then"]["celsius"] == 38.3
    assert seizure["temperature_then"]["site"] == "axilla"
    assert (seizure["places"], seizure["symptoms"]) == (["left_ankle"], ["during: wetting, colour: pale"])
    assert (answer["answer"], answer["by"], answer["after_s"]) == ("awake", "anna", 48.0)
    assert symptoms["content"]["colour"] == "pale"
    assert (dose["by"], dose["content"]["amount"]) == ("anna", 2.5)
    assert dose["temperature_then"]["celsius"] == 38.4
    assert dose["lowest_in_4_h"]["celsius"] == 38.4
    assert [(each["version"], each["by"], each["content"]["amount"]) for each in dose["versions"]] == [
        (1, "anna", 5.0),
        (2, "tom", 2.5),
    ]
    assert dt.datetime.fromisoformat(dose["next_allowed"]).timestamp() == at(400)
    assert hand["content"] == {"celsius": 39.1, "site": "ear", "method": "Braun"}
    assert (remark["person"], remark["withdrawn"]) == ("max", True)


def test_a_worn_sensor_is_told_from_a_reading_by_hand_whatever_it_is_called(feverhub, config, state):
    store = SqliteReadingStore(state / "readings.sqlite")
    store.keep([warm(40.01, 37.7, device="hand_left"), warm(40.012, 39.9, device="hand_mia_ear", place="ear")])
    store.close()
    done = feverhub("journal", "-c", config, "--state-dir", state, "--json")
    (dose,) = [line for line in map(json.loads, done.lines) if line["line"] == "dose"]
    assert (dose["temperature_then"]["device"], dose["lowest_in_4_h"]["celsius"]) == ("hand_left", 37.7)


def test_each_line_has_the_time_that_the_familys_clock_showed_then(feverhub, config, tmp_path, monkeypatch):
    """Summer time or not: that of the moment, whatever it is today."""
    monkeypatch.setattr("edge.app.load.zone.LOCALTIME", Path("/usr/share/zoneinfo/Europe/Berlin"))
    journal = SqliteJournal(tmp_path / "journal.sqlite")
    months = {month: dt.datetime(2026, month, 15, 12, tzinfo=dt.UTC).timestamp() for month in (1, 7)}
    remarks = [
        Entry(f"r{month}", 1, "mia", Remark("sleeps"), at_s, "tom", "tom", at_s) for month, at_s in months.items()
    ]
    journal.record([], [], NOW_S, remarks)
    journal.close()
    done = feverhub("journal", "-c", config, "--state-dir", tmp_path, "--since", "2026-01-01", "--json")
    assert [json.loads(line)["time"][11:] for line in done.lines] == ["13:00:00.000+01:00", "14:00:00.000+02:00"]


def test_an_alarm_during_which_the_clock_was_set_back_has_no_length(feverhub, config, state):
    journal = SqliteJournal(state / "journal.sqlite")
    (fever,) = [alarm for alarm in journal.latest() if alarm.key.condition is Condition.FEVER]
    again = replace(fever, id="later", onset_s=at(90), raised_s=at(91), cleared_s=at(40), changed_s=at(95), sequence=9)
    journal.record([again], [], at(95))
    journal.close()
    lines = map(json.loads, feverhub("journal", "-c", config, "--state-dir", state, "--json").lines)
    (line,) = [line for line in lines if line.get("id") == "later"]
    assert (line["ended"] is None, line["duration_s"]) == (False, None)
    said = feverhub("journal", "-c", config, "--state-dir", state).lines
    assert [each[18:].startswith("Mia: fever, patch (axilla)") for each in said if "fever, patch" in each] == [True]


def test_a_person_reads_a_line_each(feverhub, config, state):
    done = feverhub("journal", "-c", config, "--state-dir", state)
    warmth = f"at 38.4 °C (axilla {clock(40)}), lowest in 4 h 38.4 °C (axilla {clock(40)})"
    assert [line[18:] for line in done.lines] == [
        f"Mia: fever, for 1 h 40 min, patch (axilla), highest 39.0 °C (axilla {clock(99)})",
        f"Mia: seizure-like movement, for 2 min 00 s, ankle (left ankle), at 38.3 °C (axilla {clock(30)}), {REGULAR}",
        "  Anna: awake (seizure-like movement)",
        "Mia: symptoms: during: wetting, colour: pale, by Anna",
        f"Mia: dose: Ibuprofen 2.5 ml, by Anna, for fever, next by plan {day(400)}, {warmth}, changed 1 times",
        "Mia: temperature: 39.1 °C, ear, Braun, by tom",
        "max: WITHDRAWN remark: sleeps, by tom",
    ]


def clock(minutes):
    return f"{dt.datetime.fromtimestamp(at(minutes)):%H:%M}"  # noqa: DTZ006  the computer's own zone is what is shown


def day(minutes):
    return f"{dt.datetime.fromtimestamp(at(minutes)):%a %H:%M}"  # noqa: DTZ006


def test_of_one_person_and_since_a_moment(feverhub, config, state):
    done = feverhub("journal", "-c", config, "--state-dir", state, "--person", "max", "--json")
    assert [json.loads(line)["line"] for line in done.lines] == ["remark"]
    done = feverhub("journal", "-c", config, "--state-dir", state, "--since", "1h", "--json")
    assert {json.loads(line)["line"] for line in done.lines} == {"alarm"}, "the fever ended, or was changed, since then"
    done = feverhub("journal", "-c", config, "--state-dir", state, "--since", "2100-01-01")
    assert done.lines == ["nothing since 01 Jan 2100 00:00"]


def test_a_person_who_is_nobody_is_an_error(feverhub, config, state):
    done = feverhub("journal", "-c", config, "--state-dir", state, "--person", "moa")
    assert (done.code, done.out) == (3, "")
    assert "there is no person 'moa' in the configuration, did you mean 'mia'?" in done.err


def test_since_an_hour_holds_nothing_that_was_over_before(feverhub, config, state):
    """The movement ended 88 minutes ago, the fever 20."""
    done = feverhub("journal", "-c", config, "--state-dir", state, "--since", "1h", "--json")
    lines = [json.loads(line) for line in done.lines]
    assert [line["condition"] for line in lines] == ["fever"]
    everything = feverhub("journal", "-c", config, "--state-dir", state, "--since", "1d", "--json")
    assert len(everything.lines) == 7


def test_what_is_technical_is_shown_on_request_without_the_hubs_own_names(feverhub, config, state):
    journal = SqliteJournal(state / "journal.sqlite")
    key = AlarmKey(Condition.HUB_DEGRADED)
    failed = Alarm(
        *("hub-1", key, Kind.TECHNICAL, Priority.MEDIUM, Presence.OFF, at(50), at(50), 9, Reason.EVIDENCE, at(50.8)),
        evidence=FaultEvidence(sensors=("*sounder",), detail="no loudspeaker was found"),
        changed_s=at(51),
    )
    journal.record([failed], [], at(51))
    journal.close()
    plain = feverhub("journal", "-c", config, "--state-dir", state)
    assert "hub degraded" not in plain.out
    assert plain.err == "1 technical line left out; --technical shows them\n"
    shown = feverhub("journal", "-c", config, "--state-dir", state, "--technical")
    [line] = [line for line in shown.lines if "hub degraded" in line]
    assert line[18:] == "hub degraded, for 48 s, no loudspeaker was found"


@pytest.mark.parametrize("since", ["yesterday", "3", "3w", "-1d", "2026-13-01", "999999d", ""])
def test_a_moment_that_is_none(feverhub, config, state, since):
    done = feverhub("journal", "-c", config, "--state-dir", state, f"--since={since}")
    assert done.code == 2
    assert "--since" in done.err


def test_without_a_journal_it_says_so(feverhub, config, tmp_path):
    done = feverhub("journal", "-c", config, "--state-dir", tmp_path / "none")
    assert (done.code, done.out) == (1, "")
    assert "there is no journal here; the hub has not run with this state folder" in done.err


def test_without_readings_the_diary_is_shown_and_what_is_missing_is_said(feverhub, config, state):
    (state / "readings.sqlite").unlink()
    done = feverhub("journal", "-c", config, "--state-dir", state)
    assert done.code == 0
    assert len(done.lines) == 7
    assert done.err.startswith("temperatures are left out: ")


def test_damaged_rows_are_left_out_and_counted_and_the_rest_is_shown(feverhub, config, state):
    whole = feverhub("journal", "-c", config, "--state-dir", state, "--json")
    plain = sqlite3.connect(state / "journal.sqlite")
    with plain:
        plain.execute("UPDATE change SET state = CAST(x'ff' AS BLOB) WHERE alarm_id = 'mia-fever-1-1'")
        plain.execute("UPDATE entry SET happened_s = 1e300 WHERE id = 'd1'")
        plain.execute("UPDATE entry SET what = CAST('{}' AS BLOB) WHERE id = 't1'")
    plain.close()
    done = feverhub("journal", "-c", config, "--state-dir", state, "--json")
    assert done.code == 0
    assert "5 rows of the journal cannot be read and are left out" in done.err
    lost = {"fever", "dose", "temperature"}
    kept = [line for line in whole.lines if json.loads(line).get("condition", json.loads(line)["line"]) not in lost]
    assert done.lines == kept


def test_a_damaged_journal_is_one_sentence(feverhub, config, state):
    (state / "journal.sqlite").write_bytes(b"x" * 8192)
    done = feverhub("journal", "-c", config, "--state-dir", state)
    assert done.code == 1
    assert "journal.sqlite cannot be used: it is damaged" in done.err


def test_a_journal_of_the_release_before_has_no_entries(feverhub, config, tmp_path):
    Database(tmp_path / "journal.sqlite", journal_tables.SCHEMA[:1]).close()
    done = feverhub("journal", "-c", config, "--state-dir", tmp_path, "--json")
    assert (done.code, done.out) == (0, "")


def test_the_film_of_an_episode_stands_in_its_line():
    line = {
        "line": "alarm",
        "time": "2027-01-15T21:00:00+00:00",
        "person": "mia",
        "condition": "seizure_like_movement",
        "ended": None,
        "duration_s": None,
        "sensors": [],
        "places": [],
        "false_alarm": False,
        "evidence": {"film": "http://cam/clip.mp4\x1b[2J"},
    }
    assert in_words(line, {"mia": "Mia"}).endswith(
        "Mia: seizure-like movement, not over, film: http://cam/clip.mp4?[2J"
    )
