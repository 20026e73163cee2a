"""What the child does by itself in the free world: one function for each kind."""

import numpy as np

from edge.model.reading import Array
from edge.simulation.worlds.free.shapes import moments, placed, pulse, scattered, spectrum, spectrum_3d
from edge.simulation.worlds.motion import Motion


def still(_rng: np.random.Generator, t_s: Array) -> Motion:
    """Nothing but the posture's own wandering."""
    return Motion.of(np.zeros((t_s.size, 3)))


def asleep(rng: np.random.Generator, t_s: Array) -> Motion:
    """Single pulses of any shape, one to six a minute; in half of the sleeps some come in a row."""
    rate = rng.uniform(0.02, 0.1)
    times = moments(rng, float(t_s[-1]), rate, rate, spread=0.8, memory=0.0)
    sizes = rng.lognormal(np.log(0.1), 0.7, times.size)
    shapes = [pulse(rng, rng.uniform(0.1, 0.5)) for _ in range(5)]
    push = placed(t_s.size, times, sizes, shapes, scattered(rng, times.size, 1.0))
    return Motion.of(push + _rows(rng, t_s) if rng.random() < 0.5 else push)


def kicks(rng: np.random.Generator, t_s: Array) -> Motion:
    """Long pulses of a dozen shapes at uneven moments in every direction, over movement of any spectrum.

    Levels about the median of real ankles, 135 mg RMS (see `muscle`).
    """
    n = t_s.size
    level = float(np.clip(rng.lognormal(np.log(0.135), 0.5), 0.05, 0.6))
    rate = rng.uniform(0.5, 2.5)
    times = moments(rng, float(t_s[-1]), rate, rate, spread=rng.uniform(0.4, 0.9), memory=rng.uniform(0.0, 0.6))
    shapes = [pulse(rng, rng.uniform(0.1, 0.6)) for _ in range(12)]
    order = rng.permutation(times.size)
    sizes = rng.lognormal(0, 0.6, times.size)
    push = placed(n, times, sizes, shapes, scattered(rng, times.size, 1.5)[order])
    push += rng.uniform(0.05, 0.3) * spectrum_3d(rng, n, 12, 0.3, 5.0)
    push *= level / (np.sqrt((push**2).sum(axis=1).mean()) + 1e-9)
    return Motion(push, 0.3 * spectrum_3d(rng, n, 4, 0.05, 0.6))


def stirring(rng: np.random.Generator, t_s: Array) -> Motion:
    """Play and turning over: movement below 6 Hz of any spectrum, in swells, and some jerks in a row."""
    n = t_s.size
    swell = np.clip(spectrum(rng, n, 4, 0.01, 0.2), 0, 2)[:, None]
    push = rng.uniform(0.03, 0.2) * swell * spectrum_3d(rng, n, 15, 0.2, 6.0)
    push += _rows(rng, t_s)
    return Motion(push, 0.4 * swell * spectrum_3d(rng, n, 4, 0.03, 0.5))


def _rows(rng: np.random.Generator, t_s: Array) -> Array:
    """(n, 3) g: a few jerks in a row, now and then, too few for a convulsion: up to four seconds, 1-3.5 a second."""
    push = np.zeros((t_s.size, 3))
    for start in np.cumsum(rng.exponential(rng.uniform(20.0, 90.0), 60)):
        row_s = rng.uniform(0.5, 4.0)
        if start + row_s > t_s[-1] - 1.0:
            break
        first_hz = rng.uniform(1.0, 3.5)
        last_hz = first_hz * rng.uniform(0.7, 1.3)
        times = start + moments(rng, row_s, first_hz, last_hz, spread=rng.uniform(0.02, 0.5), memory=0.3)
        sizes = np.full(times.size, rng.uniform(0.1, 0.9))
        shapes = [pulse(rng, rng.uniform(0.04, 0.3))]
        push += placed(t_s.size, times, sizes, shapes, scattered(rng, times.size, rng.uniform(0.0, 0.8)))
    return push


def head_banging(rng: np.random.Generator, t_s: Array) -> Motion:
    """A short pulse a cycle, 0.6-1.7 a second, and a sway of the same rate."""
    rate = rng.uniform(0.6, 1.7)
    times = moments(rng, float(t_s[-1]), rate, rate, spread=0.04, memory=0.5)
    sizes = np.full(times.size, rng.uniform(0.05, 0.25))
    push = placed(t_s.size, times, sizes, [pulse(rng, 0.1)], scattered(rng, times.size, 0.05))
    wave = rng.uniform(0.05, 0.2) * np.sin(2 * np.pi * rate * t_s)
    return Motion(push + wave[:, None] * scattered(rng, 1, 0), (0.5 * wave)[:, None] * scattered(rng, 1, 0))


def hiccups(rng: np.random.Generator, t_s: Array) -> Motion:
    """One shape, 6 to 30 times a minute."""
    rate = rng.uniform(0.1, 0.5)
    times = moments(rng, float(t_s[-1]), rate, rate, spread=0.25, memory=0.0)
    sizes = np.full(times.size, rng.uniform(0.03, 0.3))
    return Motion.of(placed(t_s.size, times, sizes, [pulse(rng, 0.25)], scattered(rng, times.size, 0.1)))


def shivering(rng: np.random.Generator, t_s: Array) -> Motion:
    """A carrier of 8-10 Hz (Pozos 1987, Ann Emerg Med 16:1037) that swells about seven times a minute."""
    n = t_s.size
    carrier = np.sin(2 * np.pi * rng.uniform(8, 10) * t_s + 2 * spectrum(rng, n, 3, 0.1, 1.0))
    swell = rng.uniform(0.01, 0.06) * (0.5 + 0.5 * spectrum(rng, n, 2, 0.1, 0.13))
    return Motion.of((swell * carrier)[:, None] * scattered(rng, 1, 0))
