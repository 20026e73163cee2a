"""Where the temperature goes: the notice, what it does not ring at, and the forecast."""

import numpy as np
import pytest

from edge.analysis.temperature import thermometer
from edge.analysis.temperature.rules import Rules
from edge.analysis.temperature.thermometer import ThermometerState
from edge.analysis.temperature.trend import LONGEST_GAP_S, Trend, forecast, per_hour, remember, slope
from edge.model.alarm import Condition
from edge.model.limits import Limits
from edge.model.people import Site
from edge.model.reading import Quantity, Reading, Unit

RULES = Rules(Site.PATCH, Limits(), 14.0)


def notices(points, rules=RULES):
    """(minute, sign) of each change of `temperature_rising`."""
    state, present, changes = ThermometerState(), False, []
    for t_s, celsius in points:
        state, assessed = thermometer.advance(state, Reading(Quantity.TEMPERATURE, celsius, Unit.CELSIUS), t_s, rules)
        for sign in assessed.signs:
            if sign.condition is Condition.TEMPERATURE_RISING and sign.present != present:
                present = sign.present
                changes.append((t_s / 60.0, sign))
    return changes


def course(*segments, step_s=60.0, seed=1):
    """(t_s, celsius) of segments (minutes, from, to), with the noise of a patch."""
    rng, levels = np.random.default_rng(seed), []
    for minutes, first, last in segments:
        levels += np.linspace(first, last, round(minutes * 60 / step_s)).tolist()
    return [(i * step_s, celsius + float(rng.normal(0.0, 0.02))) for i, celsius in enumerate(levels)]


def test_the_slope_is_the_median_of_all_pairs_and_no_outlier_moves_it():
    line = [(60.0 * i, 36.5 + 0.01 * i) for i in range(20)]
    assert slope(line) == pytest.approx(0.01 / 60.0)
    line[7] = (420.0, 41.0)
    assert slope(line) == pytest.approx(0.01 / 60.0, rel=0.05)
    assert slope(line[:4]) is None


@pytest.mark.parametrize("rate_c_per_h", [1.2, 2.0, 3.0])
def test_a_fever_that_comes_is_notified_before_the_limit(rate_c_per_h):
    climb_min = 2.0 / rate_c_per_h * 60
    (at_min, sign), *more = notices(course((120, 36.3, 36.3), (climb_min, 36.3, 38.3), (60, 38.3, 38.3)))
    reached_min = 120 + 1.2 / rate_c_per_h * 60
    assert 120 + 10 < at_min < reached_min
    assert sign.evidence.slope_c_per_30min >= 0.5
    low_s, middle_s, high_s = sign.evidence.forecast_s
    assert 0 < low_s < middle_s < high_s
    assert at_min + low_s / 60 <= reached_min <= at_min + high_s / 60
    assert [sign.present for _, sign in more] == [False]  # over when the fever itself is told


@pytest.mark.parametrize(
    "segments",
    [
        [(180, 36.3, 36.3)],
        [(120, 36.3, 36.3), (20, 36.3, 36.8), (40, 36.8, 36.8), (30, 36.8, 36.3)],
        [(120, 36.3, 36.3), (300, 36.3, 37.4)],
        [(120, 34.9, 34.9), (30, 34.9, 36.2), (60, 36.2, 36.2)],
    ],
    ids=["level", "covered for an hour", "the day's own swing", "far below the limit"],
)
def test_what_is_no_fever_that_comes(segments):
    assert notices(course(*segments)) == []


def test_it_does_not_ring_while_it_settles_nor_for_what_no_body_does():
    warming = [(i * 30.0, 37.3 - 7.0 * float(np.exp(-i * 30.0 / 200.0))) for i in range(240)]
    assert notices(warming) == []
    assert notices(course((120, 36.3, 36.3), (8, 36.3, 37.3), (60, 37.3, 37.3))) == []


def test_a_spot_thermometer_has_no_slope():
    rules = Rules(Site.EAR, Limits(), 14.0, spot=True)
    assert notices([(60.0 * i, 36.8 + 0.03 * i) for i in range(60)], rules) == []


def test_a_gap_begins_anew():
    trend = Trend()
    for i in range(20):
        trend = remember(trend, 60.0 * i, 36.5)
    assert len(trend.minutes) == 20
    assert len(remember(trend, 19 * 60.0 + LONGEST_GAP_S + 1.0, 36.5).minutes) == 1


def test_what_is_remembered_is_bounded():
    trend = Trend()
    for i in range(40_000):
        trend = remember(trend, 5.0 * i, 36.5)
    assert len(trend.minutes) <= 22
    assert len(trend.halves) <= 48


@pytest.mark.parametrize(("level_c", "rate"), [(37.0, 0.0), (37.0, -1e-4), (37.5, 1e-3), (39.0, 1e-3)])
def test_there_is_no_forecast_of_what_does_not_come_or_is_there(level_c, rate):
    assert forecast(level_c, rate, 37.5) is None


def test_the_slope_per_hour_is_known_after_a_quarter_of_an_hour_without_a_gap_and_not_for_long() -> None:
    trend, known = Trend(), []
    for minute in range(40):
        t_s = 60.0 * minute + (1200.0 if minute >= 30 else 0.0)  # nothing is heard for twenty minutes
        trend = remember(trend, t_s, 37.0 + 0.01 * minute)
        known.append(per_hour(trend, t_s))
    assert known[:15] == [None] * 15
    assert known[15:30] == pytest.approx([0.6] * 15)
    assert known[30:] == [None] * 10
    steady = Trend(minutes=tuple((60.0 * minute, 37.0) for minute in range(16)))
    assert per_hour(steady, 900.0) == 0.0
    assert per_hour(steady, 900.0 + LONGEST_GAP_S + 1.0) is None
