"""What a sensor said: scalar readings and blocks of acceleration samples."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# In quotes: who only knows the word for a quantity, as the command line, need not load numpy.
Array: TypeAlias = "NDArray[np.float64]"


class Quantity(StrEnum):
    TEMPERATURE = "temperature"
    SKIN_TEMPERATURE = "skin_temperature"
    CORE_TEMPERATURE = "core_temperature"
    ACCELERATION = "acceleration"
    MAGNITUDE = "magnitude"
    MOVEMENT_COUNT = "movement_count"
    ACTIVITY_COUNT = "activity_count"
    BATTERY = "battery"
    BATTERY_VOLTAGE = "battery_voltage"
    HUMIDITY = "humidity"
    PRESSURE = "pressure"
    HEART_RATE = "heart_rate"
    SIGNAL_QUALITY = "signal_quality"
    PACKET_ID = "packet_id"


TEMPERATURES = (Quantity.TEMPERATURE, Quantity.SKIN_TEMPERATURE, Quantity.CORE_TEMPERATURE)
MOVEMENTS = (Quantity.ACCELERATION, Quantity.MAGNITUDE, Quantity.MOVEMENT_COUNT)


class Unit(StrEnum):
    """UCUM codes."""

    CELSIUS = "Cel"
    G = "g"
    PERCENT = "%"
    ONE = "1"
    VOLT = "V"
    PASCAL = "Pa"
    PER_MINUTE = "/min"


class SentUnit(StrEnum):
    """What numbers of other people's gateways may be in."""

    CELSIUS = "celsius"
    FAHRENHEIT = "fahrenheit"
    KELVIN = "kelvin"
    G = "g"
    MILLI_G = "mg"
    METRES_PER_S2 = "m/s2"


TEMPERATURE_UNITS = (SentUnit.CELSIUS, SentUnit.FAHRENHEIT, SentUnit.KELVIN)
MOTION_UNITS = (SentUnit.G, SentUnit.MILLI_G, SentUnit.METRES_PER_S2)


class Validity(StrEnum):
    """Measurement validity, a subset of IEEE 11073-10207 MeasurementValidity plus `settling`."""

    VALID = "valid"
    QUESTIONABLE = "questionable"
    SETTLING = "settling"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Reading:
    """One scalar from a sensor.

    reason: why the validity is not `valid`, why its time stamp was not used, or what else is to be known, in plain
    words; empty otherwise.
    device_wall_s: the sensor's own timestamp (seconds since 1970, its clock, not trusted; local time as if it were UTC
    where its format knows no zone); None if it sent none.
    site: where the sensor itself says that it measured ("armpit", "ear" ...); empty if it did not say.
    final: False for a value the sensor calls interim.
    """

    quantity: Quantity
    value: float
    unit: Unit
    validity: Validity = Validity.VALID
    reason: str = ""
    device_wall_s: float | None = None
    site: str = ""
    final: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """One packet of acceleration.

    values: (n, 3) float64, g, for `acceleration`; (n,) float64, g, for `magnitude`. NaN rows are invalid samples.
    rate_hz: the sensor's nominal rate, None if the packet and the profile do not say.
    sensor_s: time of the **last** sample on the sensor's own clock, seconds from any start; None if not sent.
    counter: the packet's own number, None if not sent.
    """

    quantity: Quantity
    values: Array
    rate_hz: float | None = None
    sensor_s: float | None = None
    counter: int | None = None
    unit: Unit = Unit.G
    validity: Validity = Validity.VALID


Decoded = Reading | Samples


@dataclass(frozen=True, slots=True)
class Serial:
    """The number that a format gives its frames, by which a new one is told from a repeated or a replayed one.

    bits: it counts up and begins again after so many (8, 16, 32); 0: a nonce, used once, whose size says nothing.
    """

    number: int
    bits: int
