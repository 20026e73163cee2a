"""Waiting on the injected clock."""

import asyncio

from edge.ports import Clock


async def happened(event: asyncio.Event, clock: Clock, seconds: float) -> bool:
    """Wait until the event is set, at most so many seconds of that clock; whether it was set."""
    if event.is_set() or seconds <= 0:
        return event.is_set()
    sides = {asyncio.ensure_future(event.wait()), asyncio.ensure_future(clock.sleep(seconds))}
    try:
        await asyncio.wait(sides, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for side in sides:
            side.cancel()
        await asyncio.gather(*sides, return_exceptions=True)
    return event.is_set()
