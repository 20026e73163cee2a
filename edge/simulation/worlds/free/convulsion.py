"""A convulsion of the free world: short pulses of any shape, each like the one before, or vigorous shaking."""

import numpy as np

from edge.model.reading import Array
from edge.simulation.worlds.free.shapes import moments, placed, pulse, scattered, spectrum, spectrum_3d
from edge.simulation.worlds.motion import FINE_HZ, Motion

_SHAKING = 0.2  # share of convulsions


def convulsion(rng: np.random.Generator, t_s: Array, peak_g: float | None) -> Motion:
    """Separate jerks, as of infants' clonic seizures, or shaking, as of tonic-clonic ones at the wrist."""
    return _shaking(rng, t_s, peak_g) if rng.random() < _SHAKING else _jerks(rng, t_s, peak_g)


def _jerks(rng: np.random.Generator, t_s: Array, peak_g: float | None) -> Motion:
    """Pulses of 40-280 ms, or knocks, at 1.2-3.4 a second, slowing or not, never under 0.9 a second.

    They may start at full size or rise over 1-10 s, and turn the limb or not. Peaks of 0.25-1.2 g unless given.
    """
    n = t_s.size
    first_hz = rng.uniform(1.2, 3.4)
    last_hz = max(0.9, first_hz * rng.uniform(0.4, 1.05))
    times = moments(
        rng, float(t_s[-1]), first_hz, last_hz, spread=rng.uniform(0.02, 0.13), memory=rng.uniform(0.0, 0.9)
    )
    peak = rng.uniform(0.25, 1.2) if peak_g is None else peak_g
    rise_s = rng.choice([0.0, rng.uniform(1.0, 10.0)])
    grown = peak * np.clip((times + 0.3) / (rise_s + 0.3), 0.15, 1.0)
    sizes = grown * rng.lognormal(0.0, rng.uniform(0.05, 0.35), times.size)
    shapes = [pulse(rng, rng.uniform(0.04, 0.28))]
    push = placed(n, times, sizes, shapes, scattered(rng, times.size, rng.uniform(0.0, 0.6)))
    turn = rng.choice([0.0, rng.uniform(0.1, 0.7)])
    smooth = np.convolve(np.abs(push).sum(axis=1), np.hanning(41) / 20, "same")
    return Motion(push, turn * np.clip(smooth, 0, 1.5)[:, None] * rng.normal(size=3) / 1.7)


def _shaking(rng: np.random.Generator, t_s: Array, peak_g: float | None) -> Motion:
    """Vigorous shaking at 3.5-7 Hz that slows, uneven in strength and tempo: a tonic-clonic seizure's clonic phase.

    Along one direction, and aside at 2-8 Hz; it turns nothing. Peaks of 0.35-1.5 g unless given.
    """
    n = t_s.size
    t = np.arange(n) / FINE_HZ
    first_hz = rng.uniform(3.5, 7.0)
    glide_hz = first_hz * rng.uniform(0.45, 0.95) ** (t / float(t_s[-1]))
    rate_hz = glide_hz * (1 + rng.uniform(0.02, 0.15) * spectrum(rng, n, 6, 0.05, 2.0))
    wave = np.sin(2 * np.pi * np.cumsum(rate_hz) / FINE_HZ)
    grown = np.clip(t / rng.uniform(0.5, 8.0), 0.1, 1.0)
    swell = grown * np.clip(1 + rng.uniform(0.1, 0.5) * spectrum(rng, n, 8, 0.1, 3.0), 0.1, 3.0)
    along = (wave * swell)[:, None] * scattered(rng, 1, 0)
    aside = 0.3 * swell[:, None] * spectrum_3d(rng, n, 10, 2.0, 8.0)
    peak = rng.uniform(0.35, 1.5) if peak_g is None else peak_g
    return Motion.of(peak * (along + rng.uniform(0.0, 1.0) * aside))
