"""Who is on watch, who was asked to take it over, and whose phone was proven to ring."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from edge.errors import CommandRefused
from edge.model.alarm import HOUSE, ROOM
from edge.model.event import Command
from edge.model.language import N_
from edge.model.moment import Now
from edge.model.people import PROOF_LASTS_S, Caregiver, Role

# A hand-over that is not confirmed lapses; whoever was on watch still is.
OFFER_S = 900.0
# A test that is answered later than this proves nothing about how fast a phone rings.
TEST_S = 900.0
TEST = "test"
EVERYONE = "everyone"
NO_TEST = N_("no test waits for your answer; send one first")


@dataclass(frozen=True, slots=True)
class Offer:
    """to: who was asked. until_s: monotonic seconds at which it lapses."""

    to: str
    by: str
    until_s: float


@dataclass(frozen=True, slots=True)
class Proof:
    """The last test that arrived: when (wall seconds), and how long after it was sent it was answered."""

    wall_s: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Roster:
    """on_watch: woken first; empty: everyone. since_s: wall seconds. tests: by caregiver, when it was sent (monotonic).

    proofs: by caregiver, and of the sounder in the room. changed_s: by caregiver, when the family said that the phone
    was changed or updated (wall seconds); a proof ends that.
    """

    on_watch: str = ""
    since_s: float = 0.0
    offer: Offer | None = None
    tests: Mapping[str, float] = field(default_factory=dict)
    proofs: Mapping[str, Proof] = field(default_factory=dict)
    changed_s: Mapping[str, float] = field(default_factory=dict)


def notifiable(caregivers: Sequence[Caregiver]) -> list[Caregiver]:
    """Those who can be rung and so can be on watch."""
    return [each for each in caregivers if each.role is not Role.VIEWER]


def watch(roster: Roster, given: Command, caregivers: Sequence[Caregiver], now: Now) -> Roster:
    """Take the watch, give it to everyone, or ask somebody else to take it. Raises CommandRefused.

    Only the caregiver who takes it can confirm: whoever was asked is not on watch yet.
    """
    wanted = str(given.arguments.get("to", "") or given.caregiver)
    if wanted == EVERYONE:
        return replace(roster, on_watch="", since_s=now.wall_s, offer=None)
    known = [each.id for each in notifiable(caregivers)]
    if wanted == HOUSE or wanted not in known:
        raise CommandRefused(N_("say who is on watch: {known}"), known=", ".join([*known, EVERYONE]))
    if wanted == given.caregiver:
        return replace(roster, on_watch=wanted, since_s=now.wall_s, offer=None)
    return replace(roster, offer=Offer(wanted, given.caregiver, now.mono_s + OFFER_S))


def lapse(roster: Roster, now: Now) -> Roster:
    """An offer that nobody confirmed is over."""
    lapsed = roster.offer is not None and now.mono_s >= roster.offer.until_s
    return replace(roster, offer=None) if lapsed else roster


def sent(roster: Roster, to: Sequence[str], now: Now) -> Roster:
    """A test went out to these."""
    return replace(roster, tests={**roster.tests, **dict.fromkeys(to, now.mono_s)})


def answered(roster: Roster, caregiver: str, now: Now) -> Roster:
    """A caregiver heard the test. Raises CommandRefused if there was none lately."""
    sent_s = roster.tests.get(caregiver)
    if sent_s is None or now.mono_s - sent_s > TEST_S:
        raise CommandRefused(NO_TEST)
    return proven(roster, caregiver, Proof(now.wall_s, round(now.mono_s - sent_s, 1)))


def proven(roster: Roster, target: str, proof: Proof) -> Roster:
    """Keep a proof; the test that led to it is done."""
    tests = {who: sent_s for who, sent_s in roster.tests.items() if who != target}
    changed_s = {who: said_s for who, said_s in roster.changed_s.items() if who != target}
    return replace(roster, tests=tests, proofs={**roster.proofs, target: proof}, changed_s=changed_s)


def phone_changed(roster: Roster, given: Command, caregivers: Sequence[Caregiver], now: Now) -> tuple[Roster, str]:
    """That caregiver's phone is another than the one that was proven, or was updated: its proof is void. With whose.

    Raises CommandRefused.
    """
    whose = str(given.arguments.get("of", "") or given.caregiver)
    known = [each.id for each in notifiable(caregivers)]
    if whose not in known:
        raise CommandRefused(N_("say whose phone was changed: {known}"), known=", ".join(known))
    proofs = {who: proof for who, proof in roster.proofs.items() if who != whose}
    tests = {who: sent_s for who, sent_s in roster.tests.items() if who != whose}
    changed_s = {**roster.changed_s, whose: now.wall_s}
    return replace(roster, proofs=proofs, tests=tests, changed_s=changed_s), whose


def of(roster: Roster, able: Collection[str], rung_anew: Collection[str], now: Now) -> Roster:
    """The same with those alone who can be rung now. rung_anew: whose phones are rung elsewhere, and so unproven."""
    offer = roster.offer if roster.offer and {roster.offer.to, roster.offer.by} <= {*able, HOUSE} else None
    stays = not roster.on_watch or roster.on_watch in able
    kept = {ROOM, *able} - set(rung_anew)
    return replace(
        roster,
        on_watch=roster.on_watch if stays else "",
        since_s=roster.since_s if stays else now.wall_s,
        offer=offer,
        tests={who: sent_s for who, sent_s in roster.tests.items() if who in kept},
        proofs={who: proof for who, proof in roster.proofs.items() if who in kept},
        changed_s={who: said_s for who, said_s in roster.changed_s.items() if who in kept},
    )


def proven_lately(roster: Roster, target: str, wall_s: float) -> bool:
    """Whether a test reached it in the last 30 days."""
    proof = roster.proofs.get(target)
    return proof is not None and wall_s - proof.wall_s <= PROOF_LASTS_S
