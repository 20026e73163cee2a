"""Found, late and false, at every line, of seconds that were not learned from."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge.analysis.motion import COLD_START, END_STILL_S, FADE, FIGURES, GONE_BELOW_LINE, MOST_LOG_ODDS, shaking
from tests.bench import scores
from tests.bench.fit.examples import MAGNITUDE, Example
from tests.bench.fit.stretches import EVENTS

LINES = (0.0, 1.0, 2.0, 3.0, 4.0)
EARLY_S, LATE_S, AFTER_S = 1.0, 10.0, 60.0
"""Found: raised within the first two of a convulsion's start and end. Not false: until the third after its end."""
_SEIZURES_ALONE = frozenset({EVENTS, "uea_epilepsy", "uea_epilepsy" + MAGNITUDE})
"""Where a recording with a seizure holds nothing else that could be called an hour without one."""


_LEVEL = FIGURES.index("level")


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


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """What is held after each second, (h,) each, as the detector holds it.

    network: its evidence. shaking: the other evidence over its own line, and gone, whether none of it is left; None if
    the network is judged alone.
    """

    network: NDArray[np.float64]
    shaking: NDArray[np.float64] | None = None
    gone: NDArray[np.bool_] | None = None


def judge(examples: Iterable[Example], held: Callable[[Example], Held]) -> list[Score]:
    """One score for each line of the network."""
    judged = [Score(line) for line in LINES]
    for example in examples:
        found = held(example)
        for score in judged:
            score.add(example, raises(example.t_s, found, score.line))
    return judged


def evidence(log_odds: NDArray[np.float32]) -> NDArray[np.float64]:
    """(h,): a leaky mean of the network's log-odds, which an alarm is decided on."""
    held, out = COLD_START, np.empty(len(log_odds))
    for i, now in enumerate(np.clip(log_odds, -MOST_LOG_ODDS, MOST_LOG_ODDS)):
        held = FADE * held + (1 - FADE) * float(now)
        out[i] = held
    return out


def with_shaking(held: Held, example: Example, steps: Mapping[str, tuple[float, ...]]) -> Held:
    """The same with the sum for shaking beside it, its `steps` as of `SHAKING` in the weights."""
    figures = example.inputs[:, : len(FIGURES)].astype(np.float64)
    log_odds = shaking.terms(figures, 3 if example.inputs[0, -1] else 1) @ shaking.weights(steps)
    state, states = shaking.NONE, []
    for now, level in zip(log_odds.tolist(), figures[:, _LEVEL].tolist(), strict=True):
        state = shaking.follow(state, now, level)
        states.append(state)
    return replace(held, shaking=np.array([s.margin for s in states]), gone=np.array([s.gone for s in states]))


def raises(t_s: NDArray[np.float64], held: Held, line: float) -> list[float]:
    """Moments at which evidence reaches its line, having been well under it for ten seconds since the last."""
    over, under = held.network >= line, held.network < line - GONE_BELOW_LINE
    if held.shaking is not None and held.gone is not None:
        over, under = over | (held.shaking >= 0), under & held.gone
    raised, low_s, out = False, 0, []
    for at, reached, gone in zip(t_s.tolist(), over.tolist(), under.tolist(), strict=True):
        if raised:
            low_s = low_s + 1 if gone else 0
            raised = low_s < END_STILL_S
        elif reached:
            raised, low_s = True, 0
            out.append(at)
    return out
