"""Abrupt movements out of calm: a jerk, a startle, or more than that. One value at 25 Hz after the other, causally."""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from edge.analysis.grid import GRID_HZ
from edge.model.reading import Array

MOVING_G = 0.02
"""Change within 40 ms that counts as movement: 0.5 g/s. Noise of the sensors worn stays below 0.01 g there, breathing
(0.5-1 Hz, under 10 mg) below 0.002 g."""

ABRUPT_G = 0.05  # a startle or spasm begins with at least this change within 40 ms; reaching and turning do not
APART = 40  # grid values, 1.6 s: calm before and after make a movement isolated; faster than that is a rhythm
JERK_S = 0.6  # a jerk of under 0.1 s (Blume 2001) with the limb's swing back, as a filter of 0.24 s lengthens it
STARTLE_S = 3.0  # spasms last 0.5-2 s (Lux & Osborne 2004), startles 1-3 s
_EARLY = 10  # grid values: an abrupt movement is at its fastest within 0.4 s of its beginning
_AWAY_G = 0.05  # a limb that is held away from where it lay feels gravity turned by about three degrees
DELAY_S = 0.12  # of the grid's filter


class Kind(StrEnum):
    JERK = "jerk"
    STARTLE = "startle"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Movement:
    """A movement with calm before and after it.

    begin_s, end_s: on the samples' clock, holding included. peak_g: largest change within 40 ms. way: direction of the
    first push as a unit vector, empty for a magnitude. after_other: longer movement since the jerk or startle before.
    """

    kind: Kind
    begin_s: float
    end_s: float
    peak_g: float
    way: tuple[float, ...] = ()
    after_other: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Open:
    """A movement that may go on. begin, end, peak_at: numbers of grid values in the run. base: (c,) g before it."""

    begin: int
    end: int
    begin_s: float
    peak_g: float
    peak_at: int
    base: Array


def follow(
    open_: Open | None, rows: Array, first: int, begin: int, change: Array
) -> tuple[Open | None, list[Movement]]:
    """The next grid values: what goes on now, and the movements that are over.

    rows: (m, c + 2) grid values as kept, of which number `first` of the run is the first; change: (n,) g within 40 ms,
    of the values from number `begin` on, which end with `rows`.
    """
    done: list[Movement] = []
    at = np.flatnonzero(change > MOVING_G)
    for group in np.split(at, np.flatnonzero(np.diff(at) > APART) + 1) if at.size else ():
        head, last = int(group[0]), int(group[-1])
        peak_at = int(group[change[group].argmax()])
        peak_g = float(change[peak_at])
        if open_ is not None and begin + head - open_.end <= APART:
            louder = peak_g > open_.peak_g
            open_ = replace(
                open_,
                end=begin + last,
                peak_g=peak_g if louder else open_.peak_g,
                peak_at=begin + peak_at if louder else open_.peak_at,
            )
            continue
        if open_ is not None:
            done.append(_closed(open_, rows, first))
        where = begin + head - first
        base = rows[max(0, where - 6) : max(1, where - 1), :-2].mean(axis=0)
        open_ = Open(begin + head, begin + last, float(rows[where, -1]) - DELAY_S, peak_g, begin + peak_at, base)
    if open_ is not None and begin + len(change) - open_.end > APART + 1:
        done.append(_closed(open_, rows, first))
        open_ = None
    return open_, done


def _closed(open_: Open, rows: Array, first: int) -> Movement:
    last = open_.end - first
    end_s = open_.begin_s + (open_.end - open_.begin + 1) / GRID_HZ
    if open_.begin <= first or end_s - open_.begin_s > STARTLE_S:
        return Movement(Kind.OTHER, open_.begin_s, end_s, open_.peak_g)
    away = np.abs(rows[last + 1 : last + APART, :-2] - open_.base).max(axis=1) > _AWAY_G
    abrupt = open_.peak_g >= ABRUPT_G and open_.peak_at - open_.begin <= _EARLY
    if abrupt and away[:1].all():  # held, then let go of so slowly that it is not felt as movement
        end_s += (len(away) if away.all() else int(away.argmin())) / GRID_HZ
    length_s = end_s - open_.begin_s
    kind = Kind.JERK if length_s <= JERK_S else Kind.STARTLE if abrupt and length_s <= STARTLE_S else Kind.OTHER
    begin = open_.begin - first
    pushed = rows[begin : begin + _EARLY, :-2] - open_.base
    if kind is Kind.OTHER or pushed.shape[1] == 1:
        return Movement(kind, open_.begin_s, end_s, open_.peak_g)
    far = pushed[int((pushed**2).sum(axis=1).argmax())]
    way = far / max(float(np.sqrt((far**2).sum())), 1e-9)
    return Movement(kind, open_.begin_s, end_s, open_.peak_g, tuple(way.tolist()))
