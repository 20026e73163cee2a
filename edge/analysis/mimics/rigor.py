"""Shivering: a carrier of 8-10 Hz whose strength swells and fades 6-8 times a minute."""

from dataclasses import dataclass, replace

import numpy as np

from edge.analysis.mimics.rhythm import Rhythm
from edge.model.reading import Array

# Frequencies of carrier and modulation: Pozos 1987, Ann Emerg Med 16:1037, with a margin for what a window resolves.
LEAST_HZ = 21.0
"""Rate of samples below which 8-10 Hz cannot be told (twice the carrier, and a little)."""

_LEAST_G = 0.006  # RMS of the carrier; noise of the sensors worn gives under 0.004 g there
_SHARE = 0.55  # of all movement above 3 Hz, by chance a third: the child may stir
_NOT_LOST = 0.4  # strength of the carrier in that of all movement
_LOOKED_AT = 12  # windows of 10 s, 5 s apart: the last minute
_MOST_OF_THEM = 9
_SWELL_PER_MIN = np.arange(5.0, 9.6, 0.5)
_SWELL_SHARE = 0.4  # of the variance of the level in the last minute that one such swell explains
_OVER_AFTER = 6  # windows without it: 30 s

_T = np.arange(60.0)
_TREND = np.linalg.qr(np.column_stack([np.ones(60), _T]))[0]


def _swells() -> Array:
    """(k, 60, 2): an orthonormal cosine and sine of each modulation, without the trend."""
    angles = 2 * np.pi * _SWELL_PER_MIN[:, None] / 60 * _T
    pairs = np.stack([np.cos(angles), np.sin(angles)], axis=2)
    pairs -= _TREND @ (_TREND.T @ pairs)
    return np.stack([np.linalg.qr(pair)[0] for pair in pairs])


_SWELLS = _swells()


@dataclass(frozen=True, slots=True)
class Shiver:
    """inside: of the last windows, whether the carrier ruled. levels: log of its strength, one a second, 60 at most.

    onset_s: since when it stands, None: it does not.
    """

    inside: tuple[bool, ...] = ()
    levels: tuple[float, ...] = ()
    onset_s: float | None = None
    hz: float = 0.0
    per_min: float = 0.0
    level_g: float = 0.0


def shivers(rhythm: Rhythm) -> bool:
    """Whether the carrier rules this window."""
    strong = rhythm.shiver_g >= max(_LEAST_G, _NOT_LOST * rhythm.level_g)
    return strong and rhythm.shiver >= _SHARE


def watch(shiver: Shiver, rhythm: Rhythm | None, values: Array, t_s: float) -> Shiver:
    """Five seconds more. rhythm: of the last 10 s, None if they were still. values: (>= 127, c) g, the newest last."""
    inside = rhythm is not None and shivers(rhythm)
    shiver = replace(shiver, inside=(*shiver.inside, inside)[-_LOOKED_AT:])
    if not any(shiver.inside):
        return shiver if not shiver.levels and shiver.onset_s is None else Shiver(shiver.inside)
    bend = values[-125:] - 2 * values[-126:-1] + values[-127:-2]  # passes 8-10 Hz, and a tenth of 2 Hz
    seconds = (bend**2).sum(axis=1).reshape(5, 25).mean(axis=1)
    shiver = replace(shiver, levels=(*shiver.levels, *np.log(seconds + 1e-8).tolist())[-60:])
    if shiver.onset_s is not None:
        return replace(shiver, onset_s=None) if not any(shiver.inside[-_OVER_AFTER:]) else shiver
    if rhythm is None or sum(shiver.inside) < _MOST_OF_THEM or len(shiver.levels) < 60:
        return shiver
    level = np.array(shiver.levels)
    level -= _TREND @ (_TREND.T @ level)
    explained = ((_SWELLS * level[:, None]).sum(axis=1) ** 2).sum(axis=1) / (float((level**2).sum()) + 1e-9)
    best = int(explained.argmax())
    if explained[best] < _SWELL_SHARE:
        return shiver
    first = len(shiver.inside) - shiver.inside.index(True)
    return replace(
        shiver,
        onset_s=t_s - 5.0 * first - 5.0,
        hz=round(rhythm.shiver_hz, 1),
        per_min=float(_SWELL_PER_MIN[best]),
        level_g=round(rhythm.shiver_g, 3),
    )
