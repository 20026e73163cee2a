"""The quiet word of the day to every caregiver: whether the hub still watches, and what there was. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from edge.delivery import private_texts
from edge.model.alarm import Condition
from edge.model.language import N_, Locale

STILL, NOT_ALL = N_("Still watching"), N_("Not watching all")
STILL_BARE = N_("still watching")
NOT_ALL_BARE = N_("not watching all: check the sensors and the hub")
DAY = N_("{title}: watching {watched} of {sensors} sensors{lost}; {standing}.{listened} Last 24 hours: {temperatures}")
LOST = N_("; not {sensors}")
NO_ALARM = N_("no alarm")
LISTENED = N_(" {sensor} would have shown a convulsion for {percent} % of the last 12 hours.")
SPAN = N_("{name}: temperature {least} to {most} in {number} readings")
NO_TEMPERATURE = N_("{name}: no valid temperature")
UNPROVEN = N_("{text}. This phone was not tested in the last 30 days, or was changed since: send a test, and answer it")


@dataclass(frozen=True, slots=True)
class Day:
    """lost: each sensor that is not watched, with the reason. sensors: how many there are. standing: the conditions of
    the alarms that stand.

    listened: share of the last 12 hours, by movement sensor. temperatures: by child's name the lowest, the highest
    (°C) and the number of the valid readings of 24 hours, None without any.
    """

    lost: Sequence[tuple[str, str]]
    sensors: int
    standing: Sequence[Condition]
    listened: Mapping[str, float]
    temperatures: Mapping[str, tuple[float, float, int] | None]


def title(day: Day, words: Locale) -> str:
    """Never "watching" while a sensor is lost."""
    return words.say(NOT_ALL if day.lost else STILL)


def bare(day: Day, words: Locale) -> str:
    """What goes through other people's servers without leave."""
    return f"feverhub: {words.say(NOT_ALL_BARE if day.lost else STILL_BARE)}"


def details(day: Day, words: Locale) -> str:
    """All of it, in words that promise nothing."""
    lost = ", ".join(f"{name} ({words.say(why)})" for name, why in day.lost)
    standing = ", ".join(words.say(private_texts.WORDS[condition][0]) for condition in day.standing)
    listened = (words.say(LISTENED, sensor=name, percent=f"{100 * share:.0f}") for name, share in day.listened.items())
    return words.say(
        DAY,
        title=title(day, words),
        watched=day.sensors - len(day.lost),
        sensors=day.sensors,
        lost=words.say(LOST, sensors=lost) if lost else "",
        standing=standing or words.say(NO_ALARM),
        listened="".join(listened),
        temperatures="; ".join(_span(name, span, words) for name, span in day.temperatures.items()),
    )


def _span(name: str, span: tuple[float, float, int] | None, words: Locale) -> str:
    if span is None:
        return words.say(NO_TEMPERATURE, name=name)
    least, most, number = span
    return words.say(SPAN, name=name, least=words.degrees(least), most=words.temperature(most), number=number)
