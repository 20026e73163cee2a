"""A convulsion after, and over, whatever went on before; and the same movements without one, beside it.

Written from words alone (`tests.support.movers`), sharing nothing with the worlds that the detector learned in.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from edge.model.reading import Array
from tests.bench import osd
from tests.bench.recordings import segments_of
from tests.support import movers
from tests.support.detector import raised

SEED = 21_000
RATE_HZ, STILL_S, BOUT_S, LATE_S = 52.0, 30.0, 60.0, 5.0
BEFORE_S = (0.0, 60.0, 180.0, 360.0)
MOVERS = {
    "carried": movers.carried,
    "patted": movers.patted,
    "kicking": movers.kicks,
    "short bursts": movers.bursts,
    "carried and patted": movers.walked_and_patted,
    "kicking and patted": movers.kicking_and_patted,
}
HOUR_S = 3600.0
REAL = {"nurses_e4": 60, "smm_autism_study1": 40, "stress_predict_e4": 40}
"""Recordings that bouts are laid over, and how many."""
_LAID_S, _LAID_AT_S = 170.0, 90.0


def after(before_s: float, number: int) -> dict[str, Any]:
    """A convulsion of a minute, the limb still beneath, after so many seconds of kicking: seconds to the alarm."""
    rng = np.random.default_rng([SEED, 1, int(before_s), number])
    start_s = STILL_S + before_s
    t_s = np.arange(0.0, start_s + BOUT_S + 10.0, 1 / RATE_HZ)
    values = movers.worn(rng, t_s) + _bout(rng, number, t_s, start_s, BOUT_S)
    kicking = (t_s >= STILL_S) & (t_s < start_s)
    if before_s:
        values[kicking] += movers.kicks(rng, t_s[kicking])
    return _found(t_s, values, start_s, BOUT_S)


def laid(values: Array, rate_hz: float, number: int) -> dict[str, Any]:
    """A convulsion of 30-60 s added to a stretch of somebody's movement: seconds to the alarm."""
    rng = np.random.default_rng([SEED, 2, number])
    first = int(rng.integers(0, len(values) - int(_LAID_S * rate_hz)))
    part = values[first : first + int(_LAID_S * rate_hz)]
    t_s, length_s = np.arange(len(part)) / rate_hz, rng.uniform(30.0, 60.0)
    return _found(t_s, part + _bout(rng, number, t_s, _LAID_AT_S, length_s), _LAID_AT_S, length_s)


def mover(name: str, number: int) -> dict[str, Any]:
    """An hour of one of them: alarms."""
    rng = np.random.default_rng([SEED, 3, list(MOVERS).index(name), number])
    t_s = np.arange(0.0, HOUR_S, 1 / RATE_HZ)
    values = movers.worn(rng, t_s) + MOVERS[name](rng, t_s)
    return {"feverhub": len(raised(t_s, values)), "OSD": len(osd.episodes(t_s, values))}


def stretches(folder: Path) -> Iterator[tuple[str, int, Array, float]]:
    """Dataset, number, samples and rate of every stretch that a bout is laid over, longer ones more often."""
    for name, count in REAL.items():
        long = [each for each in segments_of(folder / f"{name}.npz") if each.t_s[-1] > _LAID_S + 10.0]
        rng = np.random.default_rng([SEED, 4])
        hours = np.array([each.hours for each in long])
        for number, at in enumerate(rng.choice(len(long), count, p=hours / hours.sum())):
            chosen = long[int(at)]
            yield name, number, chosen.values, 1.0 / float(chosen.t_s[1] - chosen.t_s[0])


def _bout(rng: np.random.Generator, number: int, t_s: Array, start_s: float, length_s: float) -> Array:
    """Of .3-1 g, 1.8-3 Hz slowing to 1-1.8 Hz, in one of six shapes."""
    shape = list(movers.SHAPES.values())[number % len(movers.SHAPES)]
    peak_g, rates_hz = rng.uniform(0.3, 1.0), (rng.uniform(1.8, 3.0), rng.uniform(1.0, 1.8))
    return movers.jerks(rng, t_s, start_s, length_s, shape=shape, peak_g=peak_g, rates_hz=rates_hz)


def _found(t_s: Array, values: Array, start_s: float, length_s: float) -> dict[str, Any]:
    ours, theirs = raised(t_s, values), [at_s for at_s, _ in osd.episodes(t_s, values)]
    inside = [
        [at_s - start_s for at_s in found if 1.0 < at_s - start_s <= length_s + LATE_S] for found in (ours, theirs)
    ]
    return {"feverhub": inside[0][0] if inside[0] else None, "OSD": inside[1][0] if inside[1] else None}
