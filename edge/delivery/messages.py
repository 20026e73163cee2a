"""An alarm with its text, as it is published, and as it is pushed to one caregiver."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from edge.delivery import escalation, texts
from edge.model.alarm import HOUSE, Alarm, Audience, EscalationStep, Presence, Reason
from edge.model.effect import Notify, Withheld
from edge.model.people import Caregiver, Person, Role

ANSWERS = (Reason.ACKNOWLEDGED, Reason.AWAKE, Reason.FALSE_ALARM, Reason.SNOOZED, Reason.PAUSED)


def with_text(alarm: Alarm, person: Person, caregivers: Sequence[Caregiver], zone: dt.tzinfo) -> Alarm:
    """The alarm with its text and guidance."""
    names = {HOUSE: texts.SOMEBODY, **{caregiver.id: caregiver.name for caregiver in caregivers}}
    text = texts.text(alarm, person.name, names, zone)
    return replace(alarm, text=text, guidance=texts.guidance(alarm, person.guidance, person.care_plan))


def notify(alarm: Alarm, caregiver: Caregiver, stage: int, audience: Audience) -> Notify:
    """The push of an alarm with its text to one caregiver.

    stage: 0 for the first notification. audience: of the condition (`alarms.audience`).
    """
    title, text = texts.push(alarm, share_details=caregiver.share_details)
    at_once = audience is Audience.EVERYONE or alarm.presence is Presence.OFF or alarm.reason in ANSWERS
    urgent, quiet, reach = escalation.urgent(alarm), escalation.quiet(alarm), 0 if at_once else stage + 1
    return Notify(caregiver.id, alarm.id, title, text, urgent, stage, reach, quiet=quiet)


def answered(alarm: Alarm) -> bool:
    """Whether this change ends what calls from a phone's screen: somebody has answered, or it is over."""
    return alarm.presence is Presence.OFF or alarm.reason in ANSWERS


def reminder(alarm: Alarm, caregiver: Caregiver) -> Notify:
    """The one reminder of an answered alarm that still stands; not urgent, so that it wakes nobody."""
    title, text = texts.push(alarm, share_details=caregiver.share_details)
    return Notify(caregiver.id, alarm.id, texts.STILL.format(title=title), text, urgent=False)


def everyone(alarm: Alarm, text: str, private: str, caregivers: Sequence[Caregiver]) -> list[Notify]:
    """A message beside a movement alarm, to all caregivers but viewers. private: without a name and a value."""
    title, _ = texts.push(alarm, share_details=False)
    return [
        Notify(each.id, alarm.id, title, text if each.share_details else f"feverhub: {private}", urgent=True)
        for each in caregivers
        if each.role is not Role.VIEWER
    ]


def withheld(
    alarm: Alarm, steps: Sequence[EscalationStep], caregivers: Sequence[Caregiver], *, new: bool
) -> list[Withheld]:
    """Who is not notified (any more) of a changed alarm, each with the reason that is kept."""
    if alarm.reason in ANSWERS and (not new or alarm.reason in (Reason.PAUSED, Reason.SNOOZED)):
        targets = {step.target for step in steps}
        return [Withheld(each.id, alarm.id, alarm.reason) for each in caregivers if each.id in targets]
    if new:
        return [Withheld(who, alarm.id, why) for who, why in escalation.not_yet(steps, alarm, caregivers)]
    return []
