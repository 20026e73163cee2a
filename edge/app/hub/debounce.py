"""A short loss is everyday: only one that lasts is told."""

import asyncio
from collections.abc import Callable


class Debounce:
    """down: called with the newest reason once something has been lost for a while. Real time, also in replay."""

    def __init__(self, down: Callable[[str], None]) -> None:
        self._down = down
        self._timer: asyncio.TimerHandle | None = None
        self._why = ""
        self._said = False

    def lost(self, why: str, delay_s: float) -> None:
        """It is lost. A new reason for the same loss starts no new patience; once the loss is told, so is that."""
        news, self._why = why != self._why, why
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(delay_s, self._say)
        elif self._said and news:
            self._say()

    def back(self) -> None:
        """It is there again."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._said = False

    def _say(self) -> None:
        self._said = True
        self._down(self._why)
