"""What caregivers are told of an illness that the hub follows. Facts and the family's own plan, never advice."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from edge.delivery.care_texts import in_words, when
from edge.delivery.notices import Readers
from edge.model.care import Course, Dose, Entry, Illness
from edge.model.effect import Notify
from edge.model.language import N_, Locale
from edge.model.moment import local

TITLE, TITLE_PROPOSED, TITLE_MEASURE = N_("Illness"), N_("Ill?"), N_("Measure")
TITLE_DOSE, TITLE_OVER = N_("Next dose"), N_("Illness over")
# What is answered.
STANDS = N_("an illness is followed already, since {since}; say what is to be changed, or that it is over")
NONE_STANDS = N_("no illness is followed now")
ENDS_BEFORE = N_("it cannot be over before it began")
BEGUN = N_(
    "following an illness since {since}; the hub is more watchful until {days} days without fever, or until you end it"
)
ENDED = N_("the illness is over since {ended}; begun {since}")
CHANGED = N_("written down: {what}")
TAKEN_BACK = N_("taken back: {what}")
# What is pushed; behind each what goes through other people's servers without leave.
NOW_ILL = N_("{who} says that {name} is ill. The hub is more watchful now, and asks for temperatures.")
NOW_ILL_BARE = N_("an illness is followed now")
IS_OVER = N_("{who} says that the illness of {name} is over.")
OVER_BY_ITSELF = N_(
    "{name} had no fever for {days} days: the hub no longer follows the illness. Say so if she is still ill."
)
OVER_UNMEASURED = N_(
    "Nobody has measured {name} for two weeks: the hub no longer follows the illness. Say so if she is still ill."
)
IS_OVER_BARE = N_("an illness is no longer followed")
PROPOSE = N_("{name} has a fever. Is she ill? Say so on the page, or: feverhub illness. The hub is then more watchful.")
PROPOSE_BARE = N_("a fever began: say whether it is an illness")
MEASURE = N_("{name} is ill, and nobody has measured for {hours} h. Take her temperature.")
MEASURE_BARE = N_("a temperature is to be taken")
DOSE = N_("{name} has a fever. Your plan allows the next {medicine} since {time}; the last was at {last}.")
DOSE_BARE = N_("your plan allows the next dose")
# The state in words.
ILL = N_("ill since {since}, day {day}")
ILL_WITH = N_("ill since {since}, day {day}: {diagnosis}")
PEAK = N_("highest {temperature} ({time})")
NOT_MEASURED = N_("no temperature yet")
FEVER_LAST = N_("last fever {time}")
NO_FEVER = N_("no fever seen")
EPISODES = N_("episodes of movement: {count}")
DOSES = N_("doses: {doses}")
NO_DOSES = N_("no dose")
LONG = N_("{name} has been ill with fever for {days} days: a doctor should see her (NICE NG143).")
RECORD_STANDS, RECORD_SPAN = N_("since {begun}"), N_("{begun} to {ended}")
NO_DIAGNOSIS = N_("illness")
RECORD_PEAK, RECORD_DOSES = N_("highest {temperature}"), N_("doses: {count}")
SUMMARY_BARE = N_("the state of the illness stands on the hub's page")


@dataclass(frozen=True, slots=True)
class Ill:
    """An illness that stands. name: of the child. doses: since it began, the newest last, that were not withdrawn.

    day: the how manyth, from 1. long: whether it is one of many days of fever.
    """

    name: str
    entry: Entry
    course: Course
    doses: Sequence[Entry]
    day: int
    long: bool

    @property
    def diagnosis(self) -> str:
        """In the caregiver's words; empty if nobody said."""
        return self.entry.what.diagnosis if isinstance(self.entry.what, Illness) else ""


def lines(ill: Ill, now_s: float, words: Locale) -> list[str]:
    """Since when, the peak, the last fever, doses, episodes. now_s: wall seconds."""
    course, since = ill.course, when(ill.entry.happened_s, now_s, words)
    said = words.say(ILL_WITH if ill.diagnosis else ILL, since=since, day=ill.day, diagnosis=ill.diagnosis)
    found = [said]
    if course.peak_c is None or course.peak_s is None:
        found.append(words.say(NOT_MEASURED))
    else:
        time = when(course.peak_s, now_s, words)
        found.append(words.say(PEAK, temperature=words.temperature(course.peak_c), time=time))
    fever_s = course.fever_s
    found.append(words.say(NO_FEVER) if fever_s is None else words.say(FEVER_LAST, time=when(fever_s, now_s, words)))
    given = [f"{in_words(each, words)} {when(each.happened_s, now_s, words)}" for each in ill.doses]
    found.append(words.say(DOSES, doses=", ".join(given)) if given else words.say(NO_DOSES))
    if course.episodes:
        found.append(words.say(EPISODES, count=len(course.episodes)))
    if ill.long:
        found.append(words.say(LONG, name=ill.name, days=ill.day))
    return found


def records(entries: Sequence[Entry], words: Locale) -> list[tuple[str, str]]:
    """Each illness and vaccination of one child, when and what, the newest first.

    entries: newest versions that stand, by time, with the doses, which are counted into the illness they lie in.
    """
    given_s = [each.happened_s for each in entries if isinstance(each.what, Dose)]
    return [_record(each, given_s, words) for each in reversed(entries) if not isinstance(each.what, Dose)]


def _record(entry: Entry, given_s: Sequence[float], words: Locale) -> tuple[str, str]:
    begun = f"{local(entry.happened_s, words.zone):%Y-%m-%d}"
    if not isinstance(entry.what, Illness):
        return begun, in_words(entry, words)
    ill = entry.what
    until_s = math.inf if ill.ended_s is None else ill.ended_s
    when = words.say(RECORD_STANDS, begun=begun)
    if ill.ended_s is not None:
        when = words.say(RECORD_SPAN, begun=begun, ended=f"{local(ill.ended_s, words.zone):%Y-%m-%d}")
    doses = sum(entry.happened_s <= at_s <= until_s for at_s in given_s)
    said = [ill.diagnosis or words.say(NO_DIAGNOSIS)]
    said += [] if ill.peak_c is None else [words.say(RECORD_PEAK, temperature=words.temperature(ill.peak_c))]
    said += [words.say(RECORD_DOSES, count=doses)] if doses else []
    said += [words.say(EPISODES, count=ill.episodes)] if ill.episodes else []
    return when, "; ".join(said)


def summary(readers: Readers, ill: Ill, now_s: float) -> list[Notify]:
    """Morning and evening, to every caregiver."""
    return _all(readers, TITLE, lambda words: f"{ill.name}: {'; '.join(lines(ill, now_s, words))}", SUMMARY_BARE)


def changed(readers: Readers, name: str, who: str, *, over: bool) -> list[Notify]:
    """A caregiver began or ended it: the others hear of it."""
    text, bare = (IS_OVER, IS_OVER_BARE) if over else (NOW_ILL, NOW_ILL_BARE)

    def say(words: Locale) -> str:
        return words.say(text, who=readers.name(who, words), name=name)

    return [each for each in _all(readers, TITLE, say, bare) if each.caregiver != who]


def ended_by_itself(readers: Readers, name: str, days: int, *, unmeasured: bool) -> list[Notify]:
    """Nobody is left in the belief that the hub still asks."""
    text = OVER_UNMEASURED if unmeasured else OVER_BY_ITSELF
    return _all(readers, TITLE_OVER, lambda words: words.say(text, name=name, days=days), IS_OVER_BARE)


def proposed(readers: Readers, name: str) -> list[Notify]:
    """A fever began, and nobody has said that she is ill."""
    return _all(readers, TITLE_PROPOSED, lambda words: words.say(PROPOSE, name=name), PROPOSE_BARE)


def measure(readers: Readers, name: str, hours: int) -> list[Notify]:
    """Nobody has measured for so long."""
    return _all(readers, TITLE_MEASURE, lambda words: words.say(MEASURE, name=name, hours=hours), MEASURE_BARE)


def next_dose(readers: Readers, name: str, medicine: str, times_s: Mapping[str, float], now_s: float) -> list[Notify]:
    """times_s: `next`, from when on the plan allows it, and `last`, when it was given (wall seconds)."""

    def say(words: Locale) -> str:
        time, last = (when(times_s[which], now_s, words) for which in ("next", "last"))
        return words.say(DOSE, name=name, medicine=medicine, time=time, last=last)

    return _all(readers, TITLE_DOSE, say, DOSE_BARE)


def _all(readers: Readers, title: str, text: Callable[[Locale], str], bare: str) -> list[Notify]:
    return [
        readers.notice(each, "illness", title, text, readers.locale_of(each).say(bare)) for each in readers.notifiable()
    ]
