"""When was a value measured, and is the sensor still there? From arrivals, and from the sensor's own clock."""

from edge.analysis.arrival.liveness import deadline_s, no_data, unchanged_s
from edge.analysis.arrival.rate import trouble
from edge.analysis.arrival.replay import FrameLine, Verdict, judge_frame
from edge.analysis.arrival.sample_clock import ClockState, place
from edge.analysis.arrival.timestamps import Measured, OwnClock, clock_read, measured

__all__ = [
    "ClockState",
    "FrameLine",
    "Measured",
    "OwnClock",
    "Verdict",
    "clock_read",
    "deadline_s",
    "judge_frame",
    "measured",
    "no_data",
    "place",
    "trouble",
    "unchanged_s",
]
