"""Reads slots of a ward, at least once: a message is acknowledged when whoever took it has it safe, and not before.

The broker keeps the session of this client: what comes while it is away waits there, and what it had not acknowledged
comes again. It is subscribed to once in the life of this process, and whenever the broker has forgotten the session;
not at each connection, since a cluster makes a queue of each filter, on several nodes, and is busy when one has died.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import structlog

from edge.mqtt.inbound import Accepted, Ended, InboundQueue, Incoming, LinkEvent, Subscribed
from edge.mqtt.link import BrokerSettings, Link, first_answer
from edge.mqtt.reconnect import Reconnects

SESSION_S = 86_400
"""A day: who mends a recorder has that long before anything is lost; hubs keep it all themselves."""
MOST_UNACKNOWLEDGED = 2_000
MOST_WAITING = 65_535
"""Packet ids of QoS 1 are as many (MQTT 5.0, section 2.2.1), so nothing is ever dropped here."""
PAUSE_S = 0.05
"""Between two batches: one write for what came in this time."""

log = structlog.get_logger(__name__)


class SlotReader:
    """name: of the client at the broker; two of one name push each other out. filters: what is read.

    on_state: (connected, why not), at each change.
    """

    def __init__(
        self,
        settings: BrokerSettings,
        name: str,
        filters: Sequence[str],
        on_state: Callable[[bool, str], None] = lambda _connected, _why: None,
    ) -> None:
        self._settings = settings
        self._name = name
        self._filters = tuple(filters)
        self._on_state = on_state
        self._stir = asyncio.Event()
        self._reconnects = Reconnects(random.Random())  # noqa: S311 - jitter, not a secret
        # Whether the broker has confirmed all filters, since the start.
        self._subscribed = False

    async def run(self, take: Callable[[Sequence[Incoming]], Awaitable[bool]]) -> None:
        """Until cancelled. take: gets what came, and returns once that is safe; False: it never will be, the end."""
        while True:
            why = await self._connect_once(take)
            self._on_state(False, why)
            log.warning("slots.not_connected", why=why)
            delay_s, _ = self._reconnects.pause_s()
            await asyncio.sleep(delay_s)

    async def _connect_once(self, take: Callable[[Sequence[Incoming]], Awaitable[bool]]) -> str:
        ended = Ended("")
        for version in self._settings.versions:
            self._stir.clear()
            inbound = InboundQueue(self._stir.set, MOST_WAITING)
            link = Link(
                self._settings,
                version,
                inbound,
                client_id=self._name,
                filters=self._filters,
                session_s=SESSION_S,
                receive_maximum=MOST_UNACKNOWLEDGED,
                resubscribes=not self._subscribed,
            )
            link.start()
            try:
                ended = await self._use(link, inbound, take)
            finally:
                link.abandon()
            if not ended.try_older:
                break
        self._reconnects.ended(time.monotonic(), ended.detail, taken_over=ended.taken_over)
        return ended.detail

    async def _use(
        self, link: Link, inbound: InboundQueue, take: Callable[[Sequence[Incoming]], Awaitable[bool]]
    ) -> Ended:
        events = await first_answer(partial(self._collect, inbound), self._stir, self._settings)
        missing = len(self._filters)
        while True:
            for event in events:
                if isinstance(event, Ended):
                    return event
                if isinstance(event, Subscribed) and event.refusal:
                    self._subscribed = False
                    return Ended(f"the broker does not let this client read ({event.refusal})")
                if isinstance(event, Accepted):
                    self._reconnects.connected(time.monotonic())
                missing -= len(self._filters) if isinstance(event, Accepted) and event.session_kept else 0
                missing -= isinstance(event, Subscribed)
                if not missing and isinstance(event, Accepted | Subscribed):
                    self._subscribed = True
                    self._on_state(True, "")
                    log.info("slots.reading", broker=f"{self._settings.host}:{self._settings.port}")
            messages = [event for event in events if isinstance(event, Incoming)]
            if messages and await take(messages):
                for message in messages:
                    link.acknowledge(message)
            await asyncio.sleep(PAUSE_S)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await self._stir.wait()
            events = self._collect(inbound)

    def _collect(self, inbound: InboundQueue) -> list[LinkEvent]:
        self._stir.clear()
        return inbound.take()[0]
