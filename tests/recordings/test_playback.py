"""Recordings played as if heard now: each piece at the moment of its last sample, and a tick every second."""

import asyncio

import numpy as np
import pytest

from edge.app.reports import offline, playthrough
from edge.model.event import MotionReceived, ReadingReceived, Tick
from edge.model.reading import Quantity, Unit, Validity
from edge.recordings.files import MotionRecording, TemperatureRecording
from edge.recordings.playback import Playback, batched, length_s, timeline


def motion(start_s=0.0, seconds=3.0, rate_hz=50.0):
    t_s = start_s + np.arange(0, seconds, 1 / rate_hz)
    return MotionRecording("m.csv", t_s, np.tile([0.0, 0.0, 1.0], (t_s.size, 1)), rate_hz)


def temperature(*rows):
    t_s, celsius = np.array(rows, dtype=float).T
    return TemperatureRecording("t.csv", t_s, celsius)


async def play(*recordings):
    """Every event with the moment that the clock had been moved to."""
    heard, moment_s = [], 0.0

    async def reach(due_s):
        nonlocal moment_s
        assert due_s >= moment_s
        moment_s = due_s

    async def emit(event):
        heard.append((moment_s, event))

    await Playback(recordings, reach).run(emit)
    return heard


async def test_the_recording_starts_at_zero_and_each_piece_comes_at_its_last_sample():
    heard = [
        (at, event) for at, event in await play(("a", motion(start_s=77_000.0))) if isinstance(event, MotionReceived)
    ]
    assert [at for at, _ in heard] == pytest.approx([0.98, 1.98, 2.98])
    assert heard[0][1].t_s[0] == pytest.approx(0.0)
    assert sum(event.t_s.size for _, event in heard) == 150


async def test_a_tick_comes_every_second_also_through_a_gap():
    curve = temperature((0.0, 36.6), (600.0, 36.7))
    ticks = [at for at, event in await play(("t", curve)) if isinstance(event, Tick)]
    assert ticks == [float(second) for second in range(1, 601)]


async def test_several_recordings_are_merged_in_order_of_time():
    curve = temperature((0.5, 36.6), (1.5, float("nan")), (2.2, 36.8))
    heard = [event for _, event in await play(("m", motion()), ("t", curve)) if not isinstance(event, Tick)]
    assert [event.device for event in heard] == ["t", "m", "t", "m", "t", "m"]
    readings = [event.reading for event in heard if isinstance(event, ReadingReceived)]
    assert [reading.validity for reading in readings] == [Validity.VALID, Validity.INVALID, Validity.VALID]
    assert {(reading.quantity, reading.unit) for reading in readings} == {(Quantity.TEMPERATURE, Unit.CELSIUS)}


async def test_recordings_on_unrelated_clocks_both_begin_together():
    recordings = (("m", motion(start_s=1.7e9)), ("t", temperature((3.0, 36.6))))
    heard = [(at, event) for at, event in await play(*recordings) if not isinstance(event, Tick)]
    assert heard[0][1].device == "t"
    assert heard[0][0] == pytest.approx(0.0)
    assert heard[-1][0] == pytest.approx(2.98)
    assert length_s([recording for _, recording in recordings]) == pytest.approx(2.98)


async def test_nothing_more_comes_after_cancellation():
    heard = []

    async def emit(event):
        heard.append(event)

    async def reach(_):
        await asyncio.sleep(0.01)

    running = asyncio.create_task(Playback([("m", motion(seconds=60.0))], reach).run(emit))
    await asyncio.sleep(0.1)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    count = len(heard)
    await asyncio.sleep(0.05)
    assert 0 < len(heard) == count


def gappy():
    """Two minutes of movement with a gap of 75 s in it."""
    t_s = np.arange(0, 200, 0.02)
    t_s = t_s[(t_s < 60) | (t_s > 135)]
    jerks = 0.5 * (np.sin(2 * np.pi * 4.0 * t_s) > 0.8)
    return MotionRecording("g.csv", t_s, np.column_stack((jerks, 0 * t_s, 1 + 0 * t_s)), 50.0)


def test_batches_lose_no_sample_and_keep_when_each_arrived():
    single = [(due_s, e) for due_s, e in timeline([("m", gappy())], [0.0]) if isinstance(e, MotionReceived)]
    batch = [(due_s, e) for due_s, e in batched(timeline([("m", gappy())], [0.0])) if isinstance(e, MotionReceived)]
    assert len(batch) < len(single) / 3
    arrival_s = np.concatenate(
        [np.full(e.t_s.size, due_s) if e.arrival_s is None else e.arrival_s for due_s, e in batch]
    )
    assert np.array_equal(np.concatenate([e.t_s for _, e in batch]), gappy().t_s)
    assert np.array_equal(arrival_s, np.concatenate([np.full(e.t_s.size, due_s) for due_s, e in single]))


def test_offline_gives_the_same_with_batches_and_without(monkeypatch):
    together = offline.report([gappy()], offline.Child())
    monkeypatch.setattr(playthrough, "batched", lambda events, _: events)
    assert offline.report([gappy()], offline.Child()) == together
    assert {condition["condition"] for condition in together["conditions"]} >= {"no_data"}


def test_a_thermometer_beside_it_is_judged_at_the_same_moments_with_batches_and_without(monkeypatch):
    """It is put on, warms up with a break, and rises to a fever, while the limb jerks for a minute."""
    t_s = np.arange(0, 3000, 0.04)
    jerks = 0.5 * (np.sin(2 * np.pi * 2.0 * t_s) > 0.8) * ((t_s > 2000) & (t_s < 2060))
    noise = 0.002 * np.random.default_rng(1).standard_normal((t_s.size, 3))
    limb = MotionRecording("limb.csv", t_s, np.column_stack((jerks, 0 * t_s, 1 + 0 * t_s)) + noise, 25.0)
    moments_s = np.delete(np.arange(0.0, 3000.0, 41.7), slice(38, 42))
    patch = TemperatureRecording("patch.csv", moments_s, np.round(39.2 - 8.0 * np.exp(-moments_s / 600.0), 2))
    together = offline.report([limb, patch], offline.Child())
    monkeypatch.setattr(playthrough, "batched", lambda events, _: events)
    assert offline.report([limb, patch], offline.Child()) == together
    rang = {condition["condition"] for condition in together["conditions"]}
    assert rang >= {"cannot_judge", "no_data", "fever", "seizure_like_movement"}
