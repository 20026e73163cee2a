"""What values know of themselves."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from edge.model.alarm import Priority
from edge.model.limits import BOUNDS, FEVER_C, HIGH_FEVER_ABOVE_C, LOW_TEMPERATURE_C, Limits
from edge.model.moment import Now, local
from edge.model.people import Person, Site


def test_priorities_are_ordered():
    assert [p.rank for p in (Priority.NONE, Priority.LOW, Priority.MEDIUM, Priority.HIGH)] == [0, 1, 2, 3]


def test_a_moment_on_two_clocks():
    assert Now(100.0, 5000.0).wall_at(40.0) == 4940.0


@pytest.mark.parametrize(("born", "months"), [(None, None), (dt.date(2026, 1, 1), 0.0), (dt.date(2025, 1, 1), 11.99)])
def test_age(born, months):
    age = Person("mia", "Mia", born).age_months(dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC).timestamp())
    assert age == (None if months is None else pytest.approx(months, abs=0.01))


def test_limits_lie_over_each_other():
    family = Limits(fever_c=38.0, no_data_motion_s=30.0)
    assert Limits(fever_c=38.5).over(family) == Limits(fever_c=38.5, no_data_motion_s=30.0)
    assert Limits().over(family) == family


@pytest.mark.parametrize("site", Site)
def test_every_site_has_defaults_within_the_safe_bounds(site):
    for key, value in (
        ("fever_c", FEVER_C[site]),
        ("high_fever_c", FEVER_C[site] + HIGH_FEVER_ABOVE_C),
        ("low_temperature_c", LOW_TEMPERATURE_C[site]),
    ):
        assert BOUNDS[key].low <= value <= BOUNDS[key].high


EAST, WEST = dt.timezone(dt.timedelta(hours=14)), dt.timezone(dt.timedelta(hours=-12))


@pytest.mark.parametrize("zone", [dt.UTC, EAST, WEST, ZoneInfo("Pacific/Kiritimati")])
@pytest.mark.parametrize("wall_s", [253402300799.0, -62135596800.0, 1e300, -1e300, float("inf"), float("-inf")])
def test_a_stamp_that_no_calendar_holds_is_the_nearest_moment_that_one_does(wall_s, zone):
    """31 December 9999 is what a certificate without end says (RFC 5280, 4.1.2.5)."""
    assert local(wall_s, zone).year == (9999 if wall_s > 0 else 1)


@pytest.mark.parametrize("zone", [dt.UTC, EAST, WEST])
def test_a_stamp_of_today_is_exact(zone):
    assert local(1_790_000_000.5, zone).timestamp() == 1_790_000_000.5
    assert local(float("nan"), zone).timestamp() == 0.0
