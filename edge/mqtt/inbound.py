"""What happens on a connection, as values, and the queue that takes them from paho's threads to the loop."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

FAILED = 0x80
"""MQTT 5.0, section 2.4: reason codes from here on are failures."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message to this hub. retained: an old one that the broker had kept. repeated: it was sent before."""

    topic: str
    payload: bytes
    retained: bool = False
    response_topic: str = ""
    correlation: bytes = b""
    packet: int = 0
    qos: int = 0
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """The socket stands; now the broker has to answer."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the broker takes (MQTT 5.0, sections 3.2.2.3.3 and 3.2.2.3.6).

    certificate_ends: when each certificate of this connection ends, wall seconds; empty without TLS. session_kept: the
    broker knows what was subscribed to, so nothing is subscribed to anew.
    """

    receive_maximum: int
    max_packet_bytes: int
    certificate_ends: Mapping[str, float] = field(default_factory=dict)
    session_kept: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """The connection is over, or never was.

    try_older: the broker may speak only an older version. taken_over: another client has connected with this one's id.
    wordless: the broker did not say that it ends; killed, it may have lost what it had confirmed.
    """

    detail: str
    try_older: bool = False
    taken_over: bool = False
    wordless: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """PUBACK. code: MQTT 5 reason code; from 0x80 on it is a refusal."""

    packet: int
    code: int
    name: str


@dataclass(frozen=True, slots=True)
class Subscribed:
    """SUBACK. refusal: empty if the broker lets us listen."""

    refusal: str = ""


LinkEvent = Opened | Accepted | Ended | Answered | Subscribed | Incoming


class InboundQueue:
    """Hands values from paho's threads to the loop.

    Incoming messages beyond `limit` are dropped and counted; the other values are few by construction. The loop is
    woken once for a batch, so that a flood cannot grow the loop's own queue either.
    """

    def __init__(self, stir: Callable[[], None], limit: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._stir = stir
        self._limit = limit
        self._lock = threading.Lock()
        self._events: deque[LinkEvent] = deque()
        self._incoming = 0
        self._dropped = 0

    def put(self, event: LinkEvent) -> bool:
        """Call from any thread. False: dropped."""
        with self._lock:
            if isinstance(event, Incoming):
                if self._incoming >= self._limit:
                    self._dropped += 1
                    return False
                self._incoming += 1
            self._events.append(event)
            first = len(self._events) == 1
        if first:
            try:
                self._loop.call_soon_threadsafe(self._stir)
            except RuntimeError:  # the loop is closed: nobody is left to be told
                return False
        return True

    def take(self) -> tuple[list[LinkEvent], int]:
        """Everything that came since the last call, and how many messages were dropped."""
        with self._lock:
            events, dropped = list(self._events), self._dropped
            self._events.clear()
            self._incoming = self._dropped = 0
        return events, dropped
