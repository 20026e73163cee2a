"""The declarative decoder: ordered fields of a profile, read from left to right."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from edge.decoding import judge, numbers
from edge.decoding.frame import Frame
from edge.decoding.profile import Field, Flag, Layout
from edge.errors import FrameMalformed
from edge.model.reading import Array, Decoded, Quantity, Samples, Serial, Validity

SIZES: Mapping[str, int] = {
    "u8": 1,
    "i8": 1,
    **{f"{sign}{bits}{order}": bits // 8 for sign in "ui" for bits in (16, 24, 32, 64) for order in ("le", "be")},
    "f32le": 4,
    "f32be": 4,
    "float": 4,
    "sfloat": 2,
}

_FINEST = 6  # digits of a sample in g; no sensor in a wearable resolves a millionth of a g
_STATE_WORDS: Mapping[Validity, str] = {
    Validity.QUESTIONABLE: "the sensor itself calls it poor",
    Validity.INVALID: "the sensor itself calls it invalid",
}


def integer(raw: bytes, kind: str) -> int:
    """An integer of type `kind`; the medical floats give their bits (little-endian, as GATT has them)."""
    return int.from_bytes(raw, "big" if kind.endswith("be") else "little", signed=kind.startswith("i"))


def _integers(raw: bytes, kind: str) -> Array:
    """All integers in `raw`: (n,) float64."""
    size = SIZES[kind]
    parts = np.frombuffer(raw, dtype=np.uint8).reshape(-1, size).astype(np.int64)
    if kind.endswith("be"):
        parts = parts[:, ::-1]
    values = parts @ (np.int64(1) << (8 * np.arange(size, dtype=np.int64)))
    if kind.startswith("i"):
        values = np.where(values >= 1 << (8 * size - 1), values - (1 << (8 * size)), values)
    return values.astype(np.float64)


@dataclass(slots=True)
class _Cursor:
    """The bytes, how far they have been read, and what the named fields held."""

    payload: bytes
    at: int = 0
    seen: dict[str, int] = field(default_factory=dict)

    def take(self, count: int, what: str) -> bytes:
        left = len(self.payload) - self.at
        if left < count:
            raise FrameMalformed(f"expected {count} bytes of {what} at byte {self.at}, {left} are left")
        self.at += count
        return self.payload[self.at - count : self.at]

    def holds(self, flag: Flag | None) -> bool:
        """Whether a condition is met; a field that was itself left out counts as zero."""
        return flag is None or bool(self.seen.get(flag.field, 0) >> flag.bit & 1) is flag.wanted


def _label(item: Field) -> str:
    return item.name or (item.quantity.value if item.quantity else item.role or item.type)


def _check(item: Field, raw: int, cursor: _Cursor, start: int) -> None:
    if item.equals and raw not in item.equals:
        wanted = " or ".join(f"{value:#x}" for value in item.equals)
        raise FrameMalformed(f"expected {wanted} as {_label(item)} at byte {start}, got {raw:#x}")
    if raw & item.zero_bits:
        raise FrameMalformed(f"expected bits {item.zero_bits:#x} of {_label(item)} to be zero, got {raw:#04x}")
    if item.checksum:
        total = sum(cursor.payload[:start]) & 0xFF
        if raw != total:
            raise FrameMalformed(f"expected the checksum {total:#04x} at byte {start}, got {raw:#04x}")


def _block(item: Field, raw: bytes) -> Array:
    """Samples in the unit of the quantity: (n, axes) float64, or (n,) for one axis."""
    is_float = item.type.startswith("f32")
    values = numbers.singles(raw, item.type) if is_float else _integers(raw, item.type)
    missing = np.isin(values, item.invalid)
    digits = min(numbers.decimals(item.scale), _FINEST) if item.decimals is None else item.decimals
    values = np.round(values * item.scale + item.offset, digits)
    values[missing] = np.nan
    return values.reshape(-1, item.axes) if item.axes > 1 else values


def _value(item: Field, raw: bytes, bits: int, *, in_fahrenheit: bool) -> tuple[float, str]:
    """(value, "") or (nan, why there is none)."""
    number: Decimal | None
    if item.type == "float":
        number, why = numbers.medical_float(bits)
    elif item.type == "sfloat":
        number, why = numbers.medical_sfloat(bits)
    elif item.type.startswith("f32"):
        single = float(numbers.singles(raw, item.type)[0])
        number, why = (Decimal(single), "") if math.isfinite(single) else (None, "not a number")
    elif bits in item.invalid:
        number, why = None, "the sensor sent no value"
    else:
        number, why = Decimal(bits), ""
    if number is None:
        return math.nan, why
    number = number * Decimal(repr(item.scale)) + Decimal(repr(item.offset))
    if in_fahrenheit:
        number = numbers.celsius(number)
    if item.decimals is not None and abs(number) < 10**9:
        number = round(number, item.decimals)
    return numbers.to_float(number), ""


def _check_end(layout: Layout, last: Field, left: int) -> None:
    """Refuse `left` bytes behind the last field where they mean damage; elsewhere they are for future use.

    Behind samples they do where they would be more samples, or part of one: to leave those out would slow the sensor.
    """
    sample = SIZES[last.type] * last.axes if last.quantity in judge.MOTION else 0
    if left and (layout.exact or not last.samples or 0 < sample <= left):
        raise FrameMalformed(f"expected the frame to end with {_label(last)}, {left} bytes are left")


def decode_fields(frame: Frame) -> tuple[Decoded, ...]:
    """All readings of a frame. Raises FrameMalformed where bytes are missing, or damaged.

    Bytes behind the last field are ignored (a GATT value may grow: Core Specification, Vol 3 Part G 3.3), as reserved
    bits are.
    """
    return tuple(_build(frame, *_read(frame)))


def serial_of(frame: Frame) -> Serial | None:
    """The field with the role `counter`; None where there is none, or it says that it has no value."""
    for item, _, bits in _read(frame)[1]:
        if item.role == "counter" and bits not in item.invalid:
            return Serial(bits, 8 * SIZES[item.type])
    return None


def _read(frame: Frame) -> tuple[_Cursor, list[tuple[Field, bytes, int]]]:
    """Every field that is there: its bytes, and as a number."""
    padding = frame.layout.padding
    whole = frame.layout.prefix + frame.payload
    if padding and not any(whole[-padding:]):
        whole = whole[:-padding]
    cursor = _Cursor(whole, len(frame.layout.prefix))
    found: list[tuple[Field, bytes, int]] = []
    for item in frame.layout.fields:
        if not cursor.holds(item.when) or (item.optional and cursor.at == len(cursor.payload)):
            continue
        start, size = cursor.at, item.size or SIZES[item.type] * item.axes
        count = item.samples or (len(cursor.payload) - start) // size
        raw = cursor.take(size * max(1, count), _label(item))
        bits = 0
        if count == 1 and item.axes == 1 and item.type != "bytes":
            bits = integer(raw, item.type) & ~item.reserved
            if item.shift or item.mask is not None:
                bits = bits >> item.shift & (-1 if item.mask is None else item.mask)
            _check(item, bits, cursor, start)
        if item.name:
            cursor.seen[item.name] = bits
        found.append((item, raw, bits))
    _check_end(frame.layout, frame.layout.fields[-1], len(cursor.payload) - cursor.at)
    return cursor, found


def _build(frame: Frame, cursor: _Cursor, found: list[tuple[Field, bytes, int]]) -> list[Decoded]:
    roles = {item.role: bits * item.scale for item, _, bits in found if item.role}
    gates = {item.name: item.states.get(bits, Validity.INVALID) for item, _, bits in found if item.states}
    decoded: list[Decoded] = []
    for item, raw, bits in found:
        if item.quantity is None:
            continue
        if item.quantity in judge.MOTION:
            decoded.append(_samples(frame, item.quantity, _block(item, raw), roles))
            continue
        value, why = _value(
            item, raw, bits, in_fahrenheit=item.fahrenheit is not None and cursor.holds(item.fahrenheit)
        )
        state = gates.get(item.gate, Validity.VALID)
        why = why or _STATE_WORDS.get(state, "")
        decoded.append(
            judge.reading(frame.profile, item.quantity, value, state=state, why=why, final=frame.layout.final)
        )
    return decoded


def _samples(frame: Frame, quantity: Quantity, values: Array, roles: Mapping[str, float]) -> Samples:
    sensor_s = roles.get("sensor_time")
    if "first_sensor_time" in roles and frame.profile.rate_hz:
        sensor_s = roles["first_sensor_time"] + (len(values) - 1) / frame.profile.rate_hz
    counter = int(roles["counter"]) if "counter" in roles else None
    return judge.samples(frame.profile, quantity, values, sensor_s=sensor_s, counter=counter)
