"""An alarm with its text, as it is published, and as it is pushed to one caregiver."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from edge.delivery import escalation, private_texts, texts
from edge.model.alarm import HOUSE, Alarm, Audience, EscalationStep, Presence, Reason
from edge.model.effect import Notify, Withheld
from edge.model.language import IN_ENGLISH, Locale
from edge.model.people import Caregiver, Person, Role

ANSWERS = (Reason.ACKNOWLEDGED, Reason.AWAKE, Reason.FALSE_ALARM, Reason.SNOOZED, Reason.PAUSED)


def with_text(alarm: Alarm, person: Person, caregivers: Sequence[Caregiver], words: Locale = IN_ENGLISH) -> Alarm:
    """The alarm with its texts."""
    names = {HOUSE: words.say(texts.SOMEBODY), **{caregiver.id: caregiver.name for caregiver in caregivers}}
    text = texts.text(alarm, person.name, names, words)
    guidance = texts.guidance(alarm, person.guidance, person.care_plan, words)
    return replace(alarm, text=text, guidance=guidance, private=private_texts.text(alarm, words))


def notify(alarm: Alarm, caregiver: Caregiver, stage: int, audience: Audience, words: Locale = IN_ENGLISH) -> Notify:
    """The push of an alarm to one caregiver.

    alarm: with its text, in the caregiver's words. stage: 0 for the first notification. audience: of the condition
    (`alarms.audience`).
    """
    title, text = texts.push(alarm, words, share_details=caregiver.share_details)
    at_once = audience is Audience.EVERYONE or alarm.presence is Presence.OFF or alarm.reason in ANSWERS
    urgent, quiet, reach = escalation.urgent(alarm), escalation.quiet(alarm), 0 if at_once else stage + 1
    return Notify(caregiver.id, alarm.id, title, text, urgent, stage, reach, quiet=quiet)


def answered(alarm: Alarm) -> bool:
    """Whether this change ends what calls from a phone's screen: somebody has answered, or it is over."""
    return alarm.presence is Presence.OFF or alarm.reason in ANSWERS


def reminder(alarm: Alarm, caregiver: Caregiver, words: Locale = IN_ENGLISH) -> Notify:
    """The one reminder of an answered alarm that still stands; not urgent, so that it wakes nobody.

    alarm: with its text, in the caregiver's words.
    """
    title, text = texts.push(alarm, words, share_details=caregiver.share_details)
    return Notify(caregiver.id, alarm.id, words.say(texts.STILL, title=title), text, urgent=False)


def everyone(
    alarm: Alarm,
    text: Callable[[Locale], str],
    private: str,
    caregivers: Sequence[Caregiver],
    locale_of: Callable[[Caregiver], Locale],
) -> list[Notify]:
    """A message beside a movement alarm, to all caregivers but viewers, each in their own words.

    private: as a catalogue has it, without a name and a value.
    """
    found = []
    for each in caregivers:
        if each.role is not Role.VIEWER:
            words = locale_of(each)
            title, _ = texts.push(alarm, words, share_details=False)
            said = text(words) if each.share_details else f"feverhub: {words.say(private)}"
            found.append(Notify(each.id, alarm.id, title, said, urgent=True))
    return found


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
