"""BTHome version 2, plain and encrypted, service data 0xFCD2 (https://bthome.io/format, /encryption)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from edge.decoding import aes_ccm, judge, numbers
from edge.decoding.frame import Frame
from edge.errors import FrameMalformed, KeyNeeded
from edge.model.reading import Decoded, Quantity, Serial

_ENCRYPTED, _RESERVED_OR_ADDRESS, _VERSION_SHIFT, _VERSION = 0x01, 0x02, 5, 2
_UUID_LITTLE_ENDIAN = bytes.fromhex("d2fc")
_MASKED = "0" * 12
_SEALED_LEAST = 9  # one byte, counter and tag of 4 each
_STANDARD_GRAVITY = Decimal("9.80665")  # m/s2 a g (CGPM 1901)
_PACKET_ID, _TIMESTAMP, _TEXT, _RAW = 0x00, 0x50, 0x53, 0x54


@dataclass(frozen=True, slots=True)
class Meaning:
    """An object that becomes a reading: value = raw * scale, in the unit of the quantity."""

    quantity: Quantity
    scale: Decimal
    signed: bool = False


# How many bytes follow each object id; 0x53 text and 0x54 raw carry their own length.
LENGTHS: Mapping[int, int] = {
    **dict.fromkeys((0x00, 0x01, 0x09, *range(0x0F, 0x12), *range(0x15, 0x30), 0x3A, 0x46, 0x57, 0x58, 0x59), 1),
    **dict.fromkeys((0x60, 0x64), 1),
    **dict.fromkeys((0x02, 0x03, 0x06, 0x07, 0x08, 0x0C, 0x0D, 0x0E, 0x12, 0x13, 0x14, 0x3C, 0x3D, 0x3F), 2),
    **dict.fromkeys((0x40, 0x41, 0x43, 0x44, 0x45, 0x47, 0x48, 0x49, 0x4A, 0x51, 0x52, 0x56, 0x5A, 0x5D), 2),
    **dict.fromkeys((0x5E, 0x5F, 0x61, 0xF0), 2),
    **dict.fromkeys((0x04, 0x05, 0x0A, 0x0B, 0x42, 0x4B, 0xF2), 3),
    **dict.fromkeys((0x3E, 0x4C, 0x4D, 0x4E, 0x4F, 0x50, 0x55, 0x5B, 0x5C, 0x62, 0x63, 0xF1), 4),
}
MEANINGS: Mapping[int, Meaning] = {
    _PACKET_ID: Meaning(Quantity.PACKET_ID, Decimal(1)),
    0x01: Meaning(Quantity.BATTERY, Decimal(1)),
    0x02: Meaning(Quantity.TEMPERATURE, Decimal("0.01"), signed=True),
    0x03: Meaning(Quantity.HUMIDITY, Decimal("0.01")),
    0x04: Meaning(Quantity.PRESSURE, Decimal(1)),  # 0.01 hPa
    0x0C: Meaning(Quantity.BATTERY_VOLTAGE, Decimal("0.001")),
    0x2E: Meaning(Quantity.HUMIDITY, Decimal(1)),
    0x45: Meaning(Quantity.TEMPERATURE, Decimal("0.1"), signed=True),
    0x51: Meaning(Quantity.MAGNITUDE, Decimal("0.001") / _STANDARD_GRAVITY),
    0x57: Meaning(Quantity.TEMPERATURE, Decimal(1), signed=True),
    0x58: Meaning(Quantity.TEMPERATURE, Decimal("0.35"), signed=True),
    0x63: Meaning(Quantity.ACCELERATION, Decimal("0.000001") / _STANDARD_GRAVITY, signed=True),
}


def _objects(payload: bytes) -> Iterator[tuple[int, bytes]]:
    """(object id, bytes) of each object.

    Ids come in rising order, so the first unknown one ends what can be read. Bytes behind the last object are ignored:
    zeros (a packet id comes first, nowhere else), and what is too short for an object, unless that could follow here
    and matters: then the frame was cut.
    """
    at, before = 0, -1
    while at < len(payload):
        ident, start = payload[at], at + 1
        if ident == _PACKET_ID < before:
            return
        if ident in {_TEXT, _RAW}:
            length = payload[start] if start < len(payload) else 1
            start += 1
        elif ident in LENGTHS:
            length = LENGTHS[ident]
        elif at:
            return
        else:
            raise FrameMalformed(f"expected a BTHome object id, got {ident:#04x}")
        data = payload[start : start + length]
        if len(data) < length:
            if before >= 0 and (ident < before or ident not in MEANINGS):
                return
            raise FrameMalformed(f"expected {length} bytes of BTHome object {ident:#04x}, got {len(data)}")
        yield ident, data
        at, before = start + length, ident


def _sent_address(info: int, body: bytes, known: str) -> str:
    """The sensor's address at the start of `body`, 12 hex digits, empty if there is none.

    Bit 1 of the device information is reserved in the published format; sensors that bthome-ble knows say with it that
    their address follows. It does if it is this sensor's (or masked, as in a capture), or if no objects stand there.
    What is sealed cannot be looked into: there it follows if six bytes are left beside what is sealed at least.
    """
    if not info & _RESERVED_OR_ADDRESS:
        return ""
    sent = body[5::-1].hex() if len(body) >= 6 else ""
    if sent and sent in (known, _MASKED):
        return sent
    if info & _ENCRYPTED:
        return sent if len(body) >= 6 + _SEALED_LEAST else ""
    try:
        objects = list(_objects(body))
    except FrameMalformed:
        objects = []
    if not objects and not sent:
        raise FrameMalformed(f"expected the sensor's address of 6 bytes, got {len(body)}")
    return "" if objects else sent


def _plain(frame: Frame, info: int, body: bytes) -> bytes:
    """The objects behind the device information byte, decrypted if need be."""
    address = re.sub(r"[^0-9a-f]", "", frame.address.lower())
    if sent := _sent_address(info, body, address):
        if info & _ENCRYPTED and sent != address and address:
            try:
                return _opened(frame, info, sent, body[6:])
            except FrameMalformed:
                return _opened(frame, info, address, body)
        address, body = sent, body[6:]
    if not info & _ENCRYPTED:
        if frame.key is not None:
            raise FrameMalformed(
                "expected an encrypted frame, since this sensor has a key; this one anybody could send"
            )
        return body
    return _opened(frame, info, address, body)


def _opened(frame: Frame, info: int, address: str, body: bytes) -> bytes:
    if frame.key is None or len(frame.key) != 16:
        raise KeyNeeded("expected the sensor's bind key of 16 bytes: its frames are encrypted")
    if len(address) != 12:
        raise FrameMalformed("expected the sensor's address, six bytes in hex: its encrypted frames are bound to it")
    if len(body) < _SEALED_LEAST:
        raise FrameMalformed(f"expected encrypted objects, a counter and a tag of 4 bytes each, got {len(body)} bytes")
    counter = body[-8:-4]
    nonce = bytes.fromhex(address) + _UUID_LITTLE_ENDIAN + bytes([info]) + counter
    return aes_ccm.decrypt(frame.key, nonce, body[:-8] + body[-4:])


def serial(frame: Frame) -> Serial | None:
    """The counter of an encrypted frame (it enters the nonce, so nobody can change it), else the packet id, if any."""
    info = frame.payload[0]
    if info & _ENCRYPTED:
        return Serial(int.from_bytes(frame.payload[-8:-4], "little"), 32)
    ids = (data[0] for ident, data in _objects(_plain(frame, info, frame.payload[1:])) if ident == _PACKET_ID)
    return next((Serial(number, 8) for number in ids), None)


def bthome(frame: Frame) -> tuple[Decoded, ...]:
    """Readings of the objects that matter here; others are skipped by their known length."""
    if not frame.payload:
        raise FrameMalformed("expected a BTHome device information byte, got nothing")
    info = frame.payload[0]
    if info >> _VERSION_SHIFT != _VERSION:
        raise FrameMalformed(f"expected BTHome version {_VERSION}, got version {info >> _VERSION_SHIFT}")
    objects = list(_objects(_plain(frame, info, frame.payload[1:])))
    if not objects:
        raise FrameMalformed("expected at least one BTHome object, got none")
    sensor_s = next((float(int.from_bytes(data, "little")) for ident, data in objects if ident == _TIMESTAMP), None)
    decoded: list[Decoded] = []
    axes: list[float] = []
    for ident, data in objects:
        if ident not in MEANINGS:
            continue
        meaning = MEANINGS[ident]
        value = int.from_bytes(data, "little", signed=meaning.signed) * meaning.scale
        if meaning.quantity is Quantity.ACCELERATION:
            axes.append(float(round(value, 6)))
        elif meaning.quantity is Quantity.MAGNITUDE:
            decoded.append(judge.samples(frame.profile, meaning.quantity, np.array([float(round(value, 6))])))
        else:
            number = numbers.to_float(value)
            decoded.append(judge.reading(frame.profile, meaning.quantity, number, device_wall_s=sensor_s))
    if axes and len(axes) % 3 == 0:
        for first in range(0, len(axes), 3):
            vector = np.array([axes[first : first + 3]])
            decoded.append(judge.samples(frame.profile, Quantity.ACCELERATION, vector))
    elif axes:  # one axis of three says nothing of the others: its size is all there is
        decoded.append(judge.samples(frame.profile, Quantity.MAGNITUDE, np.abs(np.array(axes))))
    return tuple(decoded)
