"""The words of the caregivers' page that are not an alarm's own. Never "normal" or "healthy"."""

import datetime as dt
from collections.abc import Mapping

from edge.delivery import phone_buttons
from edge.delivery.care_texts import clock
from edge.model.alarm import Alarm, Condition, Kind, Priority
from edge.model.event import Verb
from edge.model.people import Site

SITES: Mapping[str, str] = {
    Site.AXILLA: "armpit",
    Site.PATCH: "patch",
    Site.ORAL: "mouth",
    Site.EAR: "ear",
    Site.FOREHEAD: "forehead",
    Site.RECTAL: "rectum",
}
VERBS: Mapping[Verb, str] = {
    **phone_buttons.LABELS,
    Verb.WITH_HER: "I'm with her",
    Verb.AWAKE: "She is awake",
    Verb.FALSE_ALARM: "False alarm",
    Verb.ON_WATCH: "I'm on watch",
}
# What the page says of a number.
NUMBERS: Mapping[str, str] = {
    "live": "",
    "settling": "settling, not yet reliable",
    "approximate": "approximate",
    "not_worn": "sensor not worn?",
    "stale": "no current value",
    "never": "waiting for the first reading",
}
# Technical conditions in which a child is not watched; the others leave the watch as it is.
BLIND = frozenset(
    {
        Condition.NO_DATA,
        Condition.NOT_WORN,
        Condition.CANNOT_JUDGE,
        Condition.ADAPTER_DOWN,
        Condition.ANALYSIS_ERROR,
    }
)
# What a snooze is for at first; the other lengths stand behind it.
QUIET_MIN = 30
QUIET = "Quiet for {minutes} min"
WATCHING = "Watching"
SOMEBODY = "Somebody at home"
OFFERED = "{by} asked {to} to take the watch, who has not confirmed yet"
ASKED = "{by} asks you to take the watch"
WATCHING_SINCE = "Watching since {since}"
UP_SINCE = "Not everything is watched; the hub runs since {since}"
HUB_OK, HUB_NOT_OK = "hub OK", "hub in trouble"
REACHABLE, NOT_REACHABLE = "phones can be reached", "no phone can be reached"
PROVEN = "{proven} of {phones} phones proven"
NO_SENSOR = "No sensor is set up"
NOT_ALL_WATCHING = "Not everything is watched"
# A slope below this is within what a sensor at rest shows.
STEADY_C_PER_H = 0.2
HALF_HOURS = 2.0


def trend(c_per_h: float | None) -> str:
    """Where a temperature is going, as an arrow and words; empty while that is not known."""
    if c_per_h is None:
        return ""
    if abs(c_per_h) < STEADY_C_PER_H:
        return "→ steady"
    arrow, word = ("↑", "rising") if c_per_h > 0 else ("↓", "falling")
    return f"{arrow} {word} {abs(c_per_h) / HALF_HOURS:.1f} in 30 min"


def number(worth: str, why: str) -> str:
    """What a number is worth, and why where that is known. worth: one of NUMBERS."""
    said = NUMBERS[worth]
    return f"{said}: {why}" if said and why and worth in ("approximate", "stale") else said


def last(celsius: float, wall_s: float, now_s: float, zone: dt.tzinfo) -> str:
    """The last number that there was."""
    return f"last {celsius:.1f} °C at {clock(wall_s, now_s, zone)}"


def level_word(alarm: Alarm) -> str:
    """The level of an alarm, in the lane of its kind."""
    if alarm.priority.rank < Priority.MEDIUM.rank:
        return "Note"
    if alarm.kind is Kind.TECHNICAL:
        return "Not watching" if alarm.key.condition in BLIND else "Check the hub"
    return "ALARM" if alarm.priority is Priority.HIGH else "Check"


def quiet_for(minutes: int) -> str:
    """What a button that snoozes is called."""
    return QUIET.format(minutes=minutes)


def favourite(drug: str, amount: float, unit: str) -> str:
    """A medicine of the plan with the amount that stands there."""
    return f"{drug} {amount:g} {unit}".rstrip()


def dose(what: str, happened_s: float, next_s: float | None, now_s: float, zone: dt.tzinfo) -> str:
    """The last dose of a medicine, and from when on the family's plan allows the next."""
    given = f"{what} {clock(happened_s, now_s, zone)}"
    if next_s is None:
        return given
    return f"{given}, next by your plan {'now' if next_s <= now_s else f'from {clock(next_s, now_s, zone)}'}"


def on_watch(name: str, since_s: float, now_s: float, zone: dt.tzinfo) -> str:
    """Who is woken first. name: empty for everyone."""
    if not name:
        return "Everyone is on watch"
    return f"{name} is on watch{f' since {clock(since_s, now_s, zone)}' if since_s else ''}"


def offered(by: str, to: str) -> str:
    """Somebody was asked to take the watch, and has not yet."""
    return OFFERED.format(by=by, to=to)


def asked(by: str) -> str:
    """The same to who was asked."""
    return ASKED.format(by=by)


def foot(*, whole: bool, since: str | None, hub: bool, reachable: bool, proven: int, phones: int) -> str:
    """The state of the watch in a line. whole: whether everything is watched. since: when that began, None if never."""
    watches = (WATCHING_SINCE if whole else UP_SINCE).format(since=since) if since else NO_SENSOR
    return " · ".join(
        [
            watches,
            HUB_OK if hub else HUB_NOT_OK,
            REACHABLE if reachable else NOT_REACHABLE,
            PROVEN.format(proven=proven, phones=phones),
        ]
    )


def paused(name: str, device: str, until_s: float, now_s: float, zone: dt.tzinfo) -> str:
    """A pause with its end. device: empty for all sensors."""
    return f"Watching {device or name} is paused until {clock(until_s, now_s, zone)}"
