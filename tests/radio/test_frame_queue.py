"""The bounded hand-over."""

import asyncio

from edge.model.alarm import Condition
from edge.model.event import FaultReported, FrameReceived
from edge.radio.frame_queue import FrameQueue


def frame(number):
    return FrameReceived("d", "characteristic:2a1c", bytes([number]))


async def drained(queue, wanted):
    events, enough = [], asyncio.Event()

    async def emit(event):
        events.append(event)
        if len(events) == wanted:
            enough.set()

    pump = asyncio.create_task(queue.pump(emit))
    await asyncio.wait_for(enough.wait(), 5)
    await asyncio.sleep(0.01)
    pump.cancel()
    await asyncio.gather(pump, return_exceptions=True)
    return events


async def test_frames_keep_their_order():
    queue = FrameQueue()
    for number in range(100):
        queue.frame(frame(number))
    assert [event.payload[0] for event in await drained(queue, 100)] == list(range(100))


async def test_when_full_the_oldest_go_and_it_is_said_once_and_taken_back_when_empty():
    queue = FrameQueue(capacity=10)
    for number in range(25):
        queue.frame(frame(number))
    assert queue.dropped == 15
    events = await drained(queue, 12)
    assert [event.payload[0] for event in events if isinstance(event, FrameReceived)] == list(range(15, 25))
    first, last = events[0], events[-1]
    assert (first.condition, first.present) == (Condition.HUB_DEGRADED, True)
    assert (last.condition, last.present) == (Condition.HUB_DEGRADED, False)
    assert "15" in last.detail
    assert len(events) == 12


async def test_of_a_fault_only_the_newest_waits_and_it_goes_first():
    queue = FrameQueue()
    queue.frame(frame(1))
    queue.fault(FaultReported(Condition.ADAPTER_DOWN, True, "a"))
    queue.fault(FaultReported(Condition.ADAPTER_DOWN, True, "b"))
    assert await drained(queue, 2) == [FaultReported(Condition.ADAPTER_DOWN, True, "b"), frame(1)]
