"""Formats of single makers: MiBeacon, FeverSmart, TaiDoc, CORE, watches, Ruuvi."""

import math

import pytest

from edge.app.load.profiles import load_profile
from edge.decoding import decode, key_bytes
from edge.decoding.formats.mibeacon import t201_celsius
from edge.errors import FrameMalformed
from edge.model.reading import Quantity, Validity

T201 = load_profile("xiaomi_mmc_t201_1")
T201_HEAD = "7022db006fc16fddf981000900"


def t201(first, second, battery=81):
    data = first.to_bytes(2, "little", signed=True) + second.to_bytes(2, "little", signed=True) + bytes([battery])
    payload = bytes.fromhex(T201_HEAD + "2005") + data
    return decode(T201, "service_data:fe95", payload)


def test_t201_is_believed_only_where_its_formula_was_fitted():
    """From cold to hot: never valid outside of 36.5 to 37.8, never a number that ran away."""
    seen = set()
    for first in range(-32600, 32700, 7):
        temperature = t201(first, first - 100)[0]
        seen.add(temperature.validity)
        if temperature.validity is Validity.VALID:
            assert 36.5 <= temperature.value <= 37.8
        elif temperature.validity is Validity.QUESTIONABLE:
            assert 34 <= temperature.value <= 42
        else:
            assert math.isnan(temperature.value) or not 34 <= temperature.value <= 42
    assert seen == {Validity.VALID, Validity.QUESTIONABLE, Validity.INVALID}


def test_t201_a_fever_is_questionable():
    raw = next(first for first in range(3500, 4200) if t201_celsius(first, first - 100) > 39)
    temperature, battery = t201(raw, raw - 100)
    assert temperature.validity is Validity.QUESTIONABLE
    assert "36.5 to 37.8" in temperature.reason
    assert battery.validity is Validity.VALID


@pytest.mark.parametrize(
    ("hex_bytes", "says"),
    [
        ("70229103" + "6fc16fddf981000900" + "2005c60d630d51", "product 0x00db"),
        ("7822db00" + "6fc16fddf981000900" + "2005c60d630d51", "not encrypted"),
        ("3022db00" + "6fc16fddf981000900", "with an object"),
        (T201_HEAD, "a whole MiBeacon object"),
        (T201_HEAD + "2004c60d630d", "5 bytes of MiBeacon object 0x2000"),
        (T201_HEAD + "2005c60d630d51" + "0a1001", "a whole MiBeacon object"),
        ("7022db006fc16fddf98100090a1000", "1 bytes of MiBeacon object 0x100a"),
    ],
)
def test_mibeacon_that_does_not_fit(hex_bytes, says):
    with pytest.raises(FrameMalformed, match=says):
        decode(T201, "service_data:fe95", bytes.fromhex(hex_bytes))


def test_mibeacon_battery_alone():
    payload = bytes.fromhex("7022db006fc16fddf98100090a100150")
    (battery,) = decode(T201, "service_data:fe95", payload)
    assert (battery.quantity, battery.value) == (Quantity.BATTERY, 80.0)


FEVERSMART = bytes.fromhex("356e6235cd9e13c19f1eb7f8c6fa9de6bef09b44")


def test_feversmart_needs_its_own_key():
    profile = load_profile("feversmart_patch")
    for key in (None, b"0m0d3s2d", b"0" * 16):
        with pytest.raises(FrameMalformed, match="key"):
            decode(profile, "manufacturer:2007", FEVERSMART, key=key)
    assert decode(profile, "manufacturer:2007", FEVERSMART, key=b"0m0d3s2c")[0].value == 18.9375


def test_feversmart_every_changed_bit_is_noticed():
    profile = load_profile("feversmart_patch")
    for bit in range(8 * len(FEVERSMART)):
        changed = bytearray(FEVERSMART)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(FrameMalformed):
            decode(profile, "manufacturer:2007", bytes(changed), key=b"0m0d3s2c")


@pytest.mark.parametrize(
    ("ident", "text", "key"),
    [
        ("feversmart_patch", "0m0d3s2c", b"0m0d3s2c"),
        ("feversmart_patch", "306d306433733263", b"0m0d3s2c"),
        ("bthome_v2", "00" * 16, bytes(16)),
        ("bthome_v2", "", None),
        ("ruuvi_tag", "", None),
    ],
)
def test_keys_as_people_write_them(ident, text, key):
    assert key_bytes(load_profile(ident), text) == key


@pytest.mark.parametrize(
    ("ident", "text"),
    [("feversmart_patch", "short"), ("bthome_v2", "00"), ("bthome_v2", "xy" * 16), ("ruuvi_tag", "00")],
)
def test_keys_that_are_none(ident, text):
    with pytest.raises(FrameMalformed, match="key"):
        key_bytes(load_profile(ident), text)


def taidoc(hex_bytes, *, checksum=None):
    raw = bytes.fromhex(hex_bytes)
    raw += bytes([sum(raw) & 0xFF if checksum is None else checksum])
    return decode(load_profile("taidoc_fora"), "characteristic:00001524-1212-efde-1523-785feabcd123", raw)[0]


@pytest.mark.parametrize(("value", "celsius"), [("7d01", 38.1), ("a60e", 37.5), ("e703", 99.9), ("e803", 10.0)])
def test_taidoc_tenths_and_hundredths(value, celsius):
    assert taidoc(f"5126{value}0000a5").value == celsius


def test_taidoc_nothing_measured_yet():
    assert taidoc("512600000000a5").validity is Validity.INVALID


@pytest.mark.parametrize("hex_bytes", ["50267d010000a5", "51257d010000a5", "51267d010000a4", "51267d0100a5"])
def test_taidoc_that_does_not_fit(hex_bytes):
    with pytest.raises(FrameMalformed):
        taidoc(hex_bytes)
    with pytest.raises(FrameMalformed, match="checksum"):
        taidoc("51267d010000a5", checksum=0)


def core(hex_bytes):
    kind = "characteristic:00002101-5b1e-4347-b07c-97b514dae121"
    return {item.quantity: item for item in decode(load_profile("greenteg_core"), kind, bytes.fromhex(hex_bytes))}


def test_core_says_itself_how_good_it_is():
    for quality, validity in (
        (0, Validity.INVALID),
        (1, Validity.QUESTIONABLE),
        (2, Validity.VALID),
        (4, Validity.VALID),
        (5, Validity.INVALID),
        (7, Validity.QUESTIONABLE),
    ):
        found = core(f"05020f1a0e0000{quality:02x}")
        assert found[Quantity.CORE_TEMPERATURE].validity is validity
        assert found[Quantity.SKIN_TEMPERATURE].validity is validity


def test_core_without_value_in_fahrenheit_and_with_heart_rate():
    assert core("05ff7f1a0e000004")[Quantity.CORE_TEMPERATURE].validity is Validity.INVALID
    assert core("0da427a427000004")[Quantity.CORE_TEMPERATURE].value == 38.6
    found = core("16400e6008144b")
    assert Quantity.SKIN_TEMPERATURE not in found
    assert found[Quantity.HEART_RATE].value == 75


def test_watches_must_say_their_format():
    profile, kind = load_profile("osd_watch"), "characteristic:000085e9-0001-1000-8000-00805f9b34fb"
    for options in ({}, {"format": "2"}):
        with pytest.raises(FrameMalformed, match="format=0, format=1, format=3"):
            decode(profile, kind, bytes(18), options=options)
    full = bytes.fromhex("e803" * 9)
    assert decode(profile, kind, full, options={"format": "3"})[0].values.shape == (3, 3)
    assert decode(profile, kind, full + bytes(2), options={"format": "1"})[0].values.shape == (9,)
    with pytest.raises(FrameMalformed, match="expected the frame to end with acceleration, 6 bytes are left"):
        decode(profile, kind, full + full[:6], options={"format": "3"})


def test_ruuvi_gives_a_snapshot_and_no_rhythm():
    profile = load_profile("ruuvi_tag")
    assert not profile.rhythm
    payload = bytes.fromhex("057ffffffefffe7fff7fff7fffffdefefffecbb8334c884f")
    found = {item.quantity: item for item in decode(profile, "manufacturer:0499", payload)}
    assert found[Quantity.TEMPERATURE].value == 163.835
    assert found[Quantity.TEMPERATURE].validity is Validity.INVALID
    assert found[Quantity.ACCELERATION].validity is Validity.INVALID
    assert found[Quantity.ACCELERATION].rate_hz is None
    with pytest.raises(FrameMalformed, match="begins with 05"):
        decode(profile, "manufacturer:0499", bytes.fromhex("03291a1ece1efc18f94202ca0b53"))
