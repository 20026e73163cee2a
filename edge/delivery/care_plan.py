"""Texts of the family's written care plan, each at its minute. The program never advises a medicine of its own."""

from edge.model.alarm import Alarm, Condition
from edge.model.language import IN_ENGLISH, N_, Locale
from edge.model.people import CarePlan

MINUTE_S = 60.0

WAS_GIVEN = N_("Your plan: {drug} was given.")
STILL = N_("Your plan: {medicine}{place} if she still jerks or does not wake. Say here when it was given.")
FETCH_NOW = N_("Your plan: now fetch {drug}{place}, at {at} min give {medicine}.")
FETCH_AT = N_("Your plan: at {cue} min fetch {drug}{place}, at {at} min give {medicine}.")
CUE = N_("{name}: {cue} min, nobody has said that she is awake. Fetch {drug}{place}.")
GIVEN = N_("{name}: {who} gave {drug} at {time}.")
THE_MEDICINE = N_("the rescue medicine")


def minutes(alarm: Alarm) -> int:
    """Whole minutes from the onset to the last change; half a second short counts as full."""
    return max(0, int((max(alarm.changed_s, alarm.raised_s) - alarm.onset_s + 0.5) // MINUTE_S))


def text(alarm: Alarm, plan: CarePlan, words: Locale = IN_ENGLISH) -> str:
    """The plan's step at this minute of a movement alarm; empty without a rescue medicine."""
    if not plan.rescue_drug:
        return ""
    fields = {
        "drug": plan.rescue_drug,
        "medicine": ", ".join(filter(None, [plan.rescue_drug, plan.rescue_dose])),
        "place": _place(plan),
        "cue": words.short(plan.rescue_cue_min),
        "at": words.short(plan.rescue_at_min),
    }
    if alarm.evidence.rescue_given_s is not None:
        return words.say(WAS_GIVEN, **fields)
    if alarm.key.condition is Condition.PROLONGED_MOVEMENT:
        return words.say(STILL, **fields)
    return words.say(FETCH_NOW if alarm.evidence.rescue_cue else FETCH_AT, **fields)


def cue(name: str, plan: CarePlan, words: Locale = IN_ENGLISH) -> str:
    """It is time to fetch the medicine."""
    cue_min = words.short(plan.rescue_cue_min)
    return words.say(CUE, name=name, cue=cue_min, drug=plan.rescue_drug, place=_place(plan))


def given(name: str, plan: CarePlan, who: str, at_s: float, words: Locale = IN_ENGLISH) -> str:
    """The message that the medicine was given, by whom and when."""
    drug = plan.rescue_drug or words.say(THE_MEDICINE)
    return words.say(GIVEN, name=name, who=who, drug=drug, time=words.clock(at_s))


def _place(plan: CarePlan) -> str:
    return f" ({plan.rescue_place})" if plan.rescue_place else ""
