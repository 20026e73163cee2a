"""What was measured after a dose."""

import pytest

from edge.analysis.dose import DoseEffect, dose_effect

HOUR_S = 3600.0
CURVE = [(900.0 * i, 39.0 - 0.1 * min(i, 14)) for i in range(40)]


def test_the_lowest_level_of_the_next_four_hours():
    effect = dose_effect(CURVE, HOUR_S)
    assert effect.before_c == pytest.approx(38.6)
    assert effect.lowest_c == pytest.approx(37.6)
    assert effect.lowest_s == 14 * 900.0
    assert effect.fall_c == pytest.approx(1.0)
    assert effect.watched_s == 4 * HOUR_S


def test_what_is_not_known_is_not_made_up():
    assert dose_effect([], 0.0) is None
    assert dose_effect(CURVE, 40 * 900.0) is None
    assert dose_effect([(0.0, 39.0), (2 * HOUR_S, 38.0)], HOUR_S) == DoseEffect(None, 38.0, 2 * HOUR_S, HOUR_S)
    assert dose_effect([(0.0, 39.0), (2 * HOUR_S, 38.0)], HOUR_S).fall_c is None
