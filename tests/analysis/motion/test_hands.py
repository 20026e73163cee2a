"""A hand on the child: pats ring seldom, and a convulsion felt through the same trunk rings. Signals made here."""

import numpy as np
import pytest

from edge.model.people import Limb
from edge.model.reading import Array
from edge.simulation import SENSORS, clip, clonic
from edge.simulation.handled import patted
from tests.support.detector import raised


@pytest.mark.parametrize(("limb", "most"), [(Limb.CHEST, 4), (Limb.WRIST, 1), (Limb.ANKLE, 1)])
def test_patting_rings_seldom_on_a_limb_and_more_often_on_the_chest(limb: Limb, most: int) -> None:
    """At the chest a pat is as strong as a jerk: that is why the sensor is worn at an ankle or a wrist."""
    tracks = [clip(patted(seed, 90.0), SENSORS["polar"].on(limb), seed) for seed in range(12)]
    assert sum(len(raised(track.t_s, track.acc_g)) for track in tracks) <= most


def test_a_clonic_bout_is_felt_on_the_chest_within_a_minute() -> None:
    late_s = []
    for seed in range(8):
        track = clip(clonic(seed, 60.0), SENSORS["polar"].on(Limb.CHEST), seed)
        late_s.append(raised(track.t_s, track.acc_g)[0] - 30.0)
    assert float(np.median(late_s)) <= 15
    assert max(late_s) <= 45


def hand(seed: int, shape_s: float = 0.08) -> tuple[Array, Array]:
    """A minute and a half of pats of half a sine on the trunk, in bouts of 6-18 s at one tempo; (n,) s and (n, 3) g."""
    rng = np.random.default_rng(seed)
    t_s = np.arange(0.0, 120.0, 0.02)
    moved, at_s, hz = np.zeros(t_s.size), 25.0, rng.uniform(1.2, 2.6)
    peak_g = rng.uniform(0.05, 0.2)
    while at_s < 115:
        end_s = at_s + rng.uniform(6, 18)
        while at_s < min(end_s, 115):
            since_s = t_s - at_s
            inside = (since_s >= 0) & (since_s < shape_s)
            moved[inside] += peak_g * (1 + 0.2 * rng.normal()) * np.sin(np.pi * since_s[inside] / shape_s)
            at_s += max(0.3, 1 + 0.06 * rng.normal()) / hz
        at_s += rng.uniform(1.5, 6)
    along = rng.normal(size=3)
    along /= np.linalg.norm(along)
    return t_s, np.array([0.1, 0.2, 0.97]) + moved[:, None] * along + 0.003 * rng.normal(size=(t_s.size, 3))


def test_pats_of_another_shape_ring_seldom_too() -> None:
    assert sum(bool(raised(*hand(seed))) for seed in range(20)) <= 1


@pytest.mark.parametrize(("hole_s", "every_s", "late_s"), [(0.8, 8.0, 25.0), (2.0, 12.0, 30.0), (4.0, 25.0, 45.0)])
def test_a_clonic_bout_is_felt_over_a_link_that_loses_data(hole_s: float, every_s: float, late_s: float) -> None:
    begun_s = []
    for seed in range(6):
        track = clip(clonic(seed, 75.0), SENSORS["polar"].on(Limb.CHEST), seed)
        kept = (track.t_s - 33.0 - 0.7 * seed) % every_s >= hole_s
        begun_s += raised(track.t_s[kept], track.acc_g[kept])[:1]
    assert len(begun_s) == 6
    assert float(np.median(begun_s)) - 30.0 <= late_s
