"""`feverhub backup` and `feverhub restore`, as a person and a script call them."""

import json
import stat

import pytest

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
