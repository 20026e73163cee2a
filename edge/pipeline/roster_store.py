"""Who is on watch, what is paused and snoozed, which phones were proven and what was seen of an illness, as text that
the journal keeps.

A restart never lengthens a pause, a snooze or an offer, however the wall clock was set meanwhile.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import msgspec

from edge.alarms import PAUSE_MAX_S, SNOOZE_MAX_S, Pause, Snooze
from edge.delivery import Drill, Offer, Proof, Roster, drill, roster
from edge.model.care import Course
from edge.model.effect import Remember
from edge.model.moment import LEAST_WALL_S, MOST_WALL_S, Now
from edge.pipeline.state import State

HOUSE_MEMO = "house"
"""Its name in the journal."""
# No monotonic clock comes near this: 30 years.
_MOST_S = 1e9


@dataclass(frozen=True, slots=True)
class _Ill:
    """What goes with a child who is forgotten: it says whose it is. course: of an illness that stands, None without."""

    person: str
    course: Course | None = None
    proposed_s: float = 0.0


@dataclass(frozen=True, slots=True)
class _Kept:
    on_watch: str = ""
    since_s: float = 0.0
    offer: Offer | None = None
    proofs: Mapping[str, Proof] = field(default_factory=dict)
    changed_s: Mapping[str, float] = field(default_factory=dict)
    pauses: tuple[Pause, ...] = ()
    snoozes: tuple[Snooze, ...] = ()
    wall_s: float = 0.0
    mono_s: float = 0.0
    ill: tuple[_Ill, ...] = ()
    drill: Drill | None = None
    drill_later_s: float = 0.0
    good_night_s: float = 0.0


def remember(state: State, now: Now) -> Remember:
    """The text to be kept, as things are now."""
    who = state.roster
    quiet = state.alarms.pauses, state.alarms.snoozes
    kept = _Kept(
        who.on_watch,
        who.since_s,
        who.offer,
        who.proofs,
        who.changed_s,
        *quiet,
        now.wall_s,
        now.mono_s,
        tuple(
            _Ill(person, state.courses.get(person), state.proposed_s.get(person, 0.0))
            for person in sorted({*state.courses, *state.proposed_s})
        ),
        state.drill,
        state.drill_later_s,
        state.good_night_s,
    )
    return Remember(msgspec.json.encode(kept).decode())


def unproven(text: str) -> str:
    """The same without the proof of any phone or of the room; empty, and so nothing, if it cannot be read."""
    kept = _decoded(text)
    return "" if kept is None else msgspec.json.encode(replace(kept, proofs={})).decode()


def readable(text: str) -> bool:
    """Whether `recall` can take this text up."""
    return not text or _decoded(text) is not None


def illnesses(text: str) -> tuple[Mapping[str, Course], Mapping[str, float]]:
    """What was seen of each illness, and when one was proposed, by person; nothing of a text that cannot be read."""
    kept = (_decoded(text) if text else None) or _Kept()
    courses = {each.person: each.course for each in kept.ill if each.course is not None}
    return courses, {each.person: each.proposed_s for each in kept.ill if each.proposed_s}


def drilled(text: str, now: Now) -> tuple[Drill | None, float]:
    """The last drill, and until when the next is put off; nothing of a text that cannot be read.

    A drill that was being played is over: its answers were counted on a clock that is gone. No clock that was set
    meanwhile puts one off for longer than a tap does.
    """
    kept = (_decoded(text) if text else None) or _Kept()
    over = kept.drill and replace(kept.drill, over=True)
    return over, min(kept.drill_later_s, now.wall_s + drill.LATER_S)


def good_night_s(text: str) -> float:
    """When somebody last asked at bedtime, wall seconds; 0 for never."""
    return ((_decoded(text) if text else None) or _Kept()).good_night_s


def recall(text: str, now: Now) -> tuple[Roster, tuple[Pause, ...], tuple[Snooze, ...]]:
    """Roster, pauses and snoozes after a restart; of a text that cannot be read, nothing, and so nothing is silent."""
    kept = (_decoded(text) if text else None) or _Kept()
    gone_s = max(now.wall_s - kept.wall_s, 0.0)

    def moved(until_s: float, most_s: float) -> float:
        return now.mono_s + min(max(until_s - kept.mono_s - gone_s, 0.0), most_s)

    pauses = tuple(
        Pause(
            each.person,
            each.device,
            each.caregiver,
            now.mono_s - gone_s - (kept.mono_s - each.since_s),
            moved(each.until_s, PAUSE_MAX_S),
        )
        for each in kept.pauses
    )
    offer = kept.offer and Offer(kept.offer.to, kept.offer.by, moved(kept.offer.until_s, roster.OFFER_S))
    snoozes = tuple(Snooze(each.key, each.caregiver, moved(each.until_s, SNOOZE_MAX_S)) for each in kept.snoozes)
    return Roster(kept.on_watch, kept.since_s, offer, {}, kept.proofs, kept.changed_s), pauses, snoozes


def _decoded(text: str) -> _Kept | None:
    """None for a text that is damaged, or holds a time that cannot be."""
    try:
        kept = msgspec.json.decode(text, type=_Kept)
    except (msgspec.DecodeError, RecursionError):
        return None
    wall_s = (
        kept.wall_s,
        kept.since_s,
        *(proof.wall_s for proof in kept.proofs.values()),
        *kept.changed_s.values(),
        *_moments(kept),
    )
    mono_s = (
        kept.mono_s,
        *((kept.offer.until_s,) if kept.offer else ()),
        *(at_s for each in kept.pauses for at_s in (each.since_s, each.until_s)),
        *(each.until_s for each in kept.snoozes),
        *(proof.seconds for proof in kept.proofs.values()),
    )
    figures = (each.course.peak_c or 0.0 for each in kept.ill if each.course is not None)
    sane = all(LEAST_WALL_S <= at_s <= MOST_WALL_S for at_s in wall_s) and all(abs(at_s) <= _MOST_S for at_s in mono_s)
    return kept if sane and all(30.0 <= each <= 45.0 or not each for each in figures) else None


def _moments(kept: _Kept) -> Iterator[float]:
    """Wall seconds."""
    yield from (kept.drill_later_s, kept.good_night_s)
    yield kept.drill.began_s if kept.drill else 0.0
    for each in kept.ill:
        yield each.proposed_s
        if (course := each.course) is None:
            continue
        yield from (at_s for at_s in (course.fever_s, course.measured_s, course.peak_s, course.asked_s) if at_s)
        yield from course.episodes
        yield from course.reminded_s.values()
