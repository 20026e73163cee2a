"""BTHome version 2."""

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESCCM

from edge.app.load.profiles import load_profile
from edge.decoding import decode
from edge.decoding.formats.bthome import LENGTHS, MEANINGS
from edge.errors import FrameMalformed
from edge.model.reading import Quantity, Validity

PROFILE = load_profile("bthome_v2")
KIND = "service_data:fcd2"
KEY = bytes.fromhex("231d39c1d7cc1ab1aee224cd096db932")
ADDRESS = "54:48:E6:8F:80:A5"
# How many bytes the specification gives each object (bthome.io/format, and bthome-ble const.py 3.25), in hex.
SPECIFIED = {
    1: "00 01 09 0f 10 11 15 16 17 18 19 1a 1b 1c 1d 1e 1f 20 21 22 23 24 25 26 27 28 29 2a 2b 2c 2d 2e 2f"
    "3a 46 57 58 59 60 64",
    2: "02 03 06 07 08 0c 0d 0e 12 13 14 3c 3d 3f 40 41 43 44 45 47 48 49 4a 51 52 56 5a 5d 5e 5f 61 f0",
    3: "04 05 0a 0b 42 4b f2",
    4: "3e 4c 4d 4e 4f 50 55 5b 5c 62 63 f1",
}


def decoded(hex_bytes, **more):
    return decode(PROFILE, KIND, bytes.fromhex(hex_bytes), **more)


def sealed(objects, address=ADDRESS, info=0x41, counter="00112233"):
    nonce = bytes.fromhex(address.replace(":", "")) + b"\xd2\xfc" + bytes([info]) + bytes.fromhex(counter)
    cipher = AESCCM(KEY, tag_length=4).encrypt(nonce, bytes.fromhex(objects), None)
    return (bytes([info]) + cipher[:-4] + bytes.fromhex(counter) + cipher[-4:]).hex()


def test_every_object_is_known_by_its_length():
    assert {ident: length for length, idents in SPECIFIED.items() for ident in bytes.fromhex(idents)} == LENGTHS


@pytest.mark.parametrize("ident", sorted(set(LENGTHS) - set(MEANINGS)))
def test_objects_of_no_use_are_skipped(ident):
    (reading,) = decoded(f"40{ident:02x}{'00' * LENGTHS[ident]}45 6f01")
    assert (reading.quantity, reading.value) == (Quantity.TEMPERATURE, 36.7)


def test_text_and_raw_carry_their_length():
    (reading,) = decoded("40 53 03 616263 54 01 ff 45 6f01")
    assert reading.value == 36.7


def test_an_object_newer_than_this_program_ends_the_frame():
    (reading,) = decoded("40 02 740e e7 00")
    assert reading.value == 37.0
    with pytest.raises(FrameMalformed, match="expected a BTHome object id, got 0xe7"):
        decoded("40 e7 00")


@pytest.mark.parametrize(
    ("objects", "quantity", "value"),
    [
        ("02 740e", Quantity.TEMPERATURE, 37.0),
        ("57 26", Quantity.TEMPERATURE, 38.0),
        ("58 6a", Quantity.TEMPERATURE, 37.1),
        ("01 61", Quantity.BATTERY, 97.0),
        ("0c 020c", Quantity.BATTERY_VOLTAGE, 3.074),
        ("04 138a01", Quantity.PRESSURE, 100883.0),
        ("2e 23", Quantity.HUMIDITY, 35.0),
        ("00 09", Quantity.PACKET_ID, 9.0),
    ],
)
def test_objects_with_a_meaning(objects, quantity, value):
    (reading,) = decoded(f"40{objects}")
    assert (reading.quantity, reading.value, reading.validity) == (quantity, value, Validity.VALID)


def test_three_axes_make_a_vector_and_one_a_magnitude():
    g = (9806650).to_bytes(4, "little").hex()
    (vector,) = decoded(f"40 63 {g} 63 00000000 63 {(-9806650 & 0xFFFFFFFF).to_bytes(4, 'little').hex()}")
    assert vector.quantity is Quantity.ACCELERATION
    assert vector.values.tolist() == [[1.0, 0.0, -1.0]]
    (one,) = decoded(f"40 63 {g}")
    assert one.quantity is Quantity.MAGNITUDE


def test_the_time_of_the_sensor():
    (reading,) = decoded("40 02 740e 50 5d396164")
    assert reading.device_wall_s == 0x6461395D


def test_encrypted_and_the_address_within():
    (reading,) = decoded(sealed("02 740e"), key=KEY, address=ADDRESS)
    assert reading.value == 37.0
    inside = sealed("02 740e", info=0x43)
    (reading,) = decoded("43" + "a5808fe64854" + inside[2:], key=KEY)
    assert reading.value == 37.0


@pytest.mark.parametrize("address", ["", ADDRESS, "C0:00:00:00:00:0A"])
def test_the_second_bit_says_that_the_address_follows_or_nothing(address):
    """bthome.io reserves it; bthome-ble reads an address behind it."""
    for objects in ("02 740e", "00 07 02 740e 01 64"):
        assert decoded(f"42 {objects}", address=address) == decoded(f"40 {objects}", address=address)
        assert decoded(f"42 a5808fe64854 {objects}", address=address) == decoded(f"40 {objects}", address=address)


def test_the_second_bit_of_a_sealed_frame():
    (reading,) = decoded(sealed("02 740e", info=0x43), key=KEY, address=ADDRESS)
    assert reading.value == 37.0
    inside = sealed("02 740e", info=0x43)
    (reading,) = decoded("43" + "a5808fe64854" + inside[2:], key=KEY, address="C0:00:00:00:00:0A")
    assert reading.value == 37.0
    long = decoded(sealed("02 740e 03 bf13 01 64", info=0x43), key=KEY, address=ADDRESS)
    assert [reading.value for reading in long] == [37.0, 50.55, 100.0]


@pytest.mark.parametrize(
    ("hex_bytes", "more", "says"),
    [
        ("", {}, "information byte"),
        ("40", {}, "at least one BTHome object"),
        ("20 02 740e", {}, "version 2, got version 1"),
        ("40 02 74", {}, "2 bytes of BTHome object 0x02"),
        ("40 53", {}, "bytes of BTHome object 0x53"),
        ("40 53 05 61", {}, "5 bytes of BTHome object 0x53"),
        ("42 0203", {}, "address of 6 bytes"),
        ("40 02 740e", {"key": KEY}, "encrypted frame, since this sensor has a key"),
        (sealed("02 740e"), {}, "bind key"),
        (sealed("02 740e"), {"key": KEY}, "the sensor's address"),
        (sealed("02 740e"), {"key": KEY, "address": "54:48:E6:8F:80:A6"}, "this key opens"),
        (sealed("02 740e"), {"key": bytes(16), "address": ADDRESS}, "this key opens"),
        (sealed("02 740e")[:-2], {"key": KEY, "address": ADDRESS}, "this key opens"),
        ("41 0011223301020304", {"key": KEY, "address": ADDRESS}, "4 bytes each, got 8 bytes"),
    ],
)
def test_what_does_not_fit_is_refused(hex_bytes, more, says):
    with pytest.raises(FrameMalformed, match=says):
        decoded(hex_bytes, **more)
