"""The reference detector: OpenSeizureDetector's rule, from its public description (defaults, untuned).

25 Hz, vector magnitude in milli-g, windows of 5 s that do not overlap; the mean power of 3-8 Hz must pass 100 (of its
scale, thousands of milli-g squared) and be more than 57 % of all. WARNING after two such windows, ALARM after three.
"""

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
    raised, count = [], 0
    for index, is_hit in enumerate(hit):
        count = count + 1 if is_hit else 0
        if count == WINDOWS:
            raised.append(float(t_s[0]) + (index + 1) * WINDOW / RATE_HZ)
    return raised


def _at_25_hz(t_s: Array, values: Array) -> Array:
    """The magnitude at 25 Hz; each axis is resampled before."""
    rate_hz = 1 / float(np.median(np.diff(t_s)))
    if abs(rate_hz - RATE_HZ) < 0.01:
        return values if values.ndim == 1 else np.linalg.norm(values, axis=1)
    grid = np.arange(t_s[0], t_s[-1] + 1e-9, 1 / RATE_HZ)
    if values.ndim == 1:
        return np.interp(grid, t_s, values)
    return np.linalg.norm(np.stack([np.interp(grid, t_s, axis) for axis in values.T], axis=1), axis=1)
