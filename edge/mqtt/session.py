"""What is to be sent, over one connection after another: read from the outbox, sent, confirmed, refused, waited for.

The session owns the send queue; nothing else sees it. Its journal work runs apart from the sending, so that a slow card
delays no alarm that is in memory.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog

from edge.errors import StorageError
from edge.mqtt.inbound import FAILED, Accepted, Answered
from edge.mqtt.link import Link
from edge.mqtt.send_queue import LOOK_AHEAD, Item, SendQueue
from edge.ports import GOODBYE, LAST_END, Outbox

STALL_S = 20.0
RETRY_REFUSED_S = 300.0
RESEND_S = 360.0
"""A broker confirms before it saves, and mosquitto as shipped saves every five minutes: what it confirmed in this time
before a connection ended without a word may be lost. Phones collapse repeats on id and sequence."""
JOURNAL_RETRY_S = 5.0
NO_PACKET = 0  # never used on the wire (MQTT 5.0, section 2.2.1)
HEADER_BYTES = 256  # at most, with what MQTT 5 carries beside (edge.mqtt.properties)

RunBlocking = Callable[..., Awaitable[Any]]
"""`await run_blocking(function, *arguments)`: `app` makes the call on the journal's thread."""

log = structlog.get_logger(__name__)


class Status:
    """The publisher's state as `app` sees it; each change is reported once.

    on_state: (connected, why not). on_problem: every standing problem in one line, empty when there is none.
    """

    def __init__(self, on_state: Callable[[bool, str], None], on_problem: Callable[[str], None]) -> None:
        self._on_state = on_state
        self._on_problem = on_problem
        self._state = (False, "")
        self._problems: dict[str, str] = {}

    @property
    def connected(self) -> bool:
        return self._state[0]

    def state(self, connected: bool, detail: str) -> None:
        if (connected, detail) != self._state:
            self._state = (connected, detail)
            log.info("mqtt.connected" if connected else "mqtt.not_connected", detail=detail)
            self._on_state(connected, detail)

    def problem(self, subject: str, detail: str) -> None:
        """One problem a subject; empty: it is over. The first detail of a standing problem stays."""
        if bool(detail) == (subject in self._problems):
            return
        if detail:
            self._problems[subject] = detail
            log.warning("mqtt.problem", detail=detail)
        else:
            del self._problems[subject]
        self._on_problem("; ".join(self._problems.values()))


class Session:
    """Outlives the connections of one publisher.

    wall_s: wall clock, seconds. on_change: called when there may be something to send.
    """

    def __init__(
        self,
        journal: Outbox,
        run_blocking: RunBlocking,
        status: Status,
        *,
        wall_s: Callable[[], float],
        on_change: Callable[[], None],
    ) -> None:
        # What leaves next and what is in flight.
        self._queue = SendQueue()
        self._journal = journal
        self._run_blocking = run_blocking
        self._status = status
        self._wall_s = wall_s
        self._on_change = on_change
        # The outbox is to be read or confirmed.
        self._journal_due = asyncio.Event()
        # Whether the outbox may hold rows behind the cursor.
        self._more_rows = True
        # Whether the journal was asked how this hub ended before it started.
        self._knows_last_end = False
        # What the broker may have lost is to be sent again at the next connection.
        self._resend = False
        # When the first connection since then ended without a word, wall seconds; None: before this start.
        self._wordless_s: float | None = None
        # Between `begin` and `end`.
        self._connected = False
        # By packet id of what is in flight: since when, monotonic seconds.
        self._sent_s: dict[int, float] = {}
        # Since when messages wait that the broker refused, monotonic seconds; None: none does.
        self._refused_s: float | None = None
        # The largest packet that the broker takes on this connection.
        self._max_packet_bytes = 0
        # When each certificate of the last connection ends, wall seconds; empty without TLS.
        self.certificate_ends: Mapping[str, float] = {}

    @property
    def in_flight(self) -> int:
        return self._queue.in_flight

    @property
    def urgent(self) -> bool:
        """An alarm waits for the broker's confirmation."""
        return self._queue.urgent

    @property
    def idle(self) -> bool:
        """Nothing is on its way and nothing waits to be written to the journal."""
        return self._queue.idle

    def begin(self, accepted: Accepted, first: Item) -> None:
        """A new connection, and what its broker takes. first: sent before all else."""
        self._queue.reset(accepted.receive_maximum)
        self._max_packet_bytes = accepted.max_packet_bytes
        self.certificate_ends = accepted.certificate_ends
        self._sent_s.clear()
        self._refused_s = None
        self._connected = True
        self._queue.add(first)
        self.wake()

    def end(self, *, wordless: bool = False) -> None:
        """The connection is over: the outbox is read no further. wordless: the broker may have been killed."""
        if wordless and self._connected and not self._resend:
            self._resend, self._wordless_s = True, self._wall_s()
        self._connected = False

    async def part(self) -> None:
        """This hub ends, and has told the broker all that it had to: its next start has nothing to send again."""
        if self._knows_last_end and not self._resend:
            with contextlib.suppress(StorageError):
                await self._note_end(GOODBYE)

    def wake(self) -> None:
        """The outbox has something new."""
        self._more_rows = True
        self._journal_due.set()

    def show(self, topic: str, payload: bytes) -> None:
        """The latest payload of a retained topic."""
        self._queue.show(topic, payload)
        self._on_change()

    def add(self, item: Item) -> None:
        """Queue what only memory holds; a loss for want of room is reported."""
        self._queue.add(item)
        if self._queue.dropped:
            log.error("mqtt.memory_full", lost=self._queue.dropped)
            self._status.problem("memory", "messages that only memory held were lost: too many wait for the broker")
            self._queue.dropped = 0
        self._on_change()

    # ---------------------------------------------------------------- the connection's side

    def fill(self, link: Link) -> None:
        """Send what may leave now, and let the outbox be read on."""
        while (item := self._queue.next()) is not None:
            try:
                packet = self._send(link, item)
            except ValueError as error:
                self._queue.sent(NO_PACKET, item)
                self.settle(Answered(NO_PACKET, FAILED, str(error)))
            else:
                self._queue.sent(packet, item)
                self._sent_s[packet] = time.monotonic()
        if self._queue.unwritten() or self._may_read:
            self._journal_due.set()

    def _send(self, link: Link, item: Item) -> int:
        """Give one message to the link; ValueError for one that would end the connection, now and at each new try."""
        message = item.message
        payload = item.payload_at(self._wall_s())
        if len(payload) + len(message.topic.encode()) + HEADER_BYTES > self._max_packet_bytes:
            raise ValueError(f"packet too large: {len(payload)} bytes")
        return link.publish(
            message.topic, payload, retain=message.retain, correlation=item.correlation, expiry_s=item.expiry_s
        )

    def settle(self, answer: Answered) -> None:
        """The broker confirmed a message, or refused it."""
        self._sent_s.pop(answer.packet, None)
        if answer.code < FAILED:
            self._queue.confirmed(answer.packet)
            return
        item = self._queue.refused(answer.packet)
        if item is None:
            return
        topic = item.message.topic
        log.warning("mqtt.refused", topic=topic, reason=answer.name)
        self._refused_s = self._refused_s or time.monotonic()
        self._status.problem("refused", f"the broker refuses a message ({answer.name.lower()}): {topic}")

    def stalled(self) -> str:
        """Why the connection is given up, if the broker owes a confirmation for too long; else empty."""
        if self._sent_s and time.monotonic() - min(self._sent_s.values()) > STALL_S:
            return f"the broker confirmed nothing for {STALL_S:g} s"
        return ""

    def review(self) -> None:
        """Try refused messages again, but seldom: somebody may have mended the broker's rules. End what is over."""
        if self._refused_s is not None and time.monotonic() - self._refused_s > RETRY_REFUSED_S:
            self._refused_s = None
            self._queue.reread()
            self.wake()
        elif self._queue.clear and not self._more_rows:
            self._status.problem("refused", "")
            self._status.problem("memory", "")

    # ---------------------------------------------------------------- the journal's side

    async def run(self) -> None:
        """Write confirmations down and read further rows, whenever there is need, until cancelled."""
        while True:
            await self._journal_due.wait()
            self._journal_due.clear()
            try:
                await self._write()
                await self._resend_lately_confirmed()
                await self._read()
            except StorageError as error:
                self._more_rows = True
                self._status.problem("outbox", f"the outbox cannot be used ({error})")
                await asyncio.sleep(JOURNAL_RETRY_S)
                self._journal_due.set()
            else:
                self._status.problem("outbox", "")
            self._on_change()

    async def _write(self) -> None:
        rows = self._queue.unwritten()
        if rows:
            await self._run_blocking(self._journal.confirm, rows, self._wall_s())
            self._queue.wrote(rows)

    async def _resend_lately_confirmed(self) -> None:
        if not self._knows_last_end:
            with contextlib.suppress(StorageError):  # a journal that is not there yet is asked again at the next turn
                await self._learn_last_end()
        if not (self._resend and self._connected):
            return
        before_s = self._wordless_s
        self._resend, self._wordless_s = False, None  # before the wait, in which the connection may end again
        try:
            await self._run_blocking(self._journal.reopen, RESEND_S, before_s)
        except StorageError:
            self._resend, self._wordless_s = True, before_s
            raise

    async def _learn_last_end(self) -> None:
        last_end = await self._run_blocking(self._journal.recall, LAST_END)
        await self._note_end("")
        self._knows_last_end = True
        if last_end != GOODBYE:
            self._resend, self._wordless_s = True, None

    async def _note_end(self, how: str) -> None:
        await self._run_blocking(self._journal.record, (), (), self._wall_s(), (), {LAST_END: how})

    @property
    def _may_read(self) -> bool:
        return self._connected and self._more_rows and self._queue.wants_rows

    async def _read(self) -> None:
        if not self._may_read:
            return
        generation = self._queue.generation
        self._more_rows = False
        rows = await self._run_blocking(self._journal.pending, LOOK_AHEAD, self._queue.cursor)
        if generation != self._queue.generation:  # a new connection began meanwhile: read again from the oldest
            self.wake()
            return
        self._more_rows = self._more_rows or len(rows) >= LOOK_AHEAD
        self._queue.load(rows)
