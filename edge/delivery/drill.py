"""The monthly drill: an alarm is played through by day, and what became of it is kept for each caregiver. Pure.

A drill goes over the real ways of a test alarm and is answered as one, so it proves phones; it is never an alarm.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from edge.delivery.care_texts import when
from edge.delivery.notices import Readers
from edge.delivery.roster import Roster, notifiable
from edge.model.effect import Notify
from edge.model.language import N_, Locale
from edge.model.moment import Now
from edge.model.people import PROOF_LASTS_S, Caregiver

OPEN_S = 900.0
"""So long an answer counts, as of a test."""
LATER_S = 7 * 86_400.0
"""For so long it is put off by a tap."""
WEEK_S = 7 * 86_400.0

TITLE, TITLE_DUE = N_("DRILL"), N_("Drill?")
TEXT = N_("DRILL of feverhub, NO alarm: answer it as you would an alarm. Nothing has happened.")
BEGUN = N_("the drill rings now: everybody answers it as an alarm, within 15 minutes")
AT_NIGHT = N_("a drill is played by day: it would wake the house now")
REAL = N_("a real alarm stands: answer it first, then play the drill")
RUNS = N_("a drill is being played already")
PUT_OFF = N_("the drill is put off until {time}")
DUE = N_("The last drill was more than a month ago. Play an alarm through now, by day: on the page, or feverhub drill.")
DUE_BARE = N_("the monthly drill is due")
DONE = N_("Drill over: everybody answered. {results}.")
UNANSWERED = N_("Drill over, and NOT answered by: {names}. Would they wake? Test these phones. {results}.")
BROKEN = N_("The drill is broken off: a REAL alarm rings now.")
DONE_BARE, UNANSWERED_BARE = N_("the drill is over"), N_("the drill is over, and not everybody has answered")
# What became of it, of each.
NEVER = N_("no drill was played yet")
PLAYED = N_("last drill {time}")
PLAYED_BROKEN = N_("the drill of {time} was broken off by a real alarm")
OPEN = N_("a drill is being played since {time}")
ANSWERED = N_("{name}: rang after {rang} s, answered after {answered} s")
ANSWERED_UNKNOWN = N_("{name}: answered after {answered} s")
RANG_ALONE = N_("{name}: rang after {rang} s, NOT answered")
NOTHING = N_("{name}: nothing took it, NOT answered")
ROOM_PLAYED, ROOM_SILENT = N_("the sounder played after {seconds} s"), N_("the sounder did not play")
DUE_SHORT = N_("the monthly drill is due")


@dataclass(frozen=True, slots=True)
class Result:
    """Of one caregiver, seconds from the begin; None: it did not happen. rang_s: a way to the phone took it."""

    rang_s: float | None = None
    answered_s: float | None = None


@dataclass(frozen=True, slots=True)
class Drill:
    """began_s: wall seconds. by: who began it. results: of each who was to answer. room_s: when the sounder had played.

    over: no answer counts any more. broken: a real alarm ended it.
    """

    began_s: float
    by: str
    results: Mapping[str, Result] = field(default_factory=dict)
    room_s: float | None = None
    over: bool = False
    broken: bool = False

    def unanswered(self) -> list[str]:
        """Ids of those who were to answer, and did not."""
        return [who for who, result in self.results.items() if result.answered_s is None]


def begun(by: str, caregivers: Sequence[Caregiver], now: Now) -> Drill:
    """One that begins now."""
    return Drill(now.wall_s, by, {each.id: Result() for each in notifiable(caregivers)})


def rang(drill: Drill | None, who: str, seconds: float) -> Drill | None:
    """A way to that caregiver took it, after so long."""
    if drill is None or drill.over or who not in drill.results or drill.results[who].rang_s is not None:
        return drill
    result = replace(drill.results[who], rang_s=round(seconds, 1))
    return replace(drill, results={**drill.results, who: result})


def answered(drill: Drill | None, who: str, seconds: float) -> Drill | None:
    """That caregiver answered."""
    if drill is None or drill.over or who not in drill.results:
        return drill
    result = replace(drill.results[who], answered_s=round(seconds, 1))
    return replace(drill, results={**drill.results, who: result})


def played(drill: Drill | None, seconds: float) -> Drill | None:
    """The sounder in the room has played it."""
    return drill if drill is None or drill.over else replace(drill, room_s=round(seconds, 1))


def due_s(roster: Roster, drill: Drill | None, later_s: float, caregivers: Sequence[Caregiver]) -> float:
    """Wall seconds from when on one is due: a month after the last whole one, or after every phone was proven."""
    proofs_s = [
        proof.wall_s if (proof := roster.proofs.get(each.id)) is not None else 0.0 for each in notifiable(caregivers)
    ]
    whole_s = drill.began_s if drill is not None and not drill.broken else 0.0
    return max(whole_s + PROOF_LASTS_S, min(proofs_s, default=0.0) + PROOF_LASTS_S, later_s)


def reminded(due_at_s: float, now_s: float) -> bool:
    """Whether today is a day to remind: the day it is due, and each week after. Asked once a day."""
    return now_s >= due_at_s and (now_s - due_at_s) % WEEK_S < 86_400.0


def lines(drill: Drill | None, names: Mapping[str, str], now_s: float, words: Locale, *, room: bool) -> list[str]:
    """What became of the last one. names: of caregivers, by id. room: whether there is a sounder."""
    if drill is None:
        return [words.say(NEVER)]
    time = when(drill.began_s, now_s, words)
    head = PLAYED_BROKEN if drill.broken else PLAYED if drill.over else OPEN
    return [words.say(head, time=time), *_results(drill, names, words, room=room)]


def _results(drill: Drill, names: Mapping[str, str], words: Locale, *, room: bool) -> list[str]:
    found = []
    for who, result in drill.results.items():
        fields = {"name": names.get(who, who)}
        if result.rang_s is not None:
            fields["rang"] = words.short(result.rang_s)
        if result.answered_s is not None:
            fields["answered"] = words.short(result.answered_s)
            found.append(words.say(ANSWERED if "rang" in fields else ANSWERED_UNKNOWN, **fields))
        elif not drill.broken:
            found.append(words.say(RANG_ALONE if "rang" in fields else NOTHING, **fields))
    if room and not drill.broken:
        played = drill.room_s is not None
        text = ROOM_PLAYED if played else ROOM_SILENT
        found.append(
            words.say(text, seconds=words.short(drill.room_s)) if drill.room_s is not None else words.say(text)
        )
    return found


def ended(readers: Readers, drill: Drill, now_s: float, *, room: bool) -> list[Notify]:
    """To everybody: who answered, and who did not."""
    if drill.broken:
        return _all(readers, lambda words: words.say(BROKEN), BROKEN)
    left = drill.unanswered()

    def say(words: Locale) -> str:
        names = {each.id: readers.name(each.id, words) for each in readers.caregivers}
        results = "; ".join(lines(drill, names, now_s, words, room=room)[1:])
        if not left:
            return words.say(DONE, results=results)
        return words.say(UNANSWERED, names=", ".join(names.get(who, who) for who in left), results=results)

    return _all(readers, say, UNANSWERED_BARE if left else DONE_BARE)


def due(readers: Readers) -> list[Notify]:
    """The reminder."""
    return [
        readers.notice(each, "drill", TITLE_DUE, lambda words: words.say(DUE), readers.locale_of(each).say(DUE_BARE))
        for each in readers.notifiable()
    ]


def _all(readers: Readers, text: Callable[[Locale], str], bare: str) -> list[Notify]:
    return [
        readers.notice(each, "drill", TITLE, text, readers.locale_of(each).say(bare)) for each in readers.notifiable()
    ]
