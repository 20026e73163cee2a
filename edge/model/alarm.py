"""The words of alarms, after IEEE 11073-10207 (BICEPS) and IEC 60601-1-8."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


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


class Presence(StrEnum):
    """Signal presence: `latch` when the cause has ended and nobody has answered yet."""

    ON = "on"
    OFF = "off"
    LATCH = "latch"
    ACK = "ack"


class Condition(StrEnum):
    SEIZURE_LIKE_MOVEMENT = "seizure_like_movement"
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
    SETTLING = "settling"
    BATTERY_LOW = "battery_low"
    ADAPTER_DOWN = "adapter_down"
    ANALYSIS_ERROR = "analysis_error"
    STORAGE_ERROR = "storage_error"
    BROKER_DOWN = "broker_down"
    NOBODY_REACHABLE = "nobody_reachable"
    CLOCK_UNSYNCHRONISED = "clock_unsynchronised"
    HUB_DEGRADED = "hub_degraded"


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
    REPEAT_NOT_DUE = "repeat_not_due"
    ESCALATED = "escalated"
    CONDITION_ENDED = "condition_ended"
    PRIORITY_NONE = "priority_none"
    NO_CHANNEL = "no_channel"
    RESTORED = "restored"
    TEST = "test"
    PAUSED = "paused"
    INHIBITED = "inhibited"
    REMINDER = "reminder"
    NIGHT = "night"


@dataclass(frozen=True, slots=True, order=True)
class AlarmKey:
    """What an alarm is about. Hub-wide alarms have neither person nor device."""

    condition: Condition
    person: str = ""
    device: str = ""


# The sounder in the room, as a target of signals; no caregiver can have this id.
ROOM = "*room"
# Whoever used a thing of the house that does not know who it was, such as the button beside the cot.
HOUSE = "*house"


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """When a target (a caregiver's id, or ROOM) is told of an alarm, and how often again until somebody answers.

    repeat_s: infinite for once only.
    """

    target: str
    after_s: float
    repeat_s: float


@dataclass(frozen=True, slots=True)
class Alarm:
    """The full state of one episode, as it is kept in the journal and on the retained topic.

    id: of the episode; receivers collapse on it. sequence: counts all changes of this hub, never repeats.
    acknowledged_by: who is coming. attended_by: who is with her.
    onset_s, raised_s, cleared_s: wall seconds; cleared_s is when the cause ended, also while latched.
    silent_until_s: wall seconds at which an answer or a snooze ends by itself, None while nothing silences it.
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
    acknowledged_by: str = ""
    attended_by: str = ""
    silent_until_s: float | None = None
    evidence: Mapping[str, object] = field(default_factory=dict)
    changed_s: float = 0.0
    unjournalled: bool = False
