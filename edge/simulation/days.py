"""Whole days of one child with a patch under the arm: with a fever, or without; what happens to patches happens."""

from dataclasses import dataclass, replace

import numpy as np

from edge.simulation.temperature import RISE_C_PER_H, Core, Dose, Fever, Patch, draw_patch
from edge.simulation.truth import TemperatureTrack
from edge.simulation.waves import Range, as_rng

DAY_S = 86400.0
HOUR_S = 3600.0

# Assumptions, all of them: no set of continuous curves of children at home is public. Peaks as seen in practice, most
# between 38.5 and 40; a patch slips about once in two days, comes off every third, and an armpit is warmed four times.
PEAK_C, PEAK_SPREAD_C, PEAK_LIMITS_C = 39.2, 0.6, (38.3, 40.8)
ONSET_S = Range(-2 * HOUR_S, 12 * HOUR_S)
"""Of the fever, from putting on the patch: one child in seven is feverish by then."""
PLATEAU_S = Range(3 * HOUR_S, 12 * HOUR_S)
FALL_C_PER_H = Range(0.5, 1.2)
DROPS_C = (1.6, 1.8)
"""Paracetamol and ibuprofen at 4 h: McIntyre & Hull 1996, Arch Dis Child 74:164."""
SLIPS_A_DAY, SLIP_S, SLIP_C = 0.5, Range(600.0, 3600.0), Range(0.5, 1.6)
OFF_SHARE, OFF_S = 0.3, Range(1200.0, 7200.0)
WARMED_A_DAY, WARMED_S, WARMED_C = 4.0, Range(600.0, 3600.0), Range(0.1, 0.6)
APART_S = 1800.0


@dataclass(frozen=True, slots=True, eq=False)
class Day:
    """What was read in 24 h, and what was true. site_c: (n,) C, the armpit as a settled patch in its place reads it."""

    core: Core
    patch: Patch
    track: TemperatureTrack

    @property
    def site_c(self) -> np.ndarray:
        return self.track.core_celsius - self.patch.offset_c


def draw_day(seed: int | np.random.Generator, *, fever: bool, interval_s: float = 60.0) -> Day:
    """A day of one child; the same seed gives the same bytes."""
    rng = as_rng(seed)
    base = Range(36.9, 37.3).draw(rng)
    core = Core(base_c=base, trough_s=float(rng.uniform(0.0, DAY_S)))
    if fever:
        core = replace(core, fevers=(_fever(rng, base),))
        core = replace(core, doses=_doses(rng, core))
    patch = _happenings(draw_patch(rng, interval_s=interval_s), rng)
    return Day(core, patch, patch.read(core, DAY_S, rng))


def _fever(rng: np.random.Generator, base_c: float) -> Fever:
    peak = PEAK_C
    while not PEAK_LIMITS_C[0] <= (peak := rng.normal(PEAK_C, PEAK_SPREAD_C)) <= PEAK_LIMITS_C[1]:
        pass
    rise, plateau, fall = RISE_C_PER_H.draw(rng), PLATEAU_S.draw(rng), FALL_C_PER_H.draw(rng)
    return Fever(ONSET_S.draw(rng), float(peak) - base_c, rise, plateau, fall)


def _doses(rng: np.random.Generator, core: Core) -> tuple[Dose, ...]:
    """One to three, six to eight hours apart, in seven of ten fevers; the first an hour or more after the onset."""
    if rng.random() >= 0.7:
        return ()
    given, doses = core.fevers[0].onset_s + rng.uniform(1.0, 4.0) * HOUR_S, []
    for _ in range(int(rng.integers(1, 4))):
        doses.append(Dose(float(given), float(rng.choice(DROPS_C))))
        given += rng.uniform(6.0, 8.0) * HOUR_S
    return tuple(doses)


def _happenings(patch: Patch, rng: np.random.Generator) -> Patch:
    """Slips, coming off and warmth, none of them upon another and none in the first hour."""
    taken: list[tuple[float, float]] = []

    def place(length_s: float) -> tuple[float, float] | None:
        for _ in range(20):
            start = float(rng.uniform(HOUR_S, DAY_S - length_s))
            if all(start > end + APART_S or start + length_s < begin - APART_S for begin, end in taken):
                taken.append((start, start + length_s))
                return taken[-1]
        return None

    off = place(OFF_S.draw(rng)) if rng.random() < OFF_SHARE else None
    slips = [(*at, SLIP_C.draw(rng)) for _ in range(rng.poisson(SLIPS_A_DAY)) if (at := place(SLIP_S.draw(rng)))]
    warmed = [(*at, WARMED_C.draw(rng)) for _ in range(rng.poisson(WARMED_A_DAY)) if (at := place(WARMED_S.draw(rng)))]
    if off is not None:
        patch = replace(patch, detached_s=off[0], put_back_s=off[1])
    return replace(patch, slips=tuple(sorted(slips)), warmed=tuple(sorted(warmed)))
