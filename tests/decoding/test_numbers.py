"""Numbers in bytes."""

import struct
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.decoding import numbers


@given(st.integers(-(1 << 23) + 3, (1 << 23) - 3), st.integers(-128, 127))
def test_every_medical_float_comes_back(mantissa, exponent):
    raw = (exponent & 0xFF) << 24 | mantissa & 0xFFFFFF
    assert numbers.medical_float(raw) == (Decimal(mantissa).scaleb(exponent), "")


@pytest.mark.parametrize("mantissa", [0x7FFFFF, 0x800000, 0x7FFFFE, 0x800002, 0x800001])
@pytest.mark.parametrize("exponent", [0, 0xFF, 0x7F])
def test_special_mantissas_are_no_number_whatever_the_exponent(mantissa, exponent):
    value, why = numbers.medical_float(exponent << 24 | mantissa)
    assert value is None
    assert why


def test_short_medical_floats():
    assert numbers.medical_sfloat(0xF170) == (Decimal("36.8"), "")
    assert numbers.medical_sfloat(0x0FFF) == (Decimal(-1), "")
    assert all(numbers.medical_sfloat(special)[0] is None for special in (0x7FF, 0x800, 0x7FE, 0x802, 0x801))


@pytest.mark.parametrize(("scale", "digits"), [(0.005, 3), (0.0625, 4), (1.0, 0), (100.0, 0), (1e-6, 6)])
def test_digits_that_a_step_needs(scale, digits):
    assert numbers.decimals(scale) == digits


def test_singles_take_any_bytes():
    signalling = struct.pack("<I", 0x7FA00000) + struct.pack("<f", -2.5)
    values = numbers.singles(signalling)
    assert np.isnan(values[0])
    assert values[1] == -2.5


def test_a_huge_number_stays_finite():
    assert numbers.to_float(Decimal("-9e400")) == -1.7976931348623157e308
