"""Temperature Measurement 0x2A1C, clause by clause of the Health Thermometer Service."""

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.app.load.profiles import load_profile
from edge.decoding import decode
from edge.errors import FrameMalformed
from edge.model.reading import Validity

PROFILE = load_profile("health_thermometer")


def measure(hex_bytes, kind="characteristic:2a1c"):
    (reading,) = decode(PROFILE, kind, bytes.fromhex(hex_bytes))
    return reading


@given(st.integers(3400, 4300), st.booleans())
def test_hundredths_have_no_binary_noise(hundredths, with_type):
    payload = bytes([4 * with_type]) + hundredths.to_bytes(3, "little") + b"\xfe" + b"\x01" * with_type
    (reading,) = decode(PROFILE, "characteristic:2a1c", payload)
    assert reading.value == float(f"{hundredths / 100:.2f}")
    assert repr(reading.value) == repr(hundredths / 100)
    assert reading.validity is Validity.VALID
    assert reading.site == ("armpit" if with_type else "")


@pytest.mark.parametrize(("tenths_f", "celsius"), [(986, 37.0), (995, 37.5), (1004, 38.0), (1040, 40.0)])
def test_fahrenheit_becomes_celsius(tenths_f, celsius):
    assert measure(f"01{tenths_f.to_bytes(3, 'little').hex()}ff").value == celsius


@pytest.mark.parametrize("special", ["ffff7f", "000080", "feff7f", "020080", "010080"])
def test_special_values_are_never_valid(special):
    reading = measure(f"00{special}00")
    assert math.isnan(reading.value)
    assert reading.validity is Validity.INVALID
    assert reading.reason


@pytest.mark.parametrize(
    ("hex_bytes", "validity"),
    [
        ("00540100ff", Validity.VALID),
        ("00530100ff", Validity.QUESTIONABLE),
        ("00ae0100ff", Validity.VALID),
        ("00af0100ff", Validity.QUESTIONABLE),
        ("00f40100ff", Validity.QUESTIONABLE),
        ("00f50100ff", Validity.INVALID),
        ("00630000ff", Validity.INVALID),
        ("0025000000", Validity.VALID),
        ("002500007f", Validity.INVALID),
    ],
)
def test_validity_follows_the_range(hex_bytes, validity):
    assert measure(hex_bytes).validity is validity


@pytest.mark.parametrize(
    "hex_bytes",
    [
        "",
        "00",
        "00540100",
        "02540100ff",
        "06b00e00fedc070c050b321b",
    ],
)
def test_what_does_not_fit_is_refused(hex_bytes):
    with pytest.raises(FrameMalformed, match=r"^expected "):
        measure(hex_bytes)


def test_the_sensors_own_time():
    reading = measure("02b00e00fedc070c050b321b")
    assert reading.device_wall_s == dt.datetime(2012, 12, 5, 11, 50, 27, tzinfo=dt.UTC).timestamp()


@pytest.mark.parametrize(
    "time", ["00000c050b321b", "dc0700050b321b", "dc070d050b321b", "dc070c0518321b", "ffffffffffffff"]
)
def test_an_unknown_time_does_not_cost_the_temperature(time):
    reading = measure(f"02b00e00fe{time}")
    assert reading.value == 37.6
    assert reading.device_wall_s is None


def test_an_unknown_site_is_no_site():
    assert measure("04540100ff63").site == ""


def test_intermediate_values_are_interim():
    assert not measure("00540100ff", "characteristic:2a1e").final
    assert measure("00540100ff").final
