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
        assert local_s - clock.utc(local_s, BERLIN) == 3600 * hours
