"""From samples of any rate to one common grid of 25 Hz, causally, whatever the size of the pieces they come in.

Every grid value is a fixed function of the samples around it: nothing depends on where a chunk begins or ends, so a
recording gives the same bits when it is fed sample by sample or as a whole.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from edge.errors import RecordingError
from edge.model.reading import Array

GRID_HZ = 25
BREAK_S = 3.0  # a longer pause starts a new run: nothing is interpolated across it
_THIN = 4  # the grid is thinned by four from an interpolation at 100 Hz, which is where aliases are filtered
_FINE_S = 1.0 / (GRID_HZ * _THIN)
_TAPS = 25
_BRIDGE_S = 0.3  # values between samples further apart count as not watched (three samples of the slowest sensor)
_LIMIT_G = 50.0  # no sensor worn by a child measures more (ranges end at 16 g per axis, magnitudes at 28 g)
_LOST = 100  # so many samples in a row that lie in the past mean that the clock was set back
_AT_ONCE = 128  # grid values filtered at once: stays in the processor's cache
_BLOCK = 20_000  # samples taken at once: bounds the memory that one call needs


def _low_pass() -> Array:
    """Hamming-windowed sinc, -6 dB at 10 Hz: flat to 6 Hz, under 1 % from 17 Hz on, the lowest to fold into 8 Hz."""
    n = np.arange(_TAPS) - (_TAPS - 1) / 2
    taps = np.sinc(2 * 10.0 * _FINE_S * n) * np.hamming(_TAPS)
    return np.asarray(taps / taps.sum(), dtype=np.float64)


_FIR = _low_pass()[:, None, None]
_TAKEN = np.arange(_TAPS)[:, None] + _THIN * np.arange(_AT_ONCE)  # by each tap, for each value


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Where the resampling of one sensor stands.

    last: (c + 1,) the last sample, its time first; None before a run. origin_s: time of the first sample of the run.
    fine: number of 100 Hz values made in the run; tail: (m, c + 2) those the filter still needs, each with whether no
    sample was near (0 or 1) and the time of the sample that completed it. lost: samples in a row that lay in the past.
    """

    columns: int
    tail: Array
    last: "Array | None" = None
    origin_s: float = 0.0
    fine: int = 0
    lost: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Grid values that follow each other in one run.

    pause_s: None if the run goes on, else a new run begins and nothing came for so long. rows: (n, c + 2) g at 25 Hz,
    then 1 where no sample was near, else 0, then the time of the last sample that the value rests on.
    """

    pause_s: float | None
    rows: Array


def empty(columns: int) -> Grid:
    """The state before the first sample. columns: 3 (axes, g) or 1 (magnitude, g). Raises RecordingError."""
    if columns not in {1, 3}:
        raise RecordingError(f"motion samples: expected 3 axes or 1 magnitude, got {columns} columns")
    return Grid(columns, np.empty((0, columns + 2)))


def resample(grid: Grid, t_s: Array, values: Array) -> tuple[Grid, list[Piece]]:
    """Take samples, t_s (n,) s and values (n, c) or (n,) g, and return the grid values that are now certain.

    Dropped as invalid: rows with anything not finite or beyond 50 g, and samples not later than the one before. If 100
    in a row lie in the past, the clock was set back and a new run starts there. Raises RecordingError for other shapes.
    """
    times = np.asarray(t_s, dtype=np.float64)
    rows = np.asarray(values, dtype=np.float64)
    rows = rows[:, None] if rows.ndim == 1 else rows
    if times.ndim != 1 or rows.shape != (times.size, grid.columns):
        raise RecordingError(
            f"motion samples: expected {grid.columns} column(s) and one time a row, got {rows.shape} and {times.shape}"
        )
    pieces: list[Piece] = []
    for begin in range(0, times.size, _BLOCK):
        block = np.empty((min(_BLOCK, times.size - begin) + 1, grid.columns + 1))
        block[0] = -math.inf if grid.last is None else grid.last
        block[1:, 0], block[1:, 1:] = times[begin : begin + _BLOCK], rows[begin : begin + _BLOCK]
        grid, done = _accept(grid, block)
        pieces += done
    return grid, pieces


def _accept(grid: Grid, block: Array) -> tuple[Grid, list[Piece]]:
    """Drop invalid samples. block: (1 + n, c + 1), time first: the last sample before, then the new ones, n > 0."""
    times, size = block[:, 0], np.abs(block[1:, 1:])  # what is not a number compares false below
    rising = times[-1] < math.inf and np.logical_and.reduce(times[:-1] < times[1:])
    if rising and not grid.lost and np.maximum.reduce(size, axis=None) <= _LIMIT_G:
        return _rising(grid, block[1:] if grid.last is None else block)
    valid = np.isfinite(times[1:]) & (size <= _LIMIT_G).all(axis=1)
    return _with_reversed(grid, block[1:][valid], float(times[0]))


def _with_reversed(grid: Grid, samples: Array, last_s: float) -> tuple[Grid, list[Piece]]:
    """The slow path, one sample at a time: drop what lies in the past, follow a clock that was set back."""
    pieces: list[Piece] = []
    keep: list[int] = []
    lost = grid.lost
    for i, time_s in enumerate(samples[:, 0].tolist()):
        lost = 0 if time_s > last_s else lost + 1
        if lost == _LOST:
            _, done = _follow(grid, samples[keep])
            pieces += done
            grid, keep, lost = empty(grid.columns), [], 0
        if not lost:
            keep.append(i)
            last_s = time_s
    grid, done = _follow(grid, samples[keep])
    return replace(grid, lost=lost), pieces + done


def _follow(grid: Grid, samples: Array) -> tuple[Grid, list[Piece]]:
    """Samples of rising times after the last one before, if there is one."""
    if not len(samples):
        return grid, []
    return _rising(grid, samples if grid.last is None else np.concatenate([grid.last[None], samples]))


def _rising(grid: Grid, samples: Array) -> tuple[Grid, list[Piece]]:
    """Split rising times at pauses and interpolate each run. samples: the last one before in front, if there is one."""
    change = samples[1:] - samples[:-1]
    pause_s = np.inf if grid.last is None else None
    if np.maximum.reduce(change[:, 0], initial=0.0) <= BREAK_S:
        grid, piece = _run(grid, samples, change, pause_s)
        return grid, [piece]
    cuts = (np.flatnonzero(change[:, 0] > BREAK_S) + 1).tolist()
    pieces: list[Piece] = []
    for begin, end in zip([0, *cuts], [*cuts, len(samples)], strict=True):
        if begin:
            pause_s = float(change[begin - 1, 0])
            grid = empty(grid.columns)
        grid, piece = _run(grid, samples[begin:end], change[begin : end - 1], pause_s)
        pieces.append(piece)
    return grid, pieces


def _run(grid: Grid, samples: Array, change: Array, pause_s: float | None) -> tuple[Grid, Piece]:
    """Interpolate one run at 100 Hz up to (not at) its last sample, filter, thin to 25 Hz. change: between samples."""
    times, kept = samples[:, 0], len(grid.tail)
    origin_s, end_s = float(times[0]) if pause_s is not None else grid.origin_s, float(times[-1])
    count = int((end_s - origin_s) / _FINE_S) + 2
    while origin_s + (count - 1) * _FINE_S >= end_s:
        count -= 1
    at = origin_s + np.arange(grid.fine, count) * _FINE_S
    before = times.searchsorted(at, side="right") - 1
    left, change = samples.take(before, axis=0), change.take(before, axis=0)
    weight = (at - left[:, 0]) / change[:, 0]
    tail = np.empty((kept + at.size, grid.columns + 2))
    tail[:kept] = grid.tail
    tail[kept:, :-2] = left[:, 1:] + weight[:, None] * change[:, 1:]
    tail[kept:, -2] = change[:, 0] > _BRIDGE_S
    tail[kept:, -1] = times.take(before + 1)
    ready = max(0, (len(tail) - _TAPS) // _THIN + 1)
    used = ready * _THIN
    # Tap after tap is added, so that no value depends on how many are made at once; the marks go through it unused.
    rows = np.empty((ready, grid.columns + 2))
    for begin in range(0, ready, _AT_ONCE):
        part = rows[begin : begin + _AT_ONCE]
        taps = tail[_THIN * begin :].take(_TAKEN[:, : len(part)], axis=0)
        np.add.reduce(np.multiply(taps, _FIR, out=taps), axis=0, out=part)
    rows[:, -2] = tail[_TAPS // 2 : _TAPS // 2 + used : _THIN, -2]
    rows[:, -1] = tail[_TAPS - 1 : _TAPS - 1 + used : _THIN, -1]
    return Grid(grid.columns, tail[used:].copy(), samples[-1].copy(), origin_s, grid.fine + at.size), Piece(
        pause_s, rows
    )
