"""What five seconds of movement look like: physical figures, the same for three axes and for a magnitude."""

from typing import NamedTuple

import numpy as np

from edge.analysis.motion.grid import GRID_HZ
from edge.model.reading import Array

WINDOW = 128  # grid values: 5.12 s, five jerks at the slowest clonic rate of 1 Hz
_TINY = 1e-9  # g2; far below a sensor's noise, keeps divisions finite

_TAPER = np.hanning(WINDOW + 1)[:-1]
_HZ = np.fft.rfftfreq(WINDOW, 1 / GRID_HZ)
_RAMP = np.arange(WINDOW) - (WINDOW - 1) / 2
_LAGS = 34  # grid values: autocorrelation up to 1.3 s
_ENVELOPE = (1, 2, 3, 3, 3, 2, 1)  # smoothing of the jerk energy over 0.28 s, wider than a jerk of under 0.1 s
_ENVELOPE_LAGS = 36
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


def describe(windows: Array) -> Array:
    """(h, len(Figures._fields)) figures of h windows, (h, c, WINDOW) g at 25 Hz.

    Sums run within a window in a fixed order, so a row does not depend on the windows that are described with it.
    """
    flat = windows - windows.mean(axis=2, keepdims=True)
    flat = flat - (flat * _RAMP).sum(axis=2, keepdims=True) / (_RAMP**2).sum() * _RAMP
    spectra = np.fft.rfft(flat * _TAPER, axis=2)
    real, imag = np.ascontiguousarray(spectra.real), np.ascontiguousarray(spectra.imag)
    power = (real**2 + imag**2).sum(axis=1) * (2 / (WINDOW * (_TAPER**2).sum()))
    jerk = (np.diff(windows, axis=2) ** 2).sum(axis=1)
    moved = windows[:, :, -GRID_HZ:].mean(axis=2) - windows[:, :, :GRID_HZ].mean(axis=2)
    parts = np.sqrt(jerk[:, : 5 * GRID_HZ].reshape(-1, 5, GRID_HZ).mean(axis=2))
    columns = (
        *_spectrum(power),
        _repeat(power),
        _tails((flat**2).sum(axis=1)),
        _tails(jerk),
        parts.std(axis=1) / (parts.mean(axis=1) + 1e-6),
        np.log10(np.sqrt((moved**2).sum(axis=1)) + 1e-3),
        *_envelope(jerk),
        _loop(real, imag),
    )
    return np.column_stack(columns)


def _spectrum(power: Array) -> tuple[Array, ...]:
    """level, sway, slow, middle, brisk, peak, peak_hz, centre_hz, spread_hz."""

    def within(low_hz: float, high_hz: float) -> Array:
        return np.asarray(power[:, _bins(low_hz, high_hz)].sum(axis=1))

    total = within(0.5, 11) + _TINY
    used = _bins(0.7, 8.2)
    hz, part = _HZ[used], power[:, used]
    three = part.copy()
    three[:, 1:] += part[:, :-1]
    three[:, :-1] += part[:, 1:]
    at = three.argmax(axis=1)
    share = part / (part.sum(axis=1, keepdims=True) + 1e-12)
    centre = (share * hz).sum(axis=1)
    spread = np.sqrt((share * (hz - centre[:, None]) ** 2).sum(axis=1))
    return (
        np.log10(np.sqrt(within(0.8, 8) + _TINY)),
        within(0.2, 0.8) / total,
        within(0.8, 1.6) / total,
        within(1.6, 3) / total,
        within(3, 8) / total,
        three[np.arange(len(at)), at] / (part.sum(axis=1) + _TINY),
        hz[at],
        centre,
        spread,
    )


def _repeat(power: Array) -> Array:
    """Highest local peak of the autocorrelation of 0.5-11 Hz, once it has fallen below 0.2; 0 if there is none."""
    kept = np.zeros_like(power)
    used = _bins(0.5, 11)
    kept[:, used] = power[:, used]
    wave = np.fft.irfft(kept, axis=1)[:, : _LAGS + 1]
    wave = wave / (wave[:, :1] + 1e-12)
    fallen = np.maximum.accumulate(wave < 0.2, axis=1)[:, 1:-1]
    local = (wave[:, 1:-1] >= wave[:, :-2]) & (wave[:, 1:-1] > wave[:, 2:])
    return np.asarray(np.where(fallen & local, wave[:, 1:-1], 0.0).max(axis=1).clip(0.0, 1.0))


def _tails(energy: Array) -> Array:
    """log10 of the kurtosis of a movement whose squares these are (2 for a sine of one axis: log10(1.5) = 0.18)."""
    mean = energy.mean(axis=1)
    return np.asarray(np.log10((energy**2).mean(axis=1) / (mean**2 + 1e-14) + 1e-3))


def _envelope(jerk: Array) -> tuple[Array, ...]:
    """beat, beat_s, rest, bursts_hz."""
    count = jerk.shape[1] - len(_ENVELOPE) + 1
    smooth = np.zeros((len(jerk), count))
    for shift, factor in enumerate(_ENVELOPE):
        smooth += factor / sum(_ENVELOPE) * jerk[:, shift : shift + count]
    level = np.sqrt(smooth)
    mean = level.mean(axis=1, keepdims=True)
    wave = np.fft.irfft(np.abs(np.fft.rfft(level - mean, 256, axis=1)) ** 2, axis=1)[:, :_ENVELOPE_LAGS]
    wave = wave / (wave[:, :1] + 1e-14) * (count / (count - np.arange(_ENVELOPE_LAGS)))
    local = (wave[:, 1:-1] >= wave[:, :-2]) & (wave[:, 1:-1] > wave[:, 2:])
    local[:, : _SHORTEST - 1] = False
    peaks = np.where(local, wave[:, 1:-1], 0.0)
    at = peaks.argmax(axis=1)
    quiet = np.partition(level, count // 5, axis=1)[:, count // 5]
    rises = ((level[:, 1:] > mean) & (level[:, :-1] <= mean)).sum(axis=1)
    return (
        peaks[np.arange(len(at)), at].clip(0.0, 1.0),
        (at + 1) / GRID_HZ,
        np.log10(quiet / (mean[:, 0] + _TINY) + 1e-2),
        rises * (GRID_HZ / count),
    )


def _loop(real: Array, imag: Array) -> Array:
    """0 where every frequency of 0.8-8 Hz moves along one line, 1 where each goes in a circle; 0 for a magnitude.

    Products of real numbers, since complex ones may round otherwise with another number of windows.
    """
    if real.shape[1] == 1:
        return np.zeros(len(real))
    used = _bins(0.8, 8)
    across = np.zeros((len(real), used.stop - used.start))
    for one, other in ((0, 1), (1, 2), (2, 0)):
        across += (imag[:, one, used] * real[:, other, used] - real[:, one, used] * imag[:, other, used]) ** 2
    total = (real[:, :, used] ** 2 + imag[:, :, used] ** 2).sum(axis=(1, 2))
    return np.asarray(2 * np.sqrt(across).sum(axis=1) / (total + 1e-12))
