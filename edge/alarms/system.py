"""The alarm system's operations: signs, time, restart; and what the sounder plays."""

import math
from collections.abc import Sequence
from dataclasses import replace

from edge.alarms import condition_store, conditions, episodes, restart, signals, standing
from edge.alarms.catalogue import CATALOGUE, HUB_WIDE, REMINDED
from edge.alarms.condition_store import EVENTS, inhibited_by
from edge.alarms.episodes import AlarmSystem, Outcome, Plan
from edge.alarms.pauses import PAUSE_MAX_S, Pause, Snooze
from edge.alarms.restart import Speakers
from edge.alarms.signals import DueNotification
from edge.alarms.states import ConditionState
from edge.model.alarm import Alarm, AlarmKey, Audience, Condition, Kind, Priority, Reason
from edge.model.evidence import Evidence
from edge.model.moment import Now
from edge.model.sign import Sign

TECHNICAL, GROWN = "technical", "technical_grown"
# Who sleeps through two slow pulses must not sleep through a night in which nobody watches.
GROWS_S = 600.0


def restore(
    alarms: Sequence[Alarm],
    sequence: int,
    speakers: Speakers,
    plan: Plan,
    now: Now,
    *,
    pauses: tuple[Pause, ...] = (),
    snoozes: tuple[Snooze, ...] = (),
    past: Sequence[Alarm] = (),
) -> Outcome:
    """The alarm system after a restart: standing alarms are notified again unless they were answered or snoozed.

    past: alarms of the last days, for the attention after an event.
    """
    store, changed = restart.restore(alarms, sequence, speakers, now, past)
    system = AlarmSystem(store, pauses=pauses, snoozes=snoozes)
    for alarm in store.standing():
        notification = signals.begin(plan(alarm), now.mono_s)
        left_s = _left_s(alarm, now)
        if alarm.acknowledged_by:
            lasts_s = min(left_s, signals.ANSWER_LASTS_S)
            # What is silent for longer than an answer lasts was made quiet after it: that quiet goes on.
            coming = not signals.REMIND_S + signals.REMINDED_S < left_s < math.inf
            attended, reminds = bool(alarm.attended_by), alarm.key.condition in REMINDED and coming
            notification = signals.acknowledge(
                notification, now.mono_s, with_her=attended, lasts_s=lasts_s, reminds=reminds
            )
        elif alarm.silent_until_s is not None:
            most_s = PAUSE_MAX_S if alarm.reason is Reason.PAUSED else signals.SNOOZE_MAX_S
            notification = signals.snooze(notification, now.mono_s + min(left_s, most_s))
        system = replace(system, notifications={**system.notifications, alarm.id: notification})
    return system, changed, ()


def _left_s(alarm: Alarm, now: Now) -> float:
    """Seconds left of its silence. A clock that was set meanwhile may shorten it, never lengthen it."""
    if alarm.silent_until_s is None:
        return math.inf
    return max(alarm.silent_until_s - max(now.wall_s, alarm.changed_s), 0.0)


def sign(system: AlarmSystem, key: AlarmKey, given: Sign, plan: Plan, now: Now) -> Outcome:
    """Apply one sign from analysis or from the hub's self-check."""
    return episodes.follow(system, conditions.take(system.conditions, key, given, now), plan, now)


def withdrawn(system: AlarmSystem, key: AlarmKey, device: str, plan: Plan, now: Now) -> Outcome:
    """What this sensor said of a condition was a mistake: what it alone raised is over."""
    return episodes.follow(system, conditions.withdraw(system.conditions, key, device, now), plan, now)


def learn(
    system: AlarmSystem,
    key: AlarmKey,
    evidence: Evidence,
    plan: Plan,
    now: Now,
    *,
    reason: Reason = Reason.EVIDENCE,
) -> Outcome:
    """Add evidence to the last episode of a condition, standing or over; nobody is notified for it."""
    return episodes.follow(system, standing.learn(system.conditions, key, evidence, now, reason), plan, now)


def movement(system: AlarmSystem, person: str) -> Alarm | None:
    """The alarm of her movement that was raised last, standing or over."""
    tracked = [system.conditions.tracked.get(AlarmKey(condition, person)) for condition in EVENTS]
    alarms = [each.alarm for each in tracked if each is not None and each.alarm is not None]
    return max(alarms, key=lambda alarm: alarm.raised_s, default=None)


def not_awake(system: AlarmSystem, person: str) -> list[AlarmKey]:
    """The alarms of a child's movement, standing or over, for which nobody has said that she is awake."""
    tracked = [system.conditions.tracked.get(AlarmKey(condition, person)) for condition in EVENTS]
    alarms = [each.alarm for each in tracked if each is not None and each.alarm is not None]
    return [alarm.key for alarm in alarms if alarm.evidence.awake_by is None]


def holds(system: AlarmSystem, key: AlarmKey) -> bool:
    """Whether this condition was said to be there: pending or raised."""
    tracked = system.conditions.tracked.get(key)
    return tracked is not None and tracked.state in (ConditionState.PENDING, ConditionState.ACTIVE)


def next_due_s(system: AlarmSystem) -> float:
    """When the first delay is over (monotonic); inf where nothing is pending."""
    tracked = system.conditions.tracked.items()
    due_s = (t.since_s + CATALOGUE[k.condition].delay_s for k, t in tracked if t.state is ConditionState.PENDING)
    return min(due_s, default=math.inf)


def attentive(system: AlarmSystem, person: str, now: Now) -> bool:
    """Whether an event of this child calls for attention still."""
    return condition_store.attentive(system.conditions, person, now)


def feverish(system: AlarmSystem) -> frozenset[str]:
    """The children who have a fever now."""
    return condition_store.feverish(system.conditions)


def with_ill(system: AlarmSystem, ill: frozenset[str]) -> AlarmSystem:
    """Silence about these children is as urgent as with a fever."""
    return system if ill == system.conditions.ill else replace(system, conditions=replace(system.conditions, ill=ill))


def tick(system: AlarmSystem, plan: Plan, now: Now) -> tuple[Outcome, tuple[DueNotification, ...]]:
    """Let time pass: delays, priorities, escalation, ends of silences and pauses."""
    system, changed, updates = episodes.follow(system, conditions.tick(system.conditions, now), plan, now)
    notifications, store = dict(system.notifications), system.conditions
    due: tuple[DueNotification, ...] = ()
    for alarm in system.conditions.standing():
        notification, current = notifications[alarm.id], alarm
        if signals.silence_over(notification, now.mono_s):
            notification = replace(notification, silent_until_s=math.inf, coming_until_s=None)
            store, current = standing.resume(store, alarm.key, now)
            changed += (current,)
        if inhibited_by(store, alarm.key):
            notification, more = signals.inhibit(notification, current)
        else:
            notification, more = signals.tick(notification, current, now.mono_s)
        notifications[alarm.id] = notification
        due += more
    paused = tuple(each for each in system.pauses if each.until_s > now.mono_s)
    snoozed = tuple(each for each in system.snoozes if each.until_s > now.mono_s)
    return (AlarmSystem(store, notifications, paused, snoozed), changed, updates), due


def replan(system: AlarmSystem, plan: Plan) -> AlarmSystem:
    """Another is on watch: plan the escalation anew. What is silent, or is notified once only, stays as it is."""
    notifications = dict(system.notifications)
    for alarm in system.conditions.standing():
        if alarm.priority is not Priority.LOW and math.isinf(notifications[alarm.id].silent_until_s):
            notifications[alarm.id] = signals.replan(notifications[alarm.id], plan(alarm))
    return replace(system, notifications=notifications)


def unreached(system: AlarmSystem, episode: str) -> AlarmSystem:
    """No channel took a notification of this episode: the sounder plays at once."""
    notification = system.notifications.get(episode)
    return (
        system
        if notification is None
        else replace(system, notifications={**system.notifications, episode: signals.room_now(notification)})
    )


def sounding(system: AlarmSystem) -> Priority:
    """The most urgent priority that the sounder shall play now; none for silence."""
    priorities = (alarm.priority for alarm in _audible(system))
    return max(priorities, key=lambda priority: priority.rank, default=Priority.NONE)


def grown(system: AlarmSystem, alarm: Alarm, now: Now) -> bool:
    """Whether this medium technical alarm has sounded for ten minutes without an answer."""
    notification = system.notifications.get(alarm.id)
    medium = alarm.kind is Kind.TECHNICAL and alarm.priority is Priority.MEDIUM
    return medium and notification is not None and signals.unanswered_s(notification, now.mono_s) >= GROWS_S


def loud(system: AlarmSystem, now: Now) -> bool:
    """Whether the sounder plays at full level, also at night."""
    return sounding(system) is Priority.HIGH or any(grown(system, alarm, now) for alarm in _audible(system))


def pattern(system: AlarmSystem, now: Now) -> str:
    """The pattern that the sounder plays now; empty for silence. Technical alarms have patterns of their own."""
    priority = sounding(system)
    of_the_child = any(a.kind is Kind.PHYSIOLOGICAL and a.priority is priority for a in _audible(system))
    if priority is Priority.NONE:
        return ""
    if of_the_child or priority is Priority.HIGH:
        return str(priority)
    return GROWN if any(grown(system, alarm, now) for alarm in _audible(system)) else TECHNICAL


def _audible(system: AlarmSystem) -> list[Alarm]:
    return [
        a
        for a in system.conditions.standing()
        if a.id in system.notifications and signals.sounds(system.notifications[a.id])
    ]


def kind(condition: Condition) -> Kind:
    """Physiological or technical. Alarms of one kind never silence those of the other."""
    return CATALOGUE[condition].kind


def hub_wide(condition: Condition) -> bool:
    """Whether it is about the hub as a whole, whichever part reports it."""
    return condition in HUB_WIDE


def audience(condition: Condition) -> Audience:
    """Who is notified of it."""
    return CATALOGUE[condition].audience


def filmed(condition: Condition) -> bool:
    """Whether the doctor will ask to see it."""
    return CATALOGUE[condition].film
