"""Every movement keeps to the published frequencies and durations, and shows them on the sensor."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.model.people import Limb
from edge.simulation import (
    MOVEMENTS,
    SENSORS,
    Label,
    Posture,
    Sensor,
    clip,
    clonic,
    cluster,
    febrile_duration,
    infantile_spasms,
    rigor,
    startle,
    sucking,
    tonic,
    tonic_clonic,
)

QUIET = Sensor(noise_g=0.0005, resolution_g=0.0)

# label: (lowest, highest) rhythm in Hz, as published
RATES = {
    Label.CLONIC: (1.0, 3.0),
    Label.TONIC: (8.0, 12.0),
    Label.TONIC_CLONIC: (1.0, 3.0),
    Label.RIGOR: (8.0, 10.0),
    Label.JITTERINESS: (5.0, 7.0),
    Label.SLEEP_MYOCLONUS: (1.0, 5.0),
    Label.HICCUPS: (0.1, 0.5),
    Label.SUCKING: (1.9, 2.3),
    Label.BODY_ROCKING: (0.5, 2.0),
    Label.HEAD_BANGING: (0.5, 2.0),
    Label.ROCKED: (0.67, 0.95),
    Label.CARRIED: (1.7, 2.1),
    Label.PATTED: (1.0, 3.0),
}


def rhythm_hz(acc_g, rate_hz, low_hz=0.25, high_hz=14.0, harmonics=(1, 2, 3)):
    """The fundamental: the frequency whose first harmonics hold most amplitude, over all axes."""
    n = max(acc_g.shape[0], 4096)
    window = np.hanning(acc_g.shape[0])[:, None]
    power = np.abs(np.fft.rfft((acc_g - acc_g.mean(axis=0)) * window, n, axis=0)) ** 2
    amplitude = np.sqrt(power.sum(axis=1))
    freq = np.fft.rfftfreq(n, 1.0 / rate_hz)
    candidates = np.arange(low_hz, min(high_hz, rate_hz / 2.2), 0.01)
    score = sum(np.interp(candidates * k, freq, amplitude, right=0.0) for k in harmonics)
    return candidates[np.argmax(score)]


def beat_hz(acc_g, rate_hz):
    """The rate of a jerky rhythm: the first high peak of the autocorrelation, between 0.8 and 4 Hz."""
    x = acc_g - acc_g.mean(axis=0)
    full = sum(np.correlate(x[:, k], x[:, k], mode="full")[x.shape[0] - 1 :] for k in range(3))
    lags = np.arange(int(rate_hz / 4.0), int(rate_hz / 0.8))
    level = full[lags]
    peaks = [i for i in range(1, lags.size - 1) if level[i - 1] <= level[i] >= level[i + 1]]
    first = next(i for i in peaks if level[i] >= 0.8 * max(level[p] for p in peaks))
    return rate_hz / lags[first]


def part(track, start_s, end_s):
    i, j = np.searchsorted(track.t_s, [start_s, end_s])
    return track.acc_g[i:j]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), label=st.sampled_from(sorted(RATES)))
def test_drawn_rates_stay_in_the_published_range(seed, label):
    row = MOVEMENTS[label](seed).truth[0]
    low, high = RATES[label]
    assert low <= row.rate_hz_start <= high
    assert low <= row.rate_hz_end <= high


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32), duration_s=st.floats(30.0, 120.0))
def test_clonic_slows_with_contractions_below_a_tenth_of_a_second(seed, duration_s):
    row = clonic(seed, duration_s).truth[0]
    assert row.rate_hz_end < 0.75 * row.rate_hz_start
    assert row.params["contraction_s"] < 0.1
    assert row.duration_s == duration_s


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("limb", [Limb.ANKLE, Limb.WRIST])
def test_clonic_shows_its_falling_rate_on_the_sensor(seed, limb):
    movement = clonic(seed, 80.0)
    row = movement.truth[0]
    track = clip(movement, QUIET.on(limb), seed)
    for middle in (18.0, 40.0, 70.0):
        expected = row.rate_hz_start * (row.rate_hz_end / row.rate_hz_start) ** (middle / 80.0)
        found = beat_hz(part(track, 30.0 + middle - 5.0, 30.0 + middle + 5.0), 50.0)
        assert found == pytest.approx(expected, rel=0.12)


@pytest.mark.parametrize("limb", [Limb.ANKLE, Limb.WRIST, Limb.CHEST])
@pytest.mark.parametrize("label", [Label.ROCKED, Label.CARRIED, Label.BODY_ROCKING, Label.RIGOR])
def test_steady_rhythms_show_their_rate_on_every_limb(label, limb):
    movement = MOVEMENTS[label](3, 60.0)
    row = movement.truth[0]
    track = clip(movement, QUIET.on(limb), 3)
    whole = part(track, 35.0, 85.0)
    if label is Label.CARRIED:  # the sway at half the steps is no rhythm of the heave: look along the vertical
        whole = np.linalg.norm(whole, axis=1)[:, None]
    assert rhythm_hz(whole, 50.0) == pytest.approx(row.rate_hz_start, rel=0.06)


def test_rigor_swells_six_to_eight_times_a_minute():
    movement = rigor(5, 240.0)
    track = clip(movement, QUIET, 5, before_s=0.0, after_s=0.0)
    size = np.abs(track.acc_g - np.median(track.acc_g, axis=0)).max(axis=1)
    level = size[: size.size // 25 * 25].reshape(-1, 25).max(axis=1)[20:-20]
    per_min = 60.0 * rhythm_hz(level[:, None], 2.0, 0.05, 0.5)
    assert per_min == pytest.approx(movement.truth[0].params["modulation_per_min"], abs=0.7)
    assert 6.0 <= movement.truth[0].params["modulation_per_min"] <= 8.0


def test_clonic_builds_up_stops_abruptly_and_is_still_afterwards():
    track = clip(clonic(11, 60.0), QUIET, 11, before_s=20.0, after_s=40.0)

    def moved(a, b):
        return part(track, a, b).std(axis=0).max()

    assert moved(20.0, 22.0) < 0.7 * moved(40.0, 45.0)
    assert moved(76.0, 79.5) > 0.5 * moved(40.0, 45.0)
    assert moved(81.0, 119.0) < 0.003
    assert moved(1.0, 19.0) < 0.003


def test_focal_clonic_leaves_the_other_limb_nearly_still():
    movement = clonic(2, 40.0, focus=Limb.LEFT_WRIST)
    assert movement.truth[0].limbs_involved == (Limb.LEFT_WRIST,)
    here, there = (clip(movement, QUIET.on(limb), 2).acc_g.std(axis=0).max() for limb in (Limb.LEFT_WRIST, Limb.ANKLE))
    assert there < 0.15 * here


def test_tonic_turns_the_limb_and_hardly_accelerates_it():
    movement = tonic(4, 15.0)
    track = clip(movement, QUIET, 4)
    held = part(track, 33.0, 42.0)
    rest = part(track, 5.0, 25.0)
    turned = np.rad2deg(np.arccos(np.clip(held.mean(axis=0) @ rest.mean(axis=0), -1.0, 1.0)))
    assert turned > 5.0
    assert abs(np.linalg.norm(held, axis=1) - 1.0).max() < 0.1
    assert 7.8 <= rhythm_hz(held, 50.0, low_hz=4.0, harmonics=(1,)) <= 12.2
    assert 10.0 <= tonic(4).duration_s <= 20.0


def test_tonic_clonic_of_older_patients_slows_from_4_6_to_3_hz():
    movement = tonic_clonic(6, 60.0, older=True)
    row = movement.truth[0]
    assert row.rate_hz_start == pytest.approx(4.6, rel=0.08)
    assert row.rate_hz_end == pytest.approx(3.0, rel=0.08)
    track = clip(movement, QUIET.on(Limb.WRIST), 6)
    tonic_s = row.params["tonic_s"]
    assert part(track, 31.0, 30.0 + tonic_s).std(axis=0).max() < part(track, 32.0 + tonic_s, 85.0).std(axis=0).max() / 3
    assert beat_hz(part(track, 80.0, 90.0), 50.0) == pytest.approx(3.1, abs=0.5)


def test_cluster_stops_and_starts_and_each_bout_is_in_the_truth():
    movement = cluster(8, 600.0)
    rows = movement.truth
    assert len(rows) >= 3
    assert all(row.label is Label.CLONIC for row in rows)
    pauses = [b.start_s - a.end_s for a, b in pairwise(rows)]
    assert all(15.0 <= pause <= 120.0 for pause in pauses)
    track = clip(movement, QUIET, 8)
    for row, pause in zip(rows, pauses, strict=False):
        assert part(track, 30 + row.end_s + 0.5, 30 + row.end_s + pause - 0.5).std(axis=0).max() < 0.003
        assert part(track, 30 + row.start_s, 30 + row.end_s).std(axis=0).max() > 0.02


def test_spasms_come_every_5_to_30_seconds():
    movement = infantile_spasms(9, 240.0)
    track = clip(movement, QUIET.on(Limb.WRIST), 9, before_s=5.0)
    active = np.abs(np.linalg.norm(track.acc_g, axis=1) - 1.0) > 0.03
    moments = track.t_s[active]
    starts = moments[np.diff(moments, prepend=-100.0) > 3.0]
    assert len(starts) == movement.truth[0].params["spasms"]
    assert np.all((np.diff(starts) > 4.0) & (np.diff(starts) < 31.0))


def test_sucking_bursts_shorten_with_age():
    young, old = (sucking(1, 60.0, age_months=months).truth[0].params["burst_s"] for months in (3.0, 12.0))
    assert young == pytest.approx(4.74)
    assert old == pytest.approx(1.67)


@pytest.mark.parametrize("seed", range(10))
def test_startle_is_one_event_of_one_to_three_seconds(seed):
    movement = startle(seed)
    assert 1.0 <= movement.duration_s <= 3.0
    assert startle(seed, moro=True).truth[0].label is Label.MORO


@pytest.mark.parametrize("label", sorted(MOVEMENTS))
@pytest.mark.parametrize("name", sorted(SENSORS))
def test_every_movement_on_every_sensor_moves_inside_its_truth_only(label, name):
    brief = label in {Label.TWITCH, Label.STARTLE, Label.MORO}
    movement = MOVEMENTS[label](17) if brief else MOVEMENTS[label](17, 30.0)
    limb = movement.truth[0].limbs_involved[0]
    track = clip(movement, SENSORS[name].on(limb), 17, before_s=10.0, after_s=10.0)
    assert track.acc_g.shape == (track.t_s.size, 3)
    assert np.isfinite(track.acc_g).all()
    assert (np.diff(track.t_s) > 0).all()
    inside = (track.t_s > 10.0) & (track.t_s < 10.0 + movement.duration_s)
    outside = (track.t_s < 9.5) | (track.t_s > 10.5 + movement.duration_s)
    rest = track.acc_g[outside].std(axis=0).max()
    assert rest < 0.012
    assert np.ptp(track.acc_g[inside], axis=0).max() > np.ptp(track.acc_g[outside], axis=0).max() / 1.5
    assert track.truth[0].start_s == 10.0
    assert track.truth[0].end_s == 10.0 + movement.duration_s


@pytest.mark.parametrize("posture", list(Posture))
def test_gravity_is_one_g_at_rest_in_every_posture(posture):
    movement = startle(1)
    track = clip(movement, QUIET.on(Limb.CHEST), 5, before_s=20.0, after_s=0.0, posture=posture)
    rest = part(track, 0.0, 19.0)
    assert np.linalg.norm(rest, axis=1) == pytest.approx(1.0, abs=0.02)
    lies_flat = abs(rest.mean(axis=0)[1]) < 0.5
    assert lies_flat == (posture not in {Posture.UPRIGHT, Posture.RECLINED})


def test_movements_start_from_the_seed_alone():
    one, two, other = (clip(clonic(s, 20.0), SENSORS["lossy"], s).acc_g.tobytes() for s in (3, 3, 4))
    assert one == two
    assert one != other


def test_the_same_child_is_seen_by_two_sensors_at_once():
    movement = clonic(3, 60.0)
    tracks = [clip(movement, QUIET.on(limb), 3) for limb in (Limb.LEFT_ANKLE, Limb.RIGHT_WRIST)]
    size = [np.linalg.norm(np.diff(track.acc_g, axis=0), axis=1) for track in tracks]
    assert np.corrcoef(*size)[0, 1] > 0.4


def test_durations_follow_the_published_survival():
    rng = np.random.default_rng(1)
    minutes = np.array([febrile_duration(rng, at_most_s=1e6) for _ in range(4000)]) / 60.0
    assert (minutes > 5.0).mean() == pytest.approx(0.377, abs=0.03)
    assert (minutes > 15.0).mean() == pytest.approx(0.137, abs=0.03)
