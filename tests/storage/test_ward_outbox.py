"""The outbox behind a cursor of its own: nothing lost, nothing held back, and the family's rows as they were."""

from pathlib import Path

import pytest

from edge.ports import OutgoingMessage
from edge.storage.journal import SqliteJournal
from edge.storage.ward_outbox import MOST_BEYOND, WRITE_S, WardOutbox

WALL_S = 1_795_000_000.0


@pytest.fixture
def journal(tmp_path: Path) -> SqliteJournal:
    return SqliteJournal(tmp_path / "journal.sqlite")


def write(journal: SqliteJournal, *topics: str) -> None:
    journal.record([], [OutgoingMessage(topic, topic.encode(), retain=False) for topic in topics], WALL_S)


def outward(topic: str) -> str | None:
    return None if topic == "private" else f"ward/{topic}"


def outbox(journal: SqliteJournal, name: str = "ward", now_s: float = 0.0) -> WardOutbox:
    return WardOutbox(journal, name, outward, lambda: now_s)


def topics(ward: WardOutbox, limit: int = 200, after: int = 0) -> list[str]:
    return [row.message.topic for row in ward.pending(limit, after)]


def begun(journal: SqliteJournal, name: str = "ward") -> WardOutbox:
    """At a first start, which has nothing of before."""
    ward = outbox(journal, name)
    ward.begin()
    return ward


def test_a_ward_that_joins_gets_what_happens_from_then_on(journal):
    write(journal, "before")
    ward = begun(journal)
    write(journal, "a", "b")
    assert topics(ward) == ["ward/a", "ward/b"]


def test_neither_broker_takes_rows_from_the_other(journal):
    ward, other = begun(journal), begun(journal, "other")
    write(journal, "a", "b")
    rows = [row.row for row in journal.pending(200)]
    journal.confirm(rows, WALL_S)
    assert topics(ward) == ["ward/a", "ward/b"], "the family's has confirmed them, the ward's not"
    ward.confirm(rows, WALL_S)
    assert topics(ward) == []
    assert topics(other) == ["ward/a", "ward/b"]
    write(journal, "c")
    ward.confirm([row.row for row in ward.pending(200)], WALL_S)
    assert [row.message.topic for row in journal.pending(200)] == ["c"]


def test_it_goes_on_where_it_was_after_a_restart(journal, tmp_path):
    ward = begun(journal)
    write(journal, "a", "b")
    ward.confirm([ward.pending(200)[0].row], WALL_S)
    ward.record((), (), WALL_S)
    journal.close()
    again = outbox(SqliteJournal(tmp_path / "journal.sqlite"))
    assert topics(again) == ["ward/b"]


def test_a_ward_that_never_was_there_loses_nothing_over_restarts(journal, tmp_path):
    begun(journal)
    write(journal, "a")
    journal.close()
    assert topics(outbox(SqliteJournal(tmp_path / "journal.sqlite"))) == ["ward/a"]


def test_what_it_is_not_shown_holds_up_nothing_and_pages_stay_whole(journal):
    ward = begun(journal)
    write(journal, *(["private"] * 300), "a", *(["private"] * 5), "b")
    assert topics(ward, limit=2) == ["ward/a", "ward/b"]
    ward.confirm([row.row for row in ward.pending(200)], WALL_S)
    assert journal.cursor("mqtt/ward") == journal.last_outbox_row() + 1


def test_the_cursor_stays_before_a_row_that_the_broker_refuses_and_the_others_are_not_sent_again(journal):
    ward = begun(journal)
    write(journal, "refused", "b", "c")
    rows = [row.row for row in ward.pending(200)]
    ward.confirm(rows[1:], WALL_S)
    assert topics(ward) == ["ward/refused"]


def test_a_row_that_is_refused_for_ever_is_given_up_in_the_end(journal):
    ward = begun(journal)
    write(journal, "refused", *["b"] * (MOST_BEYOND + 10))
    rows = [row.row for row in ward.pending(5_000)]
    ward.confirm(rows[1:], WALL_S)
    assert topics(ward) == []


def test_a_broker_that_lost_what_it_had_confirmed_gets_it_again(journal):
    ward = begun(journal)
    for number in range(3):
        write(journal, f"e{number}")
        ward.confirm([row.row for row in ward.pending(200)], WALL_S + 300.0 * number)
    assert topics(ward) == []
    ward.reopen(360.0, WALL_S + 610.0)
    assert topics(ward) == ["ward/e1", "ward/e2"]


def test_while_rows_wait_the_cursor_is_written_every_five_seconds_and_at_the_end_at_once(journal):
    now_s = [0.0]
    ward = WardOutbox(journal, "ward", outward, lambda: now_s[0])
    ward.begin()
    write(journal, *"abcd")
    rows = [row.row for row in ward.pending(200)]
    first = journal.cursor("mqtt/ward")
    ward.confirm(rows[:1], WALL_S)
    assert journal.cursor("mqtt/ward") == first
    now_s[0] = WRITE_S
    ward.confirm(rows[1:2], WALL_S)
    assert journal.cursor("mqtt/ward") == first + 2
    ward.confirm(rows[2:], WALL_S)
    assert journal.cursor("mqtt/ward") == first + 4


def test_rows_that_the_journal_dropped_meanwhile_are_no_hole(journal):
    ward = begun(journal)
    write(journal, "old")
    journal.confirm([journal.pending(1)[0].row], WALL_S)
    journal.prune(WALL_S + 8 * 86_400.0)
    write(journal, "new")
    assert topics(ward) == ["ward/new"]
