"""Whether a frame is new: what a sensor repeats, or somebody plays back, is no measurement."""

import zlib
from dataclasses import replace

from edge import decoding
from edge.analysis import arrival
from edge.analysis.arrival import Verdict
from edge.model.event import AvailabilityReceived, FrameReceived
from edge.model.moment import Now
from edge.pipeline.state import Sensor


def judge(sensor: Sensor, frame: FrameReceived, now: Now) -> tuple[Sensor, Verdict]:
    """The sensor after a frame that was decoded, and what to make of that. Without a number each one is new.

    Raises FrameMalformed for a gateway's message that lacks the time or the number by which it is to be known.
    """
    if frame.kind == decoding.MQTT:
        return _of_gateway(sensor, frame, now)
    device = sensor.device
    serial = decoding.serial(sensor.profile, frame.kind, frame.payload, address=device.address, options=device.options)
    if serial is None:
        return sensor, Verdict.NEW
    which = (decoding.normalise_kind(frame.kind), serial.bits)
    line, verdict = arrival.judge_frame(
        sensor.lines.get(which, arrival.FrameLine()), serial, zlib.crc32(frame.payload), now.mono_s
    )
    sensor = replace(sensor, lines={**sensor.lines, which: line})
    if verdict is not Verdict.REPEATED:
        return sensor, verdict
    limit_s, measured_s = sensor.deadline_s(), sensor.measured_s
    if limit_s is None or measured_s is None:
        return sensor, verdict
    most_s = arrival.unchanged_s(
        sensor.limits, limit_s, sensor.profile.renewed_s, line.longest_gap_s, motion=sensor.moves
    )
    # The advert of a sensor that measures seldom says that it is alive, until the next measurement is overdue; then it
    # says nothing, and the deadline of silence, part of that time, runs out at the same moment.
    unchanged_s = now.mono_s - measured_s
    if unchanged_s < most_s - limit_s:
        return replace(sensor, last_seen_s=now.mono_s), verdict
    return sensor, Verdict.NEVER_ENDING if unchanged_s >= most_s else verdict


def _of_gateway(sensor: Sensor, frame: FrameReceived, now: Now) -> tuple[Sensor, Verdict]:
    stamp = decoding.stamp(frame.payload, sensor.device.options)
    line, verdict = arrival.judge_message(
        sensor.gateway,
        stamp.token,
        zlib.crc32(frame.payload),
        now.mono_s,
        age_s=now.wall_s - stamp.wall_s if stamp.wall_s is not None and now.synced else None,
        limit_s=sensor.deadline_s(),
    )
    return replace(sensor, gateway=line), verdict


def gateway_said(sensor: Sensor, said: AvailabilityReceived, now: Now) -> Sensor:
    """The sensor after its gateway, or its own topic, said whether it is there."""
    line = arrival.availability(sensor.gateway, said.topic, now.mono_s, there=said.there, kept=said.kept)
    before = "" if sensor.refused == Verdict.GATEWAY_GONE else sensor.refused
    return replace(sensor, gateway=line, refused=Verdict.GATEWAY_GONE if line.gone else before)
