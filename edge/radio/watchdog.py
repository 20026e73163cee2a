"""Deadlines of silence, and waiting for them on the injected clock. Liveness comes from arrival alone."""

import asyncio
import math

from edge.decoding import Profile
from edge.ports import Clock

AIR_QUIET_S = 90.0
"""No advertisement from anyone for this long: the scan is taken for dead. The same 90 s as Home Assistant's scanner
watchdog (habluetooth, SCANNER_WATCHDOG_TIMEOUT); an active scan next to one unchanged sensor is called about ten
times a second, so this is far outside of chance."""

SHORTEST_DEADLINE_S = 10.0
"""Never give up a connection sooner: a lost packet and a connection parameter update take a second or two."""


def deadline_s(profile: Profile) -> float:
    """Seconds without data after which a sensor's connection is taken for dead.

    Twice its usual longest gap, so that the new connection stands before three gaps have passed, when the family
    would be told that there are no data.
    """
    return max(SHORTEST_DEADLINE_S, 2 * profile.expected_interval_s)


ASTRAY_S = 5.0
"""Data that stay away so long, while another ear hears the sensor advertise, mean a lost connection: connected, most
sensors do not advertise. A proxy without power says nothing, and is only found out by its pings after 45 s."""


def astray_s(profile: Profile) -> float:
    """Seconds without data after which a sensor that advertises is taken to be connected no more."""
    return max(ASTRAY_S, 2 * profile.expected_interval_s) if not profile.silence_ok else math.inf


def left_s(last_s: float, limit_s: float, now_s: float) -> float:
    """Seconds until something last seen at `last_s` is overdue; zero or less: it is."""
    return last_s + limit_s - now_s


async def set_within(event: asyncio.Event, clock: Clock, seconds: float) -> bool:
    """Wait for an event, at most so many seconds of that clock; whether it was set."""
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
