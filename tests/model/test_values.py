"""What values know of themselves."""

import datetime as dt

import pytest

from edge.model.alarm import Priority
from edge.model.limits import BOUNDS, FEVER_C, HIGH_FEVER_ABOVE_C, LOW_TEMPERATURE_C, Limits
from edge.model.moment import Now
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
        low, high = BOUNDS[key]
        assert low <= value <= high
