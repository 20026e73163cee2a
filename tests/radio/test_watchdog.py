"""When silence is too long."""

import dataclasses

import pytest

from edge.radio import watchdog
from tests.support.air.rig import STRAP


@pytest.mark.parametrize(("interval_s", "deadline_s"), [(0.1, 10), (2, 10), (5, 10), (30, 60), (300, 600)])
def test_the_deadline_is_before_three_intervals_and_never_hasty(interval_s, deadline_s):
    profile = dataclasses.replace(STRAP, expected_interval_s=interval_s)
    assert watchdog.deadline_s(profile) == deadline_s


def test_time_left():
    assert watchdog.left_s(100.0, 90.0, 120.0) == 70.0
    assert watchdog.left_s(100.0, 90.0, 190.0) == 0.0
