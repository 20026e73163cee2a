"""What `app` may expect of any FrameSource; recordings and the radio both pass."""

import asyncio

import numpy as np
import pytest
from bumble.core import AdvertisingData

from edge.host.virtual_clock import VirtualClock
from edge.model.event import FaultReported, Tick
from edge.radio.bleak_source import BleakSource
from edge.recordings.files import MotionRecording, TemperatureRecording
from edge.recordings.playback import Playback
from tests.support.air.rig import PROFILES, QuickClock, device

DEVICES = {"one", "two"}


def recordings(_):
    t_s = np.arange(0, 600, 0.02)
    motion = MotionRecording("a.csv", t_s, np.ones((t_s.size, 3)), 50.0)
    temperature = TemperatureRecording("b.csv", np.arange(0, 600, 30.0), np.full(20, 36.6))
    return Playback([("one", motion), ("two", temperature)], VirtualClock(50, 600).reach)


def radio(air):
    return BleakSource(
        [device(name, "beacon") for name in sorted(DEVICES)], PROFILES, QuickClock(50), backend=air.backend()
    )


@pytest.fixture(params=[recordings, radio])
async def source(request, air):
    for address in ("C0:00:00:00:00:01", "C0:00:00:00:00:02"):
        data = (AdvertisingData.Type.MANUFACTURER_SPECIFIC_DATA, b"\x99\x04" + address.encode()[-1:])
        await air.peripheral("Beacon", address, connectable=False, advertised=[data])
    return request.param(air)


async def collect(source, wanted, emit_s=0.0):
    """Run until `wanted` events came, then cancel; the events and how many were handed over at the same time."""
    events, inside, most, enough = [], 0, 0, asyncio.Event()

    async def emit(event):
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(emit_s)
        events.append(event)
        inside -= 1
        if len(events) >= wanted:
            enough.set()

    running = asyncio.create_task(source.run(emit))
    await asyncio.wait_for(enough.wait(), 20)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert running.cancelled()
    return events, most


async def test_events_are_of_configured_devices_and_every_one_of_them_is_heard(source):
    events, _ = await collect(source, 40)
    assert {event.device for event in events if not isinstance(event, FaultReported | Tick)} == DEVICES


async def test_one_event_is_handed_over_at_a_time_however_slow_the_receiver(source):
    _, most = await collect(source, 20, emit_s=0.01)
    assert most == 1


async def test_after_cancellation_nothing_more_is_handed_over(source):
    events, _ = await collect(source, 10)
    count = len(events)
    await asyncio.sleep(0.1)
    assert len(events) == count


async def test_an_error_of_the_receiver_ends_it_and_is_not_swallowed(source):
    async def emit(event):
        raise ZeroDivisionError("a bug downstream")

    with pytest.raises(ZeroDivisionError, match="downstream"):
        await asyncio.wait_for(source.run(emit), 20)
