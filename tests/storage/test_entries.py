"""What caregivers added, in the journal's file: upgrades, what a newer release wrote, the bound."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from edge.model.care import Entry, Remark
from edge.storage import alarm_rows, entries, journal_tables
from edge.storage.database import Database
from edge.storage.journal import SqliteJournal
from tests.support.kept import standing

FIRST = Entry("e1", 1, "ada", Remark("x"), 1.0, "mother", "mother", 1.0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


def test_a_journal_of_the_release_before_is_taken_over(path: Path, make_alarm) -> None:
    old = Database(path, journal_tables.SCHEMA[:1])
    with old.transaction() as db:
        journal_tables.add_alarm(db, make_alarm(5), alarm_rows.encoded(make_alarm(5)), 1.0)
    assert old.number("PRAGMA user_version") == 1
    old.close()

    new = SqliteJournal(path)
    assert new._db.number("PRAGMA user_version") == len(journal_tables.SCHEMA)
    assert (standing(new), new.sequence(), new.entries(9)) == ([make_alarm(5)], 5, [])
    new.record([make_alarm(6)], [], 2.0, [FIRST])
    new.close()

    again = SqliteJournal(path)
    assert (again.sequence(), again.entries(9)) == (6, [FIRST])
    again.close()
    before = Database(path, journal_tables.SCHEMA[:-1])  # the release before still reads its part
    assert before.number("SELECT value FROM counter WHERE name = 'sequence'") == 6
    before.close()


def test_what_a_newer_release_wrote_is_left_out_and_noted(path: Path) -> None:
    new = SqliteJournal(path)
    new.record([], [], 1.0, [FIRST, replace(FIRST, id="e2")])
    new.close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE entry SET kind = 'poem' WHERE id = 'e1'")
        db.commit()
    new = SqliteJournal(path)
    assert [entry.id for entry in new.entries(9)] == ["e2"]
    [line] = new.history(0, 1e12)
    assert (line.subject, line.outcome) == ("e1", "lost")
    assert "there is no kind of entry 'poem'" in line.detail
    new.close()


def test_the_journal_of_entries_is_bounded(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "KEEP_VERSIONS", 3)
    new = SqliteJournal(path)
    new.record([], [], 1.0, [replace(FIRST, id=f"e{number}") for number in range(10)])
    new.prune(2.0)
    assert [entry.id for entry in new.entries(99)] == ["e7", "e8", "e9"]
    new.close()
