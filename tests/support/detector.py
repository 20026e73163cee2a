"""When the movement detector raises an alarm."""

from collections.abc import Sequence

from edge.analysis import motion
from edge.analysis.motion import Stage
from edge.model.reading import Array


def raised(t_s: Array, values: Array) -> list[float]:
    """Of samples, (n,) s and (n, c) g, before which there were none: seconds."""
    return onsets(motion.advance(motion.start(values.shape[1]), t_s, values)[1])


def onsets(steps: Sequence[motion.Step]) -> list[float]:
    """Of all the steps since the start: seconds."""
    before = [Stage.QUIET, *(step.stage for step in steps)]
    return [step.t_s for step, was in zip(steps, before, strict=False) if step.stage is Stage.ALARM is not was]
