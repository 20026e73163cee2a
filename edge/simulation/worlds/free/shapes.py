"""Random shapes: pulses through random points, moments, directions, and sums of sines that wax and wane."""

from collections.abc import Sequence

import numpy as np

from edge.model.reading import Array
from edge.simulation.worlds.motion import FINE_HZ

_KNOCKS = 0.35  # share of pulses that are knocks
_RING_S = 0.6


def spectrum(rng: np.random.Generator, n: int, lines: int, low_hz: float, high_hz: float) -> Array:
    """(n,) a sum of sines at random frequencies, each with a random slow envelope; RMS 1."""
    t = np.arange(n) / FINE_HZ
    out = np.zeros(n)
    for f in np.exp(rng.uniform(np.log(low_hz), np.log(high_hz), lines)):
        slow = np.sin(2 * np.pi * rng.uniform(0.005, 0.15) * t + rng.uniform(0, 6.3))
        size = rng.exponential() * (1 + 0.9 * slow)
        out += size * np.sin(2 * np.pi * f * t + rng.uniform(0, 6.3) + rng.uniform(0, 3) * slow)
    return np.asarray(out / (out.std() + 1e-12))


def spectrum_3d(rng: np.random.Generator, n: int, lines: int, low_hz: float, high_hz: float) -> Array:
    """(n, 3), three of them."""
    return np.stack([spectrum(rng, n, lines, low_hz, high_hz) for _ in range(3)], axis=1)


def pulse(rng: np.random.Generator, length_s: float) -> Array:
    """A bump or wiggle of this length through one to four points, or a knock that rings down; largest value 1."""
    if rng.random() < _KNOCKS:
        t = np.arange(int(_RING_S * FINE_HZ)) / FINE_HZ
        fading = np.exp(-t / rng.uniform(0.02, 0.15))
        return _to_one(fading * np.sin(2 * np.pi * rng.uniform(3.0, 15.0) * t + rng.uniform(0.0, 1.5)))
    knots = rng.normal(size=int(rng.integers(1, 5)))
    n = max(4, int(length_s * FINE_HZ))
    shape = np.interp(np.linspace(0, 1, n), np.linspace(0, 1, knots.size + 2), [0.0, *knots, 0.0])
    kernel = np.hanning(max(3, n // 3))
    return _to_one(np.convolve(shape, kernel / kernel.sum(), "same"))


def _to_one(shape: Array) -> Array:
    return np.asarray(shape / (np.abs(shape).max() + 1e-9))


def placed(n: int, times_s: Array, sizes: Array, shapes: Sequence[Array], directions: Array) -> Array:
    """(n, 3): pulses from each of (k,) moments, (k,) in size, along (k, 3), their shapes in turn."""
    out = np.zeros((n, 3))
    for k, (at, size) in enumerate(zip(times_s, sizes, strict=True)):
        shape = shapes[k % len(shapes)]
        i = int(at * FINE_HZ)
        piece = shape[: max(0, n - i)]
        out[i : i + piece.size] += size * piece[:, None] * directions[k]
    return out


def moments(
    rng: np.random.Generator, length_s: float, first_hz: float, last_hz: float, *, spread: float, memory: float
) -> Array:
    """(k,) s, moments whose log-interval is an autoregressive process (SD `spread`) around a geometric glide."""
    times, at, off = [], rng.uniform(0, 0.3), 0.0
    while at < length_s:
        times.append(at)
        off = memory * off + rng.normal(0.0, spread * np.sqrt(1 - memory**2))
        at += float(np.exp(np.clip(off, -1.2, 1.2))) / (first_hz * (last_hz / first_hz) ** (at / length_s))
    return np.asarray(times)


def scattered(rng: np.random.Generator, count: int, scatter: float) -> Array:
    """(count, 3) unit vectors around a random one; scatter 0: all alike, above 1: anywhere."""
    main = rng.normal(size=3)
    out = main / np.linalg.norm(main) + scatter * rng.normal(size=(count, 3))
    return np.asarray(out / np.linalg.norm(out, axis=1, keepdims=True))
