"""Signs: evidence for or against one condition at one moment, the only input of alarms beside answers and time."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from edge.model.alarm import Condition


@dataclass(frozen=True, slots=True)
class Sign:
    """Evidence for or against one condition. Times are monotonic seconds.

    condition: what it is about.
    device: the sensor it came from; empty for the sensor that is being analysed, or the hub.
    present: True: the condition holds. False: **valid** data show that it does not. (Nothing known: no Sign at all.)
    t_s: time of the last sample that this rests on.
    onset_s: when it began, back-dated; None if not present or not known.
    value, limit: the measured value and the limit that it is compared with, in `unit` (UCUM); None without one.
    evidence: the figures it rests on, each key with its unit in its name.
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
    evidence: Mapping[str, object] = field(default_factory=dict)
    ended_s: float | None = None
