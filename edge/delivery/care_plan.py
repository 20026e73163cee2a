"""Texts of the family's written care plan, each at its minute. The program never advises a medicine of its own."""

import datetime as dt

from edge.model.alarm import Alarm, Condition
from edge.model.moment import local
from edge.model.people import CarePlan

MINUTE_S = 60.0


def minutes(alarm: Alarm) -> int:
    """Whole minutes from the onset to the last change; half a second short counts as full."""
    return max(0, int((max(alarm.changed_s, alarm.raised_s) - alarm.onset_s + 0.5) // MINUTE_S))


def ambulance(text: str, plan: CarePlan) -> str:
    """The text with the family's number after the first "an ambulance"."""
    return text.replace("an ambulance", f"an ambulance ({plan.ambulance})", 1) if plan.ambulance else text


def text(alarm: Alarm, plan: CarePlan) -> str:
    """The plan's step at this minute of a movement alarm; empty without a rescue medicine."""
    if not plan.rescue_drug:
        return ""
    if alarm.evidence.rescue_given_s is not None:
        return f"Your plan: {plan.rescue_drug} was given."
    medicine = ", ".join(filter(None, [plan.rescue_drug, plan.rescue_dose]))
    place = f" ({plan.rescue_place})" if plan.rescue_place else ""
    if alarm.key.condition is Condition.PROLONGED_MOVEMENT:
        return f"Your plan: {medicine}{place} if she still jerks or does not wake. Say here when it was given."
    fetch = "now fetch" if alarm.evidence.rescue_cue else f"at {plan.rescue_cue_min:g} min fetch"
    return f"Your plan: {fetch} {plan.rescue_drug}{place}, at {plan.rescue_at_min:g} min give {medicine}."


def cue(name: str, plan: CarePlan) -> str:
    """It is time to fetch the medicine."""
    place = f" ({plan.rescue_place})" if plan.rescue_place else ""
    return f"{name}: {plan.rescue_cue_min:g} min, nobody has said that she is awake. Fetch {plan.rescue_drug}{place}."


def given(name: str, plan: CarePlan, who: str, at_s: float, zone: dt.tzinfo) -> str:
    """The message that the medicine was given, by whom and when."""
    at = local(at_s, zone)
    return f"{name}: {who} gave {plan.rescue_drug or 'the rescue medicine'} at {at:%H:%M}."
