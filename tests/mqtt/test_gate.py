"""Which commands get in: a table of seconds and what becomes of them."""

from hypothesis import given
from hypothesis import strategies as st

from edge.mqtt.gate import BURST, PER_S, REQUESTS, USERS, Gate


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
    assert not gate.replayed("mother", "r1")
    assert gate.replayed("mother", "r1")
    assert not gate.replayed("father", "r1")
    assert not gate.replayed("mother", "")
    assert not gate.replayed("mother", "")


def test_refusals_are_answered_seldom() -> None:
    gate = Gate()
    assert 60 <= sum(gate.answers("mother", number / 1000.0) for number in range(60_000)) <= 66


@given(st.lists(st.tuples(st.text(max_size=3), st.floats(0.0, 1e6)), max_size=400))
def test_it_is_bounded_whoever_comes(walk: list[tuple[str, float]]) -> None:
    gate = Gate()
    for number, (user, now_s) in enumerate(walk):
        gate.floods(user, now_s)
        gate.answers(user, now_s)
        gate.replayed(user, str(number))
    assert len(gate._commands) <= USERS
    assert len(gate._refusals) <= USERS
    assert len(gate._seen) <= REQUESTS
