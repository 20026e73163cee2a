"""What the publisher says of the broker, as values for the queue."""

from edge.app.hub.debounce import Debounce
from edge.app.hub.event_queue import EventQueue, Republish, ShowHealth
from edge.model.alarm import Condition
from edge.model.event import BrokerLinkChanged

DEBOUNCE_S = 30.0
"""A broker that restarts, or a router, is back within half a minute; the outbox loses nothing meanwhile."""


class BrokerState:
    """The publisher's callbacks: each only enqueues."""

    def __init__(self, queue: EventQueue) -> None:
        self._queue = queue
        self._debounce = Debounce(DEBOUNCE_S, self._is_down)

    def connection(self, connected: bool, detail: str) -> None:
        """The connection came or went; detail: why it went."""
        self._queue.post(BrokerLinkChanged(connected))
        if not connected:
            self._debounce.lost(detail)
            return
        self._debounce.back()
        self._queue.report(Condition.BROKER_DOWN, False, part="connection")
        self._queue.post(Republish())

    def problem(self, detail: str) -> None:
        """What is wrong although the broker may be there; empty: over."""
        self._queue.report(Condition.BROKER_DOWN, bool(detail), detail, "messages")

    async def home_assistant(self, word: str) -> None:
        """Home Assistant's birth message: it has forgotten all that is not retained, and so may the broker."""
        if word == "online":
            self._queue.post(Republish())
            self._queue.post(ShowHealth())

    def _is_down(self, why: str) -> None:
        self._queue.report(Condition.BROKER_DOWN, True, why, "connection")
