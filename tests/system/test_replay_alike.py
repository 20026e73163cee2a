"""One recording gives the same alarms offline and replayed, whatever the speed."""

import asyncio

import pytest

from edge.app.hub import replay
from edge.app.load import checked
from edge.app.reports import offline
from edge.model.people import Limb, Site
from edge.recordings.files import MotionRecording, read_motion, read_temperature
from edge.simulation import clip, clonic
from edge.simulation.sensor import Sensor

pytestmark = pytest.mark.system


async def replayed(home, recordings, speed, folder):
    """(condition, onset, raised) of each alarm about the child, in seconds from the beginning."""
    loaded = checked.load(home.config, state_dir=folder, environment={})
    tracks = replay.tracks(loaded, "mia", "", recordings)
    alarms, began = {}, []

    async def listen(_parts, clock):
        began.append(clock.now().wall_s - clock.now().mono_s)
        await asyncio.Event().wait()

    def heard(alarm):
        alarms.setdefault(alarm.id, alarm)

    await replay.play(loaded, tracks, speed, listen, on_alarm=heard, silent=True)
    [began_s] = began
    return sorted(
        (str(alarm.key.condition), round(alarm.onset_s - began_s, 2), round(alarm.raised_s - began_s, 2))
        for alarm in alarms.values()
        if alarm.key.person
    )


async def test_at_any_speed_and_offline(home, recordings):
    both = [read_motion(recordings.motion), read_temperature(recordings.temperature)]
    report = offline.report(both, offline.Child(site=Site.AXILLA, limbs=(Limb.LEFT_ANKLE,)))
    offline_alarms = sorted(
        (each["condition"], round(each["onset_s"], 2), round(each["raised_s"], 2)) for each in report["conditions"]
    )
    assert {condition for condition, *_ in offline_alarms} >= {"fever", "settling"}
    for speed in (1000, 10_000):
        assert await replayed(home, both, speed, home.folder / str(speed)) == offline_alarms


async def test_a_slow_replay_of_a_movement(home, tmp_path):
    """At 100 times, where the clock waits for the world, and at a speed where the world waits for the core."""
    track = clip(clonic(5, 75.0), Sensor(50.0).on(Limb.ANKLE), 5)
    event = MotionRecording("event", track.t_s, track.acc_g, 50.0)
    report = offline.report([event], offline.Child(limbs=(Limb.LEFT_ANKLE,)))
    begin_s = float(event.t_s[0])
    expected = sorted(
        (each["condition"], round(each["onset_s"] - begin_s, 2), round(each["raised_s"] - begin_s, 2))
        for each in report["conditions"]
    )
    for speed in (100, 10_000):
        assert await replayed(home, [event], speed, tmp_path / str(speed)) == expected
    assert [each for each in expected if each[0] == "seizure_like_movement"]
