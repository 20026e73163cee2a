"""What waits for the loop, in the order in which it is taken: the first part that is built, and the only way in.

Sources, the publisher, executors and side tasks hold this queue and put values into it; none of them holds the loop.
"""

import asyncio
from collections.abc import AsyncIterator, Hashable
from dataclasses import dataclass

from edge.model.alarm import Condition
from edge.model.event import Event, FaultReported

CAPACITY = 1000


@dataclass(frozen=True, slots=True)
class ShowHealth:
    """Publish the health topic now."""


@dataclass(frozen=True, slots=True)
class Republish:
    """Publish again what a broker or Home Assistant that comes back may have lost."""


@dataclass(frozen=True, slots=True)
class WatchBegan:
    """The state of before the restart is taken up: publish the status topics for the first time."""


Request = ShowHealth | Republish | WatchBegan
"""What the shell asks of the loop itself, beside the events for the core."""


class EventQueue:
    """Events as they came, bounded; and the hub's own news, of which only the newest of each key counts.

    idle: set while nothing waits and the last event was stepped.
    """

    def __init__(self) -> None:
        self.idle = asyncio.Event()
        self._waiting: asyncio.Queue[Event | Request] = asyncio.Queue(CAPACITY)
        self._latest: dict[Hashable, Event | Request] = {}
        self._stir = asyncio.Event()

    @property
    def waiting(self) -> int:
        """How many have not been taken yet."""
        return self._waiting.qsize() + len(self._latest)

    async def put(self, item: Event | Request) -> None:
        """Waits while the queue is full, so that a fast source is slowed and nothing is lost."""
        self.idle.clear()
        await self._waiting.put(item)

    def post(self, item: Event | Request, key: Hashable = "") -> None:
        """Never waits: takes the place of what waits under the same key (by default its type), so it cannot pile up."""
        self._latest[key or type(item).__name__] = item
        self.idle.clear()
        self._stir.set()

    def report(self, condition: Condition, present: bool, detail: str = "", part: str = "") -> None:
        """A technical condition of the hub itself begins or ends; only the newest report of each part counts."""
        # No sensor's id begins with a star, so a part of the hub is never taken for one.
        self.post(FaultReported(condition, present, detail, part and f"*{part}"), (condition, part))

    async def items(self) -> AsyncIterator[Event | Request]:
        """Without end. All of the hub's own news that wait, then one event, so that neither holds up the other."""
        while True:
            for key in list(self._latest):
                yield self._latest.pop(key)
            item = await self._next() if self._waiting.empty() else self._waiting.get_nowait()
            if item is not None:
                yield item

    async def _next(self) -> Event | Request | None:
        """The next event; None if news of the hub itself came first."""
        if not self._latest:
            self.idle.set()
        waiting = asyncio.ensure_future(self._waiting.get())
        stirred = asyncio.ensure_future(self._stir.wait())
        try:
            await asyncio.wait((waiting, stirred), return_when=asyncio.FIRST_COMPLETED)
            self._stir.clear()
            return waiting.result() if waiting.done() else None
        finally:
            waiting.cancel()
            stirred.cancel()
