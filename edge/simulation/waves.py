"""Shapes that movements are made of: rhythms that speed or slow, band-limited noise, envelopes."""

from dataclasses import dataclass

import numpy as np

from edge.model.reading import Array

_GRID_HZ = 64.0


@dataclass(frozen=True, slots=True)
class Range:
    """A published range that a parameter is drawn from, evenly."""

    low: float
    high: float

    def draw(self, rng: np.random.Generator) -> float:
        return float(rng.uniform(self.low, self.high))


def as_rng(seed: int | np.random.Generator) -> np.random.Generator:
    return seed if isinstance(seed, np.random.Generator) else np.random.default_rng(seed)


def beats(
    rng: np.random.Generator, duration_s: float, first_hz: float, last_hz: float, irregularity: float = 0.0
) -> Array:
    """(k,) seconds: moments of a rhythm whose rate glides from first to last (geometrically).

    irregularity: coefficient of variation of each interval; the glide itself does not drift from it.
    """
    grid = np.arange(0.0, duration_s, 0.01)
    rate = first_hz * (last_hz / first_hz) ** (grid / duration_s)
    phase = np.concatenate(([0.0], np.cumsum(rate[:-1] * 0.01)))
    times = np.interp(np.arange(np.floor(phase[-1]) + 1.0), phase, grid)
    if irregularity and times.size > 1:
        step = np.diff(times, append=2 * times[-1] - times[-2])
        times = np.sort(times + step * np.clip(rng.normal(0.0, irregularity / np.sqrt(2.0), times.size), -0.3, 0.3))
    held: Array = np.maximum(times, 0.0)
    return held


def band_noise(rng: np.random.Generator, t_s: Array, duration_s: float, low_hz: float, high_hz: float) -> Array:
    """(n,) noise of RMS 1 between two frequencies (at most 20 Hz), the same at whatever moments it is asked for."""
    n = max(64, int(duration_s * _GRID_HZ) + 2)
    spectrum = np.fft.rfft(rng.normal(0.0, 1.0, n))
    freq = np.fft.rfftfreq(n, 1.0 / _GRID_HZ)
    spectrum[(freq < low_hz) | (freq > high_hz)] = 0.0
    wave = np.fft.irfft(spectrum, n)
    spread = float(wave.std())
    wave = wave / spread if spread > 0.0 else wave
    return np.interp(t_s, np.arange(n) / _GRID_HZ, wave)


def glide(t_s: Array, duration_s: float, first_hz: float, last_hz: float) -> Array:
    """(n,) phase in rad of a rhythm whose rate glides linearly from first to last."""
    return 2.0 * np.pi * (first_hz * t_s + 0.5 * (last_hz - first_hz) * t_s**2 / duration_s)


def fade(t_s: Array, duration_s: float, rise_s: float, fall_s: float) -> Array:
    """(n,) envelope: 0 to 1 over rise_s, back to 0 over the last fall_s (0: abrupt), 0 outside."""
    rise = np.clip(t_s / rise_s, 0.0, 1.0) if rise_s > 0 else (t_s >= 0).astype(np.float64)
    fall = np.clip((duration_s - t_s) / fall_s, 0.0, 1.0) if fall_s > 0 else (t_s <= duration_s).astype(np.float64)
    smooth: Array = np.sin(np.pi / 2 * rise) ** 2 * np.sin(np.pi / 2 * fall) ** 2
    return smooth


def bursts(t_s: Array, starts_s: Array, lengths_s: Array, edge_s: float = 0.15) -> Array:
    """(n,) envelope that is 1 inside each burst, with soft edges."""
    if not starts_s.size:
        return np.zeros(t_s.size)
    k = np.maximum(np.searchsorted(starts_s, t_s, side="right") - 1, 0)
    tau = t_s - starts_s[k]
    level: Array = np.clip(tau / edge_s, 0.0, 1.0) * np.clip((lengths_s[k] - tau) / edge_s, 0.0, 1.0)
    return level


def alternate(rng: np.random.Generator, duration_s: float, on_s: Range, off_s: Range) -> tuple[Array, Array]:
    """Starts (k,) and lengths (k,) of bursts with pauses between, from 0 until `duration_s`."""
    starts, lengths, t = [], [], 0.0
    while t < duration_s:
        starts.append(t)
        lengths.append(min(on_s.draw(rng), duration_s - t))
        t += lengths[-1] + off_s.draw(rng)
    return np.asarray(starts), np.asarray(lengths)
