"""What the pipeline asks the shell to do. The shell does it in order and decides nothing."""

from collections.abc import Mapping
from dataclasses import dataclass

from edge.model.alarm import Alarm, Reason
from edge.model.care import Entry
from edge.model.event import Verb
from edge.model.reading import Array, Quantity, Reading, Validity


@dataclass(frozen=True, slots=True)
class KeepReading:
    """Store one scalar. wall_s: when it was measured (arrival, unless the sensor's own time was believed)."""

    person: str
    device: str
    place: str
    reading: Reading
    wall_s: float
    synced: bool


@dataclass(frozen=True, slots=True, eq=False)
class KeepMotion:
    """Store samples. wall_s: (n,) float64 seconds; values: (n, 3) or (n,) float64, g."""

    person: str
    device: str
    place: str
    wall_s: Array
    values: Array
    synced: bool


@dataclass(frozen=True, slots=True)
class ShowLatest:
    """The latest value of a sensor, for its retained topic.

    person, device: their ids. place: site or limb, empty if unknown. quantity, value, unit: the reading, its unit in
    UCUM; value None: there is none to be trusted. validity: how far it is to be believed. reason: why not, empty if it
    is. wall_s: when it was measured, seconds since 1970. state: what the movement detector sees, empty for others.
    trend_c_per_h: where a temperature is going, None while that is not known.
    """

    person: str
    device: str
    place: str
    quantity: Quantity
    value: float | None
    unit: str
    validity: Validity
    wall_s: float
    reason: str = ""
    state: str = ""
    trend_c_per_h: float | None = None


@dataclass(frozen=True, slots=True)
class AlarmChanged:
    """Journal it, then publish its retained topic and its event. `alarm` is the whole new state."""

    alarm: Alarm


@dataclass(frozen=True, slots=True)
class Notify:
    """One caregiver is to be notified by push. For the record: what is sent over which channel follows as `SendPush`.

    stage: 0 the first notification, 1.. escalations and repeats. reach: over the first so many of the channels, 0 for
    all. verbs: what may be answered to it by a button on the phone. quiet: it makes no sound where the service knows
    how.
    """

    caregiver: str
    alarm_id: str
    title: str
    text: str
    urgent: bool
    stage: int = 0
    reach: int = 0
    verbs: tuple[Verb, ...] = ()
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class SendPush:
    """Try once to send this over that channel of the caregiver, and report what came of it under the same number.

    channel: counted from 0, in the order of the configuration. A channel never gets a second before it has reported.
    """

    caregiver: str
    channel: int
    number: int
    message: Notify


@dataclass(frozen=True, slots=True)
class StartTimer:
    """Report `TimerExpired` with this number after so many seconds of real time, whatever clock the core is given."""

    number: int
    after_s: float


@dataclass(frozen=True, slots=True)
class ClearPushes:
    """What was pushed to this caregiver about this episode so far leaves the screen, where the service knows how.

    Somebody has answered, or it is over. A message about that follows it, never precedes it.
    """

    caregiver: str
    alarm_id: str


@dataclass(frozen=True, slots=True)
class PushNotSent:
    """A notification that went out over no channel, or over this one no more, and why; goes to the journal."""

    message: Notify
    reason: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """A message that was not sent, and why; goes to the journal."""

    caregiver: str
    alarm_id: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Note:
    """A line of history for the journal: who did or said what."""

    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class ChangeCaregivers:
    """Carry this out, answer the command, and say who is there (`CaregiversChanged`). by: who asked.

    arguments: as `edge.commands` has checked them; some of them are secrets.
    """

    verb: Verb
    by: str
    request_id: str
    arguments: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class KeepEntry:
    """Journal this version of what a caregiver added, then publish it. Comes before the Reply that says so."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class Sound:
    """What the sounders shall play from now on; empty pattern: silence. level_percent: of full scale."""

    pattern: str
    reason: Reason
    level_percent: int = 100


@dataclass(frozen=True, slots=True)
class Film:
    """Ask the camera for a film of this episode: the doctor wants to see it."""

    alarm_id: str


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a command."""

    caregiver: str
    request_id: str
    ok: bool
    reason: str


@dataclass(frozen=True, slots=True)
class SendTestAlarm:
    """Ring every phone and the sounder as a test, over the real path.

    answers: whether the command is answered with what came of it, once every way has taken it or given up.
    """

    caregiver: str
    request_id: str
    messages: tuple[Notify, ...]
    answers: bool = True


@dataclass(frozen=True, slots=True)
class WriteFrames:
    """Write what the radio has heard lately into a file of the state folder, and answer the command. by: who asked."""

    by: str
    request_id: str


@dataclass(frozen=True, slots=True)
class Remember:
    """Who is on watch, what is paused and which phones were proven changed: show it, and keep `text` over a restart."""

    text: str


@dataclass(frozen=True, slots=True)
class RememberLevels:
    """Keep `text`, what the thermometers have read lately, over a restart; only the newest counts."""

    text: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """A frame that did not fit its layout. Counted, never a value."""

    device: str
    kind: str
    reason: str


Effect = (
    KeepReading
    | KeepMotion
    | KeepEntry
    | ShowLatest
    | AlarmChanged
    | Notify
    | SendPush
    | StartTimer
    | ClearPushes
    | PushNotSent
    | Withheld
    | Note
    | Sound
    | Film
    | Reply
    | SendTestAlarm
    | ChangeCaregivers
    | WriteFrames
    | Remember
    | RememberLevels
    | Dropped
)
