import os
import random
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edge.errors import StorageError
from edge.model.alarm import Reason
from edge.model.effect import Notify, Withheld
from edge.model.evidence import TemperatureEvidence
from edge.ports import OutgoingMessage
from edge.storage import database, journal_tables
from edge.storage.journal import SqliteJournal
from edge.storage.reserve import Reserve
from tests.support.kept import standing

WRITER = Path(__file__).with_name("journal_writer.py")
MESSAGE = OutgoingMessage("t", b"1", True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


def small(path: Path, size_bytes: int = 8192) -> Reserve:
    return Reserve(path.with_name("reserve"), size_bytes)


def test_everything_is_there_after_a_restart(path: Path, make_alarm) -> None:
    journal = SqliteJournal(path)
    journal.record([make_alarm(1)], [MESSAGE], 1.0)
    rows = journal.pending(10)
    journal.close()
    journal = SqliteJournal(path)
    assert (standing(journal), journal.pending(10), journal.sequence()) == ([make_alarm(1)], rows, 1)
    assert journal.quarantined is None
    journal.close()


def test_what_a_call_returned_from_is_meant_to_survive_a_power_cut(path: Path) -> None:
    journal = SqliteJournal(path)
    assert journal._db.number("PRAGMA synchronous") == 2  # FULL
    assert journal._db.rows("PRAGMA journal_mode") == [("wal",)]
    journal.close()


def test_a_record_is_all_or_nothing(path: Path, make_alarm) -> None:
    journal = SqliteJournal(path, reserve=small(path))
    wrong = OutgoingMessage("t", object(), True)  # type: ignore[arg-type]
    with pytest.raises(StorageError):
        journal.record([make_alarm(1)], [MESSAGE, wrong], 1.0)
    assert (standing(journal), journal.pending(10), journal.sequence()) == ([], [], 0)
    journal.record([make_alarm(1)], [MESSAGE], 1.0)
    assert len(journal.pending(10)) == 1
    journal.close()


@pytest.mark.timeout(90)
def test_kill_9_loses_nothing_that_was_acknowledged(path: Path) -> None:
    chance = random.Random(5)
    acknowledged = 0
    for _ in range(10):
        writer = subprocess.Popen(
            [sys.executable, str(WRITER), str(path)],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(WRITER.parents[2])},
        )
        assert writer.stdout is not None
        try:
            first = int(writer.stdout.readline())
            time.sleep(chance.uniform(0.0, 0.15))
        finally:
            writer.kill()
        said = [first, *map(int, writer.stdout.read().split(b"\n")[:-1])]
        writer.stdout.close()
        writer.wait(10)
        assert first == acknowledged + 1 or first == acknowledged + 2  # one may be on disk and not yet printed
        acknowledged = said[-1]

        journal = SqliteJournal(path)
        assert journal.quarantined is None
        changes = [alarm.sequence for _, alarm in journal.changes_after(0, 1_000_000)]
        assert changes == list(range(1, len(changes) + 1))
        assert acknowledged <= len(changes) <= acknowledged + 1
        assert journal.sequence() == standing(journal)[0].sequence == len(changes)
        waiting = [int(row.message.payload) for row in journal.pending(1_000_000)]
        confirmed = len(changes) - len(waiting)
        assert waiting == list(range(confirmed + 1, len(changes) + 1))
        acknowledged = len(changes)
        journal.close()
        plain = sqlite3.connect(path)
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        plain.close()
    assert acknowledged > 50


def test_the_reserve_is_given_up_piece_by_piece_when_sqlite_finds_no_space(path: Path, make_alarm) -> None:
    class Counting(Reserve):
        given = 0

        def release(self) -> bool:
            Counting.given += 1
            limit[0] += 2
            journal._db.rows(f"PRAGMA max_page_count = {limit[0]}")
            return super().release()

    reserve = Counting(path.with_name("reserve"), 4 * 256 * 1024)
    journal = SqliteJournal(path, reserve=reserve)
    limit = [int(journal._db.number("PRAGMA page_count") or 0)]
    journal._db.rows(f"PRAGMA max_page_count = {limit[0]}")
    journal.record([make_alarm(1)], [OutgoingMessage("t", bytes(9000), True)] * 2, 1.0)
    assert 1 <= Counting.given <= 4
    assert len(journal.pending(10)) == 2
    assert reserve.held_bytes == 4 * 256 * 1024, "there is space on the real disk, so it is whole again"
    journal.close()


def test_without_any_reserve_left_the_caller_is_told(path: Path, make_alarm) -> None:
    journal = SqliteJournal(path, reserve=small(path, 0))
    pages = int(journal._db.number("PRAGMA page_count") or 0)
    journal._db.rows(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StorageError, match="the disk is full"):
        journal.record([make_alarm(1)], [OutgoingMessage("t", bytes(90_000), True)], 1.0)
    assert standing(journal) == []
    journal.close()


def test_a_file_that_may_not_grow_is_one_sentence_and_nothing_half_written(path: Path) -> None:
    code = (
        "import resource, sys; from pathlib import Path; from edge.storage.journal import SqliteJournal;"
        "from edge.ports import OutgoingMessage; from edge.errors import StorageError;"
        "journal = SqliteJournal(Path(sys.argv[1])); journal.record([], [OutgoingMessage('t', b'1', True)], 1.0);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))\n"
        "try: journal.record([], [OutgoingMessage('t', bytes(200000), True)], 1.0)\n"
        "except StorageError as error: print(error)\n"
        "print(len(journal.pending(9)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
        env={**os.environ, "PYTHONPATH": str(WRITER.parents[2])},
    )
    assert done.stdout.splitlines() == [f"{path} cannot be used: the disk reports an error", "1"]


def test_a_damaged_journal_is_put_aside_and_no_number_is_used_twice(path: Path, make_alarm) -> None:
    journal = SqliteJournal(path)
    journal.record([make_alarm(9)], [MESSAGE] * 5, 1.0)
    last = journal.pending(10)[-1].row
    journal.close()
    path.write_bytes(b"\x00" * 30_000)
    journal = SqliteJournal(path)
    assert journal.quarantined is not None
    assert standing(journal) == []
    assert journal.sequence() > 1_700_000_000
    journal.record([make_alarm(journal.sequence() + 1)], [MESSAGE], 1.0)
    assert journal.pending(10)[0].row > last
    journal.close()
    journal = SqliteJournal(path)
    assert journal.quarantined is None
    journal.close()


def test_damage_under_a_running_hub_does_not_stop_an_alarm(path: Path, make_alarm) -> None:
    journal = SqliteJournal(path)
    journal.record([make_alarm(9)], [OutgoingMessage("t", bytes(50_000), True)], 1.0)
    journal._db.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    journal._db.rows("PRAGMA shrink_memory")
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (path.stat().st_size - 4096))
    journal.record([make_alarm(10)], [MESSAGE], 1.0)
    assert journal.quarantined is not None
    assert [row.message for row in journal.pending(10)] == [MESSAGE]
    assert standing(journal) == [make_alarm(10)]
    journal.close()


def test_a_locked_journal_is_given_up_quickly(path: Path, make_alarm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_S", 0.05)
    journal = SqliteJournal(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    with pytest.raises(StorageError, match="another program holds it locked"):
        journal.record([make_alarm(1)], [], 1.0)
    assert time.monotonic() - began < 2.0
    other.close()
    journal.record([make_alarm(1)], [], 1.0)
    journal.close()


def test_odd_evidence_does_not_lose_an_alarm(path: Path, make_alarm) -> None:
    odd = TemperatureEvidence(level_c=np.float64(38.5), peak_c=np.float32(0.5), days_of_fever=np.int64(2))
    journal = SqliteJournal(path)
    journal.record([replace(make_alarm(1), evidence=odd)], [], 1.0)
    (kept,) = standing(journal)
    assert kept.evidence == TemperatureEvidence(level_c=38.5, peak_c=0.5, days_of_fever=2)
    journal.close()


def test_an_alarm_of_a_newer_release_does_not_hide_the_others(path: Path, make_alarm) -> None:
    journal = SqliteJournal(path)
    journal.record([make_alarm(1)], [], 1.0)
    plain = sqlite3.connect(path)
    plain.execute("INSERT INTO standing VALUES ('levitation', 'ada', '', ?)", (b'{"id": "x"}',))
    plain.commit()
    plain.close()
    assert standing(journal) == [make_alarm(1)]
    (line,) = journal.history(0.0, 1e12)
    assert (line.subject, line.outcome) == ("levitation/ada/", "lost")
    journal.close()


def test_history_comes_back_in_order(path: Path) -> None:
    journal = SqliteJournal(path)
    journal.note(1.0, "fever-1", Notify("mother", "fever-1", "Fever", "38.1 °C", True), "delivered")
    journal.note(2.0, "fever-1", Withheld("father", "fever-1", Reason.SNOOZED))
    journal.note(3.0, "command", "mother: with_her", "done")
    lines = journal.history(1.0, 3.0)
    assert [(line.wall_s, line.kind, line.outcome) for line in lines] == [
        (1.0, "notify", "delivered"),
        (2.0, "withheld", ""),
    ]
    assert '"reason":"snoozed"' in lines[1].detail
    assert [line.detail for line in journal.history(0, 9, after=lines[1].row)] == ["mother: with_her"]
    journal.close()


def test_old_rows_go_by_age_and_number(path: Path, make_alarm, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (
        ("KEEP_CONFIRMED_ROWS", 30),
        ("KEEP_WAITING_ROWS", 40),
        ("KEEP_CHANGES", 25),
        ("KEEP_LINES", 5),
    ):
        monkeypatch.setattr(journal_tables, name, value)
    day_s = 86_400.0
    journal = SqliteJournal(path)
    for number in range(50):
        journal.record([make_alarm(number)], [MESSAGE], number * day_s)
    rows = [row.row for row in journal.pending(100)]
    journal.confirm(rows[:45], 50 * day_s)
    journal.prune(56 * day_s)
    assert [row.row for row in journal.pending(100)] == rows[45:]
    assert len(journal.changes_after(0, 100)) == 25
    assert journal.sequence() == 49
    assert len(standing(journal)) == 1
    count = journal._db.number("SELECT count(*) FROM outbox")
    assert count == 30
    journal.prune(58 * day_s)
    assert journal._db.number("SELECT count(*) FROM outbox") == 5
    assert journal.waiting() == (5, 45 * day_s)

    for number in range(60):
        journal.record([], [MESSAGE], 60 * day_s + number)
    journal.prune(61 * day_s)
    assert journal.waiting()[0] == 40
    (line,) = journal.history(0.0, 1e12)
    assert (line.detail, line.outcome) == ("25 oldest messages, never confirmed", "dropped")
    journal.close()


def test_the_reserve_survives_a_restart_and_is_made_of_blocks(path: Path) -> None:
    SqliteJournal(path).close()
    reserve = path.with_name("journal.reserve")
    assert reserve.stat().st_blocks * 512 >= 4 * 1024 * 1024
    reserve.write_bytes(b"")
    with reserve.open("r+b") as file:
        file.truncate(4 * 1024 * 1024)  # all holes, as some backups restore it
    assert Reserve(reserve).held_bytes == 0
    journal = SqliteJournal(path)
    assert Reserve(reserve).held_bytes == 4 * 1024 * 1024
    journal.close()
