"""Between the journal's outbox and the window, apart from the sending: a slow card holds up no alarm in memory."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from edge.errors import StorageError
from edge.mqtt.send_queue import LOOK_AHEAD, Window
from edge.ports import Journal

RunBlocking = Callable[..., Awaitable[Any]]
"""`await run_blocking(function, *arguments)`: `app` makes the call on the journal's thread."""

JOURNAL_RETRY_S = 5.0


class Feeder:
    """Writes confirmations down and reads further rows, whenever it is nudged.

    more: the outbox may hold rows that were not read yet.
    """

    def __init__(
        self,
        window: Window,
        journal: Journal,
        run_blocking: RunBlocking,
        *,
        wall_s: Callable[[], float],
        fed: Callable[[], None],
        on_problem: Callable[[str], None],
    ) -> None:
        self._window = window
        self._journal = journal
        self._run_blocking = run_blocking
        self._wall_s = wall_s
        self._fed = fed
        self._on_problem = on_problem
        self._nudged = asyncio.Event()
        self.more = True
        self.reading = False

    def wake(self) -> None:
        """The outbox has something new."""
        self.more = True
        self._nudged.set()

    def nudge(self) -> None:
        """The window has changed; wakes only if there is work."""
        if self._window.unwritten() or (self.reading and self.more and self._window.wants_rows):
            self._nudged.set()

    async def run(self) -> None:
        while True:
            await self._nudged.wait()
            self._nudged.clear()
            try:
                await self._write()
                await self._read()
            except StorageError as error:
                self.more = True
                self._on_problem(f"the outbox cannot be used ({error})")
                await asyncio.sleep(JOURNAL_RETRY_S)
                self._nudged.set()
            else:
                self._on_problem("")
            self._fed()

    async def _write(self) -> None:
        rows = self._window.unwritten()
        if rows:
            await self._run_blocking(self._journal.confirm, rows, self._wall_s())
            self._window.wrote(rows)

    async def _read(self) -> None:
        window = self._window
        if not (self.reading and self.more and window.wants_rows):
            return
        generation = window.generation
        self.more = False
        rows = await self._run_blocking(self._journal.pending, LOOK_AHEAD, window.cursor)
        if generation != window.generation:  # a new connection began meanwhile: read again from the oldest
            self.wake()
            return
        self.more = self.more or len(rows) >= LOOK_AHEAD
        window.load(rows)
