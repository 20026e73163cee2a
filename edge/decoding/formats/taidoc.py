"""TaiDoc and FORA infrared thermometers: answer to command 0x26, "read the last value".

After advmeds-service/advmeds-bluetooth-lib (TaiDocBaseTempDecoder01: TD1035, TD1241, TD1261, FORA IR40, IR42):
0x51 | 0x26 | value u16 little-endian | 2 bytes | 0xA5 | sum of all before, modulo 256.
"""

from edge.decoding import judge
from edge.decoding.frame import Frame
from edge.errors import FrameMalformed
from edge.model.reading import Quantity, Reading

_START, _READ_VALUE, _ENDS = 0x51, 0x26, (0xA5, 0xA3)
_LENGTH = 8
_HUNDREDTHS_FROM = 1000  # no body has 100 degrees, so a larger number counts hundredths


def taidoc(frame: Frame) -> tuple[Reading, ...]:
    """The last temperature that was measured."""
    payload = frame.payload[:_LENGTH]  # the checksum is its end
    if len(payload) < _LENGTH or payload[0] != _START or payload[1] != _READ_VALUE or payload[6] not in _ENDS:
        raise FrameMalformed(f"expected 8 bytes like 51 26 .. .. .. .. a5 .., got {payload.hex(' ') or 'nothing'}")
    total = sum(payload[:-1]) & 0xFF
    if payload[-1] != total:
        raise FrameMalformed(f"expected the checksum {total:#04x}, got {payload[-1]:#04x}")
    raw = int.from_bytes(payload[2:4], "little")
    if not raw:
        return (judge.reading(frame.profile, Quantity.TEMPERATURE, float("nan"), why="nothing has been measured yet"),)
    celsius = round(raw / 100, 2) if raw >= _HUNDREDTHS_FROM else round(raw / 10, 1)
    return (judge.reading(frame.profile, Quantity.TEMPERATURE, celsius),)
