"""Every threshold at once: when each detector would have raised if its line lay elsewhere.

Ours: evidence does not depend on where the line for an alarm lies, so a line moved by x is the log-odds of each step
held against x instead of 0. An episode ends as the detector's does: at its own end, or, where the line is lower and
more is raised than it raises, after ten seconds at least 4 below the line, which is where no evidence is left.
`docs/benchmark.md` gives how many raises this counts at x = 0 beside the detector's own.
OSD: its share of power in the band is swept, its least power stays.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge.analysis.motion import END_STILL_S, GONE_BELOW_LINE, LINES, Stage, Step
from edge.model.people import Watchfulness
from tests.bench.osd import SHARE, Windows

OURS = tuple(float(x) for x in np.arange(-3.5, 4.01, 0.25))
OSD = tuple(round(float(x), 2) for x in np.arange(0.27, 0.97, 0.03))
OURS_NOW, OSD_NOW = OURS.index(0.0), OSD.index(SHARE)
CHOICES = {str(name): OURS.index(line - LINES[Watchfulness.BALANCED]) for name, line in LINES.items()}
"""Where in `OURS` what a family may choose lies."""
_GONE = -GONE_BELOW_LINE


def raises(steps: Sequence[Step], thresholds: Sequence[float] = OURS) -> list[list[float]]:
    """For each threshold the moments (s) at which an alarm would have been raised."""
    if not steps:
        return [[] for _ in thresholds]
    t_s = np.array([step.t_s for step in steps])
    log_odds = np.array([step.log_odds for step in steps])
    episode = _episodes(log_odds, np.array([step.stage is Stage.ALARM for step in steps]))
    found = []
    for threshold in thresholds:
        above = np.flatnonzero(log_odds >= threshold)
        _, first = np.unique(episode[above], return_index=True)
        found.append(t_s[above[first]].tolist())
    return found


def _episodes(log_odds: NDArray[np.float64], alarm: NDArray[np.bool_]) -> NDArray[np.intp]:
    """(n,) number of the episode that each step would belong to."""
    gone = (log_odds <= _GONE) & ~alarm
    run = np.convolve(gone, np.ones(END_STILL_S))[: gone.size] >= END_STILL_S
    ended = run | np.concatenate(([False], alarm[:-1] & ~alarm[1:]))
    return np.asarray(np.cumsum(ended))


def osd_raises(windows: Windows, shares: Sequence[float] = OSD) -> list[list[float]]:
    """For each share of power the moments (s) at which OSD's rule would have raised."""
    return [[raised_s for raised_s, _ in windows.episodes(share)] for share in shares]
