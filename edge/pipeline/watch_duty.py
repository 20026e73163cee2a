"""What is said about the watch itself: pauses, who is on watch, confirmed tests; and what ends by itself."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from edge import alarms
from edge.alarms import Pause
from edge.delivery import Proof, notices, roster
from edge.model.alarm import ROOM
from edge.model.effect import ClearPushes, Note
from edge.model.event import Command, TargetProven, TestTaken
from edge.model.language import Locale
from edge.model.moment import Now
from edge.pipeline import drills, roster_store
from edge.pipeline.notification import Effects, Stepped, notify_changes, plan_for
from edge.pipeline.state import State, watches


def pause(state: State, given: Command, now: Now) -> Stepped:
    """Pause the watch of one sensor or of all of a child, or end that. Raises CommandRefused."""
    sensors = {name: sensor.device.person for name, sensor in state.sensors.items()}
    new = alarms.requested_pause(given, sensors, now)
    before = state.alarms.pauses
    state, effects = notify_changes(state, alarms.pause(state.alarms, new, plan_for(state, now), now), now)
    if new in state.alarms.pauses:
        until_s = now.wall_at(new.until_s)
        effects += tuple(notices.paused(_readers(state), partial(_what, state, new), given.caregiver, until_s))
    else:
        effects += _over(state, [each for each in before if each not in state.alarms.pauses], now)
    return state, (*effects, roster_store.remember(state, now))


def on_watch(state: State, given: Command, now: Now) -> Stepped:
    """Take the watch, or ask another to take it. Raises CommandRefused."""
    return _rostered(state, roster.watch(state.roster, given, state.setup.config.caregivers, now), now)


def confirm_test(state: State, given: Command, now: Now) -> Stepped:
    """A caregiver's phone rang for a test: keep when, and after how long. Raises CommandRefused."""
    after = replace(state, roster=roster.answered(state.roster, given.caregiver, now))
    proof = after.roster.proofs[given.caregiver]
    after = drills.answered(after, given.caregiver)
    note = Note(f"test to {given.caregiver}", f"heard after {proof.seconds:g} s")
    return after, (ClearPushes(given.caregiver, roster.TEST), note, roster_store.remember(after, now))


def phone_changed(state: State, given: Command, now: Now) -> Stepped:
    """A phone was changed or updated: it is to be tested anew. Raises CommandRefused."""
    after, whose = roster.phone_changed(state.roster, given, state.setup.config.caregivers, now)
    state = replace(state, roster=after)
    words = notices.phone_changed(_readers(state), whose)
    return state, (*words, Note(f"phone of {whose}", "changed: its proof is void"), roster_store.remember(state, now))


def arrived(state: State, proof: TargetProven | TestTaken, now: Now) -> Stepped:
    """A test arrived: at the sounder, which proves it, or on a way to a phone, which only an answer proves."""
    if isinstance(proof, TestTaken):
        return drills.taken(state, proof, now)
    kept = roster.proven(state.roster, proof.target, Proof(now.wall_s, round(proof.seconds, 1)))
    state = replace(state, roster=kept)
    state = drills.played(state, proof.seconds) if proof.target == ROOM else state
    return state, (roster_store.remember(state, now),)


def ends(before: State, state: State, now: Now) -> Stepped:
    """After time has passed: the reminder of a pause that is over, the word about an offer that nobody took."""
    effects: Effects = ()
    over = [each for each in before.alarms.pauses if each not in state.alarms.pauses]
    if over:
        effects = (*_over(state, over, now), roster_store.remember(state, now))
    state, more = _rostered(state, roster.lapse(state.roster, now), now)
    state, drilled = drills.ends(state, now)
    return state, effects + more + drilled


def _rostered(state: State, after: roster.Roster, now: Now) -> Stepped:
    before = state.roster
    if after == before:
        return state, ()
    state = replace(state, roster=after)
    if after.on_watch != before.on_watch:
        state = replace(state, alarms=alarms.replan(state.alarms, plan_for(state, now)))
    words = notices.watch_changed(_readers(state), before, after)
    return state, (*words, roster_store.remember(state, now))


def _over(state: State, over: Sequence[Pause], now: Now) -> Effects:
    lost = [(person, name) for person, name, why in watches(state, now) if why]
    found: Effects = ()
    for each in over:
        missing = [name for person, name in lost if each.covers(person, name) and not state.sensors[name].profile.spot]
        found += tuple(notices.pause_over(_readers(state), partial(_what, state, each), missing))
        found += (Note(f"pause of {each.person} {each.device}".strip(), "over"),)
    return found


def _readers(state: State) -> notices.Readers:
    return notices.Readers(state.setup.config.caregivers, state.setup.locale)


def _what(state: State, paused: Pause, words: Locale) -> str:
    name = state.setup.person(paused.person).name
    return words.say(notices.SENSOR_OF, device=paused.device, name=name) if paused.device else name
