"""Which commands get in: a table of seconds and what becomes of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.commands.gate import BURST, PER_S, REMEMBERED_S, REQUESTS, USERS, Gate


def test_what_a_person_can_press_gets_in() -> None:
    gate = Gate()
    assert not any(gate.floods("mother", second * 0.5) for second in range(1000))


def test_a_burst_gets_in_and_what_is_beyond_does_not() -> None:
    gate = Gate()
    assert [gate.floods("mother", 5.0) for _ in range(BURST + 5)] == [False] * BURST + [True] * 5
    assert not gate.floods("father", 5.0), "one user's flood is no other's"
    assert not gate.floods("mother", 5.0 + 1.0 / PER_S)


def test_a_clock_that_goes_back_opens_nothing() -> None:
    gate = Gate()
    assert sum(not gate.floods("mother", -float(number)) for number in range(1000)) == BURST


def test_a_request_is_known_by_its_sender_and_id() -> None:
    gate = Gate()
    assert not gate.replayed("mother", "r1", 0.0)
    assert gate.replayed("mother", "r1", 1.0)
    assert not gate.replayed("father", "r1", 1.0)
    assert not gate.replayed("mother", "", 1.0)
    assert not gate.replayed("mother", "", 1.0)


@pytest.mark.parametrize(
    ("later_s", "known"), [(REMEMBERED_S - 1.0, True), (-3600.0, True), (REMEMBERED_S + 1.0, False), (1e9, False)]
)
def test_a_request_is_remembered_for_hours_whatever_the_clock_does(later_s: float, *, known: bool) -> None:
    before, gate = Gate(), Gate()
    before.replayed("mother", "r1", 1e9)
    gate.recall(before.requests(10))
    assert gate.replayed("mother", "r1", 1e9 + later_s) is known
    assert gate.replayed("mother", "r1", 1e9 + later_s)


def test_the_newest_requests_are_those_that_are_kept() -> None:
    gate = Gate()
    for number in range(REQUESTS + 5):
        gate.replayed("mother", str(number), float(number))
    assert gate.requests(2) == [("mother", str(n), float(n)) for n in (REQUESTS + 3, REQUESTS + 4)]
    assert not gate.replayed("mother", "0", float(REQUESTS)), "the oldest are forgotten"


def test_refusals_are_answered_seldom() -> None:
    gate = Gate()
    assert 60 <= sum(gate.answers("mother", number / 1000.0) for number in range(60_000)) <= 66


@given(st.lists(st.tuples(st.text(max_size=3), st.floats(0.0, 1e6)), max_size=400))
def test_it_is_bounded_whoever_comes(walk: list[tuple[str, float]]) -> None:
    gate = Gate()
    for number, (user, now_s) in enumerate(walk):
        gate.floods(user, now_s)
        gate.answers(user, now_s)
        gate.replayed(user, str(number), now_s)
    assert len(gate._commands) <= USERS
    assert len(gate._refusals) <= USERS
    assert len(gate._seen) <= REQUESTS
