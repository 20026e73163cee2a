"""Who is on watch, what is paused and snoozed, and which phones were proven, as text that the journal keeps.

A restart never lengthens a pause, a snooze or an offer, however the wall clock was set meanwhile.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from edge.alarms import PAUSE_MAX_S, SNOOZE_MAX_S, Pause, Snooze
from edge.delivery import Offer, Proof, Roster, roster
from edge.model.effect import Remember
from edge.model.moment import LEAST_WALL_S, MOST_WALL_S, Now
from edge.pipeline.state import State

# No monotonic clock comes near this: 30 years.
_MOST_S = 1e9


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


def remember(state: State, now: Now) -> Remember:
    """The text to be kept, as things are now."""
    who = state.roster
    quiet = state.alarms.pauses, state.alarms.snoozes
    kept = _Kept(who.on_watch, who.since_s, who.offer, who.proofs, who.changed_s, *quiet, now.wall_s, now.mono_s)
    return Remember(msgspec.json.encode(kept).decode())


def readable(text: str) -> bool:
    """Whether `recall` can take this text up."""
    return not text or _decoded(text) is not None


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
    wall_s = (kept.wall_s, kept.since_s, *(proof.wall_s for proof in kept.proofs.values()), *kept.changed_s.values())
    mono_s = (
        kept.mono_s,
        *((kept.offer.until_s,) if kept.offer else ()),
        *(at_s for each in kept.pauses for at_s in (each.since_s, each.until_s)),
        *(each.until_s for each in kept.snoozes),
        *(proof.seconds for proof in kept.proofs.values()),
    )
    sane = all(LEAST_WALL_S <= at_s <= MOST_WALL_S for at_s in wall_s) and all(abs(at_s) <= _MOST_S for at_s in mono_s)
    return kept if sane else None
