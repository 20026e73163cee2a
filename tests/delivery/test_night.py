"""How long the night still lasts, by the clock of the house, also in the nights in which the clocks change."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from edge.delivery import night
from edge.model.moment import Now

BERLIN, HOWE = "Europe/Berlin", "Australia/Lord_Howe"


@pytest.mark.parametrize(
    ("span", "zone", "when", "fold", "hours"),
    [
        ("22:00-07:00", BERLIN, (2026, 3, 14, 23, 0), 0, 8.0),
        ("22:00-07:00", BERLIN, (2026, 3, 14, 6, 59), 0, 1 / 60),
        ("22:00-07:00", BERLIN, (2026, 3, 14, 7, 0), 0, 0.0),
        ("22:00-07:00", BERLIN, (2026, 3, 14, 21, 59), 0, 0.0),
        ("01:00-06:00", BERLIN, (2026, 3, 14, 2, 0), 0, 4.0),
        ("00:00-00:00", BERLIN, (2026, 3, 14, 2, 0), 0, 0.0),
        # Summer time begins: 02:00 becomes 03:00.
        ("22:00-07:00", BERLIN, (2026, 3, 28, 23, 0), 0, 7.0),
        ("22:00-07:00", BERLIN, (2026, 3, 29, 1, 0), 0, 5.0),
        ("22:00-07:00", BERLIN, (2026, 3, 29, 3, 0), 0, 4.0),
        # It ends: 02:00 to 03:00 comes twice.
        ("22:00-07:00", BERLIN, (2026, 10, 25, 1, 0), 0, 7.0),
        ("22:00-07:00", BERLIN, (2026, 10, 25, 2, 30), 0, 5.5),
        ("22:00-07:00", BERLIN, (2026, 10, 25, 2, 30), 1, 4.5),
        ("22:00-02:30", BERLIN, (2026, 10, 25, 2, 10), 0, 4 / 3),
        ("22:00-02:30", BERLIN, (2026, 10, 25, 2, 10), 1, 1 / 3),
        ("22:00-02:30", BERLIN, (2026, 10, 25, 2, 40), 1, 0.0),
        ("22:00-07:00", HOWE, (2026, 4, 5, 1, 0), 0, 6.5),
        ("22:00-07:00", HOWE, (2026, 10, 4, 1, 0), 0, 5.5),
    ],
)
def test_the_night_lasts_until_its_end_on_the_clock(span, zone, when, fold, hours):
    wall_s = dt.datetime(*when, tzinfo=ZoneInfo(zone), fold=fold).timestamp()
    assert night.left_s(span, Now(0.0, wall_s, True), ZoneInfo(zone)) == pytest.approx(3600.0 * hours)


def test_while_nobody_knows_what_time_it_is_it_is_no_night():
    wall_s = dt.datetime(2026, 3, 14, 2, 0, tzinfo=ZoneInfo(BERLIN)).timestamp()
    assert night.left_s("22:00-07:00", Now(0.0, wall_s, False), ZoneInfo(BERLIN)) == 0.0
