"""Silence is judged from arrivals alone, from boot on."""

import pytest

from edge.analysis import battery
from edge.analysis.arrival import liveness
from edge.model.limits import Limits
from edge.model.reading import Quantity, Reading, Unit, Validity

NONE = Limits()


@pytest.mark.parametrize(
    ("interval_s", "motion", "spot", "limits", "deadline_s"),
    [
        (1.0, True, False, NONE, 60.0),
        (1.0, True, False, Limits(no_data_motion_s=20.0), 20.0),
        (10.0, False, False, NONE, 120.0),
        (60.0, False, False, NONE, 180.0),
        (3600.0, False, False, NONE, 1800.0),
        (60.0, False, False, Limits(no_data_temperature_s=600.0), 600.0),
        (60.0, False, True, NONE, None),
    ],
)
def test_deadlines(interval_s, motion, spot, limits, deadline_s):
    assert liveness.deadline_s(limits, interval_s, motion=motion, spot=spot) == deadline_s


@pytest.mark.parametrize(
    ("last_seen_s", "now_s", "present"),
    [(None, 159.0, None), (None, 160.0, True), (150.0, 209.0, False), (150.0, 210.0, True), (150.0, 1e9, True)],
)
def test_silence(last_seen_s, now_s, present):
    sign = liveness.no_data(100.0, last_seen_s, 60.0, now_s)
    assert (sign.present if sign else None) is present
    if sign and sign.present:
        assert sign.onset_s == (100.0 if last_seen_s is None else last_seen_s)
        assert sign.evidence.ever_heard is (last_seen_s is not None)


@pytest.mark.parametrize(
    ("percent", "validity", "low"),
    [
        (3.0, Validity.VALID, True),
        (14.9, Validity.VALID, True),
        (15.0, Validity.VALID, None),
        (19.9, Validity.VALID, None),
        (20.0, Validity.VALID, False),
        (100.0, Validity.VALID, False),
        (3.0, Validity.INVALID, None),
        (float("nan"), Validity.VALID, None),
    ],
)
def test_battery(percent, validity, low):
    sign = battery.sign(Reading(Quantity.BATTERY, percent, Unit.PERCENT, validity), NONE, 0.0)
    assert (sign.present if sign else None) is low
