"""The reference detector on signals whose answer is known from its description."""

from fractions import Fraction

import numpy as np
import pytest

from tests.bench import osd

RATE_HZ = 25.0


def shaken(hz, seconds, amplitude_g=0.2, rate_hz=RATE_HZ):
    """A magnitude in g that swings."""
    t_s = np.arange(0, seconds, 1 / rate_hz)
    return t_s, 1.0 + amplitude_g * np.sin(2 * np.pi * hz * t_s)


def test_three_windows_of_shaking_raise_and_two_without_end_it():
    t_s, values = shaken(4.0, 60.0)
    values[t_s >= 30.0] = 1.0
    assert osd.episodes(t_s, values) == [pytest.approx((14.96, 39.96))]


def test_one_window_without_does_not_end_it():
    t_s, values = shaken(4.0, 60.0)
    values[(t_s >= 25.0) & (t_s < 30.0)] = 1.0
    assert osd.episodes(t_s, values) == [pytest.approx((14.96, 59.96))]


def test_two_windows_are_a_warning_only():
    t_s, values = shaken(4.0, 60.0)
    values[t_s >= 10.0] = 1.0
    assert osd.episodes(t_s, values) == []


@pytest.mark.parametrize(("hz", "rings"), [(2.6, False), (3.0, True), (7.8, True), (8.0, False)])
def test_the_band_is_three_to_eight_hz(hz, rings):
    assert bool(osd.episodes(*shaken(hz, 30.0))) is rings


def test_weak_movement_is_none_however_pure():
    # 125 samples of amplitude a (milli-g) put (125 a / 2)^2 into one of 25 bins: their mean passes 100,000 at a = 25.3.
    assert osd.episodes(*shaken(4.0, 30.0, amplitude_g=0.025)) == []
    assert osd.episodes(*shaken(4.0, 30.0, amplitude_g=0.0255))


def test_movement_above_the_cut_off_is_no_part_of_the_whole():
    t_s, values = shaken(4.0, 30.0)
    assert osd.episodes(t_s, values + 0.3 * np.sin(2 * np.pi * 12.4 * t_s))
    assert not osd.episodes(t_s, values + 0.3 * np.sin(2 * np.pi * 11.0 * t_s))


@pytest.mark.parametrize("rate_hz", [12.5, 20.0, 32.0, 50.0, 52.0, 200.0])
def test_other_rates_are_brought_to_25_hz(rate_hz):
    t_s, values = shaken(4.0, 40.0, rate_hz=rate_hz)
    [(raised_s, _)] = osd.episodes(t_s, np.column_stack([values, 0 * values, 0 * values]))
    assert raised_s == pytest.approx(14.96)


@pytest.mark.parametrize("ratio", [Fraction(2), Fraction(25, 16), Fraction(12, 25), Fraction(23, 48), Fraction(1, 8)])
def test_the_change_of_rate_is_the_sum_that_defines_it(ratio):
    x = np.random.default_rng(3).normal(size=200)
    up, down = ratio.numerator, ratio.denominator
    half = 10 * max(up, down)
    taps = np.sinc(np.arange(-half, half + 1) / max(up, down)) * np.kaiser(2 * half + 1, 5.0)
    taps *= up / taps.sum()
    at = np.arange((x.size * up + down - 1) // down) * down
    line = np.linspace(x[0], x[-1], x.size)
    away = half + at[:, None] - up * np.arange(x.size)
    kernel = np.where((away >= 0) & (away <= 2 * half), taps[away.clip(0, 2 * half)], 0.0)
    expected = np.interp(at / up, np.arange(x.size), line) + kernel @ (x - line)
    assert osd.resampled(x, ratio) == pytest.approx(expected, abs=1e-12)
