"""What five seconds of movement look like: physical figures, the same for three axes and for a magnitude."""

import functools
import math
import operator
from collections.abc import Iterable, Sequence
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
_OVERLAP = [_LEVELS / (_LEVELS - lag) for lag in range(_ENVELOPE_LAGS)]  # the further the lag, the fewer products
_SHORTEST = 5  # grid values: envelopes repeat after 0.2 s at the earliest (5 Hz)


class Figures(NamedTuple):
    """Of one window.

    level: log10 of the RMS in g, 0.8-8 Hz. sway, slow, middle, brisk: shares of the power (0.5-11 Hz) in 0.2-0.8,
    0.8-1.6, 1.6-3 and 3-8 Hz. peak: share of 0.7-8.2 Hz within one bin of the strongest, at peak_hz. centre_hz,
    spread_hz: mean and SD of the spectrum. repeat: highest autocorrelation after the first fall below 0.2.
    tails, jerk_tails: log10 kurtosis of the movement and of its derivative. uneven: SD/mean of the derivative's level
    over five parts. drift: log10 of the change in g from the first second's mean to the last's. beat: highest
    autocorrelation of the jerk envelope, after beat_s. rest: log10 of its quiet fifth over its mean. bursts_hz: how
    often it rises over its mean. loop: out-of-phase part between axes, 0 along one line, 1 in circles (three axes).
    """

    level: float
    sway: float
    slow: float
    middle: float
    brisk: float
    peak: float
    peak_hz: float
    centre_hz: float
    spread_hz: float
    repeat: float
    tails: float
    jerk_tails: float
    uneven: float
    drift: float
    beat: float
    beat_s: float
    rest: float
    bursts_hz: float
    loop: float


def _bins(low_hz: float, high_hz: float) -> slice:
    """The bins of a spectrum from low up to, not with, high."""
    return slice(int(np.searchsorted(_HZ, low_hz)), int(np.searchsorted(_HZ, high_hz)))


_ALL, _USED, _LEVEL = _bins(0.5, 11), _bins(0.7, 8.2), _bins(0.8, 8)
_FEW = (_bins(0.2, 0.8), _bins(0.8, 1.6), _bins(1.6, 3))
_BRISK = _bins(3, 8)
_USED_HZ = _HZ[_USED]
_BIN_HZ = _USED_HZ.tolist()
_PASSED = np.zeros(_HZ.size)
_PASSED[_ALL] = 1.0
_NEXT = np.array([1, 2, 0])  # y after x, z after y, x after z
_sum = np.add.reduce  # what `sum` calls, without the way there


def describe(windows: Array, jerk: Array, level: Array) -> list[Figures]:
    """Of h windows, (c, h, WINDOW) g at 25 Hz.

    jerk, level: (h, WINDOW - 1) energy of the changes in them and (h, WINDOW - 1 - jerks.LOST) the smoothed level.
    Numpy does what is done to whole windows, for all of them at once, and Python what is done to a few numbers: an
    operation on an array of one number takes as long as on one of a hundred. Sums run within a window in a fixed order,
    so its figures do not depend on the windows that are described with it.
    """
    flat = windows - _sum(windows, axis=2, keepdims=True) / WINDOW
    flat -= _sum(flat * _RAMP, axis=2, keepdims=True) / _RAMP_POWER * _RAMP
    parts = np.empty((*flat.shape[:2], _HZ.size, 2))  # real, imaginary
    np.fft.rfft(flat * _TAPER, out=parts.view(np.complex128)[..., 0])
    squares = parts * parts
    squares = squares[..., 0] + squares[..., 1]
    power = _sum(squares, axis=0) * _POWER
    levels, shares = _spectrum(power)
    lows, beats = _envelope(level)
    sizes = [levels, _tails(_sum(flat * flat, axis=0)), _tails(jerk), _drift(windows), lows]
    return [
        Figures._make((level, *share, repeat, tails, jerk_tails, uneven, drift, beat, beat_s, rest, bursts_hz, loop))
        for level, tails, jerk_tails, drift, rest, share, (beat, beat_s, bursts_hz), repeat, uneven, loop in zip(
            *np.log10(sizes).tolist(), shares, beats, _repeat(power), _uneven(jerk), _loop(parts, squares), strict=True
        )
    ]


def _in_order(values: Iterable[float]) -> float:
    """Their sum, added up one by one: the built-in one compensates for rounding from Python 3.12 on."""
    return functools.reduce(operator.add, values)


def _spectrum(power: Array) -> tuple[list[float], list[tuple[float, ...]]]:
    """Of each window: its RMS, and sway, slow, middle, brisk, peak, peak_hz, centre_hz, spread_hz."""
    part = power[:, _USED]
    used = _sum(part, axis=1)
    share = part / (used + 1e-12)[:, None]
    centre = _sum(share * _USED_HZ, axis=1)
    off = _USED_HZ - centre[:, None]
    sums = zip(
        power.tolist(),
        _sum(power[:, _ALL], axis=1).tolist(),
        _sum(power[:, _BRISK], axis=1).tolist(),
        used.tolist(),
        centre.tolist(),
        _sum(share * (off * off), axis=1).tolist(),
        strict=True,
    )
    shares = []
    for bins, all_, brisk, used_, centre_hz, variance in sums:
        total = all_ + _TINY
        few = [_in_order(bins[each]) / total for each in _FEW]
        most, most_hz = _strongest(bins[_USED])
        shares.append((*few, brisk / total, most / (used_ + _TINY), most_hz, centre_hz, math.sqrt(variance)))
    return [math.sqrt(each + _TINY) for each in _sum(power[:, _LEVEL], axis=1).tolist()], shares


def _strongest(bins: list[float]) -> tuple[float, float]:
    """The most power of three bins beside each other, and the frequency of the middle one."""
    three = [here + before + after for before, here, after in zip([0.0, *bins], bins, [*bins[1:], 0.0], strict=False)]
    most = max(three)
    return most, _BIN_HZ[three.index(most)]


def _repeat(power: Array) -> list[float]:
    """Highest local peak of the autocorrelation of 0.5-11 Hz, once it has fallen below 0.2; 0 if there is none."""
    found = []
    for wave in np.fft.irfft(power * _PASSED, axis=1)[:, : _LAGS + 1].tolist():
        whole = wave[0] + 1e-12
        shares = [each / whole for each in wave]
        fallen = 0
        while fallen < _LAGS and shares[fallen] >= 0.2:
            fallen += 1
        found.append(min(_highest(shares, max(fallen, 1))[0], 1.0))
    return found


def _highest(wave: Sequence[float], first: int) -> tuple[float, int]:
    """Height and lag of the highest local peak over 0, from that lag on; 0 and 1 if there is none."""
    highest, at = 0.0, 1
    before, here = wave[first - 1], wave[first]
    for lag, after in enumerate(wave[first + 1 :], first):
        if before <= here > after and here > highest:
            highest, at = here, lag
        before, here = here, after
    return highest, at


def _tails(energy: Array) -> list[float]:
    """Kurtosis of a movement whose squares these are (2 for a sine of one axis: its logarithm is 0.18 for 1.5)."""
    count = energy.shape[1]
    found = []
    for total, squares in zip(_sum(energy, axis=1).tolist(), _sum(energy * energy, axis=1).tolist(), strict=True):
        mean = total / count
        found.append(squares / count / (mean * mean + 1e-14) + 1e-3)
    return found


def _uneven(jerk: Array) -> list[float]:
    """SD over mean of the levels of five parts, each a second."""
    sums = _sum(jerk[:, : 5 * GRID_HZ].reshape(-1, 5, GRID_HZ), axis=2)
    found = []
    for parts in sums.tolist():
        levels = [math.sqrt(part / GRID_HZ) for part in parts]
        mean = _in_order(levels) / 5
        variance = _in_order([(level - mean) * (level - mean) for level in levels]) / 5
        found.append(math.sqrt(variance) / (mean + 1e-6))
    return found


def _drift(windows: Array) -> list[float]:
    """g from the mean of the first second to that of the last, and a little for the logarithm."""
    first, last = _sum(windows[:, :, :GRID_HZ], axis=2), _sum(windows[:, :, -GRID_HZ:], axis=2)
    found = []
    for befores, afters in zip(first.T.tolist(), last.T.tolist(), strict=True):
        moved = [after / GRID_HZ - before / GRID_HZ for before, after in zip(befores, afters, strict=True)]
        found.append(math.sqrt(_in_order([change * change for change in moved])) + 1e-3)
    return found


def _envelope(level: Array) -> tuple[list[float], list[tuple[float, float, float]]]:
    """Of each window: its quiet fifth over its mean, and a little for the logarithm; and beat, beat_s, bursts_hz."""
    mean = _sum(level, axis=1) / _LEVELS
    spectrum = np.abs(np.fft.rfft(level - mean[:, None], 256, axis=1))
    waves = np.fft.irfft(spectrum * spectrum, axis=1)[:, :_ENVELOPE_LAGS]
    ordered = level.copy()
    ordered.partition(_FIFTH, axis=1)
    over = level > mean[:, None]
    rises = _sum(over[:, 1:] > over[:, :-1], axis=1).tolist()
    lows, beats = [], []
    for wave, low, middle, count in zip(waves.tolist(), ordered[:, _FIFTH].tolist(), mean.tolist(), rises, strict=True):
        whole = wave[0] + 1e-14
        height, lag = _highest([each / whole * over for each, over in zip(wave, _OVERLAP, strict=True)], _SHORTEST)
        lows.append(low / (middle + _TINY) + 1e-2)
        beats.append((min(height, 1.0), lag / GRID_HZ, count * (GRID_HZ / _LEVELS)))
    return lows, beats


def _loop(parts: Array, squares: Array) -> list[float]:
    """0 where every frequency of 0.8-8 Hz moves along one line, 1 where each goes in a circle; 0 for a magnitude.

    Products of real numbers, since complex ones may round otherwise with another number of windows.
    """
    count = squares.shape[1]
    if len(parts) == 1:
        return [0.0] * count
    here = parts[:, :, _LEVEL]
    cross = here[..., ::-1] * here.take(_NEXT, axis=0)
    cross = cross[..., 0] - cross[..., 1]
    across = _sum(np.sqrt(_sum(cross * cross, axis=0)), axis=1)
    total = _sum(squares[:, :, _LEVEL].transpose(1, 0, 2).reshape(count, -1), axis=1)
    return [2 * part / (whole + 1e-12) for part, whole in zip(across.tolist(), total.tolist(), strict=True)]
