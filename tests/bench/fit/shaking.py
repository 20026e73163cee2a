"""Learning the sum for vigorous shaking (`edge.analysis.motion.shaking`): for events, not for seconds.

Its few numbers are learned from people alone, since simulated jerks are what the network is for: of every real seizure
the best moment shall reach the line, of every minute without one none shall. Both are the detector's own evidence,
second after second, so that what is learned is what runs.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from edge.analysis.motion import FIGURES, shaking
from tests.bench.fit.examples import MAGNITUDE, Example
from tests.bench.fit.folds import DRAWN
from tests.bench.fit.stretches import EVENTS

SEED = 0
STEPS = 2500
BATCH, SEIZURES = 24, 8
"""Stretches a step, and how many of them hold a real seizure."""
STRETCH_S, MINUTE_S, AIM_MARGIN_S = 420, 60, 30
RATE = 2e-2
SMALL = 2e-3
"""Penalty on the squares of the steps, so that none is larger than it must be."""
MINUTES_COUNT = 8.0
"""A minute without a seizure that rings counts so much more than a seizure that does not: the watch is for years."""
SHARPNESS = 0.7
"""The best moment is a soft maximum, so that the moments beside it are learned from too."""
MARGIN = 0.5
"""Evidence that a seizure shall have over the line, and a minute without one under it."""
DELAY = 0.02
"""Taken off the evidence with each second since the onset: sooner is better."""
RISING = frozenset({"brisk", "mean_brisk", "level", "least_level"})
FALLING = frozenset({"slow", "tails", "loop", "mean_loop", shaking.WEAK_STEADY})
"""Which way a figure must count, where physics says so: shaking is fast, strong, smooth and along one line."""
SEIZURES_OF = (EVENTS, "uea_epilepsy", "uea_epilepsy" + MAGNITUDE)
_DRAWN = {**DRAWN, EVENTS: 4.0, "uea_epilepsy": 1.0, "uea_epilepsy" + MAGNITUDE: 1.0}
_NEVER = -1e3
_LEVEL = FIGURES.index("level")
_CURVES = (*shaking.CURVES, shaking.WEAK_STEADY)
Steps = dict[str, tuple[float, ...]]
Batch = tuple[Tensor, Tensor, Tensor, Tensor]


class Sum(nn.Module):
    """(b, n, t) terms of n seconds (`shaking.terms`) -> (b, n) log-odds that each belongs to shaking."""

    def __init__(self) -> None:
        super().__init__()
        signs = [1.0 if name in RISING else -1.0 if name in FALLING else 0.0 for name in _CURVES]
        self.signs = torch.tensor(signs).repeat_interleave(4)
        self.raw = nn.Parameter(torch.where(self.signs == 0, 0.0, -0.5))
        self.base = nn.Parameter(torch.tensor([-1.0, -1.0]))

    def steps(self) -> Tensor:
        """What each quarter of each curve adds; of tied ones never the wrong way."""
        return torch.where(self.signs == 0, self.raw, self.signs * nn.functional.softplus(self.raw))

    def forward(self, terms: Tensor) -> Tensor:
        return terms @ torch.cat([self.steps(), torch.tensor([shaking.STROKES]), self.base])


def learn(examples: Sequence[Example], steps: int = STEPS, tell: Callable[[str], None] = print) -> Steps:
    """`SHAKING` of the weights: four steps of each curve, and the two constants. Adam under a cosine schedule."""
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    net = Sum()
    optimizer = torch.optim.Adam(net.parameters(), RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for step, batch in zip(range(1, steps + 1), _batches(examples, np.random.default_rng(SEED)), strict=False):
        loss = _loss(net, batch)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
        if step % 500 == 0:
            tell(f"shaking, step {step} of {steps}: loss {loss.item():.3f}")
    found = net.steps().detach().double().numpy().reshape(-1, 4).round(3)
    base = net.base.detach().double().numpy().round(3)
    return {name: tuple(row.tolist()) for name, row in zip(_CURVES, found, strict=True)} | {
        shaking.BASE: tuple(base.tolist())
    }


def _loss(net: Sum, batch: Batch) -> Tensor:
    terms, inside, counts, lines = batch
    over = _evidence(net(terms)) - lines
    seizure, ordinary = (inside > 0) & (counts > 0), (inside == 0) & (counts > 0)
    since = torch.arange(STRETCH_S)
    onset = torch.where(seizure, since, STRETCH_S).min(dim=1, keepdim=True).values
    best, has = _best((over - DELAY * (since - onset).clamp(0))[:, None], seizure[:, None])
    worst, seen = _best(over.reshape(BATCH, -1, MINUTE_S), ordinary.reshape(BATCH, -1, MINUTE_S))
    missed = nn.functional.softplus(MARGIN - best[has]).mean()
    rung = nn.functional.softplus(MARGIN + worst[seen]).mean()
    return missed + MINUTES_COUNT * rung + SMALL * net.steps().square().sum()


def _evidence(log_odds: Tensor) -> Tensor:
    """(b, n): held after each second, as `shaking.follow` holds it."""
    gains = shaking.AGAINST + (shaking.FOR - shaking.AGAINST) * torch.sigmoid(log_odds)
    held, out = torch.full_like(gains[:, 0], shaking.LEAST), []
    for gain in gains.T:
        held = (shaking.MEMORY * held + gain).clamp(shaking.LEAST, shaking.MOST)
        out.append(held)
    return torch.stack(out, dim=1)


def _best(over: Tensor, where: Tensor) -> tuple[Tensor, Tensor]:
    """(b, k) soft maxima over the last of (b, k, n) where it counts, and whether anything does."""
    kept = torch.where(where, over, torch.tensor(_NEVER))
    return SHARPNESS * torch.logsumexp(kept / SHARPNESS, dim=2), where.any(dim=2)


def _batches(examples: Sequence[Example], rng: np.random.Generator) -> Iterator[Batch]:
    ready = [(example, _lines(example.inputs[:, _LEVEL])) for example in examples]
    chances = np.array([_DRAWN[example.family] for example in examples])
    seizures = np.array([bool((e.labels * e.counts).any()) and e.family in SEIZURES_OF for e in examples])
    of, without = (np.where(which, chances, 0.0) for which in (seizures, ~seizures))
    while True:
        chosen = [
            *rng.choice(len(ready), SEIZURES, p=of / of.sum()),
            *rng.choice(len(ready), BATCH - SEIZURES, p=without / without.sum()),
        ]
        rows = [_stretch(*ready[k], rng) for k in chosen]
        terms, inside, counts, lines = (
            torch.from_numpy(np.stack(each).astype(np.float32)) for each in zip(*rows, strict=True)
        )
        yield terms, inside, counts, lines


def _stretch(example: Example, lines: NDArray[np.float64], rng: np.random.Generator) -> tuple[NDArray[np.float64], ...]:
    """Seven minutes of an example; a shorter one is filled up with seconds that do not count."""
    n, real = len(example.inputs), example.family in SEIZURES_OF
    begin = 0
    if n > STRETCH_S:
        within = np.flatnonzero(example.labels * example.counts) if real else np.empty(0)
        begin = int(rng.integers(0, n - STRETCH_S + 1))
        if within.size:
            begin = int(np.clip(rng.choice(within) - rng.integers(AIM_MARGIN_S, STRETCH_S), 0, n - STRETCH_S))
    part = slice(begin, begin + STRETCH_S)
    figures, labels = example.inputs[part, : len(FIGURES)].astype(np.float64), example.labels[part]
    counts = example.counts[part] if real else np.where(labels > 0, 0.0, example.counts[part])
    terms = shaking.terms(figures, 3 if example.inputs[0, -1] else 1)
    short = STRETCH_S - len(figures)
    ends = [np.pad(each, (0, short)) for each in (labels, counts, lines[part])]
    return np.pad(terms, ((0, short), (0, 0))), *ends


def _lines(levels: NDArray[np.float32]) -> NDArray[np.float64]:
    """(n,) evidence that an alarm needs at each second."""
    state, out = shaking.NONE, np.empty(len(levels))
    for i, level in enumerate(levels.tolist()):
        state = shaking.follow(state, 0.0, level)
        out[i] = shaking.line(state.active)
    return out
