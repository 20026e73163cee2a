"""From other threads to the loop, bounded."""

import asyncio
import threading

from edge.mqtt.inbound import Answered, Ended, InboundQueue, Incoming
from tests.support.servers import until


async def test_messages_beyond_the_limit_are_dropped_and_counted_but_no_confirmation_is() -> None:
    inbound = InboundQueue(lambda: None, limit=10)
    for number in range(25):
        inbound.put(Incoming("t", b"%d" % number))
        inbound.put(Answered(number, 0, "success"))
    events, dropped = inbound.take()
    assert dropped == 15
    assert [event.payload for event in events if isinstance(event, Incoming)] == [b"%d" % n for n in range(10)]
    assert len([event for event in events if isinstance(event, Answered)]) == 25
    assert inbound.put(Incoming("t", b"again"))
    assert inbound.take() == ([Incoming("t", b"again")], 0)


async def test_a_batch_from_another_thread_wakes_the_loop_once() -> None:
    woken: list[int] = []
    inbound = InboundQueue(lambda: woken.append(threading.get_ident()), limit=1000)
    thread = threading.Thread(target=lambda: [inbound.put(Incoming("t", b"")) for _ in range(500)])
    thread.start()
    thread.join()
    await until(lambda: woken != [])
    await asyncio.sleep(0.05)
    assert woken == [threading.get_ident()]
    assert len(inbound.take()[0]) == 500


def test_after_the_loop_has_gone_nobody_is_notified_and_nothing_breaks() -> None:
    async def make() -> InboundQueue:
        return InboundQueue(lambda: None, limit=1)

    assert not asyncio.run(make()).put(Ended("late"))
