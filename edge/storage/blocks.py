"""Acceleration samples as blocks of at most one second of int16. Pure.

A night of 50 Hz on three axes is 1.44 million samples: 28,800 rows and 11 MB this way, against 1.44 million rows and
about 27 MB with a row a sample (`make bench-store` measures the first).
"""

from dataclasses import dataclass

import numpy as np

from edge.model.reading import Array

FINE_G = 1 / 4096
"""Finest step, g: below the noise of the sensors worn (LIS2DH12, LSM6DS3, 1 to 4 mg) and +-8 g in int16."""

_INVALID = -32768
_TOP = 32767
_GAP_STEPS = 1.5  # a longer pause than this many sample intervals starts a new block


@dataclass(frozen=True, slots=True)
class Block:
    """n samples from start_s on, step_s apart; `data` is little-endian int16 of (n, axes), times scale_g; -32768: NaN.

    axes: 3, or 1 for the vector magnitude.
    """

    start_s: float
    step_s: float
    n: int
    axes: int
    scale_g: float
    data: bytes


def pack(wall_s: Array, values: Array) -> list[Block]:
    """Cut samples at full seconds, at gaps and where time runs backwards; quantise each piece.

    wall_s: (n,) float64, seconds. values: (n, 3) or (n,) float64, g, NaN for invalid. Within a block times become
    equally spaced, so jitter up to half a sample interval is not kept. A block that goes beyond +-8 g gets a coarser
    scale, a power of two, instead of being clipped.
    """
    if len(wall_s) == 0:
        return []
    axes = 3 if values.ndim == 2 else 1
    table = np.where(np.isfinite(values), values, np.nan).reshape(len(wall_s), axes)
    starts = _cuts(wall_s)
    ends = np.append(starts[1:], len(wall_s))
    peaks = np.maximum.reduceat(np.nan_to_num(np.abs(table)).max(axis=1), starts)
    scales = FINE_G * 2.0 ** np.ceil(np.log2(np.maximum(peaks / (_TOP * FINE_G), 1.0)))
    steps = np.rint(table / np.repeat(scales, ends - starts)[:, None])
    coded = np.where(np.isnan(steps), _INVALID, steps).astype("<i2")
    return [
        Block(float(wall_s[a]), _step_s(wall_s, a, b), int(b - a), axes, float(scale), coded[a:b].tobytes())
        for a, b, scale in zip(starts, ends, scales, strict=True)
    ]


def unpack(block: Block) -> tuple[Array, Array]:
    """Times, (n,) float64 s, and values, (n, 3) or (n,) float64 g."""
    coded = np.frombuffer(block.data, "<i2").reshape(block.n, block.axes)
    values: Array = np.where(coded == _INVALID, np.nan, coded * block.scale_g)
    wall_s: Array = block.start_s + block.step_s * np.arange(block.n, dtype=np.float64)
    return wall_s, values if block.axes == 3 else values[:, 0]


def _cuts(wall_s: Array) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    gaps = np.diff(wall_s)
    forward = gaps[gaps > 0]
    longest_s = _GAP_STEPS * float(np.median(forward)) if len(forward) else 0.0
    cut = (gaps <= 0) | (gaps > longest_s) | (np.diff(np.floor(wall_s)) != 0)
    return np.concatenate(([0], np.flatnonzero(cut) + 1)).astype(np.intp)


def _step_s(wall_s: Array, first: np.intp, end: np.intp) -> float:
    return float((wall_s[end - 1] - wall_s[first]) / (end - first - 1)) if end - first > 1 else 0.0
