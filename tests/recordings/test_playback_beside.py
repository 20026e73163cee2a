"""Events beside recordings, and how often time passes."""

import numpy as np

from edge.model.event import Command, ReadingReceived, Tick, Verb
from edge.recordings.files import TemperatureRecording
from edge.recordings.playback import timeline


def played(**more):
    curve = TemperatureRecording("curve", np.array([0.0, 30.0, 60.0]), np.array([36.0, 36.1, 36.2]))
    return list(timeline([("patch", curve)], [0.0], **more))


def test_what_is_said_comes_at_its_moment_between_what_is_received():
    said = [(12.5, Command(Verb.NOTE, "anna")), (30.0, Command(Verb.DOSE, "anna"))]
    found = played(beside=said)
    assert [moment for moment, _ in found] == sorted(moment for moment, _ in found)
    assert [item for item in found if isinstance(item[1], Command)] == said
    ticks = [moment for moment, event in found if isinstance(event, Tick)]
    assert ticks == [float(second) for second in range(1, 61)]


def test_time_may_pass_in_larger_steps():
    found = played(tick_s=7.0)
    assert [moment for moment, event in found if isinstance(event, Tick)] == [
        7.0,
        14.0,
        21.0,
        28.0,
        35.0,
        42.0,
        49.0,
        56.0,
    ]
    assert sum(isinstance(event, ReadingReceived) for _, event in found) == 3
