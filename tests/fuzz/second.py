"""A second reading of some formats, from their specifications and without the code of the product.

HTS 1.0 and IEEE 11073-20601, Ruuvi data format 5, TaiDoc, Polar PMD, Movesense SensorData, the OpenSeizureDetector
watch, BTHome 2, FeverSmart. What a decoder says must be what stands in the bytes, or nothing.
"""

import math
import struct
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from edge.model.reading import Decoded, Quantity, Reading, Samples, Validity

NEAR = 6e-4
"""Temperatures are given to a thousandth of a degree at the finest, samples to a thousandth of a g."""


def check(profile: str, kind: str, payload: bytes, options: Mapping[str, str], decoded: tuple[Decoded, ...]) -> None:
    """Raises AssertionError where a valid value is another one than a second reading gives."""
    known = _READERS.get((profile, kind))
    if known is None:
        return
    try:
        expected = dict(known(payload, options))
    except struct.error as missing:
        raise AssertionError(f"a value of bytes that are not there: {payload.hex()}") from missing
    for item in decoded:
        if item.validity is not Validity.VALID or item.quantity not in expected:
            continue
        wanted = expected[item.quantity]
        said = [item.value] if isinstance(item, Reading) else item.values.ravel().tolist()
        assert len(said) == len(wanted), (item.quantity, said, wanted)
        for ours, theirs in zip(said, wanted, strict=True):
            close = (math.isnan(ours) and theirs is None) or (theirs is not None and abs(ours - float(theirs)) <= NEAR)
            assert close, (profile, kind, payload.hex(), item.quantity, ours, theirs and float(theirs))
        assert isinstance(item, Reading | Samples)


Read = Iterator[tuple[Quantity, list[Fraction | None]]]


def _thermometer(payload: bytes, _options: Mapping[str, str]) -> Read:
    flags, raw = struct.unpack_from("<BI", payload)
    exponent, mantissa = raw >> 24, raw & 0xFFFFFF
    exponent -= 256 if exponent > 127 else 0
    mantissa -= 1 << 24 if mantissa >= 1 << 23 else 0
    value = Fraction(mantissa) * Fraction(10) ** exponent
    yield Quantity.TEMPERATURE, [Fraction(round((value - 32) / Fraction(9, 5), 2)) if flags & 1 else value]


def _ruuvi(payload: bytes, _options: Mapping[str, str]) -> Read:
    celsius, humidity, _, x, y, z = struct.unpack_from(">hHHhhh", payload, 1)
    yield Quantity.TEMPERATURE, [Fraction(celsius, 200)]
    yield Quantity.HUMIDITY, [Fraction(humidity, 400)]
    yield Quantity.ACCELERATION, [None if each == -32768 else Fraction(each, 1000) for each in (x, y, z)]


def _taidoc(payload: bytes, _options: Mapping[str, str]) -> Read:
    raw = struct.unpack_from("<H", payload, 2)[0]
    yield Quantity.TEMPERATURE, [Fraction(raw, 100 if raw >= 1000 else 10)]


def _polar(payload: bytes, _options: Mapping[str, str]) -> Read:
    """Frames that are not compressed: samples of one, two or three bytes an axis, in mg."""
    if payload[0] & 0x3F != 2 or payload[9] > 2:
        return
    size, data = payload[9] + 1, payload[10:]
    numbers = [int.from_bytes(data[at : at + size], "little", signed=True) for at in range(0, len(data), size)]
    yield Quantity.ACCELERATION, [Fraction(each, 1000) for each in numbers]


def _movesense(payload: bytes, _options: Mapping[str, str]) -> Read:
    if payload[0] != 2:
        return
    count = (len(payload) - 6) // 4
    numbers = struct.unpack_from(f"<{count}f", payload, 6)
    g = [Fraction(each) / Fraction("9.80665") if math.isfinite(each) else None for each in numbers]
    yield Quantity.ACCELERATION, [*g]


def _watch(payload: bytes, options: Mapping[str, str]) -> Read:
    if options.get("format") == "3":  # three samples, and a buffer of 20 bytes
        yield Quantity.ACCELERATION, [Fraction(each, 1000) for each in struct.unpack_from("<9h", payload)]


def _bthome(payload: bytes, _options: Mapping[str, str]) -> Read:
    """One temperature and nothing before it but a packet id: the shapes that thermometers send."""
    body = payload[1:]
    if payload[0] & 3 or not body:
        return
    body = body[2:] if body[0] == 0 else body
    for ident, size, scale in ((0x02, 2, 100), (0x45, 2, 10), (0x57, 1, 1)):
        if len(body) == 1 + size and body[0] == ident:
            yield Quantity.TEMPERATURE, [Fraction(int.from_bytes(body[1:], "little", signed=True), scale)]


_PMD = "characteristic:fb005c82-02e7-f387-1cad-8acd2d8df0c8"
_OSD = "characteristic:000085e9-0001-1000-8000-00805f9b34fb"
_READERS: Mapping[tuple[str, str], Callable[[bytes, Mapping[str, str]], Read]] = {
    **{(name, "characteristic:2a1c"): _thermometer for name in ("health_thermometer", "and_ut201ble", "beurer_ft95")},
    ("ruuvi_tag", "manufacturer:0499"): _ruuvi,
    ("taidoc_fora", "characteristic:00001524-1212-efde-1523-785feabcd123"): _taidoc,
    **{(name, _PMD): _polar for name in ("polar_h10", "polar_verity_sense", "polar_360")},
    ("movesense_sensor", "characteristic:34800002-7185-4d5d-b431-630e7050e8f0"): _movesense,
    ("osd_watch", _OSD): _watch,
    ("bthome_v2", "service_data:fcd2"): _bthome,
}
