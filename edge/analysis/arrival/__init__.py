"""When was a value measured, and is the sensor still there? From arrivals, and from the sensor's own clock."""

from edge.analysis.arrival.gateway import GatewayLine, availability, judge_message
from edge.analysis.arrival.liveness import deadline_s, no_data, unchanged_s
from edge.analysis.arrival.rate import trouble
from edge.analysis.arrival.replay import FrameLine, Verdict, judge_frame
from edge.analysis.arrival.sample_clock import ClockState, place
from edge.analysis.arrival.silences import WHY as COMES_AND_GOES
from edge.analysis.arrival.silences import Silences, silent
from edge.analysis.arrival.timestamps import Measured, OwnClock, clock_read, measured

__all__ = [
    "COMES_AND_GOES",
    "ClockState",
    "FrameLine",
    "GatewayLine",
    "Measured",
    "OwnClock",
    "Silences",
    "Verdict",
    "availability",
    "clock_read",
    "deadline_s",
    "judge_frame",
    "judge_message",
    "measured",
    "no_data",
    "place",
    "silent",
    "trouble",
    "unchanged_s",
]
