"""Found, late and false, at every line, of log-odds of seconds that were not learned from."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge.analysis.motion import COLD_START, END_STILL_S, FADE, GONE_BELOW_LINE, MOST_LOG_ODDS
from tests.bench import scores
from tests.bench.fit.examples import MAGNITUDE, Example
from tests.bench.fit.stretches import EVENTS

LINES = (0.0, 1.0, 2.0, 3.0, 4.0)
EARLY_S, LATE_S, AFTER_S = 1.0, 10.0, 60.0
"""Found: raised within the first two of a convulsion's start and end. Not false: until the third after its end."""
_SEIZURES_ALONE = frozenset({EVENTS, "uea_epilepsy", "uea_epilepsy" + MAGNITUDE})
"""Where a recording with a seizure holds nothing else that could be called an hour without one."""


@dataclass(slots=True)
class Score:
    """At one line: found of so many convulsions, delays in s of those found, false alarms in so many hours."""

    line: float
    found: int = 0
    of: int = 0
    delays_s: list[float] = field(default_factory=list)
    false: int = 0
    hours: float = 0.0

    def add(self, example: Example, raised_s: Sequence[float]) -> None:
        explained: set[float] = set()
        for start, end in example.fits:
            hits = [at for at in raised_s if start - EARLY_S <= at <= end + LATE_S]
            self.of += 1
            self.found += bool(hits)
            self.delays_s += [hits[0] - start] if hits else []
            explained.update(hits, (at for at in raised_s if end <= at <= end + AFTER_S))
        if not (example.fits and example.family in _SEIZURES_ALONE):
            self.false += len(raised_s) - len(explained)
            self.hours += example.hours

    def row(self) -> dict[str, Any]:
        """For JSON: figures with their 95 % intervals; None where nothing was measured."""
        delays = [round(float(np.percentile(self.delays_s, share)), 1) for share in (50, 95)] if self.delays_s else None
        per_h = [round(edge / self.hours, 4) for edge in scores.poisson(self.false)] if self.hours else None
        return {
            "line": self.line,
            "found": self.found,
            "of": self.of,
            "found_interval": [round(edge, 4) for edge in scores.wilson(self.found, self.of)] if self.of else None,
            "delay_p50_p95_s": delays,
            "false": self.false,
            "hours": round(self.hours, 2),
            "false_per_h": round(self.false / self.hours, 4) if self.hours else None,
            "false_per_h_interval": per_h,
        }


def judge(examples: Iterable[Example], log_odds: Callable[[Example], NDArray[np.float32]]) -> list[Score]:
    """One score for each line."""
    judged = [Score(line) for line in LINES]
    for example in examples:
        gathered = evidence(log_odds(example))
        for score in judged:
            score.add(example, raises(example.t_s, gathered, score.line))
    return judged


def evidence(log_odds: NDArray[np.float32]) -> NDArray[np.float64]:
    """(h,): a leaky mean, which an alarm is decided on, as the detector holds it."""
    held, out = COLD_START, np.empty(len(log_odds))
    for i, now in enumerate(np.clip(log_odds, -MOST_LOG_ODDS, MOST_LOG_ODDS)):
        held = FADE * held + (1 - FADE) * float(now)
        out[i] = held
    return out


def raises(t_s: NDArray[np.float64], gathered: NDArray[np.float64], line: float) -> list[float]:
    """Moments at which evidence reaches the line, having been well under it for ten seconds since the last."""
    raised, low_s, out = False, 0, []
    for at, now in zip(t_s.tolist(), gathered.tolist(), strict=True):
        if raised:
            low_s = low_s + 1 if now < line - GONE_BELOW_LINE else 0
            raised = low_s < END_STILL_S
        elif now >= line:
            raised, low_s = True, 0
            out.append(at)
    return out
