"""Seizure-like rhythmic movement from one accelerometer, sample by sample. `start`, then `advance` again and again."""

from edge.analysis.motion.detector import MOST_PRIOR, MotionState, Stage, Step, advance, start, watch

__all__ = ["MOST_PRIOR", "MotionState", "Stage", "Step", "advance", "start", "watch"]
