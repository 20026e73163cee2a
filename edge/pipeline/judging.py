"""Whether a movement sensor is worn, and whether its samples come as the detector needs them: after each packet."""

from dataclasses import replace

from edge.analysis import arrival, motion
from edge.model.effect import Note
from edge.model.event import MotionReceived
from edge.model.moment import Now
from edge.model.sign import Sign
from edge.pipeline.state import Sensor


def judged(sensor: Sensor, packet: MotionReceived, columns: int, now: Now) -> tuple[Sensor, tuple[Sign, ...]]:
    """Take the samples of one packet; return `not_worn`, present or ended, where something can be said of it."""
    placement, signs = motion.placed(sensor.placement or motion.unknown(columns), packet.t_s, packet.values)
    why = arrival.trouble(sensor.clock.pace)
    since_s = sensor.unjudged_s if bool(why) is bool(sensor.unjudged) else now.mono_s
    return replace(sensor, placement=placement, unjudged=why, unjudged_s=since_s), signs


def noted(before: arrival.ClockState, after: arrival.ClockState, device: str) -> tuple[Note, ...]:
    """What the journal keeps of a sensor's clock and rate, when it changes."""
    found: tuple[Note, ...] = ()
    if before.pace.trusted is not after.pace.trusted:
        said = "its times are used again" if after.pace.trusted else "its times cannot be right, arrival is used"
        found += (Note(f"clock of {device}", said),)
    if before.hz != after.hz and after.hz is not None:
        found += (Note(f"rate of {device}", f"{after.hz:.4g} samples a second, not what its profile says"),)
    return found
