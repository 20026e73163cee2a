"""How far to believe a value: the one place where a reading gets its validity."""

import math
from collections.abc import Mapping

import numpy as np

from edge.decoding.profile import Profile, Range
from edge.model.language import N_
from edge.model.reading import Array, Quantity, Reading, Samples, Unit, Validity

UNITS: Mapping[Quantity, Unit] = {
    Quantity.TEMPERATURE: Unit.CELSIUS,
    Quantity.SKIN_TEMPERATURE: Unit.CELSIUS,
    Quantity.CORE_TEMPERATURE: Unit.CELSIUS,
    Quantity.ACCELERATION: Unit.G,
    Quantity.MAGNITUDE: Unit.G,
    Quantity.MOVEMENT_COUNT: Unit.ONE,
    Quantity.BATTERY: Unit.PERCENT,
    Quantity.BATTERY_VOLTAGE: Unit.VOLT,
    Quantity.HUMIDITY: Unit.PERCENT,
    Quantity.PRESSURE: Unit.PASCAL,
    Quantity.HEART_RATE: Unit.PER_MINUTE,
    Quantity.SIGNAL_QUALITY: Unit.ONE,
    Quantity.PACKET_ID: Unit.ONE,
}
MOTION = frozenset({Quantity.ACCELERATION, Quantity.MAGNITUDE})

# No living child and no room it sleeps in is outside of this, so a sensor that says so is wrong.
POSSIBLE_C = (10.0, 50.0)

# Percentages by definition. Acceleration: +-16 g is the largest range of the sensors in wearables. Heart rate: 30 to
# 250 per minute holds infants and athletes.
_DEFAULTS: Mapping[Quantity, Range] = {
    Quantity.BATTERY: Range((0.0, 100.0), (0.0, 100.0)),
    Quantity.HUMIDITY: Range((0.0, 100.0), (0.0, 100.0)),
    Quantity.BATTERY_VOLTAGE: Range((0.0, 20.0), (0.0, 20.0)),
    Quantity.PRESSURE: Range((30000.0, 110000.0), (30000.0, 110000.0)),
    Quantity.HEART_RATE: Range((30.0, 250.0), (20.0, 300.0)),
    Quantity.ACCELERATION: Range((-16.0, 16.0), (-16.0, 16.0)),
    Quantity.MAGNITUDE: Range((0.0, 27.8), (0.0, 27.8)),
}
OUTSIDE, WHERE_PROVEN = N_("outside {a} to {b} {c}"), N_("where this sensor is proven")
NOT_PLAUSIBLE = N_("not plausible")


def range_of(profile: Profile, quantity: Quantity) -> Range | None:
    """The profile's own range, or the general one of the quantity; None if anything goes."""
    return profile.ranges.get(quantity) or _DEFAULTS.get(quantity)


def reading(
    profile: Profile,
    quantity: Quantity,
    value: float,
    *,
    state: Validity = Validity.VALID,
    why: str = "",
    device_wall_s: float | None = None,
    site: str = "",
    final: bool = True,
) -> Reading:
    """A reading with the worse of `state` (what the sensor said of it, and why) and what its range says."""
    validity, reason = state, why
    limits = range_of(profile, quantity)
    unit = UNITS[quantity]
    if not math.isfinite(value):
        validity, reason = Validity.INVALID, why or N_("the sensor sent no value")
    elif limits is not None and not limits.possible[0] <= value <= limits.possible[1]:
        low, high = limits.possible
        validity, reason = Validity.INVALID, f"{NOT_PLAUSIBLE}: {_outside(low, high, unit)}"
    elif limits is not None and not limits.valid[0] <= value <= limits.valid[1] and validity is Validity.VALID:
        low, high = limits.valid
        validity, reason = Validity.QUESTIONABLE, f"{_outside(low, high, unit)}, {WHERE_PROVEN}"
    return Reading(quantity, value, unit, validity, reason, device_wall_s, site, final)


def _outside(low: float, high: float, unit: str) -> str:
    return OUTSIDE.format(a=f"{low:g}", b=f"{high:g}", c=unit)


def samples(
    profile: Profile,
    quantity: Quantity,
    values: Array,
    *,
    sensor_s: float | None = None,
    counter: int | None = None,
) -> Samples:
    """A block of acceleration in g. One impossible value makes all of it `invalid`: then the bytes are wrong.

    Zero is never negative zero.
    """
    limits = range_of(profile, quantity)
    missing = np.isnan(values)
    good = not bool(missing.all())
    if limits is not None:
        low, high = limits.possible
        good = good and bool(np.all(missing | ((values >= low) & (values <= high))))
    validity = Validity.VALID if good else Validity.INVALID
    return Samples(quantity, values + 0.0, profile.rate_hz, sensor_s, counter, UNITS[quantity], validity)
