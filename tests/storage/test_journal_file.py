"""What happens to the journal's files beside the hub: deleted, replaced, read by others, filled with nonsense."""

import asyncio
import gc
import os
import shutil
import stat
import threading
import time
from dataclasses import replace

import pytest

from edge.app.hub.worker import Worker
from edge.errors import StorageError
from edge.ports import OutgoingMessage
from edge.storage.database import Database
from edge.storage.journal import SqliteJournal
from edge.storage.reserve import Reserve


@pytest.fixture
def file(tmp_path):
    return tmp_path / "journal.sqlite"


@pytest.fixture
def journal(file):
    made = SqliteJournal(file)
    yield made
    made.close()


def message(number):
    return OutgoingMessage("t", b"%d" % number, retain=True)


def on_disk(file):
    """What a hub that starts now would find."""
    again = SqliteJournal(file)
    found = [alarm.sequence for _, alarm in again.changes_after(0, 100)]
    again.close()
    return found


def test_a_deleted_journal_is_noticed_and_written_anew_with_all_that_was_in_it(file, journal, make_alarm):
    journal.record([make_alarm(1)], [], 1.0)
    for suffix in ("", "-wal", "-shm"):
        file.with_name(file.name + suffix).unlink()
    journal.record([make_alarm(2)], [], 2.0)
    assert not file.exists(), "a deleted file takes what is written, and nobody is told: so it has to be looked for"
    assert journal.restore() == f"{file} was deleted while the hub ran: it was written anew"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    journal.record([make_alarm(3)], [], 3.0)
    journal.close()
    assert on_disk(file) == [1, 2, 3]


def test_a_journal_that_was_replaced_gives_way_to_the_hubs_own(file, journal, tmp_path, make_alarm):
    journal.record([make_alarm(1)], [], 1.0)
    other = SqliteJournal(tmp_path / "other.sqlite")
    other.record([make_alarm(77)], [], 1.0)
    other.close()
    (tmp_path / "other.sqlite").replace(file)
    assert "was replaced while the hub ran" in journal.restore()
    [aside] = [each for each in tmp_path.glob("journal.sqlite.corrupt-*") if each.suffix not in ("-wal", "-shm")][:1]
    journal.close()
    assert on_disk(file) == [1]
    shutil.move(aside, tmp_path / "aside.sqlite")


def test_a_journal_that_is_where_it_was_is_left_alone(file, journal, make_alarm):
    journal.record([make_alarm(1)], [], 1.0)
    before = file.stat().st_ino
    assert journal.restore() == ""
    assert file.stat().st_ino == before


def test_where_it_cannot_be_written_anew_it_is_tried_again_and_nothing_is_lost(file, journal, tmp_path, make_alarm):
    journal.record([make_alarm(1)], [], 1.0)
    gone = tmp_path.with_name(f"{tmp_path.name}-gone")
    tmp_path.rename(gone)
    tmp_path.touch()
    with pytest.raises(StorageError):
        journal.restore()
    tmp_path.unlink()
    assert "was deleted" in journal.restore()
    journal.close()
    assert on_disk(file) == [1]
    shutil.rmtree(gone)


def test_a_change_that_came_through_after_all_does_not_stand_twice(file, journal, make_alarm):
    """The disk hung, the hub gave up and kept the change in memory, and the write came through nevertheless."""
    journal.record([make_alarm(1)], [], 1.0)
    late = replace(make_alarm(1), unjournalled=True)
    journal.record([late, make_alarm(2)], [], 9.0)
    changes = [(alarm.sequence, alarm.unjournalled) for _, alarm in journal.changes_after(0, 9)]
    assert changes == [(1, False), (2, False)]
    assert [alarm.unjournalled for alarm in journal.latest()] == [False]


@pytest.mark.parametrize("umask", [0o022, 0o000, 0o077])
def test_the_journals_files_are_for_the_hub_alone_whatever_the_umask(tmp_path, umask):
    before = os.umask(umask)
    try:
        journal = SqliteJournal(tmp_path / "journal.sqlite")
        modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()}
        journal.close()
    finally:
        os.umask(before)
    assert set(modes.values()) == {0o600}, modes
    assert "journal.reserve" in modes


def test_a_reserve_that_others_may_read_is_closed_to_them(tmp_path):
    reserve = tmp_path / "journal.reserve"
    reserve.write_bytes(bytes(9))
    reserve.chmod(0o644)
    Reserve(reserve)
    assert stat.S_IMODE(reserve.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE counter SET value = 9223372036854775807",
        "UPDATE sqlite_sequence SET seq = 9223372036854775807 WHERE name = 'outbox'",
        "UPDATE sqlite_sequence SET seq = 9223372036854775807 WHERE name = 'change'",
        "UPDATE standing SET person = CAST(x'ff00fe' AS TEXT)",
        "UPDATE change SET wall_s = 9e999",
        "UPDATE outbox SET created_s = -9e999, expires_s = 9e999",
        "UPDATE history SET detail = CAST(x'ffff' AS TEXT), wall_s = 9e999",
    ],
)
def test_absurd_rows_keep_no_journal_from_opening_and_writing(file, journal, make_alarm, damage):
    journal.record([make_alarm(1)], [message(1)], 1.0)
    journal.note(1.0, "x", "y")
    with journal._db.transaction() as db:
        db.execute(damage)
    journal.close()
    again = SqliteJournal(file)
    again.latest()
    number = again.sequence() + 1
    again.record([make_alarm(number)], [message(number)], 2.0)
    assert again.pending(10)
    assert again.waiting()[0] >= 1
    again.history(0.0, 1e12)
    again.close()


@pytest.mark.parametrize(
    "damage", ["created_s = 9e999", "created_s = -9e999, expires_s = 1e300", "expires_s = 9e999", "expires_s = -1e300"]
)
def test_absurd_times_of_waiting_messages_are_mended_at_the_start(file, journal, make_alarm, damage):
    journal.record([make_alarm(1)], [message(1)], 1.0)
    with journal._db.transaction() as db:
        db.execute(f"UPDATE outbox SET {damage}")
    journal.close()
    before_s = time.time()
    again = SqliteJournal(file)
    [row] = again.pending(10)
    assert row.created_s <= time.time()
    assert row.created_s == 1.0 or row.created_s >= before_s
    assert row.message.expires_s in (None, 0.0), "an event of then is not fresh"
    assert [line.outcome for line in again.history(0.0, 1e12)] == ["mended"]
    again.close()
    third = SqliteJournal(file)
    assert len(third.history(0.0, 1e12)) == 1
    third.close()


@pytest.mark.parametrize("topic", ["", "feverhub/+/event", "feverhub/#", "feverhub/cot\x00/event"])
def test_a_waiting_message_that_no_broker_takes_holds_up_none_behind_it(file, journal, make_alarm, topic):
    journal.record([make_alarm(1)], [message(1)], 1.0)
    with journal._db.transaction() as db:
        db.execute("UPDATE outbox SET topic = ?", (topic,))
    journal.record([make_alarm(2)], [message(2)], 2.0)
    journal.close()
    again = SqliteJournal(file)
    assert [row.message for row in again.pending(10)] == [message(2)]
    assert again.left_out == 1
    again.close()


def test_a_number_beyond_sqlites_is_a_sentence(tmp_path):
    database = Database(tmp_path / "x.sqlite", [["CREATE TABLE t (n INTEGER) STRICT"]])
    with pytest.raises(StorageError, match="cannot take that"), database.transaction() as db:
        db.execute("INSERT INTO t VALUES (?)", (2**70,))
    database.close()


async def test_a_call_that_fails_when_nobody_waits_any_more_is_no_error_of_the_loop():
    worker, held, reported = Worker("locked"), threading.Event(), []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: reported.append(context["message"]))

    def locked():
        held.wait(5.0)
        raise StorageError("another program holds it locked")

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await worker(locked)
    held.set()
    await worker(time.monotonic)
    await asyncio.sleep(0.05)
    worker.close()
    gc.collect()
    assert reported == []
