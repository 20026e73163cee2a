"""Figures of a temperature curve for the doctor: peak, hours above a level, what was watched. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edge.analysis.temperature import judged
from edge.model.care import HAND
from edge.model.people import Site
from edge.model.reading import Array, Quantity, Validity
from edge.storage.curves import Track

COUNTING = (Validity.VALID, Validity.QUESTIONABLE)
"""Settling values are left out."""
LEVELS_C = (38.0, 38.5, 39.0)
LEAST_GAP_S = 600.0
"""A pause is a gap from three intervals of the sensor on, and not below ten minutes."""


@dataclass(frozen=True, slots=True, eq=False)
class Worn:
    """What one thermometer on the child measured: valid readings by time, wall seconds and degrees Celsius, each (n,).

    quantity: by which it is judged. site: where it was worn last. gap_s: a longer pause is a gap.
    """

    device: str
    quantity: Quantity
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


def worn(tracks: Sequence[Track]) -> list[Worn]:
    """Those on the child, the one with most readings first; readings by hand last.

    Of a thermometer that sends core and skin only what it is judged by, since the two are never mixed.
    """
    sent: dict[str, set[Quantity]] = {}
    for track in tracks:
        sent.setdefault(track.device, set()).add(Quantity(track.quantity))
    own: dict[str, list[Track]] = {}
    for track in tracks:
        if track.place in set(Site) and judged(Quantity(track.quantity), list(sent[track.device])):
            own.setdefault(track.device, []).append(track)
    found = [_worn(device, pieces) for device, pieces in own.items()]
    return sorted((each for each in found if len(each.t_s)), key=lambda each: (each.by_hand, -len(each.t_s)))


def _worn(device: str, pieces: Sequence[Track]) -> Worn:
    t_s, celsius = (np.concatenate([getattr(each, name) for each in pieces]) for name in ("t_s", "values"))
    t_s, celsius = t_s[np.isfinite(celsius)], celsius[np.isfinite(celsius)]
    t_s, first = np.unique(t_s, return_index=True)  # also puts a clock that was set back in order
    usual_s = float(np.median(np.diff(t_s))) if len(t_s) > 1 else 0.0
    last = max(pieces, key=lambda each: float(each.t_s[-1]))
    return Worn(device, Quantity(last.quantity), Site(last.place), t_s, celsius[first], max(3 * usual_s, LEAST_GAP_S))
