"""Whether anybody can have been told of an alarm; if not, the room must not wait its minute."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

# Two seconds from the decision to the sounder, less what the sounder needs to start.
PATIENCE_S = 1.5
REMEMBERED = 100


@dataclass(slots=True)
class _Telling:
    """pending: channels that have not answered yet. channels: whether there were any at all."""

    pending: int = 0
    channels: bool = False


class Taken:
    """connected: whether the broker has the alarm. not_taken: called once for an episode that nobody took.

    Nobody took it when every channel has failed; or, after 1.5 s, when none has delivered and there is no broker.
    """

    def __init__(self, connected: Callable[[], bool], not_taken: Callable[[str], None]) -> None:
        self._connected = connected
        self._not_taken = not_taken
        self._tellings: dict[str, _Telling] = {}

    def asked(self, alarm_id: str, channels: int) -> None:
        """It was handed to so many more channels."""
        telling = self._tellings.get(alarm_id)
        if telling is None:
            telling = self._tellings[alarm_id] = _Telling()
            asyncio.get_running_loop().call_later(PATIENCE_S, self._patience_over, alarm_id, telling)
            if len(self._tellings) > REMEMBERED:
                del self._tellings[next(iter(self._tellings))]
        telling.pending += channels
        telling.channels |= channels > 0

    def answered(self, alarm_id: str, *, delivered: bool) -> None:
        """One channel has delivered it, or given up for now."""
        telling = self._tellings.get(alarm_id)
        if telling is None:
            return
        telling.pending -= 1
        if delivered:
            del self._tellings[alarm_id]
        elif telling.pending <= 0:
            self._nobody(alarm_id)

    def _patience_over(self, alarm_id: str, telling: _Telling) -> None:
        if self._tellings.get(alarm_id) is not telling:
            return
        if not self._connected():
            self._nobody(alarm_id)
        elif not telling.channels:
            del self._tellings[alarm_id]

    def _nobody(self, alarm_id: str) -> None:
        del self._tellings[alarm_id]
        self._not_taken(alarm_id)
