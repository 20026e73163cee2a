"""Numbers in bytes: integers of any width, and the medical floats of IEEE 11073-20601."""

import math
from decimal import Decimal

import numpy as np

from edge.model.reading import Array

# IEEE 11073-20601: reserved mantissas of FLOAT-Type (24 bits) and SFLOAT-Type (12 bits).
_SPECIALS_24 = {
    0x7FFFFF: "not a number",
    0x800000: "not at this resolution",
    0x7FFFFE: "above the sensor's range",
    0x800002: "below the sensor's range",
    0x800001: "reserved",
}
_SPECIALS_12 = {
    0x7FF: "not a number",
    0x800: "not at this resolution",
    0x7FE: "above the sensor's range",
    0x802: "below the sensor's range",
    0x801: "reserved",
}


def signed(raw: int, bits: int) -> int:
    """Two's complement."""
    return raw - (1 << bits) if raw >> (bits - 1) else raw


def medical_float(raw: int) -> tuple[Decimal | None, str]:
    """FLOAT-Type from its 32 bits: (value, "") or (None, why there is none)."""
    mantissa = raw & 0xFFFFFF
    if mantissa in _SPECIALS_24:
        return None, _SPECIALS_24[mantissa]
    return Decimal(signed(mantissa, 24)).scaleb(signed(raw >> 24, 8)), ""


def medical_sfloat(raw: int) -> tuple[Decimal | None, str]:
    """SFLOAT-Type from its 16 bits: (value, "") or (None, why there is none)."""
    mantissa = raw & 0xFFF
    if mantissa in _SPECIALS_12:
        return None, _SPECIALS_12[mantissa]
    return Decimal(signed(mantissa, 12)).scaleb(signed(raw >> 12, 4)), ""


def singles(raw: bytes, kind: str = "f32le") -> Array:
    """All IEEE 754 single-precision numbers in `raw`, as (n,) float64; whatever is not a number becomes NaN."""
    with np.errstate(invalid="ignore"):  # a signalling NaN is no more than a NaN here
        return np.frombuffer(raw, dtype=">f4" if kind.endswith("be") else "<f4").astype(np.float64)


def celsius(fahrenheit: Decimal) -> Decimal:
    """Degrees Celsius, to a hundredth: a tenth of a degree Fahrenheit is 0.06 degrees Celsius."""
    value = (fahrenheit - 32) * 5 / 9
    return round(value, 2) if abs(value) < 10**6 else value


def decimals(scale: float) -> int:
    """Digits behind the point that a value in steps of `scale` can need: 0.005 -> 3, 1 -> 0."""
    exponent = Decimal(repr(scale)).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def to_float(value: Decimal) -> float:
    """The nearest float; NaN never comes out, infinity is cut to the largest float."""
    number = float(value)
    return number if math.isfinite(number) else math.copysign(1.7976931348623157e308, number)
