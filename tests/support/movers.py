"""Movements written from words alone, sharing nothing with the worlds in which the detector learned.

Jerks of six shapes; kicking, carrying, patting and short bursts as tables of field trials describe them: rates,
strengths and lengths are theirs, the shapes are arbitrary. Each returns (n, 3) g to be added to gravity.
"""

from collections.abc import Callable

import numpy as np

from edge.model.reading import Array

FINE_HZ = 400.0
GRAVITY = np.array([0.3, -0.2, 0.93])
NOISE_G = 0.004
Random = np.random.Generator
Shape = Callable[[Array], Array]


def _within(since_s: Array, length_s: float, values: Array) -> Array:
    return np.where((since_s >= 0) & (since_s < length_s), values, 0.0)


SHAPES: dict[str, Shape] = {
    "derivative of a bell": lambda s: -1.6 * (s / 0.025) * np.exp(-((s / 0.025) ** 2)),
    "half sine": lambda s: _within(s, 0.1, np.sin(np.pi * s / 0.1)),
    "whole sine": lambda s: _within(s, 0.2, np.sin(2 * np.pi * s / 0.2)),
    "ringing": lambda s: _within(s, 0.45, np.exp(-s / 0.06) * np.sin(2 * np.pi * 8.0 * s)),
    "push and stop": lambda s: (
        _within(s, 0.09, np.sin(np.pi * s / 0.09)) - 0.8 * _within(s - 0.09, 0.11, np.sin(np.pi * (s - 0.09) / 0.11))
    ),
    "triangle": lambda s: _within(s, 0.14, 1 - np.abs(s - 0.07) / 0.07),
}


def direction(rng: Random) -> Array:
    found = rng.normal(size=3)
    return np.asarray(found / np.linalg.norm(found))


def jerks(
    rng: Random,
    t_s: Array,
    start_s: float,
    length_s: float,
    *,
    shape: Shape,
    peak_g: float,
    rates_hz: tuple[float, float],
    uneven: float = 0.06,
    scatter: float = 0.2,
) -> Array:
    """A succession from one rate to another, as a sensor reads it that averages over one sample. (n, 3) g."""
    fine = np.arange(0.0, length_s, 1 / FINE_HZ)
    moved, at_s, main = np.zeros((fine.size, 3)), 0.2, direction(rng)
    while at_s < length_s - 0.4:
        near = slice(max(0, int((at_s - 0.13) * FINE_HZ)), int((at_s + 0.45) * FINE_HZ))
        way = main + scatter * rng.normal(size=3)
        size_g = peak_g * (1 + 0.2 * rng.normal())
        moved[near] += size_g * shape(fine[near] - at_s)[:, None] * way / np.linalg.norm(way)
        rate_hz = rates_hz[0] * (rates_hz[1] / rates_hz[0]) ** (at_s / length_s)
        at_s += max(0.25, 1 + uneven * rng.normal()) / rate_hz
    width = max(1, round(FINE_HZ * float(np.median(np.diff(t_s[:50])))))
    mean = np.stack([np.convolve(column, np.ones(width) / width, "same") for column in moved.T], axis=1)
    row = np.round((t_s - start_s) * FINE_HZ).astype(np.intp)
    inside = (row >= 0) & (row < len(mean))
    return np.where(inside[:, None], mean[np.clip(row, 0, len(mean) - 1)], 0.0)


def kicks(rng: Random, t_s: Array) -> Array:
    """Strokes of .15-.5 s in any direction at odd intervals; RMS about 135 mg, the median of real ankles awake."""
    moved, at_s = np.zeros((t_s.size, 3)), float(t_s[0])
    while at_s < t_s[-1]:
        length_s, since_s = rng.uniform(0.15, 0.5), t_s - at_s
        push = _within(since_s, length_s, np.sin(2 * np.pi * since_s / length_s))
        moved += rng.lognormal(0.0, 0.5) * push[:, None] * rng.normal(size=3)
        at_s += rng.lognormal(np.log(0.7), 0.6)
    return np.asarray(moved * 0.135 * rng.lognormal(0.0, 0.3) / np.sqrt((moved**2).sum(axis=1).mean()))


def carried(rng: Random, t_s: Array) -> Array:
    """Someone walks with her, with stops: 1.6-2.2 Hz, two harmonics in different directions, .1-.3 g."""
    rate_hz, drift = rng.uniform(1.6, 2.2), np.cumsum(rng.normal(size=t_s.size)) * np.sqrt(np.median(np.diff(t_s)))
    phase = 2 * np.pi * rate_hz * t_s + 0.4 * drift
    walking = rng.uniform(0.1, 0.3) * (np.sin(2 * np.pi * t_s / rng.uniform(40, 300)) > -0.5)
    second = 0.5 * walking * np.sin(2 * phase + rng.uniform(0.0, 6.3))
    return (walking * np.sin(phase))[:, None] * direction(rng) + second[:, None] * direction(rng)


def patted(rng: Random, t_s: Array) -> Array:
    """A hand, 8-60 s at a time: 1-3 Hz, intervals off by 10-25 %, .03-.2 g, each in its own shape."""
    moved, at_s, shapes = np.zeros((t_s.size, 3)), float(t_s[0]) + 20.0, list(SHAPES.values())
    while at_s < t_s[-1]:
        until_s, rate_hz, uneven = at_s + rng.uniform(8, 60), rng.uniform(1, 3), rng.uniform(0.1, 0.25)
        peak_g, shape, way = rng.uniform(0.03, 0.2), shapes[int(rng.integers(len(shapes)))], direction(rng)
        while at_s < until_s:
            near = slice(*np.searchsorted(t_s, [at_s - 0.13, at_s + 0.45]))
            moved[near] += (peak_g * (1 + 0.2 * rng.normal()) * shape(t_s[near] - at_s))[:, None] * way
            at_s += max(0.2, 1 + uneven * rng.normal()) / rate_hz
        at_s = until_s + rng.uniform(3, 60)
    return moved


def walked_and_patted(rng: Random, t_s: Array) -> Array:
    """Someone walks with her and pats her meanwhile."""
    return carried(rng, t_s) + patted(rng, t_s)


def kicking_and_patted(rng: Random, t_s: Array) -> Array:
    """She kicks in her cot, and a hand pats her meanwhile."""
    return kicks(rng, t_s) + patted(rng, t_s)


def bursts(rng: Random, t_s: Array) -> Array:
    """Jerks for .8-3.5 s, now and then: startles, a shake of a rattle."""
    moved, at_s, shapes = np.zeros((t_s.size, 3)), float(t_s[0]) + 20.0, list(SHAPES.values())
    while at_s < t_s[-1] - 10:
        near = slice(*np.searchsorted(t_s, [at_s - 1, at_s + 6]))
        shape = shapes[int(rng.integers(len(shapes)))]
        length_s, peak_g, rates_hz = rng.uniform(0.8, 3.5), rng.uniform(0.2, 1.0), (rng.uniform(1, 3.5), 2.0)
        moved[near] += jerks(rng, t_s[near], at_s, length_s, shape=shape, peak_g=peak_g, rates_hz=rates_hz)
        at_s += rng.uniform(30, 120)
    return moved


def worn(rng: Random, t_s: Array) -> Array:
    """Gravity and the sensor's noise, (n, 3) g: what the others are added to."""
    return GRAVITY + NOISE_G * rng.normal(size=(t_s.size, 3))
