"""Core temperature over the hours, and what a patch under the arm makes of it."""

from dataclasses import dataclass

import numpy as np

from edge.model.reading import Array
from edge.simulation.truth import Label, TemperatureTrack, Truth
from edge.simulation.waves import Range, as_rng

FEVER_CORE_C = 38.0
OFFSET_MEAN_C = 0.92
OFFSET_SPREAD_C = 0.54
OFFSET_LIMITS_C = (-0.15, 1.98)
RISE_C_PER_H = Range(0.8, 2.5)
SETTLING_TAU_S = Range(150.0, 200.0)
WARMING_TAU_S = 600.0
"""Of skin under a blanket or against a parent. An assumption."""


@dataclass(frozen=True, slots=True)
class Fever:
    """One episode: begins at onset_s, climbs at rise_c_per_h by height_c, stays plateau_s, falls at fall_c_per_h.

    Rates of rise of 0.8-2.5 °C/h are an assumption; a fast rise is no accepted trigger of seizures (AAFP 2012).
    """

    onset_s: float
    height_c: float
    rise_c_per_h: float = 1.5
    plateau_s: float = 4 * 3600.0
    fall_c_per_h: float = 0.8

    def at(self, t_s: Array) -> Array:
        """(n,) °C above the basis."""
        climb_s = self.height_c / self.rise_c_per_h * 3600.0
        up = np.clip((t_s - self.onset_s) / climb_s, 0.0, 1.0)
        past_s = t_s - self.onset_s - climb_s - self.plateau_s
        down = np.clip(1.0 - past_s * self.fall_c_per_h / 3600.0 / self.height_c, 0.0, 1.0)
        shape: Array = self.height_c * np.minimum(up, down)
        return shape


@dataclass(frozen=True, slots=True)
class Dose:
    """An antipyretic: takes up to drop_c off the fever, most at 3 h, two thirds gone after 7 h.

    Mean change at 4 h -1.6 (paracetamol) and -1.8 °C (ibuprofen): McIntyre & Hull 1996, Arch Dis Child 74:164.
    """

    given_s: float
    drop_c: float = 1.6

    def at(self, t_s: Array) -> Array:
        """(n,) °C to be taken off."""
        x = np.maximum((t_s - self.given_s) / 3600.0, 0.0) / 3.0
        effect: Array = self.drop_c * x**2 * np.exp(2.0 * (1.0 - x))
        return effect


@dataclass(frozen=True, slots=True)
class Core:
    """Core temperature. base_c: mean of the day; a day's swing with its trough at trough_s on the track's time."""

    base_c: float = 37.1
    swing_c: float = 0.25
    trough_s: float = 5 * 3600.0
    fevers: tuple[Fever, ...] = ()
    doses: tuple[Dose, ...] = ()

    def at(self, t_s: Array) -> Array:
        """(n,) °C. An antipyretic takes off no more than there is fever."""
        fever = sum((episode.at(t_s) for episode in self.fevers), np.zeros(t_s.size))
        relief = sum((dose.at(t_s) for dose in self.doses), np.zeros(t_s.size))
        day = self.base_c - self.swing_c * np.cos(2 * np.pi * (t_s - self.trough_s) / 86400.0)
        result: Array = day + np.maximum(fever - relief, 0.0)
        return result


def draw_offset(rng: np.random.Generator) -> float:
    """°C that the armpit reads below the core: 0.92, 95 % limits -0.15 to 1.98 in older infants and children.

    Craig 2000, BMJ 320:1174, 20 studies, 3,201 children. Drawn within these limits.
    """
    while True:
        offset = rng.normal(OFFSET_MEAN_C, OFFSET_SPREAD_C)
        if OFFSET_LIMITS_C[0] <= offset <= OFFSET_LIMITS_C[1]:
            return float(offset)


@dataclass(frozen=True, slots=True)
class Patch:
    """A thermometer patch under the arm.

    offset_c: core minus site. settling_tau_s: time constant after it was put on at put_on_s; 150-200 s brings it within
    0.1 °C of its level in 10-15 min. slips: (start_s, end_s, drop_c) while it sits badly. detached_s: when it falls
    off (then it cools to the room within minutes), None: it stays. resolution_c: step of the reading.
    """

    interval_s: float = 30.0
    offset_c: float = OFFSET_MEAN_C
    settling_tau_s: float = 170.0
    put_on_s: float = 0.0
    room_c: float = 22.0
    start_c: float = 30.0
    noise_c: float = 0.02
    resolution_c: float = 0.01
    slips: tuple[tuple[float, float, float], ...] = ()
    detached_s: float | None = None
    put_back_s: float | None = None
    warmed: tuple[tuple[float, float, float], ...] = ()

    def read(self, core: Core, duration_s: float, seed: int | np.random.Generator) -> TemperatureTrack:
        """Readings every interval from the moment it is put on."""
        rng = as_rng(seed)
        t_s = np.arange(self.put_on_s, duration_s, self.interval_s)
        true_c = core.at(t_s)
        slow = np.convolve(rng.normal(0.0, 1.0, t_s.size + 40), np.ones(41) / np.sqrt(41.0), mode="valid")
        target = true_c - self.offset_c + 0.04 * slow[: t_s.size] + self._warmth(t_s)
        tau = np.full(t_s.size, self.settling_tau_s)
        for start, end, drop_c in self.slips:
            target[(t_s >= start) & (t_s < end)] -= drop_c
        if self.detached_s is not None:
            off = (t_s >= self.detached_s) & (t_s < (self.put_back_s or np.inf))
            target[off], tau[off] = self.room_c, 240.0
        level, site = self.start_c, np.empty(t_s.size)
        for i in range(t_s.size):
            level += (target[i] - level) * (1.0 - np.exp(-(self.interval_s if i else 0.0) / tau[i]))
            site[i] = level
        site += rng.normal(0.0, self.noise_c, t_s.size)
        read_c = np.round(np.round(site / self.resolution_c) * self.resolution_c, 6)
        return TemperatureTrack(t_s, read_c, true_c, self._rows(core, duration_s))

    def _warmth(self, t_s: Array) -> Array:
        """(n,) C by being fed, held or covered: it comes and goes with a time constant of minutes."""
        warmth = np.zeros(t_s.size)
        for start, end, rise_c in self.warmed:
            come = 1.0 - np.exp(-np.clip(t_s - start, 0.0, end - start) / WARMING_TAU_S)
            warmth += rise_c * come * np.exp(-np.maximum(t_s - end, 0.0) / WARMING_TAU_S)
        return warmth

    def _rows(self, core: Core, duration_s: float) -> tuple[Truth, ...]:
        """Settling, fever of the core, slips, detachment and doses, by start."""
        rows = [Truth(Label.SETTLING, self.put_on_s, min(self.put_on_s + 900.0, duration_s))]
        rows += [Truth(Label.SLIPPED, a, b, params={"drop_c": drop_c}) for a, b, drop_c in self.slips]
        rows += [Truth(Label.WARMED, a, b, params={"rise_c": rise_c}) for a, b, rise_c in self.warmed]
        rows += [Truth(Label.DOSE, d.given_s, d.given_s, params={"drop_c": d.drop_c}) for d in core.doses]
        if self.detached_s is not None:
            rows.append(Truth(Label.DETACHED, self.detached_s, self.put_back_s or duration_s))
        if self.put_back_s is not None:
            rows.append(Truth(Label.SETTLING, self.put_back_s, min(self.put_back_s + 900.0, duration_s)))
        fine = np.arange(0.0, duration_s, 1.0)
        level = core.at(fine)
        edges = np.flatnonzero(np.diff(np.concatenate(([False], level >= FEVER_CORE_C, [False])).astype(np.int8)))
        for i, j in edges.reshape(-1, 2):
            rows.append(Truth(Label.FEVER, float(i), float(j), params={"peak_c": float(level[i:j].max())}))
        return tuple(sorted(rows, key=lambda row: (row.start_s, row.end_s)))


def draw_patch(seed: int | np.random.Generator, *, interval_s: float = 30.0, offset_c: float | None = None) -> Patch:
    """A patch with its offset and settling drawn; the offset unless given."""
    rng = as_rng(seed)
    drawn = draw_offset(rng)
    return Patch(
        interval_s=interval_s,
        offset_c=drawn if offset_c is None else offset_c,
        settling_tau_s=SETTLING_TAU_S.draw(rng),
        room_c=float(rng.uniform(19.0, 24.0)),
        start_c=float(rng.uniform(27.0, 32.0)),
    )
