"""What every sounder of a room does: one burst after the other, until something else is wanted."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import NoReturn

RETRY_S = 5.0  # before another try of what failed


async def keep_up(changed: asyncio.Event, burst: Callable[[], Awaitable[float | None]]) -> NoReturn:
    """Play `burst`, which gives the pause after it in seconds, None for no more; until cancelled.

    changed: cuts the pause short, since something else is wanted.
    """
    while True:
        changed.clear()
        pause_s = await burst()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await changed.wait()
