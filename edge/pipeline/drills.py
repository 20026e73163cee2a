"""The monthly drill: begun, answered, over, broken off by a real alarm, due again."""

from dataclasses import replace

from edge.delivery import care_texts, drill, notices, roster
from edge.errors import CommandRefused
from edge.model.alarm import Presence, Priority
from edge.model.effect import ClearPushes, Note, Notify, SendTestAlarm
from edge.model.event import Command, TestTaken, Verb
from edge.model.moment import Now
from edge.pipeline import roster_store
from edge.pipeline.notification import Effects, Stepped, night_left_s
from edge.pipeline.state import State


def command(state: State, given: Command, now: Now) -> tuple[State, Effects, str]:
    """Play one now, or put it off. Raises CommandRefused."""
    words = state.setup.locale(state.setup.caregiver(given.caregiver))
    if given.arguments.get("later") is True:
        state = replace(state, drill_later_s=now.wall_s + drill.LATER_S)
        said = words.say(drill.PUT_OFF, time=care_texts.when(state.drill_later_s, now.wall_s, words))
        return state, (roster_store.remember(state, now),), said
    if night_left_s(state, now):
        raise CommandRefused(drill.AT_NIGHT)
    if _rings(state):
        raise CommandRefused(drill.REAL)
    if state.drill is not None and not state.drill.over:
        raise CommandRefused(drill.RUNS)
    begun = drill.begun(given.caregiver, state.setup.config.caregivers, now)
    state = replace(state, drill=begun, roster=roster.sent(state.roster, list(begun.results), now))
    messages = []
    for each in roster.notifiable(state.setup.config.caregivers):
        title, text = map(state.setup.locale(each).say, (drill.TITLE, drill.TEXT))
        messages.append(Notify(each.id, roster.TEST, title, text, urgent=True, verbs=(Verb.ACKNOWLEDGE,)))
    test = SendTestAlarm(given.caregiver, given.request_id, tuple(messages), answers=False)
    return state, (test, roster_store.remember(state, now)), words.say(drill.BEGUN)


def taken(state: State, event: TestTaken, now: Now) -> Stepped:
    """A way to a phone took it."""
    return _kept(state, drill.rang(state.drill, event.caregiver, event.seconds), now)


def answered(state: State, caregiver: str) -> State:
    """That caregiver answered a test: a drill, while one is played."""
    proof = state.roster.proofs[caregiver]
    return replace(state, drill=drill.answered(state.drill, caregiver, proof.seconds))


def played(state: State, seconds: float) -> State:
    """The sounder has played it."""
    return replace(state, drill=drill.played(state.drill, seconds))


def ends(state: State, now: Now) -> Stepped:
    """After time has passed: over once all have answered, after a quarter of an hour, or for a real alarm."""
    now_played = state.drill
    if now_played is None or now_played.over:
        return state, ()
    broken = _rings(state)
    late = not 0 <= now.wall_s - now_played.began_s < drill.OPEN_S
    if not (broken or late) and now_played.unanswered():
        return state, ()
    over = replace(now_played, over=True, broken=broken)
    tests = {who: at_s for who, at_s in state.roster.tests.items() if who not in over.results}
    state = replace(state, drill=over, roster=replace(state.roster, tests=tests))
    hub, readers = state.setup.config.hub, notices.Readers(state.setup.config.caregivers, state.setup.locale)
    there = bool(hub.sounder) or hub.buzzer_pin is not None
    told = drill.ended(readers, over, now.wall_s, room=there)
    names = {each.id: each.name for each in state.setup.config.caregivers}
    detail = "; ".join(drill.lines(over, names, now.wall_s, state.setup.locale(), room=there))
    clear = tuple(ClearPushes(who, roster.TEST) for who in over.unanswered())
    return state, (*clear, *told, Note("drill", detail), roster_store.remember(state, now))


def due(state: State, now: Now) -> bool:
    """Whether one is due and none is being played."""
    played = state.drill is not None and not state.drill.over
    caregivers = state.setup.config.caregivers
    return not played and now.wall_s >= drill.due_s(state.roster, state.drill, state.drill_later_s, caregivers)


def _rings(state: State) -> bool:
    """Whether a real alarm rings that nobody has answered."""
    return any(
        alarm.presence is Presence.ON and alarm.priority.rank >= Priority.MEDIUM.rank
        for alarm in state.alarms.conditions.standing()
    )


def _kept(state: State, after: drill.Drill | None, now: Now) -> Stepped:
    if after is state.drill:
        return state, ()
    state = replace(state, drill=after)
    return state, (roster_store.remember(state, now),)
