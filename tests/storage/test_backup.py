"""A backup is whole or not there; what it does not recognise it does not restore, and then nothing has changed."""

import datetime as dt
import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from edge.errors import StorageError
from edge.model.alarm import Alarm, AlarmKey, Condition, Kind, Presence, Priority, Reason
from edge.model.effect import KeepMotion
from edge.ports import OutgoingMessage
from edge.storage import backup
from edge.storage.journal import SqliteJournal
from edge.storage.sqlite import SqliteReadingStore
from tests.support.kept import standing
from tests.support.small_disk import on_a_small_disk

MADE = dt.datetime(2026, 3, 14, 11, 0, tzinfo=dt.UTC)
NAME = "feverhub-cot-20260314-110000"


def alarm(sequence, person="mia", onset_s=1000.0):
    key = AlarmKey(Condition.FEVER, person)
    return Alarm(
        *(f"{person}-{onset_s:g}", key, Kind.PHYSIOLOGICAL, Priority.MEDIUM, Presence.ON),
        *(onset_s, onset_s, sequence, Reason.EVIDENCE),
        text="Mia 39.0",
        changed_s=onset_s,
    )


def samples(begin_s, length_s=60.0, seed=1):
    t_s = begin_s + np.arange(round(50 * length_s)) / 50.0
    values = np.random.default_rng(seed).integers(-4000, 4000, (len(t_s), 3)) / 4096
    return KeepMotion("mia", "ankle", "left_ankle", t_s, values, synced=True)


@pytest.fixture
def state(tmp_path):
    """A state folder as a hub leaves it: a standing alarm, a message that waits, a minute of movement, settings."""
    folder = tmp_path / "state"
    folder.mkdir()
    journal = SqliteJournal(folder / "journal.sqlite")
    journal.record([alarm(7)], [OutgoingMessage("feverhub/cot/mia/event", b"{}", retain=False)], 1000.0)
    journal.close()
    store = SqliteReadingStore(folder / "readings.sqlite", left_free_bytes=0)
    store.keep([samples(1000.0)])
    store.close()
    (folder / "settings.toml").write_text('[[device]]\nid = "ankle"\n')
    (folder / "phones").mkdir()
    (folder / "phones" / "1f0c").write_text("{}")
    (folder / "hub.lock").write_text("1\n")
    return folder


@pytest.fixture
def stick(tmp_path):
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def make(state, stick, made=MADE, hub="cot"):
    return backup.make(state, stick, hub=hub, program="1.0", made=made).folder


def restore(folder, state, hub="cot"):
    return backup.restore(folder, state, hub=hub, now=dt.datetime.now(dt.UTC))


def content(folder: Path):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def motion_of(folder):
    store = SqliteReadingStore(folder / "readings.sqlite", read_only=True)
    found = np.concatenate([item.values for item in store.motion("ankle", 0.0, 1e10)])
    store.close()
    return found


def test_what_was_kept_comes_back_on_an_empty_hub(state, stick, tmp_path):
    folder = make(state, stick)
    assert folder == stick / NAME
    assert not (folder / "hub.lock").exists()
    new = tmp_path / "new"
    assert restore(folder, new) is None
    np.testing.assert_array_equal(motion_of(new), motion_of(state))
    assert (new / "settings.toml").read_text() == (state / "settings.toml").read_text()
    assert (new / "phones" / "1f0c").exists()
    journal = SqliteJournal(new / "journal.sqlite")
    assert [each.id for each in standing(journal)] == ["mia-1000"]
    assert journal.sequence() >= int(time.time()) - 60, "receivers have seen higher numbers since the backup"
    assert journal.pending(10) == [], "an old message is no news"
    journal.close()


def test_a_backup_while_the_hub_writes_is_of_one_moment(state, stick):
    """litestream and others: a copy of the file of a running SQLite is torn; ours is a transaction of its own."""
    stop = threading.Event()
    written = []

    def write():
        store = SqliteReadingStore(state / "readings.sqlite", left_free_bytes=0)
        journal = SqliteJournal(state / "journal.sqlite")
        number = 100
        while not stop.is_set():
            store.keep([samples(2000.0 + number, 1.0)])
            store.commit()
            journal.record([alarm(number, onset_s=2000.0 + number)], [], 2000.0 + number)
            written.append(number)
            number += 1
        store.close()
        journal.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while len(written) < 5:
            time.sleep(0.01)
        folders = [make(state, stick, MADE + dt.timedelta(seconds=number)) for number in range(5)]
        during = len(written)
    finally:
        stop.set()
        writer.join()
    assert during > 5, "the writer went on"
    sizes = []
    for folder in folders:
        backup.check(folder)
        with sqlite3.connect(folder / "journal.sqlite") as copy:
            rows = copy.execute("SELECT sequence FROM change ORDER BY id").fetchall()
        numbers = [row[0] for row in rows]
        assert numbers == [7, *range(100, 100 + len(numbers) - 1)], "no hole"
        sizes.append(len(numbers))
    assert sizes == sorted(sizes)


def test_what_was_there_before_is_moved_aside_and_whole(state, stick):
    folder = make(state, stick)
    store = SqliteReadingStore(state / "readings.sqlite", left_free_bytes=0)
    store.keep([samples(5000.0, seed=2)])
    store.close()
    later = motion_of(state)
    aside = restore(folder, state)
    assert len(motion_of(state)) == 3000
    np.testing.assert_array_equal(motion_of(aside), later)


def cut(folder):
    file = folder / "readings.sqlite"
    file.write_bytes(file.read_bytes()[:-4096])


def flip(folder):
    file = folder / "journal.sqlite"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 0xFF
    file.write_bytes(bytes(data))


def half(folder):
    (folder / "readings.sqlite").unlink()


def relist(folder, **changes):
    """Change the list itself, as somebody with a text editor."""
    known = json.loads((folder / backup.LIST).read_text())
    (folder / backup.LIST).write_text(json.dumps(known | changes))


def newer_rows(folder):
    with sqlite3.connect(folder / "journal.sqlite") as copy:
        copy.execute("PRAGMA user_version = 99")
    data = (folder / "journal.sqlite").read_bytes()
    known = json.loads((folder / backup.LIST).read_text())["files"]
    known["journal.sqlite"] = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    relist(folder, files=known)


def outside(folder):
    data = Path("/etc/hostname").read_bytes()
    relist(folder, files={"../../../etc/hostname": {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}})


def no_database(folder):
    for name in ("journal.sqlite", "readings.sqlite"):
        (folder / name).write_text("hello, I am no database " * 100)
    files = {}
    for name in ("journal.sqlite", "readings.sqlite"):
        data = (folder / name).read_bytes()
        files[name] = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    relist(folder, files=files)


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (cut, "readings.sqlite of this backup is not what was written"),
        (flip, "journal.sqlite of this backup is not what was written"),
        (half, "readings.sqlite of this backup cannot be read"),
        (lambda folder: (folder / backup.LIST).unlink(), "this is no backup of a hub"),
        (lambda folder: (folder / backup.LIST).write_text("{"), "this is no backup that can be read"),
        (lambda folder: relist(folder, hub="other"), "this backup is of the hub 'other', and this one is 'cot'"),
        (lambda folder: relist(folder, schema=2), "made by a newer feverhub"),
        (newer_rows, "written by a newer feverhub"),
        (outside, "it names '../../../etc/hostname'"),
        (no_database, "is damaged"),
    ],
)
def test_what_is_not_whole_or_not_ours_changes_nothing(state, stick, harm, why):
    folder = make(state, stick)
    harm(folder)
    before = content(state)
    with pytest.raises(StorageError) as refused:
        restore(folder, state)
    assert why in str(refused.value)
    assert content(state) == before


CHILD = """
import datetime as dt, sys
from pathlib import Path
from edge.errors import StorageError
from edge.storage import backup
state, target, made = Path(sys.argv[1]), Path(sys.argv[2]), dt.datetime(2026, 3, 14, tzinfo=dt.UTC)
try:
    for day in range(5):
        backup.make(state, target, hub="cot", program="1", made=made + dt.timedelta(days=day))
except StorageError as error:
    for path in backup.made_before(target, "cot"):
        backup.check(path)
    print(error)
"""


def test_a_full_stick_says_so_and_keeps_the_backups_it_has(state, stick):
    done = on_a_small_disk(stick, sys.executable, "-c", CHILD, str(state), str(stick), size="200k")
    said, left = done.stdout.split("\n\n")
    assert "the disk is full" in said or "No space left" in said or "disk is full" in said, done.stderr
    assert left.split(), "the first one fitted"
    assert all(name.startswith("feverhub-cot-2026031") for name in left.split()), "nothing half is left"


def test_a_restore_that_finds_no_room_leaves_all_as_it_was(state, stick, tmp_path):
    folder, small = make(state, stick), tmp_path / "small"
    small.mkdir()
    script = (
        "import datetime as dt, shutil, sys; from pathlib import Path; from edge.errors import StorageError\n"
        "from edge.storage import backup\n"
        "folder, state, small = map(Path, sys.argv[1:])\n"
        "shutil.copytree(state, small, dirs_exist_ok=True)\n"
        "held = lambda: {str(p): p.read_bytes() for p in small.rglob('*') if p.is_file()}\n"
        "before = held()\n"
        "try: backup.restore(folder, small, hub='cot', now=dt.datetime.now(dt.UTC))\n"
        "except StorageError as error: print(error, held() == before)"
    )
    done = on_a_small_disk(
        small, sys.executable, "-c", script, str(folder), str(state), str(small), size=f"{room_for(state)}k"
    )
    said = done.stdout.splitlines()[0]
    assert "nothing was restored: No space left on device" in said, done.stderr
    assert said.endswith("True")


def room_for(folder):
    """Kilobytes of what it holds in blocks of 4, and little more."""
    return sum(path.stat().st_size // 4096 + 2 for path in folder.rglob("*")) * 4 + 24


def test_a_backup_that_was_killed_is_no_backup_and_the_next_one_clears_it_away(state, stick):
    script = (
        "import sys, time, datetime as dt; from pathlib import Path; from edge.storage import backup\n"
        "backup._measured = lambda path: (print('now', flush=True), time.sleep(60))\n"
        f"backup.make(Path({str(state)!r}), Path({str(stick)!r}), hub='cot', program='1',"
        " made=dt.datetime(2026, 3, 13, tzinfo=dt.UTC))"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"now\n"
        os.kill(process.pid, signal.SIGKILL)
    assert [path.name[0] for path in stick.iterdir()] == ["."]
    assert backup.made_before(stick, "cot") == []
    make(state, stick)
    assert [path.name for path in stick.iterdir()] == [NAME]


def test_a_stick_that_is_not_in_is_said_so(state, tmp_path):
    with pytest.raises(StorageError, match="is the stick in"):
        make(state, tmp_path / "stick-that-is-out")
    (tmp_path / "empty").mkdir()
    with pytest.raises(StorageError, match="nothing to back up"):
        make(tmp_path / "empty", tmp_path)


def test_the_newest_stay_and_those_of_another_hub_too(state, stick):
    for day in range(5):
        make(state, stick, MADE + dt.timedelta(days=day))
    other = make(state, stick, hub="other")
    gone = backup.prune(stick, "cot", 2)
    assert len(gone) == 3
    assert [path.name[-15:] for path in backup.made_before(stick, "cot")] == ["20260317-110000", "20260318-110000"]
    assert other.exists()
