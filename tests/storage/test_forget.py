"""A child who is forgotten is in no byte of either database, and of everybody else not a byte has changed.

Others' deletions left the plain text in freed pages (ollama/ollama#16543) and in the -wal file
(marmot-protocol/mdk#756, session-foundation/session-android#2056): so every file of the folder is searched.
"""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest

from edge.errors import StorageError
from edge.storage import forget
from edge.storage.forget import Child
from edge.storage.journal import SqliteJournal
from edge.storage.retention import Step
from edge.storage.sqlite import SqliteReadingStore
from tests.support import two_children
from tests.support.small_disk import on_a_small_disk

MIA, BEN = Child("mia", "Mirabella"), "mia2"
START_S = 1_770_000_000.0


@pytest.fixture
def state(tmp_path):
    folder = tmp_path / "state"
    two_children.write(folder, START_S)
    return folder


def memos(folder):
    with closing(sqlite3.connect(folder / "journal.sqlite")) as db:
        return dict(db.execute("SELECT name, text FROM memo").fetchall())


def test_nothing_of_her_is_left_in_the_files_and_the_other_child_keeps_every_byte(state):
    before, hers = two_children.rows(state, BEN), two_children.rows(state, "mia")
    assert all(map(len, before.values()))
    assert all(map(len, hers.values())), "else there was nothing to be removed"
    assert two_children.naming(state, "mia") == ["journal.sqlite", "readings.sqlite"]
    forget.remove(state, MIA)
    assert two_children.naming(state, "mia") == []
    assert two_children.rows(state, BEN) == before
    assert {name: rows for name, rows in two_children.rows(state, "mia").items() if name != "history" and rows} == {}
    assert two_children.naming(state, BEN) == ["journal.sqlite", "readings.sqlite"]
    assert forget.look(state, MIA) == forget.Found()


def test_what_retention_had_deleted_before_is_not_left_in_freed_pages(state):
    store = SqliteReadingStore(state / "readings.sqlite", left_free_bytes=0)
    store.carry_out(Step(table="reading", before_s=START_S + 1e6, rows=4_000))
    store.close()
    assert two_children.rows(state, "mia")["reading"] == []
    assert b"said of Mirabella" in (state / "readings.sqlite").read_bytes(), "deleted, and still there"
    forget.remove(state, MIA)
    assert two_children.naming(state, "mia") == []


def test_what_the_hub_remembers_of_pauses_and_levels_is_the_others_alone(state):
    before = memos(state)
    forget.remove(state, MIA)
    after = {name: json.loads(text) for name, text in memos(state).items()}
    assert [pause["person"] for pause in after["house"]["pauses"]] == [BEN]
    assert [snooze["key"]["person"] for snooze in after["house"]["snoozes"]] == [BEN]
    assert list(after["levels"]["devices"]) == [f"patch-{BEN}"]
    assert after["house"]["on_watch"] == json.loads(before["house"])["on_watch"]


def test_what_is_kept_for_good_of_her_episodes_is_not_kept_and_of_the_others_it_is(state):
    forget.remove(state, MIA)
    with closing(sqlite3.connect(state / "readings.sqlite")) as db:
        assert db.execute("SELECT start_s FROM protected").fetchall() == [(START_S + 10_000.0,)]


def test_it_is_counted_before_anything_is_changed(state):
    bytes_before = {path.name: path.read_bytes() for path in state.iterdir()}
    found = forget.look(state, MIA)
    assert (found.readings, found.blocks, found.alarms, found.entries) == (2000, 120, 2, 3)
    assert (found.messages, found.lines, found.devices) == (2, 2, {"patch-mia", "band-mia"})
    assert found.films == {"http://camera.local/mia.mp4", "/films/mia"}
    assert {path.name: path.read_bytes() for path in state.iterdir() if path.name in bytes_before} == bytes_before


def test_damaged_files_put_aside_go_whole(state):
    aside = state / "readings.sqlite.corrupt-20260101T000000Z"
    shutil.copy(state / "readings.sqlite", aside)
    assert forget.look(state, MIA).leftovers == [aside]
    forget.remove(state, MIA)
    assert not aside.exists()


def test_a_damaged_alarm_that_names_her_goes_and_one_that_names_another_stays(state):
    with closing(sqlite3.connect(state / "journal.sqlite")) as db, db:
        for id_, state_ in (("a", b'{"key": {"person": "mia"'), ("b", b'{"key": {"person": "mia2"')):
            db.execute("INSERT INTO change (wall_s, alarm_id, sequence, state) VALUES (1, ?, 99, ?)", (id_, state_))
    forget.remove(state, MIA)
    with closing(sqlite3.connect(state / "journal.sqlite")) as db:
        assert db.execute("SELECT alarm_id FROM change WHERE sequence = 99").fetchall() == [("b",)]


def test_a_journal_of_years_ago_is_cleared_as_it_is(state):
    (state / "journal.sqlite").unlink()
    with closing(sqlite3.connect(state / "journal.sqlite")) as db, db:
        for statement in forget.journal_tables.SCHEMA[0]:
            db.execute(statement)
        db.execute("INSERT INTO standing VALUES ('fever', 'mia', '', x'00')")
        db.execute("PRAGMA user_version = 1")
    forget.remove(state, MIA)
    with closing(sqlite3.connect(state / "journal.sqlite")) as db:
        assert db.execute("SELECT count(*) FROM standing").fetchone() == (0,)
        assert db.execute("PRAGMA user_version").fetchone() == (1,)


def test_of_a_newer_release_nothing_is_touched(state):
    with closing(sqlite3.connect(state / "readings.sqlite")) as db:
        db.execute("PRAGMA user_version = 99")
    before = (state / "readings.sqlite").read_bytes()
    with pytest.raises(StorageError, match="was written by a newer feverhub"):
        forget.remove(state, MIA)
    assert (state / "readings.sqlite").read_bytes() == before


def test_killed_at_any_moment_the_next_run_finishes(tmp_path, state):
    before = two_children.rows(state, BEN)
    code = "import sys; from pathlib import Path; from edge.storage import forget\n"
    code += "print(flush=True); forget.remove(Path(sys.argv[1]), forget.Child('mia', 'Mirabella'))"
    unfinished = 0
    for delay_s in (0.0, 0.003, 0.01, 0.02, 0.04, 0.08):
        copy = tmp_path / f"killed-{delay_s}"
        shutil.copytree(state, copy)
        process = subprocess.Popen([sys.executable, "-c", code, copy], stdout=subprocess.PIPE)
        process.stdout.readline()
        time.sleep(delay_s)
        os.kill(process.pid, signal.SIGKILL)
        unfinished += process.wait() == -signal.SIGKILL
        process.stdout.close()
        forget.remove(copy, MIA)
        assert two_children.naming(copy, "mia") == []
        assert two_children.rows(copy, BEN) == before
    assert unfinished, "no run was killed in time"


FULL = """
import os, shutil, sys
from pathlib import Path
from edge.storage import forget
from tests.support import two_children
state, disk = map(Path, sys.argv[1:])
shutil.copytree(state, disk / "state")
place = os.statvfs(disk)
(disk / "fill").write_bytes(bytes((place.f_bavail - 256) * place.f_frsize))
forget.remove(disk / "state", forget.Child("mia", "Mirabella"))
(disk / "fill").unlink()
print(two_children.naming(disk / "state", "mia"))
"""


def test_without_room_for_a_second_copy_she_is_gone_all_the_same(state, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    for night in range(1, 10):
        two_children.write(state, START_S + 86_400.0 * night)
    assert (state / "readings.sqlite").stat().st_size > 4 * 1024 * 1024, "else there is room for a second copy"
    done = on_a_small_disk(disk, sys.executable, "-c", FULL, str(state), str(disk), size="20m")
    assert (done.returncode, done.stdout.splitlines()[:1]) == (0, ["[]"]), done.stderr


def test_a_hub_goes_on_with_a_journal_that_she_was_taken_from(state):
    forget.remove(state, MIA)
    journal = SqliteJournal(state / "journal.sqlite")
    assert {alarm.key.person for alarm in journal.latest()} == {BEN}
    assert journal.sequence() == 12
    assert journal.left_out == 0
    journal.close()
