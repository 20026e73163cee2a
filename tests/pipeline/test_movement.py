"""The neighbours of the detector on the road: what they raise, what they keep, what they can never take away."""

from dataclasses import replace

import numpy as np
import pytest

from edge import pipeline
from edge.analysis import mimics
from edge.config import Config
from edge.decoding.profile import Link, Match, Profile
from edge.model.alarm import Condition, Priority
from edge.model.effect import AlarmChanged, KeepReading
from edge.model.event import MotionHeard, Tick
from edge.model.moment import Now
from edge.model.people import Device, Limb, Person
from edge.model.reading import Quantity, Validity
from edge.simulation import MOVEMENTS, SENSORS, Label, clip, clonic

WALL_S = 1_800_000_000.0
BAND = Profile(
    "band", "band", "", (Quantity.ACCELERATION,), Link.GATT, Match(), {}, expected_interval_s=1.0, rhythm=True
)


def play(tracks, *, broken=False):
    """Each track on a device named after its limb, second by second; the effects."""
    devices = tuple(Device(str(limb), "band", "mia", limb=limb) for limb in tracks)
    config = Config(persons=(Person("mia", "Mia"),), devices=devices)
    state, out = pipeline.begin(pipeline.Setup(config, {"band": BAND}), Now(0.0, WALL_S))
    effects = list(out)
    if broken:
        sensors = {name: replace(each, nearby=mimics.start(1)) for name, each in state.sensors.items()}
        state = replace(state, sensors=sensors)
    for second in range(1, int(max(track.t_s[-1] for track in tracks.values())) + 1):
        for limb, track in tracks.items():
            part = slice(*np.searchsorted(track.t_s, [second - 1, second]))
            heard = MotionHeard(str(limb), track.t_s[part], track.acc_g[part])
            state, out = pipeline.step(state, heard, Now(float(second), WALL_S + second))
            effects += out
        state, out = pipeline.step(state, Tick(), Now(float(second), WALL_S + second))
        effects += out
    return effects


def raised(effects, condition):
    found = {}
    for effect in effects:
        if isinstance(effect, AlarmChanged) and effect.alarm.key.condition is condition:
            found.setdefault(effect.alarm.id, effect.alarm)
    return list(found.values())


def on(movement, *limbs, seed=3):
    return {limb: clip(movement, SENSORS["polar"].on(limb), seed) for limb in limbs}


def test_spasms_in_a_cluster_have_words_of_their_own():
    [alarm] = raised(play(on(MOVEMENTS[Label.INFANTILE_SPASMS](5, 200.0), Limb.ANKLE)), Condition.RECURRING_TWITCHES)
    assert (alarm.priority, alarm.evidence["pattern"]) == (Priority.LOW, "spasm_cluster")
    assert "sudden starts" in alarm.text
    assert "see a doctor promptly" in alarm.guidance
    assert alarm.onset_s - WALL_S < 60 < alarm.raised_s - WALL_S


def test_rigor_asks_whether_she_responds():
    [alarm] = raised(play(on(MOVEMENTS[Label.RIGOR](7, 200.0), Limb.LEFT_WRIST)), Condition.RIGOR)
    assert alarm.priority is Priority.MEDIUM
    assert "shivering-like" in alarm.text
    assert "responds" in alarm.guidance
    assert 8 <= alarm.evidence["carrier_hz"] <= 10


@pytest.mark.parametrize("other", [Limb.RIGHT_WRIST, Limb.CHEST])
def test_a_second_sensor_that_lies_still_takes_nothing_from_the_first(other):
    focal = on(clonic(4, 60.0, focus=Limb.LEFT_ANKLE), Limb.LEFT_ANKLE, other)
    alone = {Limb.LEFT_ANKLE: focal[Limb.LEFT_ANKLE]}
    [with_other] = raised(play(focal), Condition.SEIZURE_LIKE_MOVEMENT)
    [without] = raised(play(alone), Condition.SEIZURE_LIKE_MOVEMENT)
    assert (with_other.raised_s, with_other.onset_s) == (without.raised_s, without.onset_s)
    assert (with_other.evidence["focal"], with_other.evidence["still_limbs"]) == (True, [str(other)])
    assert (without.evidence["focal"], without.evidence["extent"]) == (None, "unknown")


def test_both_limbs_in_a_generalised_bout():
    [alarm] = raised(play(on(clonic(4, 60.0), Limb.LEFT_ANKLE, Limb.RIGHT_WRIST)), Condition.SEIZURE_LIKE_MOVEMENT)
    assert alarm.evidence["focal"] is False
    assert set(alarm.evidence["limbs"]) == {"left_ankle", "right_wrist"}


def test_an_error_among_the_neighbours_is_told_and_takes_no_seizure_away():
    effects = play(on(clonic(4, 60.0), Limb.ANKLE), broken=True)
    assert len(raised(effects, Condition.SEIZURE_LIKE_MOVEMENT)) == 1
    [error] = raised(effects, Condition.ANALYSIS_ERROR)
    assert str(error.evidence["detail"]).startswith("ValueError: ")


def test_an_epoch_of_thirty_seconds_is_one_questionable_row():
    effects = play(on(MOVEMENTS[Label.RESTLESS](1, 40.0), Limb.ANKLE))
    rows = [e for e in effects if isinstance(e, KeepReading) and e.reading.quantity is Quantity.ACTIVITY_COUNT]
    assert [round(row.wall_s - WALL_S) for row in rows] == [30, 60, 90]
    assert all(row.reading.validity is Validity.QUESTIONABLE for row in rows)
    assert all("not validated" in row.reading.reason for row in rows)
    assert rows[1].reading.value > rows[0].reading.value
