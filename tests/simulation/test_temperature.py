"""The patch settles, follows the core at its offset, slips and falls off; the core rises, stays and is relieved."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.simulation import Core, Dose, Fever, Label, Patch, draw_patch

HOUR = 3600.0


def at(track, t_s):
    return track.celsius[np.searchsorted(track.t_s, t_s)]


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_settles_within_ten_to_fifteen_minutes(seed):
    patch = draw_patch(seed, interval_s=10.0)
    track = patch.read(Core(swing_c=0.0), 2 * HOUR, seed)
    level = np.median(track.celsius[track.t_s > HOUR])
    assert level == pytest.approx(37.1 - patch.offset_c, abs=0.1)
    assert abs(at(track, 240.0) - level) > 0.5
    late = track.celsius[(track.t_s > 900.0) & (track.t_s < 1200.0)]
    assert np.median(late) == pytest.approx(level, abs=0.25)


def test_offsets_follow_the_published_distribution():
    offsets = np.array([draw_patch(seed).offset_c for seed in range(600)])
    assert offsets.min() >= -0.15
    assert offsets.max() <= 1.98
    assert offsets.mean() == pytest.approx(0.92, abs=0.07)
    assert offsets.std() == pytest.approx(0.49, abs=0.07)


def test_readings_are_quantised():
    track = Patch(resolution_c=0.1).read(Core(), HOUR, 1)
    assert np.abs(track.celsius * 10 - np.round(track.celsius * 10)).max() < 1e-6
    assert np.diff(track.t_s) == pytest.approx(30.0)


def test_fever_rises_at_its_rate_stays_and_falls():
    core = Core(swing_c=0.0, fevers=(Fever(HOUR, 2.0, rise_c_per_h=1.0, plateau_s=HOUR, fall_c_per_h=2.0),))
    hours = core.at(np.array([0.5, 1.5, 2.0, 3.5, 4.5, 6.0]) * HOUR)
    assert hours == pytest.approx([37.1, 37.6, 38.1, 39.1, 38.1, 37.1])


def test_truth_knows_each_fever_by_the_core():
    two = (Fever(HOUR, 2.0, plateau_s=HOUR), Fever(12 * HOUR, 2.5, plateau_s=9 * HOUR))
    rows = [r for r in Patch().read(Core(fevers=two), 20 * HOUR, 1).truth if r.label is Label.FEVER]
    assert len(rows) == 2
    assert HOUR < rows[0].start_s < 3 * HOUR
    assert rows[1].end_s == 20 * HOUR
    assert rows[1].params["peak_c"] == pytest.approx(39.6, abs=0.3)


def test_a_dose_takes_most_after_three_hours_and_never_more_than_the_fever():
    fever = Fever(0.0, 2.5, rise_c_per_h=10.0, plateau_s=100 * HOUR)
    t_s = np.arange(0.0, 12.0, 0.1) * HOUR
    plain, relieved = Core(fevers=(fever,)).at(t_s), Core(fevers=(fever,), doses=(Dose(HOUR),)).at(t_s)
    drop = plain - relieved
    assert t_s[np.argmax(drop)] == pytest.approx(4 * HOUR, abs=0.2 * HOUR)
    assert drop.max() == pytest.approx(1.6, abs=0.01)
    assert Core(doses=(Dose(HOUR),)).at(t_s) == pytest.approx(Core().at(t_s))


def test_detached_falls_fast_to_the_room_and_settles_when_put_back():
    patch = Patch(interval_s=10.0, detached_s=HOUR, put_back_s=2 * HOUR, noise_c=0.01)
    track = patch.read(Core(), 3 * HOUR, 2)
    assert at(track, HOUR - 20) - at(track, HOUR + 60) > 0.5
    assert at(track, 2 * HOUR - 20) == pytest.approx(patch.room_c, abs=0.3)
    assert at(track, 2 * HOUR + 1200) > 35.5
    labels = [row.label for row in track.truth]
    assert labels == [Label.SETTLING, Label.DETACHED, Label.SETTLING]


def test_a_slip_reads_low_for_its_time():
    patch = Patch(interval_s=10.0, slips=((HOUR, 1.5 * HOUR, 1.2),))
    track = patch.read(Core(swing_c=0.0), 3 * HOUR, 2)
    before, during, after = (
        np.median(track.celsius[(track.t_s > a * HOUR) & (track.t_s < b * HOUR)])
        for a, b in ((0.5, 0.95), (1.3, 1.5), (2.0, 3.0))
    )
    assert before - during == pytest.approx(1.2, abs=0.2)
    assert after == pytest.approx(before, abs=0.15)


def test_same_seed_same_bytes():
    one, two = (draw_patch(5).read(Core(), HOUR, 5).celsius.tobytes() for _ in range(2))
    assert one == two
