"""Date Time and Current Time, both ways."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from edge.decoding import clock

LOCAL = dt.datetime(2026, 7, 5, 23, 59, 58, 500_000)  # noqa: DTZ001 - a local time without a zone is what they hold
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("characteristic", "expected"),
    [(clock.DATE_TIME, "ea0707 05173b3a"), (clock.CURRENT_TIME, "ea0707 05173b3a 07 80 00")],
)
def test_what_is_written_is_what_is_read(characteristic, expected):
    raw = clock.payload(characteristic, LOCAL)
    assert raw == bytes.fromhex(expected)
    assert clock.seconds(raw) == LOCAL.replace(microsecond=0, tzinfo=dt.UTC).timestamp()


@pytest.mark.parametrize("raw", ["", "ea0707051739", "00000000000000", "ea070d05173b3a", "ea0707050c3cff"])
def test_a_clock_that_is_not_set_says_nothing(raw):
    assert clock.seconds(bytes.fromhex(raw)) is None


def test_local_time_becomes_utc_with_its_summer_time():
    for month, hours in ((1, 1), (7, 2)):
        local_s = dt.datetime(2026, month, 5, 12, tzinfo=dt.UTC).timestamp()
        assert local_s - clock.utc(local_s, BERLIN, local_s) == 3600 * hours


def at(zone, *when, fold=0):
    return dt.datetime(*when, tzinfo=ZoneInfo(zone), fold=fold).timestamp()


@pytest.mark.parametrize(
    ("zone", "day", "now", "stamp", "minutes_ago"),
    [
        ("Europe/Berlin", (2026, 10, 25), ((2, 10), 1), (2, 30), 40),  # the first 02:30
        ("Europe/Berlin", (2026, 10, 25), ((2, 40), 1), (2, 30), 10),  # the second
        ("Europe/Berlin", (2026, 10, 25), ((2, 40), 0), (2, 30), 10),
        ("Europe/Berlin", (2026, 10, 25), ((2, 10), 1), (2, 11), -1),  # a clock that is a minute ahead
        ("Europe/Berlin", (2026, 10, 25), ((3, 10), 0), (2, 30), 40),
        ("America/New_York", (2026, 11, 1), ((1, 5), 1), (1, 50), 15),
        ("Australia/Lord_Howe", (2026, 4, 5), ((1, 35), 1), (1, 50), 15),
        ("Australia/Lord_Howe", (2026, 4, 5), ((1, 55), 1), (1, 50), 5),
    ],
)
def test_a_stamp_in_the_hour_that_comes_twice_is_the_latest_that_is_past(zone, day, now, stamp, minutes_ago):
    (clock_now, fold), local_s = now, dt.datetime(*day, *stamp, tzinfo=dt.UTC).timestamp()
    now_s = at(zone, *day, *clock_now, fold=fold)
    assert now_s - clock.utc(local_s, ZoneInfo(zone), now_s) == 60.0 * minutes_ago
