"""A loop that stalls, as when a card takes seconds for a write: what arrived meanwhile counts as of its arrival."""

import asyncio
import contextlib
import struct

import numpy as np
import pytest

from edge.model.effect import KeepMotion, KeepReading
from edge.model.event import FrameReceived, ReadingReceived, Tick
from edge.model.reading import Quantity, Reading, Unit
from tests.support.homes import COT

WITH_WATCH = (
    COT
    + """
[[device]]
id = "ankle"
profile = "osd_watch"
person = "mia"
limb = "left_ankle"
options = { format = "1" }
"""
)
MAGNITUDE = "characteristic:000085e9-0001-1000-8000-00805f9b34fb"
BODY_37 = bytes.fromhex("04720100ff02")
SAMPLES, RATE_HZ = 9, 25.0
PACKET_S = SAMPLES / RATE_HZ


def packet(number):
    """Nine magnitudes that nothing else sends, and the two bytes that the watch leaves over."""
    return struct.pack("<9H2x", *(1000 + (number * SAMPLES + i) % 50 for i in range(SAMPLES)))


@contextlib.asynccontextmanager
async def stalled(parts):
    """A hub that has begun and does not get to its events before the block ends; gives what it hands to the store."""
    kept = []
    parts.made.recording.reading_writer.execute = lambda effect, _state: kept.append(effect)
    await parts.made.begin()
    yield kept
    work = asyncio.ensure_future(parts.hub.work())
    await parts.made.queue.idle.wait()
    work.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await work


async def test_samples_that_waited_for_five_seconds_are_placed_where_they_arrived(make_hub):
    parts = make_hub(text=WITH_WATCH)
    begun_s = parts.clock.now().wall_s
    arrivals_s = []
    async with stalled(parts) as kept:
        for number in range(14):
            await parts.clock.advance(PACKET_S)
            arrivals_s.append(parts.clock.now().wall_s - begun_s)
            await parts.made.queue.put(
                FrameReceived("ankle", MAGNITUDE, packet(number), None, parts.clock.now().mono_s)
            )
        await parts.clock.advance(0.5)
    blocks = [item for item in kept if isinstance(item, KeepMotion)]
    assert len(blocks) == 14
    ends_s = [block.wall_s[-1] - begun_s for block in blocks]
    assert ends_s == pytest.approx(arrivals_s, abs=0.02)
    times_s = np.concatenate([block.wall_s for block in blocks])
    assert np.diff(times_s) == pytest.approx(np.full(len(times_s) - 1, 1 / RATE_HZ), abs=0.01)
    assert parts.hub.state.sensors["ankle"].last_seen_s == pytest.approx(14 * PACKET_S)


async def test_a_reading_that_waited_is_stamped_with_its_arrival_and_never_with_the_future(make_hub):
    parts = make_hub()
    begun_s = parts.clock.now().wall_s
    async with stalled(parts) as kept:
        await parts.made.queue.put(FrameReceived("patch", "characteristic:2a1c", BODY_37, None, 0.0))
        await parts.made.queue.put(FrameReceived("patch", "characteristic:2a1c", BODY_37, None, 99.0))
        await parts.clock.advance(5.0)
    assert [item.wall_s - begun_s for item in kept if isinstance(item, KeepReading)] == [0.0, 5.0]


@pytest.mark.parametrize(("arrives", "told"), [(True, []), (False, ["no_data"])])
async def test_a_sensor_whose_frame_waits_behind_a_late_tick_is_not_silent(make_hub, arrives, told):
    """Its deadline passes while the loop stands still; the frame came before it, the tick is stepped after it."""
    parts = make_hub()
    async with parts.running():
        await parts.hear(ReadingReceived("patch", Reading(Quantity.TEMPERATURE, 37.0, Unit.CELSIUS)))
    before = len(parts.journal.alarms)
    limit_s = parts.hub.state.sensors["patch"].deadline_s()
    await parts.clock.advance(limit_s - 4.0)
    await parts.made.queue.put(Tick(parts.clock.now().mono_s))
    await parts.clock.advance(2.0)
    if arrives:
        await parts.made.queue.put(
            FrameReceived("patch", "characteristic:2a1c", BODY_37, None, parts.clock.now().mono_s)
        )
    await parts.clock.advance(3.0)
    await parts.made.queue.put(Tick(parts.clock.now().mono_s))
    work = asyncio.ensure_future(parts.hub.work())
    await parts.made.queue.idle.wait()
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    assert [str(alarm.key.condition) for alarm in parts.journal.alarms[before:]] == told


async def test_a_frame_that_waited_does_not_make_a_silence_younger(make_hub):
    parts = make_hub()
    async with stalled(parts):
        await parts.made.queue.put(
            FrameReceived("patch", "characteristic:2a1c", BODY_37, None, parts.clock.now().mono_s)
        )
        limit_s = parts.hub.state.sensors["patch"].deadline_s()
        await parts.clock.advance(limit_s + 1.0)
        await parts.made.queue.put(Tick(parts.clock.now().mono_s))
    assert parts.standing()["no_data"] == "on"
