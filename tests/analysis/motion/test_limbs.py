"""Which limbs take part: simulated focal and generalised bouts on two sensors. Simulated figures."""

import numpy as np
import pytest

from edge.analysis import mimics
from edge.analysis.motion.limbs import View, taking_part
from edge.model.evidence import MovementEvidence
from edge.model.people import Limb
from edge.simulation import SENSORS, carried, clip, clonic, patted

LEFT, RIGHT, CHEST = Limb.LEFT_ANKLE, Limb.RIGHT_WRIST, Limb.CHEST
AT_S = 55.0


def view(movement, limb, seed, sensor="polar", until_s=AT_S):
    track = clip(movement, SENSORS[sensor].on(limb), seed)
    heard = track.t_s <= until_s
    state, _ = mimics.advance(mimics.start(3, limb), track.t_s[heard], track.acc_g[heard])
    return View(limb, state.window)


@pytest.mark.parametrize("other", [RIGHT, CHEST, Limb.WRIST])
@pytest.mark.parametrize("sensor", ["polar", "watch", "slow_16"])
@pytest.mark.parametrize("seed", range(3))
def test_one_limb_is_told_from_the_whole_body(other, sensor, seed):
    both = [view(clonic(seed, 60.0), limb, seed, sensor) for limb in (LEFT, other)]
    one = [view(clonic(seed, 60.0, focus=LEFT), limb, seed, sensor) for limb in (LEFT, other)]
    general, focal = taking_part(both[0], (both[1],), AT_S), taking_part(one[0], (one[1],), AT_S)
    assert (general.limbs, general.extent, general.focal) == ((str(LEFT), str(other)), "whole_body", False)
    assert (focal.limbs, focal.still_limbs) == ((str(LEFT),), (str(other),))
    assert (focal.extent, focal.focal) == ("one_limb", True)


def test_one_sensor_alone_claims_nothing():
    assert taking_part(view(clonic(1, 60.0), LEFT, 1), (), AT_S) == MovementEvidence(
        limbs=("left_ankle",), extent="unknown", focal=None
    )


def test_a_sensor_that_was_not_heard_for_seconds_says_nothing():
    own, late = view(clonic(1, 60.0), LEFT, 1), view(clonic(1, 60.0), RIGHT, 1, until_s=AT_S - 8)
    assert taking_part(own, (late,), AT_S).focal is None


def test_both_on_one_side_leave_the_other_side_open():
    views = [view(clonic(2, 60.0), limb, 2) for limb in (Limb.LEFT_WRIST, Limb.LEFT_ANKLE)]
    said = taking_part(views[0], (views[1],), AT_S)
    assert (said.extent, said.focal) == ("same_side", None)


def test_a_still_third_limb_on_the_other_side_makes_it_focal():
    moves = [view(clonic(2, 60.0), limb, 2) for limb in (Limb.LEFT_WRIST, Limb.LEFT_ANKLE)]
    still = view(clonic(2, 60.0, focus=Limb.LEFT_WRIST), Limb.RIGHT_ANKLE, 2)
    said = taking_part(moves[0], (moves[1], still), AT_S)
    assert (said.extent, said.focal) == ("same_side", True)


@pytest.mark.parametrize("seed", range(3))
def test_two_sensors_that_heave_together_are_carried(seed):
    views = [view(carried(seed, 60.0), limb, seed) for limb in (LEFT, RIGHT)]
    assert taking_part(views[0], (views[1],), AT_S).handled == "carried"


@pytest.mark.parametrize("seed", [1, 2])
def test_a_trunk_that_is_shaken_more_than_a_limb_is_patted(seed):
    views = [view(patted(seed, 60.0), limb, seed) for limb in (CHEST, LEFT)]
    assert taking_part(views[0], (views[1],), AT_S).handled == "patted"
    jerks = [view(clonic(seed, 60.0), limb, seed) for limb in (LEFT, CHEST)]
    assert taking_part(jerks[0], (jerks[1],), AT_S).handled == ""


def test_nothing_after_the_moment_counts():
    own = view(clonic(1, 60.0), LEFT, 1)
    later = View(own.limb, np.concatenate([own.rows, own.rows[-25:] + np.array([9.0, 9.0, 9.0, 0.0, 20.0])]))
    other = view(clonic(1, 60.0), RIGHT, 1)
    assert taking_part(later, (other,), AT_S) == taking_part(own, (other,), AT_S)
