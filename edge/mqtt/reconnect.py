"""When the hub connects to its broker again, and whether the link flaps. Pure: monotonic seconds come in."""

import random
from collections import deque

BACKOFF_MIN_S, BACKOFF_MAX_S = 1.0, 60.0
STABLE_S = 60.0
"""A connection that stood for so long was a good one: the next attempt is again the first, and trouble is over."""
DROPS, DROPS_WITHIN_S = 3, 60.0
"""So many connections lost within this time are a link that flaps: alarms get through by chance, so it is as good as
down. A router that restarts, or one bad minute of Wi-Fi, costs one or two."""
URGENT_FLAPPING_S = 5.0
"""How soon something to send cuts a pause short on a link that flaps; two hubs of one name would else push each other
out every second."""


def backoff_s(attempt: int, chance: random.Random) -> float:
    """Seconds until the next attempt (0 the first): 1 to 2, doubling up to 30 to 60, where chance decides between.

    Hubs that lost the same broker must not all come back in the same second.
    """
    longest = min(BACKOFF_MAX_S, BACKOFF_MIN_S * 2.0 ** min(attempt + 1, 16))
    return longest * chance.uniform(0.5, 1.0)


class Reconnects:
    """Counts attempts and lost connections."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._attempt = 0
        self._up_s: float | None = None
        self._drops: deque[float] = deque(maxlen=DROPS)
        self._problem = ""

    def connected(self, now_s: float) -> None:
        """The broker accepted a connection."""
        self._up_s = now_s

    def ended(self, now_s: float, cause: str, *, taken_over: bool = False) -> None:
        """An attempt failed or a connection was lost. taken_over: the broker says that another client has the name."""
        up_s, self._up_s = self._up_s, None
        if up_s is None:
            return
        if now_s - up_s >= STABLE_S:
            self._attempt = 0
            self._problem = ""
        self._drops.append(now_s)
        if taken_over:
            self._problem = cause
        elif len(self._drops) == DROPS and now_s - self._drops[0] <= DROPS_WITHIN_S and not self._problem:
            self._problem = (
                f"the link to the broker flaps, {DROPS} times lost within a minute ({cause});"
                " another client may use this hub's id"
            )

    def pause_s(self) -> tuple[float, float]:
        """Seconds until the next attempt, and until then where something has to be sent."""
        wait_s = backoff_s(self._attempt, self._chance)
        self._attempt += 1
        return wait_s, min(wait_s, URGENT_FLAPPING_S if self._problem else BACKOFF_MIN_S)

    def problem(self, now_s: float) -> str:
        """Why the link is no good although it may stand at this moment; empty: it is good."""
        if self._problem and self._up_s is not None and now_s - self._up_s >= STABLE_S:
            self._problem = ""
        return self._problem
