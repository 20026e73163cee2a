"""The sensor clips, quantises, turns, loses and mistimes as it was told."""

from dataclasses import replace

import numpy as np
import pytest

from edge.simulation import SENSORS, Sensor, clip, clonic, restless


def record(sensor, seed=1, duration_s=30.0):
    return clip(clonic(seed, duration_s, peak_g=2.5), sensor, seed, before_s=10.0, after_s=10.0)


@pytest.mark.parametrize("name", sorted(SENSORS))
def test_values_are_clipped_and_quantised(name):
    sensor = replace(SENSORS[name], range_g=1.2)
    track = record(sensor)
    assert np.abs(track.acc_g).max() <= 1.2
    steps = track.acc_g / sensor.resolution_g
    inside = np.abs(track.acc_g) < 1.2
    assert np.abs(steps - np.round(steps))[inside].max() < 1e-6


def test_the_rate_error_is_in_the_time_stamps():
    plain, fast = record(Sensor()), record(Sensor(rate_error_ppm=10_000.0))
    assert np.diff(plain.t_s) == pytest.approx(0.02)
    assert np.diff(fast.t_s) == pytest.approx(0.02 / 1.01)
    assert fast.t_s[-1] == pytest.approx(plain.t_s[-1], abs=0.03)


def test_gaps_are_where_the_radio_was_lost():
    whole = record(Sensor(), duration_s=600.0)
    lossy = record(Sensor(gap_rate_per_h=60.0, gap_s=6.0), duration_s=600.0)
    gaps = np.diff(lossy.t_s)
    assert (gaps > 1.0).sum() >= 3
    assert gaps[gaps > 0.03].sum() == pytest.approx((whole.t_s.size - lossy.t_s.size) / 50.0, rel=0.2)
    kept = np.isin(whole.t_s, lossy.t_s)
    assert np.array_equal(whole.acc_g[kept], lossy.acc_g)


def test_jitter_moves_stamps_but_never_their_order():
    track = record(Sensor(jitter_s=0.02))
    steps = np.diff(track.t_s)
    assert steps.min() > 0.0
    assert steps.std() > 0.005


def test_orientation_turns_the_axes_and_keeps_the_length():
    clean = Sensor(noise_g=0.0, resolution_g=0.0)
    plain, turned = record(clean), record(replace(clean, orientation=(0.5, -1.0, 0.3)))
    assert turned.magnitude_g == pytest.approx(plain.magnitude_g)
    assert np.abs(turned.acc_g - plain.acc_g).max() > 0.3


def test_bias_and_gain_show_at_rest():
    track = record(Sensor(noise_g=0.0, resolution_g=0.0, gain=1.3))
    assert np.median(track.magnitude_g) == pytest.approx(1.3, abs=0.05)


def test_rates_agree_on_what_happened():
    movement = restless(3, 20.0)
    slow, quick = (clip(movement, Sensor(rate_hz=rate, noise_g=0.0), 3) for rate in (25.0, 200.0))
    assert slow.acc_g[:, 0] == pytest.approx(np.interp(slow.t_s, quick.t_s, quick.acc_g[:, 0]), abs=0.02)
