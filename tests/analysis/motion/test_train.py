"""Trains of jerks over longer than ten seconds: what a hand does, what a seizure does. Signals made here."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.analysis import motion
from edge.analysis.motion import train
from edge.analysis.motion.train import Second, Train, follow
from edge.model.people import Limb
from edge.model.reading import Array
from edge.simulation import SENSORS, clip, clonic
from edge.simulation.handled import patted

ENOUGH = 6.0  # with so much doubt no evidence is enough


def seconds(hz: Array, level: float = -1.5, loop: float = 0.02, begin_s: float = 0.0) -> list[Second]:
    """One second each of an unbroken train at these rates; a succession holds at most ten."""
    return [Second(begin_s + i, min(i + 1.0, 9.5), float(each), level, loop) for i, each in enumerate(hz)]


def followed(seen: list[Second], columns: int = 3) -> Train:
    now = train.NONE
    for each in seen:
        now = follow(now, each, columns)
    return now


STEADY = np.full(15, 1.9)


def test_an_even_gentle_train_along_one_line_is_doubted() -> None:
    assert followed(seconds(STEADY)).doubt >= ENOUGH


def test_slowing_speaks_for_a_seizure() -> None:
    slowing = followed(seconds(2.4 * np.exp(-0.015 * np.arange(20))))
    assert slowing.slowed == pytest.approx(0.015 * 17, abs=0.02)
    assert slowing.doubt < 1


def test_getting_faster_does_not() -> None:
    assert followed(seconds(1.5 * np.exp(0.015 * np.arange(20)))).doubt >= ENOUGH


def test_strength_and_scattered_directions_speak_for_a_seizure() -> None:
    assert followed(seconds(STEADY, level=-0.6)).doubt < 1
    assert followed(seconds(STEADY, loop=0.3)).doubt < followed(seconds(STEADY)).doubt - 4


def test_building_up_speaks_for_a_seizure() -> None:
    rising = [each._replace(level=-2.0 + 0.05 * i) for i, each in enumerate(seconds(STEADY))]
    assert followed(rising).grown(rising[-1].level) > 0.4
    assert followed(rising).doubt < ENOUGH


def test_of_a_magnitude_only_a_tempo_taken_up_again_is_doubted() -> None:
    bout = seconds(STEADY, loop=0.0)
    assert followed(bout, columns=1).doubt == 0
    pause = [Second(15.0 + i, 0.0, 0.0, -2.5, 0.0) for i in range(3)]
    assert followed([*bout, *pause, *seconds(STEADY, loop=0.0, begin_s=18.0)], columns=1).doubt > 2


def test_a_train_that_outlasts_patting_is_believed() -> None:
    assert followed(seconds(np.full(45, 1.9))).doubt < 0.1


def test_a_tempo_resumed_after_a_pause_is_doubted_more_than_another_tempo() -> None:
    bout = seconds(STEADY, loop=0.17)
    pause = [Second(15.0 + i, 0.0, 0.0, -2.5, 0.5) for i in range(3)]
    same, faster = (followed([*bout, *pause, *seconds(np.full(10, hz), loop=0.17, begin_s=18.0)]) for hz in (1.95, 2.8))
    assert same.resumed(27.0)
    assert not faster.resumed(27.0)
    assert same.doubt > faster.doubt + 2


def test_a_tempo_is_forgotten_after_a_minute() -> None:
    bout = followed([*seconds(STEADY), Second(15.0, 0.0, 0.0, -2.5, 0.5)])
    later = bout
    for each in seconds(STEADY, begin_s=90.0):
        later = follow(later, each, 3)
    assert not later.resumed(104.0)


def test_noise_makes_no_train() -> None:
    assert followed(seconds(np.full(60, 2.0), level=-2.6)).going_s == 0


FINITE = st.builds(
    Second,
    st.just(0.0),
    st.floats(0, 10.2),
    st.floats(0, 6),
    st.floats(-4, 1.5),
    st.floats(0, 1),
)


@given(st.lists(FINITE, max_size=60), st.sampled_from([1, 3]))
def test_doubt_stays_bounded_and_fades_no_faster_than_it_may(seen: list[Second], columns: int) -> None:
    states = [train.NONE]
    for t_s, each in enumerate(seen):
        hz = each.jerk_hz if each.run_s == 0 else max(0.7, each.jerk_hz)  # a succession has a rate
        states.append(follow(states[-1], each._replace(t_s=float(t_s), jerk_hz=hz), columns))
    for before, after in pairwise(states):
        assert 0 <= after.doubt <= 8
        assert after.doubt >= 0.75 * before.doubt
        assert math.isfinite(after.slowed)
        assert 0 <= after.scatter <= 1 + 1e-9


def raised(t_s: Array, values: Array) -> list[float]:
    """When the detector raises an alarm, s."""
    _, steps = motion.advance(motion.start(values.shape[1]), t_s, values)
    at = [motion.Stage.QUIET, *(step.stage for step in steps)]
    return [step.t_s for step, was in zip(steps, at, strict=False) if step.stage is motion.Stage.ALARM is not was]


@pytest.mark.parametrize("limb", [Limb.CHEST, Limb.WRIST, Limb.ANKLE])
def test_patting_rings_seldom_on_any_limb(limb: Limb) -> None:
    tracks = [clip(patted(seed, 90.0), SENSORS["polar"].on(limb), seed) for seed in range(12)]
    assert sum(len(raised(track.t_s, track.acc_g)) for track in tracks) <= 1


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
    peak_g = rng.uniform(0.08, 0.3)
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


def test_a_hole_in_the_data_is_no_pause_of_a_hand() -> None:
    begun = seconds(STEADY)
    after = [Second(18.0 + i, max(0.0, min(i - 0.5, 9.5)), 1.9, -1.5, 0.02) for i in range(20)]
    whole, holed = followed(seconds(np.full(32, 1.9))), followed([*begun, *after])
    assert not any(followed([*begun, *after[: i + 1]]).resumed(after[i].t_s) for i in range(20))
    assert holed.going_s == pytest.approx(whole.going_s, abs=4)
    assert holed.doubt < ENOUGH


def test_a_hand_that_has_stopped_in_a_hole_has_stopped() -> None:
    after = [Second(18.0 + i, 0.0, 0.0, -2.5, 0.0) for i in range(6)]
    assert followed([*seconds(STEADY), *after]).going_s == 0


def test_a_train_is_not_taken_up_over_a_long_hole_or_a_clock_set_back() -> None:
    begun = followed(seconds(STEADY))
    for t_s in (40.0, 3.0):
        assert follow(begun, Second(t_s, 2.5, 1.9, -1.5, 0.02), 3).going_s == 2.5


@pytest.mark.parametrize(("hole_s", "every_s", "late_s"), [(0.8, 8.0, 25.0), (2.0, 12.0, 30.0), (4.0, 25.0, 45.0)])
def test_a_clonic_bout_is_felt_over_a_link_that_loses_data(hole_s: float, every_s: float, late_s: float) -> None:
    begun_s = []
    for seed in range(6):
        track = clip(clonic(seed, 75.0), SENSORS["polar"].on(Limb.CHEST), seed)
        kept = (track.t_s - 33.0 - 0.7 * seed) % every_s >= hole_s
        begun_s += raised(track.t_s[kept], track.acc_g[kept])[:1]
    assert len(begun_s) == 6
    assert float(np.median(begun_s)) - 30.0 <= late_s
