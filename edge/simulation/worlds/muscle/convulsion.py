"""A clonic convulsion of the mass-spring limb."""

import numpy as np

from edge.model.reading import Array
from edge.simulation.worlds.motion import Motion
from edge.simulation.worlds.muscle.limb import drifting, swung, twitches


def convulsion(rng: np.random.Generator, t_s: Array, peak_g: float | None) -> Motion:
    """Twitches of 22-50 ms at 1.6-3.2 a second, slowing to 0.9-1.8, growing over the first seconds.

    Rates as of clonic seizures, 1-3 Hz and slowing; peaks of 0.25-1.2 g, unless given, are an assumption.
    """
    first_hz, last_hz = rng.uniform(1.6, 3.2), rng.uniform(0.9, 1.8)
    times = drifting(rng, t_s[-1], first_hz, min(first_hz, last_hz), rng.uniform(0.02, 0.12))
    grown = np.clip(times / rng.uniform(1.0, 8.0), 0.2, 1.0)
    sizes = grown * rng.lognormal(0.0, 0.2, times.size)
    rise_s = rng.uniform(0.022, 0.05)
    peak = rng.uniform(0.25, 1.2) if peak_g is None else peak_g
    return swung(rng, twitches(t_s.size, times, sizes, rise_s), peak)
