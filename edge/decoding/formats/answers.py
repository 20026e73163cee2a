"""What a sensor answers to the commands that start it: nothing where it obeys, else FrameMalformed with its reason.

Polar: polarofficial/polar-ble-sdk, technical_documentation/online_measurement.pdf, control point: code F0 (the prefix),
command u8, measurement type u8, status u8. Movesense: movesense.com/docs/esw/gatt_sensordata_protocol: type 01 (the
prefix), reference u8, status u16, as in HTTP.
"""

from collections.abc import Mapping

from edge.decoding.frame import Frame
from edge.errors import FrameMalformed
from edge.model.reading import Decoded

_POLAR: Mapping[int, str] = {
    1: "invalid command",
    2: "invalid measurement type",
    3: "not supported",
    4: "invalid length",
    5: "invalid parameter",
    7: "invalid resolution",
    8: "invalid sample rate",
    9: "invalid range",
    10: "invalid packet size",
    11: "invalid number of channels",
    12: "invalid state",
    13: "in the charger",
}
_ALREADY = 6  # it runs from the connection before
_SUCCESS = range(200, 300)


def polar_answer(frame: Frame) -> tuple[Decoded, ...]:
    """Of a Polar control point."""
    if len(frame.payload) < 3:
        raise FrameMalformed(f"expected command, type and status behind the code, got {len(frame.payload)} bytes")
    status = frame.payload[2]
    if status in (0, _ALREADY):
        return ()
    raise FrameMalformed(f"expected its start command to be accepted, got {_POLAR.get(status, f'status {status}')}")


def movesense_answer(frame: Frame) -> tuple[Decoded, ...]:
    """Of a Movesense sensor with the GATT SensorData app."""
    if len(frame.payload) < 3:
        raise FrameMalformed(f"expected reference and status behind the code, got {len(frame.payload)} bytes")
    status = int.from_bytes(frame.payload[1:3], "little")
    if status in _SUCCESS:
        return ()
    raise FrameMalformed(f"expected its start command to be accepted, got status {status}")
