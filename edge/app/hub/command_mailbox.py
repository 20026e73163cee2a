"""Commands from the broker, between the publisher that hears them and the intake that judges them."""

import asyncio
from collections.abc import Awaitable, Callable

from edge.mqtt.inbound import Incoming
from edge.ports import Progress


class CommandMailbox:
    """One message at a time: the publisher acknowledges it to the broker once it was taken, not before."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[Incoming] = asyncio.Queue(1)
        self._handled = 0
        self._unfinished = 0

    def progress(self) -> Progress:
        """How many messages were dealt with; one that was taken up and goes no further is work that stands still."""
        return Progress(self._handled, self._unfinished > 0)

    async def put(self, message: Incoming) -> None:
        """Leave a message, and wait until it was taken."""
        self._unfinished += 1
        try:
            await self._waiting.put(message)
            await self._waiting.join()
        finally:
            self._unfinished -= 1

    async def run(self, take: Callable[[Incoming], Awaitable[None]]) -> None:
        """Hand each message to `take`, until cancelled or until that raises; then that message counts as taken."""
        while True:
            message = await self._waiting.get()
            try:
                await take(message)
            finally:
                self._handled += 1
                self._waiting.task_done()
