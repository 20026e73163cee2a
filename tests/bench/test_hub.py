"""The hub of the benchmark: what is heard over a bad radio, and that pieces handed over together change nothing."""

import numpy as np
import pytest

from edge.app.reports import offline
from edge.model.alarm import Condition
from edge.model.people import Limb, Site
from edge.recordings.files import TemperatureRecording
from edge.simulation import SENSORS, Script, clonic, infant_night, patted
from tests.bench import hub

PAIR = (Limb.LEFT_ANKLE, Limb.RIGHT_WRIST)
LINK = hub.Link(outages_per_h=12.0, outage_s=40.0, lost=0.05, late_s=1.0)


@pytest.fixture(scope="module")
def hour():
    made = infant_night(3, hours=1.0, bouts=1, sensor=SENSORS["polar"])
    warmth = made.temperature
    return [hub.of_track(made.motion[Limb.ANKLE]), TemperatureRecording("patch", warmth.t_s, warmth.celsius)]


def told(alarms):
    """Each alarm with its times to the millisecond."""
    return [
        (alarm.key, alarm.priority, *(at and round(at, 3) for at in (alarm.onset_s, alarm.raised_s, alarm.cleared_s)))
        for alarm in alarms
    ]


def test_pieces_handed_over_together_give_the_same_alarms(hour):
    child = offline.Child(14.0, Site.PATCH, (Limb.ANKLE,))
    one, many = (hub.alarms(hour, child, link=LINK, seed=(1,), together_s=together_s) for together_s in (0.0, 60.0))
    assert told(one) == told(many)
    assert {alarm.key.condition for alarm in many} >= {Condition.SEIZURE_LIKE_MOVEMENT, Condition.NO_DATA}


def test_two_sensors_together_give_the_same_alarms():
    script = Script(600.0, 4)
    script.add(60.0, patted(4, 300.0))
    script.add(420.0, clonic(4, 50.0))
    recordings = [hub.of_track(script.record(SENSORS["polar"].on(limb))) for limb in PAIR]
    child = offline.Child(14.0, limbs=PAIR)
    one, many = (hub.alarms(recordings, child, link=LINK, seed=(2,), together_s=at_s) for at_s in (0.0, 60.0))
    assert told(one) == told(many)
    assert {alarm.key.condition for alarm in many} >= {Condition.SEIZURE_LIKE_MOVEMENT, Condition.NO_DATA}


def test_what_is_sent_in_an_outage_is_lost_and_the_rest_comes_late_and_in_order(hour):
    sent = list(hub.on_air("ankle", hour[0], None, np.random.default_rng(1)))
    heard = list(hub.on_air("ankle", hour[0], LINK, np.random.default_rng(1)))
    moments = [due_s for due_s, _ in heard]
    assert 0.6 * len(sent) < len(heard) < 0.95 * len(sent)
    assert moments == sorted(moments)
    late_s = [due_s - event.t_s[-1] for due_s, event in heard]
    assert min(late_s) >= 0
    assert 0.5 < np.mean(late_s) < 3.0
    assert max(np.diff([event.t_s[0] for _, event in heard])) > 20, "an outage"


def test_a_perfect_radio_loses_nothing(hour):
    heard = [event for _, event in hub.on_air("ankle", hour[0], None, np.random.default_rng(1))]
    assert np.array_equal(np.concatenate([event.t_s for event in heard]), hour[0].t_s)


def test_a_recording_that_begins_before_zero_keeps_its_own_time():
    from edge.simulation import clip, clonic

    track = clip(clonic(5, 60.0), SENSORS["polar"].on(Limb.ANKLE), 5)
    [(raised_s, ended_s)] = hub.watch(track.t_s - 80.0, track.acc_g)
    assert hub.watch(track.t_s, track.acc_g) == [pytest.approx((raised_s + 80.0, ended_s + 80.0))]
    assert -50 < raised_s < ended_s < 70
