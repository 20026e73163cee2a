"""Quiet words to caregivers about the watch itself: pauses and hand-overs. Never urgent; they are no alarms."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edge.delivery.roster import Roster, notifiable
from edge.delivery.texts import SOMEBODY
from edge.model.effect import Notify
from edge.model.language import N_, Locale
from edge.model.people import Caregiver

# What a notice says, and what it says without a name (`share_details = false`).
PAUSED = N_("{who} paused watching {what} until {time}. It ends by itself.")
SENSOR_OF = N_("{device} of {name}")
PAUSED_BARE = N_("the watch is paused until {time}")
OVER_MISSING = N_("The pause is over, and {missing} is not watched yet: put it back on.")
OVER_MISSING_BARE = N_("the pause is over, and not everything is watched yet")
OVER = N_("The pause is over: watching {what} again.")
OVER_BARE = N_("the pause is over")
NOW_ON_WATCH = N_("{who} is on watch now.")
EVERYONE_ON_WATCH = N_("Everyone is on watch now.")
HANDED_OVER_BARE = N_("the watch was handed over")
ASKS = N_('{who} asks you to take the watch. Press "I\'m on watch" to confirm.')
ASKS_BARE = N_("somebody asks you to take the watch")
NOT_TAKEN = N_("{asked} has not taken the watch; {who} still has it.")
NOT_TAKEN_ALL = N_("{asked} has not taken the watch; everyone still has it.")
NOT_TAKEN_BARE = N_("the watch was not taken over")
TEST_IT = N_(
    "Nobody knows any more whether this phone rings for an alarm. Send a test, and answer it on the locked phone."
)
# The titles.
TITLE_PAUSED, TITLE_NOT_WATCHING, TITLE_WATCHING = N_("Paused"), N_("Not watching"), N_("Watching")
TITLE_ON_WATCH, TITLE_ON_WATCH_ASKED, TITLE_TEST_IT = N_("On watch"), N_("On watch?"), N_("Test it")


@dataclass(frozen=True, slots=True)
class Readers:
    """The caregivers, and how each of them reads."""

    caregivers: Sequence[Caregiver]
    locale_of: Callable[[Caregiver], Locale]

    def notifiable(self) -> list[Caregiver]:
        return notifiable(self.caregivers)

    def name(self, who: str, words: Locale) -> str:
        """Of a caregiver, by id; of a thing of the house somebody at home."""
        return next((each.name for each in self.caregivers if each.id == who), words.say(SOMEBODY))

    def notice(self, to: Caregiver, subject: str, title: str, text: Callable[[Locale], str], bare: str) -> Notify:
        """Without leave of the family, no name goes through other people's servers. bare: in the words of `to`."""
        words = self.locale_of(to)
        said = text(words) if to.share_details else f"feverhub: {bare}"
        return Notify(to.id, subject, words.say(title), said, urgent=False)


def paused(readers: Readers, what: Callable[[Locale], str], who: str, until_s: float) -> list[Notify]:
    """Everyone but who paused it hears of a pause. until_s: wall seconds."""

    def text(words: Locale) -> str:
        return words.say(PAUSED, who=readers.name(who, words), what=what(words), time=words.clock(until_s))

    found = []
    for each in readers.notifiable():
        if each.id != who:
            words = readers.locale_of(each)
            bare = words.say(PAUSED_BARE, time=words.clock(until_s))
            found.append(readers.notice(each, "pause", TITLE_PAUSED, text, bare))
    return found


def pause_over(readers: Readers, what: Callable[[Locale], str], missing: Sequence[str]) -> list[Notify]:
    """The reminder at the end of a pause."""

    def text(words: Locale) -> str:
        if missing:
            return words.say(OVER_MISSING, missing=", ".join(missing))
        return words.say(OVER, what=what(words))

    title, bare = (TITLE_NOT_WATCHING, OVER_MISSING_BARE) if missing else (TITLE_WATCHING, OVER_BARE)
    return [
        readers.notice(each, "pause", title, text, readers.locale_of(each).say(bare)) for each in readers.notifiable()
    ]


def watch_changed(readers: Readers, before: Roster, after: Roster) -> list[Notify]:
    """Who was asked to take the watch, who has it now, and that an offer came to nothing."""
    offer, offered = after.offer, before.offer
    if after.on_watch != before.on_watch:

        def now(words: Locale) -> str:
            if not after.on_watch:
                return words.say(EVERYONE_ON_WATCH)
            return words.say(NOW_ON_WATCH, who=readers.name(after.on_watch, words))

        others = [each for each in readers.notifiable() if each.id != after.on_watch]
        return _each(readers, others, TITLE_ON_WATCH, now, HANDED_OVER_BARE)
    if offer is not None and offer != offered:
        by, asked = offer.by, [each for each in readers.caregivers if each.id == offer.to]
        return _each(
            readers, asked, TITLE_ON_WATCH_ASKED, lambda words: words.say(ASKS, who=readers.name(by, words)), ASKS_BARE
        )
    if offered is not None and offer is None and after.on_watch != offered.to:
        to = offered.to

        def lapsed(words: Locale) -> str:
            if not after.on_watch:
                return words.say(NOT_TAKEN_ALL, asked=readers.name(to, words))
            return words.say(NOT_TAKEN, asked=readers.name(to, words), who=readers.name(after.on_watch, words))

        by_whom = [each for each in readers.caregivers if each.id == offered.by]
        return _each(readers, by_whom, TITLE_ON_WATCH, lapsed, NOT_TAKEN_BARE)
    return []


def phone_changed(readers: Readers, whose: str) -> list[Notify]:
    """The phone of that caregiver is to be tested anew."""
    return [
        readers.notice(
            each, "phone", TITLE_TEST_IT, lambda words: words.say(TEST_IT), readers.locale_of(each).say(TEST_IT)
        )
        for each in readers.caregivers
        if each.id == whose
    ]


def _each(
    readers: Readers, to: Sequence[Caregiver], title: str, text: Callable[[Locale], str], bare: str
) -> list[Notify]:
    return [readers.notice(each, "on_watch", title, text, readers.locale_of(each).say(bare)) for each in to]
