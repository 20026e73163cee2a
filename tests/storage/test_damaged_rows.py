"""A journal with values that no release wrote: such a row is left out, counted and noted, and the rest is taken up."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.model.alarm import Condition
from edge.model.care import Dose, Entry, Remark
from edge.storage.journal import SqliteJournal

# Times, numbers and types as a bad card, or a stranger's hand, may leave them in JSON.
NO_TIMES = (1e300, -1e300, 1e15, -1e12, "1000", [], True, {"s": 1})
NO_NUMBERS = (2**63 - 1, 2**70, -1, 1e300, 1.5, "7", None)


@pytest.fixture
def path(tmp_path: Path, make_alarm) -> Iterator[Path]:
    path = tmp_path / "journal.db"
    journal = SqliteJournal(path)
    journal.record([make_alarm(1), make_alarm(2, Condition.NO_DATA, cleared_s=1040.0)], [], 1.0)
    entries = [
        Entry("e-1", 1, "ada", Dose("ibuprofen", 50.0, "mg"), 900.0, "anna", "anna", 910.0),
        Entry("e-2", 1, "ada", Remark("slept well"), 950.0, "anna", "anna", 960.0, next_s=990.0),
    ]
    journal.record([], [], 1.0, entries)
    journal.close()
    return path


def _write(path: Path, statement: str, *values: object) -> None:
    plain = sqlite3.connect(path)
    with plain:
        plain.execute(statement, values)
    plain.close()


def _damage(path: Path, **changes: object) -> None:
    plain = sqlite3.connect(path)
    (state,) = plain.execute("SELECT state FROM standing WHERE condition = 'no_data'").fetchone()
    plain.close()
    damaged = json.dumps({**json.loads(state), **changes}).encode()
    _write(path, "UPDATE standing SET state = ? WHERE condition = 'no_data'", damaged)


def _left_out(path: Path) -> tuple[list[Condition], list[str], int, int]:
    """Conditions and entries that a start takes up, how many rows it leaves out, and how many the next start."""
    journal = SqliteJournal(path)
    taken, entries = [alarm.key.condition for alarm in journal.latest()], [entry.id for entry in journal.entries(100)]
    lines = [line for line in journal.history(0.0, 1e12) if line.outcome == "lost"]
    counted = journal.left_out
    assert len(lines) == counted
    journal.close()
    journal = SqliteJournal(path)
    journal.latest(), journal.entries(100)
    again = journal.left_out
    journal.close()
    return taken, entries, counted, again


def test_what_is_sound_is_taken_up(path: Path) -> None:
    assert _left_out(path) == ([Condition.FEVER, Condition.NO_DATA], ["e-1", "e-2"], 0, 0)


@pytest.mark.parametrize("value", NO_TIMES)
@pytest.mark.parametrize("name", ["onset_s", "raised_s", "changed_s", "cleared_s", "silent_until_s"])
def test_an_alarm_with_a_time_that_cannot_be_is_left_out(path: Path, name: str, value: object) -> None:
    _damage(path, **{name: value})
    assert _left_out(path) == ([Condition.FEVER], ["e-1", "e-2"], 1, 0)


@pytest.mark.parametrize("name", ["cleared_s", "silent_until_s"])
def test_an_alarm_may_have_no_end_and_no_silence(path: Path, name: str) -> None:
    _damage(path, **{name: None})
    assert _left_out(path)[2] == 0


@pytest.mark.parametrize("value", NO_NUMBERS)
def test_an_alarm_with_a_number_that_cannot_be_is_left_out(path: Path, value: object) -> None:
    _damage(path, sequence=value)
    assert _left_out(path) == ([Condition.FEVER], ["e-1", "e-2"], 1, 0)


@pytest.mark.parametrize(
    "changes",
    [
        {"value": 1e300},
        {"limit": -1e300},
        {"kind": 5},
        {"key": {"condition": "no_data", "person": "a/#", "device": ""}},
        {"key": "x"},
        {"id": 7},
        {"text": []},
    ],
)
def test_an_alarm_with_another_value_that_cannot_be_is_left_out(path: Path, changes: dict[str, object]) -> None:
    _damage(path, **changes)
    assert _left_out(path)[:3] == ([Condition.FEVER], ["e-1", "e-2"], 1)


@pytest.mark.parametrize("state", [b"", b"\xff\xfe", b"[1]", b"null", b'{"id": ' + b"[" * 100_000])
def test_an_alarm_that_is_no_object_is_left_out(path: Path, state: bytes) -> None:
    _write(path, "UPDATE standing SET state = ? WHERE condition = 'no_data'", state)
    assert _left_out(path) == ([Condition.FEVER], ["e-1", "e-2"], 1, 0)


@pytest.mark.parametrize(
    "evidence", [{"silent_s": 1e300}, {"silent_s": "x"}, {"sensors": 5}, {"future": [1]}, [], None, "x"]
)
def test_an_alarm_with_damaged_evidence_is_taken_up_without_it(path: Path, evidence: object) -> None:
    _damage(path, evidence=evidence)
    journal = SqliteJournal(path)
    fever, no_data = journal.latest()
    assert (no_data.evidence.sensors, no_data.evidence.silent_s, journal.left_out) == (None, None, 0)
    assert (fever.evidence.peak_c, fever.evidence.days_of_fever) == (38.1, 3)
    journal.close()


@pytest.mark.parametrize("name", ["happened_s", "entered_s", "next_s"])
@pytest.mark.parametrize("value", [1e300, -1e300, float("inf"), -1e12])
def test_an_entry_with_a_time_that_cannot_be_is_left_out(path: Path, name: str, value: float) -> None:
    _write(path, f"UPDATE entry SET {name} = ? WHERE id = 'e-1'", value)
    assert _left_out(path) == ([Condition.FEVER, Condition.NO_DATA], ["e-2"], 1, 0)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("version", 2**63 - 1),
        ("version", -5),
        ("kind", "song"),
        ("person", "a/#"),
        ("what", b'{"drug": "x", "amount": 1e300}'),
        ("what", b'{"drug": 5}'),
        ("what", b"\xff"),
        ("what", b"[" * 100_000),
    ],
)
def test_an_entry_with_another_value_that_cannot_be_is_left_out(path: Path, name: str, value: object) -> None:
    _write(path, f"UPDATE entry SET {name} = ? WHERE id = 'e-1'", value)
    taken, entries, _, _ = _left_out(path)
    assert taken == [Condition.FEVER, Condition.NO_DATA]
    assert entries == ["e-2"]


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63), 2**53])
def test_counting_goes_on_where_the_number_of_changes_cannot_be_true(path: Path, make_alarm, number: int) -> None:
    _write(path, "UPDATE counter SET value = ? WHERE name = 'sequence'", number)
    journal = SqliteJournal(path)
    first = journal.sequence()
    assert 1_700_000_000 < first < 2**53
    assert journal.left_out == 1
    journal.record([make_alarm(first + 1)], [], 1.0)
    assert journal.sequence() == first + 1
    journal.close()
