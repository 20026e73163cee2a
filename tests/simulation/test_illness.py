"""Three simulated days: the same by seed, nothing silent for a minute, and the truth that the texts promise."""

import numpy as np
import pytest

from edge.simulation import Label, illness
from edge.simulation.illness import CLUSTER_S, DURATION_S, HEARD_EVERY_S, LIMB, SIMPLE_S

HOUR_S = 3600.0


@pytest.fixture(scope="module")
def ill():
    return illness(7)


def test_the_same_seed_gives_the_same_bytes(ill):
    again, other = illness(7), illness(8)
    assert np.array_equal(ill.motion.acc_g, again.motion.acc_g)
    assert np.array_equal(ill.temperature.celsius, again.temperature.celsius)
    assert ill.commands == again.commands
    assert not np.array_equal(ill.temperature.celsius, other.temperature.celsius)


def test_three_days_in_which_the_sensor_is_never_silent_for_a_minute(ill):
    t_s = ill.motion.t_s
    assert t_s[0] == 0.0
    assert DURATION_S - t_s[-1] < HEARD_EVERY_S
    assert np.diff(t_s).min() > 0.0
    assert np.diff(t_s).max() < 60.0
    assert np.isfinite(ill.motion.acc_g).all()
    assert ill.motion.acc_g.nbytes < 10e6


@pytest.mark.parametrize("seed", range(5))
def test_two_fevers_that_a_dose_lowers_and_does_not_end(seed):
    ill = illness(seed)
    first, second = ill.fevers
    assert 4 * HOUR_S < first.start_s < first.end_s < 24 * HOUR_S < 44 * HOUR_S < second.start_s < second.end_s
    assert all(38.5 < fever.params["peak_c"] < 39.45 for fever in ill.fevers), "below a high fever under the arm"
    core, t_s = ill.temperature.core_celsius, ill.temperature.t_s
    for given_h in (5.75, 12.25, 46.5, 53.0):
        after = core[(t_s > given_h * HOUR_S) & (t_s < (given_h + 4) * HOUR_S)]
        assert core[np.searchsorted(t_s, given_h * HOUR_S)] - after.min() > 0.4
        assert given_h == 53.0 or after.min() > 38.0, "but for the last, which meets the fever's own end"


def test_a_simple_and_two_complex_episodes(ill):
    simple, cluster, again = ill.episodes
    assert (simple.start_s, simple.complex_because) == (SIMPLE_S, ())
    assert simple.start_s - ill.fevers[0].start_s < 2 * HOUR_S, "in the first hours of the fever"
    assert len(simple.limbs) > 2
    assert cluster.start_s == CLUSTER_S > simple.end_s + 24 * HOUR_S
    assert 300.0 < cluster.end_s - cluster.start_s < 900.0
    assert cluster.limbs == again.limbs == (LIMB,)
    assert again.start_s - cluster.end_s < 24 * HOUR_S
    assert set(cluster.complex_because) == set(again.complex_because) == {"focal", "again within 24 h"}
    bouts = [row for row in ill.motion.truth if row.label is Label.CLONIC]
    assert [row.start_s for row in bouts] == [SIMPLE_S, CLUSTER_S, CLUSTER_S + 140.0, CLUSTER_S + 315.0, again.start_s]
    assert bouts[3].end_s == cluster.end_s


def test_what_is_said_is_in_order_but_for_what_is_told_late(ill):
    moments = [t_s for t_s, _ in ill.commands]
    assert moments == sorted(moments)
    assert {command.caregiver for _, command in ill.commands} == {"anna", "tom"}
