"""Blocking attempts of one channel, each in a thread of its own, so that a service that hangs holds up nobody.

The threads are daemons and not of a pool: a service that hangs for ever must neither hold up the end of the program
(pools are joined at exit) nor another channel.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable

from edge.ports import Outcome, Sent
from edge.push.connections import Connections

# Threads of one channel. Over HTTP and SMTP an attempt that is out of time is broken off, and its thread ends. Over any
# other protocol it ends by itself, perhaps late: it must neither keep the channel closed nor pile up without end.
_THREADS = 16


class Attempts:
    """time_out_s: wall seconds that one attempt may take in all, however slowly a service answers."""

    def __init__(self, time_out_s: float) -> None:
        self._time_out_s = time_out_s
        self._threads = 0

    async def make(self, work: Callable[[Connections], Sent]) -> Sent:
        """Run `work`, which blocks and never raises; it is given what its connections must be added to."""
        if self._threads >= _THREADS:
            return Sent(Outcome.RETRY, "too many earlier attempts still hang")
        connections = Connections()
        try:
            async with asyncio.timeout(self._time_out_s):
                return await self._in_thread(work, connections)
        except TimeoutError:
            return Sent(Outcome.RETRY, f"no answer within {self._time_out_s:g} s")
        finally:
            connections.end()

    async def _in_thread(self, work: Callable[[Connections], Sent], connections: Connections) -> Sent:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Sent] = loop.create_future()

        def finish(result: Sent) -> None:
            self._threads -= 1
            if not done.done():
                done.set_result(result)

        def run() -> None:
            result = work(connections)
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody is left to be told
                loop.call_soon_threadsafe(finish, result)

        self._threads += 1
        try:
            threading.Thread(target=run, name="push", daemon=True).start()
        except RuntimeError:
            finish(Sent(Outcome.RETRY, "this hub has no thread left to send with"))
        return await done
