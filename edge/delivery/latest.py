"""When the retained topic of a sensor's value is worth publishing again."""

from dataclasses import replace

from edge.model.effect import ShowLatest
from edge.model.reading import Quantity, Validity

# A broker that saves on every change writes a memory card: values are refreshed no more often than this.
MOTION_S = 10.0
TEMPERATURE_S = 60.0
TEMPERATURE_C = 0.1


def news(before: ShowLatest | None, latest: ShowLatest) -> bool:
    """Whether `latest` says something that the topic does not say yet, or the topic has grown old."""
    if before is None or (before.validity, before.state, before.reason) != (
        latest.validity,
        latest.state,
        latest.reason,
    ):
        return True
    motion = latest.quantity is Quantity.ACCELERATION
    if not 0 <= latest.wall_s - before.wall_s < (MOTION_S if motion else TEMPERATURE_S):
        return True
    if motion or before.value is None or latest.value is None:
        return False
    return abs(latest.value - before.value) >= TEMPERATURE_C


def stale(shown: ShowLatest | None, wall_s: float) -> ShowLatest | None:
    """The same topic without its value, once nobody may trust it any more; None if it shows none anyway."""
    if shown is None or shown.value is None:
        return None
    gone = replace(shown, value=None, validity=Validity.INVALID, reason="nothing heard", wall_s=wall_s)
    return replace(gone, state="", trend_c_per_h=None)
