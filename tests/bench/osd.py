"""The reference detector: OpenSeizureDetector's "original" algorithm, from its public description (defaults, untuned).

25 Hz, vector magnitude in milli-g, windows of 5 s that do not overlap. The mean power of 3-8 Hz must pass 100 (of its
scale, thousands of milli-g squared) and be more than 57 % of the power up to the cut-off of 12 Hz. WARNING after two
such windows, ALARM after three; one window without leads from ALARM back to WARNING, a second to OK.
https://openseizuredetector.github.io/pages-user/seizure-detection/original-osd-algorithm.html
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 25.0
WINDOW = 125
BAND_HZ = (3.0, 8.0)
CUT_OFF_HZ = 12.0
POWER = 100.0 * 1000.0
SHARE = 0.57
WINDOWS = 3
MISSES = 2

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """One value a window. end_s: time of its last sample. power: mean of the band. share: of the power in the band."""

    end_s: Array
    power: Array
    share: Array

    def episodes(self, share: float = SHARE) -> list[tuple[float, float]]:
        """Each alarm: when it is raised and when it ends, s."""
        found: list[tuple[float, float]] = []
        count, misses, raised_s = 0, 0, None
        for end_s, hit in zip(self.end_s.tolist(), (self.power > POWER) & (self.share > share), strict=True):
            count, misses = (count + 1, 0) if hit else (0, misses + 1)
            if raised_s is None and count == WINDOWS:
                raised_s = end_s
            elif raised_s is not None and misses == MISSES:
                found.append((raised_s, end_s))
                raised_s = None
        return found if raised_s is None else [*found, (raised_s, float(self.end_s[-1]))]


def episodes(t_s: Array, values: Array) -> list[tuple[float, float]]:
    """Each alarm with its end, s. values: (n, 3) or (n,) g."""
    return look(t_s, values).episodes()


def look(t_s: Array, values: Array) -> Windows:
    """What the rule sees. t_s: (n,) s, evenly spaced; values: (n, 3) or (n,) g."""
    magnitude_mg = 1000 * _at_25_hz(t_s, values)
    windows = magnitude_mg[: magnitude_mg.size // WINDOW * WINDOW].reshape(-1, WINDOW)
    spectra = np.abs(np.fft.rfft(windows, axis=1)) ** 2
    hz = np.fft.rfftfreq(WINDOW, 1 / RATE_HZ)
    band = spectra[:, (hz >= BAND_HZ[0]) & (hz < BAND_HZ[1])]
    total = spectra[:, (hz > 0) & (hz <= CUT_OFF_HZ)].sum(axis=1)
    last = (np.arange(len(windows)) + 1) * WINDOW - 1
    end_s = t_s[last] if _is_25_hz(t_s) else t_s[0] + last / RATE_HZ
    return Windows(end_s, band.mean(axis=1), band.sum(axis=1) / np.maximum(total, 1e-9))


def _is_25_hz(t_s: Array) -> bool:
    return abs(1 / float(np.median(np.diff(t_s))) - RATE_HZ) < 0.01


def _at_25_hz(t_s: Array, values: Array) -> Array:
    """The magnitude at 25 Hz; each axis is resampled before."""
    if _is_25_hz(t_s):
        return values if values.ndim == 1 else np.linalg.norm(values, axis=1)
    ratio = Fraction(RATE_HZ * float(np.median(np.diff(t_s)))).limit_denominator(64)
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
    size = (x.size * up + down - 1) // down
    reach = 2 * half // up + 2
    padded = np.zeros(-(-(x.size + 2 * reach) // down) * down)
    padded[reach : reach + x.size] = x - line
    lanes = padded.reshape(-1, down).T.copy()  # every `down`-th sample in a row: what values `up` apart rest on
    out = np.interp(np.arange(size) * down / up, np.arange(x.size), line)
    for first in range(min(up, size)):
        newest, phase = divmod(first * down + half, up)
        total = out[first::up].copy()
        for back, tap in enumerate(taps[phase::up].tolist()):
            turn, lane = divmod(newest - back + reach, down)
            total += tap * lanes[lane, turn : turn + total.size]
        out[first::up] = total
    return out
