"""The reference detector: OpenSeizureDetector's rule, from its public description (defaults, untuned).

25 Hz, vector magnitude in milli-g, windows of 5 s that do not overlap; the mean power of 3-8 Hz must pass 100 (of its
scale, thousands of milli-g squared) and be more than 57 % of all. WARNING after two such windows, ALARM after three;
one window without leads from ALARM back to WARNING, a second to OK.
"""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 25.0
WINDOW = 125
BAND_HZ = (3.0, 8.0)
POWER = 100.0 * 1000.0
SHARE = 0.57
WINDOWS = 3

Array = NDArray[np.float64]


def alarms(t_s: Array, values: Array) -> list[float]:
    """Moments in s at which it raises its alarm. values: (n, 3) or (n,) g."""
    magnitude_mg = 1000 * _at_25_hz(t_s, values)
    windows = magnitude_mg[: magnitude_mg.size // WINDOW * WINDOW].reshape(-1, WINDOW)
    power = np.abs(np.fft.rfft(windows, axis=1)) ** 2
    hz = np.fft.rfftfreq(WINDOW, 1 / RATE_HZ)
    band = power[:, (hz >= BAND_HZ[0]) & (hz < BAND_HZ[1])]
    total = power[:, 1:].sum(axis=1)
    hit = (band.mean(axis=1) > POWER) & (band.sum(axis=1) > SHARE * np.maximum(total, 1e-9))
    raised, count, misses, standing = [], 0, 0, False
    for index, is_hit in enumerate(hit):
        count, misses = (count + 1, 0) if is_hit else (0, misses + 1)
        if count == WINDOWS and not standing:
            raised.append(
                float(
                    t_s[min((index + 1) * WINDOW, t_s.size) - 1]
                    if same_rate(t_s)
                    else t_s[0] + (index + 1) * WINDOW / RATE_HZ
                )
            )
            standing = True
        standing = standing and misses < 2
    return raised


def same_rate(t_s: Array) -> bool:
    return abs(1 / float(np.median(np.diff(t_s))) - RATE_HZ) < 0.01


def _at_25_hz(t_s: Array, values: Array) -> Array:
    """The magnitude at 25 Hz; each axis is resampled before."""
    if same_rate(t_s):
        return values if values.ndim == 1 else np.linalg.norm(values, axis=1)
    ratio = Fraction(RATE_HZ / (1 / float(np.median(np.diff(t_s))))).limit_denominator(64)
    if values.ndim == 1:
        return resampled(values, ratio)
    return np.linalg.norm(np.stack([resampled(axis, ratio) for axis in values.T], axis=1), axis=1)


def resampled(x: Array, ratio: Fraction) -> Array:
    """Band-limited change of rate by up/down: Kaiser-windowed sinc (beta 5), ten of the slower samples to each side.

    The straight line between the ends is taken off before and put back after, so that the ends do not ring.
    """
    up, down = ratio.numerator, ratio.denominator
    half = 10 * max(up, down)
    taps = np.sinc(np.arange(-half, half + 1) / max(up, down)) * np.kaiser(2 * half + 1, 5.0)
    taps *= up / taps.sum()
    line = np.linspace(x[0], x[-1], x.size)
    at = np.arange((x.size * up + down - 1) // down) * down
    reach = 2 * half // up + 2
    padded = np.concatenate([np.zeros(reach), x - line, np.zeros(reach)])
    out = np.interp(at / up, np.arange(x.size), line)
    newest, phase = (at + half) // up, (at + half) % up
    for back in range(2 * half // up + 1):
        tap = phase + back * up
        out += np.where(tap <= 2 * half, taps[np.minimum(tap, 2 * half)], 0.0) * padded[newest - back + reach]
    return out
