"""The control of the watch on its own: what is played again, what it costs, what it leaves alone."""

import math
import sys
import time

import numpy as np
import pytest

from edge.analysis import motion
from edge.analysis.motion.control import AXIS, FIRST_HZ, LAST_HZ, LENGTH_S, PEAK_G, convulsion
from edge.analysis.motion.faults import Figures, fault, measure
from edge.analysis.motion.recent import KEEP_S, take


def heard(values, rate_hz, size=26, *, state=None):
    """State of the detector, and the samples that are kept, after packets of a sensor that is well."""
    t_s = np.arange(len(values)) / rate_hz
    state, recent = state or motion.start(values.shape[1] if values.ndim > 1 else 1), None
    for at in range(0, len(values) - size + 1, size):
        rows = slice(at, at + size)
        state, _ = motion.advance(state, t_s[rows], values[rows])
        recent = take(recent, t_s[rows], values[rows], np.full(size, t_s[at + size - 1] + 0.05))
    return state, recent


def still(seconds, rate_hz, noise_g=0.002, up=(0.1, 0.2, 0.97)):
    count = int(seconds * rate_hz)
    return np.asarray(up) + np.random.default_rng(7).normal(0.0, noise_g, (count, 3))


def kept_bytes(recent):
    own = sum(sys.getsizeof(block) + 112 for block in recent.blocks)
    return own + sum((block.rows if block.rows.base is None else block.rows.base).nbytes for block in recent.blocks)


def test_the_standard_convulsion_is_what_the_clinical_figures_say():
    """45 s; 2.2 falling to 1.4 jerks a second; each push under 100 ms; 0.5 g at most; gravity as it was, on average."""
    t_s = np.arange(0.0, 60.0, 0.001)
    values_g = convulsion(t_s) @ AXIS
    begins_s = t_s[1:][(values_g[1:] > 0.01) & (values_g[:-1] <= 0.01)]
    gaps_s = np.diff(begins_s)
    assert begins_s[-1] < LENGTH_S
    assert 1 / gaps_s[:3].mean() == pytest.approx(FIRST_HZ, abs=0.05)
    assert 1 / gaps_s[-3:].mean() == pytest.approx(LAST_HZ, abs=0.05)
    assert (np.diff(gaps_s) > -0.002).all()
    assert (values_g > 0.01).sum() / 1000 / len(begins_s) < 0.1
    assert values_g[t_s < LENGTH_S].std() == pytest.approx(0.19, abs=0.01)
    assert values_g.max() == pytest.approx(PEAK_G, abs=0.001)
    assert abs(values_g.mean()) < 0.001
    assert not values_g[t_s >= LENGTH_S].any()
    assert math.sqrt((AXIS**2).sum()) == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("rate_hz", [12.5, 25.0, 52.0, 104.0, 200.0])
@pytest.mark.parametrize("up", [(0.0, 0.0, 1.0), (-1.0, 0.0, 0.0), (0.6, -0.6, 0.53)])
def test_a_still_child_is_heard_at_every_rate_and_in_every_posture(rate_hz, up):
    state, recent = heard(still(80, rate_hz, up=up), rate_hz)
    found = motion.check(state, recent, recent.end_s + 0.5)
    assert found.after_s is not None, found.why
    assert found.after_s < 25


def test_a_magnitude_alone_is_enough():
    state, recent = heard(np.sqrt((still(80, 25.0) ** 2).sum(axis=1)), 25.0)
    assert motion.check(state, recent, recent.end_s).after_s is not None


def test_without_the_convulsion_nothing_would_ring(monkeypatch):
    """What rings in the control is the convulsion, and not what it is laid over."""
    monkeypatch.setattr("edge.analysis.motion.control.PEAK_G", 0.0)
    state, recent = heard(still(80, 52.0), 52.0)
    assert motion.check(state, recent, recent.end_s).after_s is None


def test_nothing_of_the_shadow_touches_the_detector():
    values = still(200, 52.0)
    state, recent = heard(values[: 52 * 80], 52.0)
    t_s = 80.0 + np.arange(52 * 30) / 52.0
    before = motion.advance(state, t_s, values[: 52 * 30])[1]
    assert motion.check(state, recent, recent.end_s).after_s is not None
    assert motion.advance(state, t_s, values[: 52 * 30])[1] == before


@pytest.mark.parametrize(("rate_hz", "size"), [(210.0, 1), (210.0, 64), (25.0, 1), (52.0, 36)])
def test_what_is_kept_stays_under_300_kilobytes_and_covers_a_minute(rate_hz, size):
    _, recent = heard(still(100, rate_hz), rate_hz, size)
    assert kept_bytes(recent) < 310_000
    window = recent.window(recent.end_s - 60.0)
    assert 59.0 <= window.t_s[-1] - window.t_s[0] <= KEEP_S
    assert window.t_s == pytest.approx(np.arange(len(window.t_s)) / rate_hz + window.t_s[0], abs=1e-4)
    assert recent.end_s - recent.window(0.0).arrival_s[0] < KEEP_S + 22.0, "a block of joined packets goes as a whole"


def test_a_packet_of_another_length_for_good_is_a_change_and_a_single_one_is_not():
    values = still(100, 52.0)
    _, recent = heard(values, 52.0)
    began_s = recent.changed_s
    sizes = [26, 20, 26, 26, *[13] * 8]
    at_s = recent.end_s
    for size in sizes:
        assert recent.changed_s == began_s
        at_s += size / 52.0
        recent = take(recent, np.full(size, at_s), values[:size], np.full(size, at_s))
    assert recent.changed_s == at_s


def test_an_axis_in_coarse_steps_may_stand_while_the_child_lies_still():
    """Steps of 15.6 mg hide a sensor's noise for minutes; what stands in steps of 1 mg is broken."""
    for step_g, dead in ((1 / 64, ()), (0.001, (0,))):
        values = np.round(still(200, 25.0) / step_g) * step_g
        values[:, 0] = 0.0
        values[::50, 1] += step_g
        _, recent = heard(values, 25.0, 25)
        assert measure(recent, recent.window(recent.end_s - 60.0), recent.end_s).dead == dead


def test_a_check_costs_under_half_a_percent_of_a_core():
    """In processor time, one every 300 s. On the slowest machine meant, ten times slower than this one may be, too."""
    state, recent = heard(still(80, 52.0), 52.0)
    motion.check(state, recent, recent.end_s)
    begin_s = time.process_time()
    for _ in range(5):
        motion.check(state, recent, recent.end_s)
    assert (time.process_time() - begin_s) / 5 / 300.0 < 0.005 / 10


REASONS = [
    (Figures(), ""),
    (Figures(not_numbers=(2,)), "axis z sends no numbers"),
    (Figures(not_numbers=(0, 1, 2), dead=(0,)), "its values are no numbers"),
    (Figures(columns=1, not_numbers=(0,)), "its values are no numbers"),
    (Figures(rail_g=8.0, at_rail=0.06, dead=(0, 1, 2)), "it is at full scale (8.0 g)"),
    (Figures(rail_g=8.0, at_rail=0.04), ""),
    (Figures(dead=(1,)), "axis y does not change"),
    (Figures(dead=(0, 2)), "axes x and z do not change"),
    (Figures(dead=(0, 1, 2)), "its values do not change"),
    (Figures(columns=1, dead=(0,)), "its values do not change"),
    (Figures(rate_hz=5.0), "only 5 samples a second"),
    (Figures(rate_hz=0.4), "only 1 samples a second"),
    (Figures(rate_hz=25.0), ""),
    (Figures(clock_speed=0.1, arrived_hz=5.0), "only 5 samples a second"),
    (Figures(clock_speed=0.5), "its clock does not run as time does"),
    (Figures(clock_speed=1.3), "its clock does not run as time does"),
    (Figures(clock_speed=1.1), ""),
    (Figures(lost=0.5), "about 50 % of its samples are lost"),
    (Figures(lost=0.13), "about 10 % of its samples are lost"),
    (Figures(lost=0.1), ""),
    (Figures(level_g=0.5, middle_g=0.5, calm_g=0.5, alike=0.1), "noise of 0.5 g"),
    (Figures(level_g=0.2, middle_g=0.2, calm_g=0.19, alike=0.57, rate_hz=52.0), "steady vibration of 0.2 g"),
    (Figures(level_g=0.2, middle_g=0.2, calm_g=0.19, alike=0.99, rate_hz=52.0), ""),
    (Figures(level_g=0.2, middle_g=0.2, calm_g=0.01, alike=0.8, rate_hz=52.0), ""),
]


@pytest.mark.parametrize(("figures", "said"), REASONS)
def test_each_fault_has_its_own_words(figures, said):
    assert fault(figures) == said
    assert len(said) <= 38
