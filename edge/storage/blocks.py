"""Acceleration samples as blocks of at most five seconds of int16, deflated. Pure.

A night of 50 Hz on three axes is 1.44 million samples: 5,760 rows and 5 MB this way, against 1.44 million rows and
about 27 MB with a row a sample (`make bench-store` measures the first). All that is kept is written twice, to the -wal
file and from there, so it wears the memory card by what it takes. Deflated are the low bytes and then the high ones: of
a sleeping child these are the same few, and of the low ones the noise of the sensor is left. Of one second that leaves
60 %, of five 46 %, of ten 44 %, at .1 us a sample.
"""

import zlib
from dataclasses import dataclass

import numpy as np

from edge.model.reading import Array

FINE_G = 1 / 4096
"""Finest step, g: below the noise of the sensors worn (LIS2DH12, LSM6DS3, 1 to 4 mg) and +-8 g in int16."""

_LEVEL = 6
_INVALID = -32768
_TOP = 32767
_GAP_STEPS = 1.5  # a longer pause than this many sample intervals starts a new block
LONGEST_S = 5.0
"""Of a block. Longer ones do not fill the pages of the database as well."""
_MOST_SAMPLES = 65_536
"""Of a block that is deflated, so that a damaged or foreign row never swells to more than some hundred kB."""


@dataclass(frozen=True, slots=True)
class Block:
    """n samples from start_s on, step_s apart: little-endian int16 of (n, axes), times scale_g; -32768: NaN.

    axes: 3, or 1 for the vector magnitude. data: these as they are, as earlier releases had all of them; where it is
    shorter than that, raw deflate (RFC 1951) of all their low bytes and then all their high ones.
    """

    start_s: float
    step_s: float
    n: int
    axes: int
    scale_g: float
    data: bytes


def pack(wall_s: Array, values: Array) -> list[Block]:
    """Cut samples at every full five seconds, at gaps and where time runs backwards; quantise each piece.

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
        Block(float(wall_s[a]), _step_s(wall_s, a, b), int(b - a), axes, float(scale), _data(coded[a:b]))
        for a, b, scale in zip(starts, ends, scales, strict=True)
    ]


def unpack(block: Block) -> tuple[Array, Array]:
    """Times, (n,) float64 s, and values, (n, 3) or (n,) float64 g. Raises ValueError for data that is not such."""
    coded = np.frombuffer(_octets(block), "<i2").reshape(block.n, block.axes)
    values: Array = np.where(coded == _INVALID, np.nan, coded * block.scale_g)
    wall_s: Array = block.start_s + block.step_s * np.arange(block.n, dtype=np.float64)
    return wall_s, values if block.axes == 3 else values[:, 0]


def _data(coded: "np.ndarray[tuple[int, ...], np.dtype[np.int16]]") -> bytes:
    """Deflated where that is shorter."""
    plain = coded.tobytes()
    if len(coded) > _MOST_SAMPLES:
        return plain
    deflated = zlib.compress(np.frombuffer(plain, np.uint8).reshape(-1, 2).T.tobytes(), _LEVEL, -zlib.MAX_WBITS)
    return deflated if len(deflated) < len(plain) else plain


def _octets(block: Block) -> bytes:
    """Of the samples, two each, one after the other."""
    size = 2 * block.n * block.axes
    if len(block.data) >= size or block.n > _MOST_SAMPLES:
        return block.data
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        octets = inflater.decompress(block.data, size)
    except zlib.error as error:
        raise ValueError(f"deflated samples are damaged: {error}") from error
    if len(octets) != size or not inflater.eof:
        raise ValueError(f"deflated samples of {len(octets)} B are no {size} B")
    return np.frombuffer(octets, np.uint8).reshape(2, -1).T.tobytes()


def _cuts(wall_s: Array) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    gaps = np.diff(wall_s)
    forward = gaps[gaps > 0]
    longest_s = _GAP_STEPS * float(np.median(forward)) if len(forward) else 0.0
    cut = (gaps <= 0) | (gaps > longest_s) | (np.diff(np.floor(wall_s / LONGEST_S)) != 0)
    return np.concatenate(([0], np.flatnonzero(cut) + 1)).astype(np.intp)


def _step_s(wall_s: Array, first: np.intp, end: np.intp) -> float:
    return float((wall_s[end - 1] - wall_s[first]) / (end - first - 1)) if end - first > 1 else 0.0
