"""Jerks of shapes that nothing was fitted on, out of a still minute: what they look like must not decide."""

import numpy as np
import pytest

from edge.model.reading import Array
from tests.support.detector import raised

STILL_S, BOUT_S = 60.0, 45.0


def pulse(since_s: Array) -> Array:
    return np.where(since_s < 0.1, np.sin(np.pi * since_s / 0.1), 0.0)


def biphasic(since_s: Array) -> Array:
    return np.where(since_s < 0.2, np.sin(2 * np.pi * since_s / 0.2), 0.0)


def ringing(since_s: Array) -> Array:
    return np.exp(-since_s / 0.06) * np.sin(2 * np.pi * 8.0 * since_s)


def bout(shape, rate_hz: float, peak_g: float, seed: int, rates: tuple[float, float]) -> tuple[Array, Array]:
    """(n,) s and (n, 3) g of a child that lies still, then jerks more and more slowly."""
    rng = np.random.default_rng(seed)
    t_s = np.arange(0.0, STILL_S + BOUT_S, 1 / rate_hz)
    along = rng.normal(size=3)
    along /= np.linalg.norm(along)
    moved, at_s = np.zeros(t_s.size), STILL_S
    while at_s < STILL_S + BOUT_S:
        later = t_s >= at_s
        moved[later] += peak_g * (1 + 0.2 * rng.normal()) * shape(t_s[later] - at_s)
        jerk_hz = rates[0] + (rates[1] - rates[0]) * (at_s - STILL_S) / BOUT_S
        at_s += max(0.3, 1 + 0.05 * rng.normal()) / jerk_hz
    noise = 0.004 * rng.normal(size=(t_s.size, 3))
    return t_s, np.array([0.1, 0.2, 0.97]) + noise + moved[:, None] * along


@pytest.mark.parametrize("rate_hz", [25.0, 52.0, 104.0])
@pytest.mark.parametrize("peak_g", [0.5, 1.0])
@pytest.mark.parametrize("shape", [pulse, biphasic, ringing])
def test_a_slowing_bout_is_found_while_it_lasts(shape, peak_g: float, rate_hz: float) -> None:
    """All of them; of jerks that ring at 8 Hz, of which a slow sensor's filter leaves little, two of three."""
    found = 0
    for seed, rates in enumerate([(2.5, 1.5), (3.0, 2.0), (2.0, 1.2)]):
        t_s, values = bout(shape, rate_hz, peak_g, seed, rates)
        raised_s = raised(t_s, values)
        if raised_s:
            assert STILL_S + 5.0 < raised_s[0] <= STILL_S + 35.0
            found += 1
    assert found >= (2 if shape is ringing and peak_g < 1.0 else 3)
