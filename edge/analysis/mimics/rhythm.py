"""What ten seconds of movement look like: one spectrum, and how its jerks stand apart."""

from typing import NamedTuple

import numpy as np

from edge.analysis.grid import GRID_HZ
from edge.model.reading import Array

WINDOW = 250  # grid values, 10 s: five turns at the slowest rhythm of 0.5 Hz
_HZ = np.fft.rfftfreq(WINDOW, 1 / GRID_HZ)
_TAPER = np.hanning(WINDOW + 1)[:-1, None]
_SCALE = 2 / (WINDOW * float((_TAPER**2).sum()))
_LOW, _HIGH = 4, 118  # bins: 0.4 to 11.7 Hz


def _restored() -> Array:
    """What the grid's low-pass took from each bin (Hamming-windowed sinc, -6 dB at 10 Hz), to be given back."""
    n = np.arange(25) - 12
    taps = np.sinc(0.2 * n) * np.hamming(25)
    gain = np.abs(np.exp(-2j * np.pi * _HZ[:, None] * n / 100) @ (taps / taps.sum()))
    return np.asarray(1 / gain**2)


_RESTORED = _restored()
_ENVELOPE_LAGS = slice(8, 27)  # grid values: 0.32 to 1.04 s, 1-3 Hz


def _bin(hz: float) -> int:
    return int(np.searchsorted(_HZ, hz - 1e-9))


SHIVER = slice(_bin(7.5), _bin(10.6))
_FAST = slice(_bin(3.0), _HIGH)
_RHYTHM = slice(_bin(0.5), _bin(3.6))
SUCK_G = 0.015
"""RMS of ten seconds in which sucking is looked for: it is felt as a few mg, on the trunk."""

# Sucking comes in bursts of 1.7-4.7 s with longer pauses (Martens 2020, Early Hum Dev). The heart, and an overtone of
# breathing, have its rate too, without any pause.
_PART = 64  # grid values, 2.56 s
_PARTS = np.arange(0, WINDOW - _PART + 1, 31)[:, None] + np.arange(_PART)
_PART_TAPER = np.hanning(_PART + 1)[:-1, None]
_SUCK, _NOISE = slice(5, 8), slice(9, 14)  # bins of 0.39 Hz: 1.95 to 2.73 Hz, 3.5 to 5.1 Hz
_PAUSE = 0.25


class Rhythm(NamedTuple):
    """level_g: RMS, 0.4-11.7 Hz. hz: strongest frequency of 0.5-3.5 Hz; line: share of the power within 0.2 Hz of it or
    of twice or three times it. vertical: share of what is at `hz` that goes along gravity (1 for a magnitude).
    shiver: share of 3-11.7 Hz that lies in 7.5-10.5 Hz; shiver_hz, shiver_g: its peak and RMS. beat: how well the
    level of its jerks repeats at 1-3 Hz, -1 to 1. apart: median of the change over its 95th centile, 0 for lone jerks.
    crest: its maximum over its median, 1.5 to 2.5 for smooth movement. suck: of the 2.6 s with the most power at
    1.9-2.8 Hz, that over the mean of 3.5-5 Hz; 0 where another frequency above breathing rules, without a pause, and
    where the level is over `SUCK_G`.
    """

    level_g: float
    hz: float
    line: float
    vertical: float
    shiver: float
    shiver_hz: float
    shiver_g: float
    suck: float
    beat: float
    apart: float
    crest: float


def describe(values: Array, change: Array) -> Rhythm:
    """values: (WINDOW, c) g at 25 Hz; change: (WINDOW,) g within 40 ms."""
    middle = values.mean(axis=0)
    spectrum = np.fft.rfft((values - middle) * _TAPER, axis=0)
    real, imag = spectrum.real, spectrum.imag
    power = (real**2 + imag**2).sum(axis=1) * _RESTORED * _SCALE
    total = float(power[_LOW:_HIGH].sum()) + 1e-12
    peak = _RHYTHM.start + int(power[_RHYTHM].argmax())
    line = sum(float(power[max(_LOW, k * peak - 2) : k * peak + 3].sum()) for k in (1, 2, 3))
    line -= float(power[max(_LOW, 2 * peak - 2) : peak + 3].sum()) if peak < 5 else 0.0  # counted twice
    along = middle / max(float(np.sqrt((middle**2).sum())), 1e-9)
    near = slice(peak - 1, peak + 2)
    upright = ((real[near] * along).sum(axis=1) ** 2 + (imag[near] * along).sum(axis=1) ** 2).sum() * _SCALE
    fast = power[SHIVER]
    fast_power = float(fast.sum())
    return Rhythm(
        total**0.5,
        float(_HZ[peak]),
        min(1.0, line / total),
        min(1.0, float(upright) / (float(power[near].sum()) + 1e-12)),
        fast_power / (float(power[_FAST].sum()) + 1e-12),
        float(_HZ[SHIVER.start + int(fast.argmax())]),
        fast_power**0.5,
        _sucking(values) if total <= SUCK_G**2 else 0.0,
        *_jerks(change),
    )


def _sucking(values: Array) -> float:
    parts = values.take(_PARTS, axis=0)
    spectra = np.fft.rfft((parts - parts.mean(axis=1, keepdims=True)) * _PART_TAPER, axis=1)
    power = (spectra.real**2 + spectra.imag**2).sum(axis=2)
    suck = power[:, _SUCK].max(axis=1)
    burst = int(suck.argmax())
    rules = suck[burst] >= power[burst, _SUCK.start - 1 : _NOISE.stop].max()
    if not rules or suck.min() > _PAUSE * suck[burst]:
        return 0.0
    return float(suck[burst] / (power[burst, _NOISE].mean() + 1e-12))


def _jerks(change: Array) -> tuple[float, float, float]:
    """beat, apart, crest."""
    level = change.copy()
    level[1:] += change[:-1]
    level[:-1] += change[1:]
    level -= level.mean()
    spectrum = np.fft.rfft(level, 2 * WINDOW)
    wave = np.fft.irfft(spectrum.real**2 + spectrum.imag**2)
    ordered = np.sort(change)
    return (
        float(wave[_ENVELOPE_LAGS].max() / (wave[0] + 1e-12)),
        float(ordered[WINDOW // 2] / (ordered[int(0.95 * WINDOW)] + 1e-9)),
        float(ordered[-1] / (ordered[WINDOW // 2] + 1e-9)),
    )
