"""The life of one connection, as a table; and how long to wait after a failure."""

from collections.abc import Mapping
from enum import StrEnum

from edge.errors import TransitionError


class State(StrEnum):
    SEARCHING = "searching"
    CONNECTING = "connecting"
    SUBSCRIBING = "subscribing"
    STREAMING = "streaming"
    SILENT = "silent"
    BACKING_OFF = "backing_off"


class Happening(StrEnum):
    """What moves a connection on. `overdue`: the data deadline passed; `answered`: a probe of a quiet sensor worked."""

    ADVERTISED = "advertised"
    CONNECTED = "connected"
    SUBSCRIBED = "subscribed"
    RECEIVED = "received"
    OVERDUE = "overdue"
    ANSWERED = "answered"
    FAILED = "failed"
    WAITED = "waited"


TABLE: Mapping[tuple[State, Happening], State] = {
    (State.SEARCHING, Happening.ADVERTISED): State.CONNECTING,
    (State.CONNECTING, Happening.CONNECTED): State.SUBSCRIBING,
    (State.CONNECTING, Happening.FAILED): State.BACKING_OFF,
    (State.SUBSCRIBING, Happening.RECEIVED): State.SUBSCRIBING,
    (State.SUBSCRIBING, Happening.SUBSCRIBED): State.STREAMING,
    (State.SUBSCRIBING, Happening.FAILED): State.BACKING_OFF,
    (State.STREAMING, Happening.RECEIVED): State.STREAMING,
    (State.STREAMING, Happening.OVERDUE): State.SILENT,
    (State.STREAMING, Happening.FAILED): State.BACKING_OFF,
    (State.SILENT, Happening.RECEIVED): State.STREAMING,
    (State.SILENT, Happening.ANSWERED): State.STREAMING,
    (State.SILENT, Happening.FAILED): State.BACKING_OFF,
    (State.BACKING_OFF, Happening.WAITED): State.SEARCHING,
}


def after(state: State, happening: Happening) -> State:
    """The next state. Raises TransitionError for a pair the table does not list."""
    try:
        return TABLE[state, happening]
    except KeyError:
        raise TransitionError(f"a connection that is {state} cannot be {happening}") from None


FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 30.0
"""Under the 60 s after which silence of a motion sensor is an alarm: a sensor back in reach is tried before it."""


def backoff_s(failures: int, chance: float) -> float:
    """Seconds to wait after the n-th failure in a row (from 1); chance in [0, 1) spreads it over the upper half.

    Doubling with "equal jitter" (Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015), so that
    several sensors lost at once do not all come back in the same instant.
    """
    longest_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(failures - 1, 16))
    return longest_s * (0.5 + 0.5 * chance)
