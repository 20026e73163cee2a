"""What the house agreed on, as text that the journal keeps: who is on watch, what is paused, snoozed, and proven.

What silences gets no longer by being kept than it was when that was said, however the wall clock was set meanwhile.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from edge.alarms import PAUSE_MAX_S, SNOOZE_MAX_S, Pause, Snooze
from edge.delivery.roster import OFFER_S, Offer, Proof, Roster
from edge.model.effect import Remember
from edge.model.moment import Now
from edge.pipeline.state import State


@dataclass(frozen=True, slots=True)
class _Kept:
    on_watch: str = ""
    since_s: float = 0.0
    offer: Offer | None = None
    proofs: Mapping[str, Proof] = field(default_factory=dict)
    pauses: tuple[Pause, ...] = ()
    snoozes: tuple[Snooze, ...] = ()
    wall_s: float = 0.0
    mono_s: float = 0.0


def remember(state: State, now: Now) -> Remember:
    """What is to be kept, as it is now."""
    who = state.roster
    quiet = state.alarms.pauses, state.alarms.snoozes
    kept = _Kept(who.on_watch, who.since_s, who.offer, who.proofs, *quiet, now.wall_s, now.mono_s)
    return Remember(msgspec.json.encode(kept).decode())


def recall(text: str, now: Now) -> tuple[Roster, tuple[Pause, ...], tuple[Snooze, ...]]:
    """The same after a restart; of a text that cannot be read, nothing, and so nothing is silent."""
    try:
        kept = msgspec.json.decode(text, type=_Kept) if text else _Kept()
    except msgspec.DecodeError:
        kept = _Kept()
    gone_s = max(now.wall_s - kept.wall_s, 0.0)

    def moved(until_s: float, most_s: float) -> float:
        left_s = until_s - kept.mono_s - gone_s
        return now.mono_s + min(max(left_s, 0.0), most_s) if math.isfinite(left_s) else now.mono_s

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
    offer = kept.offer and Offer(kept.offer.to, kept.offer.by, moved(kept.offer.until_s, OFFER_S))
    snoozes = tuple(Snooze(each.key, each.caregiver, moved(each.until_s, SNOOZE_MAX_S)) for each in kept.snoozes)
    return Roster(kept.on_watch, kept.since_s, offer, {}, kept.proofs), pauses, snoozes
