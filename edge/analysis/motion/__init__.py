"""Seizure-like rhythmic movement from one accelerometer, sample by sample. `start`, then `advance` again and again."""

from edge.analysis.motion.detector import (
    LINE_AT_REST,
    MOST_PRIOR,
    WARNING_BELOW_LINE,
    MotionState,
    Stage,
    Step,
    advance,
    start,
    watch,
)
from edge.analysis.motion.limbs import View, taking_part

__all__ = [
    "LINE_AT_REST",
    "MOST_PRIOR",
    "WARNING_BELOW_LINE",
    "MotionState",
    "Stage",
    "Step",
    "View",
    "advance",
    "start",
    "taking_part",
    "watch",
]
