"""A thermometer that is heard and says nothing of use: somebody is told within half an hour, whatever its reason."""

import random

import pytest

from edge.model.people import Device, Site
from tests.support.frames import Air

PATCH = Device("patch", "health_thermometer", "mia", site=Site.PATCH)
CORE = Device("patch", "greenteg_core", "mia", site=Site.PATCH)
FINAL, INTERIM = "characteristic:2a1c", "characteristic:2a1e"
CORE_KIND = "characteristic:00002101-5b1e-4347-b07c-97b514dae121"


def measured(celsius):
    """A Temperature Measurement in hundredths of a degree."""
    return b"\x00" + round(celsius * 100).to_bytes(3, "little") + b"\xfe"


def core(celsius, quality):
    return bytes([0x04]) + round(celsius * 100).to_bytes(2, "little") + b"\0\0" + bytes([quality])


def well(minute):
    return 36.8 + 0.01 * random.Random(minute).randrange(-4, 5)


def play(value, minutes=90, *, device=PATCH, kind=FINAL, coded=measured, every_s=30.0):
    """value: minute -> C."""
    air = Air(device)
    for number in range(round(60 * minutes / every_s)):
        air.at(number * every_s)
        air.hear(kind, coded(value(number * every_s / 60.0)))
    return air


def when(air, name="cannot_judge"):
    return [at_s / 60 for at_s, told in air.began if told == name]


def dips(minute):
    """A fever, and every five minutes two readings of a bad contact."""
    return 33.0 if minute % 5 < 1 and minute > 20 else 38.4 + 0.01 * (round(2 * minute) % 7)


def saw(minute):
    return 39.2 if minute % 16 < 8 else 36.9


def spoofed(minute):
    return 39.5 if round(20 * minute) % 11 == 0 else 36.6


BLIND = {
    "interim values for ever": ({"kind": INTERIM}, lambda _: 40.0, "still measuring"),
    "beyond where it is proven": ({}, lambda minute: 43.3 + 0.01 * (minute % 3), "where this sensor is proven"),
    "poor for ever, well": ({"device": CORE, "kind": CORE_KIND, "coded": lambda c: core(c, 1)}, well, "calls it poor"),
    "poor for ever, a fever": (
        {"device": CORE, "kind": CORE_KIND, "coded": lambda c: core(c, 1)},
        lambda minute: well(minute) + 2.7,
        "calls it poor",
    ),
    "a good and a bad contact in turn": ({}, saw, ""),
    "a fever with two dips every five minutes": ({}, dips, "warming up"),
    "ten spoofed values to a real one": ({"every_s": 3.0}, spoofed, "far from the rest"),
}


@pytest.mark.parametrize("fault", BLIND)
def test_what_would_let_no_fever_be_noticed_is_notified_within_half_an_hour(fault):
    how, value, says = BLIND[fault]
    air = play(value, minutes=100, **how)
    first, *_ = when(air)
    assert first <= (51 if fault.startswith("a fever with two") else 31)
    assert air.why_not_watched
    assert says in str(air.alarms["cannot_judge"].evidence.why) or "cannot_judge" not in air.standing
    assert "sends nothing usable" in air.alarms["cannot_judge"].text


@pytest.mark.parametrize("degrees", [0.0, 1.9])
def test_a_thermometer_that_measures_is_not_doubted_all_night(degrees):
    air = play(lambda minute: well(minute) + degrees, minutes=5 * 60)
    assert not when(air)
    assert ("fever" in air.standing) is bool(degrees)
    assert not air.why_not_watched


def test_single_outliers_are_no_reason():
    air = play(lambda minute: 33.0 if minute % 5 == 0 and minute > 20 else well(minute) + 1.9, minutes=120)
    assert not when(air)
    assert "fever" in air.standing


@pytest.mark.parametrize(("celsius", "fever"), [(36.8, False), (38.6, True)])
def test_a_value_that_never_changes_is_doubted_and_believed_again_once_it_moves(celsius, fever):
    """Exactly the same for hours: in steps of a tenth after four, since a smaller one was never seen."""
    air = play(lambda _: celsius, minutes=5 * 60)
    assert when(air) == [pytest.approx(240, abs=1)]
    assert air.why_not_watched == "no fever could be judged: its value has not changed at all for hours"
    assert ("fever" in air.standing) is fever
    for at_s in range(5 * 3600, 5 * 3600 + 240, 30):
        air.at(at_s)
        air.hear(FINAL, measured(celsius + 0.01 * (at_s // 30 % 3)))
    assert "cannot_judge" not in air.standing
    assert not air.why_not_watched


def test_one_that_was_seen_to_move_in_hundredths_is_doubted_after_an_hour():
    air = play(lambda minute: well(minute) if minute < 60 else 36.8, minutes=180)
    assert when(air) == [pytest.approx(120, abs=2)]


def test_one_that_is_off_is_not_worn_and_nothing_more():
    air = play(lambda minute: well(minute) if minute < 40 else 25.0 + 0.01 * (minute % 7), minutes=120)
    assert "not_worn" in air.standing
    assert not when(air)


def test_one_that_is_silent_is_silent_and_nothing_more():
    air = play(well, minutes=60)
    air.at(3 * 3600.0)
    assert "no_data" in air.standing
    assert not when(air)


def test_a_spot_thermometer_is_never_doubted():
    air = play(lambda _: 36.8, minutes=300, device=Device("ear", "beurer_ft95", "mia", site=Site.EAR))
    assert not when(air)
