"""`feverhub import`: a new hub has what another one exported, once, and nothing of what was cut, foreign or another's.

That a file imported again doubles its rows is what others were told of: barcradio/ultra-tracker#325,
herrerad85/tallybook#309, otherworld-dev/Budget#327 (whose switch to leave out what is known did nothing).
"""

import json
import shutil
import sqlite3
from contextlib import closing

import numpy as np
import pytest

from edge.exports import manifest
from edge.host import lock
from edge.model.effect import KeepMotion, KeepReading
from edge.model.reading import Quantity, Reading, Unit
from edge.storage.journal import SqliteJournal
from edge.storage.sqlite import SqliteReadingStore
from tests.cli.conftest import CONFIG, feverhub
from tests.exports.test_exports import BEGIN_S, BOUT, CELSIUS, export, home

__all__ = ["feverhub", "home"]

SAMPLES = 2 * len(BOUT.t_s)
READINGS = len(CELSIUS) + 2


@pytest.fixture
def new_hub(tmp_path):
    """Options of the command line for a hub that has heard nothing yet."""
    folder = tmp_path / "new"
    (folder / "credentials").mkdir(parents=True)
    (folder / "state").mkdir()
    (folder / "feverhub.toml").write_text(CONFIG.format(folder=folder, port=9))
    return ("--config", folder / "feverhub.toml", "--state-dir", folder / "state"), folder / "state"


def bring(feverhub, options, *files, person="mia"):
    done = feverhub("import", *options, "--person", person, "--json", *files)
    return done, json.loads(done.out) if done.code == 0 else None


def rows(folder):
    with closing(sqlite3.connect(folder / "readings.sqlite")) as db:
        return [db.execute(f"SELECT * FROM {table}").fetchall() for table in ("stream", "reading", "motion")]


def onsets(feverhub, options):
    done = feverhub("analyze", "--from-store", "--since", "1d", *options)
    assert done.code == 0, done.err
    [report] = [json.loads(line) for line in done.lines]
    return [(each["condition"], round(each["onset_s"])) for each in report["conditions"]], report


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_new_hub_has_the_same_numbers_and_judges_them_alike(feverhub, home, new_hub, form):
    out, _ = export(feverhub, home, form)
    options, state = new_hub
    done, said = bring(feverhub, options, out)
    assert done.code == 0, done.err
    assert (said["samples"], said["readings"], said["entries"], said["known"]) == (SAMPLES, READINGS, 3, 0)
    journals = [SqliteJournal(folder / "journal.sqlite") for folder in (home / "state", state)]
    assert sorted(journals[1].entries(9), key=str) == sorted(journals[0].entries(9), key=str)
    assert (journals[1].latest(), journals[1].left_out) == ([], 0), "an alarm is the other hub's own"
    for journal in journals:
        journal.close()
    one, other = (SqliteReadingStore(folder / "readings.sqlite", read_only=True) for folder in (home / "state", state))
    before, after = (
        [
            (each.wall_s, each.device, each.place, each.reading)
            for each in store.readings("mia", Quantity.TEMPERATURE, 0, 4e9)
        ]
        for store in (one, other)
    )
    assert [each[:3] for each in after] == [each[:3] for each in before]
    assert repr(after) == repr(before)
    tracks = [np.concatenate([each.values for each in store.motion("ankle", 0, 4e9)]) for store in (one, other)]
    np.testing.assert_array_equal(*tracks)
    times = [np.concatenate([each.wall_s for each in store.motion("ankle", 0, 4e9)]) for store in (one, other)]
    np.testing.assert_allclose(*times, atol=2e-4)
    one.close()
    other.close()
    found, report = onsets(feverhub, options)
    alike, _ = onsets(feverhub, ("--config", home / "feverhub.toml", "--state-dir", home / "state"))
    assert found == alike
    assert ("seizure_like_movement", round(BEGIN_S) + 60) in [(name, at) for name, at in found] or len(found) >= 2
    assert [note for note in report["notes"] if "imported, at least in part, from out " in note]


def test_edf_comes_in_within_its_step_and_on_its_grid(feverhub, home, new_hub):
    out, _ = export(feverhub, home, "edf", "night.edf")
    options, state = new_hub
    done, said = bring(feverhub, options, out)
    assert done.code == 0, done.err
    assert abs(said["samples"] - SAMPLES) < 0.005 * SAMPLES, "on a grid of its own rate"
    store = SqliteReadingStore(state / "readings.sqlite", read_only=True)
    assert store.devices("mia") == ["ankle", "cot", "hand_mia_ear"]
    assert next(iter(store.motion("ankle", 0, 4e9))).place == "left_ankle"
    first = next(iter(store.readings("mia", Quantity.TEMPERATURE, 0, 4e9)))
    assert (first.device, first.place, first.wall_s, first.reading.value) == ("cot", "axilla", BEGIN_S, 36.9)
    store.close()
    assert [name for name, _ in onsets(feverhub, options)[0]].count("seizure_like_movement") == 2


@pytest.mark.parametrize("again", ["csv", "parquet", "edf"])
def test_twice_is_once_in_whichever_format(feverhub, home, new_hub, again):
    options, state = new_hub
    first, _ = export(feverhub, home, "csv")
    bring(feverhub, options, first)
    before = rows(state)
    second, _ = export(feverhub, home, again, "again")
    done, said = bring(feverhub, options, first, second)
    assert done.code == 0, done.err
    assert (said["samples"], said["readings"], said["entries"]) == (0, 0, 0)
    assert said["known"] > SAMPLES
    assert rows(state) == before


def test_into_the_hub_that_has_it_nothing_is_taken_and_what_it_lost_comes_back(feverhub, home):
    options = ("--config", home / "feverhub.toml", "--state-dir", home / "state")
    out, _ = export(feverhub, home, "csv")
    assert bring(feverhub, options, out)[1]["samples"] == 0
    with closing(sqlite3.connect(home / "state" / "readings.sqlite")) as db, db:
        lost = db.execute("DELETE FROM motion WHERE start_s > ?", (BEGIN_S + 1000.0,)).rowcount
    assert lost > 20
    assert bring(feverhub, options, out)[1]["samples"] == len(BOUT.t_s)


def test_nothing_of_it_is_an_alarm_and_a_running_hub_is_no_hindrance(feverhub, home, new_hub):
    out, _ = export(feverhub, home, "csv")
    options, state = new_hub
    SqliteReadingStore(state / "readings.sqlite").close()
    SqliteJournal(state / "journal.sqlite").close()
    with lock.held(state):
        assert bring(feverhub, options, out)[0].code == 0
    journal = SqliteJournal(state / "journal.sqlite")
    assert (journal.latest(), journal.pending(9), journal.sequence()) == ([], [], 0)
    journal.close()


def cut(out):
    file = out / "motion-ankle.csv"
    file.write_bytes(file.read_bytes()[:-40_000])


def changed(out):
    file = out / "temperature-cot.csv"
    file.write_text(file.read_text().replace("36.9,", "39.9,", 1))


def of_another(out):
    file = out / "export.json"
    file.write_text(file.read_text().replace('"mia"', '"ben"'))


def foreign(out):
    (out / "export.json").unlink()


def damaged_list(out):
    (out / "export.json").write_text('{"schema": 1')


def newer(out):
    file = out / "export.json"
    file.write_text(file.read_text().replace('"schema": 1', '"schema": 2'))


def outside(out):
    file = out / "export.json"
    shutil.copy(out / "motion-ankle.csv", out.parent / "motion-ankle.csv")
    file.write_text(file.read_text().replace('"motion-ankle.csv"', '"../motion-ankle.csv"'))


def changed_diary(out):
    file = out / "diary.csv"
    file.write_text(file.read_text().replace("Ibuprofen", "Paracetamol"))


def missing(out):
    (out / "temperature-cot.csv").unlink()


def true_list(out):
    """Whoever changes a table can also put its new checksum beside it."""
    file = out / "export.json"
    said = json.loads(file.read_text())
    for name, table in said["files"].items():
        table["sha256"] = manifest.checksum(out / name)
    file.write_text(json.dumps(said))


def impossible(out):
    file = out / "temperature-cot.csv"
    file.write_text(file.read_text().replace("36.9,", "61.5,", 1))
    true_list(out)


def nothing(out):
    file = out / "temperature-cot.csv"
    file.write_text(file.read_text().replace(",36.9,", ",nan,", 1))
    true_list(out)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (impossible, "cannot be valid"),
        (nothing, "cannot be valid"),
        (cut, "was cut or changed since it was exported"),
        (changed, "was cut or changed since it was exported"),
        (of_another, "is of 'ben', and --person is 'mia'"),
        (foreign, "this is no export of feverhub"),
        (damaged_list, "cannot be read"),
        (newer, "was written by a newer feverhub"),
        (outside, "this is no export of feverhub"),
        (changed_diary, "was cut or changed since it was exported"),
        (missing, "cannot be read"),
    ],
)
def test_what_is_cut_foreign_or_anothers_is_refused_in_a_sentence_and_nothing_changes(
    feverhub, home, new_hub, spoil, said
):
    good, _ = export(feverhub, home, "csv", "good")
    bad, _ = export(feverhub, home, "csv", "bad")
    spoil(bad)
    options, state = new_hub
    SqliteReadingStore(state / "readings.sqlite").close()
    before = rows(state)
    done, _ = bring(feverhub, options, good, bad)
    assert (done.code, said in done.err) == (1, True), done.err
    assert len([line for line in done.err.splitlines() if str(bad) in line and not line.endswith("checking")]) == 1
    assert rows(state) == before


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda data: data[:-5_000], "was cut: its header tells of"),
        (lambda data: data.replace(b"child_", b"chilx_"), "is of another child"),
        (lambda data: data.replace(b"utc_", b"utx_"), "was not exported by feverhub"),
        (lambda data: data[:300], "not readable as EDF"),
        (lambda data: data[:252] + b"abcd" + data[256:], "not readable as EDF"),
    ],
)
def test_a_spoilt_edf_is_refused_in_a_sentence(feverhub, home, new_hub, spoil, said):
    out, _ = export(feverhub, home, "edf", "night.edf")
    out.write_bytes(spoil(out.read_bytes()))
    done, _ = bring(feverhub, new_hub[0], out)
    assert (done.code, said in done.err) == (1, True), done.err
    assert not (new_hub[1] / "readings.sqlite").exists()


def test_an_edf_of_another_program_is_refused(feverhub, new_hub, tmp_path):
    import edfio

    file = tmp_path / "other.edf"
    edfio.Edf([edfio.EdfSignal(np.zeros(520), 52.0, label="ankle ACC X", physical_dimension="g")]).write(file)
    done, _ = bring(feverhub, new_hub[0], file)
    assert (done.code, "was not exported by feverhub" in done.err) == (1, True), done.err


def test_a_stranger_is_no_person_of_this_hub(feverhub, home, new_hub):
    out, _ = export(feverhub, home, "csv")
    done, _ = bring(feverhub, new_hub[0], out, person="ben")
    assert (done.code, "there is no person 'ben'" in done.err) == (3, True)


def test_an_import_that_was_broken_off_goes_on_where_it_was(feverhub, home, new_hub, monkeypatch):
    out, _ = export(feverhub, home, "csv")
    options, state = new_hub
    monkeypatch.setattr("edge.recordings.exported.PIECE_ROWS", 1000)
    taken = []

    def broken(self, item):
        if len(taken) == 3:
            raise KeyboardInterrupt
        taken.append(item)
        whole(self, item)

    from edge.storage.imported import Importer

    whole = Importer.movement
    monkeypatch.setattr(Importer, "movement", broken)
    bring(feverhub, options, out)
    monkeypatch.setattr(Importer, "movement", whole)
    done, said = bring(feverhub, options, out)
    assert done.code == 0, done.err
    assert said["samples"] == SAMPLES - 3000
    store = SqliteReadingStore(state / "readings.sqlite", read_only=True)
    assert sum(len(each.wall_s) for each in store.motion("ankle", 0, 4e9)) == SAMPLES
    store.close()


def test_other_children_and_sensors_in_the_store_keep_what_they_have(feverhub, home, new_hub):
    options, state = new_hub
    store = SqliteReadingStore(state / "readings.sqlite", boot="here")
    reading = Reading(Quantity.TEMPERATURE, 36.5, Unit.CELSIUS)
    store.keep([KeepReading("ben", "cot2", "ear", reading, BEGIN_S + 30.0, synced=True)])
    store.keep([KeepMotion("ben", "band", "left_wrist", BEGIN_S + BOUT.t_s, BOUT.acc_g, synced=True)])
    store.close()
    before = rows(state)
    out, _ = export(feverhub, home, "csv")
    assert bring(feverhub, options, out)[1]["samples"] == SAMPLES
    assert [mine[: len(theirs)] for mine, theirs in zip(rows(state), before, strict=True)] == before
