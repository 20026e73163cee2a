"""Who is there: an owner adds, changes and ends caregivers while the hub watches; the shell writes it down.

A verb is judged here and asked of the shell (`ChangeCaregivers`); once it is on disk, `CaregiversChanged` comes back
with everybody as they are now.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace

from edge import alarms
from edge.delivery import dispatch, people_texts, roster
from edge.errors import CommandRefused
from edge.model.effect import ChangeCaregivers, Effect, Note
from edge.model.event import CaregiversChanged, Command, Verb
from edge.model.moment import Now
from edge.model.people import Caregiver, Role
from edge.pipeline import roster_store
from edge.pipeline.notification import Stepped, plan_for
from edge.pipeline.state import State

HOUSE_USER = "house"
"""As the user of things that never leave the house is asked for."""


def asked(state: State, given: Command, _now: Now) -> tuple[State, tuple[Effect, ...], None]:
    """Judge one of the verbs, and ask the shell to carry it out. Raises CommandRefused."""
    said, verb = given.arguments, given.verb
    whose = str(said.get("id", ""))
    known = state.setup.caregiver(whose)
    new = verb is Verb.CAREGIVER and not whose
    if known is None and not new and not (verb is Verb.BROKER_USER and whose == HOUSE_USER):
        raise CommandRefused(people_texts.NOBODY, name=whose)
    if known is not None and verb is not Verb.BROKER_USER:
        _check_change(state, given, known)
    if verb is Verb.CAREGIVER:
        _check_said(said, known)
    return state, (ChangeCaregivers(verb, given.caregiver, given.request_id, dict(said)),), None


def _check_said(said: Mapping[str, object], known: Caregiver | None) -> None:
    """Raises CommandRefused for nobody's name, and for an owner whose access would end."""
    if (known is None or "name" in said) and not said.get("name"):
        raise CommandRefused(people_texts.WHO)
    role = said.get("role") or (known.role if known else Role.CAREGIVER)
    ends = said.get("until", known and known.until_s)
    if role == Role.OWNER and ends:
        raise CommandRefused(people_texts.OWNER_ENDS)


def _check_change(state: State, given: Command, known: Caregiver) -> None:
    """Raises CommandRefused for who was written by hand, was changed meanwhile, or is the last owner."""
    place = state.setup.by_hand.get(known.id)
    if place:
        raise CommandRefused(people_texts.BY_HAND, name=known.name, place=place)
    seen = given.arguments.get("seen")
    if seen and seen != version(known):
        raise CommandRefused(people_texts.MEANWHILE, name=known.name)
    owners = [each for each in state.setup.config.caregivers if each.role is Role.OWNER]
    stays = given.verb is Verb.CAREGIVER and given.arguments.get("role", Role.OWNER) == Role.OWNER
    if owners == [known] and not stays:
        raise CommandRefused(people_texts.LAST_OWNER, name=known.name)


def version(who: Caregiver) -> str:
    """Another text whenever anything about somebody is another."""
    return hashlib.sha256(repr((who, who.channels)).encode()).hexdigest()[:16]


def changed(state: State, event: CaregiversChanged, now: Now) -> Stepped:
    """Everybody as they are now. Who is gone is told of nothing any more; who is new is notified of what stands."""
    before = {each.id: each for each in state.setup.config.caregivers}
    after = {each.id: each for each in event.caregivers}
    config = replace(state.setup.config, caregivers=event.caregivers)
    setup = replace(state.setup, config=config, channels=event.channels, by_hand=event.by_hand)
    able = [each.id for each in roster.notifiable(event.caregivers)]
    ways = dispatch.renewed(state.pushes, event.channels, event.rung_anew)
    kept = roster.of(state.roster, able, event.rung_anew, now)
    state = replace(state, setup=setup, roster=kept, pushes=ways.dispatch)
    state = replace(state, alarms=alarms.replan(state.alarms, plan_for(state, now)))
    words: Mapping[str, Callable[[str], bool]] = {
        "set up": lambda who: who not in before,
        "ended": lambda who: who not in after,
        "changed": lambda who: who in before and who in after and before[who] != after[who],
    }
    notes = tuple(
        Note(f"caregiver {who}", word) for word, is_so in words.items() for who in {**before, **after} if is_so(who)
    )
    return state, (*notes, *ways.effects, roster_store.remember(state, now))
