"""Alarms: terms after IEEE 11073-10207 (BICEPS) and IEC 60601-1-8."""

from dataclasses import dataclass
from enum import StrEnum

from edge.model.evidence import NO_EVIDENCE, Evidence


class Kind(StrEnum):
    PHYSIOLOGICAL = "physiological"
    TECHNICAL = "technical"


class Priority(StrEnum):
    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """0 for none up to 3 for high."""
        return list(Priority).index(self)


class Audience(StrEnum):
    """Who is notified of a condition. While nobody is on watch, that is all caregivers.

    BY_STEPS: the caregiver on watch at once, the sounder and all others later, until somebody answers.
    ON_WATCH_ONLY: the caregiver on watch alone, once; the sounder stays silent.
    EVERYONE: all caregivers over all their channels, and the sounder, at once, until somebody answers.
    """

    BY_STEPS = "by_steps"
    ON_WATCH_ONLY = "on_watch_only"
    EVERYONE = "everyone"


class Presence(StrEnum):
    """Signal presence: `latch` when the cause has ended and nobody has answered yet."""

    ON = "on"
    OFF = "off"
    LATCH = "latch"
    ACK = "ack"


class Condition(StrEnum):
    """What may be wrong. Its value is its name in topics and JSON."""

    SEIZURE_LIKE_MOVEMENT = "seizure_like_movement"
    POSSIBLE_MOVEMENT = "possible_movement"
    PROLONGED_MOVEMENT = "prolonged_movement"
    RECURRING_TWITCHES = "recurring_twitches"
    RIGOR = "rigor"
    FEVER = "fever"
    HIGH_FEVER = "high_fever"
    YOUNG_INFANT_FEVER = "young_infant_fever"
    TEMPERATURE_RISING = "temperature_rising"
    LOW_TEMPERATURE = "low_temperature"
    MEASUREMENT_DUE = "measurement_due"
    NO_DATA = "no_data"
    NOT_WORN = "not_worn"
    CANNOT_JUDGE = "cannot_judge"
    SETTLING = "settling"
    BATTERY_LOW = "battery_low"
    ADAPTER_DOWN = "adapter_down"
    ANALYSIS_ERROR = "analysis_error"
    STORAGE_ERROR = "storage_error"
    BROKER_DOWN = "broker_down"
    NOBODY_REACHABLE = "nobody_reachable"
    CLOCK_UNSYNCHRONISED = "clock_unsynchronised"
    HUB_DEGRADED = "hub_degraded"

    @property
    def plain(self) -> str:
        """Its name as a person writes it: `seizure-like movement`."""
        return self.replace("seizure_like", "seizure-like").replace("_", " ")


class Reason(StrEnum):
    """Why something changed, or why a message was not sent. Stored with every transition."""

    EVIDENCE = "evidence"
    EVIDENCE_ENDED = "evidence_ended"
    NEW_ONSET = "new_onset"
    WORSE = "worse"
    BELOW_DELAY = "below_delay"
    DELAY_OVER = "delay_over"
    ACKNOWLEDGED = "acknowledged"
    FALSE_ALARM = "false_alarm"
    AWAKE = "awake"
    SNOOZED = "snoozed"
    SILENCE_OVER = "silence_over"
    NOT_ON_WATCH = "not_on_watch"
    NOT_ON_WATCH_YET = "not_on_watch_yet"
    ESCALATED = "escalated"
    PRIORITY_NONE = "priority_none"
    RESTORED = "restored"
    TEST = "test"
    PAUSED = "paused"
    INHIBITED = "inhibited"
    REMINDER = "reminder"
    NIGHT = "night"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, order=True)
class AlarmKey:
    """What an alarm is about. Hub-wide alarms have neither person nor device (both empty)."""

    condition: Condition
    person: str = ""
    device: str = ""


# The sounder in the room, as a target of notifications; no caregiver can have this id.
ROOM = "*room"
# The caregiver where a device of the house does not know who used it, such as the button beside the cot.
HOUSE = "*house"


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """Notification of one target (a caregiver's id, or ROOM): after_s after the alarm was raised, then every repeat_s.

    repeat_s: infinite for once only. An answer ends the repeats.
    """

    target: str
    after_s: float
    repeat_s: float


@dataclass(frozen=True, slots=True)
class Alarm:
    """The full state of one episode, as it is kept in the journal and on the retained topic. Times are wall seconds.

    id: of the episode; receivers collapse on it.
    key: condition, person and device.
    kind: physiological (about the child) or technical (about the hub and its sensors).
    priority: how urgent it is now.
    presence: on, acknowledged, latched, or off when the episode is over.
    onset_s: estimated begin of the cause, back-dated.
    raised_s: when the alarm was raised.
    sequence: number of this change among all changes of this hub; never repeats.
    reason: why it changed last.
    cleared_s: when the cause ended, also while latched; None while it holds.
    value: the measured value that it is about, in `unit`; None without one.
    limit: the limit that the value crossed, in `unit`; None without one.
    unit: UCUM code, such as Cel; empty without a value.
    text: one line for caregivers, at most 160 characters.
    guidance: what to do, for caregivers.
    private: both without a name and a value, for what goes through other people's servers.
    acknowledged_by: caregiver who said last that somebody is coming or there; empty for nobody.
    attended_by: caregiver who is with her; empty for nobody.
    answered_by: caregiver who gave the last answer of any kind, also a snooze or a pause; empty for nobody.
    silent_until_s: when an answer, a snooze or a pause ends by itself; None while nothing silences it.
    evidence: the figures it rests on, and what caregivers added.
    changed_s: when it changed last.
    unjournalled: whether it was published without being on disk first.
    """

    id: str
    key: AlarmKey
    kind: Kind
    priority: Priority
    presence: Presence
    onset_s: float
    raised_s: float
    sequence: int
    reason: Reason
    cleared_s: float | None = None
    value: float | None = None
    limit: float | None = None
    unit: str = ""
    text: str = ""
    guidance: str = ""
    private: str = ""
    acknowledged_by: str = ""
    attended_by: str = ""
    answered_by: str = ""
    silent_until_s: float | None = None
    evidence: Evidence = NO_EVIDENCE
    changed_s: float = 0.0
    unjournalled: bool = False
