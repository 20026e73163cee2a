"""How long and how evenly jerks follow each other: energies made here, on the grid of 25 Hz."""

import numpy as np
import pytest

from edge.analysis.grid import GRID_HZ
from edge.analysis.motion.jerks import find
from edge.analysis.motion.succession import SPAN, Succession, describe
from edge.model.reading import Array

WATCHED_S = (SPAN - 1) / GRID_HZ


def energy(times_s: Array, height: float = 0.01) -> Array:
    """(SPAN - 1,) g2 with a jerk of about 0.1 s at each of these moments; the last moment is 10.2 s."""
    at = np.arange(SPAN - 1) / GRID_HZ
    return 1e-7 + height * np.exp(-(((at[:, None] - times_s) / 0.04) ** 2)).sum(axis=1)


def described(rows: Array) -> list[Succession]:
    """Of h spans; rows: (h, SPAN - 1) energy."""
    found = [find(row) for row in rows]
    level, smooth, peak = (np.array([getattr(each, name) for each in found]) for name in ("level", "smooth", "peak"))
    return describe(level, smooth, peak)


def figures(times_s: Array) -> Succession:
    """The figures of one span."""
    return described(energy(times_s)[None])[0]


@pytest.mark.parametrize("rate_hz", [1.0, 1.7, 2.4, 3.0])
def test_even_jerks_are_one_long_even_succession(rate_hz: float) -> None:
    seen = figures(np.arange(0.5, 10.0, 1 / rate_hz))
    assert seen.run_s > 8
    assert seen.odd < 0.1
    assert seen.heights < 0.2
    assert seen.jerk_hz == pytest.approx(rate_hz, rel=0.03)
    assert seen.even_s == pytest.approx(seen.run_s)
    assert seen.slowing == pytest.approx(0, abs=0.1)


def test_odd_intervals_are_not_even() -> None:
    seen = figures(0.5 + np.cumsum([0.0, 0.5, 1.2, 0.4, 0.9, 0.5, 1.3, 0.6, 1.1, 0.4, 1.0]))
    assert seen.odd > 0.5
    assert seen.even_s == 0


def test_only_what_follows_the_last_pause_counts() -> None:
    seen = figures(np.concatenate([np.arange(0.5, 5.0, 0.5), np.arange(7.0, 10.0, 0.5)]))
    assert seen.run_s == pytest.approx(2.5, abs=0.1)


def test_a_succession_that_has_ended_is_none() -> None:
    assert figures(np.arange(0.5, 8.0, 0.5)).run_s == 0


@pytest.mark.parametrize("factor", [1.06, 1 / 1.06])
def test_a_rate_that_falls_is_slowing(factor: float) -> None:
    seen = figures(0.4 + np.cumsum(0.5 * factor ** np.arange(-8.0, 9.0)))
    assert np.sign(seen.slowing) == np.sign(factor - 1)
    assert abs(seen.slowing) > 0.3
    assert seen.odd < 0.15


@pytest.mark.parametrize("times_s", [[], [9.5], [9.0, 9.6]])
def test_up_to_two_jerks_are_no_rhythm(times_s: list[float]) -> None:
    seen = figures(np.array(times_s))
    assert (seen.odd, seen.heights, seen.slowing, seen.even_s) == (1, 1, 0, 0)
    assert seen.run_s == pytest.approx(times_s[-1] - times_s[0] if times_s else 0, abs=0.05)


def test_a_row_does_not_depend_on_those_beside_it() -> None:
    rng = np.random.default_rng(1)
    rows = np.array([energy(np.sort(rng.uniform(0, 10, int(rng.integers(0, 25))))) for _ in range(40)])
    together = described(rows)
    assert all(described(rows[i : i + 1]) == [together[i]] for i in range(len(rows)))


def test_nothing_at_all_is_nothing() -> None:
    assert [each.run_s for each in described(np.zeros((2, SPAN - 1)))] == [0, 0]
