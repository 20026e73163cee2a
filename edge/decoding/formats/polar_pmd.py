"""Polar Measurement Data (polarofficial/polar-ble-sdk, technical_documentation/online_measurement.pdf).

A frame: measurement type u8 | time of its last sample u64, ns since 2000-01-01 on the sensor's clock | frame type u8,
bit 7 set for a delta frame | data. A delta frame: one whole sample, then blocks of bit width u8, sample count u8 and
signed differences, packed from the least significant bit on, each block filled up to a whole byte.
"""

import numpy as np
from numpy.typing import NDArray

from edge.decoding import judge, numbers
from edge.decoding.frame import Frame
from edge.errors import FrameMalformed
from edge.model.reading import Array, Decoded, Quantity, Reading, Samples, Validity

_ACCELERATION, _SKIN_TEMPERATURE = 2, 7
_HEADER, _DELTA = 10, 0x80
_MEASUREMENT = 0x3F  # bits 6 and 7 of the type are not part of it (PmdMeasurementType in the SDK)
_G_PER_MG = 0.001
_EPOCH_2000_S = 946684800.0  # 2000-01-01T00:00:00Z
# Delta frames of type 0 count steps of the full scale; the SDK's own test decodes +-8 g with this factor. The sensor
# states its factor in the answer to the start command; the decoding option `factor` takes it.
_G_PER_STEP = "0.000244"


def _raw_samples(data: bytes, size: int) -> NDArray[np.int64]:
    """Three signed axes of `size` bytes, little-endian: (n, 3)."""
    if not data or len(data) % (3 * size):
        raise FrameMalformed(f"expected whole samples of {3 * size} bytes behind the header, got {len(data)} bytes")
    parts = np.frombuffer(data, dtype=np.uint8).reshape(-1, size).astype(np.int64)
    values = parts @ (np.int64(1) << (8 * np.arange(size, dtype=np.int64)))
    return np.where(values >= 1 << (8 * size - 1), values - (1 << (8 * size)), values).reshape(-1, 3)


def _differences(block: bytes, width: int, count: int, channels: int) -> NDArray[np.int64]:
    """The differences of one block: (count, channels)."""
    bits = np.unpackbits(np.frombuffer(block, dtype=np.uint8), bitorder="little")[: width * count * channels]
    weights = np.int64(1) << np.arange(width, dtype=np.int64)
    weights[-1] = -weights[-1]
    return (bits.reshape(-1, width).astype(np.int64) @ weights).reshape(count, channels)


def delta_samples(data: bytes, channels: int, resolution: int, *, unsigned: bool = False) -> NDArray[np.int64]:
    """All samples of a delta frame: (n, channels), the whole one first. Raises FrameMalformed."""
    size = resolution // 8
    if len(data) < channels * size + 2:
        raise FrameMalformed(
            f"expected a sample of {channels * size} bytes and a block of differences, got {len(data)} bytes"
        )
    first = [
        int.from_bytes(data[at : at + size], "little", signed=not unsigned) for at in range(0, channels * size, size)
    ]
    at, parts = channels * size, [np.array([first], dtype=np.int64)]
    while at < len(data):
        if at + 2 > len(data):
            raise FrameMalformed(
                "expected a bit width and a sample count for the next block of differences, got one byte"
            )
        width, count = data[at], data[at + 1]
        if not 1 <= width <= resolution or not count:
            raise FrameMalformed(
                f"expected 1 to {resolution} bits and at least one sample a block, got {width} and {count}"
            )
        length = (width * count * channels + 7) // 8
        block = data[at + 2 : at + 2 + length]
        if len(block) < length:
            raise FrameMalformed(f"expected {length} bytes of differences, got {len(block)}")
        parts.append(_differences(block, width, count, channels))
        at += 2 + length
    samples: NDArray[np.int64] = np.cumsum(np.concatenate(parts), axis=0)
    low, high = (0, (1 << resolution) - 1) if unsigned else (-(1 << (resolution - 1)), (1 << (resolution - 1)) - 1)
    if samples.min() < low or samples.max() > high:
        raise FrameMalformed(f"expected differences that stay within {resolution} bits")
    return samples


def _factor(frame: Frame) -> float:
    text = frame.options.get("factor", _G_PER_STEP)
    try:
        factor = float(text)
    except ValueError:
        factor = 0.0
    if not 0.0 < factor <= 1.0:
        raise FrameMalformed(f"expected a number of g above 0 as option factor, got {text!r}")
    return factor


def _acceleration(frame: Frame, kind: int, data: bytes, sensor_s: float) -> Samples:
    g: Array
    if kind in {0, 1, 2}:
        g = np.round(_raw_samples(data, kind + 1) * _G_PER_MG, 3)
    elif kind == _DELTA:
        g = np.round(delta_samples(data, 3, 16) * _factor(frame), 6)
    elif kind == _DELTA | 1:
        g = np.round(delta_samples(data, 3, 16) * _G_PER_MG, 3)
    else:
        raise FrameMalformed(f"expected an acceleration frame of type 0, 1, 2, 0x80 or 0x81, got {kind:#04x}")
    return judge.samples(frame.profile, Quantity.ACCELERATION, g, sensor_s=sensor_s)


def _skin_temperature(frame: Frame, kind: int, data: bytes, sensor_s: float) -> tuple[Reading, ...]:
    if kind == 0:
        if not data or len(data) % 4:
            raise FrameMalformed(f"expected temperatures of 4 bytes behind the header, got {len(data)} bytes")
        values = numbers.singles(data)
    elif kind == _DELTA:
        values = numbers.singles(delta_samples(data, 1, 32, unsigned=True).astype("<u4").tobytes())
    else:
        raise FrameMalformed(f"expected a temperature frame of type 0 or 0x80, got {kind:#04x}")
    last = len(values) - 1
    return tuple(
        judge.reading(
            frame.profile,
            Quantity.SKIN_TEMPERATURE,
            round(float(value), 3),
            state=Validity.VALID,
            device_wall_s=sensor_s + _EPOCH_2000_S if index == last else None,
        )
        for index, value in enumerate(values)
    )


def polar_pmd(frame: Frame) -> tuple[Decoded, ...]:
    """Acceleration (type 2) or skin temperature (type 7) of one PMD frame."""
    payload = frame.payload
    if len(payload) <= _HEADER:
        raise FrameMalformed(f"expected more than {_HEADER} bytes of a PMD frame, got {len(payload)}")
    measurement, kind, data = payload[0] & _MEASUREMENT, payload[9], payload[_HEADER:]
    sensor_s = int.from_bytes(payload[1:9], "little") / 1e9
    if measurement == _ACCELERATION and Quantity.ACCELERATION in frame.profile.quantities:
        return (_acceleration(frame, kind, data, sensor_s),)
    if measurement == _SKIN_TEMPERATURE and Quantity.SKIN_TEMPERATURE in frame.profile.quantities:
        return _skin_temperature(frame, kind, data, sensor_s)
    raise FrameMalformed(
        f"expected a measurement this sensor is asked for (2 acceleration, 7 skin temperature), got {measurement}"
    )
