"""What the real publisher and the fake in tests/support/fakes both do."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from edge.mqtt.subscriber import Subscriber
from edge.ports import Publisher
from tests.support.fakes.publisher import FakePublisher
from tests.support.servers import until

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]

EVENTS = "feverhub/cot/mia/event"
VALUE = "feverhub/cot/mia/temperature/patch"


@dataclass
class Rig:
    publisher: Publisher
    outage: Callable[[], None]
    recovery: Callable[[], None]
    values: Callable[[], "AsyncIterator[bytes]"]


@pytest.fixture(params=["fake", "mosquitto"])
async def rig(request, journal, broker, start_hub) -> AsyncIterator[Rig]:
    if request.param == "fake":
        fake = FakePublisher(journal)

        async def shown() -> AsyncIterator[bytes]:
            yield fake.shown[VALUE]

        task = asyncio.create_task(fake.run())
        yield Rig(fake, lambda: fake.set_up(False), lambda: fake.set_up(True), shown)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    else:
        hub = await start_hub(broker.settings(), connected=False)

        async def kept() -> AsyncIterator[bytes]:
            async with Subscriber(broker.settings(), VALUE) as phone:
                yield (await phone.next(30.0)).payload

        yield Rig(hub.publisher, broker.kill, lambda: broker.start() and None, kept)


async def test_is_connected_only_while_it_runs_and_the_broker_is_there(rig: Rig) -> None:
    await until(lambda: rig.publisher.connected)
    rig.outage()
    await until(lambda: not rig.publisher.connected)
    rig.recovery()
    await until(lambda: rig.publisher.connected)


async def test_confirms_what_the_outbox_holds_when_woken(rig: Rig, journal) -> None:
    await until(lambda: rig.publisher.connected)
    journal.add(EVENTS, b"1")
    journal.add(EVENTS, b"2")
    rig.publisher.wake()
    await until(lambda: journal.confirmed == [1, 2])


async def test_confirms_nothing_while_the_broker_is_away_and_all_when_it_is_back(rig: Rig, journal) -> None:
    await until(lambda: rig.publisher.connected)
    rig.outage()
    await until(lambda: not rig.publisher.connected)
    journal.add(EVENTS, b"1")
    rig.publisher.wake()
    await asyncio.sleep(0.1)
    assert journal.confirmed == []
    rig.recovery()
    await until(lambda: journal.confirmed == [1])


async def test_shows_the_newest_of_the_values_of_an_outage(rig: Rig) -> None:
    await until(lambda: rig.publisher.connected)
    rig.outage()
    await until(lambda: not rig.publisher.connected)
    rig.publisher.show(VALUE, b"37.1")
    rig.publisher.show(VALUE, b"37.2")
    rig.recovery()
    await until(lambda: rig.publisher.connected)
    await asyncio.sleep(0.2)
    assert [value async for value in rig.values()] == [b"37.2"]
