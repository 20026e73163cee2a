"""Both state machines as tables. A pair of state and input that is not listed raises and changes nothing."""

from collections.abc import Mapping
from enum import StrEnum

from edge.model.alarm import Reason


class ConditionState(StrEnum):
    ABSENT = "absent"
    PENDING = "pending"
    ACTIVE = "active"
    LATCHED = "latched"
    CLEARED = "cleared"


class ConditionInput(StrEnum):
    PRESENT = "present"
    NEW_ONSET = "new_onset"
    DELAY_OVER = "delay_over"
    ENDED = "ended"
    ENDED_UNANSWERED = "ended_unanswered"
    ANSWERED = "answered"


class SignalState(StrEnum):
    OFF = "off"
    ON = "on"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    ESCALATED = "escalated"


class SignalInput(StrEnum):
    DUE = "due"
    REPEAT = "repeat"
    REMIND = "remind"
    ACKNOWLEDGE = "acknowledge"
    SNOOZE = "snooze"
    SILENCE_OVER = "silence_over"
    WORSE = "worse"


_C, _I = ConditionState, ConditionInput

# `ended_unanswered` replaces `ended` when a latching condition ends before a caregiver has answered; `new_onset`
# replaces `present` when an onset lies long after the last sign that the episode still held.
CONDITION: Mapping[tuple[ConditionState, ConditionInput], tuple[ConditionState, Reason]] = {
    (_C.ABSENT, _I.PRESENT): (_C.PENDING, Reason.EVIDENCE),
    (_C.ABSENT, _I.ENDED): (_C.ABSENT, Reason.EVIDENCE_ENDED),
    (_C.PENDING, _I.PRESENT): (_C.PENDING, Reason.BELOW_DELAY),
    (_C.PENDING, _I.DELAY_OVER): (_C.ACTIVE, Reason.DELAY_OVER),
    (_C.PENDING, _I.ENDED): (_C.ABSENT, Reason.BELOW_DELAY),
    (_C.ACTIVE, _I.PRESENT): (_C.ACTIVE, Reason.EVIDENCE),
    (_C.ACTIVE, _I.NEW_ONSET): (_C.PENDING, Reason.NEW_ONSET),
    (_C.ACTIVE, _I.ANSWERED): (_C.ACTIVE, Reason.ACKNOWLEDGED),
    (_C.ACTIVE, _I.ENDED): (_C.CLEARED, Reason.EVIDENCE_ENDED),
    (_C.ACTIVE, _I.ENDED_UNANSWERED): (_C.LATCHED, Reason.EVIDENCE_ENDED),
    (_C.LATCHED, _I.PRESENT): (_C.PENDING, Reason.NEW_ONSET),
    (_C.LATCHED, _I.ENDED): (_C.LATCHED, Reason.EVIDENCE_ENDED),
    (_C.LATCHED, _I.ENDED_UNANSWERED): (_C.LATCHED, Reason.EVIDENCE_ENDED),
    (_C.LATCHED, _I.ANSWERED): (_C.CLEARED, Reason.ACKNOWLEDGED),
    (_C.CLEARED, _I.PRESENT): (_C.PENDING, Reason.NEW_ONSET),
    (_C.CLEARED, _I.ENDED): (_C.CLEARED, Reason.EVIDENCE_ENDED),
    (_C.CLEARED, _I.ENDED_UNANSWERED): (_C.CLEARED, Reason.EVIDENCE_ENDED),
}

_S, _J = SignalState, SignalInput

# One signal for each caregiver, and one for the sounder in the room, in each episode. There is no input for the end of
# an episode: its signals are dropped with it.
SIGNAL: Mapping[tuple[SignalState, SignalInput], tuple[SignalState, Reason]] = {
    (_S.OFF, _J.DUE): (_S.ON, Reason.DELAY_OVER),
    (_S.OFF, _J.ACKNOWLEDGE): (_S.ACKNOWLEDGED, Reason.ACKNOWLEDGED),
    (_S.OFF, _J.SNOOZE): (_S.SNOOZED, Reason.SNOOZED),
    (_S.OFF, _J.WORSE): (_S.ON, Reason.WORSE),
    (_S.ON, _J.REPEAT): (_S.ESCALATED, Reason.ESCALATED),
    (_S.ON, _J.ACKNOWLEDGE): (_S.ACKNOWLEDGED, Reason.ACKNOWLEDGED),
    (_S.ON, _J.SNOOZE): (_S.SNOOZED, Reason.SNOOZED),
    (_S.ON, _J.WORSE): (_S.ON, Reason.WORSE),
    (_S.ESCALATED, _J.REPEAT): (_S.ESCALATED, Reason.ESCALATED),
    (_S.ESCALATED, _J.ACKNOWLEDGE): (_S.ACKNOWLEDGED, Reason.ACKNOWLEDGED),
    (_S.ESCALATED, _J.SNOOZE): (_S.SNOOZED, Reason.SNOOZED),
    (_S.ESCALATED, _J.WORSE): (_S.ON, Reason.WORSE),
    (_S.ACKNOWLEDGED, _J.ACKNOWLEDGE): (_S.ACKNOWLEDGED, Reason.ACKNOWLEDGED),
    (_S.ACKNOWLEDGED, _J.SNOOZE): (_S.SNOOZED, Reason.SNOOZED),
    (_S.ACKNOWLEDGED, _J.REMIND): (_S.ACKNOWLEDGED, Reason.REMINDER),
    (_S.ACKNOWLEDGED, _J.SILENCE_OVER): (_S.ON, Reason.SILENCE_OVER),
    (_S.ACKNOWLEDGED, _J.WORSE): (_S.ON, Reason.WORSE),
    (_S.SNOOZED, _J.ACKNOWLEDGE): (_S.ACKNOWLEDGED, Reason.ACKNOWLEDGED),
    (_S.SNOOZED, _J.SNOOZE): (_S.SNOOZED, Reason.SNOOZED),
    (_S.SNOOZED, _J.SILENCE_OVER): (_S.ON, Reason.SILENCE_OVER),
    (_S.SNOOZED, _J.WORSE): (_S.ON, Reason.WORSE),
}
