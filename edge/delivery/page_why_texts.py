"""The words of the page's timeline and of "why": why an alarm rang, why it did not, and what became of each message."""

import datetime as dt
from collections.abc import Mapping

from edge.delivery import private_texts
from edge.delivery.care_texts import place_name, when
from edge.delivery.texts import span
from edge.model.alarm import ROOM, Alarm, Condition, Presence, Reason
from edge.model.evidence import (
    Evidence,
    FaultEvidence,
    MovementEvidence,
    ProlongedEvidence,
    RigorEvidence,
    SeizureEvidence,
    SilenceEvidence,
    TemperatureEvidence,
    TwitchEvidence,
    UnjudgedEvidence,
    WearEvidence,
)
from edge.model.language import N_, Locale

REASONS: Mapping[Reason, str] = {
    Reason.EVIDENCE: N_("The sensors show it"),
    Reason.EVIDENCE_ENDED: N_("The sensors show that it is over"),
    Reason.NEW_ONSET: N_("It began anew"),
    Reason.WORSE: N_("It got worse"),
    Reason.BELOW_DELAY: N_("It has not lasted long enough yet"),
    Reason.DELAY_OVER: N_("It has lasted long enough"),
    Reason.ACKNOWLEDGED: N_("Somebody is coming or there"),
    Reason.FALSE_ALARM: N_("It was called a false alarm"),
    Reason.AWAKE: N_("Somebody said that she is awake"),
    Reason.SNOOZED: N_("It was made quiet for a while"),
    Reason.SILENCE_OVER: N_("The quiet was over, and it still held"),
    Reason.NOT_ON_WATCH: N_("Not on watch"),
    Reason.NOT_ON_WATCH_YET: N_("Not on watch: notified later, if nobody answers"),
    Reason.ESCALATED: N_("Nobody had answered"),
    Reason.PRIORITY_NONE: N_("Too slight to notify anybody"),
    Reason.RESTORED: N_("The hub was restarted"),
    Reason.TEST: N_("A test"),
    Reason.PAUSED: N_("The watch was paused"),
    Reason.INHIBITED: N_("A worse alarm rang in its place"),
    Reason.REMINDER: N_("A reminder to who was coming"),
    Reason.NIGHT: N_("It can wait until the morning"),
    Reason.WITHDRAWN: N_("A reading was taken back"),
}
PRESENCE: Mapping[Presence, str] = {
    Presence.ON: N_("rings"),
    Presence.ACK: N_("answered"),
    Presence.LATCH: N_("over, waits for an answer"),
    Presence.OFF: N_("over"),
}
ROOM_NAME = N_("the sounder in the room")
TARGETS: Mapping[str, str] = {ROOM: ROOM_NAME, "everyone": N_("Everyone")}
BROKER = "MQTT"
SENT = N_("sent")
NOT_SENT = N_("not sent: {why}")
FATES: Mapping[str, str] = {
    "delivered": N_("delivered"),
    "retry": N_("not delivered"),
    "refused": N_("refused"),
    "no_channel": N_("not sent: no way to that phone is set up"),
    "superseded": N_("not sent: a newer one took its place"),
    "dropped": N_("not sent: too many were waiting"),
    "given up": N_("not delivered, and no longer tried"),
}
CONFIRMED = N_("confirmed by the broker at {at}")
WAITING = N_("not confirmed by the broker yet")
BY = N_("{what}, by {who}")
LASTED = N_("It lasted {length}.")
RAISED_AFTER = N_("It rang {length} after it began.")

VALUE = N_("It measured {value}; the limit there is {limit}.")
PEAK = N_("The highest was {value}, beyond the limit for {length}.")
SLOPE = N_("It rose by {difference} in half an hour.")
CORE = N_("That the temperature inside is {value} or more is likely to {percent} %.")
CORE_C = 38.0
RATE = N_("Jerks a second: {first} at first, {last} at last.")
REGULAR = N_("How evenly they came: {figure} of 1.")
DECIDED = N_("What decided: {what}.")
SHIVERS = N_("She shivered {rate} times a second.")
LIMBS = N_("Seen at: {limbs}.")
STILL = N_("Not seen at: {limbs}.")
BOUT = N_("Bout {number} of this episode.")
SILENT = N_("Nothing was received for {length}.")
NEVER = N_("Nothing was ever received since the hub began.")
COUNT = N_("{count} of them came.")
NO_FIGURES = N_("No figures are kept of it.")


def evidence(alarm: Alarm, words: Locale) -> list[str]:
    """What the alarm rests on, in sentences, the weightiest first."""
    said = [*_value(alarm, words), *_figures(alarm.evidence, words)]
    return said or [words.say(NO_FIGURES)]


def _value(alarm: Alarm, words: Locale) -> list[str]:
    if alarm.unit != "Cel" or alarm.value is None or alarm.limit is None:
        return []
    return [words.say(VALUE, value=words.temperature(alarm.value), limit=words.temperature(alarm.limit))]


def _figures(known: Evidence, words: Locale) -> list[str]:
    match known:
        case SeizureEvidence():
            said = _seizure(known, words)
        case TemperatureEvidence():
            said = _temperature(known, words)
        case SilenceEvidence():
            said = _silence(known, words)
        case WearEvidence() | UnjudgedEvidence():
            said = [_sentence(known.why, words)] if known.why else []
        case FaultEvidence():
            said = [_sentence(known.detail, words)] if known.detail else []
        case ProlongedEvidence() if known.moved_for_s is not None:
            said = [words.say(LASTED, length=span(known.moved_for_s, words))]
        case TwitchEvidence() if known.count is not None:
            said = [words.say(COUNT, count=known.count)]
        case RigorEvidence() if known.carrier_hz is not None:
            said = [words.say(SHIVERS, rate=words.number(known.carrier_hz))]
        case _:
            said = []
    return [*said, *_movement(known, words)] if isinstance(known, MovementEvidence) else said


def _seizure(known: SeizureEvidence, words: Locale) -> list[str]:
    said = []
    if known.rate_hz:
        said.append(words.say(RATE, first=words.number(known.rate_hz[0]), last=words.number(known.rate_hz[-1])))
    if known.regularity is not None:
        said.append(words.say(REGULAR, figure=words.number(known.regularity, 2)))
    if known.decided_by:
        said.append(words.say(DECIDED, what=", ".join(map(words.say, known.decided_by))))
    if (known.bout or 1) > 1:
        said.append(words.say(BOUT, number=str(known.bout)))
    return said + [_sentence(each, words) for each in (known.prior_effect, known.course) if each]


def _temperature(known: TemperatureEvidence, words: Locale) -> list[str]:
    said = []
    if known.peak_c is not None and known.duration_s is not None:
        said.append(words.say(PEAK, value=words.temperature(known.peak_c), length=span(known.duration_s, words)))
    if known.slope_c_per_30min is not None:
        rise = f"{words.difference(known.slope_c_per_30min)} {words.degree}"
        said.append(words.say(SLOPE, difference=rise))
    if known.p_core_38 is not None:
        said.append(words.say(CORE, value=words.temperature(CORE_C), percent=round(100 * known.p_core_38)))
    return said + [_sentence(each, words) for each in (known.why, known.thermometers) if each]


def _silence(known: SilenceEvidence, words: Locale) -> list[str]:
    said = [words.say(NEVER)] if known.ever_heard is False else []
    said += [] if known.silent_s is None else [words.say(SILENT, length=span(known.silent_s, words))]
    return said + ([_sentence(known.refused, words)] if known.refused else [])


def _movement(known: MovementEvidence, words: Locale) -> list[str]:
    said = [words.say(LIMBS, limbs=_limbs(known.limbs, words))] if known.limbs else []
    said += [words.say(STILL, limbs=_limbs(known.still_limbs, words))] if known.still_limbs else []
    return said + ([_sentence(known.handled, words)] if known.handled else [])


def _limbs(limbs: tuple[str, ...], words: Locale) -> str:
    return ", ".join(place_name(limb, words) for limb in limbs)


def _sentence(reason: str, words: Locale) -> str:
    text = words.reason(reason)
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?')) else '.'}"


def condition(what: Condition, words: Locale) -> str:
    """A condition in a few words, where an alarm has no text."""
    return words.say(private_texts.WORDS[what][0])


def transition(state: Alarm, names: Mapping[str, str], words: Locale) -> str:
    """One change of an alarm: why, by whom, and what it is since."""
    what = f"{words.say(REASONS[state.reason])}: {words.say(PRESENCE[state.presence])}"
    who = state.attended_by or state.acknowledged_by if state.reason is Reason.ACKNOWLEDGED else state.answered_by
    return words.say(BY, what=what, who=names.get(who, who)) if who else what


def to(target: str, names: Mapping[str, str], words: Locale) -> str:
    """Whom a message was for."""
    return words.say(TARGETS[target]) if target in TARGETS else names.get(target, target)


def fate(outcome: str, words: Locale) -> str:
    """What became of a message, as the history has it."""
    what, found, detail = outcome.strip(" :").partition(": ")
    said = words.say(FATES[what]) if what in FATES else words.reason(what)
    return f"{said}{found}{words.reason(detail)}" or words.say(SENT)


def withheld(reason: Reason, words: Locale) -> str:
    """Why a message was not sent."""
    return words.say(NOT_SENT, why=words.say(REASONS[reason]))


def confirmed(at_s: float | None, now_s: float, words: Locale) -> str:
    """What became of a message over MQTT."""
    return words.say(WAITING) if at_s is None else words.say(CONFIRMED, at=when(at_s, now_s, words))


def raised_after(alarm: Alarm, words: Locale) -> str:
    """How long it took from the first sign to the alarm; empty where it was at once."""
    late_s = alarm.raised_s - alarm.onset_s
    return words.say(RAISED_AFTER, length=span(late_s, words)) if late_s >= 60.0 else ""


# ---------------------------------------------------------------- timeline

WITHDRAWN = N_("{what} (taken back)")
TAKES = N_("{who} is on watch")
OFFERS = N_("{who} asks {to} to take the watch")
EVERYONE = N_("everyone is on watch, says {who}")
PAUSES = N_("{who} pauses watching for {minutes} min")
PAUSE_ENDS = N_("{who} ends the pause")
PAUSE_OVER = N_("the pause is over")
ANSWERED = "{who}: {what}"
ANSWERS: Mapping[Reason, str] = {
    Reason.ACKNOWLEDGED: N_("I'm coming"),
    Reason.AWAKE: N_("she is awake"),
    Reason.FALSE_ALARM: N_("false alarm"),
    Reason.SNOOZED: N_("quiet for a while"),
}
WITH_HER = N_("I'm with her")
OVER = N_("Over: {what}")
# From Monday on, and from January on.
DAYS = (
    *(N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday")),
    *(N_("Friday"), N_("Saturday"), N_("Sunday")),
)
MONTHS = (
    *(N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June")),
    *(N_("July"), N_("August"), N_("September"), N_("October"), N_("November"), N_("December")),
)
DATE = N_("{weekday}, {day} {month} {year}")


def date(day: dt.date, words: Locale) -> str:
    """A day in words."""
    weekday, month = words.say(DAYS[day.weekday()]), words.say(MONTHS[day.month - 1])
    return words.say(DATE, weekday=weekday, day=day.day, month=month, year=str(day.year))


def answered(state: Alarm, names: Mapping[str, str], words: Locale) -> str:
    """Who answered an alarm, and how."""
    who = state.answered_by or state.attended_by or state.acknowledged_by
    there = state.reason is Reason.ACKNOWLEDGED and bool(who) and state.attended_by == who
    what = WITH_HER if there else ANSWERS[state.reason]
    return ANSWERED.format(who=names.get(who, who), what=words.say(what))


# ---------------------------------------------------------------- why it is quiet

SENSOR_WATCHES = N_("{device} watches")
SENSOR_DOES_NOT = N_("{device} does not watch: {why}")
PENDING = N_("{condition}: seen for {length}, it rings after {delay}")
SLIGHT = N_("{condition}: seen, too slight to notify anybody")
INHIBITED = N_("{text}: not notified, a worse alarm rings in its place")
SNOOZE = N_("{condition}: quiet until {until} ({who})")
NO_SUCH_ALARM = N_("The hub keeps nothing of this alarm any more.")
NO_SUCH_DAY = N_("There is no such day.")
