"""The detector on simulated infants, a few fixed seeds: what it must find, what must not ring. Simulated figures."""

import pytest

from edge.model.people import Limb
from edge.simulation import MOVEMENTS, SENSORS, Label, clip, clonic
from tests.bench.detector import ours, wilson

SENSOR_NAMES = ("polar", "watch", "slow_20", "fast")
STILL_ALLOWED = (Label.STARTLE, Label.HICCUPS, Label.SUCKING, Label.RESTLESS, Label.TURNING, Label.BODY_ROCKING)


@pytest.mark.parametrize("name", SENSOR_NAMES)
@pytest.mark.parametrize("limb", [Limb.ANKLE, Limb.WRIST])
def test_a_clonic_bout_is_found_within_twenty_seconds_at_any_rate(name, limb):
    track = clip(clonic(11, 60.0), SENSORS[name].on(limb), 11)
    bout = next(row for row in track.truth if row.seizure)
    raised = ours(track.t_s, track.acc_g)
    assert len(raised) == 1
    assert bout.start_s < raised[0] <= bout.start_s + 20


@pytest.mark.parametrize("label", STILL_ALLOWED)
def test_what_every_baby_does_does_not_ring(label):
    track = clip(MOVEMENTS[label](3, 240.0), SENSORS["polar"].on(Limb.ANKLE), 3)
    assert ours(track.t_s, track.acc_g) == []


def test_the_interval_is_wilsons():
    low, high = wilson(10, 11)
    assert (round(low, 3), round(high, 3)) == (0.623, 0.984)
