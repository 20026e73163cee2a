"""When a stored value was measured: by a table of clocks right, wrong, checked and not."""

import datetime as dt

import pytest

from edge.analysis.arrival.timestamps import BATCH_S, FRESH_S, OLD_S, Measured, OwnClock, clock_read, measured
from edge.model.moment import Now

NOON_S = dt.datetime(2026, 3, 29, 12, tzinfo=dt.UTC).timestamp()
NOW = Now(5000.0, NOON_S)
HOUR_S, DAY_S = 3600.0, 86400.0
NEVER = OwnClock()
JUST = OwnClock(0.0, NOW.mono_s - 5.0, NOON_S - 5.0)
"""A value arrived at once five seconds ago, over this connection."""
BEFORE = OwnClock(0.0, NOW.mono_s - 4000.0, NOON_S - 2 * DAY_S)
READ = OwnClock(-HOUR_S, NOW.mono_s - 1.0)
"""Its clock was read a second ago: it knows no summer time."""
FAST = OwnClock(3 * HOUR_S, NOW.mono_s - 1.0)
"""Its clock was read a second ago: three hours ahead."""


@pytest.mark.parametrize(
    ("clock", "stamp_s", "wall_s", "late", "reason"),
    [
        # measured now
        (NEVER, 0, 0, False, ""),
        (NEVER, -FRESH_S, -FRESH_S, False, ""),
        (NEVER, 30, 0, False, ""),  # a little ahead is not from the future
        (BEFORE, -60, -60, False, ""),
        (READ, -HOUR_S - 60, -60, False, ""),
        # stored, and the clock was checked
        (JUST, -OLD_S, -OLD_S, False, ""),
        (JUST, -OLD_S - 1, -OLD_S - 1, True, ""),
        (JUST, -HOUR_S, -HOUR_S, True, ""),
        (JUST, -3 * DAY_S, -3 * DAY_S, True, ""),
        (BEFORE, -5 * HOUR_S, -5 * HOUR_S, True, ""),
        (READ, -5 * HOUR_S, -4 * HOUR_S, True, ""),
        (READ, -2 * HOUR_S, -HOUR_S, True, ""),
        # stored, or a wrong clock: nobody can tell, so it may ring
        (NEVER, -5 * HOUR_S, 0, False, "it is old, or"),
        (NEVER, -HOUR_S, 0, False, "one hour old, or"),
        (BEFORE, -HOUR_S, 0, False, "one hour old, or"),  # the night on which the clocks change
        (BEFORE, -3 * DAY_S, 0, False, "set back"),
        # wrong for sure
        (NEVER, HOUR_S, 0, False, "one hour ahead"),
        (BEFORE, HOUR_S, 0, False, "one hour ahead"),
        (JUST, 2 * HOUR_S, 0, False, "in the future"),
        # its clock was wrong when it was read and has been set right since: of now, and it may ring
        (READ, 0, 0, False, ""),
        (FAST, 0, 0, False, ""),
        (FAST, -20, -20, False, ""),
        (FAST, 3 * HOUR_S, 0, False, ""),
        (NEVER, -NOON_S, 0, False, "stands in 1970"),
        (JUST, 946_684_800 - NOON_S, 0, False, "stands in 2000"),
    ],
)
def test_when_it_was_measured(clock, stamp_s, wall_s, late, reason):
    """stamp_s, wall_s: seconds after noon; wall_s 0 with a reason: the stamp is not used."""
    _, found = measured(clock, NOON_S + stamp_s, NOW)
    assert (found.wall_s - NOON_S, found.late) == (wall_s, late)
    assert reason in found.reason
    assert bool(found.reason) is bool(reason)


def test_a_hub_without_the_time_checks_nobody_elses():
    adrift = Now(5000.0, NOON_S, synced=False)
    clock, found = measured(NEVER, NOON_S, adrift)
    assert clock == NEVER
    assert found == Measured(NOON_S, reason="its time stamp cannot be checked: the hub's own clock is not set")
    assert clock_read(BEFORE, NOON_S, adrift).ahead_s is None


def test_a_value_that_arrives_at_once_checks_the_clock_for_those_behind_it():
    """Newest first; and in a later connection for those measured since."""
    clock, _ = measured(NEVER, NOON_S - 20, NOW)
    assert measured(clock, NOON_S - DAY_S, NOW)[1].late
    later = Now(NOW.mono_s + DAY_S, NOON_S + DAY_S)
    assert measured(clock, NOON_S + 0.5 * DAY_S, later)[1].late
    assert "set back" in measured(clock, NOON_S - DAY_S, later)[1].reason


def test_a_clock_that_was_read_holds_for_that_connection_alone():
    clock = clock_read(NEVER, NOON_S - 3 * DAY_S, NOW)
    assert measured(clock, NOON_S - 3 * DAY_S - OLD_S - 1, NOW)[1].late
    assert clock_read(clock, 0.0, NOW).ahead_s is None  # a battery later
    early = Now(NOW.mono_s + BATCH_S, NOON_S + BATCH_S)
    assert not measured(clock, NOON_S - 3 * DAY_S + BATCH_S, early)[1].late


@pytest.mark.parametrize("stamp_s", [-62135596800.0 - 14 * HOUR_S, 253402300799.0 + 12 * HOUR_S])
def test_a_clock_at_either_end_of_the_calendar_counts_as_arrival(stamp_s):
    """1 January 1 and 31 December 9999 at the sensor, in a zone far from UTC."""
    _, found = measured(NEVER, stamp_s, NOW)
    assert (found.wall_s, found.late) == (NOW.wall_s, False)
    assert found.reason.startswith("its time stamp is not used")
