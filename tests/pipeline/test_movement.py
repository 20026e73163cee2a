"""Mimics of a seizure through the whole pipeline: what they raise and keep, and what they can never take away."""

from dataclasses import replace

import numpy as np
import pytest

from edge.analysis import mimics
from edge.model.alarm import Condition, Priority
from edge.model.effect import KeepReading
from edge.model.event import MotionReceived, Tick
from edge.model.people import Device, Limb
from edge.model.reading import Quantity, Validity
from edge.simulation import MOVEMENTS, SENSORS, Label, clip, clonic
from tests.support.core import WALL_S, Core, profile

PROFILES = {"band": profile("band", Quantity.ACCELERATION, interval_s=1.0)}


def play(tracks, *, broken=False):
    """Each track on a device named after its limb, second by second."""
    core = Core(*(Device(str(limb), "band", "mia", limb=limb) for limb in tracks), profiles=PROFILES, mono_s=0.0)
    if broken:
        sensors = {name: replace(each, mimic=mimics.start(1)) for name, each in core.state.sensors.items()}
        core.state = replace(core.state, sensors=sensors)
    for second in range(1, int(max(track.t_s[-1] for track in tracks.values())) + 1):
        for limb, track in tracks.items():
            part = slice(*np.searchsorted(track.t_s, [second - 1, second]))
            core.step(MotionReceived(str(limb), track.t_s[part], track.acc_g[part]), float(second))
        core.step(Tick(), float(second))
    return core


def on(movement, *limbs, seed=3):
    return {limb: clip(movement, SENSORS["polar"].on(limb), seed) for limb in limbs}


def test_spasms_in_a_cluster_have_words_of_their_own():
    [alarm] = play(on(MOVEMENTS[Label.INFANTILE_SPASMS](5, 200.0), Limb.ANKLE)).raised(Condition.RECURRING_TWITCHES)
    assert (alarm.priority, alarm.evidence.pattern) == (Priority.LOW, "spasm_cluster")
    assert "sudden starts" in alarm.text
    assert "see a doctor promptly" in alarm.guidance
    assert alarm.onset_s - WALL_S < 60 < alarm.raised_s - WALL_S


def test_rigor_asks_whether_she_responds():
    [alarm] = play(on(MOVEMENTS[Label.RIGOR](7, 200.0), Limb.LEFT_WRIST)).raised(Condition.RIGOR)
    assert alarm.priority is Priority.MEDIUM
    assert "shivering-like" in alarm.text
    assert "responds" in alarm.guidance
    assert 8 <= alarm.evidence.carrier_hz <= 10


@pytest.mark.parametrize("other", [Limb.RIGHT_WRIST, Limb.CHEST])
def test_a_second_sensor_that_lies_still_takes_nothing_from_the_first(other):
    focal = on(clonic(4, 60.0, focus=Limb.LEFT_ANKLE), Limb.LEFT_ANKLE, other)
    alone = {Limb.LEFT_ANKLE: focal[Limb.LEFT_ANKLE]}
    [with_other] = play(focal).raised(Condition.SEIZURE_LIKE_MOVEMENT)
    [without] = play(alone).raised(Condition.SEIZURE_LIKE_MOVEMENT)
    assert (with_other.raised_s, with_other.onset_s) == (without.raised_s, without.onset_s)
    assert (with_other.evidence.focal, with_other.evidence.still_limbs) == (True, (str(other),))
    assert (without.evidence.focal, without.evidence.extent) == (None, "unknown")


def test_both_limbs_in_a_generalised_bout():
    [alarm] = play(on(clonic(4, 60.0), Limb.LEFT_ANKLE, Limb.RIGHT_WRIST)).raised(Condition.SEIZURE_LIKE_MOVEMENT)
    assert alarm.evidence.focal is False
    assert set(alarm.evidence.limbs) == {"left_ankle", "right_wrist"}


def test_an_error_in_the_mimics_is_reported_and_takes_no_seizure_away():
    core = play(on(clonic(4, 60.0), Limb.ANKLE), broken=True)
    assert len(core.raised(Condition.SEIZURE_LIKE_MOVEMENT)) == 1
    [error] = core.raised(Condition.ANALYSIS_ERROR)
    assert str(error.evidence.detail).startswith("ValueError: ")


def test_an_epoch_of_thirty_seconds_is_one_questionable_row():
    core = play(on(MOVEMENTS[Label.RESTLESS](1, 40.0), Limb.ANKLE))
    rows = [each for each in core.of(KeepReading) if each.reading.quantity is Quantity.ACTIVITY_COUNT]
    assert [round(row.wall_s - WALL_S) for row in rows] == [30, 60, 90]
    assert all(row.reading.validity is Validity.QUESTIONABLE for row in rows)
    assert all("not validated" in row.reading.reason for row in rows)
    assert rows[1].reading.value > rows[0].reading.value
