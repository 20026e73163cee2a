"""Why a convulsion would not be noticed in what a movement sensor sends: measured of its last minute. Pure.

Each fault is a figure and a limit. They say why the control (`control`) failed and never that it will: only the first
of them is named, the gravest first.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.analysis.motion.recent import Recent, Window
from edge.model.language import N_
from edge.model.reading import Array

DEAD_S = 120.0
"""An axis that was never different from the packet before for so long does not move: a sensor's own noise changes it,
also of a child who lies still."""
COARSE_G, DEAD_COARSE_S = 0.004, 1800.0
"""Steps of values above which noise may not show in them, and how long such an axis may stand."""
NOT_NUMBERS = 0.2
RAIL_G, AT_RAIL = 1.9, 0.05
"""Ranges of accelerometers begin at 2 g; this share of samples at exactly the same greatest value is no chance."""
CLOCK_RIGHT = (0.85, 1.2)
"""Speed of the sensor's clock against arrival, over stretches of `LAG_S`."""
LAG_S = 5.0
SLOW_HZ = 20.0
"""Below this rate jerks of 90 ms have less than two samples each."""
LOST = 0.12
NOISE_G, WHITE = 0.05, 0.3
"""Of movement, samples of 25 Hz and more follow each other (correlation of neighbours above 0.5); those of noise do
not."""
STEADY_G, STEADY, STEADY_HZ = 0.05, 0.6, 3.0
"""A child moves in bursts: the calmest tenth of its seconds is far below the middle one. An engine is not so, and it is
faster than a child that is rocked or carried."""
WINDOW_S = 60.0
"""What `measure` is given, at most."""
LEAST, LEAST_IN_SECOND, MOST_SECONDS = 10, 4, 200
"""Samples that a level needs, in all and in a second; times further away than these seconds count as there."""
AXES = "xyz"


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of one window.

    columns: 3 axes or 1 magnitude.
    dead: axes that do not change.
    not_numbers: axes of which a share of `NOT_NUMBERS` and more is no number.
    rail_g: greatest value at which the sensor stops; infinite if none is seen.
    at_rail: share of samples there.
    clock_speed: seconds of the sensor's time in a second of arrival.
    rate_hz: samples a second, by the usual time between two. arrived_hz: by how many arrived.
    lost: share of the samples that are missing.
    level_g: RMS of the movement. calm_g, middle_g: its calmest tenth of seconds, and the median.
    alike: correlation of neighbouring samples.
    """

    columns: int = 3
    dead: tuple[int, ...] = ()
    not_numbers: tuple[int, ...] = ()
    rail_g: float = math.inf
    at_rail: float = 0.0
    clock_speed: float = 1.0
    rate_hz: float = 25.0
    arrived_hz: float = 25.0
    lost: float = 0.0
    level_g: float = 0.0
    calm_g: float = 0.0
    middle_g: float = 0.0
    alike: float = 1.0


def measure(recent: Recent, window: Window, now_s: float) -> Figures:
    """The figures of a window that ends now."""
    finite = np.isfinite(window.values)
    sound = np.logical_and.reduce(finite, axis=1)
    rail_g, at_rail = _rail(window.values[sound])
    rate_hz, lost = _rate(window, sound, recent, now_s)
    level_g, calm_g, middle_g, alike = _levels(window.t_s[sound], window.values[sound])
    return Figures(
        recent.columns,
        _dead(recent),
        tuple(int(axis) for axis in np.flatnonzero((~finite).mean(axis=0) >= NOT_NUMBERS)) if len(finite) else (),
        rail_g,
        at_rail,
        _clock_speed(window),
        rate_hz,
        window.t_s.size / max(_span_s(recent, now_s), 1.0),
        lost,
        level_g,
        calm_g,
        middle_g,
        alike,
    )


def _dead(recent: Recent) -> tuple[int, ...]:
    coarse = COARSE_G < recent.step_g < math.inf
    least_s = DEAD_COARSE_S if coarse else DEAD_S
    return tuple(axis for axis, moved_s in enumerate(recent.moved_s) if recent.end_s - moved_s >= least_s)


def _rail(values: Array) -> tuple[float, float]:
    """The greatest value at which an axis stands again and again, and the share of samples there."""
    rail_g, at_rail = math.inf, 0.0
    for column in np.abs(values).T if len(values) else ():
        most_g = float(column.max())
        share = float((column >= most_g - 1e-6).mean())
        if most_g >= RAIL_G and share >= AT_RAIL and share > at_rail:
            rail_g, at_rail = most_g, share
    return rail_g, at_rail


def _clock_speed(window: Window) -> float:
    """The median over stretches of `LAG_S` of arrival: jumps and stalls spoil some of them, not most."""
    ends = np.flatnonzero(np.diff(window.arrival_s, append=math.inf) > 0)
    arrival_s, t_s = window.arrival_s[ends], window.t_s[ends]
    later = np.searchsorted(arrival_s, arrival_s + LAG_S)
    earlier = np.flatnonzero(later < len(ends))
    if earlier.size < 3:
        return 1.0
    later = later[earlier]
    return float(np.median((t_s[later] - t_s[earlier]) / (arrival_s[later] - arrival_s[earlier])))


def _rate(window: Window, sound: NDArray[np.bool_], recent: Recent, now_s: float) -> tuple[float, float]:
    """Samples a second by the usual time between two, and the share that is missing of so many."""
    t_s = window.t_s[sound]
    span_s = _span_s(recent, now_s)
    if t_s.size < 2:
        return 0.0, 1.0
    usual_s = max(float(np.median(np.diff(t_s))), 1e-3)
    return 1.0 / usual_s, max(0.0, 1.0 - t_s.size * usual_s / max(span_s, 1.0))


def _span_s(recent: Recent, now_s: float) -> float:
    return min(WINDOW_S, now_s - recent.since_s)


def _levels(t_s: Array, values: Array) -> tuple[float, float, float, float]:
    """RMS about the mean of each second, that of the calmest tenth of seconds and of the middle one, and how alike
    neighbours are.
    """
    if len(values) < LEAST:
        return 0.0, 0.0, 0.0, 1.0
    seconds = np.floor(t_s - t_s.min()).astype(np.intp)
    seconds = np.minimum(seconds, MOST_SECONDS)
    counts = np.maximum(np.bincount(seconds), 1)
    off = np.column_stack([column - (np.bincount(seconds, column) / counts)[seconds] for column in values.T])
    power = (off * off).sum(axis=1)
    levels = np.sqrt((np.bincount(seconds, power) / counts)[np.bincount(seconds) >= LEAST_IN_SECOND])
    together = float((off[1:] * off[:-1]).sum()) / max(float(power.sum()), 1e-12)
    if not levels.size:
        return float(np.sqrt(power.mean())), 0.0, 0.0, together
    calm_g, middle_g = np.quantile(levels, (0.1, 0.5)).tolist()
    return float(np.sqrt(power.mean())), calm_g, middle_g, together


# ------------------------------------------------------------------------------------------------ the reasons


def _axes(axes: tuple[int, ...], columns: int, one: str, more: str) -> str:
    if not axes or columns == 1:
        return ""
    names = [AXES[axis] for axis in axes]
    return one.format(a=names[0]) if len(names) == 1 else more.format(a=names[0], b=names[1])


def not_numbers(seen: Figures) -> str:
    if len(seen.not_numbers) == seen.columns:
        return N_("its values are no numbers")
    return _axes(
        seen.not_numbers, seen.columns, N_("axis {a} sends no numbers"), N_("axes {a} and {b} send no numbers")
    )


def saturated(seen: Figures) -> str:
    return N_("it is at full scale ({a} g)").format(a=f"{seen.rail_g:.1f}") if seen.at_rail >= AT_RAIL else ""


def stuck(seen: Figures) -> str:
    if len(seen.dead) == seen.columns:
        return N_("its values do not change")
    return _axes(seen.dead, seen.columns, N_("axis {a} does not change"), N_("axes {a} and {b} do not change"))


def clock(seen: Figures) -> str:
    return "" if _clock_right(seen) else N_("its clock does not run as time does")


def _clock_right(seen: Figures) -> bool:
    return CLOCK_RIGHT[0] <= seen.clock_speed <= CLOCK_RIGHT[1]


def slow(seen: Figures) -> str:
    """A clock that is made of arrivals does not run right either where too few arrive."""
    hz = seen.rate_hz if _clock_right(seen) else seen.arrived_hz
    return N_("only {a} samples a second").format(a=max(1, round(hz))) if 0 < hz < SLOW_HZ else ""


def lost(seen: Figures) -> str:
    """In steps of 10 %, so that an alarm is not told anew for each of them."""
    return (
        N_("about {a} % of its samples are lost").format(a=max(10, 10 * round(10 * seen.lost)))
        if seen.lost >= LOST
        else ""
    )


def noise(seen: Figures) -> str:
    return (
        N_("noise of {a} g").format(a=f"{seen.level_g:.1f}") if seen.middle_g >= NOISE_G and seen.alike < WHITE else ""
    )


def vibration(seen: Figures) -> str:
    around_hz = math.acos(min(1.0, max(-1.0, seen.alike))) / (2 * math.pi) * seen.rate_hz
    steady = seen.middle_g >= STEADY_G and seen.calm_g >= STEADY * seen.middle_g and around_hz >= STEADY_HZ
    return N_("steady vibration of {a} g").format(a=f"{seen.level_g:.1f}") if steady else ""


REASONS: tuple[Callable[[Figures], str], ...] = (
    not_numbers,
    saturated,
    stuck,
    slow,
    clock,
    lost,
    noise,
    vibration,
)


def fault(seen: Figures) -> str:
    """The gravest fault, in words of 40 characters at most; empty: there is none."""
    return next(filter(None, (reason(seen) for reason in REASONS)), "")
