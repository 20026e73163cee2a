"""Seizure-like rhythmic movement from one accelerometer, sample by sample. `start`, then `advance` again and again."""

from edge.analysis.motion import shaking
from edge.analysis.motion.control import SPAN_S, check
from edge.analysis.motion.detector import (
    COLD_START,
    END_STILL_S,
    FADE,
    GONE_BELOW_LINE,
    LINES,
    MOST_LOG_ODDS,
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
from edge.analysis.motion.network import CLIP, INPUTS, SLOW_S
from edge.analysis.motion.placement import Placement, placed, unknown
from edge.analysis.motion.recent import Recent, take
from edge.analysis.motion.whole import FIGURES, figures

__all__ = [
    "CLIP",
    "COLD_START",
    "END_STILL_S",
    "FADE",
    "FIGURES",
    "GONE_BELOW_LINE",
    "INPUTS",
    "LINES",
    "MOST_LOG_ODDS",
    "MOST_PRIOR",
    "SLOW_S",
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
    "figures",
    "placed",
    "shaking",
    "start",
    "take",
    "taking_part",
    "unknown",
    "watch",
]
