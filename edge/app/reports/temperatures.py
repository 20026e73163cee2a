"""Figures of a temperature curve for the doctor: peak, hours above a level, what was watched. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edge.exports.record import Temperature, valid
from edge.model.care import HAND
from edge.model.effect import KeepReading
from edge.model.people import Site
from edge.model.reading import Array, Validity

LEVELS_C = (38.0, 38.5, 39.0)
LEAST_GAP_S = 600.0
"""A pause is a gap from three intervals of the sensor on, and not below ten minutes."""


@dataclass(frozen=True, slots=True, eq=False)
class Worn:
    """What one thermometer on the child measured: valid readings by time, wall seconds and degrees Celsius, each (n,).

    gap_s: a longer pause is a gap.
    """

    device: str
    site: Site
    t_s: Array
    celsius: Array
    gap_s: float

    @property
    def by_hand(self) -> bool:
        return self.device.startswith(HAND)

    def gaps(self, start_s: float, end_s: float) -> list[tuple[float, float]]:
        """Stretches of the span without a valid reading, by time."""
        inside = self.t_s[(self.t_s >= start_s) & (self.t_s <= end_s)]
        moments = np.concatenate(([start_s], inside, [end_s]))
        long = np.flatnonzero(np.diff(moments) > self.gap_s)
        return [(float(moments[i]), float(moments[i + 1])) for i in long]

    def hours_from(self, level_c: float) -> float:
        """So long it was at this level or above: each reading holds until the next, none over a gap."""
        if len(self.t_s) < 2:
            return 0.0
        steps = np.diff(self.t_s)
        counts = (steps <= self.gap_s) & (self.celsius[:-1] >= level_c)
        return float(steps[counts].sum()) / 3600.0

    def drawn(self) -> tuple[Array, Array]:
        """Times and values with a NaN in each gap, so that no line crosses it."""
        cuts = np.flatnonzero(np.diff(self.t_s) > self.gap_s) + 1
        return np.insert(self.t_s, cuts, np.nan), np.insert(self.celsius, cuts, np.nan)


def worn(thermometers: Sequence[Temperature]) -> list[Worn]:
    """Those on the child, the one with most readings first; readings by hand last. Settling values are left out."""
    found = []
    for thermometer in thermometers:
        good = [item for item in thermometer.readings if _counts(item)]
        if good:
            t_s = np.array([item.wall_s for item in good])
            t_s, first = np.unique(t_s, return_index=True)  # also puts a clock that was set back in order
            celsius = np.array([item.reading.value for item in good])[first]
            usual_s = float(np.median(np.diff(t_s))) if len(t_s) > 1 else 0.0
            gap_s = max(3 * usual_s, LEAST_GAP_S)
            found.append(Worn(thermometer.device, Site(good[-1].place), t_s, celsius, gap_s))
    return sorted(found, key=lambda each: (each.by_hand, -len(each.t_s)))


def _counts(item: KeepReading) -> bool:
    good = item.reading.validity in (Validity.VALID, Validity.QUESTIONABLE)
    return good and valid(item) and item.place in set(Site)
