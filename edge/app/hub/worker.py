"""One thread for one database: calls from the loop run there, in order."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Worker:
    """Calls are made on a single named thread; `await worker(function, ...)` gives the result or raises its error.

    A call that was asked for is made, also if who waits for it is cancelled: what is on its way to the disk arrives.
    """

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name)

    async def __call__(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        call = asyncio.get_running_loop().run_in_executor(self._pool, lambda: function(*args, **kwargs))
        call.add_done_callback(_retrieved)  # else asyncio logs an error that nobody waits for any more
        return await asyncio.shield(call)

    def close(self) -> None:
        """Wait for what is running; nothing more is taken."""
        self._pool.shutdown(wait=True)


def _retrieved(call: asyncio.Future[T]) -> None:
    if not call.cancelled():
        call.exception()
