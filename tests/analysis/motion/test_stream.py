"""What must hold for any samples whatever: pieces, gaps, rates, rubbish."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.analysis.motion import MOST_PRIOR, MotionState, Stage, Step, advance, start
from edge.errors import RecordingError
from edge.model.reading import Array
from tests.support.sizes import size_of


def jerks(rate_hz: float, seconds: float, columns: int, seed: int, jerk_hz: float = 2.2) -> tuple[Array, Array]:
    """A limb that lies still for 20 s and then jerks; (n,) s and (n, 3) or (n,) g."""
    rng = np.random.default_rng(seed)
    t_s = np.arange(0.0, seconds, 1 / rate_hz)
    phase = (t_s * jerk_hz) % 1.0
    pulse = np.where(t_s > 20, 0.5 * np.exp(-(((phase - 0.5) / jerk_hz / 0.035) ** 2)), 0.0)
    axes = np.array([0.2, -0.4, 0.89]) + pulse[:, None] * np.array([0.6, 0.0, 0.8])
    axes = axes + rng.normal(0, 0.004, axes.shape)
    return t_s, axes if columns == 3 else np.linalg.norm(axes, axis=1)


def feed(t_s: Array, values: Array, sizes: list[int], prior: float = 0.0) -> tuple[Step, ...]:
    """The steps of a recording handed over in pieces of these sizes, again and again."""
    state = start(1 if values.ndim == 1 else 3)
    steps: list[Step] = []
    begin = turn = 0
    while begin < t_s.size:
        end = begin + sizes[turn % len(sizes)]
        state, new = advance(state, t_s[begin:end], values[begin:end], prior)
        steps += new
        begin, turn = end, turn + 1
    return tuple(steps)


@pytest.mark.parametrize("columns", [1, 3])
@given(st.lists(st.integers(1, 700), min_size=1, max_size=6), st.integers(0, 3))
@settings(max_examples=12, deadline=None)
def test_pieces_of_any_size_give_the_same_steps_bit_for_bit(columns: int, sizes: list[int], seed: int) -> None:
    t_s, values = jerks(50, 60, columns, seed)
    rng = np.random.default_rng(seed)
    t_s = t_s + rng.uniform(-0.008, 0.008, t_s.size)
    values[1200:1230] = np.nan
    t_s[2000:] += 1.1
    t_s[2500:] += 6.0
    t_s[2700:2705] = t_s[2699]
    prior = 0.3 * (seed % 2)
    whole = feed(t_s, values, [t_s.size], prior)
    assert len(whole) > 40
    assert feed(t_s, values, sizes, prior) == whole


def test_an_old_state_stays_usable() -> None:
    t_s, values = jerks(50, 60, 3, 1)
    state, _ = advance(start(3), t_s[:1500], values[:1500])
    _, once = advance(state, t_s[1500:], values[1500:])
    _, again = advance(state, t_s[1500:], values[1500:])
    assert once == again
    assert once


def test_the_input_is_left_as_it_was() -> None:
    t_s, values = jerks(50, 30, 3, 1)
    kept_t, kept_v = t_s.copy(), values.copy()
    advance(start(3), t_s, values)
    assert np.array_equal(t_s, kept_t)
    assert np.array_equal(values, kept_v)


def raised_s(steps: tuple[Step, ...]) -> float:
    """When the first alarm began; s."""
    return next(step.t_s for step in steps if step.stage is Stage.ALARM)


def test_what_else_is_known_brings_an_alarm_forward_and_is_named_in_it() -> None:
    t_s, values = jerks(50, 60, 3, 1, 3.0)
    plain, fever = feed(t_s, values, [500]), feed(t_s, values, [500], 1.0)
    assert raised_s(fever) < raised_s(plain)
    assert fever[-1].signs[0].evidence.prior_log_odds == 1.0
    assert plain[-1].signs[0].evidence.prior_log_odds == 0.0
    assert all(known.log_odds == pytest.approx(step.log_odds + 1.0) for known, step in zip(fever, plain, strict=True))


@pytest.mark.parametrize(
    ("prior", "same_as"), [(-5.0, 0.0), (math.nan, 0.0), (40.0, MOST_PRIOR), (math.inf, MOST_PRIOR)]
)
def test_a_prior_is_bounded_and_never_counts_against(prior: float, same_as: float) -> None:
    t_s, values = jerks(50, 40, 3, 1)
    assert feed(t_s, values, [500], prior) == feed(t_s, values, [500], same_as)


def test_a_prior_alone_raises_nothing() -> None:
    t_s, values = jerks(50, 120, 3, 1)
    still = feed(t_s[:900], values[:900], [100], MOST_PRIOR)
    assert {step.stage for step in still} == {Stage.QUIET}


def test_nothing_looks_ahead() -> None:
    t_s, values = jerks(50, 60, 3, 2)
    whole = feed(t_s, values, [t_s.size])
    for step in whole[::7]:
        until = int(np.searchsorted(t_s, step.t_s, side="right"))
        assert feed(t_s[:until], values[:until], [until])[-1] == step


@pytest.mark.parametrize("rate_hz", [12.5, 16, 20, 25, 26, 31.25, 50, 100, 208])
@pytest.mark.parametrize("columns", [1, 3])
def test_a_step_covers_at_most_one_second_at_any_rate(rate_hz: float, columns: int) -> None:
    t_s, values = jerks(rate_hz, 60, columns, 3)
    steps = feed(t_s, values, [97])
    assert len(steps) >= 57
    assert np.diff([step.t_s for step in steps]).max() <= 1.1
    assert all(step.t_s in t_s for step in steps)


@given(st.integers(0, 10_000), st.sampled_from([1, 3]))
@settings(max_examples=25, deadline=None)
def test_rubbish_neither_raises_an_error_nor_an_alarm(seed: int, columns: int) -> None:
    rng = np.random.default_rng(seed)
    n = 2000
    t_s = np.cumsum(rng.choice([0.02, 0.02, 0.0, -0.05, 0.5, 5.0, np.nan, np.inf], n))
    t_s = np.where(rng.random(n) < 0.5, t_s, np.arange(n) * 0.02)
    values = np.full((n, columns), rng.choice([0.0, 1.0, np.nan, np.inf, 1e300, -7.0]))
    values[rng.random(n) < 0.2] = np.nan
    steps = feed(t_s, values if columns == 3 else values[:, 0], [int(rng.integers(1, 400))])
    assert all(step.stage is Stage.QUIET for step in steps)
    assert all(math.isfinite(step.log_odds) and math.isfinite(step.level_g) for step in steps)


def test_nothing_is_said_without_valid_samples() -> None:
    t_s, values = jerks(50, 30, 3, 1)
    assert feed(t_s, np.full_like(values, np.nan), [100]) == ()


def test_a_standing_alarm_is_not_ended_by_missing_data() -> None:
    t_s, values = jerks(50, 60, 3, 1, 2.2)
    state, steps = advance(start(3), t_s, values)
    assert steps[-1].stage is Stage.ALARM
    state, steps = advance(state, t_s + 60, np.full_like(values, np.nan))
    assert steps == ()
    _, steps = advance(state, t_s[:200] + 120, values[:200])
    assert steps[0].stage is Stage.ALARM
    assert steps[0].signs[0].present


def test_a_clock_that_was_set_back_is_followed() -> None:
    t_s, values = jerks(50, 60, 3, 1)
    state, _ = advance(start(3), t_s + 1e6, values)
    _, steps = advance(state, t_s, values)
    assert steps[-1].t_s < 61
    assert len(steps) > 50


def test_one_glitch_into_the_future_costs_seconds_not_the_night() -> None:
    t_s, values = jerks(50, 60, 3, 1, 1.5)
    t_s[700] += 1e9
    assert feed(t_s, values, [50])[-1].stage is Stage.ALARM


@pytest.mark.parametrize(("columns", "shape"), [(3, (5, 2)), (3, (5,)), (1, (5, 3)), (3, (4, 3))])
def test_another_shape_is_refused_by_name(columns: int, shape: tuple[int, ...]) -> None:
    with pytest.raises(RecordingError, match="expected"):
        advance(start(columns), np.arange(5.0), np.zeros(shape))


def test_other_columns_are_refused_by_name() -> None:
    with pytest.raises(RecordingError, match="columns"):
        start(2)


def test_a_state_is_small() -> None:
    t_s, values = jerks(208, 120, 3, 1)
    state: MotionState
    state, _ = advance(start(3), t_s, values)
    assert size_of(state) < 200_000
