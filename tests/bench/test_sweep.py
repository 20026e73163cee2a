"""A line that is moved afterwards gives what the detector would have raised."""

import numpy as np
import pytest

from edge.analysis.motion import Stage, Step
from edge.model.people import Limb
from edge.simulation import SENSORS, clip, clonic
from tests.bench import hub, osd, sweep
from tests.support.detector import onsets


def convulsing():
    return clip(clonic(5, 60.0), SENSORS["polar"].on(Limb.ANKLE), 5, before_s=60.0, after_s=60.0)


@pytest.fixture(scope="module")
def steps():
    track = convulsing()
    return hub.steps(track.t_s, track.acc_g)


def test_at_the_line_in_use_the_sweep_counts_what_the_detector_raised(steps):
    assert sweep.raises(steps)[sweep.OURS_NOW] == pytest.approx(onsets(steps), abs=1.0)
    assert onsets(steps)


def test_episodes_by_hand():
    log_odds = [-5.0] * 10 + [-1.0, 0.5, 1.5, 0.2] + [-5.0] * 7 + [2.0] + [-5.0] * 11 + [-0.5, 3.0] + [-5.0] * 11
    steps = [Step(float(n), 0.1, value, Stage.QUIET, ()) for n, value in enumerate(log_odds)]
    found = sweep.raises(steps, (-2.0, 0.0, 1.0, 2.5, 4.0))
    assert found == [[10.0, 33.0], [11.0, 34.0], [12.0, 34.0], [34.0], []], (
        "seven seconds without split nothing, eleven do"
    )


def test_an_alarm_that_the_detector_ended_is_over():
    stages = [Stage.ALARM] * 5 + [Stage.QUIET] * 2 + [Stage.ALARM] * 3
    steps = [Step(float(n), 0.1, 1.0, stage, ()) for n, stage in enumerate(stages)]
    assert sweep.raises(steps, (0.0,)) == [[0.0, 5.0]]


def test_a_higher_line_never_raises_more_recordings(steps):
    counts = [len(found) > 0 for found in sweep.raises(steps)]
    assert counts == sorted(counts, reverse=True)
    assert sweep.raises((), (0.0, 1.0)) == [[], []]


def test_osds_share_in_use_gives_its_own_alarms():
    t_s = np.arange(0, 60, 0.04)
    windows = osd.look(t_s, 1.0 + 0.2 * np.sin(8 * np.pi * t_s) * (t_s < 30))
    assert sweep.osd_raises(windows)[sweep.OSD_NOW] == [first for first, _ in windows.episodes()] != []


def test_the_detector_alone_and_in_the_pipeline_raise_alike(steps):
    track = convulsing()
    [first, *_] = hub.watch(track.t_s, track.acc_g)
    assert 0 <= first[0] - onsets(steps)[0] <= 1.1, "told when the piece of a second arrived that held its last sample"
