"""Seizure-like rhythmic movement from one accelerometer, sample by sample. `start`, then `advance` again and again."""

from edge.analysis.motion.detector import MotionState, Stage, Step, advance, start

__all__ = ["MotionState", "Stage", "Step", "advance", "start"]
