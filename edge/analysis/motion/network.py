"""What a second of figures means after the seconds before it: a small gated recurrent network in plain numpy.

A linear layer, a gated recurrent unit (Cho 2014, arXiv:1406.1078, in the form of cuDNN and PyTorch: the reset gate acts
on the product) and a linear layer: figures of one second in, the log-odds that it belongs to a convulsion out. Sums run
over one second's own numbers in fixed order, so the result does not hang on how many seconds are handed over at once.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from edge.analysis.motion import history
from edge.analysis.motion.weights import LAYERS, SCALES
from edge.model.reading import Array

SLOW_S = (20.0, 120.0)
"""Time constants of the means that the level is held against: what a convulsion adds to what was going on."""
CLIP = 4.0
"""Scaled inputs go no further than this from the middle, so that no figure alone decides."""
_LEVEL = history.NAMES.index("level")
INPUTS = (*history.NAMES, *(f"level_{slow_s:.0f}_s" for slow_s in SLOW_S), "axes")
"""What the network takes of a second, in order: the figures, the level over its slow means, 1 of axes or 0."""


@dataclass(frozen=True, slots=True, eq=False)
class Memory:
    """What the network keeps of the seconds before. hidden: (32,). slow: means of the level; empty before the first."""

    hidden: Array
    slow: tuple[float, ...] = ()


def _unpacked(layers: Mapping[str, tuple[tuple[int, ...], float, str]]) -> dict[str, Array]:
    return {
        name: np.frombuffer(base64.b85decode(text), dtype="<i2").reshape(shape) * scale
        for name, (shape, scale, text) in layers.items()
    }


def _read_only(values: Array) -> Array:
    values.setflags(write=False)
    return values


_W = _unpacked(LAYERS)
_INPUT, _INPUT_BIAS = _W["inp.weight"], _W["inp.bias"]
_NOW, _NOW_BIAS = _W["gru.weight_ih_l0"], _W["gru.bias_ih_l0"]
_BEFORE, _BEFORE_BIAS = _W["gru.weight_hh_l0"], _W["gru.bias_hh_l0"]
_OUTPUT, _OUTPUT_BIAS = _W["out.weight"][0], float(_W["out.bias"][0])
HIDDEN = len(_INPUT)
NONE = Memory(_read_only(np.zeros(HIDDEN)))
"""Before the first second."""
_MIDDLE, _SPREAD = (np.array(column) for column in zip(*SCALES.values(), strict=True))


def advance(
    memory: Memory, figures: Array, columns: int, kept: Array | None = None
) -> tuple[tuple[Memory, ...], list[float]]:
    """Take the figures of seconds that follow each other, (n, len(history.NAMES)).

    Of each: what is kept after it, and the log-odds that it belongs to a convulsion. columns: 3 for axes, 1 for a
    magnitude. kept: (len(INPUTS),) of 1, and 0 for inputs that are held at their middle.
    """
    if not len(figures):
        return (), []
    raw = np.empty((len(figures), len(INPUTS)))
    raw[:, : figures.shape[1]] = figures
    slow = _slow_means(memory, figures[:, _LEVEL].tolist())
    raw[:, -3:] = [(level - fast, level - slowest, columns == 3) for level, (fast, slowest) in slow]
    inputs = np.minimum(np.maximum((raw - _MIDDLE) / _SPREAD, -CLIP), CLIP)
    inputs = inputs if kept is None else inputs * kept
    hidden, memories, log_odds = memory.hidden, [], []
    for second, (_, means) in zip(inputs, slow, strict=True):
        hidden = _read_only(_gated(np.tanh(_product(_INPUT, second) + _INPUT_BIAS), hidden))
        memories.append(Memory(hidden, means))
        log_odds.append(float(np.add.reduce(_OUTPUT * hidden)) + _OUTPUT_BIAS)
    return tuple(memories), log_odds


def _slow_means(memory: Memory, levels: list[float]) -> list[tuple[float, tuple[float, ...]]]:
    """Each level, and the slow means that it has moved."""
    slow, found = memory.slow or (levels[0],) * len(SLOW_S), []
    for level in levels:
        slow = tuple([mean + (level - mean) / slow_s for mean, slow_s in zip(slow, SLOW_S, strict=True)])
        found.append((level, slow))
    return found


def faded(memory: Memory, share: float) -> Memory:
    """After a time in which nothing was seen: so much of what is held remains."""
    return Memory(_read_only(memory.hidden * share), memory.slow)


def _gated(now: Array, hidden: Array) -> Array:
    """One step of the gated recurrent unit: rows of its weights are reset, update and candidate, in this order."""
    from_now = _product(_NOW, now) + _NOW_BIAS
    from_before = _product(_BEFORE, hidden) + _BEFORE_BIAS
    gates = 1.0 / (1.0 + np.exp(-(from_now[: 2 * HIDDEN] + from_before[: 2 * HIDDEN])))
    reset, update = gates[:HIDDEN], gates[HIDDEN:]
    candidate = np.tanh(from_now[2 * HIDDEN :] + reset * from_before[2 * HIDDEN :])
    return np.asarray((1.0 - update) * candidate + update * hidden)


def _product(weights: Array, values: Array) -> Array:
    """Matrix times vector, each sum over its own row and by numpy itself: a library of linear algebra adds in another
    order on another processor.
    """
    return np.asarray(np.einsum("ij,j->i", weights, values))
