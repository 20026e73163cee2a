"""Nights hold together: one truth, nothing over a seizure, fever before bouts, the same bytes from the same seed."""

from itertools import pairwise

import numpy as np
import pytest

from edge.model.people import Limb
from edge.simulation import SEIZURES, Label, Sensor, demo_night, infant_day, infant_night


def test_same_seed_same_bytes_and_another_limb_changes_nothing():
    one = infant_night(4, hours=1.0)
    two = infant_night(4, hours=1.0, limbs=(Limb.ANKLE, Limb.WRIST))
    assert one.motion[Limb.ANKLE].acc_g.tobytes() == two.motion[Limb.ANKLE].acc_g.tobytes()
    assert one.temperature.celsius.tobytes() == two.temperature.celsius.tobytes()
    assert one.truth == two.truth
    assert infant_night(5, hours=1.0).motion[Limb.ANKLE].acc_g.tobytes() != one.motion[Limb.ANKLE].acc_g.tobytes()


@pytest.mark.parametrize("seed", range(6))
def test_a_night_has_its_bouts_after_the_fever_began_and_stillness_behind(seed):
    night = infant_night(seed, hours=3.0, bouts=2, rate_hz=25.0)
    assert len(night.seizures) == 2
    fevers = [row for row in night.truth if row.label is Label.FEVER]
    assert fevers
    track = night.motion[Limb.ANKLE]
    for bout in night.seizures:
        assert bout.duration_s == 75.0
        assert bout.end_s < night.duration_s
        i, j = np.searchsorted(track.t_s, [bout.end_s + 1.0, bout.end_s + 60.0])
        assert track.acc_g[i:j].std(axis=0).max() < 0.01
        i, j = np.searchsorted(track.t_s, [bout.start_s, bout.end_s])
        assert track.acc_g[i:j].std(axis=0).max() > 0.02


@pytest.mark.parametrize("age_months", [2.0, 6.0, 14.0])
def test_what_happens_fits_the_age(age_months):
    nights = [infant_night(seed, age_months=age_months, rate_hz=12.5, myoclonus=True) for seed in range(2)]
    labels = {row.label for night in nights for row in night.truth}
    assert {Label.CLONIC, Label.RESTLESS, Label.TURNING, Label.TWITCH, Label.SUCKING, Label.STARTLE} <= labels
    assert (Label.SLEEP_MYOCLONUS in labels) == (age_months < 7)
    assert (Label.MORO in labels) == (age_months <= 4)


def test_movements_do_not_overlap_except_on_purpose():
    night = infant_night(9, shivers=True, rate_hz=12.5)
    rows = [r for r in night.truth if r.limbs_involved and r.label is not Label.PATTED]
    assert all(b.start_s >= a.end_s - 1e-6 for a, b in pairwise(rows))
    assert any(r.label is Label.RIGOR for r in rows)
    assert all(row.end_s <= night.duration_s for row in rows)


def test_without_fever_and_bouts_there_is_neither():
    night = infant_night(3, hours=2.0, fever=False, bouts=0, rate_hz=12.5)
    assert not night.seizures
    assert night.temperature.core_celsius.max() < 38.0
    assert not any(row.label in {Label.FEVER, Label.RIGOR} for row in night.truth)


def test_a_cluster_and_spasms_can_be_asked_for():
    status = infant_night(3, hours=2.0, bout_s=900.0, rate_hz=12.5)
    assert len(status.seizures) >= 3
    spasms = infant_night(3, hours=2.0, kind=Label.INFANTILE_SPASMS, bout_s=300.0, rate_hz=12.5)
    assert [row.duration_s for row in spasms.truth if row.label is Label.INFANTILE_SPASMS] == [300.0]
    assert Label.INFANTILE_SPASMS not in SEIZURES


@pytest.mark.parametrize("seed", range(5))
def test_the_demonstration_meets_the_plain_rules(seed):
    night = demo_night(seed)
    warm = night.temperature
    minute = warm.t_s / 60.0
    assert warm.celsius[minute < 20].max() < 37.4
    assert warm.celsius[minute > 33].min() > 37.5
    assert warm.celsius.max() < 39.0
    (bout,) = night.seizures
    assert bout.duration_s == 75.0
    assert 45.0 <= bout.start_s / 60.0 <= 55.0
    track = night.motion[Limb.ANKLE]
    i, j = np.searchsorted(track.t_s, [bout.start_s + 5.0, bout.end_s])
    assert track.acc_g[i:j].std(axis=0).max() > 0.1
    i = np.searchsorted(track.t_s, bout.end_s + 1.0)
    assert track.acc_g[i:].std(axis=0).max() < 0.01


def test_days_are_awake_and_harmless():
    days = [infant_day(seed, hours=2.0, sensor=Sensor(rate_hz=12.5)) for seed in range(4)]
    labels = {row.label for day in days for row in day.truth}
    assert {Label.PLAY, Label.KICKING, Label.CRYING, Label.CARRIED, Label.PATTED, Label.ROCKED, Label.CAR} <= labels
    assert not labels & (SEIZURES | {Label.FEVER, Label.INFANTILE_SPASMS})


def test_a_carried_child_is_upright():
    night = infant_night(3, hours=2.0, limbs=(Limb.CHEST,))
    track = night.motion[Limb.CHEST]
    for row in (r for r in night.truth if r.label is Label.CARRIED):
        i, j = np.searchsorted(track.t_s, [row.start_s + 4.0, row.end_s - 5.0])
        assert track.acc_g[i:j].mean(axis=0)[1] > 0.8


def test_bouts_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="do not fit"):
        infant_night(1, hours=1.0, bouts=9)
    assert infant_night(1, hours=8.0, bouts=3, bout_s=None, rate_hz=12.5).seizures
