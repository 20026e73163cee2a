"""The core's timers, in real time: push services do not run faster in a replay."""

import asyncio
from collections.abc import Callable

from edge.model.effect import StartTimer
from edge.model.event import TimerExpired
from edge.pipeline import State


class Timers:
    """report: says to the core that one is over. Their number is bounded by what the core remembers."""

    def __init__(self, report: Callable[[TimerExpired], None]) -> None:
        self._report = report

    def execute(self, effect: StartTimer, _state: State) -> None:
        """Begin to count now; it cannot be called off, the core knows by its number whether it still means anything."""
        asyncio.get_running_loop().call_later(effect.after_s, self._report, TimerExpired(effect.number))
