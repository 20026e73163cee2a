"""A spot thermometer's own clock, and when what it delivers was measured."""

import datetime as dt
from dataclasses import replace

from edge.analysis import arrival
from edge.decoding import clock
from edge.model.moment import Now
from edge.model.reading import Reading
from edge.pipeline.state import Sensor


def clock_read(sensor: Sensor, device_wall_s: float, zone: dt.tzinfo, now: Now) -> Sensor:
    """Its clock shows `device_wall_s`, local time as if it were UTC."""
    device_s = clock.utc(device_wall_s, zone, now.wall_s)
    return replace(sensor, own_clock=arrival.clock_read(sensor.own_clock, device_s, now))


def taken(sensor: Sensor, reading: Reading, zone: dt.tzinfo, now: Now) -> tuple[Sensor, Reading, arrival.Measured]:
    """When it was measured: now, unless a spot thermometer says otherwise and its clock can be believed."""
    if reading.device_wall_s is None or not (sensor.profile.spot and reading.final):
        return sensor, reading, arrival.Measured(now.wall_s)
    device_s = clock.utc(reading.device_wall_s, zone, now.wall_s)
    own_clock, when = arrival.measured(sensor.own_clock, device_s, now)
    return replace(sensor, own_clock=own_clock), replace(reading, reason=reading.reason or when.reason), when
