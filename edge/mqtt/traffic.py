"""What is on its way over a connection: sent, confirmed, refused, or waited for too long."""

import time
from collections.abc import Callable

import structlog

from edge.mqtt.feeder import Feeder
from edge.mqtt.link import Link
from edge.mqtt.mailbox import FAILED, Accepted, Answered
from edge.mqtt.send_queue import Item, Window
from edge.mqtt.status import Reports

STALL_S = 20.0
PARK_S = 300.0
NO_PACKET = 0  # never used on the wire (MQTT 5.0, section 2.2.1)
HEADER_BYTES = 256  # at most, with what MQTT 5 carries beside (edge.mqtt.properties)

log = structlog.get_logger(__name__)


class Traffic:
    """Fills one connection after the other from the window. wall_s: wall clock, seconds."""

    def __init__(self, window: Window, feeder: Feeder, reports: Reports, wall_s: Callable[[], float]) -> None:
        self._window = window
        self._feeder = feeder
        self._reports = reports
        self._wall_s = wall_s
        self._sent_at: dict[int, float] = {}
        self._parked_at: float | None = None
        self._max_packet_bytes = 0

    def begin(self, accepted: Accepted) -> None:
        """A new connection, and what its broker takes."""
        self._window.reset(accepted.receive_maximum)
        self._max_packet_bytes = accepted.max_packet_bytes
        self._sent_at.clear()
        self._parked_at = None

    def fill(self, link: Link) -> None:
        """Send what may leave now, and let the outbox be read on."""
        while (item := self._window.next()) is not None:
            try:
                packet = self._send(link, item)
            except ValueError as error:
                self._window.sent(NO_PACKET, item)
                self.settle(Answered(NO_PACKET, FAILED, str(error)))
            else:
                self._window.sent(packet, item)
                self._sent_at[packet] = time.monotonic()
        self._feeder.nudge()

    def _send(self, link: Link, item: Item) -> int:
        """Give one message to the link; ValueError for one that would end the connection, now and at each new try."""
        message = item.message
        payload = item.payload_at(self._wall_s())
        if len(payload) + len(message.topic.encode()) + HEADER_BYTES > self._max_packet_bytes:
            raise ValueError(f"packet too large: {len(payload)} bytes")
        return link.publish(
            message.topic, payload, retain=message.retain, correlation=item.correlation, kept_s=item.kept_s
        )

    def settle(self, answer: Answered) -> None:
        """The broker confirmed a message, or refused it."""
        self._sent_at.pop(answer.packet, None)
        if answer.code < FAILED:
            self._window.confirmed(answer.packet)
            return
        item = self._window.refused(answer.packet)
        if item is None:
            return
        topic = item.message.topic
        log.warning("mqtt.refused", topic=topic, reason=answer.name)
        self._parked_at = self._parked_at or time.monotonic()
        self._reports.problem("refused", f"the broker refuses a message ({answer.name.lower()}): {topic}")

    def stalled(self) -> str:
        """In words, if the broker owes a confirmation for too long; else empty."""
        if self._sent_at and time.monotonic() - min(self._sent_at.values()) > STALL_S:
            return f"the broker confirmed nothing for {STALL_S:g} s"
        return ""

    def review(self) -> None:
        """Try refused messages again, but seldom: somebody may have mended the broker's rules. Say when all is well."""
        if self._parked_at is not None and time.monotonic() - self._parked_at > PARK_S:
            self._parked_at = None
            self._window.reread()
            self._feeder.wake()
        elif self._window.clear and not self._feeder.more:
            self._reports.problem("refused", "")
            self._reports.problem("memory", "")

    def add(self, item: Item) -> None:
        """Queue what only memory holds; what is lost for want of room is said."""
        self._window.add(item)
        if self._window.dropped:
            log.error("mqtt.memory_full", lost=self._window.dropped)
            self._reports.problem("memory", "messages that only memory held were lost: too many wait for the broker")
            self._window.dropped = 0
