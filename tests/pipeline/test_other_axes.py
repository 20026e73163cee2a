"""Samples with another number of axes between those of a movement sensor: somebody else's, or a sensor set anew."""

import numpy as np

from edge.analysis import arrival
from edge.model.alarm import Condition
from edge.model.effect import Dropped
from edge.model.event import MotionReceived, Tick
from edge.model.people import Device, Limb
from edge.model.reading import Quantity
from edge.pipeline.samples import CHANGES_S, OTHER_SHAPE
from edge.simulation import SENSORS, clip, clonic
from tests.support.core import Core, profile

PROFILES = {"band": profile("band", Quantity.ACCELERATION, Quantity.MAGNITUDE, interval_s=1.0)}
ANKLE = Device("ankle", "band", "mia", limb=Limb.ANKLE)


def second(core, number, values):
    core.step(MotionReceived("ankle", number - 1 + np.arange(len(values)) / len(values), values), float(number))
    core.step(Tick(), float(number))


def convulsing(between):
    """Core after a convulsion of a minute; between: called in each second beside the sensor's own samples."""
    core = Core(ANKLE, profiles=PROFILES, mono_s=0.0)
    track = clip(clonic(4, 60.0), SENSORS["polar"].on(Limb.ANKLE), 4)
    first_s = float(track.t_s[0])
    for number in range(1, int(track.t_s[-1] - first_s) + 1):
        part = slice(*np.searchsorted(track.t_s - first_s, [number - 1, number]))
        second(core, number, track.acc_g[part])
        between(core, number)
    return core


def test_a_magnitude_between_the_axes_disturbs_no_detector_and_is_no_error_of_the_analysis():
    alone = convulsing(lambda _core, _number: None)
    disturbed = convulsing(
        lambda core, number: core.step(MotionReceived("ankle", np.array([float(number)]), np.ones(1)))
    )
    [expected], [found] = (core.raised(Condition.SEIZURE_LIKE_MOVEMENT) for core in (alone, disturbed))
    assert (found.onset_s, found.raised_s) == (expected.onset_s, expected.raised_s)
    assert disturbed.raised(Condition.ANALYSIS_ERROR) == []
    assert {each.reason for each in disturbed.of(Dropped)} == {OTHER_SHAPE}


def test_a_sensor_that_was_set_to_send_magnitudes_is_believed_before_its_silence_is_an_alarm():
    core = Core(ANKLE, profiles=PROFILES, mono_s=0.0)
    rng = np.random.default_rng(1)
    for number in range(1, 61):
        second(core, number, rng.normal([0.0, 0.0, 1.0], 0.01, (52, 3)))
    for number in range(61, 200):
        second(core, number, rng.normal(1.0, 0.01, 52))
    dropped = [at_s for at_s, effect in core.timed if isinstance(effect, Dropped)]
    assert dropped[-1] == 60 + CHANGES_S - 1
    assert core.state.sensors["ankle"].movement.grid.columns == 1
    assert core.raised(Condition.NO_DATA, Condition.ANALYSIS_ERROR) == []
    assert arrival.deadline_s(core.state.sensors["ankle"].limits, 1.0, motion=True, spot=False) > CHANGES_S
