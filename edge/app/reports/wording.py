"""The words of the doctor's page in every language: its labels, dates, lengths and names of places."""

from collections.abc import Mapping, Sequence

from edge.app.reports.rhythm import Change, Evenness, Rhythm
from edge.delivery import care_texts
from edge.model.alarm import Condition
from edge.model.language import N_, Locale
from edge.model.moment import local

# ---------------------------------------------------------------- dates and lengths

MONTHS = (
    *(N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun")),
    *(N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec")),
)
DATE = N_("{day} {month}")
MOMENT = N_("{weekday} {day} {month} {time}")
# Translators: with the year, as on the first line of the doctor's page
DAY = N_("{weekday} {day} {month} {year} {time}")
PERIOD = N_("{first} to {last}")
SECONDS = N_("{seconds} s")
MINUTES = N_("{minutes} min {seconds} s")
MONTHS_OLD = N_("{months} months")
YEARS_OLD = N_("{years} years {months} months")

# ---------------------------------------------------------------- names

CONDITIONS: Mapping[Condition, str] = {
    Condition.POSSIBLE_MOVEMENT: N_("possible movement"),
    Condition.RECURRING_TWITCHES: N_("recurring twitches"),
    Condition.RIGOR: N_("shivering-like movement"),
    Condition.FEVER: N_("fever"),
    Condition.HIGH_FEVER: N_("high fever"),
    Condition.YOUNG_INFANT_FEVER: N_("fever of a young infant"),
    Condition.TEMPERATURE_RISING: N_("temperature rising"),
    Condition.LOW_TEMPERATURE: N_("low temperature"),
    Condition.MEASUREMENT_DUE: N_("a measurement was due"),
}
EXTENTS: Mapping[str, str] = {
    "one_limb": N_("one limb"),
    "trunk": N_("trunk"),
    "same_side": N_("limbs of one side"),
    "several_limbs": N_("several limbs"),
    "whole_body": N_("whole body"),
}
EVEN: Mapping[Evenness, str] = {
    Evenness.VERY: N_("very regular"),
    Evenness.REGULAR: N_("regular"),
    Evenness.FAIRLY: N_("fairly regular"),
    Evenness.NOT: N_("irregular"),
}
JERKS: Mapping[Change, str] = {
    Change.STEADY: N_("{first} jerks a second"),
    Change.SLOWING: N_("{first} slowing to {last} jerks a second"),
    Change.VARYING: N_("between {first} and {last} jerks a second"),
}
SHAKES: Mapping[Change, str] = {
    Change.STEADY: N_("{first} shakes a second"),
    Change.SLOWING: N_("{first} slowing to {last} shakes a second"),
    Change.VARYING: N_("between {first} and {last} shakes a second"),
}
# Simple and complex, as evidence of an alarm has them (`analysis/episode/course.py`).
COURSES = (
    N_("no mark of a complex one; whether it was one side alone is not known from one sensor"),
    N_("simple so far: both sides, under 15 min, once in 24 h"),
)
COMPLEX = N_("complex: {marks}")
MARKS = (N_("15 min or longer"), N_("again within 24 h"), N_("one limb alone"))

# ---------------------------------------------------------------- the frame of the page

LABELS: Mapping[str, str] = {
    "records": N_("Illnesses and vaccinations"),
    "written": N_("written {when}"),
    "temperature": N_("Temperature"),
    "legend": N_("dashed: limits; triangle: a dose; red line: an episode of movement"),
    "curve": N_("Temperature over time, with doses and episodes"),
    "medicine": N_("Medicine"),
    "when": N_("When"),
    "what": N_("What"),
    "by": N_("Given by"),
    "before": N_("Temperature before"),
    "lowest": N_("Lowest in the 4 h after"),
    "no_medicine": N_("Nothing was written down."),
    "episodes": N_("Episodes of seizure-like rhythmic movement"),
    "false_alarm": N_("called a false alarm by a caregiver"),
    "no_samples": N_("Its samples are not kept any more."),
    "no_episodes": N_("None was noticed while a movement sensor watched."),
    "twitches": N_("Twitches by day"),
    "no_twitches": N_(
        "No series of recurring twitches was noticed. Single twitches are not listed: in sleep they are harmless."
    ),
    "notes": N_("What else was written down"),
    "unknown": N_("What these sensors cannot know"),
    "page": N_("page"),
    "of_pages": N_("of"),
}
SERIES = N_("{day}: {count} series")
TRACE = N_("movement, {place}: magnitude in g, minutes from the estimated onset; shaded: the episode")
TRACE_TITLE = N_("Movement, {place}: magnitude in g")

UNKNOWN = (
    N_("Whether a movement was epileptic: nobody here had an EEG."),
    N_(
        "Stiffening or going limp (tonic, atonic), an absence, spasms of the trunk: a sensor at a limb shows little or"
        " nothing."
    ),
    N_(
        "Consciousness, breathing, colour, eyes, and every part of the body without a sensor: only who was there can"
        " tell."
    ),
    N_("The core temperature: skin and armpit read below it, by 0.9 °C on average in infants (Craig 2000, BMJ)."),
    N_("Anything while a sensor was off, silent or not worn."),
)
AS_MEASURED = N_("Temperatures are as measured at their site: not converted, not smoothed. A gap is drawn as a gap.")
DOTS = N_("Dots are temperatures that a caregiver measured and wrote down.")
ESTIMATES = N_(
    "Onset and length of an episode are estimates of the program from the movement of the sensors named; its rate and"
    " evenness are those of the rhythm over its whole length."
)
IMPORTED = N_("{device}: imported, at least in part, from {sources}.")
DISCLAIMER = N_("feverhub is no medical device and makes no diagnosis. Look at the child first.")

# ---------------------------------------------------------------- figures

EPISODES = N_("Episodes of rhythmic movement")
AND_FALSE = N_("and {count} called a false alarm")
LONGEST = N_("Longest of them")
ABOUT = N_("about {length}")
HIGHEST = N_("Highest temperature")
AT_OR_ABOVE = N_("Time at or above, °C")
HOURS_FROM = N_("{hours} h from {limit}")
WITHOUT_GAPS = N_("{place}, without its gaps")
SINCE_LAST = N_("Since it was last {limit} °C")
NEVER = N_("never")
AS_OF = N_("as of {when}")
TEMPERATURE_WATCHED, MOVEMENT_WATCHED = N_("Temperature watched"), N_("Movement watched")
NO_GAP = N_("no gap")
LONGEST_GAP = N_("longest gap {length} from {when}")
TRUSTED = N_("right from {low} to {high} °C")
NOT_MEASURED = N_("not measured")
CHANGED_LATER = N_("changed later")
LASTED = N_("{condition}, {length}")
NOT_OVER = N_("{condition}, not over")
WITH_HIGHEST = N_("{text}, highest {measured}")
BY_HAND = N_("{place}, by hand")


def date(wall_s: float, words: Locale) -> str:
    """A day of the family's calendar, without the year."""
    then = local(wall_s, words.zone)
    return words.say(DATE, day=then.day, month=words.say(MONTHS[then.month - 1]))


def moment(wall_s: float, words: Locale) -> str:
    """Of a table, above which the year stands."""
    then = local(wall_s, words.zone)
    weekday, month = words.say(care_texts.WEEKDAYS[then.weekday()]), words.say(MONTHS[then.month - 1])
    return words.say(MOMENT, weekday=weekday, day=then.day, month=month, time=words.clock(wall_s))


def day(wall_s: float, words: Locale) -> str:
    """With the year."""
    then = local(wall_s, words.zone)
    weekday, month = words.say(care_texts.WEEKDAYS[then.weekday()]), words.say(MONTHS[then.month - 1])
    return words.say(DAY, weekday=weekday, day=then.day, month=month, year=then.year, time=words.clock(wall_s))


def length(value: float, words: Locale) -> str:
    """A length as one would say it of a seizure."""
    whole = round(value)
    if whole < 120:
        return words.say(SECONDS, seconds=whole)
    return words.say(MINUTES, minutes=whole // 60, seconds=f"{whole % 60:02}")


def place(name: object, words: Locale) -> str:
    """A site or a limb by its id; empty for one that is not known."""
    text = str(name or "")
    return "" if text in ("", "unknown") else care_texts.place_name(text, words)


def rhythm(found: Rhythm, words: Locale) -> str:
    """How often a second."""
    texts = SHAKES if found.shaking else JERKS
    return words.say(texts[found.change], **_ends(found, words))


def _ends(found: Rhythm, words: Locale) -> dict[str, str]:
    first, last = words.number(found.first_hz), words.number(found.last_hz)
    return {"first": first} if found.change is Change.STEADY else {"first": first, "last": last}


def course(text: str, words: Locale) -> str:
    """Simple or complex, as evidence has it in English."""
    prefix = COMPLEX.format(marks="")
    if text.startswith(prefix):
        return words.say(COMPLEX, marks=", ".join(words.say(mark) for mark in text.removeprefix(prefix).split(", ")))
    return words.say(text)


def labels(words: Locale, made: str) -> dict[str, str]:
    """What stands on every page whatever is known. made: when it was written."""
    return {name: words.say(text, when=made) if "{when}" in text else words.say(text) for name, text in LABELS.items()}


def joined(parts: Sequence[str], words: Locale) -> str:
    """A list of names, in words."""
    return words.say(AND, first=", ".join(parts[:-1]), last=parts[-1]) if len(parts) > 1 else "".join(parts)


AND = N_("{first} and {last}")
