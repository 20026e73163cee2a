"""The positive control of the watch: would a convulsion be noticed with what this sensor sends now? Pure.

A standard convulsion of fixed numbers is laid over the last minute of samples, as raw as they came: with their gaps,
noise and posture, in the moments in which they arrived. A copy of the detector as it stands (after minutes of kicking,
say) sees that minute follow its last sample. If it would not ring in time, nobody may believe that it watches. What the
detector is made of is not known here: `start`, `advance`, and the stage of each step.
"""

import math
from dataclasses import dataclass

import numpy as np

from edge.analysis.motion import detector, faults
from edge.analysis.motion.detector import MotionState, Stage
from edge.analysis.motion.recent import Recent, Window
from edge.model.language import N_
from edge.model.reading import Array

SPAN_S = faults.WINDOW_S
"""What is played again."""
LEAD_S = 8.0
"""Before the convulsion begins in it."""
TOO_LIVELY = N_("too much movement, now or just before")
IN_TIME_S = 30.0
"""A median of 26 to 30 s is what the best published detectors need (Spahr 2025; OpenSeizureDetector)."""

# The standard convulsion: clonic, as of infants (Blume 2001, Pressler 2021: 1-3 Hz, each contraction under 100 ms; the
# rate falls, Volpe), a half sine of force that tissue stops, so that velocity ends at zero. It is no strong one: 0.19 g
# RMS, where wrists of teenagers and adults show 0.30 to 0.74 g.
LENGTH_S = 45.0
FIRST_HZ, LAST_HZ = 2.2, 1.4
PEAK_G = 0.5
CONTRACTION_S, STOP_S = 0.09, 0.11
AXIS = np.array([0.62, 0.60, 0.505470])
"""Unit vector, in the sensor's axes: no posture hides it. Of a magnitude: its part along gravity, the first."""
OWN_WAY = 0.3
"""Each jerk leaves the axis by so much, to another side than the one before: no two contractions are alike."""


SLOWEST_HZ = 10.0
"""What samples less often has no such filter: it is an average of nothing that it would show."""
_PARTS = (-0.375, -0.125, 0.125, 0.375)


def _starts() -> Array:
    """Times of the jerks, (n,) s: where the phase of a rate that falls evenly comes to whole numbers."""
    slope = (LAST_HZ - FIRST_HZ) / LENGTH_S
    phase = np.arange(math.floor((FIRST_HZ + LAST_HZ) / 2 * LENGTH_S))
    return np.asarray((np.sqrt(FIRST_HZ**2 + 2 * slope * phase) - FIRST_HZ) / slope, dtype=np.float64)


def _ways() -> Array:
    """Directions of the jerks, (n, 3): round the axis by the golden angle, so that none comes twice."""
    across = np.cross(AXIS, [0.0, 0.0, 1.0])
    across /= np.linalg.norm(across)
    angle = np.arange(_STARTS.size) * np.pi * (3.0 - math.sqrt(5.0))
    aside = np.outer(np.cos(angle), across) + np.outer(np.sin(angle), np.cross(AXIS, across))
    return np.asarray(AXIS + OWN_WAY * aside)


_STARTS = _starts()
_WAYS = _ways()


@dataclass(frozen=True, slots=True)
class Check:
    """after_s: from the convulsion's begin to the alarm; None: it would not ring in time.

    why: of that, else empty. faulty: it is the sensor, or the way to the hub; else her own movement hides it.
    """

    after_s: float | None
    why: str = ""
    faulty: bool = False


def convulsion(since_s: Array) -> Array:
    """The standard convulsion, (n, 3) g, at these seconds since its begin, (n,)."""
    jerk = np.maximum(np.searchsorted(_STARTS, since_s, side="right") - 1, 0)
    into_s = since_s - _STARTS[jerk]
    push = np.sin(np.pi * into_s / CONTRACTION_S)
    brake = -CONTRACTION_S / STOP_S * np.sin(np.pi * (into_s - CONTRACTION_S) / STOP_S)
    shape = np.where(into_s < CONTRACTION_S, push, np.where(into_s < CONTRACTION_S + STOP_S, brake, 0.0))
    size_g = np.where((since_s >= 0) & (since_s < LENGTH_S), PEAK_G * shape, 0.0)
    return np.asarray(size_g[:, None] * _WAYS[jerk])


def check(state: MotionState, recent: Recent, now_s: float) -> Check:
    """Play the last minute again with a convulsion in it, after all that `state` has seen; `state` stays as it is."""
    window = recent.window(now_s - SPAN_S)
    figures = faults.measure(recent, window, now_s)
    # What does not change shows no convulsion, however strong the other axes would.
    after_s = None if figures.dead else _rings(state, window, figures, now_s - SPAN_S + LEAD_S)
    if after_s is not None and after_s <= IN_TIME_S:
        return Check(after_s)
    fault = faults.fault(figures)
    return Check(None, fault or TOO_LIVELY, bool(fault))


def _rings(state: MotionState, window: Window, figures: faults.Figures, begin_s: float) -> float | None:
    """Seconds from the convulsion's begin to the arrival of the sample that makes it ring; 0 if it rings already."""
    if not window.t_s.size:
        return None
    # Right after the last sample that the detector has seen, which is the last of this window too.
    shift_s = float(window.t_s.max()) + 1.0 / max(figures.rate_hz, 1.0) - float(window.t_s[0])
    values = laid_over(window, figures, begin_s)
    _, steps = detector.advance(state, window.t_s + shift_s, values if values.shape[1] > 1 else values[:, 0])
    for step in steps:
        if step.stage is Stage.ALARM:
            last = min(int(np.searchsorted(window.t_s, step.t_s - shift_s - 1e-6)), window.t_s.size - 1)
            return max(0.0, float(window.arrival_s[last]) - begin_s)
    return None


def laid_over(window: Window, figures: faults.Figures, begin_s: float) -> Array:
    """(n, c) g: the samples with the convulsion, never beyond the rail at which the sensor is seen to stop."""
    since_s = _moments(window, figures.clock_speed) - begin_s
    # A sensor's own filter averages over about one interval, so that no jerk falls between two samples of a slow one.
    moved = np.mean([convulsion(since_s + part / max(figures.rate_hz, SLOWEST_HZ)) for part in _PARTS], axis=0)
    values = window.values + moved[:, : window.values.shape[1]]
    return np.asarray(np.clip(values, -figures.rail_g, figures.rail_g))


def _moments(window: Window, clock_speed: float) -> Array:
    """When each sample was taken, by arrival: (n,) s. A clock that runs as time does is only late or early."""
    if faults.CLOCK_RIGHT[0] <= clock_speed <= faults.CLOCK_RIGHT[1]:
        return np.asarray(window.t_s + float(np.median(window.arrival_s - window.t_s)))
    # A packet ends when it arrives, and each of its samples is so much longer as the clock is slow.
    ends = np.flatnonzero(np.diff(window.arrival_s, append=math.inf) > 0)
    last = ends[np.searchsorted(ends, np.arange(window.t_s.size))]
    return np.asarray(window.arrival_s - (window.t_s[last] - window.t_s) / max(clock_speed, 0.05))
