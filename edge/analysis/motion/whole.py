"""The figures of a whole recording, as the detector measures them: what its weights are learned from."""

import numpy as np

from edge.analysis import grid
from edge.analysis.motion import history, hops, succession
from edge.analysis.motion.history import Past
from edge.model.reading import Array

FIGURES = history.NAMES
"""Names of the figures of a second, in order."""
_AT_ONCE = 512  # seconds described at once: stays in the processor's cache


def figures(t_s: Array, values: Array) -> tuple[Array, Array]:
    """(h,) s and (h, len(FIGURES)) of the seconds of which something can be said, from a cold start.

    t_s: (n,) s. values: (n, 3) or (n,) g.
    """
    columns = 1 if values.ndim == 1 else values.shape[1]
    _, pieces = grid.resample(grid.empty(columns), t_s, values)
    times: list[float] = []
    rows: list[Array] = []
    for piece in pieces:
        _describe(piece.rows, columns, times, rows)
    return np.array(times), np.array(rows).reshape(-1, len(FIGURES))


def _describe(grid_rows: Array, columns: int, times: list[float], rows: list[Array]) -> None:
    """Add what one piece without a pause holds."""
    past: Past = ()
    seconds = len(grid_rows) // hops.HOP
    for begin in range(0, seconds, _AT_ONCE):
        until = min(seconds, begin + _AT_ONCE)
        offset = max(0, begin * hops.HOP - succession.SPAN)
        window = grid_rows[offset : until * hops.HOP]
        ends = [second * hops.HOP - offset for second in range(begin + 1, until + 1)]
        past, ends, found = hops.describe(window, ends, past, columns)
        times += [float(window[end - 1, -1]) for end in ends]
        rows += list(found)
