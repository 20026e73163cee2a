"""`offline` is said of a hub that is gone, and not of one that comes back at once; over a real mosquitto."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from edge.mqtt import client
from edge.mqtt.link import Version
from tests.support.servers import Mosquitto, free_port, until

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]

STATUS, ACKNOWLEDGE = "feverhub/cot/status", "feverhub/cot/cmd/mother/acknowledge"


class Wire:
    """Carries bytes between hub and broker until it is cut."""

    def __init__(self, broker: Mosquitto) -> None:
        self.port = free_port()
        self._broker = broker
        self._server: asyncio.Server | None = None
        self._ends: list[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = []
        self._held: list[asyncio.StreamWriter] = []

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    def cut(self, *, broker_sees_it: bool = True) -> None:
        """Break what is connected, and take nothing more. Unless the broker sees it, it thinks the hub is there."""
        assert self._server is not None
        self._server.close()
        for to_hub, to_broker in self._ends:
            to_hub.transport.abort()
            if broker_sees_it:
                to_broker.transport.abort()
            else:
                self._held.append(to_broker)
        self._ends.clear()

    def close(self) -> None:
        self.cut()
        for to_broker in self._held:
            to_broker.transport.abort()

    async def _serve(self, from_hub: asyncio.StreamReader, to_hub: asyncio.StreamWriter) -> None:
        from_broker, to_broker = await asyncio.open_connection("127.0.0.1", self._broker.port)
        self._ends.append((to_hub, to_broker))
        await asyncio.gather(_carry(from_hub, to_broker), _carry(from_broker, to_hub))


async def _carry(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(4096):
            sink.write(data)
            await sink.drain()


@pytest.fixture
async def wire(broker) -> AsyncIterator[Wire]:
    carried = Wire(broker)
    await carried.mend()
    yield carried
    carried.close()


@pytest.mark.parametrize("broker_sees_it", [True, False], ids=["reset", "half-open"])
async def test_a_hub_that_comes_back_within_the_delay_was_never_offline(
    broker, start_hub, watch, wire, broker_sees_it
) -> None:
    phone = await watch(broker, STATUS)
    hub = await start_hub(broker.settings(port=wire.port))
    assert (await phone.next(30.0)).payload == b"online"
    wire.cut(broker_sees_it=broker_sees_it)
    await until(lambda: not hub.publisher.connected)
    await asyncio.sleep(0.5)  # the first attempt comes after a second at the earliest
    await wire.mend()
    await until(lambda: hub.publisher.connected)
    assert (await phone.next(5.0)).payload == b"online"
    with pytest.raises(TimeoutError):
        await phone.next(client.WILL_DELAY_S)


async def test_a_hub_that_stays_away_is_offline_after_it_and_online_when_it_is_back(
    broker, start_hub, watch, wire, monkeypatch
) -> None:
    monkeypatch.setattr(client, "WILL_DELAY_S", 2)
    phone = await watch(broker, STATUS)
    await start_hub(broker.settings(port=wire.port))
    assert (await phone.next(30.0)).payload == b"online"
    wire.cut()
    assert (await phone.next(30.0)).payload == b"offline"
    await wire.mend()
    assert (await phone.next(30.0)).payload == b"online"


async def test_with_3_1_1_it_is_offline_at_once(broker, start_hub, watch, wire) -> None:
    phone = await watch(broker, STATUS)
    await start_hub(broker.settings(port=wire.port, versions=(Version.V311,)))
    assert (await phone.next(30.0)).payload == b"online"
    wire.cut()
    assert (await phone.next(1.0)).payload == b"offline"


async def test_a_command_that_is_sent_meanwhile_arrives(broker, start_hub, watch, wire) -> None:
    mother = await watch(broker, "feverhub/cot/reply/mother", user="mother")
    hub = await start_hub(broker.settings(port=wire.port))
    wire.cut()
    await until(lambda: not hub.publisher.connected)
    mother.publish(ACKNOWLEDGE, b"{}")
    await asyncio.sleep(0.5)
    await wire.mend()
    await until(lambda: hub.commands != [])
    assert [(each.topic, each.payload) for each in hub.commands] == [(ACKNOWLEDGE, b"{}")]


async def test_a_command_whose_confirmation_was_lost_is_carried_out_once(broker, start_hub, watch, wire) -> None:
    mother = await watch(broker, "feverhub/cot/reply/mother", user="mother")
    carried_out, go_on = [], asyncio.Event()

    async def slow(message) -> None:
        carried_out.append(message.payload)
        await go_on.wait()

    hub = await start_hub(broker.settings(port=wire.port), on_command=slow)
    mother.publish(ACKNOWLEDGE, b"{}")
    await until(lambda: carried_out != [])
    wire.cut()  # before the hub has confirmed it
    await until(lambda: not hub.publisher.connected)
    await wire.mend()
    await until(lambda: hub.publisher.connected)
    go_on.set()
    mother.publish(ACKNOWLEDGE, b"the next")
    await until(lambda: b"the next" in carried_out)
    assert carried_out == [b"{}", b"the next"]
