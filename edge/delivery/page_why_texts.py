"""The words of the page's timeline and of "why": why an alarm rang, why it did not, and what became of each message."""

import datetime as dt
from collections.abc import Mapping

from edge.delivery.care_texts import clock
from edge.delivery.texts import span
from edge.model.alarm import ROOM, Alarm, Presence, Reason
from edge.model.effect import Notify
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

REASONS: Mapping[Reason, str] = {
    Reason.EVIDENCE: "The sensors show it",
    Reason.EVIDENCE_ENDED: "The sensors show that it is over",
    Reason.NEW_ONSET: "It began anew",
    Reason.WORSE: "It got worse",
    Reason.BELOW_DELAY: "It has not lasted long enough yet",
    Reason.DELAY_OVER: "It has lasted long enough",
    Reason.ACKNOWLEDGED: "Somebody is coming or there",
    Reason.FALSE_ALARM: "It was called a false alarm",
    Reason.AWAKE: "Somebody said that she is awake",
    Reason.SNOOZED: "It was made quiet for a while",
    Reason.SILENCE_OVER: "The quiet was over, and it still held",
    Reason.NOT_ON_WATCH: "Not on watch",
    Reason.NOT_ON_WATCH_YET: "Not on watch: notified later, if nobody answers",
    Reason.ESCALATED: "Nobody had answered",
    Reason.PRIORITY_NONE: "Too slight to notify anybody",
    Reason.RESTORED: "The hub was restarted",
    Reason.TEST: "A test",
    Reason.PAUSED: "The watch was paused",
    Reason.INHIBITED: "A worse alarm rang in its place",
    Reason.REMINDER: "A reminder to who was coming",
    Reason.NIGHT: "It can wait until the morning",
    Reason.WITHDRAWN: "A reading was taken back",
}
PRESENCE: Mapping[Presence, str] = {
    Presence.ON: "rings",
    Presence.ACK: "answered",
    Presence.LATCH: "over, waits for an answer",
    Presence.OFF: "over",
}
ROOM_NAME = "the sounder in the room"
BROKER = "MQTT"
SENT = "sent"
NOT_SENT = "not sent: {why}"
CONFIRMED = "confirmed by the broker at {at}"
WAITING = "not confirmed by the broker yet"
BY = "{what}, by {who}"
LASTED = "It lasted {length}."
RAISED_AFTER = "It rang {length} after it began."

VALUE = "It measured {value:.1f} °C; the limit there is {limit:.1f} °C."
PEAK = "The highest was {celsius:.1f} °C, beyond the limit for {length}."
SLOPE = "It rose by {celsius:.1f} °C in half an hour."
CORE = "That the temperature inside is 38.0 °C or more is likely to {percent} %."
RATE = "Jerks a second: {first:.1f} at first, {last:.1f} at last."
REGULAR = "How evenly they came: {figure:.2f} of 1."
DECIDED = "What decided: {what}."
SHIVERS = "She shivered {rate:.1f} times a second."
LIMBS = "Seen at: {limbs}."
STILL = "Not seen at: {limbs}."
BOUT = "Bout {number} of this episode."
SILENT = "Nothing was received for {length}."
NEVER = "Nothing was ever received since the hub began."
COUNT = "{count} of them came."
NO_FIGURES = "No figures are kept of it."


def evidence(alarm: Alarm) -> list[str]:
    """What the alarm rests on, in sentences, the weightiest first."""
    said = [*_value(alarm), *_figures(alarm.evidence)]
    return said or [NO_FIGURES]


def _value(alarm: Alarm) -> list[str]:
    if alarm.unit != "Cel" or alarm.value is None or alarm.limit is None:
        return []
    return [VALUE.format(value=alarm.value, limit=alarm.limit)]


def _figures(known: Evidence) -> list[str]:
    match known:
        case SeizureEvidence():
            said = _seizure(known)
        case TemperatureEvidence():
            said = _temperature(known)
        case SilenceEvidence():
            said = _silence(known)
        case WearEvidence() | UnjudgedEvidence():
            said = [_sentence(known.why)] if known.why else []
        case FaultEvidence():
            said = [_sentence(known.detail)] if known.detail else []
        case ProlongedEvidence() if known.moved_for_s is not None:
            said = [LASTED.format(length=span(known.moved_for_s))]
        case TwitchEvidence() if known.count is not None:
            said = [COUNT.format(count=known.count)]
        case RigorEvidence() if known.carrier_hz is not None:
            said = [SHIVERS.format(rate=known.carrier_hz)]
        case _:
            said = []
    return [*said, *_movement(known)] if isinstance(known, MovementEvidence) else said


def _seizure(known: SeizureEvidence) -> list[str]:
    said = [RATE.format(first=known.rate_hz[0], last=known.rate_hz[-1])] if known.rate_hz else []
    said += [] if known.regularity is None else [REGULAR.format(figure=known.regularity)]
    said += [DECIDED.format(what=", ".join(known.decided_by))] if known.decided_by else []
    said += [BOUT.format(number=known.bout)] if (known.bout or 1) > 1 else []
    return said + [_sentence(each) for each in (known.prior_effect, known.course) if each]


def _temperature(known: TemperatureEvidence) -> list[str]:
    said = []
    if known.peak_c is not None and known.duration_s is not None:
        said.append(PEAK.format(celsius=known.peak_c, length=span(known.duration_s)))
    if known.slope_c_per_30min is not None:
        said.append(SLOPE.format(celsius=known.slope_c_per_30min))
    if known.p_core_38 is not None:
        said.append(CORE.format(percent=round(100 * known.p_core_38)))
    return said + [_sentence(each) for each in (known.why, known.thermometers) if each]


def _silence(known: SilenceEvidence) -> list[str]:
    said = [NEVER] if known.ever_heard is False else []
    said += [] if known.silent_s is None else [SILENT.format(length=span(known.silent_s))]
    return said + ([_sentence(known.refused)] if known.refused else [])


def _movement(known: MovementEvidence) -> list[str]:
    said = [LIMBS.format(limbs=_limbs(known.limbs))] if known.limbs else []
    said += [STILL.format(limbs=_limbs(known.still_limbs))] if known.still_limbs else []
    return said + ([_sentence(known.handled)] if known.handled else [])


def _limbs(limbs: tuple[str, ...]) -> str:
    return ", ".join(limb.replace("_", " ") for limb in limbs)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?')) else '.'}"


def transition(state: Alarm, names: Mapping[str, str]) -> str:
    """One change of an alarm: why, by whom, and what it is since."""
    what = f"{REASONS[state.reason]}: {PRESENCE[state.presence]}"
    who = state.attended_by or state.acknowledged_by if state.reason is Reason.ACKNOWLEDGED else state.answered_by
    return BY.format(what=what, who=names.get(who, who)) if who else what


def to(target: str, names: Mapping[str, str]) -> str:
    """Whom a message was for."""
    return ROOM_NAME if target == ROOM else names.get(target, target)


def push(message: Notify, outcome: str) -> tuple[str, str]:
    """A push and its fate."""
    return f"{message.title}: {message.text}", outcome.strip(" :") or SENT


def withheld(reason: Reason) -> str:
    """Why a message was not sent."""
    return NOT_SENT.format(why=REASONS[reason].lower())


def confirmed(at_s: float | None, now_s: float, zone: dt.tzinfo) -> str:
    """What became of a message over MQTT."""
    return WAITING if at_s is None else CONFIRMED.format(at=clock(at_s, now_s, zone))


def raised_after(alarm: Alarm) -> str:
    """How long it took from the first sign to the alarm; empty where it was at once."""
    late_s = alarm.raised_s - alarm.onset_s
    return RAISED_AFTER.format(length=span(late_s)) if late_s >= 60.0 else ""


# ---------------------------------------------------------------- timeline

WITHDRAWN = "{what} (taken back)"
TAKES = "{who} is on watch"
OFFERS = "{who} asks {to} to take the watch"
EVERYONE = "everyone is on watch, says {who}"
PAUSES = "{who} pauses watching for {minutes} min"
PAUSE_ENDS = "{who} ends the pause"
PAUSE_OVER = "the pause is over"
ANSWERED = "{who}: {what}"
ANSWERS: Mapping[Reason, str] = {
    Reason.ACKNOWLEDGED: "I'm coming",
    Reason.AWAKE: "she is awake",
    Reason.FALSE_ALARM: "false alarm",
    Reason.SNOOZED: "quiet for a while",
}
WITH_HER = "I'm with her"
OVER = "Over: {what}"


def answered(state: Alarm, names: Mapping[str, str]) -> str:
    """Who answered an alarm, and how."""
    who = state.answered_by or state.attended_by or state.acknowledged_by
    there = state.reason is Reason.ACKNOWLEDGED and bool(who) and state.attended_by == who
    return ANSWERED.format(who=names.get(who, who), what=WITH_HER if there else ANSWERS[state.reason])


# ---------------------------------------------------------------- why it is quiet

SENSOR_WATCHES = "{device} watches"
SENSOR_DOES_NOT = "{device} does not watch: {why}"
PENDING = "{condition}: seen for {length}, it rings after {delay}"
SLIGHT = "{condition}: seen, too slight to notify anybody"
INHIBITED = "{text}: not notified, a worse alarm rings in its place"
SNOOZE = "{condition}: quiet until {until} ({who})"
NOTHING = "Nothing stands, nothing is paused and nothing is quiet."
NO_SUCH_ALARM = "The hub keeps nothing of this alarm any more."
NO_SUCH_DAY = "There is no such day."
