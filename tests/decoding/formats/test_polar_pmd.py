"""Polar's frames, against an encoder written from the same document."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.app.load.profiles import load_profile
from edge.decoding import decode
from edge.errors import FrameMalformed
from edge.model.reading import Quantity, Validity

PROFILE = load_profile("polar_verity_sense")
KIND = "characteristic:fb005c82-02e7-f387-1cad-8acd2d8df0c8"


def frame(kind, data, measurement=2, at_ns=5_000_000_000):
    return bytes([measurement]) + at_ns.to_bytes(8, "little") + bytes([kind]) + data


def packed(differences, width):
    """Signed numbers of `width` bits, the first in the lowest bits, filled up to a whole byte."""
    number = sum((value & (1 << width) - 1) << width * index for index, value in enumerate(differences))
    return number.to_bytes((width * len(differences) + 7) // 8, "little")


@st.composite
def blocks(draw):
    """A first sample and blocks of differences that stay within 16 bits."""
    first = draw(st.tuples(*[st.integers(-2000, 2000)] * 3))
    found = []
    for _ in range(draw(st.integers(1, 3))):
        width = draw(st.integers(1, 10))
        bound = 1 << width - 1
        rows = st.tuples(*[st.integers(-bound, bound - 1)] * 3)
        found.append((width, draw(st.lists(rows, min_size=1, max_size=8))))
    return first, found


@given(blocks())
def test_delta_frames_come_back(whole):
    first, parts = whole
    data = struct.pack("<3h", *first)
    rows = [np.array(first)]
    for width, differences in parts:
        data += bytes([width, len(differences)]) + packed([v for row in differences for v in row], width)
        for row in differences:
            rows.append(rows[-1] + row)
    (samples,) = decode(PROFILE, KIND, frame(0x81, data))
    assert samples.quantity is Quantity.ACCELERATION
    np.testing.assert_allclose(samples.values, np.array(rows) / 1000, atol=1e-9)
    assert samples.sensor_s == 5.0
    assert samples.validity is Validity.VALID


@given(st.lists(st.tuples(*[st.integers(-8000, 8000)] * 3), min_size=1, max_size=36), st.sampled_from([1, 2]))
def test_raw_frames_come_back(rows, kind):
    data = b"".join(value.to_bytes(kind + 1, "little", signed=True) for row in rows for value in row)
    (samples,) = decode(PROFILE, KIND, frame(kind, data))
    assert samples.values.tolist() == [[value / 1000 for value in row] for row in rows]


def test_a_factor_of_the_sensors_own():
    data = struct.pack("<3h", 1000, 0, -1000) + bytes([1, 1]) + packed([0, 0, 0], 1)
    (samples,) = decode(PROFILE, KIND, frame(0x80, data), options={"factor": "0.001"})
    assert samples.values[1].tolist() == [1.0, 0.0, -1.0]


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        frame(1, b""),
        frame(1, b"\x00" * 5),
        frame(3, b"\x00" * 6),
        frame(0x82, b"\x00" * 20),
        frame(0x81, b"\x00" * 6),
        frame(0x81, b"\x00" * 6 + b"\x00\x01"),
        frame(0x81, b"\x00" * 6 + b"\x04\x00"),
        frame(0x81, b"\x00" * 6 + b"\x11\x01" + b"\x00" * 7),
        frame(0x81, b"\x00" * 6 + b"\x04\x01\x00"),
        frame(0x81, struct.pack("<3h", 32767, 0, 0) + b"\x02\x01" + packed([1, 0, 0], 2)),
        frame(1, b"\x00" * 6, measurement=1),
        frame(0, b"\x00" * 4, measurement=7),
    ],
)
def test_what_does_not_fit_is_refused(payload):
    with pytest.raises(FrameMalformed, match=r"^expected "):
        decode(PROFILE, KIND, payload)


@pytest.mark.parametrize("factor", ["much", "0", "-1", "inf"])
def test_a_factor_that_is_none(factor):
    with pytest.raises(FrameMalformed, match="option factor"):
        decode(PROFILE, KIND, frame(0x80, bytes(6) + b"\x01\x01\x00"), options={"factor": factor})


def test_skin_temperature_only_where_it_is_asked_for():
    payload = frame(0, struct.pack("<f", 33.5), measurement=7)
    (reading,) = decode(load_profile("polar_360"), KIND, payload)
    assert (reading.quantity, reading.value) == (Quantity.SKIN_TEMPERATURE, 33.5)
    assert reading.device_wall_s == 946684800 + 5
