"""One word for ten seconds of movement, and which side of the sensor is up. Counted, never an alarm."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from edge.analysis.mimics import rigor
from edge.analysis.mimics.rhythm import Rhythm
from edge.model.reading import Array


class Label(StrEnum):
    """What the movement resembles. `rhythmic`: a rhythm that a magnitude alone cannot tell further.

    patted_or_jerking: jerks at 1-3 Hz on a child that is otherwise still; which of the two, one sensor cannot say. No
    label says anything against a seizure: clonic jerks have several of them.
    """

    STILL = "still"
    SUCKING = "sucking"
    RESTLESS = "restless"
    SHIVERING = "shivering"
    CARRIED = "carried"
    ROCKED = "rocked"
    PATTED = "patted_or_jerking"
    BODY_ROCKING = "body_rocking"
    HEAD_BANGING = "head_banging"
    RHYTHMIC = "rhythmic"
    HICCUPS = "hiccups"


STILL_G = 0.004
"""RMS of ten seconds below which nothing is looked for: noise, and a child that only breathes."""

_MOVED_G = 0.012  # RMS of restless movement; breathing on the chest gives up to 0.006 g
_RHYTHM_G = 0.03
_LINE = 0.65  # share of the power that a rhythm and its harmonics hold; by chance about a third
_PURE = 0.85  # the same where the movement is smooth: nearly a sine
_SMOOTH = 3.0  # crest of smooth movement; a sine has 1.4
_STEADY = 0.1  # a rhythm that is kept for minutes has the same rate in the window before
_STEP_HZ = (1.5, 2.4)  # steps of an adult: 100-126 a minute (Whittle, Gait Analysis), with a margin
_STEP_VERTICAL = 0.5  # walking heaves along gravity; by chance a third
_ROCKED_HZ = (0.6, 1.0)  # 40-57 rocks a minute (Can J Psychol 1989), with what a window of 10 s resolves
# A cradle and a pram go to and fro; whoever rocks on hands and knees also lifts the trunk, by more than about a
# centimetre in each turn, which is this much along gravity at 0.8 Hz (RMS).
_LIFTED_G = 0.015
_ROCKING_HZ = (0.65, 2.1)  # sleep-related rhythmic movement: 0.5-2 Hz (ICSD-3); up to 0.6 Hz stirring looks the same
_PAT_HZ = (
    0.95  # patted at 1-3 Hz (Martin 2021, J Clin Neurophysiol); what is ruled by slower movement is no still child
)
_SUCK = 12.0  # noise of three axes stays below it in 99.9 % of windows, from 20 Hz on; that of one axis does not
_LONE = 0.28  # jerks that stand apart: half of the time the change is under a quarter of theirs
_BEAT = 0.4


def label(rhythm: Rhythm | None, moving: float, before_hz: float, columns: int) -> Label:
    """rhythm: None if the level was below `STILL_G`. moving: share of the time with movement. columns: 3 or 1.

    before_hz: rhythm of the look before, 0 if there was none.
    """
    if rhythm is None:
        return Label.STILL
    if rigor.shivers(rhythm):
        return Label.SHIVERING
    if columns == 3 and moving < 0.02 and rhythm.suck >= _SUCK:
        return Label.SUCKING
    if rhythm.level_g < _MOVED_G and moving < 0.02:
        return Label.STILL
    if rhythm.level_g >= _RHYTHM_G and rhythm.line >= _LINE:
        kept = _kept(rhythm, steady=abs(rhythm.hz - before_hz) <= max(0.101, _STEADY * rhythm.hz))
        if kept is not None:
            return kept if columns == 3 else Label.RHYTHMIC
    lone = rhythm.apart <= _LONE and moving > 0.04
    return Label.PATTED if lone and rhythm.beat >= _BEAT and rhythm.hz >= _PAT_HZ else Label.RESTLESS


def _kept(rhythm: Rhythm, *, steady: bool) -> Label | None:
    """A rhythm that somebody keeps up: steps, a rocking hand, the child itself."""
    hz = rhythm.hz
    if _STEP_HZ[0] <= hz <= _STEP_HZ[1] and rhythm.vertical >= _STEP_VERTICAL:
        return Label.CARRIED
    if not steady or not _ROCKING_HZ[0] < hz <= _ROCKING_HZ[1]:
        return None
    if rhythm.crest >= _SMOOTH:
        return Label.HEAD_BANGING
    if rhythm.line < _PURE:
        return None
    lifted = rhythm.level_g * rhythm.vertical**0.5 >= _LIFTED_G
    return Label.ROCKED if _ROCKED_HZ[0] <= hz <= _ROCKED_HZ[1] and not lifted else Label.BODY_ROCKING


class Side(StrEnum):
    """The side of the sensor that is up, x, y and z of its own axes. `y+` or `y-`: its y axis stands.

    On most straps and clips y runs along the limb or the spine: then it is a child that is upright.
    """

    X = "x+"
    X_DOWN = "x-"
    Y = "y+"
    Y_DOWN = "y-"
    Z = "z+"
    Z_DOWN = "z-"
    UNKNOWN = "unknown"


_SIDES = ((Side.X, Side.X_DOWN), (Side.Y, Side.Y_DOWN), (Side.Z, Side.Z_DOWN))
_TURNED = float(np.cos(np.deg2rad(40.0)))  # from one of six sides to the next lie 90 degrees
_WHOLE_G = (0.7, 1.3)  # mean of five calm seconds: 1 g, whatever the calibration


@dataclass(frozen=True, slots=True)
class Posture:
    """up: unit vector of gravity where the child last lay calm, empty before. changes: how often it changed."""

    up: tuple[float, ...] = ()
    changes: int = 0

    @property
    def side(self) -> Side:
        if not self.up:
            return Side.UNKNOWN
        axis = max(range(3), key=lambda i: abs(self.up[i]))
        return _SIDES[axis][self.up[axis] < 0]

    @property
    def upright(self) -> bool:
        """Whether the sensor's y axis stands."""
        return self.side in (Side.Y, Side.Y_DOWN)


def settle(posture: Posture, values: Array) -> Posture:
    """values: (n, 3) g of a few seconds without movement."""
    middle = values.mean(axis=0)
    length = float(np.sqrt((middle**2).sum()))
    if not _WHOLE_G[0] <= length <= _WHOLE_G[1]:
        return posture
    up = tuple((middle / length).tolist())
    if not posture.up:
        return Posture(up)
    turned = sum(a * b for a, b in zip(up, posture.up, strict=True)) < _TURNED
    return Posture(up, posture.changes + 1) if turned else posture
