"""The words of the page's curve and of its twin, a table for who does not see it."""

import datetime as dt
from collections.abc import Mapping

from edge.delivery.care_texts import WEEKDAYS, device_name, place_name
from edge.delivery.texts import span
from edge.model.language import N_, Locale

HOUR = "{at:%H:%M}"
# In the night in which clocks are set back one hour comes twice.
HOUR_OF_ZONE = "{at:%H:%M %Z}"
FEVER_LIMIT = N_("limit {degrees}")
HIGH_LIMIT = N_("high {degrees}")
METHOD = N_("Dots: each reading. Line: the median of {minutes} min, of readings that can be trusted. A gap is a gap.")
SLEEP: Mapping[str, str] = {"asleep": N_("asleep"), "restless": N_("restless"), "up": N_("up")}
MISSING = N_("{length} without readings")
BETWEEN = N_("{lowest} to {highest}")
NO_READINGS = N_("No readings")
DOSES = N_("{count} doses")
ONE_DOSE = N_("one dose")
NOT_READ = N_("The readings cannot be read just now.")
NO_STORE = N_("The hub keeps no readings: its store could not be opened.")
TOO_BUSY = N_("The hub is looking something else up. Try again in a moment.")
TOO_SLOW = N_("Reading it took too long. Try again in a moment.")
UNKNOWN_CHILD = N_("No child of that name is set up.")


def name(place: str, device: str, words: Locale) -> str:
    """What a line or a strip is called. place: a site or a limb, empty if unknown."""
    called = device_name(device, words)
    return f"{place_name(place, words)}, {called}" if place else called


def hour(at: dt.datetime, *, twice: bool) -> str:
    """An hour on the family's clock. twice: whether it comes twice in that night."""
    return (HOUR_OF_ZONE if twice else HOUR).format(at=at)


def tick(at: dt.datetime, words: Locale, *, twice: bool) -> str:
    """A word of the axis: the hour, or the day that begins."""
    return words.say(WEEKDAYS[at.weekday()]) if not (at.hour or at.minute) else hour(at, twice=twice)


def celsius(value: float | None, words: Locale) -> str:
    """A temperature in the table; empty for none."""
    return "" if value is None else words.temperature(value)


def limit(celsius: float, words: Locale, *, high: bool = False) -> str:
    """A limit on the curve."""
    return words.say(HIGH_LIMIT if high else FEVER_LIMIT, degrees=words.degrees(celsius))


def slept(seconds: Mapping[str, float], words: Locale) -> str:
    """How long she was in each state."""
    known = ((state, seconds.get(state, 0.0)) for state in SLEEP)
    return ", ".join(f"{words.say(SLEEP[state])} {span(s, words)}" for state, s in known if s >= 30.0)


def missing(seconds: float, words: Locale) -> str:
    """For how long nothing was measured; empty for less than a minute."""
    return words.say(MISSING, length=span(seconds, words)) if seconds >= 60.0 else ""


def given(what: str, wall_s: float, words: Locale) -> str:
    """A dose on the curve."""
    return f"{what} {words.clock(wall_s)}"


def summary(lowest: float | None, highest: float | None, missing_s: float, doses: int, words: Locale) -> str:
    """The whole curve in a sentence."""
    if lowest is None or highest is None:
        values = words.say(NO_READINGS)
    else:
        values = words.say(BETWEEN, lowest=celsius(lowest, words), highest=celsius(highest, words))
    given_ = words.say(ONE_DOSE) if doses == 1 else words.say(DOSES, count=doses) if doses else ""
    return ", ".join(filter(None, [values, missing(missing_s, words), given_]))
