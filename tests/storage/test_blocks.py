from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from edge.storage.blocks import FINE_G, pack, unpack

_VALUES = st.floats(-40, 40) | st.just(np.nan)


@given(values=arrays(np.float64, st.tuples(st.integers(1, 120), st.just(3)), elements=_VALUES), start=st.floats(0, 9e8))
def test_what_is_packed_comes_back_within_half_a_step(values: np.ndarray, start: float) -> None:
    wall_s = start + np.arange(len(values)) / 52.0
    blocks = pack(wall_s, values)
    assert all(block.n <= 261 for block in blocks)
    times, back = zip(*map(unpack, blocks), strict=True)
    np.testing.assert_allclose(np.concatenate(times), wall_s, atol=1e-6, rtol=0)
    error = np.abs(np.concatenate(back) - values)
    assert np.array_equal(np.isnan(error), np.isnan(values))
    worst = np.concatenate([np.full(block.n, block.scale_g / 2) for block in blocks])
    assert (np.nan_to_num(error) <= worst[:, None] + 1e-12).all()


@given(values=arrays(np.float64, st.integers(1, 60), elements=st.floats(0, 7.9)))
def test_magnitudes_stay_one_dimensional_and_fine(values: np.ndarray) -> None:
    (block,) = pack(100.0 + np.arange(len(values)) / 100, values)
    assert (block.axes, block.scale_g) == (1, FINE_G)
    np.testing.assert_allclose(unpack(block)[1], values, atol=FINE_G / 2)


def test_a_shock_beyond_eight_g_is_kept_not_clipped() -> None:
    (block,) = pack(np.array([0.1, 0.2]), np.array([[0.0, 0.0, 15.97], [0.0, 0.0, 1.0]]))
    np.testing.assert_allclose(unpack(block)[1][:, 2], [15.97, 1.0], atol=FINE_G)


def test_an_infinite_sample_is_an_invalid_one() -> None:
    (block,) = pack(np.array([0.1, 0.2]), np.array([np.inf, 1.0]))
    np.testing.assert_array_equal(unpack(block)[1], [np.nan, 1.0])


def test_gaps_and_backward_steps_begin_a_new_block() -> None:
    wall_s = np.array([10.0, 10.02, 10.04, 10.2, 10.22, 10.1, 10.12])
    assert [block.n for block in pack(wall_s, np.ones(7))] == [3, 2, 2]
    assert [block.start_s for block in pack(wall_s, np.ones(7))] == [10.0, 10.2, 10.1]


def test_a_night_is_cut_at_every_full_five_seconds() -> None:
    blocks = pack(8.5 + np.arange(600) / 50, np.ones((600, 3)))
    assert [(block.start_s, block.n) for block in blocks] == [(8.5, 75), (10.0, 250), (15.0, 250), (20.0, 25)]


def test_a_sleeping_child_takes_about_half_of_what_her_samples_are() -> None:
    rng = np.random.default_rng(1)
    (block,) = pack(10.0 + np.arange(260) / 52, rng.normal([0.1, 0.05, 0.99], 0.003, (260, 3)))
    assert 0.3 < len(block.data) / (6 * block.n) < 0.6


def test_what_deflating_makes_no_shorter_is_kept_as_it_is_and_as_earlier_releases_had_all() -> None:
    noise = np.random.default_rng(1).integers(-32767, 32768, (260, 3))
    (block,) = pack(10.0 + np.arange(260) / 52, noise * FINE_G)
    assert block.data == noise.astype("<i2").tobytes()
    np.testing.assert_array_equal(unpack(block)[1], noise * FINE_G)


@pytest.mark.parametrize("change", [lambda data: data[:-3], lambda data: b"\xff" + data[1:], lambda _: b""])
def test_a_damaged_block_is_none_rather_than_other_samples(change: Callable[[bytes], bytes]) -> None:
    (block,) = pack(10.0 + np.arange(260) / 52, np.random.default_rng(1).normal(0.0, 0.003, (260, 3)))
    with pytest.raises(ValueError):
        unpack(replace(block, data=change(block.data)))


@pytest.mark.parametrize("n", [259, 261, 60_000, 10**12])
def test_a_number_of_samples_that_is_not_theirs_is_refused_and_swells_to_nothing(n: int) -> None:
    (block,) = pack(10.0 + np.arange(260) / 52, np.zeros((260, 3)))
    with pytest.raises(ValueError):
        unpack(replace(block, n=n))


def test_nothing_is_no_block() -> None:
    assert pack(np.empty(0), np.empty((0, 3))) == []
