"""`feverhub backup` and `feverhub restore`, as a person and a script call them."""

import contextlib
import json
import sqlite3
import stat

import pytest

from edge.app.reports import backup as backups
from edge.host import lock
from edge.storage.journal import SqliteJournal


@pytest.fixture
def hub(config):
    """The configuration, a state folder with a journal, and a stick."""
    state, stick = config.parent / "state", config.parent / "stick"
    stick.mkdir()
    SqliteJournal(state / "journal.sqlite").close()
    return ("--config", config, "--state-dir", state), state, stick


def test_a_backup_is_made_and_restored(feverhub, hub):
    options, state, stick = hub
    done = feverhub("backup", *options, "--out", stick)
    assert (done.code, done.err) == (0, "")
    [folder] = stick.iterdir()
    assert done.out.startswith(f"{folder}: ")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert (folder / "feverhub.toml").exists(), "for whoever sets the hub up again"
    done = feverhub("restore", folder, *options, "--json")
    said = json.loads(done.out)
    assert (done.code, said["files"]) == (0, ["feverhub.toml", "journal.sqlite"])
    assert said["aside"].startswith(str(state))


def test_while_the_hub_runs_nothing_is_restored_and_a_backup_is_made(feverhub, hub):
    options, state, stick = hub
    with lock.held(state):
        assert feverhub("backup", *options, "--out", stick).code == 0
        [folder] = stick.iterdir()
        done = feverhub("restore", folder, *options)
    assert done.code == 1
    assert "a hub is already running with the state folder" in done.err


def test_without_a_folder_it_asks_for_one_and_the_configured_one_keeps_so_many(feverhub, hub):
    options, _, stick = hub
    done = feverhub("backup", *options)
    assert (done.code, "give --out, or set [backup] folder" in done.err) == (3, True)
    options[1].write_text(options[1].read_text() + f'[backup]\nfolder = "{stick}"\nkeep = 1\n')
    for made in ("20200101-000000", "20200102-000000"):
        old = stick / f"feverhub-cot-{made}"
        old.mkdir()
        (old / "backup.json").write_text("{}")
    assert feverhub("backup", *options, "--json").code == 0
    [left] = stick.iterdir()
    assert not left.name.startswith("feverhub-cot-2020")


def test_what_is_no_backup_is_refused_in_a_sentence(feverhub, hub, tmp_path):
    options, state, _ = hub
    before = sorted(state.iterdir())
    done = feverhub("restore", tmp_path, *options)
    assert (done.code, "this is no backup of a hub" in done.err) == (1, True)
    assert sorted(path for path in state.iterdir() if path.name != "hub.lock") == before


def test_backups_are_found_on_drives_the_newest_first_and_each_once(tmp_path):
    """/media/USER/DRIVE, /run/media/USER/DRIVE, /mnt/DRIVE; hidden folders, half backups and what may not be read."""
    media, mnt = tmp_path / "media", tmp_path / "mnt"
    listed = {"schema": 1, "hub": "cot", "made": "2026-03-14T11:00:00+00:00", "program": "1.0", "files": {}}
    for folder, text in (
        (media / "pi" / "STICK" / "feverhub-cot-20260314-110000", json.dumps(listed)),
        (media / "pi" / "STICK" / ".feverhub-cot-20260315-110000.partial", json.dumps(listed)),
        (mnt / "feverhub-home-20260401-110000", json.dumps(listed | {"hub": "home"})),
        (mnt / "feverhub-cot-20260101-110000", '{"schema": 1'),
        (mnt / "feverhub-cot-20260102-110000", json.dumps(listed | {"schema": 9, "program": "9.0"})),
        (mnt / "a" / "b" / "c" / "d" / "feverhub-cot-20260501-110000", json.dumps(listed)),
    ):
        folder.mkdir(parents=True)
        (folder / "backup.json").write_text(text)
    (mnt / "feverhub-photos").mkdir()
    found = backups.candidates(str(mnt), (media, mnt, tmp_path / "not there"))
    usable = [each.folder.name for each in found if each.contents]
    assert usable == ["feverhub-home-20260401-110000", "feverhub-cot-20260314-110000"]
    whys = {each.folder.name: each.why for each in found if not each.contents}
    assert "no backup that can be read" in whys["feverhub-cot-20260101-110000"]
    assert "made by a newer feverhub (9.0)" in whys["feverhub-cot-20260102-110000"]
    assert "this is no backup of a hub" in whys["feverhub-photos"]


def test_what_was_proven_before_a_restore_is_proven_no_more(feverhub, hub, tmp_path):
    """A phone may have lost its app since: it proves itself anew. Who is on watch, and pauses, stay."""
    options, state, stick = hub
    kept = {"on_watch": "mother", "proofs": {"mother": {"wall_s": 1.79e9, "seconds": 2.0}}, "wall_s": 1.79e9}
    with contextlib.closing(sqlite3.connect(state / "journal.sqlite")) as db, db:
        db.execute("INSERT INTO memo VALUES ('house', ?)", (json.dumps(kept),))
    assert feverhub("backup", *options, "--out", stick).code == 0
    [folder] = stick.iterdir()
    assert feverhub("restore", folder, *options).code == 0
    journal = SqliteJournal(state / "journal.sqlite")
    after = json.loads(journal.recall("house"))
    journal.close()
    assert (after["proofs"], after["on_watch"]) == ({}, "mother")
