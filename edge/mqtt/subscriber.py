"""A caregiver's MQTT client, as the demo plays it: hears a hub's messages and sends commands."""

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Self

from edge.errors import Unreachable
from edge.mqtt.inbound import FAILED, Accepted, Answered, Ended, InboundQueue, Incoming, LinkEvent, Subscribed
from edge.mqtt.link import BrokerSettings, Link
from edge.mqtt.properties import RECEIVE_MAXIMUM

MAX_WAITING = 1000
MOST_BULK, BULK_AT_ONCE = 65_535, 1_000


class Subscriber:
    """`async with Subscriber(settings, "feverhub/#") as phone: message = await phone.next(5)`.

    Of more than 1000 messages that nobody takes, the newest are dropped and counted in `dropped`; with `bulk`, for who
    reads of many hubs, none of 65,535.

    Raises
    ------
    Unreachable
        On entering: no connection; from `next`: the connection was lost, or the broker refused what was published.
    """

    def __init__(self, settings: BrokerSettings, *filters: str, bulk: bool = False) -> None:
        self._settings = settings
        self._most, self._at_once = (MOST_BULK, BULK_AT_ONCE) if bulk else (MAX_WAITING, RECEIVE_MAXIMUM)
        self._filters = filters
        self._stir = asyncio.Event()
        self._waiting: deque[Incoming] = deque()
        self._links: list[tuple[Link, InboundQueue]] = []
        self._lost = ""
        self._ready = False
        self._older = False
        self.dropped = 0

    async def __aenter__(self) -> Self:
        for version in self._settings.versions:
            inbound = InboundQueue(self._stir.set, self._most)
            name = f"subscriber-{secrets.token_hex(4)}"
            link = Link(
                self._settings,
                version,
                inbound,
                client_id=name,
                filters=self._filters,
                wants_retained=True,
                receive_maximum=self._at_once,
            )
            self._links = [(link, inbound)]
            self._lost, self._older = "", False
            link.start()
            if await self._opened(self._settings.connect_timeout_s + self._settings.answer_timeout_s):
                return self
            link.abandon()
            if self._lost and not self._older:
                break
        raise Unreachable(self._lost or "the broker did not answer in time")

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        link, _ = self._links[0]
        link.close()

    async def next(self, timeout_s: float | None) -> Incoming:
        """The next message. Raises TimeoutError when none comes; None: it may take for ever."""
        async with asyncio.timeout(timeout_s):
            while not self._waiting:
                self._stir.clear()
                self._collect()
                if not self._waiting and self._lost:
                    raise Unreachable(self._lost)
                if not self._waiting:
                    await self._stir.wait()
        return self._waiting.popleft()

    async def some(self, timeout_s: float | None) -> list[Incoming]:
        """All that has come, one at least. Raises as `next`."""
        found = [await self.next(timeout_s), *self._waiting]
        self._waiting.clear()
        return found

    async def until_marked(self, mark: str, timeout_s: float) -> AsyncIterator[Incoming]:
        """What comes before the echo of a message of our own, sent to `mark` now; that topic must be listened to.

        What is kept under a filter comes before it (MQTT 5.0, section 4.6). Raises TimeoutError when it takes longer.
        """
        self.publish(mark, b"")
        end_s = asyncio.get_running_loop().time() + timeout_s
        while (message := await self.next(end_s - asyncio.get_running_loop().time())).topic != mark:
            yield message

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Send with QoS 1, such as a command."""
        link, _ = self._links[0]
        link.publish(topic, payload, retain=retain)

    async def _opened(self, timeout_s: float) -> bool:
        try:
            async with asyncio.timeout(timeout_s):
                while not (self._ready or self._lost):
                    self._stir.clear()
                    self._collect()
                    if not (self._ready or self._lost):
                        await self._stir.wait()
        except TimeoutError:
            return False
        return self._ready

    def _collect(self) -> None:
        link, inbound = self._links[0]
        events, dropped = inbound.take()
        self.dropped += dropped
        for event in events:
            self._handle(link, event)

    def _handle(self, link: Link, event: LinkEvent) -> None:
        match event:
            case Incoming():
                link.acknowledge(event)
                if len(self._waiting) < self._most:
                    self._waiting.append(event)
                else:
                    self.dropped += 1
            case Accepted() if not self._filters:
                self._ready = True
            case Subscribed(refusal=""):
                self._ready = True
            case Subscribed():
                self._lost = f"the broker does not let this client listen ({event.refusal})"
            case Answered() if event.code >= FAILED:
                self._lost = f"the broker refuses a message ({event.name.lower()})"
            case Ended():
                self._lost, self._older = event.detail, event.try_older
