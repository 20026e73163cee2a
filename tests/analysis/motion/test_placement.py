"""Is an accelerometer on a child: what is off is said in time, and a deep sleeper is not taken for a table."""

import math

import numpy as np
import pytest

from edge.analysis.motion.placement import FROZEN_S, NOT_CHANGING, STILL_S, STILLER, TABLE_S, placed, unknown
from edge.model.people import Limb
from edge.simulation import Sensor, infant_night

RATE_HZ = 50.0


class Played:
    """said: (t_s, present, why) at each change. placement: at the end."""

    def __init__(self, *parts, rate_hz=RATE_HZ, start_s=1000.0, packet=37):
        values = np.concatenate(parts)
        t_s = start_s + np.arange(len(values)) / rate_hz
        self.placement, self.said = unknown(1 if values.ndim == 1 else 3), []
        for begin in range(0, len(values), packet):
            part = slice(begin, begin + packet)
            self.placement, signs = placed(self.placement, t_s[part], values[part])
            for sign in signs:
                if not self.said or self.said[-1][1] is not sign.present:
                    self.said.append((sign.t_s - start_s, sign.present, getattr(sign.evidence, "why", "")))

    @property
    def rang(self):
        return [(round(t_s), why) for t_s, present, why in self.said if present]


def lying(seconds, *, noise_g=0.002, resolution_g=0.001, up=(0.1, -0.3, 0.94), seed=1):
    """On a table: gravity and the sensor's own noise."""
    rng = np.random.default_rng(seed)
    values = np.asarray(up) + rng.normal(0.0, noise_g, (round(seconds * RATE_HZ), 3))
    return np.round(values / resolution_g) * resolution_g


def breathing(seconds, peak_g, breaths_hz=0.7, **more):
    """The same on a sleeping limb that the breath moves by so much."""
    values = lying(seconds, resolution_g=1e-9, **more)
    swing = peak_g * np.sin(2 * np.pi * breaths_hz * np.arange(len(values)) / RATE_HZ)
    return np.round((values + swing[:, None] * [0.6, 0.8, 0.0]) / 0.001) * 0.001


def held(seconds, *value):
    return np.tile(np.asarray(value, dtype=float), (round(seconds * RATE_HZ), 1))


def moved(seconds, rms_g=0.15, seed=2):
    return lying(seconds, noise_g=rms_g / math.sqrt(3), seed=seed)


@pytest.mark.parametrize("value", [(0.012, -0.04, 0.995), (0.0, 0.0, 0.0), (8.0, 8.0, 8.0), (0.0, 0.0, 1.0)])
@pytest.mark.parametrize("worn_s", [0, 600])
def test_values_that_never_change_are_said_within_seconds(value, worn_s):
    played = Played(breathing(worn_s, 0.001), held(60, *value))
    assert len(played.rang) == 1
    assert played.placement.why == NOT_CHANGING
    assert played.rang[0][0] - worn_s <= FROZEN_S + 2
    assert played.placement.sure


@pytest.mark.parametrize("scale", [0.0, 1 / 16, 1 / 8, 1 / 4, 2.0, 4.0, 8.0])
def test_gravity_that_cannot_be_is_said_within_seconds(scale):
    played = Played(scale * lying(60) + lying(60, up=(0, 0, 0), seed=5))
    assert [t_s <= 12 and "gravity" in why for t_s, why in played.rang] == [True]
    assert played.placement.sure


@pytest.mark.parametrize("offset_g", [(0.1, 0.1, 0.1), (-0.1, -0.1, -0.1), (0.15, 0.0, 0.0)])
@pytest.mark.parametrize("gain", [0.93, 1.07])
def test_a_badly_calibrated_sensor_is_worn(offset_g, gain):
    assert Played(gain * breathing(120, 0.001) + np.asarray(offset_g)).rang == []


def test_a_watch_that_reads_one_and_three_quarter_g_at_rest_is_worn():
    """As magnitudes of a public recording do."""
    assert Played(np.sqrt((breathing(120, 0.001) ** 2).sum(axis=1)) * 1.75).rang == []


@pytest.mark.parametrize(
    ("sensor", "said"),
    [
        ({"noise_g": 0.002}, (TABLE_S, STILLER)),
        ({"noise_g": 0.0005}, (TABLE_S, STILLER)),
        ({"noise_g": 0.004, "resolution_g": 0.004}, (STILL_S, "it has not moved for 90 min")),
    ],
    ids=["usual noise", "little noise", "too noisy to show a breath"],
)
def test_a_sensor_on_a_table_is_said_to_be_off(sensor, said):
    played = Played(lying(STILL_S + 60, **sensor))
    assert [(pytest.approx(said[0], abs=30), said[1])] == played.rang
    assert not played.placement.sure


def test_a_magnitude_on_a_table_is_said_to_be_off_by_its_stillness():
    played = Played(np.sqrt((lying(STILL_S + 60) ** 2).sum(axis=1)))
    assert [why for _, why in played.rang] == ["it has not moved for 90 min"]


@pytest.mark.parametrize("peak_g", [0.0004, 0.0009, 0.002])
@pytest.mark.parametrize("breaths_hz", [0.25, 0.5, 0.7, 1.0])
def test_a_limb_that_lies_still_for_58_minutes_and_breathes_is_worn(peak_g, breaths_hz):
    """The longest time of two real nights; the breath of the simulated infants' ankles is 0.24 to 1.6 mg."""
    assert Played(breathing(58 * 60, peak_g, breaths_hz)).rang == []


def test_one_that_is_taken_up_and_moves_is_worn_again():
    played = Played(held(60, 0.0, 0.0, 1.0), moved(30), breathing(60, 0.001))
    assert [present for _, present, _ in played.said] == [True, False]
    table = Played(lying(TABLE_S + 60), moved(5), breathing(600, 0.001))
    assert [present for _, present, _ in table.said][-2:] == [True, False]
    assert table.said[-1][0] == pytest.approx(TABLE_S + 60, abs=3)


def test_coarse_steps_repeat_themselves_on_a_sleeping_child():
    """With steps of 15.6 mg, sitting adults showed one value for 14 s and one axis for three minutes."""
    coarse = np.round((moved(30), breathing(300, 0.001))[1] / 0.0156) * 0.0156
    start = np.round(moved(30) / 0.0156) * 0.0156
    assert Played(start, coarse).rang == []


def test_the_size_of_packets_changes_nothing():
    values = np.concatenate([moved(20), breathing(100, 0.001), held(30, 0.0, 0.0, 1.0)])
    assert Played(values, packet=1).said == Played(values, packet=4000).said


def test_samples_that_are_not_numbers_say_nothing():
    broken = lying(60)
    broken[:, 2] = np.nan
    assert Played(broken).said == []
    mixed = breathing(60, 0.001)
    mixed[::7] = np.nan
    assert Played(mixed).rang == []


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("rate_hz", [25.0, 50.0])
def test_no_simulated_night_is_taken_for_a_table(seed, rate_hz):
    """Beside the positive control: the same sensor on a table is said to be off (above)."""
    sensor = Sensor(rate_hz=rate_hz, noise_g=0.002, resolution_g=0.001)
    night = infant_night(seed, hours=2.0, age_months=(3, 9, 24)[seed - 1], sensor=sensor)
    track = night.motion[Limb.ANKLE]
    assert Played(np.asarray(track.acc_g, dtype=float), rate_hz=rate_hz).rang == []
