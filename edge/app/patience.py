"""A short loss is everyday: only one that lasts is told."""

import asyncio
from collections.abc import Callable


class Patience:
    """down: called with the newest reason once something has been lost for a while. Real time, also in replay."""

    def __init__(self, down: Callable[[str], None]) -> None:
        self._down = down
        self._timer: asyncio.TimerHandle | None = None
        self._why = ""

    def lost(self, why: str, delay_s: float) -> None:
        """It is lost. A new reason for the same loss starts no new patience."""
        self._why = why
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(delay_s, lambda: self._down(self._why))

    def back(self) -> None:
        """It is there again."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
