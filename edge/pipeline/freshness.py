"""Whether a frame is new: what a sensor repeats, or somebody plays back, is no measurement."""

import zlib
from dataclasses import replace

from edge import decoding
from edge.analysis import arrival
from edge.analysis.arrival import Verdict
from edge.model.event import FrameReceived
from edge.model.moment import Now
from edge.pipeline.state import Sensor


def judge(sensor: Sensor, frame: FrameReceived, now: Now) -> tuple[Sensor, Verdict]:
    """The sensor after a frame that was decoded, and what to make of that. Without a number each one is new."""
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
