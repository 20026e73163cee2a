"""What analysis says about one condition at one moment; the only thing alarms listen to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from edge.model.alarm import Condition


@dataclass(frozen=True, slots=True)
class Sign:
    """Evidence for or against one condition.

    present: True: it holds. False: **valid** data say that it does not. (Nothing known: no Sign at all.)
    t_s: monotonic seconds of the last sample that this rests on. onset_s: when it began, back-dated, if present.
    device: the sensor it came from. ended_s: when its cause ended, where it holds longer or is certain only later.
    evidence: figures in words of the field, each key with its unit in its name.
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
