"""Does a sensor come and go? From its silences that were long enough for a convulsion to pass unseen. Pure.

Each of them is `no_data`, which ends with the first packet. One that ends within a minute never reaches the room, and a
sensor that is away for most of the night, a minute and a half at a time, would never be louder than that.
"""

import math
from dataclasses import dataclass

from edge.model.language import N_
from edge.model.limits import NO_DATA_MOTION_S

LASTED_S = NO_DATA_MOTION_S
"""A shorter silence does not count, also where the family set a shorter deadline: links do that every few minutes."""
FEW, WITHIN_S = 3, 3600.0
"""So many that began within an hour are no chance. Through a wall, as the benchmark has it (6 losses an hour, one in 90
of them a minute long), three come together in one night of some thousands."""
STEADY_S = 1200.0
"""Heard for so long without another, it stays: three within an hour lie 20 minutes apart on average."""
WHY = N_("it comes and goes")


@dataclass(frozen=True, slots=True)
class Silences:
    """began: when each silence began, of the hour before the last one, oldest first. until_s: when it was last seen to
    be silent. Monotonic seconds.
    """

    began: tuple[float, ...] = ()
    until_s: float = -math.inf

    @property
    def many(self) -> bool:
        """Whether the last of them was one too many."""
        return len(self.began) >= FEW

    def comes_and_goes(self, now_s: float) -> bool:
        """Whether it was silent too often to be believed, though it may be heard at this moment."""
        return self.many and now_s - self.until_s < STEADY_S


def silent(before: Silences, since_s: float, now_s: float) -> Silences:
    """It is silent now, since `since_s`."""
    if now_s - since_s < LASTED_S:
        return before
    if before.began and since_s <= before.began[-1]:
        return Silences(before.began, now_s)
    return Silences((*(at_s for at_s in before.began if since_s - at_s <= WITHIN_S), since_s), now_s)
