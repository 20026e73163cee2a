"""A scene's parts lie where they were planned, and a sensor reads it as it is mounted."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from edge.simulation.worlds import (
    CONVULSION,
    FINE_HZ,
    HANDLED,
    KINDS,
    OWN,
    RATES_HZ,
    WORLDS,
    Mount,
    Part,
    averaged,
    draw_mount,
    plan,
    record,
    rotation,
)

MOUNT = Mount(rate_hz=50.0, range_g=8.0, resolution_g=0.001)
WORLD = WORLDS["muscle"]
HOUR_S = 3600.0


def scene(parts, mount=MOUNT, seed=1, duration_s=60.0, world=WORLD):
    return record(world, parts, np.random.default_rng(seed), mount, duration_s)


def moved_g(made, start_s, end_s):
    """RMS of the acceleration without its slow part, between two moments."""
    values = made.acc_g[(made.t_s >= start_s) & (made.t_s < end_s)]
    return float(np.sqrt(((values - values.mean(axis=0)) ** 2).sum(axis=1).mean()))


@pytest.mark.parametrize("world", sorted(WORLDS))
def test_a_convulsion_is_felt_where_its_part_says_and_nowhere_else(world):
    made = scene([Part("still", 0.0, 60.0), Part(CONVULSION, 20.0, 45.0, 0.8)], world=WORLDS[world])
    assert made.seizures == ((20.0, 45.0),)
    assert moved_g(made, 25.0, 45.0) > 0.1
    quiet = scene([Part("still", 0.0, 60.0)], world=WORLDS[world])
    assert quiet.seizures == ()
    before, after = (slice(*np.searchsorted(made.t_s, span)) for span in ((0.0, 19.5), (48.0, 59.0)))
    steps = np.abs(np.diff(made.acc_g, axis=0)).max(axis=1)
    inside = steps[slice(*np.searchsorted(made.t_s, (25.0, 45.0)))]
    assert np.quantile(steps[before], 0.99) < 0.3 * np.quantile(inside, 0.99)
    assert np.quantile(steps[after], 0.99) < 0.3 * np.quantile(inside, 0.99)


def test_the_same_seed_gives_the_same_scene():
    parts = plan(np.random.default_rng(5), 300.0, seizures=1)
    first, again, other = (scene(parts, seed=seed, duration_s=300.0) for seed in (7, 7, 8))
    assert first.acc_g.tobytes() == again.acc_g.tobytes()
    assert first.acc_g.tobytes() != other.acc_g.tobytes()


@pytest.mark.parametrize("rate_hz", sorted(set(RATES_HZ)))
def test_samples_come_at_the_rate_of_the_sensors_own_clock(rate_hz):
    made = scene([Part("still", 0.0, 20.0)], Mount(rate_hz, 8.0, 0.001, clock=1.01), duration_s=20.0)
    assert np.diff(made.t_s) == pytest.approx(1 / (rate_hz * 1.01))
    assert made.t_s[-1] == pytest.approx(19.9, abs=2 / rate_hz)
    assert made.rate_hz == rate_hz


def test_values_are_clipped_rounded_and_scaled_as_the_mount_says():
    parts = [Part(CONVULSION, 0.0, 60.0, 4.0)]
    wide = scene(parts, replace(MOUNT, range_g=16.0))
    narrow = scene(parts, replace(MOUNT, range_g=2.0, resolution_g=0.016))
    assert np.abs(wide.acc_g).max() > 2.5
    assert np.abs(narrow.acc_g).max() == pytest.approx(2.0)
    inside = np.abs(narrow.acc_g) < 2.0
    levels = narrow.acc_g[inside] / 0.016
    assert levels == pytest.approx(np.round(levels), abs=1e-6)
    louder = scene(parts, replace(MOUNT, range_g=16.0, gain=1.5))
    assert moved_g(louder, 0.0, 60.0) == pytest.approx(1.5 * moved_g(wide, 0.0, 60.0), rel=0.01)


def test_packets_are_lost_whole_and_in_the_share_that_was_asked_for():
    parts = [Part("still", 0.0, 600.0)]
    whole, lossy = (scene(parts, replace(MOUNT, lost=lost), duration_s=600.0) for lost in (0.0, 0.1))
    assert 1 - lossy.t_s.size / whole.t_s.size == pytest.approx(0.1, abs=0.04)
    kept = np.isin(whole.t_s, lossy.t_s)
    assert np.array_equal(whole.acc_g[kept], lossy.acc_g)
    gaps_s = np.diff(lossy.t_s)
    gaps_s = gaps_s[gaps_s > 0.03]
    packets = gaps_s / MOUNT.packet_s
    assert packets == pytest.approx(np.round(packets), abs=0.06)


def test_a_drawn_sensor_is_one_of_those_that_are_sold():
    mounts = [draw_mount(np.random.default_rng(seed)) for seed in range(300)]
    assert {mount.rate_hz for mount in mounts} == set(RATES_HZ)
    assert 0.99 <= np.median([mount.clock for mount in mounts]) <= 1.01
    assert all(0.97 <= mount.clock <= 1.03 and 0.8 <= mount.gain <= 1.2 for mount in mounts)
    assert np.mean([mount.lost > 0 for mount in mounts]) == pytest.approx(0.5, abs=0.1)


def test_a_rotation_keeps_lengths_and_handedness_and_any_direction_is_as_likely():
    turns = np.array([rotation(np.random.default_rng(seed)) for seed in range(500)])
    assert np.linalg.det(turns) == pytest.approx(1.0)
    assert turns @ turns.transpose(0, 2, 1) == pytest.approx(np.broadcast_to(np.eye(3), (500, 3, 3)), abs=1e-9)
    assert np.abs(turns[:, :, 2].mean(axis=0)).max() < 0.1


def test_a_sample_is_the_mean_over_its_own_width():
    acc_g = np.arange(400.0)[:, None] * np.ones(3)
    read = averaged(acc_g, np.arange(10) / 25.0, 25.0)
    assert read[:, 0] == pytest.approx(np.arange(10) * 8 + 3.5)
    assert FINE_HZ / 25.0 == 8


@pytest.mark.parametrize("seed", range(20))
def test_states_follow_each_other_without_a_gap(seed):
    states = plan(np.random.default_rng(seed), HOUR_S)
    assert states[0].start_s == 0.0
    assert [state.end_s for state in states[:-1]] == [state.start_s for state in states[1:]]
    assert states[-1].end_s == HOUR_S
    assert {state.kind for state in states} <= set(KINDS)


@pytest.mark.parametrize("seed", range(20))
def test_convulsions_lie_inside_a_minute_apart(seed):
    parts = plan(np.random.default_rng(seed), HOUR_S, seizures=4)
    fits = sorted((part.start_s, part.end_s) for part in parts if part.kind == CONVULSION)
    assert 1 <= len(fits) <= 4
    assert all(start >= 15.0 and 12.0 <= end - start <= 240.0 and end <= HOUR_S - 10.0 for start, end in fits)
    assert all(later[0] - earlier[1] > 60.0 for earlier, later in pairwise(fits))


@pytest.mark.parametrize(("kinds", "stops"), [(OWN, True), (HANDLED, False)])
def test_the_limbs_own_movement_stops_for_a_convulsion_and_what_others_do_goes_on(kinds, stops):
    parts = plan(np.random.default_rng(2), HOUR_S, seizures=6, kinds=dict.fromkeys(kinds, 1.0), share_kept=0.0)
    fits = [part for part in parts if part.kind == CONVULSION]
    states = [part for part in parts if part.kind != CONVULSION]
    for fit in fits:
        under = [state for state in states if state.start_s < fit.end_s - 1 and state.end_s > fit.start_s + 1]
        assert (not under) is stops
    assert fits
