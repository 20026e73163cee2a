"""The texts that caregivers read. Short, in plain language; they never claim more than the program knows.

Each text has the value or its absence, since when, the limit, and one thing to do; at most 160 characters where it is
an alarm. First aid words follow the national health services' advice for febrile convulsions (on the side, nothing in
the mouth, do not restrain, note the time, film); five minutes is the ILAE 2015 limit for an emergency.
"""

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
from edge.model.language import IN_ENGLISH, N_, Locale
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

FIRST_AID = N_(
    "Go to her now. Lay her on her side, nothing in the mouth, do not hold her down. Note the time, film her whole "
    "body. First time ever, 5 minutes or more, again without waking, trouble breathing: call {ambulance}."
)
AGAIN = N_("It began again and nobody has said that she woke up: call {ambulance} now.")
# Outside 6 to 60 months a seizure is another thing than at the age of those with fever (AAP 2011).
OTHER_AGE_HEADLINE = N_("{name}: seizure-like movement, urgent")
OTHER_AGE = N_("At her age this needs a doctor at once, also when it stops.")

# Condition: (headline, what to do). The headline may use {name}, {value}, {limit}, {place}, {device}, {detail}, {why},
# {forecast}; an end also {course}.
WORDS: Mapping[Condition, tuple[str, str]] = {
    Condition.SEIZURE_LIKE_MOVEMENT: (N_("{name}: seizure-like rhythmic movement"), FIRST_AID),
    Condition.POSSIBLE_MOVEMENT: (
        N_("{name}: short or doubtful rhythmic movement"),
        N_("Look at her. If she jerks or does not respond, lay her on her side and note the time."),
    ),
    Condition.PROLONGED_MOVEMENT: (
        N_("{name}: seizure-like movement for {minutes} minutes"),
        N_("Call {ambulance} now. Give her rescue medicine as your doctor's plan says."),
    ),
    Condition.RECURRING_TWITCHES: (
        N_("{name}: twitches that keep coming back"),
        N_("Film them, note when and which limb, and show your doctor."),
    ),
    Condition.RIGOR: (N_("{name}: shivering-like movement"), N_("Check that she responds. Measure her temperature.")),
    Condition.FEVER: (
        N_("{name}: {value}, limit {limit}"),
        N_("Look at her, give fluids, keep an eye on her, most of all in the first 2 hours."),
    ),
    Condition.HIGH_FEVER: (
        N_("{name}: high, {value}, limit {limit}"),
        N_("Look at her now, give fluids, follow your doctor's plan."),
    ),
    Condition.YOUNG_INFANT_FEVER: (N_("{name}, under 3 months: {value}, limit {limit}"), N_("Call a doctor now.")),
    Condition.TEMPERATURE_RISING: (
        N_("{name}: temperature is rising, {value}{forecast}"),
        N_("Look at her when you can. A forecast is no measurement; it may also stay below."),
    ),
    Condition.LOW_TEMPERATURE: (
        N_("{name}: low, {value}, limit {limit}"),
        N_("Look at her, warm her, measure by hand."),
    ),
    Condition.MEASUREMENT_DUE: (
        N_("{name}: measure her temperature by hand{why}"),
        N_("Measure her temperature by hand."),
    ),
    Condition.NO_DATA: (
        N_("Not watching {name}: nothing heard from {device}"),
        N_("Look at her, then check the sensor."),
    ),
    Condition.NOT_WORN: (
        N_("Not watching {name}: {device} seems to be off her body"),
        N_("Look at her, then put it back on."),
    ),
    Condition.CANNOT_JUDGE: (
        N_("Not watching {name}: {device} sends nothing usable{why}"),
        N_("Look at her, refit or change the sensor; measure by hand."),
    ),
    Condition.SETTLING: (N_("{name}: {device} is warming up"), N_("Its values count in about 10 minutes.")),
    Condition.BATTERY_LOW: (N_("{name}: battery of {device} is low, {value}"), N_("Charge it or change the battery.")),
    Condition.ADAPTER_DOWN: (N_("Not watching: the hub's Bluetooth is down"), N_("Look at her; check the hub.")),
    Condition.ANALYSIS_ERROR: (
        N_("Not watching {name}: the hub cannot judge {device}"),
        N_("Look at her; restart the hub."),
    ),
    Condition.STORAGE_ERROR: (
        N_("The hub cannot store: {detail}"),
        N_("Alarms still work. Free space or change the card."),
    ),
    Condition.BROKER_DOWN: (
        N_("The hub cannot reach its message broker: {detail}"),
        N_("Phones may stay silent; stay near her."),
    ),
    Condition.NOBODY_REACHABLE: (N_("No phone can be reached"), N_("Only the hub's sounder works; stay near her.")),
    Condition.CLOCK_UNSYNCHRONISED: (N_("The hub's clock is not set"), N_("Times may be wrong; alarms still work.")),
    Condition.HUB_DEGRADED: (N_("The hub is in trouble: {detail}"), N_("Look at her; restart the hub.")),
}

# What a pattern in the evidence makes of the words. Infantile spasms (West syndrome) look like startles, begin at 3 to
# 12 months and are urgent at any age.
PATTERNS: Mapping[str, tuple[str, str]] = {
    "spasm_cluster": (N_("{name}: sudden starts, again and again"), N_("Film it and see a doctor promptly, today.")),
}
# `cannot_judge` of a movement sensor.
NO_CONVULSION_SEEN = (
    N_("Not watching {name}: {device} would not show a convulsion{why}"),
    N_("Look at her; check how the sensor sits, its battery, and how far the hub is."),
)
# `no_data` of a sensor that is there, and sends what cannot be taken.
REFUSED = (
    N_("Not watching {name}: what {device} sends is refused: {refused}"),
    N_("Look at her, then check how it is set up."),
)
# `prolonged_movement` where the movement does not go on.
NOT_MOVING: Mapping[Movement, tuple[str, str]] = {
    Movement.STOPPED: (
        N_("{name}: seizure-like movement {minutes} min ago has stopped; nobody has said she is awake"),
        N_(
            "Go to her. If she does not wake up, or breathes badly, call {ambulance} now. If she is awake, say so here."
        ),
    ),
    Movement.UNKNOWN: (
        N_("{name}: seizure-like movement {minutes} min ago, no signal; nobody has said she is awake"),
        N_(
            "Go to her. If she jerks, does not wake up or breathes badly, call {ambulance} now. "
            "If not, say she is awake."
        ),
    ),
}
SOUNDER = (
    N_("The hub: {detail}"),
    N_("Phones still ring. See that the loudspeaker is on and plugged in, then try it: feverhub test-alarm."),
)
AWAKE = N_("{name}: {who} says that she is awake. Stay with her, note how long it was.")
RISING = N_("Her temperature is rising, and shivering often goes with that. Check that she responds.")

TEST = (N_("TEST"), N_("TEST of feverhub: this is how an alarm reaches you. Nothing has happened."))

ENDED: Mapping[Condition, str] = {
    Condition.SEIZURE_LIKE_MOVEMENT: N_("{name}: the movement has stopped. Is she awake, breathing, responding?"),
    Condition.PROLONGED_MOVEMENT: N_("{name}: the movement has stopped. Is she awake, breathing, responding?"),
    Condition.POSSIBLE_MOVEMENT: N_("{name}: the short or doubtful movement is over."),
    Condition.FEVER: N_("{name}: {value}, below your limit again{course}."),
    Condition.HIGH_FEVER: N_("{name}: {value}, below the high limit again{course}."),
    Condition.YOUNG_INFANT_FEVER: N_("{name}: {value}, below the limit again{course}. A doctor should still see her."),
    Condition.TEMPERATURE_RISING: N_("{name}: the notice that her temperature was rising is over."),
    Condition.MEASUREMENT_DUE: N_("{name}: no measurement by hand is asked for any more."),
    Condition.NO_DATA: N_("{device} of {name} is heard again."),
    Condition.NOT_WORN: N_("{device} of {name} is worn again."),
    Condition.CANNOT_JUDGE: N_("{device} of {name} can be judged again."),
}
FEVERS = (Condition.FEVER, Condition.HIGH_FEVER, Condition.YOUNG_INFANT_FEVER)
FALSE_ALARM = N_("{who} says it was a false alarm: {headline}")
SOMEBODY = N_("Somebody at home")
STILL = N_("Still: {title}")
ENDED_OTHERWISE = N_("Over: {headline}")
WITHDRAWN = N_("A reading was withdrawn, so this is over: {headline}")
NOT_WATCHED_ANY_MORE = N_("No longer watched, its sensor is not set up: {headline}")


# What a headline goes on with.
SINCE = N_("{line}, since {time}")
MINUTES = N_("{line} ({minutes} min)")
THERE = N_("{line} {who} is with her")
COMES = N_("{line} {who} is coming")
COMES_TOO = N_("{line}, {who} is coming")
QUIET_UNTIL = N_("{line}, quiet until {time}")
COURSE = N_("; above for {span}, at most {peak}")
FORECAST = N_("; forecast: {limit} at {first} to {last}")
HOURS = N_("{hours} h {minutes} min")
ONLY_MINUTES = N_("{minutes} min")
FEVER_FOR = N_("Fever for {days} days: see a doctor. {advice}")
DIFFER = N_("{advice} Her thermometers differ ({how}): measure by hand.")
AMBULANCE, AMBULANCE_BY_NUMBER = N_("an ambulance"), N_("an ambulance ({number})")
# What stands where nothing is known.
NO_VALUE, NO_LIMIT, YOUR_CHILD, A_SENSOR = N_("no value"), N_("none"), N_("your child"), N_("a sensor")
NO_DETAIL = N_("no detail known")
# The title of a push.
ALARM, CHECK, NOTE = N_("ALARM"), N_("Check"), N_("Note")


def _fields(alarm: Alarm, name: str, words: Locale) -> dict[str, str]:
    detail = alarm.evidence.detail if isinstance(alarm.evidence, FaultEvidence) else None
    why = alarm.evidence.why if isinstance(alarm.evidence, TemperatureEvidence | UnjudgedEvidence) else None
    refused = alarm.evidence.refused if isinstance(alarm.evidence, SilenceEvidence) else None
    return {
        "name": clip(name, NAME_CHARACTERS) or words.say(YOUR_CHILD),
        "value": words.say(NO_VALUE) if alarm.value is None else _measure(alarm.value, alarm.unit, words),
        "limit": words.say(NO_LIMIT) if alarm.limit is None else _measure(alarm.limit, alarm.unit, words),
        "minutes": str(care_plan.minutes(alarm)),
        "device": alarm.key.device or words.say(A_SENSOR),
        "detail": clip(words.say(detail or ""), DETAIL_CHARACTERS) or words.say(NO_DETAIL),
        "why": clip(f": {words.say(why)}", WHY_CHARACTERS) if why else "",
        "course": _course(alarm, words),
        "refused": clip(words.say(refused or ""), REFUSED_CHARACTERS),
    }


def _measure(value: float, unit: str, words: Locale) -> str:
    return words.temperature(value) if unit == "Cel" else f"{words.number(value)} {unit}".rstrip()


def _course(alarm: Alarm, words: Locale) -> str:
    """How long it was and how high, where that is known."""
    evidence = alarm.evidence
    if not isinstance(evidence, TemperatureEvidence) or evidence.duration_s is None or evidence.peak_c is None:
        return ""
    return words.say(COURSE, span=span(evidence.duration_s, words), peak=words.temperature(evidence.peak_c))


def _forecast(alarm: Alarm, words: Locale) -> str:
    """Between which times the limit may be reached, on the family's clock; nothing where there is no forecast."""
    spans_s = alarm.evidence.forecast_s if isinstance(alarm.evidence, TemperatureEvidence) else None
    if spans_s is None or alarm.limit is None:
        return ""
    first, last = (words.clock(alarm.raised_s + spans_s[i]) for i in (0, 2))
    return words.say(FORECAST, limit=words.temperature(alarm.limit), first=first, last=last)


def span(seconds: float, words: Locale = IN_ENGLISH) -> str:
    """A length of time in hours and minutes."""
    hours, minutes = divmod(round(seconds / 60.0), 60)
    if hours:
        return words.say(HOURS, hours=hours, minutes=f"{minutes:02}")
    return words.say(ONLY_MINUTES, minutes=minutes)


def clip(text: str, most: int) -> str:
    """At most so many characters, with an ellipsis where some are left out."""
    return text if len(text) <= most else text[: most - 1] + "…"


def headline(alarm: Alarm, name: str, words: Locale = IN_ENGLISH) -> str:
    """What it is, in one line."""
    fields = {**_fields(alarm, name, words), "forecast": _forecast(alarm, words)}
    line = words.say(_template(alarm)[0], **fields)
    if alarm.reason is Reason.WITHDRAWN and alarm.presence is Presence.OFF:
        return words.say(WITHDRAWN, headline=line)
    if alarm.reason is Reason.RESTORED and alarm.key.person:
        return words.say(NOT_WATCHED_ANY_MORE, headline=line)
    if alarm.presence in (Presence.OFF, Presence.LATCH) and alarm.cleared_s is not None:
        return words.say(ENDED.get(alarm.key.condition, ENDED_OTHERWISE), headline=line, **fields)
    return line


def text(alarm: Alarm, name: str, names: Mapping[str, str], words: Locale = IN_ENGLISH) -> str:
    """The headline with since when (on the family's clock) and who answered. names: of caregivers, by id."""
    if alarm.reason is Reason.FALSE_ALARM:
        who = _called(alarm.attended_by, names)
        bare = replace(alarm, presence=Presence.ON, cleared_s=None)
        return clip(words.say(FALSE_ALARM, who=who, headline=headline(bare, name, words)), MOST_CHARACTERS)
    line = headline(alarm, name, words)
    awake_by = alarm.evidence.awake_by
    if awake_by and alarm.presence is Presence.OFF:
        who = clip(names.get(awake_by, awake_by), NAME_CHARACTERS)
        return words.say(AWAKE, name=_fields(alarm, name, words)["name"], who=who)
    if alarm.cleared_s is None and _template(alarm) not in NOT_MOVING.values():
        line = words.say(SINCE, line=line, time=words.clock(alarm.onset_s))
        minutes = care_plan.minutes(alarm)
        if alarm.key.condition is Condition.SEIZURE_LIKE_MOVEMENT and minutes:
            line = words.say(MINUTES, line=line, minutes=minutes)
    return clip(_answered(alarm, line, names, words), MOST_CHARACTERS)


def _answered(alarm: Alarm, line: str, names: Mapping[str, str], words: Locale) -> str:
    """The line with who is there or coming, and until when it is quiet."""
    stopped = line if line.endswith(("?", ".")) else f"{line}."
    there, coming = (_called(who, names) for who in (alarm.attended_by, alarm.acknowledged_by))
    if there:
        line = words.say(THERE, line=stopped, who=there)
    if coming and alarm.acknowledged_by != alarm.attended_by:
        line = words.say(COMES_TOO, line=line, who=coming) if there else words.say(COMES, line=stopped, who=coming)
    if alarm.silent_until_s is not None and alarm.presence is not Presence.OFF:
        line = words.say(QUIET_UNTIL, line=line, time=words.clock(alarm.silent_until_s))
        if alarm.reason is Reason.SNOOZED and alarm.answered_by:
            line += f" ({_called(alarm.answered_by, names)})"
    return line


def _called(who: str, names: Mapping[str, str]) -> str:
    return clip(names.get(who, who), NAME_CHARACTERS)


def guidance(alarm: Alarm, family_text: str, plan: CarePlan = NO_PLAN, words: Locale = IN_ENGLISH) -> str:
    """What to do; for movement alarms the family's own text and plan come first."""
    evidence, own = alarm.evidence, _template(alarm)[1]
    if isinstance(evidence, RigorEvidence) and evidence.temperature_rising is True:
        return words.say(RISING)
    if alarm.key.condition in MOVEMENT:
        again = AGAIN if isinstance(evidence, SeizureEvidence) and (evidence.bout or 1) != 1 else ""
        age = OTHER_AGE if isinstance(evidence, SeizureEvidence) and evidence.outside_6_to_60_months else ""
        advice = " ".join(words.say(each) for each in (again, own, age) if each)
        return " ".join(
            filter(None, [family_text, care_plan.text(alarm, plan, words), _by_number(advice, plan, words)])
        )
    advice = words.say(own)
    if alarm.key.condition in FEVERS and _days(alarm) >= SEE_A_DOCTOR_DAYS:
        advice = words.say(FEVER_FOR, days=_days(alarm), advice=advice)
    if isinstance(evidence, TemperatureEvidence) and evidence.thermometers:
        how = clip(words.say(evidence.thermometers), DETAIL_CHARACTERS)
        advice = words.say(DIFFER, advice=advice, how=how)
    return advice


def _by_number(advice: str, plan: CarePlan, words: Locale) -> str:
    """The advice with the family's number at its first ambulance."""
    if plan.ambulance:
        advice = advice.replace("{ambulance}", words.say(AMBULANCE_BY_NUMBER, number=plan.ambulance), 1)
    return advice.replace("{ambulance}", words.say(AMBULANCE))


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


def push(alarm: Alarm, words: Locale = IN_ENGLISH, *, share_details: bool) -> tuple[str, str]:
    """Title and text of a push. Without leave of the family, no name and no value goes through others' servers.

    alarm: with its text and guidance in the same words.
    """
    title = words.say({Priority.HIGH: ALARM, Priority.MEDIUM: CHECK}.get(alarm.priority, NOTE))
    if share_details:
        return title, f"{alarm.text}. {alarm.guidance}" if _calls(alarm) else alarm.text
    return title, private_texts.push(alarm, words)


def _calls(alarm: Alarm) -> bool:
    """Whether it still calls for somebody: it is not over, and nobody has answered."""
    answered = alarm.acknowledged_by or alarm.reason in (Reason.FALSE_ALARM, Reason.SNOOZED)
    return alarm.presence is not Presence.OFF and not answered
