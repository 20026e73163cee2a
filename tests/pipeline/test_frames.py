"""Frames of real sensors through the whole road: what a maker adds is no reason to miss a fever, two probes are."""

import datetime as dt
import struct

import pytest

from edge.model.people import Device, Site
from tests.support.frames import WALL_S, Air

FOREHEAD = Device("ear", "beurer_ft95", "mia", address="AA:BB:CC:00:00:03", site=Site.FOREHEAD)


def measured(at_s, flags, tenths):
    """A Temperature Measurement with time and type."""
    time = dt.datetime.fromtimestamp(WALL_S + at_s, dt.UTC)
    stamp = struct.pack("<HBBBBB", time.year, time.month, time.day, time.hour, time.minute, time.second)
    return bytes([flags]) + (tenths & 0xFFFFFF | 0xFF000000).to_bytes(4, "little") + stamp + b"\xff"


@pytest.mark.parametrize("flags", [0x06, 0x86, 0x0E, 0xFE])
def test_a_thermometer_that_marks_a_fever_in_a_reserved_bit_raises_it_like_any_other(flags):
    air = Air(FOREHEAD)
    for at_s in (120, 300, 480):
        air.at(at_s)
        air.hear("characteristic:2a1c", measured(at_s, flags, 397))
    assert air.celsius == [39.7] * 3
    assert "fever" in air.standing
    assert not air.dropped


def probes(*celsius):
    return b"\x40" + b"".join(b"\x02" + struct.pack("<h", round(value * 100)) for value in celsius)


def patch(**options):
    return Air(Device("patch", "bthome_v2", "mia", address="AA:BB:CC:00:00:04", site=Site.PATCH, options=options))


def play(air, payload, minutes=40):
    for at_s in range(30, minutes * 60, 30):
        air.at(at_s)
        air.hear("service_data:fcd2", payload)
    return air


@pytest.mark.parametrize("both", [(39.3, 29.0), (29.0, 39.3), (36.6, 38.9), (36.7, 36.7)])
def test_two_temperatures_in_a_frame_are_no_value_until_one_is_chosen(both):
    air = play(patch(), probes(*both))
    assert not air.readings
    assert air.standing == {"no_data"}
    assert air.began[0] == (180.0, "no_data")
    said = "expected one temperature in a frame, got 2: choose the child's by the option index (1 to 2)"
    assert air.why_not_watched == f"nothing usable heard: {said}"
    assert "choose the child's by the option index" in air.alarms["no_data"].text


@pytest.mark.parametrize(("index", "raises"), [("1", False), ("2", True)])
def test_the_one_that_was_chosen_decides(index, raises):
    air = play(patch(index=index), probes(36.6, 38.9))
    assert set(air.celsius) == {38.9 if raises else 36.6}
    assert ("fever" in air.standing) is raises
    assert not air.why_not_watched


def test_one_temperature_needs_no_choice():
    air = play(patch(), probes(39.3))
    assert "fever" in air.standing
    assert not air.dropped


def test_a_frame_without_the_one_that_was_chosen_is_refused():
    air = play(patch(index="3"), probes(36.6, 38.9), minutes=5)
    assert not air.readings
    assert "expected 3 of temperature in a frame (option index), got 2" in air.why_not_watched


def test_what_was_refused_is_forgotten_once_a_frame_is_taken():
    air = play(patch(), probes(36.6, 38.9), minutes=5)
    assert air.standing == {"no_data"}
    air.at(600.0)
    for _ in range(3):
        air.hear("service_data:fcd2", probes(36.6))
    air.at(601.0)
    assert "no_data" not in air.standing
    assert "refused" not in air.why_not_watched
