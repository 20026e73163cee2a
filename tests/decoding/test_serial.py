"""The number of a frame, where its format has one, and what the profile says of it."""

from edge.app.load.profiles import load_profile
from edge.decoding import serial
from edge.decoding.profile import Freshness
from edge.model.reading import Samples, Serial


def numbered(capture):
    return serial(capture.profile, capture.kind, capture.payload, address=capture.address, options=capture.options)


def test_a_profile_says_by_what_an_old_frame_is_known(captures, profiles):
    """Held against its captures: a number, the sensor's own time, or nothing."""
    found = dict.fromkeys(profiles, Freshness.NONE)
    for capture in captures:
        number = numbered(capture)
        if number is not None:
            found[capture.profile.id] = Freshness.COUNTER if number.bits else Freshness.NONCE
        elif any(isinstance(item, Samples) and item.sensor_s is not None for item in capture.decode()):
            found[capture.profile.id] = Freshness.TIME
    assert found == {name: profile.freshness for name, profile in profiles.items()}


def test_where_the_number_stands(captures):
    found = {capture.where: number for capture in captures if (number := numbered(capture)) is not None}
    assert found["bthome_v2:4"] == Serial(0x33221100, 32)
    assert found["bthome_v2:5"] == Serial(0x4E, 8)
    assert found["xiaomi_mmc_t201_1:1"] == Serial(0x6F, 8)
    assert found["ruuvi_tag:1"] == Serial(205, 16)
    assert found["feversmart_patch:1"] == Serial(0x6235CD9E13C19F1E, 0)


def test_a_number_that_says_it_is_none(captures):
    empty = next(capture for capture in captures if capture.where == "ruuvi_tag:2")
    assert numbered(empty) is None


def test_a_plain_frame_without_a_packet_id_has_none():
    assert serial(load_profile("bthome_v2"), "service_data:fcd2", bytes.fromhex("4002ca09")) is None
