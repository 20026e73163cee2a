"""From changed alarms to their texts, and to notifications of caregivers."""

from collections.abc import Callable
from dataclasses import replace

from edge import alarms
from edge.alarms import DueNotification, Outcome
from edge.delivery import escalation, messages, night
from edge.model.alarm import Alarm, EscalationStep, Presence, Reason
from edge.model.effect import AlarmChanged, ClearPushes, Effect, Film, Notify, Withheld
from edge.model.event import FilmBegun
from edge.model.evidence import Evidence
from edge.model.language import Locale
from edge.model.moment import Now
from edge.model.people import Caregiver
from edge.pipeline.state import State

Effects = tuple[Effect, ...]
Stepped = tuple[State, Effects]


def night_left_s(state: State, now: Now) -> float:
    """Seconds until the night is over, 0 by day."""
    return night.left_s(state.setup.config.hub.night, now, state.setup.zone)


def plan_for(state: State, now: Now) -> Callable[[Alarm], tuple[EscalationStep, ...]]:
    """The escalation plan of an alarm, by who is on watch and the time of day now."""
    caregivers, on_watch = state.setup.config.caregivers, state.roster.on_watch

    def steps(alarm: Alarm) -> tuple[EscalationStep, ...]:
        return escalation.plan(
            alarm,
            caregivers,
            on_watch,
            alarms.audience(alarm.key.condition),
            night_left_s=night_left_s(state, now),
        )

    return steps


def notify_changes(state: State, outcome: Outcome, now: Now) -> Stepped:
    """Publish changed alarms with their texts, send the updates, and note who is not notified (yet) and why."""
    after, changed, updates = outcome
    if not changed and not updates:
        return (state if after is state.alarms else replace(state, alarms=after)), ()
    of_the_house = state.setup.locale()
    effects: list[Effect] = [AlarmChanged(_with_text(state, alarm, of_the_house)) for alarm in changed]
    for alarm in changed:
        notification = state.alarms.notifications.get(alarm.id)
        if notification is not None and messages.answered(alarm):
            effects += [ClearPushes(who, alarm.id) for who in notification.notified()]
    for update in updates:
        recipients = [state.setup.caregiver(caregiver) for caregiver in update.recipients]
        effects += [_notify(state, caregiver, update.alarm, 0) for caregiver in recipients if caregiver is not None]
    for alarm in changed:
        new = alarm.presence is Presence.ON and alarm.id not in state.alarms.notifications
        effects += [Film(alarm.id)] if new and alarms.filmed(alarm.key.condition) else []
        effects += messages.withheld(alarm, plan_for(state, now)(alarm), state.setup.config.caregivers, new=new)
    return replace(state, alarms=after), tuple(effects)


def filmed(state: State, event: FilmBegun, now: Now) -> Stepped:
    """Keep the link of a film with its episode; nobody is notified for it."""
    key = alarms.named(state.alarms, event.alarm)
    if key is None:
        return state, ()
    learned = alarms.learn(state.alarms, key, Evidence(film=event.link), plan_for(state, now), now)
    return notify_changes(state, learned, now)


def notify_due(state: State, outcome: Outcome, due: tuple[DueNotification, ...], now: Now) -> Stepped:
    """Publish changed alarms, then send the notifications that are due; withheld ones are noted with the reason."""
    state, effects = notify_changes(state, outcome, now)
    for each in due:
        caregiver = state.setup.caregiver(each.target)
        if caregiver is None:
            continue
        if each.reason is Reason.INHIBITED:
            effects += (Withheld(caregiver.id, each.alarm.id, each.reason),)
        elif each.reason is Reason.REMINDER:
            words = state.setup.locale(caregiver)
            effects += (messages.reminder(_with_text(state, each.alarm, words), caregiver, words),)
        else:
            # The text counts the minutes up to now.
            push = _notify(state, caregiver, replace(each.alarm, changed_s=now.wall_s), each.stage)
            grown = alarms.grown(state.alarms, each.alarm, now)
            effects += (replace(push, urgent=push.urgent or grown),)
    return state, effects


def _with_text(state: State, alarm: Alarm, words: Locale) -> Alarm:
    setup = state.setup
    return messages.with_text(alarm, setup.person(alarm.key.person), setup.config.caregivers, words)


def _notify(state: State, caregiver: Caregiver, alarm: Alarm, stage: int) -> Notify:
    words, audience = state.setup.locale(caregiver), alarms.audience(alarm.key.condition)
    push = messages.notify(_with_text(state, alarm, words), caregiver, stage, audience, words)
    return replace(push, verbs=alarms.by_phone(alarm))
