"""What five seconds of movement look like: physical figures, the same for three axes and for a magnitude."""

from typing import NamedTuple

import numpy as np

from edge.analysis.grid import GRID_HZ
from edge.analysis.motion import jerks
from edge.model.reading import Array

WINDOW = 128  # grid values: 5.12 s, five jerks at the slowest clonic rate of 1 Hz
_TINY = 1e-9  # g2; far below a sensor's noise, keeps divisions finite

_TAPER = np.hanning(WINDOW + 1)[:-1]
_POWER = float(2 / (WINDOW * (_TAPER**2).sum()))
_HZ = np.fft.rfftfreq(WINDOW, 1 / GRID_HZ)
_RAMP = np.arange(WINDOW) - (WINDOW - 1) / 2
_RAMP_POWER = (_RAMP**2).sum()
_LAGS = 34  # grid values: autocorrelation up to 1.3 s
_ENVELOPE_LAGS = 36
_LEVELS = WINDOW - 1 - jerks.LOST
_FIFTH = _LEVELS // 5
_OVERLAP = _LEVELS / (_LEVELS - np.arange(_ENVELOPE_LAGS))  # the further the lag, the fewer products
_SHORTEST = 5  # grid values: envelopes repeat after 0.2 s at the earliest (5 Hz)


class Figures(NamedTuple):
    """Each (h,), one value a window.

    level: log10 of the RMS in g, 0.8-8 Hz. sway, slow, middle, brisk: shares of the power (0.5-11 Hz) in 0.2-0.8,
    0.8-1.6, 1.6-3 and 3-8 Hz. peak: share of 0.7-8.2 Hz within one bin of the strongest, at peak_hz. centre_hz,
    spread_hz: mean and SD of the spectrum. repeat: highest autocorrelation after the first fall below 0.2.
    tails, jerk_tails: log10 kurtosis of the movement and of its derivative. uneven: SD/mean of the derivative's level
    over five parts. drift: log10 of the change in g from the first second's mean to the last's. beat: highest
    autocorrelation of the jerk envelope, after beat_s. rest: log10 of its quiet fifth over its mean. bursts_hz: how
    often it rises over its mean. loop: out-of-phase part between axes, 0 along one line, 1 in circles (three axes).
    """

    level: Array
    sway: Array
    slow: Array
    middle: Array
    brisk: Array
    peak: Array
    peak_hz: Array
    centre_hz: Array
    spread_hz: Array
    repeat: Array
    tails: Array
    jerk_tails: Array
    uneven: Array
    drift: Array
    beat: Array
    beat_s: Array
    rest: Array
    bursts_hz: Array
    loop: Array


def _bins(low_hz: float, high_hz: float) -> slice:
    """The bins of a spectrum from low up to, not with, high."""
    return slice(int(np.searchsorted(_HZ, low_hz)), int(np.searchsorted(_HZ, high_hz)))


_ALL, _USED, _LEVEL = _bins(0.5, 11), _bins(0.7, 8.2), _bins(0.8, 8)
_SHARES = (_bins(0.2, 0.8), _bins(0.8, 1.6), _bins(1.6, 3), _bins(3, 8))
_USED_HZ = _HZ[_USED]
_NEXT = [1, 2, 0]  # y after x, z after y, x after z
_sum = np.add.reduce  # what `sum` calls, without the way there


def _mean(values: Array) -> Array:
    return np.asarray(_sum(values, axis=1) / values.shape[1])


def describe(windows: Array, jerk: Array, level: Array) -> tuple[Array, ...]:
    """(h,) each, the Figures of h windows, (h, c, WINDOW) g at 25 Hz.

    jerk, level: (h, WINDOW - 1) energy of the changes in them and (h, WINDOW - 1 - jerks.LOST) the smoothed level.
    Sums run within a window in a fixed order, so a row does not depend on the windows that are described with it.
    """
    flat = windows - _sum(windows, axis=2, keepdims=True) / WINDOW
    flat -= _sum(flat * _RAMP, axis=2, keepdims=True) / _RAMP_POWER * _RAMP
    spectra = np.fft.rfft(flat * _TAPER, axis=2)
    real, imag = np.ascontiguousarray(spectra.real), np.ascontiguousarray(spectra.imag)
    squares = real * real + imag * imag
    power = _sum(squares, axis=1) * _POWER
    moved = _sum(windows[:, :, -GRID_HZ:], axis=2) / GRID_HZ - _sum(windows[:, :, :GRID_HZ], axis=2) / GRID_HZ
    parts = np.sqrt(_sum(jerk[:, : 5 * GRID_HZ].reshape(-1, 5, GRID_HZ), axis=2) / GRID_HZ)
    part = _mean(parts)
    off = parts - part[:, None]
    return (
        *_spectrum(power),
        _repeat(power),
        _tails(_sum(flat * flat, axis=1)),
        _tails(jerk),
        np.sqrt(_mean(off * off)) / (part + 1e-6),
        np.log10(np.sqrt(_sum(moved * moved, axis=1)) + 1e-3),
        *_envelope(level),
        _loop(real, imag, squares),
    )


def _spectrum(power: Array) -> tuple[Array, ...]:
    """level, sway, slow, middle, brisk, peak, peak_hz, centre_hz, spread_hz."""
    total = _sum(power[:, _ALL], axis=1) + _TINY
    part = power[:, _USED]
    three = part.copy()
    three[:, 1:] += part[:, :-1]
    three[:, :-1] += part[:, 1:]
    at = three.argmax(axis=1)
    used = _sum(part, axis=1)
    share = part / (used + 1e-12)[:, None]
    centre = _sum(share * _USED_HZ, axis=1)
    off = _USED_HZ - centre[:, None]
    return (
        np.log10(np.sqrt(_sum(power[:, _LEVEL], axis=1) + _TINY)),
        *(_sum(power[:, bins], axis=1) / total for bins in _SHARES),
        np.maximum.reduce(three, axis=1) / (used + _TINY),
        _USED_HZ[at],
        centre,
        np.sqrt(_sum(share * (off * off), axis=1)),
    )


def _repeat(power: Array) -> Array:
    """Highest local peak of the autocorrelation of 0.5-11 Hz, once it has fallen below 0.2; 0 if there is none."""
    kept = np.zeros_like(power)
    kept[:, _ALL] = power[:, _ALL]
    wave = np.fft.irfft(kept, axis=1)[:, : _LAGS + 1]
    wave = wave / (wave[:, :1] + 1e-12)
    middle = wave[:, 1:-1]
    peak = np.logical_or.accumulate(wave[:, :-1] < 0.2, axis=1)[:, 1:]
    peak &= middle >= wave[:, :-2]
    peak &= middle > wave[:, 2:]
    return np.asarray(np.minimum(np.maximum.reduce(middle, axis=1, initial=0.0, where=peak), 1.0))


def _tails(energy: Array) -> Array:
    """log10 of the kurtosis of a movement whose squares these are (2 for a sine of one axis: log10(1.5) = 0.18)."""
    mean = _mean(energy)
    return np.asarray(np.log10(_mean(energy * energy) / (mean * mean + 1e-14) + 1e-3))


def _envelope(level: Array) -> tuple[Array, ...]:
    """beat, beat_s, rest, bursts_hz."""
    mean = _mean(level)[:, None]
    spectrum = np.fft.rfft(level - mean, 256, axis=1)
    wave = np.fft.irfft(np.abs(spectrum) ** 2, axis=1)[:, :_ENVELOPE_LAGS]
    wave = wave / (wave[:, :1] + 1e-14) * _OVERLAP
    middle = wave[:, 1:-1]
    peak = (middle >= wave[:, :-2]) & (middle > wave[:, 2:])
    peak[:, : _SHORTEST - 1] = False
    peaks = middle * peak
    ordered = level.copy()
    ordered.partition(_FIFTH, axis=1)
    over = level > mean
    rises = _sum(over[:, 1:] > over[:, :-1], axis=1)
    return (
        np.minimum(np.maximum.reduce(peaks, axis=1, initial=0.0), 1.0),
        (peaks.argmax(axis=1) + 1) / GRID_HZ,
        np.log10(ordered[:, _FIFTH] / (mean[:, 0] + _TINY) + 1e-2),
        rises * (GRID_HZ / _LEVELS),
    )


def _loop(real: Array, imag: Array, squares: Array) -> Array:
    """0 where every frequency of 0.8-8 Hz moves along one line, 1 where each goes in a circle; 0 for a magnitude.

    Products of real numbers, since complex ones may round otherwise with another number of windows.
    """
    if real.shape[1] == 1:
        return np.zeros(len(real))
    real, imag = real[:, :, _LEVEL], imag[:, :, _LEVEL]
    cross = imag * real[:, _NEXT] - real * imag[:, _NEXT]
    across = _sum(cross * cross, axis=1)
    total = _sum(np.ascontiguousarray(squares[:, :, _LEVEL]), axis=(1, 2))
    return np.asarray(2 * _sum(np.sqrt(across), axis=1) / (total + 1e-12))
