"""A journal that opens late."""

import pytest

from edge.errors import StorageError
from edge.ports import OutgoingMessage
from edge.storage import unavailable
from edge.storage.journal import SqliteJournal
from edge.storage.unavailable import AbsentJournal


def test_what_waited_in_a_journal_that_opens_late_waits_for_the_next_start(monkeypatch, tmp_path):
    monkeypatch.setattr(unavailable, "AGAIN_S", 0.0)
    monkeypatch.setattr(unavailable, "_AT_ONCE", 2)
    file = tmp_path / "journal.sqlite"
    earlier = SqliteJournal(file)
    earlier.record([], [OutgoingMessage(f"old/{number}", b"on", True) for number in range(5)], 1.0)
    earlier.close()
    opened = iter([StorageError("still not there")])

    def again():
        for error in opened:
            raise error
        return SqliteJournal(file)

    journal = AbsentJournal("not there", again)
    with pytest.raises(StorageError, match="still not there"):
        journal.record([], [OutgoingMessage("new", b"1", True)], 2.0)
    journal.record([], [OutgoingMessage("new", b"1", True)], 2.0)
    assert [row.message.topic for row in journal.pending(100)] == ["new"]
    journal.close()
    later = SqliteJournal(file)
    assert [row.message.topic for row in later.pending(100)] == [*(f"old/{number}" for number in range(5)), "new"]
    later.close()
