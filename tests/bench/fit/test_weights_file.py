"""What was learned is read again as it was, within half of the last digit that is kept."""

import ast

import numpy as np
import pytest

from edge.analysis.motion import FIGURES
from tests.bench.fit.inputs import BESIDE
from tests.bench.fit.weights_file import packed, unpacked, write_weights

SHAPES = {
    "inp.weight": (32, 38),
    "inp.bias": (32,),
    "gru.weight_hh_l0": (96, 32),
    "out.weight": (1, 32),
    "out.bias": (1,),
}

STEPS = {"brisk": (0.5, 1.0, 0.0, -0.125), "base": (-0.21, -1.35)}


@pytest.fixture
def written(tmp_path):
    rng = np.random.default_rng(1)
    state = {name: rng.normal(size=shape).astype(np.float32) for name, shape in SHAPES.items()}
    by = (np.linspace(-2, 1, 38).astype(np.float32), np.linspace(0.0005, 3, 38).astype(np.float32))
    write_weights(tmp_path / "weights.py", state, by, FIGURES, STEPS, made="Learned in 5000 steps with seed 0.")
    return state, by, (tmp_path / "weights.py").read_text("utf-8")


def names_of(text):
    scope = {}
    exec(compile(text, "weights.py", "exec"), scope)
    return scope


def test_weights_are_read_as_they_were_learned(written):
    state, _, text = written
    layers = names_of(text)["LAYERS"]
    assert list(layers) == list(state)
    for name, (shape, scale, packed_text) in layers.items():
        assert shape == state[name].shape
        assert unpacked(shape, scale, packed_text) == pytest.approx(state[name], abs=0.51 * scale)
        assert scale < np.abs(state[name]).max() / 32000


def test_scales_stand_by_name_in_the_order_of_the_inputs_with_six_digits(written):
    _, (middle, spread), text = written
    scales = names_of(text)["SCALES"]
    assert tuple(scales) == (*FIGURES, *BESIDE)
    assert [each[0] for each in scales.values()] == pytest.approx(middle.tolist(), rel=1e-5)
    assert [each[1] for each in scales.values()] == pytest.approx(spread.tolist(), rel=1e-5)
    assert all(len(f"{value:.15g}".lstrip("-0.").replace(".", "")) <= 6 for pair in scales.values() for value in pair)


def test_the_steps_of_the_sum_stand_by_name_as_they_were_learned(written):
    _, _, text = written
    assert names_of(text)["SHAKING"] == STEPS


def test_the_module_says_who_made_it_and_how_and_is_text_that_is_read(written):
    _, _, text = written
    assert "make fit-detector" in (doc := ast.get_docstring(ast.parse(text)))
    assert "do not edit" in doc
    assert "Learned in 5000 steps with seed 0." in doc
    assert max(len(line) for line in text.splitlines()) <= 118
    assert text.isascii()


@pytest.mark.parametrize("values", [np.zeros(5), np.array([1e-12, -1e-12]), np.array([1e6, -3.0]), np.array([-2.0])])
def test_any_values_survive(values):
    scale, text = packed(values)
    assert unpacked(values.shape, scale, text) == pytest.approx(values, abs=scale)
