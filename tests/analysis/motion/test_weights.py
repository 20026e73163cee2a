"""The shipped weights belong to the figures that are measured, and the network computes what its paper says."""

import base64
import math

import numpy as np
import pytest

from edge.analysis.motion import history, network
from edge.analysis.motion.weights import LAYERS, SCALES


def unit(x):
    return 1.0 / (1.0 + math.exp(-x))


def test_the_weights_were_made_for_the_inputs_that_are_measured():
    """If figures were added, left out or moved: make fit-detector."""
    assert tuple(SCALES) == network.INPUTS
    assert all(spread > 0 for _, spread in SCALES.values())
    hidden = LAYERS["inp.bias"][0][0]
    assert {name: shape for name, (shape, _, _) in LAYERS.items()} == {
        "inp.weight": (hidden, len(SCALES)),
        "inp.bias": (hidden,),
        "gru.weight_ih_l0": (3 * hidden, hidden),
        "gru.weight_hh_l0": (3 * hidden, hidden),
        "gru.bias_ih_l0": (3 * hidden,),
        "gru.bias_hh_l0": (3 * hidden,),
        "out.weight": (1, hidden),
        "out.bias": (1,),
    }


@pytest.mark.parametrize("columns", [1, 3])
def test_the_network_is_a_gated_recurrent_unit(columns):
    """Written out number by number from the equations of `torch.nn.GRU`: reset, update and candidate, in this order."""
    w = {name: (np.frombuffer(base64.b85decode(t), "<i2").reshape(s) * k) for name, (s, k, t) in LAYERS.items()}
    rng = np.random.default_rng(1)
    memory, size = network.NONE, network.HIDDEN
    hidden, means = [0.0] * size, None
    for _ in range(40):
        figures = rng.normal(0.3, 0.5, len(history.NAMES))
        level = figures[history.NAMES.index("level")]
        means = [level, level] if means is None else means
        means = [mean + (level - mean) / slow_s for mean, slow_s in zip(means, (20.0, 120.0), strict=True)]
        raw = [*figures, *(level - mean for mean in means), float(columns == 3)]
        x = [min(4.0, max(-4.0, (v - m) / s)) for v, (m, s) in zip(raw, SCALES.values(), strict=True)]
        now = [math.tanh(w["inp.weight"][k] @ x + w["inp.bias"][k]) for k in range(size)]
        a = w["gru.weight_ih_l0"] @ now + w["gru.bias_ih_l0"]
        b = w["gru.weight_hh_l0"] @ hidden + w["gru.bias_hh_l0"]
        reset = [unit(a[k] + b[k]) for k in range(size)]
        update = [unit(a[size + k] + b[size + k]) for k in range(size)]
        candidate = [math.tanh(a[2 * size + k] + reset[k] * b[2 * size + k]) for k in range(size)]
        hidden = [(1 - update[k]) * candidate[k] + update[k] * hidden[k] for k in range(size)]
        memory, log_odds = network.advance(memory, figures, columns)
        assert log_odds == pytest.approx(w["out.weight"][0] @ hidden + w["out.bias"][0], abs=1e-9)
    assert memory.hidden == pytest.approx(hidden, abs=1e-9)
