"""The words of the page's curve and of its twin, a table for who does not see it."""

import datetime as dt
from collections.abc import Mapping

from edge.delivery.texts import span
from edge.model.moment import local

HOUR = "{at:%H:%M}"
# In the night in which clocks are set back one hour comes twice.
HOUR_OF_ZONE = "{at:%H:%M %Z}"
MIDNIGHT = "{at:%a}"
FEVER_LIMIT = "limit {celsius:.1f}"
HIGH_LIMIT = "high {celsius:.1f}"
METHOD = "Dots: each reading. Line: the median of {minutes} min, of readings that can be trusted. A gap is a gap."
ROW_CELSIUS = "{celsius:.1f} °C"
SLEEP: Mapping[str, str] = {"asleep": "asleep", "restless": "restless", "up": "up"}
ROW_SLEEP = "{state} {length}"
MISSING = "{length} without readings"
BETWEEN = "{lowest} to {highest}"
NO_READINGS = "No readings"
DOSES = "{count} doses"
ONE_DOSE = "one dose"
LINE = "{place}, {device}"
NOT_READ = "The readings cannot be read just now."
NO_STORE = "The hub keeps no readings: its store could not be opened."
TOO_BUSY = "The hub is looking something else up. Try again in a moment."
TOO_SLOW = "Reading it took too long. Try again in a moment."
UNKNOWN_CHILD = "No child of that name is set up."


def name(place: str, device: str) -> str:
    """What a line or a strip is called. place: in words, empty if unknown."""
    return LINE.format(place=place, device=device) if place else device


def hour(at: dt.datetime, *, twice: bool) -> str:
    """An hour on the family's clock. twice: whether it comes twice in that night."""
    return (HOUR_OF_ZONE if twice else HOUR).format(at=at)


def tick(at: dt.datetime, *, twice: bool) -> str:
    """A word of the axis: the hour, or the day that begins."""
    return MIDNIGHT.format(at=at) if not (at.hour or at.minute) else hour(at, twice=twice)


def celsius(value: float | None) -> str:
    """A temperature in the table; empty for none."""
    return "" if value is None else ROW_CELSIUS.format(celsius=value)


def slept(seconds: Mapping[str, float]) -> str:
    """How long she was in each state."""
    known = ((state, seconds.get(state, 0.0)) for state in SLEEP)
    return ", ".join(ROW_SLEEP.format(state=SLEEP[state], length=span(s)) for state, s in known if s >= 30.0)


def missing(seconds: float) -> str:
    """For how long nothing was measured; empty for less than a minute."""
    return MISSING.format(length=span(seconds)) if seconds >= 60.0 else ""


def given(what: str, wall_s: float, zone: dt.tzinfo) -> str:
    """A dose on the curve."""
    return f"{what} {local(wall_s, zone):%H:%M}"


def summary(lowest: float | None, highest: float | None, missing_s: float, doses: int) -> str:
    """The whole curve in a sentence."""
    if lowest is None or highest is None:
        values = NO_READINGS
    else:
        values = BETWEEN.format(lowest=celsius(lowest), highest=celsius(highest))
    given_ = ONE_DOSE if doses == 1 else DOSES.format(count=doses) if doses else ""
    return ", ".join(filter(None, [values, missing(missing_s), given_]))
