"""What the detector thought, second by second: for the words and the picture of `feverhub analyze`."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.analysis import motion
from edge.model.alarm import Condition
from edge.model.evidence import SeizureEvidence
from edge.model.reading import Array
from edge.recordings.files import MotionRecording, Recording

# A second with less than this share of an episode's usual movement has no rhythm to speak of: the jerks have stopped.
_MOVING = 0.25
_AROUND = 7  # seconds to each side that say what the rate is around here
_MULTIPLES = np.array([1.0, 2.0, 3.0])


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """One sensor, one value a second watched, each (n,): t_s on the recording's own `t`; level_g RMS; log_odds (an
    alarm begins at 0); warning, alarm: the stages; rate_hz: of the rhythm, NaN where there is none.
    """

    name: str
    t_s: Array
    level_g: Array
    log_odds: Array
    warning: NDArray[np.bool_]
    alarm: NDArray[np.bool_]
    rate_hz: Array

    def rates_hz(self, begin_s: float, end_s: float) -> Array:
        """Rates of the rhythm between two moments, in their order."""
        inside = (self.t_s >= begin_s) & (self.t_s <= end_s) & np.isfinite(self.rate_hz)
        return np.asarray(self.rate_hz[inside])


def traces(recordings: Sequence[Recording]) -> list[Trace]:
    """Of each recording of movement, one after the other as `analyze` was given them."""
    return [_trace(each) for each in recordings if isinstance(each, MotionRecording)]


def _trace(recording: MotionRecording) -> Trace:
    values = recording.values
    state = motion.start(1 if values.ndim == 1 else values.shape[1])
    _, steps = motion.advance(state, recording.t_s, values)
    return Trace(
        recording.name,
        np.array([step.t_s for step in steps]),
        level_g := np.array([step.level_g for step in steps]),
        np.array([step.log_odds for step in steps]),
        np.array([step.stage is motion.Stage.WARNING for step in steps], dtype=np.bool_),
        np.array([step.stage is motion.Stage.ALARM for step in steps], dtype=np.bool_),
        _rates(steps, level_g),
    )


def _rates(steps: Sequence[motion.Step], level_g: Array) -> Array:
    """The newest rate that each alarming second names; those of the rise are named by its first."""
    rates = np.full(len(steps), np.nan)
    began: int | None = None
    for index, step in enumerate(steps):
        known = [sign.evidence for sign in step.signs if _rhythmic(sign.condition) and sign.present]
        rates_hz = (known[0].rate_hz or ()) if known and isinstance(known[0], SeizureEvidence) else ()
        if rates_hz and began is None:
            began = max(0, index + 1 - len(rates_hz))
            rates[began : index + 1] = rates_hz[-(index + 1 - began) :]
        elif rates_hz:
            rates[index] = rates_hz[-1]
        elif began is not None:
            _tidy(rates[began:index], level_g[began:index])
            began = None
    if began is not None:
        _tidy(rates[began:], level_g[began:])
    return rates


def _rhythmic(condition: Condition) -> bool:
    return condition is Condition.SEIZURE_LIKE_MOVEMENT


def _tidy(rates: Array, level_g: Array) -> None:
    """In place: no rates of seconds without movement; halves and thirds of the rate around are taken for it.

    A rhythm repeats after two and three of its periods as well, so a second may name the double or triple period.
    """
    rates[level_g < _MOVING * float(np.median(level_g))] = np.nan
    named = rates.copy()
    for index in np.flatnonzero(np.isfinite(named)):
        around = named[max(0, index - _AROUND) : index + _AROUND + 1]
        usual = float(np.nanpercentile(around, 90))
        rates[index] = min(named[index] * _MULTIPLES, key=lambda hz: abs(hz - usual))
