"""An arm that goes to and fro evenly, as with a toothbrush. Signals made here."""

import numpy as np
import pytest

from edge.model.reading import Array
from tests.support.detector import raised


def strokes(rms_g: float, hz: float, seed: int, rate_hz: float = 50.0, seconds: float = 40.0) -> tuple[Array, Array]:
    """(n,) s and (n, 3) g: half a still minute, then strokes along one line, their tempo and reach hardly changing."""
    rng = np.random.default_rng(seed)
    t_s = np.arange(0.0, 30.0 + seconds, 1 / rate_hz)
    going = t_s >= 30.0
    slow = np.cumsum(rng.normal(size=t_s.size)) / rate_hz**0.5
    phase = 2 * np.pi * hz * t_s + 0.3 * slow
    wave = np.where(going, np.sin(phase) + 0.15 * np.sin(2 * phase + 1.0), 0.0)
    along = np.array([0.8, 0.6, 0.0])
    values = np.array([0.0, 0.3, 0.95]) + 0.004 * rng.normal(size=(t_s.size, 3))
    return t_s, values + rms_g * np.sqrt(2) * wave[:, None] * along


@pytest.mark.parametrize(("hz", "rms_g"), [(3.4, 0.25), (4.0, 0.25), (4.6, 0.1)])
def test_what_is_even_and_not_vigorous_is_no_seizure(hz: float, rms_g: float) -> None:
    """The faster, the more it is like the shaking of a tonic-clonic seizure: from 4.5 Hz at 0.25 g it rings."""
    assert not any(raised(*strokes(rms_g, hz, seed)) for seed in range(3))


@pytest.mark.parametrize("hz", [3.4, 4.0, 4.6])
def test_what_is_vigorous_rings_however_even(hz: float) -> None:
    assert all(raised(*strokes(0.9, hz, seed)) for seed in range(3))
