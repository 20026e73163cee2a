"""A short loss is everyday: only one that lasts is reported."""

import asyncio
from collections.abc import Callable


class Debounce:
    """lost_for_long: called with the newest reason once something has been lost for `delay_s` (real time).

    delay_s: real seconds, also in replay, since what is lost is a connection of the real world.
    """

    def __init__(self, delay_s: float, lost_for_long: Callable[[str], None]) -> None:
        self._delay_s = delay_s
        self._lost_for_long = lost_for_long
        self._timer: asyncio.TimerHandle | None = None
        self._reason = ""
        self._reported = False

    def lost(self, reason: str) -> None:
        """It is lost. A new reason for the same loss starts no new delay; once the loss is reported, so is that."""
        changed, self._reason = reason != self._reason, reason
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._delay_s, self._report)
        elif self._reported and changed:
            self._report()

    def back(self) -> None:
        """It is there again."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._reported = False

    def _report(self) -> None:
        self._reported = True
        self._lost_for_long(self._reason)
