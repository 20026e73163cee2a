"""`feverhub export`: what was kept goes out whole, and other programs read the same numbers."""

import csv
import datetime as dt
import json
import math
import stat
import sys
import time
from dataclasses import replace

import duckdb
import numpy as np
import pyedflib
import pytest

from edge.model.alarm import Alarm, AlarmKey, Condition, Kind, Presence, Priority, Reason
from edge.model.care import Dose, Entry, Stage, Symptoms, hand_device
from edge.model.effect import KeepMotion, KeepReading
from edge.model.evidence import SeizureEvidence
from edge.model.people import Limb
from edge.model.reading import Quantity, Reading, Unit, Validity
from edge.recordings.files import read_motion, read_temperature
from edge.simulation import SENSORS, clip, clonic
from edge.storage.journal import SqliteJournal
from edge.storage.sqlite import SqliteReadingStore
from tests.cli.conftest import CONFIG, feverhub
from tests.support.small_disk import on_a_small_disk

__all__ = ["feverhub"]

BEGIN_S = float(int(time.time())) - 6 * 3600.0
GAP_S = 1800.0
STEP_G = 1 / 4096
BOUT = clip(clonic(3, 60.0), SENSORS["watch"].on(Limb.ANKLE), 3, before_s=60.0, after_s=90.0)
CELSIUS = [(t, round(36.9 + t / 1800.0, 2)) for t in np.arange(0.0, 3600.0, 30.0).tolist()]
FORMATS = ("csv", "parquet", "edf", "fhir")


@pytest.fixture
def home(tmp_path):
    """A hub's folder: a bout, half an hour of silence and the bout again; a fever with an invalid value; a dose."""
    (tmp_path / "credentials").mkdir()
    (tmp_path / "state").mkdir()
    (tmp_path / "feverhub.toml").write_text(CONFIG.format(folder=tmp_path, port=9))
    store = SqliteReadingStore(tmp_path / "state" / "readings.sqlite", boot="this")
    for begin_s in (BEGIN_S, BEGIN_S + GAP_S):
        for i in range(0, len(BOUT.t_s), 26):
            t_s = begin_s + BOUT.t_s[i : i + 26]
            store.keep([KeepMotion("mia", "ankle", "left_ankle", t_s, BOUT.acc_g[i : i + 26], synced=True)])
    store.keep([measured(t_s, celsius) for t_s, celsius in CELSIUS])
    store.keep(
        [
            measured(3600.0, math.nan, Validity.INVALID),
            measured(3000.0, 38.7, device=hand_device("mia", "ear"), place="ear"),
        ]
    )
    store.close()
    journal = SqliteJournal(tmp_path / "state" / "journal.sqlite")
    journal.record([episode(1), episode(2, cleared_s=BEGIN_S + 120.0)], [], BEGIN_S, [DOSE, WITHDRAWN, SEEN])
    journal.close()
    return tmp_path


def episode(sequence, **changes):
    key = AlarmKey(Condition.SEIZURE_LIKE_MOVEMENT, "mia")
    made = Alarm(
        id="mia-1",
        key=key,
        kind=Kind.PHYSIOLOGICAL,
        priority=Priority.HIGH,
        presence=Presence.ON,
        onset_s=BEGIN_S + 60.0,
        raised_s=BEGIN_S + 72.0,
        sequence=sequence,
        reason=Reason.EVIDENCE,
        text="Seizure-like movement",
        evidence=SeizureEvidence(sensors=("ankle",)),
        changed_s=BEGIN_S + 72.0,
    )
    return replace(made, **changes)


def entry(name, what, t_s, **changes):
    when = BEGIN_S + t_s
    return replace(Entry(name, 1, "mia", what, when, "anna", "anna", when), **changes)


DOSE = entry("d1", Dose("Ibuprofen", 5.0, "ml", medicine="Ibuprofen 2 %"), 1200.0)
WITHDRAWN = entry("d2", Dose("Paracetamol", 100.0, "mg"), 1300.0, withdrawn=True)
SEEN = entry("s1", Symptoms(Stage.DURING, eyes="to the left", colour="pale, <b>ü</b>"), 100.0)


def measured(t_s, celsius, validity=Validity.VALID, device="cot", place="axilla"):
    reading = Reading(Quantity.TEMPERATURE, celsius, Unit.CELSIUS, validity, "" if validity == "valid" else "not worn")
    return KeepReading("mia", device, place, reading, BEGIN_S + t_s, synced=True)


def export(feverhub, home, form, name="out", *more):
    out = home / name
    done = feverhub(
        *("export", "--config", home / "feverhub.toml", "--state-dir", home / "state", "--person", "mia"),
        *("--format", form, "--out", out, *more),
    )
    assert done.code == 0, done.err
    return out, done


def analysed(feverhub, motion, *more):
    done = feverhub("analyze", "--motion", motion, "--limb", "left_ankle", "--json", *more)
    assert done.code == 0, done.err
    [report] = [json.loads(line) for line in done.lines]
    return [(each["condition"], round(each["onset_s"] - report["start_s"])) for each in report["conditions"]]


@pytest.mark.parametrize(
    ("form", "motion", "temperature"),
    [
        ("csv", "motion-ankle.csv", "temperature-cot.csv"),
        ("parquet", "motion-ankle.parquet", "temperature-cot.parquet"),
        ("edf", "#LeftAnkle", "#TEMP axilla"),
    ],
)
def test_what_goes_out_comes_back_within_a_step_and_is_judged_alike(feverhub, home, form, motion, temperature):
    out, _ = export(feverhub, home, form)
    files = [out.with_name(out.name + each) if form == "edf" else out / each for each in (motion, temperature)]
    step_g = 32 / 65535 if form == "edf" else 0.0
    track = read_motion(files[0])
    kept = np.round(np.concatenate([BOUT.acc_g, BOUT.acc_g]) / STEP_G) * STEP_G  # as the store has them
    if form != "edf":  # EDF stands on a grid of its own
        assert track.t_s == pytest.approx(np.concatenate([BOUT.t_s, BOUT.t_s + GAP_S]) + BEGIN_S, abs=1e-4)
        np.testing.assert_allclose(track.values, kept, atol=STEP_G)
    assert np.diff(track.t_s).max() == pytest.approx(GAP_S - BOUT.t_s[-1], abs=0.2), "a gap is a gap"
    assert {len(np.unique(axis)) > 50 for axis in track.values.T} == {True}
    assert min(abs(value - kept[:, 2]).min() for value in track.values[:200, 2]) <= step_g + 1e-7
    curve = read_temperature(files[1])
    celsius = dict(zip(np.round(curve.t_s - curve.t_s[0], 1).tolist(), curve.celsius.tolist(), strict=True))
    assert [celsius[t_s] for t_s, _ in CELSIUS] == pytest.approx([each for _, each in CELSIUS], abs=0.001)
    found = analysed(feverhub, files[0], "--temperature", files[1])
    alike = analysed(feverhub, *store_as_csv(home), "--temperature", *fever_as_csv(home))
    assert [name for name, _ in found] == [name for name, _ in alike]
    assert [name for name, _ in found].count("seizure_like_movement") == 2
    assert "fever" in dict(found)
    late_s = [abs(a - b) for (_, a), (_, b) in zip(found, alike, strict=True)]
    assert max(late_s) <= (10 if form == "edf" else 1), "a temperature stands on a grid of 10 s there"


def store_as_csv(home):
    file = home / "bouts.csv"
    t_s = np.concatenate([BOUT.t_s, BOUT.t_s + GAP_S]) + BEGIN_S
    table = np.column_stack([t_s, np.concatenate([BOUT.acc_g, BOUT.acc_g])])
    np.savetxt(file, table, delimiter=",", header="t,x,y,z", comments="", fmt="%.6f")
    return [file]


def fever_as_csv(home):
    file = home / "fever.csv"
    np.savetxt(file, np.add(CELSIUS, [BEGIN_S, 0.0]), delimiter=",", header="t,celsius", comments="", fmt="%.6f")
    return [file]


def test_csv_has_every_reading_exactly_and_an_invalid_one_as_an_empty_cell(feverhub, home):
    out, done = export(feverhub, home, "csv")
    with (out / "temperature-cot.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(float(row["t"]), row["celsius"]) for row in rows] == [
        *((BEGIN_S + t_s, repr(celsius)) for t_s, celsius in CELSIUS),
        (BEGIN_S + 3600.0, ""),
    ]
    assert (rows[-1]["validity"], rows[-1]["reason"]) == ("invalid", "not worn")
    assert float(rows[0]["t"]) == pytest.approx(time_of(rows[0]["time"]), abs=0.001)
    with (out / "diary.csv").open(newline="") as file:
        diary = list(csv.DictReader(file))
    assert [(line["line"], line["withdrawn"]) for line in diary] == [
        ("alarm", "false"),
        ("symptoms", "false"),
        ("dose", "false"),
        ("dose", "true"),
    ]
    assert json.loads(diary[1]["details"])["content"]["colour"] == "pale, <b>ü</b>"
    assert "ankle: 9000 samples" in done.out or f"ankle: {2 * len(BOUT.t_s)} samples" in done.out


def time_of(text):
    return dt.datetime.fromisoformat(text).timestamp()


def test_parquet_is_typed_and_small(feverhub, home):
    out, _ = export(feverhub, home, "parquet")
    samples = duckdb.sql(f"SELECT count(*), min(time), max(x) FROM '{out}/motion-ankle.parquet'").fetchall()[0]
    assert samples[0] == 2 * len(BOUT.t_s)
    assert samples[1].timestamp() == pytest.approx(BEGIN_S + BOUT.t_s[0], abs=0.001)
    nulls = duckdb.sql(f"SELECT count(*) FROM '{out}/temperature-cot.parquet' WHERE celsius IS NULL").fetchall()
    assert nulls == [(1,)]
    dose = duckdb.sql(
        f"SELECT details->>'$.content.amount' FROM '{out}/diary.parquet' WHERE line = 'dose' LIMIT 1"
    ).fetchall()
    assert dose == [("5.0",)]
    assert (out / "motion-ankle.parquet").stat().st_size < 2 * len(BOUT.t_s) * 6
    assert {each.name for each in out.iterdir()} == {
        *("diary.parquet", "export.json", "motion-ankle.parquet"),
        *("temperature-cot.parquet", "temperature-hand_mia_ear.parquet"),
    }


def test_edf_is_read_by_another_program_with_gaps_and_the_diary_as_annotations(feverhub, home):
    out, _ = export(feverhub, home, "edf", "night.edf")
    with pyedflib.EdfReader(str(out)) as edf:
        labels = edf.getSignalLabels()
        assert labels == ["LeftAnkle ACC X", "LeftAnkle ACC Y", "LeftAnkle ACC Z", "TEMP axilla", "TEMP ear"]
        assert (edf.getPatientName(), edf.getBirthdate()) == ("X", "")
        assert edf.getStartdatetime().timestamp() == pytest.approx(BEGIN_S, abs=1.0)
        rate_hz = edf.getSampleFrequency(0)
        x = edf.readSignal(0)
        onsets, durations, texts = edf.readAnnotations()
    said = {text: (onset, length) for onset, length, text in zip(onsets, durations, texts, strict=True)}
    begin_s, length_s = said["no data: LeftAnkle"]
    assert said["seizure_like_movement"] == (60.0, 60.0)
    assert "dose: Ibuprofen 2 % 5 ml" in said
    assert not [text for text in said if "Paracetamol" in text], "withdrawn"
    silent = x[int((BOUT.t_s[-1] + 2.0) * rate_hz) : int((GAP_S - 2.0) * rate_hz)]
    assert np.abs(silent).max() < 32 / 65535, "zero where nothing was sent"
    assert (min(onsets[texts == "no data: LeftAnkle"]), begin_s + length_s >= GAP_S) != (0.0, False)


def test_a_fever_in_fhir_is_one_value_an_hour_with_unit_site_and_what_is_missing(feverhub, home):
    out, _ = export(feverhub, home, "fhir", "mia.json")
    entries = [each["resource"] for each in json.loads(out.read_text())["entry"]]
    kinds = [each["resourceType"] for each in entries]
    assert {"Patient": 1, "Device": 2, "MedicationAdministration": 1}.items() <= {
        k: kinds.count(k) for k in kinds
    }.items()
    warm = [each for each in entries if each.get("meta", {}).get("profile")]
    by_hand = [each for each in warm if each["note"][0]["text"] == "taken by hand"]
    assert [each["valueQuantity"]["value"] for each in by_hand] == [38.7]
    worn = [each for each in warm if each not in by_hand and "valueQuantity" in each]
    assert max(each["valueQuantity"]["value"] for each in worn) == max(celsius for _, celsius in CELSIUS)
    assert {json.dumps(each["valueQuantity"] | {"value": 0}) for each in warm if "valueQuantity" in each} == {
        json.dumps({"value": 0, "unit": "°C", "system": "http://unitsofmeasure.org", "code": "Cel"})
    }
    [dose] = [each for each in entries if each["resourceType"] == "MedicationAdministration"]
    assert (dose["dosage"]["dose"]["value"], dose["dosage"]["dose"]["code"]) == (5.0, "mL")
    assert len({each["id"] for each in entries}) == len(entries)
    assert b"Ibuprofen" in out.read_bytes()
    assert b"Paracetamol" not in out.read_bytes()


@pytest.mark.parametrize("form", FORMATS)
def test_it_is_readable_by_its_owner_alone_and_nothing_is_overwritten(feverhub, home, form):
    out, _ = export(feverhub, home, form)
    assert stat.S_IMODE(out.stat().st_mode) in (0o700, 0o600)
    before = sorted(home.iterdir())
    done = feverhub(*again(home, form, out))
    assert (done.code, "there is such a file or folder already" in done.err) == (1, True)
    assert sorted(home.iterdir()) == before


@pytest.mark.parametrize("form", FORMATS)
def test_a_full_stick_leaves_nothing_behind_and_a_sentence(home, form):
    small = home / "stick"
    small.mkdir()
    command = [sys.executable, "-m", "edge", *map(str, again(home, form, small / "out"))]
    done = on_a_small_disk(small, *command, size="4k")
    assert (done.returncode, done.stdout.strip()) == (1, "")
    assert "cannot be written" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def again(home, form, out):
    config = ("--config", home / "feverhub.toml", "--state-dir", home / "state", "--person", "mia")
    return ("export", *config, "--format", form, "--out", out)


@pytest.mark.parametrize(
    ("more", "refused"),
    [
        (("--person", "mio"), "there is no person 'mio' in the configuration, did you mean 'mia'?"),
        (("--since", "2h", "--until", "2020-01-01"), "--until is not later than --since"),
        (("--since", "2020-01-01", "--until", "2020-02-01"), "nothing was kept of mia in that time"),
    ],
)
def test_what_cannot_be_exported_is_refused_in_a_sentence(feverhub, home, more, refused):
    done = feverhub(*again(home, "csv", home / "out"), *more)
    assert done.code != 0
    assert refused in done.err
    assert not (home / "out").exists()


@pytest.mark.parametrize("form", ["csv", "parquet", "edf"])
def test_a_file_cut_in_half_is_refused_in_a_sentence(feverhub, home, form):
    out, _ = export(feverhub, home, form)
    file = out if form == "edf" else out / f"motion-ankle.{form}"
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2 - 1])
    done = feverhub("analyze", "--motion", file, "--json")
    if form == "csv":  # half a table is a shorter table, but for the line that was cut
        assert done.code in (0, 1)
    else:
        assert done.code == 1
        assert done.err.startswith("feverhub: ")
        assert file.name in done.err
