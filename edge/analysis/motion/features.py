"""What a window of movement looks like: physical figures, the same for three axes and for a magnitude."""

import numpy as np

from edge.analysis.motion.grid import GRID_HZ
from edge.model.reading import Array

WINDOW = 128  # grid values: 5.12 s, five jerks at the slowest clonic rate of 1 Hz
NAMES = ("level_g", "share_3_8hz", "rate_hz")

_TAPER = np.hanning(WINDOW + 1)[:-1]
_HZ = np.fft.rfftfreq(WINDOW, 1 / GRID_HZ)
_RAMP = np.arange(WINDOW) - (WINDOW - 1) / 2


def describe(windows: Array) -> Array:
    """(h, len(NAMES)) figures of h windows, (h, c, WINDOW) g at 25 Hz. Each row rests on its own window alone."""
    flat = windows - windows.mean(axis=2, keepdims=True)
    slope = (flat * _RAMP).sum(axis=2, keepdims=True) / (_RAMP**2).sum()
    flat = flat - slope * _RAMP
    power = (np.abs(np.fft.rfft(flat * _TAPER, axis=2)) ** 2).sum(axis=1)
    power *= 2 / (WINDOW * (_TAPER**2).sum())
    moving = np.ascontiguousarray(power[:, (_HZ >= 0.5) & (_HZ <= 12)])
    hz = _HZ[(_HZ >= 0.5) & (_HZ <= 12)]
    total = moving.sum(axis=1) + 1e-9
    brisk = np.ascontiguousarray(moving[:, (hz >= 2.9) & (hz <= 8.1)]).sum(axis=1)
    return np.stack([np.sqrt(total), brisk / total, hz[moving.argmax(axis=1)]], axis=1)
