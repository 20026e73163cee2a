"""A small part of the benchmark with fixed seeds: what was reached on simulated infants stays reached."""

import numpy as np
import pytest

from edge.simulation import Label
from tests.bench import simulated


def test_clonic_bouts_of_every_sensor_and_limb_are_found_in_time():
    bouts = [simulated.bout(number) for number in range(0, 150, 5)]
    delays = [each["feverhub"] for each in bouts if each["feverhub"] is not None]
    assert {each["sensor"] for each in bouts} == set(simulated.BOUT_SENSORS)
    assert len(delays) >= len(bouts) - 1
    assert np.median(delays) <= 12
    assert np.percentile(delays, 90) <= 20


@pytest.mark.parametrize("label", [Label.ROCKED, Label.CAR, Label.SUCKING, Label.STARTLE, Label.RESTLESS])
def test_an_hour_of_everyday_movement_raises_nothing(label):
    assert simulated.confounder(label, 0)["feverhub"] == 0
