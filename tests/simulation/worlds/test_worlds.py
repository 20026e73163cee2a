"""Each world renders every kind of movement, from its seed alone, at rates and sizes that are published or measured."""

import numpy as np
import pytest

from edge.simulation.worlds import CONVULSION, FINE_HZ, KINDS, WORLDS

ALL = [(name, kind) for name in sorted(WORLDS) for kind in (*KINDS, CONVULSION)]
T_S = np.arange(int(60 * FINE_HZ)) / FINE_HZ
SEEDS = range(25)
STRONGEST = 0.99  # share of samples below what is called a movement's size


def pushes(world, kind, peak_g=None):
    """(60 s, 3) g of each of 25 seeds."""
    return [WORLDS[world].render(kind, np.random.default_rng(seed), T_S, peak_g).push_g for seed in SEEDS]


def sizes_g(world, kind):
    return np.array([np.quantile(np.linalg.norm(push, axis=1), STRONGEST) for push in pushes(world, kind)])


def rms_of_seconds_g(push):
    return np.sqrt((push.reshape(60, -1, 3) ** 2).sum(axis=2).mean(axis=1))


def jerks_per_s(push):
    """Of each eight seconds: the first high peak of the autocorrelation of how strongly the limb is pushed."""
    strength = np.convolve(np.linalg.norm(push, axis=1), np.hanning(21), "same")
    lags = np.arange(int(FINE_HZ / 4.0), int(FINE_HZ / 0.8))
    found = []
    for begin in range(0, strength.size - 1600, 800):
        part = strength[begin : begin + 1600] - strength[begin : begin + 1600].mean()
        level = np.correlate(part, part, "full")[part.size - 1 :][lags]
        peaks = [k for k in range(1, lags.size - 1) if level[k - 1] <= level[k] >= level[k + 1]]
        highest = max(level[k] for k in peaks)
        found.append(FINE_HZ / lags[next(k for k in peaks if level[k] >= 0.7 * highest)])
    return found


def spectrum(push):
    """Frequencies in Hz, and the power of all axes at them."""
    return np.fft.rfftfreq(len(push), 1 / FINE_HZ), (np.abs(np.fft.rfft(push, axis=0)) ** 2).sum(axis=1)


def strongest_hz(push):
    f, power = spectrum(push)
    return f[np.argmax(np.convolve(power, np.hanning(9), "same"))]


def shaken(push):
    """Shaking fills all the time: no half of the samples is much weaker than the rest. Separate jerks leave pauses."""
    strength = np.linalg.norm(push[2000:], axis=1)
    return np.median(strength) > 0.25 * np.quantile(strength, STRONGEST)


@pytest.mark.parametrize(("world", "kind"), ALL)
def test_every_kind_is_rendered_at_every_length(world, kind):
    for seconds in (1.0, 7.3, 60.0):
        t_s = np.arange(int(seconds * FINE_HZ)) / FINE_HZ
        made = WORLDS[world].render(kind, np.random.default_rng(1), t_s)
        assert made.push_g.shape == made.tilt_rad.shape == (t_s.size, 3)
        assert np.isfinite(made.push_g).all()
        assert np.isfinite(made.tilt_rad).all()


@pytest.mark.parametrize(("world", "kind"), ALL)
def test_a_seed_gives_the_same_bits_and_another_one_others(world, kind):
    first, again, other = (WORLDS[world].render(kind, np.random.default_rng(seed), T_S[:4000]) for seed in (3, 3, 4))
    assert first.push_g.tobytes() == again.push_g.tobytes()
    assert first.tilt_rad.tobytes() == again.tilt_rad.tobytes()
    if (world, kind) != ("free", "still"):  # which adds nothing to the posture's own wandering
        assert (first.push_g.tobytes(), first.tilt_rad.tobytes()) != (other.push_g.tobytes(), other.tilt_rad.tobytes())


@pytest.mark.parametrize("world", sorted(WORLDS))
def test_an_unknown_kind_is_refused(world):
    with pytest.raises(KeyError, match="dancing"):
        WORLDS[world].render("dancing", np.random.default_rng(1), T_S)


@pytest.mark.parametrize("world", sorted(WORLDS))
def test_convulsions_jerk_one_to_three_and_a_half_times_a_second_and_some_slow_down(world):
    rates = np.array([jerks_per_s(push) for push in pushes(world, CONVULSION) if not shaken(push)])
    assert len(rates) >= 15
    low, high = np.quantile(rates, [0.02, 0.98])
    assert low >= 1.0
    assert high <= 3.5
    slowing = rates[:, :2].mean(axis=1) / rates[:, -2:].mean(axis=1)
    assert (slowing > 1.15).sum() >= 5
    assert np.median(slowing) >= 1.0


def test_some_convulsions_of_the_free_world_are_vigorous_shaking_that_slows():
    """A fifth of them, 3.5-7 Hz at first, as adults' at the wrist. In the muscle world every jerk stands apart."""
    shaking = [push for push in pushes("free", CONVULSION) if shaken(push)]
    assert 1 <= len(shaking) <= 10
    for push in shaking:
        first, last = (strongest_hz(part) for part in (push[:2400], push[-2400:]))
        assert 2.5 <= first <= 7.5
        assert last <= 1.05 * first
    assert not any(shaken(push) for push in pushes("muscle", CONVULSION))


@pytest.mark.parametrize("world", sorted(WORLDS))
def test_a_convulsion_of_a_given_size_is_about_so_strong(world):
    given = np.array([np.quantile(np.linalg.norm(push, axis=1), 0.99) for push in pushes(world, CONVULSION, 0.5)])
    assert 0.3 <= np.median(given) <= 0.8


@pytest.mark.parametrize("world", sorted(WORLDS))
def test_kicking_is_as_strong_as_at_real_ankles(world):
    """Twelve infants awake: median second 135 mg RMS, 45-100 % of seconds over 40 mg by infant, 94 % of all."""
    seconds = np.array([rms_of_seconds_g(push) for push in pushes(world, "kicks")])
    assert 0.09 <= np.median(seconds) <= 0.18
    assert 0.88 <= (seconds > 0.04).mean() <= 1.0
    assert ((seconds > 0.04).mean(axis=1) >= 0.3).all()


@pytest.mark.parametrize("world", sorted(WORLDS))
@pytest.mark.parametrize(
    ("kind", "low_g", "high_g"),
    [
        ("patted", 0.03, 0.3),
        ("carried", 0.1, 0.6),
        ("stairs", 0.1, 0.6),
        ("bounced", 0.1, 0.6),
        ("sucking", 0.002, 0.03),
    ],
)
def test_what_is_done_with_the_child_is_felt_at_the_size_it_has(world, kind, low_g, high_g):
    sizes = sizes_g(world, kind)
    assert low_g <= np.median(sizes) <= high_g
    assert sizes.min() >= 0.5 * low_g
    assert sizes.max() <= 1.6 * high_g


@pytest.mark.parametrize("world", sorted(WORLDS))
def test_carrying_heaves_between_eighty_and_three_hundred_and_fifty_milli_g(world):
    """RMS of the seconds in which the carrier walks."""
    walked = [np.quantile(rms_of_seconds_g(push), 0.9) for push in pushes(world, "carried")]
    assert 0.08 <= np.median(walked) <= 0.35


@pytest.mark.parametrize("world", sorted(WORLDS))
def test_shivering_is_faster_than_any_convulsion(world):
    for push in pushes(world, "shivering")[:8]:
        f, power = spectrum(push)
        assert power[(f > 5.0) & (f < 13.0)].sum() > 0.8 * power.sum()
        assert power[f < 4.0].sum() < 0.05 * power.sum()


@pytest.mark.parametrize("world", sorted(WORLDS))
def test_up_is_a_direction_and_the_noise_is_that_of_a_sensor(world):
    for seed in SEEDS:
        up = WORLDS[world].up(np.random.default_rng(seed), T_S)
        assert np.linalg.norm(up, axis=1) == pytest.approx(1.0)
        noise = WORLDS[world].noise(np.random.default_rng(seed), 3000, 50.0)
        assert noise.shape == (3000, 3)
        assert 0.0002 <= noise.std() <= 0.03


def test_no_two_worlds_share_the_shape_of_a_jerk():
    """The mean jerk of one, lined up by its strongest sample, is not the other's."""
    shapes = {}
    for world in WORLDS:
        push = np.concatenate(pushes(world, CONVULSION)[:8])
        strength = np.linalg.norm(push, axis=1)
        peaks = [k for k in range(40, strength.size - 40) if strength[k] == strength[k - 40 : k + 40].max() > 0.1]
        mean = np.mean([strength[k - 40 : k + 40] / strength[k] for k in peaks], axis=0)
        shapes[world] = mean
    first, second = shapes.values()
    assert np.abs(first - second).max() > 0.1
