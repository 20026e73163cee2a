"""The words of the caregivers' page that are not an alarm's own. Never "normal" or "healthy"."""

from collections.abc import Mapping

from edge.delivery import phone_buttons, texts
from edge.delivery.care_texts import amount_of, when
from edge.model.alarm import Alarm, Condition, Kind, Priority
from edge.model.event import Verb
from edge.model.language import N_, Locale

VERBS: Mapping[Verb, str] = {
    **phone_buttons.LABELS,
    Verb.WITH_HER: N_("I'm with her"),
    Verb.AWAKE: N_("She is awake"),
    Verb.FALSE_ALARM: N_("False alarm"),
    Verb.ON_WATCH: N_("I'm on watch"),
}
# What the page says of a number.
NUMBERS: Mapping[str, str] = {
    "live": "",
    "settling": N_("settling, not yet reliable"),
    "approximate": N_("approximate"),
    "not_worn": N_("sensor not worn?"),
    "stale": N_("no current value"),
    "never": N_("waiting for the first reading"),
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
QUIET = N_("Quiet for {minutes} min")
WATCHING = N_("Watching")
ON_WATCH, ON_WATCH_SINCE, ALL_ON_WATCH = (
    N_("{name} is on watch"),
    N_("{name} is on watch since {since}"),
    N_("Everyone is on watch"),
)
OFFERED = N_("{by} asked {to} to take the watch, who has not confirmed yet")
ASKED = N_("{by} asks you to take the watch")
WATCHING_SINCE = N_("Watching since {since}")
UP_SINCE = N_("Not everything is watched; the hub runs since {since}")
HUB_OK, HUB_NOT_OK = N_("hub OK"), N_("hub in trouble")
REACHABLE, NOT_REACHABLE = N_("phones can be reached"), N_("no phone can be reached")
PROVEN = N_("{proven} of {phones} phones proven")
NO_SENSOR = N_("No sensor is set up")
NOT_ALL_WATCHING = N_("Not everything is watched")
STEADY, RISING, FALLING = N_("→ steady"), N_("↑ rising {degrees} in 30 min"), N_("↓ falling {degrees} in 30 min")
LAST = N_("last {value} at {time}")
NEXT_NOW, NEXT_FROM = N_("{given}, next by your plan now"), N_("{given}, next by your plan from {time}")
PAUSED = N_("Watching {what} is paused until {time}")
# The level of an alarm, in the lane of its kind; "Note", "ALARM" and "Check" as above a push.
NOT_WATCHING, CHECK_THE_HUB = N_("Not watching"), N_("Check the hub")
# A slope below this is within what a sensor at rest shows.
STEADY_C_PER_H = 0.2
HALF_HOURS = 2.0


def trend(c_per_h: float | None, words: Locale) -> str:
    """Where a temperature is going, as an arrow and words; empty while that is not known."""
    if c_per_h is None:
        return ""
    if abs(c_per_h) < STEADY_C_PER_H:
        return words.say(STEADY)
    return words.say(RISING if c_per_h > 0 else FALLING, degrees=words.difference(abs(c_per_h) / HALF_HOURS))


def number(worth: str, why: str, words: Locale) -> str:
    """What a number is worth, and why where that is known. worth: one of NUMBERS."""
    said = words.say(NUMBERS[worth])
    return f"{said}: {words.reason(why)}" if said and why and worth in ("approximate", "stale") else said


def last(celsius: float, wall_s: float, now_s: float, words: Locale) -> str:
    """The last number that there was."""
    return words.say(LAST, value=words.temperature(celsius), time=when(wall_s, now_s, words))


def level_word(alarm: Alarm, words: Locale) -> str:
    """The level of an alarm, in the lane of its kind."""
    if alarm.priority.rank < Priority.MEDIUM.rank:
        return words.say(texts.NOTE)
    if alarm.kind is Kind.TECHNICAL:
        return words.say(NOT_WATCHING if alarm.key.condition in BLIND else CHECK_THE_HUB)
    return words.say(texts.ALARM if alarm.priority is Priority.HIGH else texts.CHECK)


def quiet_for(minutes: int, words: Locale) -> str:
    """What a button that snoozes is called."""
    return words.say(QUIET, minutes=minutes)


def favourite(drug: str, amount: float, unit: str, words: Locale) -> str:
    """A medicine of the plan with the amount that stands there."""
    return amount_of(drug, amount, unit, words)


def dose(what: str, happened_s: float, next_s: float | None, now_s: float, words: Locale) -> str:
    """The last dose of a medicine, and from when on the family's plan allows the next."""
    given = f"{what} {when(happened_s, now_s, words)}"
    if next_s is None:
        return given
    if next_s <= now_s:
        return words.say(NEXT_NOW, given=given)
    return words.say(NEXT_FROM, given=given, time=when(next_s, now_s, words))


def on_watch(name: str, since_s: float, now_s: float, words: Locale) -> str:
    """Who is woken first. name: empty for everyone."""
    if not name:
        return words.say(ALL_ON_WATCH)
    return (
        words.say(ON_WATCH_SINCE, name=name, since=when(since_s, now_s, words))
        if since_s
        else words.say(ON_WATCH, name=name)
    )


def offered(by: str, to: str, words: Locale) -> str:
    """Somebody was asked to take the watch, and has not yet."""
    return words.say(OFFERED, by=by or words.say(texts.SOMEBODY), to=to)


def asked(by: str, words: Locale) -> str:
    """The same to who was asked."""
    return words.say(ASKED, by=by or words.say(texts.SOMEBODY))


def foot(*, whole: bool, since: str | None, hub: bool, reachable: bool, proven: int, phones: int, words: Locale) -> str:
    """The state of the watch in a line. whole: whether everything is watched. since: when that began, None if never."""
    return " · ".join(
        [
            words.say(WATCHING_SINCE if whole else UP_SINCE, since=since) if since else words.say(NO_SENSOR),
            words.say(HUB_OK if hub else HUB_NOT_OK),
            words.say(REACHABLE if reachable else NOT_REACHABLE),
            words.say(PROVEN, proven=proven, phones=phones),
        ]
    )


def paused(name: str, device: str, until_s: float, now_s: float, words: Locale) -> str:
    """A pause with its end. device: empty for all sensors."""
    return words.say(PAUSED, what=device or name, time=when(until_s, now_s, words))
