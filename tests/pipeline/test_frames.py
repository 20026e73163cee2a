"""Frames of real sensors through the whole road: what a maker adds is no reason to miss a fever, two probes are."""

import datetime as dt
import struct

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESCCM

from edge.analysis.arrival import Verdict
from edge.model.limits import Limits
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


KEY, MAC = bytes(range(16)), bytes.fromhex("aabbcc000004")


def sealed(celsius, counter):
    """An encrypted BTHome frame, as bthome.io/encryption has it."""
    info, number = b"\x41", struct.pack("<I", counter)
    box = AESCCM(KEY, tag_length=4).encrypt(
        MAC + b"\xd2\xfc" + info + number, b"\x02" + struct.pack("<h", round(celsius * 100)), None
    )
    return info + box[:-4] + number + box[-4:]


def plain(celsius, packet):
    return b"\x40\x00" + bytes([packet % 256]) + b"\x02" + struct.pack("<h", round(celsius * 100))


def locked():
    return Air(Device("patch", "bthome_v2", "mia", address="AA:BB:CC:00:00:04", site=Site.PATCH, key=KEY.hex()))


@pytest.mark.parametrize("counter", [5, 90, 800])
@pytest.mark.parametrize("attacked", [False, True])
def test_an_old_frame_that_is_played_back_hides_no_fever(attacked, counter):
    air, old = locked(), sealed(36.6, counter)
    for second in range(2400):
        air.at(second)
        if second % 30 == 0:
            air.hear("service_data:fcd2", sealed(39.4, 1000 + second))
        if attacked and second % 5 == 1:
            air.hear("service_data:fcd2", old)
    assert {"fever", "high_fever"} <= air.standing
    assert set(air.celsius) == {39.4}
    assert not air.why_not_watched
    assert set(air.dropped) == ({str(Verdict.OLD)} if attacked else set())


def test_a_new_battery_is_no_attack():
    air = locked()
    for second in range(0, 1800, 30):
        air.at(second)
        air.hear("service_data:fcd2", sealed(37.0, 90000 + second if second < 900 else second - 900))
    assert len(air.dropped) <= 1
    assert not air.why_not_watched
    assert "no_data" not in {name for _, name in air.began}


@pytest.mark.parametrize(
    ("make", "stands_from", "silent_s"),
    [(sealed, 0, 900), (plain, 0, 900), (sealed, 60, 1800 + 180), (plain, 60, 1800 + 180)],
    ids=["sealed", "plain", "sealed, it counted before", "plain, it counted before"],
)
def test_a_sensor_that_repeats_one_frame_for_hours_is_silent(make, stands_from, silent_s):
    """Its pace is known where it counted before; elsewhere the profile's five minutes hold."""
    air = locked() if make is sealed else patch()
    for second in range(0, 2 * 3600, 4):
        air.at(second)
        air.hear("service_data:fcd2", make(36.8, min(second // 30, stands_from)))
    assert "no_data" in air.standing
    assert len(air.celsius) == stands_from + 1
    assert "it has stopped measuring" in air.why_not_watched
    assert "it has stopped measuring" in air.alarms["no_data"].text
    [at_s] = [at_s for at_s, name in air.began if name == "no_data"]
    assert at_s == pytest.approx(silent_s, abs=5)


@pytest.mark.parametrize("minutes", [1, 5, 10])
def test_a_sensor_that_measures_seldom_and_repeats_its_advert_is_watched_all_the_time(minutes):
    air = patch()
    for second in range(0, 2 * 3600, 4):
        air.at(second)
        air.hear("service_data:fcd2", plain(36.8, second // (minutes * 60)))
        assert not air.began or {name for _, name in air.began} <= {"settling", "measurement_due"}
    assert len(air.celsius) == 2 * 60 // minutes


def test_the_familys_own_deadline_holds_for_repeated_frames_too():
    device = Device("patch", "bthome_v2", "mia", address="AA:BB:CC:00:00:04", site=Site.PATCH)
    air = Air(device, limits={"device/patch": Limits(no_data_temperature_s=300.0)})
    for second in range(0, 1200, 2):
        air.at(second)
        air.hear("service_data:fcd2", plain(36.8, 7))
    assert [at_s for at_s, name in air.began if name == "no_data"] == [pytest.approx(300, abs=4)]


def test_frames_of_a_beacon_and_of_a_sealed_patch_are_told_from_old_ones():
    beacon = Air(Device("t201", "xiaomi_mmc_t201_1", "mia", site=Site.PATCH))
    head, tail = "7022db00", "c16fddf9810009002005c60d630d51"
    for second in range(0, 3600, 20):
        beacon.at(second)
        beacon.hear("service_data:fe95", bytes.fromhex(head + f"{100 + second // 60:02x}" + tail))
        beacon.hear("service_data:fe95", bytes.fromhex(head + "07" + tail))
    assert len(beacon.celsius) == 60
    sealed_patch = Air(Device("fever", "feversmart_patch", "mia", site=Site.PATCH, key="0m0d3s2c"))
    frame = bytes.fromhex("356e6235cd9e13c19f1eb7f8c6fa9de6bef09b44")
    for second in range(0, 3600, 20):
        sealed_patch.at(second)
        sealed_patch.hear("manufacturer:2007", frame + b"\0" * (second % 3))
    assert len(sealed_patch.celsius) == 1
