"""The alarm system as one value: conditions, notifications, pauses; and how notifications follow changed alarms."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from edge.alarms import pauses, signals
from edge.alarms.condition_store import Changed, ConditionStore
from edge.alarms.pauses import Pause, Snooze
from edge.alarms.signals import Notification
from edge.model.alarm import Alarm, AlarmKey, EscalationStep, Presence, Reason
from edge.model.moment import Now

Plan = Callable[[Alarm], tuple[EscalationStep, ...]]


@dataclass(frozen=True, slots=True)
class AlarmSystem:
    """All conditions; the notifications of standing alarms, by episode id; the pauses; the snoozes of fevers."""

    conditions: ConditionStore = field(default_factory=ConditionStore)
    notifications: Mapping[str, Notification] = field(default_factory=dict)
    pauses: tuple[Pause, ...] = ()
    snoozes: tuple[Snooze, ...] = ()

    def alarm(self, episode: str) -> Alarm | None:
        """The standing alarm of that episode id."""
        return next((alarm for alarm in self.conditions.standing() if alarm.id == episode), None)


@dataclass(frozen=True, slots=True)
class Update:
    """An episode that is over or was answered; recipients: the caregivers who had been notified of it."""

    alarm: Alarm
    recipients: tuple[str, ...]


Outcome = tuple[AlarmSystem, tuple[Alarm, ...], tuple[Update, ...]]


def named(system: AlarmSystem, episode: str) -> AlarmKey | None:
    """The key of that episode, if it is the last one of its condition."""
    tracked = system.conditions.tracked.items()
    return next((key for key, each in tracked if each.alarm is not None and each.alarm.id == episode), None)


def follow(system: AlarmSystem, outcome: Changed, plan: Plan, now: Now) -> Outcome:
    """Begin, escalate or end the notification of each alarm that changed."""
    store, changed = outcome
    if not changed:
        return system if store is system.conditions else replace(system, conditions=store), (), ()
    notifications = dict(system.notifications)
    seen: list[Alarm] = []
    updates: list[Update] = []
    for alarm in changed:
        if alarm.presence is Presence.OFF:
            notification = notifications.pop(alarm.id, None)
            # No "it is over" beside the new alarm.
            if notification is not None and alarm.reason is not Reason.NEW_ONSET:
                updates.append(Update(alarm, notification.notified()))
        elif alarm.id not in notifications:
            store, alarm, notifications[alarm.id] = _begin(store, alarm, plan, system, now)  # noqa: PLW2901
        elif alarm.reason is Reason.WORSE:
            notifications[alarm.id] = signals.worse(notifications[alarm.id], plan(alarm))
        elif alarm.reason is Reason.WITHDRAWN:
            notifications[alarm.id] = signals.replan(notifications[alarm.id], plan(alarm))
        seen.append(alarm)
    return replace(system, conditions=store, notifications=notifications), tuple(seen), tuple(updates)


def _begin(
    store: ConditionStore, alarm: Alarm, plan: Plan, system: AlarmSystem, now: Now
) -> tuple[ConditionStore, Alarm, Notification]:
    """Notification of a new episode begins at once, unless its watch is paused or this fever is snoozed."""
    notification = signals.begin(plan(alarm), now.mono_s)
    until_s, why, who = pauses.until_s(system.pauses, alarm.key, now), Reason.PAUSED, ""
    snoozed = [each for each in system.snoozes if each.covers(alarm.key) and each.until_s > now.mono_s]
    if until_s is None and snoozed:
        longest = max(snoozed, key=lambda each: each.until_s)
        until_s, why, who = longest.until_s, Reason.SNOOZED, longest.caregiver
    if until_s is None:
        return store, alarm, notification
    alarm = replace(alarm, reason=why, silent_until_s=now.wall_at(until_s), answered_by=who)
    return (
        store.with_(alarm.key, replace(store.tracked[alarm.key], alarm=alarm)),
        alarm,
        signals.snooze(notification, until_s),
    )
