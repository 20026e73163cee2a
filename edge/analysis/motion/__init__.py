"""Seizure-like rhythmic movement from one accelerometer, sample by sample. `start`, then `advance` again and again."""

from edge.analysis.motion.control import SPAN_S, check
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
from edge.analysis.motion.placement import Placement, placed, unknown
from edge.analysis.motion.recent import Recent, take

__all__ = [
    "LINE_AT_REST",
    "MOST_PRIOR",
    "SPAN_S",
    "WARNING_BELOW_LINE",
    "MotionState",
    "Placement",
    "Recent",
    "Stage",
    "Step",
    "View",
    "advance",
    "check",
    "placed",
    "start",
    "take",
    "taking_part",
    "unknown",
    "watch",
]
