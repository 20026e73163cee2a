"""What leaves next, what is in flight, and what became of it. No I/O, no clock of its own.

One queue belongs to one session (edge.mqtt.session) and outlives its connections; `reset` starts the next one. Lanes
in this order: the hub's own status, alarms that could not be journalled, the outbox, answers, the latest values.

A broker may lose what it has confirmed (it acknowledges before it saves), so retained states are sent again after
each reconnect, and the session lets the outbox have the events of the last minutes again.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from edge.mqtt.payloads import as_historical
from edge.ports import OutboxRow, OutgoingMessage

MAX_IN_FLIGHT = 10
"""MQTT 5.0 section 4.9 lets a client have up to Receive Maximum; few in flight means few to send twice."""

MAX_UNJOURNALLED = 500
MAX_ANSWERS = 64
MAX_UNWRITTEN = 10_000
LOOK_AHEAD = 200


EVENT_EXPIRY_S = 24 * 3600
"""How long the broker keeps an event for a phone that is away (MQTT 5.0, section 3.3.2.3.3). What stands is in the
retained state, and a broker's queue that is full of old events takes no new ones (mosquitto.conf, max_queued_messages).
"""

REPLY_EXPIRY_S = 300
"""The same for an answer: nobody waits for it any more."""


class Lane(Enum):
    STATUS = "status"
    UNJOURNALLED = "unjournalled"
    OUTBOX = "outbox"
    ANSWER = "answer"
    LATEST = "latest"


@dataclass(slots=True, eq=False)
class Item:
    """One message on its way. created_s: wall seconds. row: in the outbox, None elsewhere."""

    message: OutgoingMessage
    lane: Lane
    created_s: float = 0.0
    row: int | None = None
    correlation: bytes = b""
    superseded: bool = False

    @property
    def expiry_s(self) -> int | None:
        """How long the broker keeps it for a client that is away; None: until something newer comes."""
        if self.lane is Lane.ANSWER:
            return REPLY_EXPIRY_S
        return EVENT_EXPIRY_S if self.message.expires_s is not None and not self.message.retain else None

    def payload_at(self, wall_s: float) -> bytes:
        """The payload as it leaves now: an event past its time says so."""
        message = self.message
        if message.expires_s is None or message.retain or wall_s <= message.expires_s:
            return message.payload
        return as_historical(message.payload)


@dataclass(slots=True)
class SendQueue:
    """What waits to be sent, lane by lane, and what is on its way. Pure: neither a clock nor a broker is in it."""

    limit: int = MAX_IN_FLIGHT
    """Messages in flight at most; the broker may allow fewer."""
    generation: int = 0
    """Counts the readings of the outbox from its beginning."""
    cursor: int = 0
    """The last row of the outbox that was read."""
    deferred: int = 0
    """Messages that the broker refused."""
    dropped: int = 0
    """Messages that were lost for want of room."""
    _in_flight: dict[int, Item] = field(default_factory=dict)
    """By packet id: sent, and not yet confirmed."""
    _lanes: dict[Lane, deque[Item]] = field(default_factory=lambda: {lane: deque() for lane in Lane})
    """Waiting, oldest first."""
    _newest: dict[str, Item] = field(default_factory=dict)
    """By retained topic: the message that overtakes all earlier ones."""
    _latest: dict[str, bytes] = field(default_factory=dict)
    """By topic: what was shown last, whether sent or not."""
    _stale: dict[str, None] = field(default_factory=dict)
    """Topics whose latest payload the broker has not been sent, in the order in which they became so."""
    _refused: deque[Item] = field(default_factory=lambda: deque(maxlen=MAX_UNJOURNALLED))
    """Unjournalled messages that the broker refused: sent again with the next reading of the outbox."""
    _unwritten: deque[int] = field(default_factory=lambda: deque(maxlen=MAX_UNWRITTEN))
    """Rows of the outbox that are done, and not yet confirmed in the journal."""

    def reset(self, limit: int = MAX_IN_FLIGHT) -> None:
        """A new connection: nothing is in flight, and the outbox is read again from its oldest row."""
        for item in reversed(self._in_flight.values()):
            if item.lane in {Lane.UNJOURNALLED, Lane.ANSWER}:
                self._lanes[item.lane].appendleft(item)
        self._in_flight.clear()
        self._lanes[Lane.STATUS].clear()
        self._stale = dict.fromkeys(self._latest)
        self.limit = max(1, min(limit, MAX_IN_FLIGHT))
        self.reread()

    def reread(self) -> None:
        """Read the outbox again from its oldest row, with what was refused; what is in flight is not sent twice."""
        self._lanes[Lane.OUTBOX].clear()
        self._lanes[Lane.UNJOURNALLED].extendleft(reversed(self._refused))
        self._refused.clear()
        self.generation += 1
        self.cursor = 0
        self.deferred = 0

    def load(self, rows: Sequence[OutboxRow]) -> None:
        """Take rows read from the outbox, oldest first. An older state of the same retained topic need not be sent."""
        flying = {item.row for item in self._in_flight.values()}
        written = set(self._unwritten)
        for row in rows:
            self.cursor = max(self.cursor, row.row)
            if row.row in flying or row.row in written:
                continue
            item = Item(row.message, Lane.OUTBOX, row.created_s, row.row)
            if self._is_overtaken(item):
                self._unwritten.append(row.row)
                continue
            self._lanes[Lane.OUTBOX].append(item)
            self._overtake(item)

    def add(self, item: Item) -> None:
        """Queue a message that is not in the outbox. A full lane loses its oldest, and counts it."""
        lane = self._lanes[item.lane]
        limit = MAX_UNJOURNALLED if item.lane is Lane.UNJOURNALLED else MAX_ANSWERS
        if len(lane) >= limit:
            lane.popleft()
            self.dropped += 1
        lane.append(item)
        self._overtake(item)

    def show(self, topic: str, payload: bytes) -> None:
        """Keep the newest payload of a retained topic. One entry a topic; topics come from the configuration."""
        self._latest[topic] = payload
        self._stale[topic] = None

    @property
    def in_flight(self) -> int:
        return len(self._in_flight)

    @property
    def wants_rows(self) -> bool:
        """Whether there is room for another read of the outbox."""
        return len(self._lanes[Lane.OUTBOX]) < LOOK_AHEAD // 2

    @property
    def idle(self) -> bool:
        """Nothing is on its way and nothing waits to be written to the journal."""
        return not self._in_flight and not self._unwritten

    @property
    def urgent(self) -> bool:
        """An alarm waits, or is in flight."""
        lanes = (Lane.UNJOURNALLED, Lane.OUTBOX)
        flying = any(item.lane in lanes for item in self._in_flight.values())
        return flying or any(not item.superseded for lane in lanes for item in self._lanes[lane])

    @property
    def clear(self) -> bool:
        """Nothing waits, nothing is in flight, nothing was refused."""
        return not (self.deferred or self._in_flight or self._stale or any(self._lanes.values()))

    def next(self) -> Item | None:
        """The message that leaves now, if any may. The caller tells `sent` its packet id."""
        if len(self._in_flight) >= self.limit:
            return None
        for lane in (Lane.STATUS, Lane.UNJOURNALLED, Lane.OUTBOX, Lane.ANSWER):
            queue = self._lanes[lane]
            while queue:
                item = queue.popleft()
                if not item.superseded:
                    return item
                self._forget(item)
        if not self._stale:
            return None
        topic = next(iter(self._stale))
        del self._stale[topic]
        return Item(OutgoingMessage(topic, self._latest[topic], retain=True), Lane.LATEST)

    def sent(self, packet: int, item: Item) -> None:
        self._in_flight[packet] = item

    def confirmed(self, packet: int) -> None:
        """The broker has it."""
        item = self._in_flight.pop(packet, None)
        if item is None:
            return
        self._forget(item)
        if item is self._newest.get(item.message.topic):
            self._latest[item.message.topic] = item.message.payload

    def refused(self, packet: int) -> Item | None:
        """The broker will not have it. An alarm is deferred, in the journal or here, until `reread` or `reset`."""
        item = self._in_flight.pop(packet, None)
        if item is None or item.superseded:
            if item is not None:
                self._forget(item)
            return None
        self.deferred += 1
        if item.lane is Lane.UNJOURNALLED:
            self._refused.append(item)
        return item

    def unwritten(self) -> list[int]:
        """Rows whose confirmation is not in the journal yet."""
        return list(self._unwritten)

    def wrote(self, rows: Iterable[int]) -> None:
        done = set(rows)
        left = [row for row in self._unwritten if row not in done]
        self._unwritten.clear()
        self._unwritten.extend(left)

    def _forget(self, item: Item) -> None:
        if item.row is not None:
            self._unwritten.append(item.row)

    def _is_overtaken(self, item: Item) -> bool:
        newest = self._newest.get(item.message.topic) if item.message.retain else None
        if newest is None or newest.row == item.row:
            return False
        if newest.row is not None and item.row is not None:
            return item.row < newest.row
        return item.created_s < newest.created_s

    def _overtake(self, item: Item) -> None:
        """`item` is now the newest of its retained topic; an older one, deferred or waiting, is done with."""
        if not item.message.retain:
            return
        older = self._newest.get(item.message.topic)
        self._newest[item.message.topic] = item
        self._latest.pop(item.message.topic, None)
        self._stale.pop(item.message.topic, None)
        if older is not None and (older.row is None or older.row != item.row):
            older.superseded = True
