"""A store that never opens, and a journal that opens late."""

import pytest

from edge.errors import StorageError
from edge.ports import OutgoingMessage
from edge.storage import unavailable
from edge.storage.journal import SqliteJournal
from edge.storage.unavailable import UnavailableJournal, UnavailableStore


def test_what_is_kept_nowhere_is_said_at_each_commit(make_reading):
    store = UnavailableStore("/state: Input/output error")
    store.keep([make_reading(1.0)])
    for _ in range(2):
        with pytest.raises(StorageError, match=r"^/state: Input/output error$"):
            store.commit()
    store.close()


def test_a_journal_that_does_not_open_says_why_and_is_not_tried_at_once():
    def again():
        pytest.fail("tried again within AGAIN_S")

    journal = UnavailableJournal("/state: Input/output error", again)
    for call in (
        journal.latest,
        journal.sequence,
        lambda: journal.record([], [], 1.0),
        lambda: journal.confirm([1], 1.0),
    ):
        with pytest.raises(StorageError, match="Input/output error"):
            call()
    assert journal.pending(10) == []
    journal.close()


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

    journal = UnavailableJournal("not there", again)
    with pytest.raises(StorageError, match="still not there"):
        journal.record([], [OutgoingMessage("new", b"1", True)], 2.0)
    journal.record([], [OutgoingMessage("new", b"1", True)], 2.0)
    assert [row.message.topic for row in journal.pending(100)] == ["new"]
    journal.close()
    later = SqliteJournal(file)
    assert [row.message.topic for row in later.pending(100)] == [*(f"old/{number}" for number in range(5)), "new"]
    later.close()
