"""What must hold for any samples whatever: pieces, gaps, rates, rubbish."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.analysis.mimics import MimicState, Step, advance, start
from edge.errors import RecordingError
from edge.model.people import Limb
from edge.model.reading import Array
from tests.support.sizes import size_of


def twitches(rate_hz: float, seconds: float, columns: int, seed: int, every_s: float = 6.0) -> tuple[Array, Array]:
    """A limb that twitches at regular intervals and then shivers; (n,) s and (n, 3) or (n,) g."""
    rng = np.random.default_rng(seed)
    t_s = np.arange(0.0, seconds, 1 / rate_hz)
    pulse = 0.4 * np.exp(-(((t_s % every_s - every_s / 2) / 0.04) ** 2)) * (t_s < 0.6 * seconds)
    shiver = 0.04 * np.sin(2 * np.pi * 8.5 * t_s) * (1.5 + np.sin(2 * np.pi * t_s / 8.5)) * (t_s > 0.7 * seconds)
    axes = np.array([0.2, -0.4, 0.89]) * (1 + pulse + shiver)[:, None]
    axes = axes + rng.normal(0, 0.003, axes.shape)
    return t_s, axes if columns == 3 else np.linalg.norm(axes, axis=1)


def feed(t_s: Array, values: Array, sizes: list[int]) -> tuple[MimicState, tuple[Step, ...]]:
    """State and steps of a recording handed over in pieces of these sizes, again and again."""
    state = start(1 if values.ndim == 1 else 3, Limb.ANKLE)
    steps: list[Step] = []
    begin = turn = 0
    while begin < t_s.size:
        end = begin + sizes[turn % len(sizes)]
        state, new = advance(state, t_s[begin:end], values[begin:end])
        steps += new
        begin, turn = end, turn + 1
    return state, tuple(steps)


@pytest.mark.parametrize("columns", [1, 3])
@given(st.lists(st.integers(1, 900), min_size=1, max_size=6), st.integers(0, 3))
@settings(max_examples=12, deadline=None)
def test_pieces_of_any_size_give_the_same_steps_bit_for_bit(columns: int, sizes: list[int], seed: int) -> None:
    t_s, values = twitches(50, 260, columns, seed)
    t_s = t_s + np.random.default_rng(seed).uniform(-0.008, 0.008, t_s.size)
    values[1200:1230] = np.nan
    t_s[2000:] += 1.1
    t_s[2500:] += 6.0
    t_s[2700:2705] = t_s[2699]
    state, whole = feed(t_s, values, [t_s.size])
    assert any(step.movements for step in whole)
    assert any(step.epoch for step in whole)
    other, pieces = feed(t_s, values, sizes)
    assert pieces == whole
    assert (other.tally_s, other.counts, other.posture) == (state.tally_s, state.counts, state.posture)


def test_nothing_looks_ahead() -> None:
    t_s, values = twitches(50, 200, 3, 2)
    _, whole = feed(t_s, values, [t_s.size])
    for step in whole[::5]:
        until = int(np.searchsorted(t_s, step.t_s, side="right"))
        assert feed(t_s[:until], values[:until], [until])[1][-1] == step


def test_an_old_state_and_the_input_stay_as_they_were() -> None:
    t_s, values = twitches(50, 200, 3, 1)
    kept_t, kept_v = t_s.copy(), values.copy()
    state, _ = advance(start(3), t_s[:5000], values[:5000])
    assert advance(state, t_s[5000:], values[5000:])[1] == advance(state, t_s[5000:], values[5000:])[1]
    assert np.array_equal(t_s, kept_t)
    assert np.array_equal(values, kept_v)


@pytest.mark.parametrize("rate_hz", [12.5, 16, 20, 25, 31.25, 50, 100, 208])
@pytest.mark.parametrize("columns", [1, 3])
def test_twitches_stand_at_any_rate_and_shivering_where_it_can_be_seen(rate_hz: float, columns: int) -> None:
    t_s, values = twitches(rate_hz, 600, columns, 3)
    state, steps = feed(t_s, values, [997])
    stands = {str(sign.condition) for step in steps for sign in step.signs if sign.present}
    said = {str(sign.condition) for step in steps for sign in step.signs}
    assert "recurring_twitches" in stands
    assert ("rigor" in stands) == (rate_hz > 21)
    assert ("rigor" in said) == (rate_hz > 21), "a sensor that cannot see 8-10 Hz says nothing of it, not even no"
    assert state.fast == (rate_hz > 21)


@given(st.integers(0, 10_000), st.sampled_from([1, 3]))
@settings(max_examples=25, deadline=None)
def test_rubbish_neither_raises_an_error_nor_an_alarm(seed: int, columns: int) -> None:
    rng = np.random.default_rng(seed)
    n = 4000
    t_s = np.cumsum(rng.choice([0.02, 0.02, 0.0, -0.05, 0.5, 5.0, np.nan, np.inf], n))
    t_s = np.where(rng.random(n) < 0.5, t_s, np.arange(n) * 0.02)
    values = np.full((n, columns), rng.choice([0.0, 1.0, np.nan, np.inf, 1e300, -7.0]))
    values[rng.random(n) < 0.2] = np.nan
    _, steps = feed(t_s, values if columns == 3 else values[:, 0], [int(rng.integers(1, 400))])
    assert not [sign for step in steps for sign in step.signs if sign.present]


def test_nothing_is_said_without_valid_samples() -> None:
    t_s, values = twitches(50, 60, 3, 1)
    assert feed(t_s, np.full_like(values, np.nan), [100])[1] == ()


def test_what_stands_is_not_ended_by_missing_data() -> None:
    t_s, values = twitches(50, 250, 3, 1)
    twitching = t_s < 145
    state, steps = advance(start(3, Limb.ANKLE), t_s[twitching], values[twitching])
    assert steps[-1].signs[0].present
    state, steps = advance(state, t_s[:3000] + 150, np.full((3000, 3), np.nan))
    assert steps == ()
    _, steps = advance(state, t_s[:600] + 220, values[:600])
    assert steps[0].signs[0].present


@pytest.mark.parametrize(("columns", "shape"), [(3, (5, 2)), (3, (5,)), (1, (5, 3)), (3, (4, 3))])
def test_another_shape_is_refused_by_name(columns: int, shape: tuple[int, ...]) -> None:
    with pytest.raises(RecordingError, match="expected"):
        advance(start(columns), np.arange(5.0), np.zeros(shape))


def test_other_columns_are_refused_by_name() -> None:
    with pytest.raises(RecordingError, match="columns"):
        start(2)


def test_a_state_is_small() -> None:
    t_s, values = twitches(208, 600, 3, 1, every_s=3.0)
    state, _ = advance(start(3), t_s, values)
    assert size_of(state) < 30_000
