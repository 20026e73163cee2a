"""The detector on simulated infants, a few fixed seeds: what it must find, what must not ring. Simulated figures."""

import pytest

from edge.model.people import Limb
from edge.simulation import MOVEMENTS, SENSORS, Label, clip, clonic, infant_night
from tests.support.detector import raised

SENSOR_NAMES = ("polar", "watch", "slow_20", "slow_16", "slow_12", "fast")
STILL_ALLOWED = (Label.STARTLE, Label.HICCUPS, Label.SUCKING, Label.RESTLESS, Label.TURNING, Label.BODY_ROCKING)
BUSY = (Label.KICKING, Label.PATTED, Label.HEAD_BANGING, Label.CARRIED, Label.CRYING)


@pytest.mark.parametrize("name", SENSOR_NAMES)
@pytest.mark.parametrize("limb", [Limb.ANKLE, Limb.WRIST])
def test_a_clonic_bout_is_found_within_twenty_seconds_at_any_rate(name, limb):
    track = clip(clonic(11, 60.0), SENSORS[name].on(limb), 11)
    bout = next(row for row in track.truth if row.seizure)
    (raised_s,) = raised(track.t_s, track.acc_g)
    assert bout.start_s < raised_s <= bout.start_s + 20


@pytest.mark.parametrize("label", STILL_ALLOWED)
def test_what_every_baby_does_does_not_ring(label):
    track = clip(MOVEMENTS[label](3, 240.0), SENSORS["polar"].on(Limb.ANKLE), 3)
    assert raised(track.t_s, track.acc_g) == []


@pytest.mark.parametrize("label", BUSY)
def test_what_comes_in_bouts_or_without_end_rings_seldom(label):
    count = 0
    for seed in range(8):
        track = clip(MOVEMENTS[label](seed, 120.0), SENSORS["polar"].on(Limb.ANKLE), seed)
        count += len(raised(track.t_s, track.acc_g))
    assert count <= 1


def test_an_ordinary_hour_of_the_night_does_not_ring():
    track = infant_night(8, hours=1.0, bouts=0).motion[Limb.ANKLE]
    assert raised(track.t_s, track.acc_g) == []
