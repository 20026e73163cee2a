"""The escalation plan of an alarm: who is notified, when, and how often until somebody answers."""

import math
from collections.abc import Sequence

from edge.model.alarm import ROOM, Alarm, Audience, EscalationStep, Kind, Presence, Priority, Reason
from edge.model.people import Caregiver, Role

# Escalation as families asked for it: who is on watch at once, the room after a minute, everyone after two,
# and again every five minutes until somebody answers.
SOUNDER_AFTER_S = 60.0
EVERYONE_AFTER_S = 120.0
REPEAT_S = 300.0
URGENT_REPEAT_S = 60.0


def plan(
    alarm: Alarm,
    caregivers: Sequence[Caregiver],
    on_watch: str,
    audience: Audience,
    *,
    night_left_s: float = 0.0,
) -> tuple[EscalationStep, ...]:
    """Escalation steps for one episode. on_watch: the caregiver notified first; unknown or empty means all of them.

    audience: of the condition (`alarms.audience`). Viewers are never notified. A low priority is notified once, without
    the sounder, and a technical one not before the night is over; with priority `none` an alarm is only shown.
    """
    notifiable = [c.id for c in caregivers if c.role is not Role.VIEWER]
    if alarm.priority is Priority.NONE:
        return ()
    first = [on_watch] if on_watch in notifiable else notifiable
    if audience is Audience.ON_WATCH_ONLY:
        return tuple(EscalationStep(caregiver, 0.0, math.inf) for caregiver in first)
    if alarm.priority is Priority.LOW:
        after_s = night_left_s if alarm.kind is Kind.TECHNICAL else 0.0
        return tuple(EscalationStep(caregiver, after_s, math.inf) for caregiver in first)
    if audience is Audience.EVERYONE:
        return tuple(EscalationStep(target, 0.0, URGENT_REPEAT_S) for target in (ROOM, *notifiable))
    # With no caregiver to notify, the sounder must not wait.
    room = EscalationStep(ROOM, SOUNDER_AFTER_S if first else 0.0, REPEAT_S)
    later = [caregiver for caregiver in notifiable if caregiver not in first]
    return (
        *(EscalationStep(caregiver, 0.0, REPEAT_S) for caregiver in first),
        room,
        *(EscalationStep(caregiver, EVERYONE_AFTER_S, REPEAT_S) for caregiver in later),
    )


def not_yet(steps: Sequence[EscalationStep], alarm: Alarm, caregivers: Sequence[Caregiver]) -> list[tuple[str, Reason]]:
    """Caregivers who are not notified at once, each with the reason that is kept."""
    at_once = {step.target for step in steps if step.after_s <= 0}
    later = {step.target for step in steps}
    why = Reason.PRIORITY_NONE if alarm.priority is Priority.NONE else Reason.NOT_ON_WATCH
    yet = Reason.NIGHT if alarm.priority is Priority.LOW else Reason.NOT_ON_WATCH_YET
    return [(c.id, yet if c.id in later else why) for c in caregivers if c.id not in at_once]


def quiet(alarm: Alarm) -> bool:
    """Whether a phone should make no sound for it: a sensor that is back, or a part that works again, wakes nobody."""
    return alarm.kind is Kind.TECHNICAL and alarm.presence is Presence.OFF


def urgent(alarm: Alarm) -> bool:
    """Whether a phone should break through silence for it; never for its end or for an answer."""
    answered = alarm.acknowledged_by or alarm.reason in (Reason.SNOOZED, Reason.PAUSED)
    if alarm.presence in (Presence.OFF, Presence.ACK) or answered:
        return False
    return alarm.priority is Priority.HIGH or (alarm.kind is Kind.PHYSIOLOGICAL and alarm.priority is Priority.MEDIUM)
