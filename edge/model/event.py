"""What may enter the pipeline. Times `t_s` are on the monotonic clock of `Now.mono_s`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from edge.model.alarm import Condition
from edge.model.people import Caregiver
from edge.model.reading import Array, Reading


@dataclass(frozen=True, slots=True)
class FrameReceived:
    """Bytes from a sensor.

    kind: `manufacturer:0499`, `service_data:181c`, `characteristic:2a1c`, or `mqtt` (a message of a gateway).
    arrival_s: when the radio delivered it, before any queue; sample times, liveness and stamps follow it, while what is
    decided is decided at `now`. None: at `now`. An arrival later than `now` counts as `now`.
    """

    device: str
    kind: str
    payload: bytes
    rssi_dbm: int | None = None
    arrival_s: float | None = None


@dataclass(frozen=True, slots=True)
class AvailabilityReceived:
    """A topic says whether the gateway that hears a sensor, or the sensor, is there.

    kept: the broker tells what was said before. arrival_s: as of FrameReceived.
    """

    device: str
    topic: str
    there: bool
    kept: bool = False
    arrival_s: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class MotionReceived:
    """Samples with their times already known (recordings, simulation).

    t_s: (n,) float64, seconds. values: (n, 3) float64, g, or (n,) float64, g (magnitude); NaN rows are invalid.
    arrival_s: (n,) float64, when each sample arrived, for a batch of several packets; None: all of them now.
    """

    device: str
    t_s: Array
    values: Array
    arrival_s: "Array | None" = None


@dataclass(frozen=True, slots=True)
class ClockReceived:
    """A sensor's own clock was read.

    device_wall_s: its local time, in seconds since 1970 as if it were UTC. arrival_s: as of FrameReceived.
    """

    device: str
    device_wall_s: float
    arrival_s: float | None = None


@dataclass(frozen=True, slots=True)
class ReadingReceived:
    """A scalar reading with its arrival given by `now` (recordings, simulation, by hand)."""

    device: str
    reading: Reading


@dataclass(frozen=True, slots=True)
class FaultReported:
    """The shell reports to the core that a technical condition holds, or no longer does."""

    condition: Condition
    present: bool
    detail: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passed. Drives deadlines from boot on, also for a device that was never seen.

    as_of_s: when it was queued. Silence is judged as of then: a frame that arrived later may still wait behind it.
    None: at `now`.
    """

    as_of_s: float | None = None


class Verb(StrEnum):
    ACKNOWLEDGE = "acknowledge"
    WITH_HER = "with_her"
    AWAKE = "awake"
    SNOOZE = "snooze"
    PAUSE = "pause"
    FALSE_ALARM = "false_alarm"
    ON_WATCH = "on_watch"
    PHONE_CHANGED = "phone_changed"
    DOSE = "dose"
    NOTE = "note"
    ILLNESS = "illness"
    TEST = "test"
    DRILL = "drill"
    GOOD_NIGHT = "good_night"
    CAREGIVER = "caregiver"
    CAREGIVER_REMOVE = "caregiver_remove"
    BROKER_USER = "broker_user"
    FRAMES = "frames"


@dataclass(frozen=True, slots=True)
class Command:
    """What a caregiver asked for, from whichever surface.

    caregiver: its id. alarm: id of the episode meant; empty means every alarm that waits for an answer.
    local: whether it surely came from inside the house (the hub's own command line, a thing that stays there).
    surface: where it was said, in words for the history.
    """

    verb: Verb
    caregiver: str
    request_id: str = ""
    alarm: str = ""
    local: bool = True
    arguments: Mapping[str, object] = field(default_factory=dict)
    surface: str = ""


class Outcome(StrEnum):
    """What became of something that was sent: it arrived, it may yet arrive if tried again, or it never will."""

    DELIVERED = "delivered"
    RETRY = "retry"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PushReported:
    """An attempt to push has ended; every `SendPush` gets one, with its number. number 0: a test beside the queue."""

    caregiver: str
    channel: int
    number: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class TimerExpired:
    """The delay that `StartTimer` asked for under this number is over."""

    number: int


@dataclass(frozen=True, slots=True)
class BrokerLinkChanged:
    """The connection to the broker came or went; before the first of these there is none."""

    connected: bool


@dataclass(frozen=True, slots=True)
class NoticeAsked:
    """A quiet message to one caregiver that is no alarm: the daily summary, the answer to a phone button.

    subject: only the newest of one subject counts. reach: as in `Notify`.
    """

    caregiver: str
    subject: str
    title: str
    text: str
    reach: int = 0


@dataclass(frozen=True, slots=True)
class TargetProven:
    """A test alarm reached its target, such as ROOM, after so many seconds."""

    target: str
    seconds: float


@dataclass(frozen=True, slots=True)
class TestTaken:
    """A way to that caregiver's phone took a test, after so many seconds. Whether it was heard, an answer says."""

    __test__ = False  # no test of pytest

    caregiver: str
    seconds: float


@dataclass(frozen=True, slots=True)
class CaregiversChanged:
    """Who is there, from now on. channels: how many push channels each has. by_hand: where those stand who were written
    by hand. rung_anew: whose phones are rung at other addresses than before.
    """

    caregivers: tuple[Caregiver, ...]
    channels: Mapping[str, int] = field(default_factory=dict)
    by_hand: Mapping[str, str] = field(default_factory=dict)
    rung_anew: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FilmBegun:
    """The camera films an episode. alarm: its id. link: where the film will be found."""

    alarm: str
    link: str


Event = (
    FrameReceived
    | AvailabilityReceived
    | MotionReceived
    | ReadingReceived
    | ClockReceived
    | FaultReported
    | Tick
    | Command
    | PushReported
    | TimerExpired
    | BrokerLinkChanged
    | NoticeAsked
    | TargetProven
    | TestTaken
    | FilmBegun
    | CaregiversChanged
)
