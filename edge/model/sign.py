"""Signs: evidence for or against one condition at one moment, the only input of alarms beside answers and time."""

from dataclasses import dataclass

from edge.model.alarm import Condition
from edge.model.evidence import NO_EVIDENCE, Evidence


@dataclass(frozen=True, slots=True)
class Sign:
    """Evidence for or against one condition. Times are monotonic seconds.

    condition: what it is about.
    device: the sensor it came from; empty for the sensor that is being analysed, or the hub.
    present: True: the condition holds. False: **valid** data show that it does not. (Nothing known: no Sign at all.)
    t_s: time of the last sample that this rests on.
    onset_s: when it began, back-dated; None if not present or not known.
    value, limit: the measured value and the limit that it is compared with, in `unit` (UCUM); None without one.
    evidence: the figures it rests on, of the dataclass that belongs to the condition.
    ended_s: when its cause ended, where the condition holds longer or the end is certain only later.
    """

    condition: Condition
    device: str
    present: bool
    t_s: float
    onset_s: float | None = None
    value: float | None = None
    limit: float | None = None
    unit: str = ""
    evidence: Evidence = NO_EVIDENCE
    ended_s: float | None = None
