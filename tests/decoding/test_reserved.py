"""What a specification reserves for future use is ignored on receipt: bits, and bytes behind the last field.

Bluetooth Core Specification, Vol 1 Part E 2.3 (reserved for future use: ignored on receipt); GATT Specification
Supplement (a receiver ignores what follows the fields it knows). A frame that is too short is refused.
"""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.app.load.profiles import load_profile, profiles_root
from edge.decoding import decode, parse_profile
from edge.decoding.plain import as_plain
from edge.errors import FrameMalformed
from tests.decoding.conftest import CAPTURES

# Bits of a byte that the formats written in code leave open: (profile or format) -> byte, mask, and where it says so.
RESERVED = {
    "health_thermometer": (0, 0xF8),  # Health Thermometer Service 1.0, 3.1.1.1: flags, bits 3 to 7
    "bthome": (0, 0x1A),  # bthome.io/format: device information, bits 1, 3 and 4
    "mibeacon": (0, 0x07),  # frame control, bits 0 to 2, in the low byte
    "polar_pmd": (0, 0xC0),  # polar-ble-sdk, PmdMeasurementType: 0x3F is the type
}
# Encrypted up to their end, which the tag is: nobody but the sensor can add to them.
SEALED = {"bthome_v2:4"}
# Frames whose end is the end of their samples: what follows is more samples, or part of one that was cut.
STREAMS = {
    "movesense_sensor:1",
    "osd_watch:3",
    "osd_watch:4",
    "polar_360:1",
    "polar_360:2",
    "polar_360:3",
    "polar_h10:1",
    "polar_verity_sense:1",
    "polar_verity_sense:2",
    "polar_verity_sense:3",
}


def layout_of(capture):
    return next(
        each
        for each in capture.profile.formats[re.sub(r"0000(....)-0000-1000-8000-00805f9b34fb", r"\1", capture.kind)]
        if capture.payload.startswith(each.prefix)
    )


def plain(capture, payload=None):
    return [as_plain(item) for item in capture.decode(payload)]


def flips(capture):
    """The payload with each reserved bit of it flipped."""
    layout = layout_of(capture)
    places = [RESERVED[layout.named]] if layout.named in RESERVED else []
    if layout.fields and layout.fields[0].reserved:
        places.append((len(layout.prefix), layout.fields[0].reserved))
    for byte, mask in places:
        if layout.named == "bthome" and capture.key:
            continue  # the information byte is sealed with the rest
        for bit in range(8):
            if mask >> bit & 1:
                bent = bytearray(capture.payload)
                bent[byte] ^= 1 << bit
                yield bytes(bent)


def test_a_reserved_bit_changes_no_reading(capture):
    for bent in flips(capture):
        assert plain(capture, bent) == plain(capture), bent.hex()


def test_reserved_bits_were_tried():
    """A positive control: nearly every second capture has some."""
    assert sum(any(True for _ in flips(capture)) for capture in CAPTURES) >= 15


@pytest.mark.parametrize(
    "tail", [b"\x00", b"\x01", b"\xff", b"\x00\x00", b"\x5a\xa5", b"\xff" * 3], ids=lambda tail: tail.hex()
)
def test_bytes_behind_the_last_field_change_no_reading(capture, tail):
    if capture.kind == "mqtt":  # a JSON text, behind which nothing may stand (RFC 8259, section 2)
        with pytest.raises(FrameMalformed):
            capture.decode(capture.payload + tail)
        return
    if capture.where in STREAMS or capture.where in SEALED:
        try:
            more = capture.decode(capture.payload + tail)
        except FrameMalformed:
            return
        whole = capture.decode()[0].values
        assert (more[0].values[: len(whole)] == whole).all()
        return
    assert plain(capture, capture.payload + tail) == plain(capture)


@given(st.sampled_from(["00", "04", "80", "f8", "fc"]), st.integers(3400, 4300), st.binary(max_size=8))
def test_a_thermometer_may_add_what_it_likes_behind(flags, hundredths, tail):
    head = bytes.fromhex(flags)
    payload = head + hundredths.to_bytes(3, "little") + b"\xfe" + (b"\x02" if head[0] & 4 else b"") + tail
    (reading,) = decode(load_profile("health_thermometer"), "characteristic:2a1c", payload)
    assert reading.value == hundredths / 100
    assert reading.site == ("body" if head[0] & 4 else "")


def test_a_frame_that_may_not_grow_says_so_in_its_profile():
    text = (profiles_root() / "ruuvi_tag" / "profile.toml").read_text()
    frame = bytes.fromhex("0512fc5394c37c0004fffc040cac364200cdcbb8334c884f")
    assert decode(parse_profile(text, "profile.toml"), "manufacturer:0499", frame + b"\0")
    strict = parse_profile(text.replace('prefix = "05"', 'prefix = "05"\nexact = true'), "profile.toml")
    assert decode(strict, "manufacturer:0499", frame)
    with pytest.raises(FrameMalformed, match="expected the frame to end with address, 1 bytes are left"):
        decode(strict, "manufacturer:0499", frame + b"\0")


def test_bits_that_mean_damage_say_so_in_their_profile():
    text = (profiles_root() / "greenteg_core" / "profile.toml").read_text()
    kind, frame = "characteristic:00002101-5b1e-4347-b07c-97b514dae121", bytes.fromhex("45020f1a0e000003")
    assert decode(parse_profile(text, "profile.toml"), kind, frame)[0].value == 38.42
    strict = parse_profile(text.replace("reserved = 0xC0", "zero_bits = 0xC0"), "profile.toml")
    with pytest.raises(FrameMalformed, match="expected bits 0xc0 of flags to be zero, got 0x45"):
        decode(strict, kind, frame)


def test_other_objects_of_a_beacon_are_skipped():
    head = "7022db006fc16fddf981000900"[:-2]
    beacon = load_profile("xiaomi_mmc_t201_1")
    assert decode(beacon, "service_data:fe95", bytes.fromhex(head + "0310" + "02" + "1234")) == ()
    both = bytes.fromhex(head + "0310" + "02" + "1234" + "0020" + "06" + "c60d630d51ff")
    assert [item.value for item in decode(beacon, "service_data:fe95", both)] == [36.872, 81.0]
