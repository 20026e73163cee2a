"""Is a sensor still there? From arrivals alone, from boot on, also for one that was never seen."""

from edge.model.alarm import Condition
from edge.model.evidence import SilenceEvidence
from edge.model.limits import BOUNDS, NO_DATA_MOTION_S, Limits
from edge.model.sign import Sign

# A thermometer within three of its intervals, but never hastier than two minutes: single lost packets are everyday,
# and an alarm for them would not be listened to the tenth time.
INTERVALS = 3.0
TEMPERATURE = BOUNDS["no_data_temperature_s"]


def deadline_s(limits: Limits, expected_interval_s: float, *, motion: bool, spot: bool) -> float | None:
    """Seconds of silence after which a sensor no longer counts as watching.

    None for a spot thermometer: it sleeps between measurements, so its silence says nothing.
    """
    if spot:
        return None
    if motion:
        return limits.no_data_motion_s or NO_DATA_MOTION_S
    usual_s = min(max(INTERVALS * expected_interval_s, TEMPERATURE.low), TEMPERATURE.high)
    return limits.no_data_temperature_s or usual_s


def unchanged_s(
    limits: Limits, limit_s: float, renewed_s: float, longest_gap_s: float | None, *, motion: bool
) -> float:
    """Seconds in which a sensor may repeat one frame, under one number, before it counts as silent.

    limit_s: its deadline of silence. renewed_s: what its profile says of how long it may repeat a measurement.
    longest_gap_s: the longest of the last times between two new numbers, None while none is known. What the family set
    as the deadline holds for both.
    """
    if motion or limits.no_data_temperature_s:
        return limit_s
    usual_s = renewed_s if longest_gap_s is None else longest_gap_s
    return max(limit_s, min(INTERVALS * usual_s, TEMPERATURE.high))


def no_data(since_s: float, last_seen_s: float | None, limit_s: float, now_s: float, refused: str = "") -> Sign | None:
    """`no_data` at this moment; None while a sensor that was never seen still has time.

    refused: why its last frame was not taken.
    """
    last_s = since_s if last_seen_s is None else last_seen_s
    silent = now_s - last_s >= limit_s
    if not silent and last_seen_s is None:
        return None
    why = refused if silent and refused else None
    evidence = SilenceEvidence(silent_s=round(now_s - last_s), ever_heard=last_seen_s is not None, refused=why)
    return Sign(Condition.NO_DATA, "", silent, now_s, last_s if silent else None, evidence=evidence)
