"""Xiaomi MiBeacon, service data 0xFE95, as the MMC-T201-1 baby thermometer sends it: not encrypted, object 0x2000.

Layout after xiaomi-ble and bleparser: frame control u16 | device type u16 | counter u8 | [address 6] | [capability u8]
| objects of id u16, length u8, data.
"""

import math
from collections.abc import Iterator

from edge.decoding import judge
from edge.decoding.frame import Frame
from edge.errors import FrameMalformed
from edge.model.reading import Decoded, Quantity, Serial

_ENCRYPTED, _ADDRESS, _CAPABILITY, _OBJECT = 0x0008, 0x0010, 0x0020, 0x0040
_IO_CAPABILITY = 0x20
_BATTERY, _T201 = 0x100A, 0x2000
_LEAST = {_BATTERY: 1, _T201: 5}  # bytes of each that are needed


def t201_celsius(skin_raw: int, ambient_raw: int) -> float:
    """Body temperature from the two raw temperatures (hundredths of a degree) of the MMC-T201-1.

    Two exponentials that custom-components/ble_monitor fitted to the maker's app between 36.5 and 37.9 degrees, and
    nowhere else: the profile's valid range says so. NaN where they run away.
    """
    fitted = 3.71934e-11 * math.exp(0.69314 * skin_raw / 100) - 1.02801e-8 * math.exp(0.53871 * ambient_raw / 100)
    return round(fitted + 36.413, 3) if abs(fitted) < 100 else math.nan


def _objects(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(object id, bytes) of each object. Bytes behind the last that make no object of a known id are ignored."""
    at = 0
    while at < len(data):
        left = len(data) - at
        ident = int.from_bytes(data[at : at + 2], "little") if left > 1 else None
        if left < 3 or left - 3 < data[at + 2]:
            if at and ident not in _LEAST:
                return
            raise FrameMalformed(f"expected a whole MiBeacon object at byte {at} of the objects, {left} are left")
        end = at + 3 + data[at + 2]
        assert ident is not None
        least = _LEAST.get(ident, 0)
        if end - at - 3 < least:
            raise FrameMalformed(f"expected {least} bytes of MiBeacon object {ident:#06x}, got {end - at - 3}")
        yield ident, data[at + 3 : end]
        at = end


def serial(frame: Frame) -> Serial:
    """The frame counter."""
    return Serial(frame.payload[4], 8)


def mibeacon(frame: Frame) -> tuple[Decoded, ...]:
    """Temperature and battery; other objects are skipped. `device_type` of the layout: the only product accepted."""
    payload = frame.payload
    if len(payload) < 5:
        raise FrameMalformed(f"expected at least 5 bytes of a MiBeacon, got {len(payload)}")
    control, product = int.from_bytes(payload[:2], "little"), int.from_bytes(payload[2:4], "little")
    if product != frame.layout.params.get("device_type", product):
        raise FrameMalformed(
            f"expected product {frame.layout.params['device_type']:#06x} in the MiBeacon, got {product:#06x}"
        )
    if control & _ENCRYPTED:
        raise FrameMalformed("expected a MiBeacon that is not encrypted, as this sensor sends it")
    at = 5 + (6 if control & _ADDRESS else 0)
    if control & _CAPABILITY:
        at += 2 if at < len(payload) and payload[at] & _IO_CAPABILITY else 1
    if not control & _OBJECT or at >= len(payload):
        raise FrameMalformed("expected a MiBeacon with an object, this one carries none")
    decoded: list[Decoded] = []
    battery: int | None = None
    for ident, data in _objects(payload[at:]):
        if ident == _T201:
            first, second = (int.from_bytes(data[i : i + 2], "little", signed=True) for i in (0, 2))
            value = t201_celsius(first, second)
            why = "outside of where the formula was fitted" if math.isnan(value) else ""
            decoded.append(judge.reading(frame.profile, Quantity.TEMPERATURE, value, why=why))
            battery = data[4]
        elif ident == _BATTERY:
            battery = data[0]
    if battery is not None:
        decoded.append(judge.reading(frame.profile, Quantity.BATTERY, float(battery)))
    return tuple(decoded)
