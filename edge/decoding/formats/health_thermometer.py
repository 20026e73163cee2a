"""Temperature Measurement 0x2A1C, Intermediate Temperature 0x2A1E (Bluetooth SIG, Health Thermometer Service 1.0)."""

import math

from edge.decoding import clock, judge, numbers
from edge.decoding.frame import Frame
from edge.errors import FrameMalformed
from edge.model.reading import Quantity, Reading

# Temperature Type 0x2A1D, GATT Specification Supplement.
SITES = {
    1: "armpit",
    2: "body",
    3: "ear",
    4: "finger",
    5: "gastro-intestinal tract",
    6: "mouth",
    7: "rectum",
    8: "toe",
    9: "tympanum",
}
_FAHRENHEIT, _TIMESTAMP, _TYPE = 0x01, 0x02, 0x04


def health_thermometer(frame: Frame) -> tuple[Reading, ...]:
    """One temperature, degrees Celsius. A special mantissa gives an invalid reading with NaN as its value.

    Bits 3 to 7 of the flags are reserved for future use and ignored, as are bytes behind the last field: makers use
    both, some of them exactly when there is a fever.
    """
    payload = frame.payload
    if not payload:
        raise FrameMalformed("expected flags of a Temperature Measurement, got nothing")
    flags = payload[0]
    stamped = 5 + (7 if flags & _TIMESTAMP else 0)
    expected = stamped + (1 if flags & _TYPE else 0)
    if len(payload) < expected:
        raise FrameMalformed(
            f"expected {expected} bytes or more of a Temperature Measurement with flags {flags:#04x}, "
            f"got {len(payload)}"
        )
    number, why = numbers.medical_float(int.from_bytes(payload[1:5], "little"))
    if number is not None and flags & _FAHRENHEIT:
        number = numbers.celsius(number)
    return (
        judge.reading(
            frame.profile,
            Quantity.TEMPERATURE,
            math.nan if number is None else numbers.to_float(number),
            why=why,
            device_wall_s=clock.seconds(payload[5:12]) if flags & _TIMESTAMP else None,
            site=SITES.get(payload[stamped], "") if flags & _TYPE else "",
            final=frame.layout.final,
        ),
    )
