"""Training: batches of stretches of seven minutes, one thread and one seed, so that a machine learns the same again."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tests.bench.fit.examples import Example
from tests.bench.fit.folds import DRAWN
from tests.bench.fit.inputs import Floats, Norm, norm, scaled
from tests.bench.fit.network import Net

SEED = 0
BATCH = 24
STRETCH_S = 420
AIMED = 0.6
"""Share of long examples with a convulsion of which a stretch is taken that has one inside."""
AIM_MARGIN_S = 30
RATE, PEAK_RATE, DECAY = 4e-3, 6e-3, 1e-3
BLUR = 0.05
"""Noise on scaled inputs, so that nothing hangs on a last digit."""
CONVULSION_COUNTS = 1.5
"""A second in a convulsion counts so much more than one outside."""
REPORT_STEPS = 250
Batch = tuple[Tensor, Tensor, Tensor]


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """net: trained. norm: what its inputs are scaled by. losses: mean of every 250 steps."""

    net: Net
    norm: Norm
    losses: tuple[float, ...]


def learn(examples: Sequence[Example], steps: int, seed: int = SEED, tell: Callable[[str], None] = print) -> Learned:
    """AdamW under a one-cycle schedule; binary cross-entropy over the seconds that count."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    by = norm([example.inputs for example in examples])
    net = Net(len(by[0]))
    optimizer = torch.optim.AdamW(net.parameters(), RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_RATE, steps)
    losses, total = [], 0.0
    for step, batch in zip(range(1, steps + 1), _batches(examples, by, np.random.default_rng(seed)), strict=False):
        loss = _loss(net, batch)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        total += loss.item()
        if step % REPORT_STEPS == 0:
            losses.append(total / REPORT_STEPS)
            tell(f"step {step} of {steps}: loss {losses[-1]:.4f}")
            total = 0.0
    return Learned(net, by, tuple(losses))


@torch.no_grad()
def log_odds(learned: Learned, example: Example) -> Floats:
    """(h,) of each second of an example, from a cold start."""
    found: Floats = learned.net(torch.from_numpy(scaled(example.inputs, learned.norm)[None]))[0].numpy()
    return found


def _loss(net: Net, batch: Batch) -> Tensor:
    inputs, inside, counts = batch
    logits = net(inputs + BLUR * torch.randn_like(inputs))
    loss = nn.functional.binary_cross_entropy_with_logits(logits, inside, reduction="none")
    return (loss * counts * torch.where(inside > 0, CONVULSION_COUNTS, 1.0)).sum() / counts.sum()


def _batches(examples: Sequence[Example], by: Norm, rng: np.random.Generator) -> Iterator[Batch]:
    ready = [(scaled(example.inputs, by), example.labels, example.counts) for example in examples]
    chances = np.array([DRAWN[example.family] for example in examples])
    chances /= chances.sum()
    while True:
        chosen = [_stretch(*ready[k], rng) for k in rng.choice(len(ready), BATCH, p=chances)]
        inputs, inside, counts = (torch.from_numpy(np.stack(each)) for each in zip(*chosen, strict=True))
        yield inputs, inside, counts


def _stretch(
    inputs: Floats, inside: Floats, counts: Floats, rng: np.random.Generator
) -> tuple[NDArray[np.float32], ...]:
    """Seven minutes of an example; a shorter one is filled up with seconds that do not count."""
    n = len(inputs)
    if n > STRETCH_S:
        begin = _begin(np.flatnonzero(inside * counts), n, rng)
        part = slice(begin, begin + STRETCH_S)
        inputs, inside, counts = inputs[part], inside[part], counts[part]
    short = STRETCH_S - len(inputs)
    return np.pad(inputs, ((0, short), (0, 0))), np.pad(inside, (0, short)), np.pad(counts, (0, short))


def _begin(convulsive: NDArray[np.intp], n: int, rng: np.random.Generator) -> int:
    if convulsive.size and rng.random() < AIMED:
        aim = convulsive[rng.integers(convulsive.size)]
        return int(np.clip(aim - rng.integers(AIM_MARGIN_S, STRETCH_S - AIM_MARGIN_S), 0, n - STRETCH_S))
    return int(rng.integers(0, n - STRETCH_S + 1))
