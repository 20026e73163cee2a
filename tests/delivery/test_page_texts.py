"""Words of the caregivers' page."""

import datetime as dt

import pytest

from edge.delivery import page_texts as words
from edge.model.language import IN_ENGLISH

NIGHT_S = dt.datetime(2026, 3, 29, 4, 0, tzinfo=dt.UTC).timestamp()
HOUR_S = 3600.0


@pytest.mark.parametrize(
    ("c_per_h", "said"),
    [
        (None, ""),
        (0.1, "→ steady"),
        (-0.1, "→ steady"),
        (0.8, "↑ rising 0.4 in 30 min"),
        (-1.0, "↓ falling 0.5 in 30 min"),
    ],
)
def test_where_a_temperature_is_going(c_per_h, said):
    assert words.trend(c_per_h, IN_ENGLISH) == said


def test_a_dose_says_when_the_plan_allows_the_next_and_that_it_does_now():
    given_s = NIGHT_S - 2 * HOUR_S
    said = words.dose("Ibuprofen 5 ml", given_s, given_s + 6 * HOUR_S, NIGHT_S, IN_ENGLISH)
    assert said == "Ibuprofen 5 ml 02:00, next by your plan from 08:00"
    later = words.dose("Ibuprofen 5 ml", given_s, given_s + 6 * HOUR_S, given_s + 6 * HOUR_S, IN_ENGLISH)
    assert later == "Ibuprofen 5 ml 02:00, next by your plan now"
    assert words.dose("Syrup", given_s, None, NIGHT_S, IN_ENGLISH) == "Syrup 02:00"


def test_what_is_no_current_number_says_why_where_that_is_known():
    assert words.number("live", "whatever", IN_ENGLISH) == ""
    assert words.number("stale", "nothing heard", IN_ENGLISH) == "no current value: nothing heard"
    assert words.number("approximate", "", IN_ENGLISH) == "approximate"
    assert words.number("never", "", IN_ENGLISH) == "waiting for the first reading"


def test_who_is_on_watch_and_what_is_paused_until_when():
    assert words.on_watch("Anna", NIGHT_S, NIGHT_S, IN_ENGLISH) == "Anna is on watch since 04:00"
    assert words.on_watch("", 0.0, NIGHT_S, IN_ENGLISH) == "Everyone is on watch"
    assert words.paused("Mia", "", NIGHT_S, NIGHT_S, IN_ENGLISH) == "Watching Mia is paused until 04:00"
