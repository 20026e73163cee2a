"""What the power cuts are judged by finds what is planted: a row that is missing, a page that is damaged."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from edge.model.alarm import Alarm, AlarmKey, Condition, Kind, Presence, Priority, Reason
from edge.model.care import Entry, Remark
from edge.storage.journal import SqliteJournal
from tests.installed import records

NOTES = ["note 0.0", "note 0.1"]
EVENTS = [("fever-1", 1), ("fever-1", 2)]
KEY = AlarmKey(Condition.FEVER, "mia")


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """One as the hub writes it, with two notes and two changes of an alarm."""
    file = tmp_path / "journal.sqlite"
    hub = SqliteJournal(file)
    for text, (episode, sequence) in zip(NOTES, EVENTS, strict=True):
        alarm = Alarm(
            episode, KEY, Kind.PHYSIOLOGICAL, Priority.MEDIUM, Presence.ON, 1.0, 2.0, sequence, Reason.EVIDENCE
        )
        hub.record([alarm], [], 2.0, [Entry(text, 1, "mia", Remark(text), 1.0, "mother", "mother", 1.0)])
    hub.close()
    return file


def test_a_whole_journal_is_found_whole(journal):
    assert records.damage(journal) == ""
    assert records.missing(journal, NOTES, EVENTS) == []


@pytest.mark.parametrize(
    ("planted", "lost"),
    [
        ("DELETE FROM entry WHERE id = 'note 0.1'", ["note 0.1"]),
        ("DELETE FROM change WHERE sequence = 2", ["fever-1, 2"]),
    ],
)
def test_a_row_that_is_missing_is_named(journal, planted, lost):
    with closing(sqlite3.connect(journal)) as db:
        db.execute(planted)
        db.commit()
    assert records.missing(journal, NOTES, EVENTS) == lost


def test_a_damaged_page_is_found(journal):
    content = bytearray(journal.read_bytes())
    content[4096:8192] = bytes(4096)
    journal.write_bytes(content)
    assert records.damage(journal)
