"""What every Journal does, the one in memory too."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from edge.errors import StorageError
from edge.model.alarm import Condition, Presence, Reason
from edge.model.care import Dose, Entry, ManualReading, Remark, Stage, Symptoms, What
from edge.model.effect import Notify, Withheld
from edge.model.people import Site
from edge.ports import Journal, OutgoingMessage
from edge.storage.journal import SqliteJournal
from tests.support.fakes.journal import MemoryJournal
from tests.support.kept import standing

FEVER = OutgoingMessage("feverhub/home/ada/alarm/fever", b'{"schema": 1}', True, "fever-1", 1e9)
EVENT = OutgoingMessage("feverhub/home/ada/event", b"\x00\xff", False)


@pytest.fixture(params=["sqlite", "memory"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    made: Journal = SqliteJournal(tmp_path / "journal.sqlite") if request.param == "sqlite" else MemoryJournal()
    yield made
    made.close()


def test_an_empty_journal(journal: Journal) -> None:
    assert (journal.pending(10), standing(journal), journal.sequence()) == ([], [], 0)


def test_messages_wait_in_order_until_they_are_confirmed(journal: Journal, make_alarm) -> None:
    journal.record([make_alarm(1)], [FEVER, EVENT], 100.0)
    journal.record([], [EVENT], 200.0)
    rows = journal.pending(10)
    assert [(row.message, row.created_s) for row in rows] == [(FEVER, 100.0), (EVENT, 100.0), (EVENT, 200.0)]
    assert [row.row for row in rows] == sorted({row.row for row in rows})
    assert journal.pending(1) == rows[:1]
    assert journal.pending(10, after=rows[0].row) == rows[1:]
    journal.confirm([rows[1].row], 300.0)
    journal.confirm([rows[1].row], 400.0)
    assert journal.pending(10) == [rows[0], rows[2]]
    journal.confirm([row.row for row in rows], 500.0)
    assert journal.pending(10) == []


def test_what_stands_is_the_last_state_of_what_is_not_off(journal: Journal, make_alarm) -> None:
    movement = Condition.SEIZURE_LIKE_MOVEMENT
    journal.record([make_alarm(1), make_alarm(2, movement)], [], 1.0)
    journal.record([make_alarm(3, presence=Presence.LATCH)], [], 2.0)
    assert standing(journal) == [make_alarm(2, movement), make_alarm(3, presence=Presence.LATCH)]
    journal.record([make_alarm(4, presence=Presence.OFF)], [], 3.0)
    assert standing(journal) == [make_alarm(2, movement)]
    assert journal.latest() == [make_alarm(2, movement), make_alarm(4, presence=Presence.OFF)]
    assert journal.sequence() == 4


def test_what_is_over_is_its_last_state_as_long_as_it_is_looked_back_at(journal: Journal, make_alarm) -> None:
    movement = Condition.SEIZURE_LIKE_MOVEMENT
    early, late = make_alarm(1, movement, id="m-1", changed_s=100.0), make_alarm(2, id="f-1", changed_s=200.0)
    over = [
        make_alarm(3, movement, Presence.OFF, id="m-1", changed_s=150.0),
        replace(late, sequence=4, presence=Presence.OFF),
    ]
    journal.record([early], [], 100.0)
    journal.record([over[0]], [], 150.0)
    assert journal.past(0.0) == [over[0]]
    journal.record([late], [], 200.0)
    assert journal.past(0.0) == [over[0]]
    journal.record([over[1]], [], 200.0)
    assert journal.past(0.0) == over
    assert journal.past(151.0) == over[1:]


def test_the_sequence_never_goes_back(journal: Journal, make_alarm) -> None:
    journal.record([make_alarm(7)], [], 1.0)
    journal.record([make_alarm(5)], [], 1.0)
    assert journal.sequence() == 7


def test_history_takes_every_kind_of_line(journal: Journal) -> None:
    journal.note(1.0, "fever-1", Notify("mother", "fever-1", "Fever", "38.1 °C", True), "delivered")
    journal.note(2.0, "fever-1", Withheld("father", "fever-1", Reason.SNOOZED))
    journal.note(3.0, "command", "mother: with_her", "done")


def entry(number: int, version: int = 1, what: What | None = None, **more: object) -> Entry:
    kept = what or Dose("Ibuprofen", 5.0, "ml", "fever", medicine="Ibuprofen")
    fields = Entry(f"e{number}", version, "ada", kept, 100.0 * number, "mother", "father", 100.0 * number + version)
    return replace(fields, **more)  # type: ignore[arg-type]


KEPT = (
    entry(1, reply="written down", against_plan="EARLIER", request_id="r", withdrawn=True, next_s=9.5),
    entry(2, what=Symptoms(Stage.AFTER, True, None, False, "open", "pale", "left leg", "phone", "sleepy", "a-1")),
    entry(3, what=Remark("She drank well. ♥")),
    entry(4, what=ManualReading(38.4, Site.EAR, "Braun")),
)


def test_what_caregivers_add_is_read_as_it_was_written(journal: Journal) -> None:
    assert journal.entries(10) == []
    journal.record([], [EVENT], 1.0, KEPT)
    assert journal.entries(10) == list(KEPT)
    assert [row.message for row in journal.pending(10)] == [EVENT]
    assert journal.entries(2) == list(KEPT[2:])


def test_of_an_entry_the_newest_version_counts_and_each_once(journal: Journal) -> None:
    journal.record([], [], 1.0, [entry(1), entry(2)])
    journal.record([], [], 2.0, [entry(1, 2, withdrawn=True)])
    journal.record([], [], 3.0, [entry(1), entry(1, 2, reply="written twice")])
    assert journal.entries(10) == [entry(1, 2, withdrawn=True), entry(2)]


def test_a_closed_journal_says_so(journal: Journal, make_alarm) -> None:
    journal.close()
    journal.close()
    with pytest.raises(StorageError, match="closed"):
        journal.record([make_alarm(1)], [], 1.0)


def test_a_memo_is_the_newest_text_under_its_name(journal: Journal) -> None:
    assert journal.recall("house") == ""
    journal.record([], [], 1.0, memos={"house": "one", "other": "x"})
    journal.record([], [], 2.0, memos={"house": "two"})
    journal.record([], [], 3.0)
    assert (journal.recall("house"), journal.recall("other")) == ("two", "x")


def test_events_that_were_confirmed_lately_can_wait_again_and_states_do_not(journal: Journal) -> None:
    journal.record([], [EVENT], 100.0)
    journal.record([], [FEVER, EVENT, EVENT], 450.0)
    old, state, late, waiting = [row.row for row in journal.pending(10)]
    journal.reopen(360.0)
    journal.confirm([old], 100.0)
    journal.confirm([state, late], 500.0)
    journal.reopen(360.0, 700.0)
    assert [row.row for row in journal.pending(10)] == [late, waiting]
    journal.confirm([late], 700.0)
    assert [row.row for row in journal.pending(10)] == [waiting]


def test_an_event_waits_again_by_when_it_was_confirmed_first_not_by_when_it_was_made(journal: Journal) -> None:
    """Confirmed after hours without a broker, it may be lost as any other; sent again, it does not start afresh."""
    journal.record([], [EVENT], 100.0)
    (made_long_ago,) = [row.row for row in journal.pending(10)]
    journal.confirm([made_long_ago], 9000.0)
    for again_s, waits in ((9100.0, [made_long_ago]), (9300.0, [made_long_ago]), (9400.0, [])):
        journal.reopen(360.0, again_s)
        assert [row.row for row in journal.pending(10)] == waits
        journal.confirm(waits, again_s)


def test_before_the_newest_confirmation_needs_no_clock(journal: Journal) -> None:
    journal.record([], 4 * [EVENT], 100.0)
    wild, old, late, last = [row.row for row in journal.pending(10)]
    for row, wall_s in ((wild, 4e9), (old, 100.0), (late, 300.0), (last, 500.0)):
        journal.confirm([row], wall_s)
    journal.reopen(360.0)
    assert [row.row for row in journal.pending(10)] == [wild, late, last]
