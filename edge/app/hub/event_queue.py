"""What waits for the core, in the order in which it is stepped."""

import asyncio
from collections.abc import AsyncIterator, Hashable

from edge.model.event import Event

INBOX = 1000


class EventQueue:
    """Events as they came, bounded; and the hub's own news, of which only the newest of each key counts.

    idle: set while nothing waits and the last event was stepped.
    """

    def __init__(self) -> None:
        self.idle = asyncio.Event()
        self._inbox: asyncio.Queue[Event] = asyncio.Queue(INBOX)
        self._own: dict[Hashable, Event] = {}
        self._stir = asyncio.Event()

    async def put(self, event: Event) -> None:
        """Waits while the inbox is full, so that a fast source is slowed and nothing is lost."""
        self.idle.clear()
        await self._inbox.put(event)

    def put_own(self, key: Hashable, event: Event) -> None:
        """Takes the place of what waits under the same key, so it cannot pile up."""
        self._own[key] = event
        self.idle.clear()
        self._stir.set()

    async def events(self) -> AsyncIterator[Event]:
        """Without end. All of the hub's own news that wait, then one event, so that neither holds up the other."""
        while True:
            for key in list(self._own):
                yield self._own.pop(key)
            event = await self._next() if self._inbox.empty() else self._inbox.get_nowait()
            if event is not None:
                yield event

    async def _next(self) -> Event | None:
        """The next event; None if news of the hub itself came first."""
        if not self._own:
            self.idle.set()
        waiting = asyncio.ensure_future(self._inbox.get())
        stirred = asyncio.ensure_future(self._stir.wait())
        try:
            await asyncio.wait((waiting, stirred), return_when=asyncio.FIRST_COMPLETED)
            self._stir.clear()
            return waiting.result() if waiting.done() else None
        finally:
            waiting.cancel()
            stirred.cancel()
