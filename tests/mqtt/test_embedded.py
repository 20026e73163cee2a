"""The demo's broker speaks MQTT 3.1.1 only: the publisher and the subscriber come down to it."""

import asyncio
import contextlib

import pytest

from edge.errors import Unreachable
from edge.mqtt.embedded import embedded_broker
from edge.mqtt.link import BrokerSettings, Version
from edge.mqtt.subscriber import Subscriber
from tests.support.servers import until

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]


OLD = (Version.V311,)


async def test_hub_and_caregiver_meet_over_3_1_1(journal, start_hub) -> None:
    async with embedded_broker() as (host, port):
        settings = BrokerSettings("cot", host, port, versions=OLD)
        async with Subscriber(settings, "feverhub/cot/#") as phone:
            hub = await start_hub(settings)
            journal.add("feverhub/cot/mia/event", b"x")
            hub.publisher.wake()
            heard = {(m.topic, m.payload) for m in [await phone.next(30.0) for _ in range(2)]}
            assert heard == {("feverhub/cot/status", b"online"), ("feverhub/cot/mia/event", b"x")}
            await until(lambda: not journal.rows)
            phone.publish("feverhub/cot/cmd/mother/test", b"{}")
            await until(lambda: [m.payload for m in hub.commands] == [b"{}"])
            assert hub.states == [(True, "")]
            await hub.stop()


async def test_a_broker_that_is_mute_to_version_5_is_asked_again_in_3_1_1(journal, start_hub) -> None:
    """amqtt waits for the rest of a CONNECT whose properties it does not know."""
    async with embedded_broker() as (host, port):
        journal.add("feverhub/cot/mia/event", b"x")
        hub = await start_hub(BrokerSettings("cot", host, port, answer_timeout_s=0.5))
        assert hub.publisher.version is Version.V311
        await until(lambda: not journal.rows)
        assert hub.states == [(True, "")]
        await hub.stop()


@pytest.mark.parametrize("answer", [b"\x20\x02\x00\x01", b"\x20\x03\x00\x84\x00", b""])
async def test_a_broker_that_refuses_version_5_is_asked_again_in_3_1_1(start_hub, monkeypatch, answer: bytes) -> None:
    """The refusal as brokers of 3.1.1 (section 3.2.2.3) and of 5 (section 3.2.2.2) send it, or a hang-up.

    No broker at hand answers so to this client; the bytes are the standards'.
    """

    monkeypatch.setattr("edge.mqtt.client.GOODBYE_S", 0.1)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer):
            connect = await reader.read(1024)
            if connect[8] == 4:  # the protocol level
                writer.write(b"\x20\x02\x00\x00")
                await reader.read()
            else:
                writer.write(answer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        hub = await start_hub(BrokerSettings("cot", "127.0.0.1", port))
        assert hub.publisher.version is Version.V311
        assert hub.states == [(True, "")]
        await hub.stop()


async def test_a_taken_port_is_one_sentence() -> None:
    async with embedded_broker() as (_, port):
        with pytest.raises(Unreachable, match=f"cannot listen at 127.0.0.1:{port}"):
            async with embedded_broker(port):
                pass


async def test_a_subscriber_says_that_its_broker_has_gone() -> None:
    async with contextlib.AsyncExitStack() as stack:
        async with embedded_broker() as (host, port):
            settings = BrokerSettings("cot", host, port, versions=OLD)
            phone = await stack.enter_async_context(Subscriber(settings, "feverhub/#"))
        with pytest.raises(Unreachable, match="cut"):
            await phone.next(30.0)
