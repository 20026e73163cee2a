"""The table of a connection's life, and the wait after a failure."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import TransitionError
from edge.radio.link import FIRST_WAIT_S, LONGEST_WAIT_S, TABLE, Happening, State, after, backoff_s


def test_a_whole_life():
    road = [
        (Happening.ADVERTISED, State.CONNECTING),
        (Happening.CONNECTED, State.SUBSCRIBING),
        (Happening.SUBSCRIBED, State.STREAMING),
        (Happening.RECEIVED, State.STREAMING),
        (Happening.OVERDUE, State.SILENT),
        (Happening.FAILED, State.BACKING_OFF),
        (Happening.WAITED, State.SEARCHING),
    ]
    state = State.SEARCHING
    for happening, expected in road:
        state = after(state, happening)
        assert state is expected


@pytest.mark.parametrize(
    ("state", "happening"), [pair for pair in itertools.product(State, Happening) if pair not in TABLE]
)
def test_a_pair_that_is_not_listed_is_refused(state, happening):
    with pytest.raises(TransitionError, match=f"{state} cannot be {happening}"):
        after(state, happening)


def test_every_state_can_be_reached_and_left_and_every_happening_means_something():
    assert {state for state, _ in TABLE} == set(State)
    assert set(TABLE.values()) == set(State)
    assert {happening for _, happening in TABLE} == set(Happening)


def test_every_state_with_a_connection_can_fail():
    connected = {State.CONNECTING, State.SUBSCRIBING, State.STREAMING, State.SILENT}
    assert {state for state, happening in TABLE if happening is Happening.FAILED} == connected


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_the_wait_is_bounded_and_never_nothing(failures, chance):
    assert FIRST_WAIT_S / 2 <= backoff_s(failures, chance) <= LONGEST_WAIT_S


def test_the_wait_doubles():
    assert [backoff_s(n, 0.0) for n in range(1, 9)] == [0.25, 0.5, 1, 2, 4, 8, 15, 15]
    assert LONGEST_WAIT_S < 60  # the no_data limit of a motion sensor
