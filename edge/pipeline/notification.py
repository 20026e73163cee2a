"""From alarms that changed to what is told of them, and to whom."""

from collections.abc import Callable
from dataclasses import replace

from edge import alarms
from edge.alarms import Outcome
from edge.delivery import escalation, messages, night
from edge.model.alarm import Alarm, EscalationStep, Presence, Reason
from edge.model.effect import AlarmChanged, Effect, Film, Notify, Withheld
from edge.model.moment import Now
from edge.model.people import Caregiver
from edge.pipeline.state import State

Effects = tuple[Effect, ...]
Stepped = tuple[State, Effects]


def night_left_s(state: State, now: Now) -> float:
    """Seconds until the night is over, 0 by day."""
    return night.left_s(state.setup.config.hub.night, now, state.setup.zone)


def plan_for(state: State, now: Now) -> Callable[[Alarm], tuple[EscalationStep, ...]]:
    """Who is told of an alarm, and when, as things are now."""
    caregivers, on_watch = state.setup.config.caregivers, state.roster.on_watch

    def turns(alarm: Alarm) -> tuple[EscalationStep, ...]:
        everyone = alarms.everyone(alarm.key.condition)
        return escalation.plan(alarm, caregivers, on_watch, everyone=everyone, night_left_s=night_left_s(state, now))

    return turns


def told(state: State, outcome: Outcome, now: Now) -> Stepped:
    """Put words to what changed, tell those who were told how it went on, and note who is not told yet."""
    after, changed, words = outcome
    if not changed and not words:
        return (state if after is state.alarms else replace(state, alarms=after)), ()
    effects: list[Effect] = [AlarmChanged(worded(state, alarm)) for alarm in changed]
    for each in words:
        heard = [state.setup.caregiver(caregiver) for caregiver in each.told]
        effects += [notify(state, caregiver, each.alarm, 0) for caregiver in heard if caregiver is not None]
    for alarm in changed:
        new = alarm.presence is Presence.ON and alarm.id not in state.alarms.notifications
        effects += [Film(alarm.id)] if new and alarms.filmed(alarm.key.condition) else []
        effects += messages.withheld(alarm, plan_for(state, now)(alarm), state.setup.config.caregivers, new=new)
    return replace(state, alarms=after), tuple(effects)


def due(state: State, outcome: Outcome, turns: tuple[alarms.Told, ...], now: Now) -> Stepped:
    """Tell whoever's turn it is; who is kept from it is noted with the reason."""
    state, effects = told(state, outcome, now)
    for each in turns:
        caregiver = state.setup.caregiver(each.telling.target)
        if caregiver is None:
            continue
        reason, stage = each.telling.reason, each.telling.stage
        if reason is Reason.INHIBITED:
            effects += (Withheld(caregiver.id, each.alarm.id, reason),)
        elif reason is Reason.REMINDER:
            effects += (messages.softly(worded(state, each.alarm), caregiver),)
        else:
            # Counted up to now: a repeat says how long it goes on already.
            told_now = notify(state, caregiver, replace(each.alarm, changed_s=now.wall_s), stage)
            grown = alarms.grown(state.alarms, each.alarm, now)
            effects += (replace(told_now, urgent=told_now.urgent or grown),)
    return state, effects


def worded(state: State, alarm: Alarm) -> Alarm:
    setup = state.setup
    return messages.worded(alarm, setup.person(alarm.key.person), setup.config.caregivers, setup.zone)


def notify(state: State, caregiver: Caregiver, alarm: Alarm, stage: int) -> Notify:
    everyone = alarms.everyone(alarm.key.condition)
    told = messages.notify(worded(state, alarm), caregiver, stage, everyone=everyone)
    return replace(told, verbs=alarms.by_phone(alarm))
