"""The bounded hand-over."""

import asyncio

from edge.model.alarm import Condition
from edge.model.event import FaultReported, FrameHeard
from edge.radio.mailbox import Mailbox


def frame(number):
    return FrameHeard("d", "characteristic:2a1c", bytes([number]))


async def drained(box, wanted):
    events, enough = [], asyncio.Event()

    async def emit(event):
        events.append(event)
        if len(events) == wanted:
            enough.set()

    pump = asyncio.create_task(box.pump(emit))
    await asyncio.wait_for(enough.wait(), 5)
    await asyncio.sleep(0.01)
    pump.cancel()
    await asyncio.gather(pump, return_exceptions=True)
    return events


async def test_frames_keep_their_order():
    box = Mailbox()
    for number in range(100):
        box.frame(frame(number))
    assert [event.payload[0] for event in await drained(box, 100)] == list(range(100))


async def test_when_full_the_oldest_go_and_it_is_said_once_and_taken_back_when_empty():
    box = Mailbox(capacity=10)
    for number in range(25):
        box.frame(frame(number))
    assert box.dropped == 15
    events = await drained(box, 12)
    assert [event.payload[0] for event in events if isinstance(event, FrameHeard)] == list(range(15, 25))
    first, last = events[0], events[-1]
    assert (first.condition, first.present) == (Condition.HUB_DEGRADED, True)
    assert (last.condition, last.present) == (Condition.HUB_DEGRADED, False)
    assert "15" in last.detail
    assert len(events) == 12


async def test_of_a_fault_only_the_newest_waits_and_it_goes_first():
    box = Mailbox()
    box.frame(frame(1))
    box.fault(FaultReported(Condition.ADAPTER_DOWN, True, "a"))
    box.fault(FaultReported(Condition.ADAPTER_DOWN, True, "b"))
    assert await drained(box, 2) == [FaultReported(Condition.ADAPTER_DOWN, True, "b"), frame(1)]
