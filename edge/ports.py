"""What the core and `app` ask of the outside world; adapters implement these, and so do `tests/support/fakes`."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from edge.model.alarm import Alarm
from edge.model.care import Entry
from edge.model.effect import KeepMotion, KeepReading, Notify, Withheld
from edge.model.event import Event, Outcome
from edge.model.moment import Now

__all__ = [
    "GOODBYE",
    "LAST_END",
    "Clock",
    "Emit",
    "Filmer",
    "FrameSource",
    "Journal",
    "Notifier",
    "Outbox",
    "OutboxRow",
    "Outcome",
    "OutgoingMessage",
    "Publisher",
    "ReadingStore",
    "Sent",
    "Sounder",
]

Emit = Callable[[Event], Awaitable[None]]


class Clock(Protocol):
    """Time for the shell. A virtual clock (replay, demo) runs faster than the real one."""

    def now(self) -> Now: ...

    async def sleep(self, seconds: float) -> None:
        """Sleep for that many seconds of this clock."""


class FrameSource(Protocol):
    """Where sensor data come from: the radio, or a recording."""

    async def run(self, emit: Emit) -> None:
        """Hand events to `emit` until cancelled or, for a recording, until it ends."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Of one stage. done: counts its rounds. waits: whether there is work for it; one that has none may rest."""

    done: int
    waits: bool = True


class Listener(Protocol):
    """What hears sensors."""

    @property
    def listens(self) -> bool:
        """Whether any adapter, or whatever else it hears by, works now."""


class Ear(Listener, Protocol):
    """The radio."""

    def progress(self) -> Progress:
        """Of what hands over to the core."""


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One MQTT publish. expires_s: wall seconds after which it is marked historical; None: never.

    alarm_id: the episode it belongs to, empty for others.
    """

    topic: str
    payload: bytes
    retain: bool
    alarm_id: str = ""
    expires_s: float | None = None


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A message that waits in the journal until the broker confirmed it. row ids only ever grow."""

    row: int
    message: OutgoingMessage
    created_s: float


class ReadingStore(Protocol):
    """Time-series store. Calls block; `app` makes them on the storage thread. All raise StorageError."""

    def keep(self, items: Sequence[KeepReading | KeepMotion]) -> None:
        """Buffer readings in memory; nothing is on disk before `commit`."""

    def commit(self) -> None:
        """Put everything buffered on disk. On failure the buffer is kept (bounded) for the next try."""

    def close(self) -> None: ...


LAST_END, GOODBYE = "last connection ended", "with a goodbye"
"""Memo: a hub whose last connection ended otherwise was killed, and a power cut takes the family's broker with it."""


class Outbox(Protocol):
    """Messages that wait for one broker. On disk when a call returns. All raise StorageError."""

    def record(
        self,
        alarms: Sequence[Alarm],
        messages: Sequence[OutgoingMessage],
        wall_s: float,
        entries: Sequence[Entry] = (),
        memos: Mapping[str, str] = {},
    ) -> None:
        """Write alarm states, entries and their outgoing messages in one transaction. A version counts once.

        memos: texts by name, for `recall`; each takes the place of the one before.
        """

    def pending(self, limit: int, after: int = 0) -> list[OutboxRow]:
        """Oldest unconfirmed messages with a row id above `after`."""

    def confirm(self, rows: Sequence[int], wall_s: float) -> None:
        """The broker has confirmed these rows."""

    def reopen(self, within_s: float, before_s: float | None = None) -> None:
        """Events that were first confirmed within so many seconds before that wall time wait again, the newest 500.

        before_s: None for the newest confirmation. What is retained is no event.
        """

    def recall(self, name: str) -> str:
        """The text last recorded under that name; empty if none."""


class Journal(Outbox, Protocol):
    """Alarms, what caregivers added, deliveries, and the outbox of the family's broker."""

    @property
    def left_out(self) -> int:
        """Rows that were too damaged to be taken up since it was opened, without those that an earlier start noted."""

    def outbox_after(self, row: int, limit: int) -> list[OutboxRow]:
        """The oldest messages with a row id above `row`, whoever has confirmed them."""

    def last_outbox_row(self) -> int:
        """The highest row id that the outbox ever gave, 0 if none."""

    def cursor(self, name: str) -> int:
        """Where a reader of this file has got to, 0 at first."""

    def set_cursor(self, name: str, row: int) -> None:
        """Remember it."""

    def latest(self) -> list[Alarm]:
        """The last state of every alarm that there ever was, one for each key; off ones too."""

    def past(self, since_s: float) -> list[Alarm]:
        """The last state of every episode that changed at or after that wall time and is off, in order of sequence."""

    def entries(self, limit: int) -> list[Entry]:
        """The newest version of the last `limit` entries, in the order they were made."""

    def sequence(self) -> int:
        """The highest alarm sequence number ever recorded, 0 if none."""

    def note(self, wall_s: float, subject: str, detail: Notify | Withheld | str, outcome: str = "") -> None:
        """Append a line of history: a push attempt and its result, a message withheld, a command."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one push attempt. detail never contains the channel's URL, which is a secret."""

    outcome: Outcome
    detail: str = ""


class Notifier(Protocol):
    """One push channel of one caregiver. Never raises for a failed delivery; bounded by its own time-out."""

    async def send(self, message: Notify) -> Sent: ...


class Sounder(Protocol):
    """The sounder in the room."""

    async def play(self, pattern: str, level_percent: int = 100) -> Sent:
        """Play a pattern until the next call; empty stops it.

        pattern: "high", "medium", "technical", "technical_grown" or "test". level_percent: of full scale, 1 to 100.
        """


class Filmer(Protocol):
    """A camera in the room."""

    async def film(self, alarm_id: str) -> Sent:
        """Start a film; detail is its link, or why there is none. Never raises; bounded by its own time-out."""


class Publisher(Protocol):
    """The one owner of the broker connection. Only `run` waits; everything else hands over and returns."""

    @property
    def connected(self) -> bool: ...

    @property
    def connections(self) -> int:
        """How many a broker has accepted, since the start."""

    @property
    def in_flight(self) -> int:
        """How many messages the broker has yet to confirm."""

    @property
    def commands_lost(self) -> int:
        """Commands for which there was no room, since the start."""

    @property
    def certificate_ends(self) -> Mapping[str, float]:
        """When each certificate of the last connection ends, wall seconds; empty without TLS."""

    def wake(self) -> None:
        """There is something new in the outbox."""

    def show(self, topic: str, payload: bytes) -> None:
        """Publish the latest retained value of a topic, best effort; while offline only the newest is kept."""

    def publish_unjournalled(self, messages: Sequence[OutgoingMessage]) -> None:
        """Publish from memory what the journal could not take; bounded."""

    def send(self, topic: str, payload: bytes) -> None:
        """Publish once, from memory: for what is of no use later."""

    def reply(self, user: str, payload: bytes, response_topic: str = "", correlation: bytes = b"") -> None:
        """Answer a user on its reply topic, and on the MQTT 5 response topic if that lies under it.

        Raises ConfigError for a user who can have no topic.
        """

    async def run(self) -> None:
        """Connect, drain the outbox, reconnect; until cancelled."""
