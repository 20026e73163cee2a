"""Is a battery low? With a hysteresis, so that one at its limit is notified once."""

import math

from edge.model.alarm import Condition
from edge.model.limits import BATTERY_LOW_PERCENT, Limits
from edge.model.reading import Reading, Unit, Validity
from edge.model.sign import Sign

RECOVERED_PERCENT = 5.0


def sign(reading: Reading, limits: Limits, t_s: float) -> Sign | None:
    """`battery_low`, present or ended; None if the reading is invalid or within the hysteresis."""
    if reading.validity is Validity.INVALID or not math.isfinite(reading.value):
        return None
    limit = BATTERY_LOW_PERCENT if limits.battery_low_percent is None else limits.battery_low_percent
    low = reading.value < limit
    if not low and reading.value < limit + RECOVERED_PERCENT:
        return None
    return Sign(Condition.BATTERY_LOW, "", low, t_s, None, reading.value, limit, Unit.PERCENT)
