"""The texts that caregivers read. Short, in plain language; they never claim more than the program knows.

Each text has the value or its absence, since when, the limit, and one thing to do; at most 160 characters where it is
an alarm. First aid words follow the national health services' advice for febrile convulsions (on the side, nothing in
the mouth, do not restrain, note the time, film); five minutes is the ILAE 2015 limit for an emergency.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from edge.delivery import care_plan, private_texts
from edge.model.alarm import Alarm, Condition, Presence, Priority, Reason
from edge.model.evidence import (
    FaultEvidence,
    Movement,
    ProlongedEvidence,
    RigorEvidence,
    SeizureEvidence,
    SilenceEvidence,
    TemperatureEvidence,
    TwitchEvidence,
    UnjudgedEvidence,
)
from edge.model.moment import local
from edge.model.people import CarePlan

NO_PLAN = CarePlan()
MOVEMENT = (Condition.SEIZURE_LIKE_MOVEMENT, Condition.PROLONGED_MOVEMENT)
# A text fits into one SMS; names are cut rather than what happened.
MOST_CHARACTERS = 160
NAME_CHARACTERS = 20
DETAIL_CHARACTERS = 50
WHY_CHARACTERS = 40
REFUSED_CHARACTERS = 95
SEE_A_DOCTOR_DAYS = 5

FIRST_AID = (
    "Go to her now. Lay her on her side, nothing in the mouth, do not hold her down. Note the time, film her whole "
    "body. First time ever, 5 minutes or more, again without waking, trouble breathing: call an ambulance."
)
AGAIN = "It began again and nobody has said that she woke up: call an ambulance now."
# Outside 6 to 60 months a seizure is another thing than at the age of those with fever (AAP 2011).
OTHER_AGE_HEADLINE = "{name}: seizure-like movement, urgent"
OTHER_AGE = "At her age this needs a doctor at once, also when it stops."

# Condition: (headline, what to do). The headline may use {name}, {value}, {limit}, {place}, {device}, {detail}, {why},
# {forecast}; an end also {course}.
WORDS: Mapping[Condition, tuple[str, str]] = {
    Condition.SEIZURE_LIKE_MOVEMENT: ("{name}: seizure-like rhythmic movement", FIRST_AID),
    Condition.POSSIBLE_MOVEMENT: (
        "{name}: short or doubtful rhythmic movement",
        "Look at her. If she jerks or does not respond, lay her on her side and note the time.",
    ),
    Condition.PROLONGED_MOVEMENT: (
        "{name}: seizure-like movement for {minutes} minutes",
        "Call an ambulance now. Give her rescue medicine as your doctor's plan says.",
    ),
    Condition.RECURRING_TWITCHES: (
        "{name}: twitches that keep coming back",
        "Film them, note when and which limb, and show your doctor.",
    ),
    Condition.RIGOR: ("{name}: shivering-like movement", "Check that she responds. Measure her temperature."),
    Condition.FEVER: (
        "{name}: {value}, limit {limit}",
        "Look at her, give fluids, keep an eye on her, most of all in the first 2 hours.",
    ),
    Condition.HIGH_FEVER: (
        "{name}: high, {value}, limit {limit}",
        "Look at her now, give fluids, follow your doctor's plan.",
    ),
    Condition.YOUNG_INFANT_FEVER: ("{name}, under 3 months: {value}, limit {limit}", "Call a doctor now."),
    Condition.TEMPERATURE_RISING: (
        "{name}: temperature is rising, {value}{forecast}",
        "Look at her when you can. A forecast is no measurement; it may also stay below.",
    ),
    Condition.LOW_TEMPERATURE: ("{name}: low, {value}, limit {limit}", "Look at her, warm her, measure by hand."),
    Condition.MEASUREMENT_DUE: ("{name}: measure her temperature by hand{why}", "Measure her temperature by hand."),
    Condition.NO_DATA: ("Not watching {name}: nothing heard from {device}", "Look at her, then check the sensor."),
    Condition.NOT_WORN: ("Not watching {name}: {device} seems to be off her body", "Look at her, then put it back on."),
    Condition.CANNOT_JUDGE: (
        "Not watching {name}: {device} sends nothing usable{why}",
        "Look at her, refit or change the sensor; measure by hand.",
    ),
    Condition.SETTLING: ("{name}: {device} is warming up", "Its values count in about 10 minutes."),
    Condition.BATTERY_LOW: ("{name}: battery of {device} is low, {value}", "Charge it or change the battery."),
    Condition.ADAPTER_DOWN: ("Not watching: the hub's Bluetooth is down", "Look at her; check the hub."),
    Condition.ANALYSIS_ERROR: ("Not watching {name}: the hub cannot judge {device}", "Look at her; restart the hub."),
    Condition.STORAGE_ERROR: ("The hub cannot store: {detail}", "Alarms still work. Free space or change the card."),
    Condition.BROKER_DOWN: (
        "The hub cannot reach its message broker: {detail}",
        "Phones may stay silent; stay near her.",
    ),
    Condition.NOBODY_REACHABLE: ("No phone can be reached", "Only the hub's sounder works; stay near her."),
    Condition.CLOCK_UNSYNCHRONISED: ("The hub's clock is not set", "Times may be wrong; alarms still work."),
    Condition.HUB_DEGRADED: ("The hub is in trouble: {detail}", "Look at her; restart the hub."),
}

# What a pattern in the evidence makes of the words. Infantile spasms (West syndrome) look like startles, begin at 3 to
# 12 months and are urgent at any age.
PATTERNS: Mapping[str, tuple[str, str]] = {
    "spasm_cluster": ("{name}: sudden starts, again and again", "Film it and see a doctor promptly, today."),
}
# `cannot_judge` of a movement sensor.
NO_CONVULSION_SEEN = (
    "Not watching {name}: {device} would not show a convulsion{why}",
    "Look at her; check how the sensor sits, its battery, and how far the hub is.",
)
# `no_data` of a sensor that is there, and sends what cannot be taken.
REFUSED = (
    "Not watching {name}: what {device} sends is refused: {refused}",
    "Look at her, then check how it is set up.",
)
# `prolonged_movement` where the movement does not go on.
NOT_MOVING: Mapping[Movement, tuple[str, str]] = {
    Movement.STOPPED: (
        "{name}: seizure-like movement {minutes} min ago has stopped; nobody has said she is awake",
        "Go to her. If she does not wake up, or breathes badly, call an ambulance now. If she is awake, say so here.",
    ),
    Movement.UNKNOWN: (
        "{name}: seizure-like movement {minutes} min ago, no signal; nobody has said she is awake",
        "Go to her. If she jerks, does not wake up or breathes badly, call an ambulance now. If not, say she is awake.",
    ),
}
SOUNDER = (
    "The hub: {detail}",
    "Phones still ring. See that the loudspeaker is on and plugged in, then try it: feverhub test-alarm.",
)
AWAKE = "{name}: {who} says that she is awake. Stay with her, note how long it was."
RISING = "Her temperature is rising, and shivering often goes with that. Check that she responds."

TEST = ("TEST", "TEST of feverhub: this is how an alarm reaches you. Nothing has happened.")

ENDED: Mapping[Condition, str] = {
    Condition.SEIZURE_LIKE_MOVEMENT: "{name}: the movement has stopped. Is she awake, breathing, responding?",
    Condition.PROLONGED_MOVEMENT: "{name}: the movement has stopped. Is she awake, breathing, responding?",
    Condition.POSSIBLE_MOVEMENT: "{name}: the short or doubtful movement is over.",
    Condition.FEVER: "{name}: {value}, below your limit again{course}.",
    Condition.HIGH_FEVER: "{name}: {value}, below the high limit again{course}.",
    Condition.YOUNG_INFANT_FEVER: "{name}: {value}, below the limit again{course}. A doctor should still see her.",
    Condition.TEMPERATURE_RISING: "{name}: the notice that her temperature was rising is over.",
    Condition.MEASUREMENT_DUE: "{name}: no measurement by hand is asked for any more.",
    Condition.NO_DATA: "{device} of {name} is heard again.",
    Condition.NOT_WORN: "{device} of {name} is worn again.",
    Condition.CANNOT_JUDGE: "{device} of {name} can be judged again.",
}
FEVERS = (Condition.FEVER, Condition.HIGH_FEVER, Condition.YOUNG_INFANT_FEVER)
FALSE_ALARM = "{who} says it was a false alarm: {headline}"
SOMEBODY = "Somebody at home"
STILL = "Still: {title}"
ENDED_OTHERWISE = "Over: {headline}"
WITHDRAWN = "A reading was withdrawn, so this is over: {headline}"
NOT_WATCHED_ANY_MORE = "No longer watched, its sensor is not set up: {headline}"


def _fields(alarm: Alarm, name: str) -> dict[str, str]:
    unit = {"Cel": "°C", "%": "%"}.get(alarm.unit, alarm.unit)
    value = "no value" if alarm.value is None else f"{alarm.value:.1f} {unit}".rstrip()
    limit = "none" if alarm.limit is None else f"{alarm.limit:.1f} {unit}".rstrip()
    detail = alarm.evidence.detail if isinstance(alarm.evidence, FaultEvidence) else None
    why = alarm.evidence.why if isinstance(alarm.evidence, TemperatureEvidence | UnjudgedEvidence) else None
    refused = alarm.evidence.refused if isinstance(alarm.evidence, SilenceEvidence) else None
    return {
        "name": clip(name, NAME_CHARACTERS) or "your child",
        "value": value,
        "limit": limit,
        "minutes": str(care_plan.minutes(alarm)),
        "device": alarm.key.device or "a sensor",
        "detail": clip(detail or "", DETAIL_CHARACTERS) or "no detail known",
        "why": clip(f": {why}", WHY_CHARACTERS) if why else "",
        "course": _course(alarm),
        "refused": clip(refused or "", REFUSED_CHARACTERS),
    }


def _course(alarm: Alarm) -> str:
    """How long it was and how high, where that is known."""
    evidence = alarm.evidence
    if not isinstance(evidence, TemperatureEvidence) or evidence.duration_s is None or evidence.peak_c is None:
        return ""
    return f"; above for {span(evidence.duration_s)}, at most {evidence.peak_c:.1f} °C"


def _forecast(alarm: Alarm, zone: dt.tzinfo) -> str:
    """Between which times the limit may be reached, on the family's clock; nothing where there is no forecast."""
    spans_s = alarm.evidence.forecast_s if isinstance(alarm.evidence, TemperatureEvidence) else None
    if spans_s is None or alarm.limit is None:
        return ""
    first, last = (local(alarm.raised_s + spans_s[i], zone) for i in (0, 2))
    return f"; forecast: {alarm.limit:.1f} °C at {first:%H:%M} to {last:%H:%M}"


def span(seconds: float) -> str:
    """A length of time in hours and minutes."""
    hours, minutes = divmod(round(seconds / 60.0), 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"


def clip(text: str, most: int) -> str:
    """At most so many characters, with an ellipsis where some are left out."""
    return text if len(text) <= most else text[: most - 1] + "…"


def headline(alarm: Alarm, name: str, zone: dt.tzinfo = dt.UTC) -> str:
    """What it is, in one line."""
    fields = {**_fields(alarm, name), "forecast": _forecast(alarm, zone)}
    line = _template(alarm)[0].format(**fields)
    if alarm.reason is Reason.WITHDRAWN and alarm.presence is Presence.OFF:
        return WITHDRAWN.format(headline=line)
    if alarm.reason is Reason.RESTORED and alarm.key.person:
        return NOT_WATCHED_ANY_MORE.format(headline=line)
    if alarm.presence in (Presence.OFF, Presence.LATCH) and alarm.cleared_s is not None:
        return ENDED.get(alarm.key.condition, ENDED_OTHERWISE).format(headline=line, **fields)
    return line


def text(alarm: Alarm, name: str, names: Mapping[str, str], zone: dt.tzinfo) -> str:
    """The headline with since when (on the family's clock) and who answered. names: of caregivers, by id."""
    since = local(alarm.onset_s, zone)
    if alarm.reason is Reason.FALSE_ALARM:
        who = _called(alarm.attended_by, names)
        bare = replace(alarm, presence=Presence.ON, cleared_s=None)
        return clip(FALSE_ALARM.format(who=who, headline=headline(bare, name, zone)), MOST_CHARACTERS)
    line = headline(alarm, name, zone)
    awake_by = alarm.evidence.awake_by
    if awake_by and alarm.presence is Presence.OFF:
        who = clip(names.get(awake_by, awake_by), NAME_CHARACTERS)
        return AWAKE.format(name=_fields(alarm, name)["name"], who=who)
    if alarm.cleared_s is None and _template(alarm) not in NOT_MOVING.values():
        line += f", since {since:%H:%M}"
        minutes = care_plan.minutes(alarm)
        if alarm.key.condition is Condition.SEIZURE_LIKE_MOVEMENT and minutes:
            line += f" ({minutes} min)"
    stop = "" if line.endswith(("?", ".")) else "."
    there, coming = (_called(who, names) for who in (alarm.attended_by, alarm.acknowledged_by))
    if there:
        line += f"{stop} {there} is with her"
    if coming and alarm.acknowledged_by != alarm.attended_by:
        line += f", {coming} is coming" if there else f"{stop} {coming} is coming"
    if alarm.silent_until_s is not None and alarm.presence is not Presence.OFF:
        line += f", quiet until {local(alarm.silent_until_s, zone):%H:%M}"
        line += (
            f" ({_called(alarm.answered_by, names)})" if alarm.reason is Reason.SNOOZED and alarm.answered_by else ""
        )
    return clip(line, MOST_CHARACTERS)


def _called(who: str, names: Mapping[str, str]) -> str:
    return clip(names.get(who, who), NAME_CHARACTERS)


def guidance(alarm: Alarm, family_text: str, plan: CarePlan = NO_PLAN) -> str:
    """What to do; for movement alarms the family's own text and plan come first."""
    own, evidence = _template(alarm)[1], alarm.evidence
    if alarm.key.condition in FEVERS and _days(alarm) >= SEE_A_DOCTOR_DAYS:
        own = f"Fever for {_days(alarm)} days: see a doctor. {own}"
    if isinstance(evidence, TemperatureEvidence) and evidence.thermometers:
        own = f"{own} Her thermometers differ ({clip(evidence.thermometers, DETAIL_CHARACTERS)}): measure by hand."
    if isinstance(evidence, RigorEvidence) and evidence.temperature_rising is True:
        return RISING
    if alarm.key.condition not in MOVEMENT:
        return own
    again = AGAIN if isinstance(evidence, SeizureEvidence) and (evidence.bout or 1) != 1 else ""
    age = OTHER_AGE if isinstance(evidence, SeizureEvidence) and evidence.outside_6_to_60_months else ""
    advice = care_plan.ambulance(" ".join(filter(None, [again, own, age])), plan)
    return " ".join(filter(None, [family_text, care_plan.text(alarm, plan), advice]))


def _template(alarm: Alarm) -> tuple[str, str]:
    """Headline and advice, by condition and evidence."""
    usual = WORDS[alarm.key.condition]
    if alarm.key.condition is Condition.HUB_DEGRADED and alarm.evidence.sensors == (private_texts.SOUNDER_PART,):
        return SOUNDER
    match alarm.evidence:
        case ProlongedEvidence(movement=Movement() as movement):
            return NOT_MOVING.get(movement, usual)
        case TwitchEvidence(pattern=str(pattern)):
            return PATTERNS.get(pattern, usual)
        case SilenceEvidence(refused=str()):
            return REFUSED
        case UnjudgedEvidence(unseen="convulsion"):
            return NO_CONVULSION_SEEN
        case SeizureEvidence(outside_6_to_60_months=True):
            return OTHER_AGE_HEADLINE, usual[1]
        case _:
            return usual


def _days(alarm: Alarm) -> int:
    """Days of fever, by what the sensors saw and by how long this alarm has stood."""
    seen = alarm.evidence.days_of_fever if isinstance(alarm.evidence, TemperatureEvidence) else None
    stood = (max(alarm.changed_s, alarm.raised_s) - alarm.onset_s) / 86400.0 if alarm.cleared_s is None else 0.0
    return max(seen or 0, int(stood))


def push(alarm: Alarm, *, share_details: bool) -> tuple[str, str]:
    """Title and text of a push. Without leave of the family, no name and no value goes through others' servers."""
    title = {Priority.HIGH: "ALARM", Priority.MEDIUM: "Check"}.get(alarm.priority, "Note")
    if share_details:
        return title, f"{alarm.text}. {alarm.guidance}" if _calls(alarm) else alarm.text
    return title, private_texts.push(alarm)


def _calls(alarm: Alarm) -> bool:
    """Whether it still calls for somebody: it is not over, and nobody has answered."""
    answered = alarm.acknowledged_by or alarm.reason in (Reason.FALSE_ALARM, Reason.SNOOZED)
    return alarm.presence is not Presence.OFF and not answered
