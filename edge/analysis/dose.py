"""What happened after a dose of a fever medicine. Pure; it says what was measured, not what the medicine did."""

from collections.abc import Iterable
from dataclasses import dataclass

# Paracetamol and ibuprofen act most about 3 to 4 hours after they were given (McIntyre & Hull 1996, Arch Dis Child
# 74:164).
EFFECT_S = 4 * 3600.0
BEFORE_S = 1800.0


@dataclass(frozen=True, slots=True)
class DoseEffect:
    """before_c: the last level in the half hour before, None without one. lowest_c: of the next four hours.

    lowest_s: when. watched_s: how far into the four hours levels are known. All on the clock of the levels.
    """

    before_c: float | None
    lowest_c: float
    lowest_s: float
    watched_s: float

    @property
    def fall_c(self) -> float | None:
        """How far it fell; None where the level before is not known."""
        return None if self.before_c is None else self.before_c - self.lowest_c


def dose_effect(levels: Iterable[tuple[float, float]], dose_s: float) -> DoseEffect | None:
    """The lowest level in the 4 h after a dose. levels: (t_s, celsius) of valid levels, oldest first.

    None while nothing was measured after it.
    """
    before_c, after = None, []
    for t_s, celsius in levels:
        if dose_s - BEFORE_S <= t_s <= dose_s:
            before_c = celsius
        elif dose_s < t_s <= dose_s + EFFECT_S:
            after.append((celsius, t_s))
    if not after:
        return None
    lowest_c, lowest_s = min(after)
    return DoseEffect(before_c, lowest_c, lowest_s, after[-1][1] - dose_s)
