"""Backups without a child who is forgotten: still backups that can be restored, and never half of one."""

import datetime as dt
import os
import signal
import subprocess
import sys
import time

import pytest

from edge.errors import StorageError
from edge.storage import backup, forget_backups
from edge.storage.forget import Child
from tests.support import two_children

MIA, BEN = Child("mia", "Mirabella"), "mia2"
MADE = dt.datetime(2026, 3, 14, 11, 0, tzinfo=dt.UTC)


def strip(text):
    return text.replace("Mirabella", "")


@pytest.fixture
def made(tmp_path):
    """A backup of both children on a stick."""
    state, stick = tmp_path / "state", tmp_path / "stick"
    two_children.write(state, 1_770_000_000.0)
    (state / "settings.toml").write_text('# Mirabella\n[hub]\nname = "cot"\n')
    stick.mkdir()
    return backup.make(state, stick, hub="cot", program="1", made=MADE).folder


def test_she_is_in_no_file_of_it_and_it_is_a_whole_backup_of_the_other(made, tmp_path):
    before = two_children.rows(made, BEN)
    assert len(two_children.naming(made, "mia")) == 3
    assert forget_backups.rewrite(made, MIA, strip)
    assert two_children.naming(made.parent, "mia") == []
    assert two_children.rows(made, BEN) == before
    assert [path.name for path in made.parent.iterdir()] == [made.name]
    assert backup.restore(made, tmp_path / "anew", hub="cot", now=MADE) is None
    assert two_children.naming(tmp_path / "anew", BEN)


def test_a_backup_that_never_knew_her_is_not_written(made):
    before = {path: path.stat().st_mtime_ns for path in made.rglob("*")}
    assert not forget_backups.rewrite(made, Child("nobody", "Nobody"), lambda text: text)
    assert {path: path.stat().st_mtime_ns for path in made.rglob("*")} == before


def test_a_damaged_backup_is_left_as_it_is_and_said(made):
    (made / "settings.toml").write_text("cut")
    before = {path: path.read_bytes() for path in made.rglob("*")}
    with pytest.raises(StorageError, match=r"settings\.toml of this backup is not what was written"):
        forget_backups.rewrite(made, MIA, strip)
    assert {path: path.read_bytes() for path in made.parent.rglob("*") if path != made} == before


def test_killed_at_any_moment_it_is_whole_under_its_name_after_the_next_run(made):
    before = two_children.rows(made, BEN)
    code = """
import sys
from pathlib import Path
from edge.storage import forget_backups
from edge.storage.forget import Child
print(flush=True)
forget_backups.rewrite(Path(sys.argv[1]), Child("mia", "Mirabella"), lambda text: text.replace("Mirabella", ""))
"""
    for delay_s in (0.01, 0.03, 0.06, 0.1, 0.15):
        process = subprocess.Popen([sys.executable, "-c", code, made], stdout=subprocess.PIPE)
        process.stdout.readline()
        time.sleep(delay_s)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        forget_backups.finish(made.parent, "cot")
        backup.check(made)
    forget_backups.rewrite(made, MIA, strip)
    assert two_children.naming(made.parent, "mia") == []
    assert two_children.rows(made, BEN) == before


def test_a_power_cut_between_the_two_renames_loses_no_backup(made):
    old = made.with_name(f".{made.name}.forgotten")
    made.rename(old)
    forget_backups.finish(made.parent, "cot")
    backup.check(made)
    assert not old.exists()
