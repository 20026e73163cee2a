"""Answers of caregivers: acknowledge, with_her, awake, false_alarm, snooze; and pauses of the watch."""

import math
from collections.abc import Sequence
from dataclasses import replace

from edge.alarms import episodes, pauses, signals, standing
from edge.alarms.catalogue import REMINDED
from edge.alarms.condition_store import EVENTS, FEBRILE, inhibited_by
from edge.alarms.episodes import AlarmSystem, Outcome, Plan, Update
from edge.alarms.pauses import Pause, Snooze
from edge.alarms.signals import Notification
from edge.errors import CommandRefused
from edge.model.alarm import Alarm, AlarmKey, Condition, Kind, Presence, Priority, Reason
from edge.model.event import Command, Verb
from edge.model.language import N_
from edge.model.moment import Now

SNOOZE_MINUTES = (15, 30, 60)
NIGHT_SNOOZE_MINUTES = (*SNOOZE_MINUTES, 120)
CANNOT_BE_SNOOZED = (Condition.PROLONGED_MOVEMENT,)
GONE, NOTHING_WAITS = N_("there is no such alarm, or it is over"), N_("nothing waits for an answer")
NOT_QUIET = N_("this alarm cannot be made quiet for a while; go to her")
# About the child, not about a sensor: these answer no technical alarm unless it is named.
OF_THE_CHILD = (Verb.AWAKE, Verb.FALSE_ALARM)
# Who says these is with her.
WITH_HER = (Verb.WITH_HER, Verb.AWAKE, Verb.FALSE_ALARM)
_REASONS = {Verb.FALSE_ALARM: Reason.FALSE_ALARM, Verb.AWAKE: Reason.AWAKE}


def command(system: AlarmSystem, given: Command, plan: Plan, now: Now, *, night: bool = False) -> Outcome:
    """Acknowledge, with_her, awake, false_alarm and snooze. Raises CommandRefused with the reason."""
    condition = given.arguments.get("condition", "")
    of = episodes.named(system, given.alarm) if given.alarm and given.verb is Verb.AWAKE else None
    meant = [alarm for alarm in system.conditions.standing() if _means(given, alarm, condition) or _of_her(of, alarm)]
    if not meant:
        named = given.alarm or condition
        raise CommandRefused(GONE if named else NOTHING_WAITS)
    if given.verb is Verb.SNOOZE:
        return _snooze(system, meant, given, plan, now, night=night)
    changed: list[Alarm] = []
    updates: list[Update] = []
    for alarm in _with_inhibited(system, meant):
        system, some, more = _answer(system, alarm, given, plan, now)
        changed += some
        updates += more
    return system, tuple(changed), tuple(updates)


def by_phone(alarm: Alarm) -> tuple[Verb, ...]:
    """The verbs that a phone's button may send: none that needs sight of the child, since the phone may be anywhere."""
    if alarm.presence not in (Presence.ON, Presence.LATCH) or alarm.acknowledged_by or alarm.priority is Priority.NONE:
        return ()
    return (Verb.ACKNOWLEDGE,) if alarm.key.condition in CANNOT_BE_SNOOZED else (Verb.ACKNOWLEDGE, Verb.SNOOZE)


def _of_her(of: AlarmKey | None, alarm: Alarm) -> bool:
    """Both alarms of her movement are answered by "she is awake", whichever was named."""
    both = of is not None and {of.condition, alarm.key.condition} <= set(EVENTS)
    return both and of is not None and alarm.key.person == of.person


def _means(given: Command, alarm: Alarm, condition: object) -> bool:
    if given.alarm:
        return given.alarm == alarm.id
    if condition:
        return alarm.key.condition == condition and given.arguments.get("person", "") in ("", alarm.key.person)
    if given.verb in OF_THE_CHILD and alarm.kind is Kind.TECHNICAL:
        return False
    return alarm.priority is not Priority.NONE


def _with_inhibited(system: AlarmSystem, meant: Sequence[Alarm]) -> list[Alarm]:
    """The alarms meant, and the lesser ones that they inhibit: one answer is for both."""
    keys = {alarm.key for alarm in meant}
    inside = [
        a for a in system.conditions.standing() if a.key not in keys and inhibited_by(system.conditions, a.key) & keys
    ]
    return [*meant, *inside]


def _answer(system: AlarmSystem, alarm: Alarm, given: Command, plan: Plan, now: Now) -> Outcome:
    with_her = given.verb in WITH_HER
    notification = signals.acknowledge(
        system.notifications[alarm.id], now.mono_s, with_her=with_her, reminds=alarm.key.condition in REMINDED
    )
    answered = standing.answer(
        system.conditions,
        alarm.key,
        now,
        _REASONS.get(given.verb, Reason.ACKNOWLEDGED),
        caregiver=given.caregiver,
        with_her=with_her,
        local=given.local,
        silent_until_s=now.wall_at(notification.silent_until_s) if math.isfinite(notification.silent_until_s) else None,
    )
    system = replace(system, notifications={**system.notifications, alarm.id: notification})
    system, changed, updates = episodes.follow(system, answered, plan, now)
    return system, changed, (*updates, *_news(alarm, changed, notification))


def _news(before: Alarm, changed: Sequence[Alarm], notification: Notification) -> tuple[Update, ...]:
    """Whoever was notified of it or has answered it hears of an answer by somebody else."""
    known = dict.fromkeys((*notification.notified(), before.acknowledged_by, before.attended_by, before.answered_by))
    news = []
    for after in changed:
        others = tuple(who for who in known if who not in ("", after.answered_by))
        if after.presence is not Presence.OFF and others and _is_news(before, after):
            news.append(Update(after, others))
    return tuple(news)


def _is_news(before: Alarm, after: Alarm) -> bool:
    """Whether the others are notified of this answer: it has another name or another reason than the one before."""
    names = (before.answered_by, before.attended_by) != (after.answered_by, after.attended_by)
    return names or (after.reason is not before.reason and after.reason is not Reason.ACKNOWLEDGED)


def _snooze(
    system: AlarmSystem, meant: Sequence[Alarm], given: Command, plan: Plan, now: Now, *, night: bool
) -> Outcome:
    minutes = given.arguments.get("minutes", 30)
    allowed = NIGHT_SNOOZE_MINUTES if night else SNOOZE_MINUTES
    if minutes not in allowed:
        raise CommandRefused(N_("quiet is for {minutes} minutes"), minutes=", ".join(map(str, allowed)))
    if any(alarm.key.condition in CANNOT_BE_SNOOZED for alarm in meant):
        raise CommandRefused(NOT_QUIET)
    until_s = now.mono_s + 60.0 * float(str(minutes))
    meant = _with_inhibited(system, meant)
    fevers = [alarm.key for alarm in meant if alarm.key.condition in FEBRILE]
    # The newest word about a level counts.
    kept = (each for each in system.snoozes if each.key not in fevers and each.until_s > now.mono_s)
    system = replace(system, snoozes=(*kept, *(Snooze(key, given.caregiver, until_s) for key in fevers)))
    return _quiet(system, meant, plan, now, until_s=until_s, why=Reason.SNOOZED, who=given.caregiver)


def pause(system: AlarmSystem, new: Pause, plan: Plan, now: Now) -> Outcome:
    """Pause the watch of some sensors, or end that: their `no_data` and `not_worn` are silent meanwhile."""
    before, system = system.pauses, replace(system, pauses=pauses.with_(system.pauses, new))
    changed: list[Alarm] = []
    for alarm in system.conditions.standing():
        covered = new.covers(alarm.key.person, alarm.key.device)
        until_s = pauses.until_s(system.pauses, alarm.key, now) or now.mono_s
        was_paused = pauses.until_s(before, alarm.key, now) is not None and alarm.reason is Reason.PAUSED
        if covered and (until_s > now.mono_s or was_paused) and pauses.until_s((*before, new), alarm.key, now):
            # Everyone hears of the pause itself.
            system, some, _ = _quiet(system, [alarm], plan, now, until_s=until_s, why=Reason.PAUSED, who=new.caregiver)
            changed += some
    return system, tuple(changed), ()


def _quiet(
    system: AlarmSystem, meant: Sequence[Alarm], plan: Plan, now: Now, *, until_s: float, why: Reason, who: str
) -> Outcome:
    changed: list[Alarm] = []
    updates: list[Update] = []
    for alarm in meant:
        notification = signals.snooze(system.notifications[alarm.id], until_s)
        system = replace(system, notifications={**system.notifications, alarm.id: notification})
        quiet = standing.quiet(system.conditions, alarm.key, now, now.wall_at(until_s), why, who=who)
        system, some, _ = episodes.follow(system, quiet, plan, now)
        changed += some
        updates += _news(alarm, some, notification)
    return system, tuple(changed), tuple(updates)
