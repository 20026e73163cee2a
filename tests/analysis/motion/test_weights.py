"""The shipped weights belong to the figures that are measured, and the network computes what its paper says."""

import base64
import math

import numpy as np
import pytest

from edge.analysis.motion import history, network, shaking
from edge.analysis.motion.weights import LAYERS, SCALES, SHAKING


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
        (memory,), (log_odds,) = network.advance(memory, figures[None], columns)
        assert log_odds == pytest.approx(w["out.weight"][0] @ hidden + w["out.bias"][0], abs=1e-9)
    assert memory.hidden == pytest.approx(hidden, abs=1e-9)


def test_the_sum_has_four_steps_of_each_curve_and_none_counts_against_physics():
    """Shaking is fast, strong, smooth and along one line, whatever a few recordings say."""
    assert list(SHAKING) == [*shaking.CURVES, shaking.WEAK_STEADY, shaking.BASE]
    assert {len(steps) for name, steps in SHAKING.items() if name != shaking.BASE} == {4}
    assert len(SHAKING[shaking.BASE]) == 2
    for name in ("brisk", "mean_brisk", "level", "least_level"):
        assert min(SHAKING[name]) >= 0, name
    for name in ("slow", "tails", "loop", "mean_loop", shaking.WEAK_STEADY):
        assert max(SHAKING[name]) <= 0, name


@pytest.mark.parametrize(("columns", "base"), [(1, 0), (3, 1)])
def test_the_sum_is_what_its_curves_say(columns, base):
    """Written out figure by figure: what each quarter of a range adds, as far as it is covered."""
    rng = np.random.default_rng(2)
    for _ in range(50):
        figures = dict(zip(history.NAMES, rng.normal(0.3, 0.8, len(history.NAMES)), strict=True))
        total = SHAKING[shaking.BASE][base]
        for name, (low, high) in shaking.CURVES.items():
            total += added(name, (figures[name] - low) / (high - low))
        weak = min(1.0, max(0.0, (-0.6 - figures["level"]) / 0.5))
        steady = min(1.0, max(0.0, (0.65 - figures["tails"]) / 0.35))
        total += added(shaking.WEAK_STEADY, weak * steady)
        even = min(1.0, max(0.0, (figures["mean_peak"] - 0.5) / 0.2))
        soft = min(1.0, max(0.0, (0.5 - figures["jerk_tails"]) / 0.2))
        slight = min(1.0, max(0.0, (-0.3 - figures["level"]) / 0.2))
        total += shaking.STROKES * even * soft * slight
        assert shaking.log_odds(np.array([list(figures.values())]), columns) == [pytest.approx(total)]


def added(name, share):
    covered = [min(1.0, max(0.0, (share - at) / 0.25)) for at in (0.0, 0.25, 0.5, 0.75)]
    return sum(step * part for step, part in zip(SHAKING[name], covered, strict=True))
