"""Would a fever be noticed with what this thermometer sends? Pure.

A thermometer can send frames, and say nothing of use: interim values for ever, poor contact, a range where it is not
proven, a value that never changes. Each reading may have its good reason; together they leave a child unwatched.
"""

import math
from dataclasses import dataclass, replace

from edge.analysis.temperature.wearing import FAR_FROM_OTHERS
from edge.model.language import N_
from edge.model.reading import Reading, Validity

NOTHING_S = 20 * 60.0
"""Without one valid reading for so long: a patch has warmed up after 15 minutes at most."""
CONFIRM_S = 600.0
UNABLE_S = 30 * 60.0
"""A fever needs a level for ten minutes; valid readings that never last so long can show none. Warming up and these ten
take 25 minutes."""
OFF_S = 120.0
"""Off her body for so long, it is said to be (the delay of `not_worn`); what comes back sooner is a bad contact."""
FROZEN_FINE_S, FROZEN_COARSE_S = 3600.0, 4 * 3600.0
FINE_C, COARSE_C = 0.02, 0.1
"""How long a value may stay the same to the last digit: an hour in steps of a fiftieth of a degree, four in steps of a
tenth, in between in proportion. The skin never stands still, and a body's own course is a tenth of a degree in one or
two hours. Of 40,000 stretches of equal hourly readings in tenths (adults in intensive care, PhysioNet 2019: charts that
repeat values) 0.7 % were four hours or longer: a healthy sensor of tenths is doubted now and then.
"""
ODD, ODD_WITHIN_S, ODD_SHARE = 10, 1800.0, 0.05
"""So many single readings far from the rest, one in twenty at least, are no chance: a bad contact, or two sensors under
one name, of which one may be hers."""
HIGHER = 3
"""As many, where they lie above the rest: they may be a fever that the others hide. A bad contact reads low."""
TOO_LITTLE = N_("too little in a row")
TWO_VALUES = N_("single values are far from the rest, again and again")
CHANGES = 2
"""A sensor that was doubted for standing still is believed after so many changes."""
FROZEN = N_("its value has not changed at all for hours")


@dataclass(frozen=True, slots=True)
class Judgeable:
    """What is remembered of a thermometer's use. Times are monotonic seconds, None: never.

    from_s: since when it could have been judged: first seen, put on. valid_s: last valid reading. run_s: since when
    valid readings follow each other. able_s: when a fever could last have been confirmed.
    last_c: the last measured value. same_s: since when it has been that. step_c: the smallest change that was seen.
    changes: how often it changed since it was doubted. frozen: it is doubted for standing still.
    why: of the last reading that was not valid. off_s: since when it has not been on her. count: of readings.
    odd, higher: (when, count) of the last that were far from the rest; of those that were above it.
    """

    from_s: float | None = None
    valid_s: float | None = None
    run_s: float | None = None
    able_s: float | None = None
    last_c: float | None = None
    same_s: float = 0.0
    step_c: float = COARSE_C
    changes: int = 0
    frozen: bool = False
    why: str = ""
    off_s: float | None = None
    count: int = 0
    odd: tuple[tuple[float, int], ...] = ()
    higher: tuple[tuple[float, int], ...] = ()

    def doubt(self, now_s: float) -> str:
        """Why no fever could be noticed now; empty: one could be, or it is too early to say."""
        if self.frozen:
            return FROZEN
        if self._again_and_again(self.odd, ODD, now_s) or self._again_and_again(self.higher, HIGHER, now_s):
            return TWO_VALUES
        if self.from_s is None:
            return ""
        if now_s - max(self.from_s, self.valid_s or self.from_s) >= NOTHING_S:
            return self.why or N_("nothing usable")
        if now_s - max(self.from_s, self.able_s or self.from_s) >= UNABLE_S:
            return f"{TOO_LITTLE}: {self.why}" if self.why else TOO_LITTLE
        return ""

    def doubted_s(self) -> float:
        """From when on it is doubted if nothing usable comes (monotonic); inf before it was ever seen."""
        if self.from_s is None:
            return math.inf
        nothing_s = max(self.from_s, self.valid_s or self.from_s) + NOTHING_S
        return min(nothing_s, max(self.from_s, self.able_s or self.from_s) + UNABLE_S)

    def _again_and_again(self, odd: tuple[tuple[float, int], ...], many: int, now_s: float) -> bool:
        if len(odd) < many:
            return False
        first_s, first = odd[0]
        return now_s - first_s <= ODD_WITHIN_S and many / (self.count - first + 1) >= ODD_SHARE


def judgeable_after(before: Judgeable, reading: Reading, t_s: float, *, off: bool) -> Judgeable:
    """After one reading as it was assessed. off: it is not on her; after a while of that `not_worn` says so, and time
    begins anew.
    """
    after = _same(before, reading, t_s)
    odd = reading.reason == FAR_FROM_OTHERS
    after = replace(after, count=after.count + 1)
    if odd:
        seen = (t_s, after.count)
        above = before.last_c is not None and reading.value > before.last_c
        after = replace(after, odd=(*after.odd, seen)[-ODD:])
        after = replace(after, higher=(*after.higher, seen)[-HIGHER:]) if above else after
    off_s = (t_s if before.off_s is None else before.off_s) if off else None
    after = replace(after, off_s=off_s)
    if off_s is not None and t_s - off_s >= OFF_S:
        return replace(after, from_s=t_s, valid_s=None, run_s=None, able_s=None, why="")
    if after.from_s is None:
        after = replace(after, from_s=t_s)
    if reading.validity is not Validity.VALID:
        # It was off or warms up anew, so what came before says nothing of the level.
        broken = off or reading.validity is Validity.SETTLING
        return replace(after, why=reading.reason, run_s=None if broken else after.run_s)
    if after.run_s is None or after.valid_s is None or t_s - after.valid_s > NOTHING_S:
        return replace(after, valid_s=t_s, run_s=t_s)
    return replace(after, valid_s=t_s, able_s=t_s if t_s - after.run_s >= CONFIRM_S else after.able_s)


def _same(before: Judgeable, reading: Reading, t_s: float) -> Judgeable:
    celsius = reading.value
    if reading.validity is Validity.INVALID or math.isnan(celsius):
        return before
    if before.last_c is None:
        return replace(before, last_c=celsius, same_s=t_s)
    if celsius != before.last_c:
        step_c = min(before.step_c, max(FINE_C, abs(celsius - before.last_c)))
        changes = before.changes + 1 if before.frozen else 0
        frozen = before.frozen and changes < CHANGES
        return replace(before, last_c=celsius, same_s=t_s, step_c=step_c, changes=changes, frozen=frozen)
    if before.frozen or t_s - before.same_s < _still_s(before.step_c):
        return before
    return replace(before, frozen=True, changes=0)


def _still_s(step_c: float) -> float:
    share = (step_c - FINE_C) / (COARSE_C - FINE_C)
    return FROZEN_FINE_S + share * (FROZEN_COARSE_S - FROZEN_FINE_S)
