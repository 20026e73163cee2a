"""Another client of the hub's id, and a crowd at the door: seen with a real mosquitto."""

import asyncio
import configparser
import contextlib
import resource
import socket
import ssl
from pathlib import Path

import pytest

from edge.mqtt.inbound import InboundQueue
from edge.mqtt.link import BrokerSettings, Link, Version
from tests.support.servers import SHIPPED, until

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]
EVENTS = "feverhub/cot/mia/event"


@contextlib.asynccontextmanager
async def intruder(broker, client_id, version=Version.V5, pause_s=0.0):
    """A viewer's account that connects under this id again and again. Gives the ends of its connections."""
    links = []

    async def intrude():
        while True:
            link = Link(broker.settings("grandmother"), version, InboundQueue(lambda: None, 10), client_id=client_id)
            links.append(link)
            link.start()
            await asyncio.sleep(0.05 + pause_s)

    task = asyncio.create_task(intrude())
    try:
        yield links
    finally:
        task.cancel()
        for link in links:
            link.abandon()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_client_that_takes_the_hubs_id_is_named_at_once(unused_tcp_port, start_hub) -> None:
    """mosquitto 2.0.11 just cuts the old connection; a broker that keeps to the standard says why (0x8E)."""

    async def serve(reader, writer):
        await reader.read(1000)
        writer.write(bytes.fromhex("2003000000"))  # CONNACK: success
        await asyncio.sleep(0.1)
        writer.write(bytes.fromhex("e0028e00"))  # DISCONNECT: session taken over
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", unused_tcp_port)
    settings = BrokerSettings("cot", "127.0.0.1", unused_tcp_port, versions=(Version.V5,), answer_timeout_s=1.0)
    hub = await start_hub(settings, connected=False)
    await until(lambda: hub.problems != [])
    assert hub.problems[0] == "another client took over this hub's client id"
    server.close()


async def test_with_mosquitto_the_pattern_of_drops_tells(broker, start_hub) -> None:
    hub = await start_hub(broker.settings(client_id="known"))
    async with intruder(broker, "known"):
        await until(lambda: hub.problems != [])
        assert "the link to the broker flaps, 3 times lost within a minute (" in hub.problems[0]


async def test_with_mqtt_3_the_pattern_of_drops_tells(broker, start_hub) -> None:
    hub = await start_hub(broker.settings(client_id="known", versions=(Version.V311,)))
    async with intruder(broker, "known", Version.V311):
        await until(lambda: hub.problems != [])
        assert hub.problems[0].startswith("the link to the broker flaps, 3 times lost within a minute (")


async def test_an_intruder_who_does_not_know_the_secret_id_disturbs_nothing(broker, journal, start_hub, watch) -> None:
    phone = await watch(broker, EVENTS)
    hub = await start_hub(broker.settings())
    async with intruder(broker, "feverhub-cot") as links:
        for number in range(20):
            journal.add(EVENTS, b"%d" % number)
            hub.publisher.wake()
            assert (await phone.next(5.0)).payload == b"%d" % number
            await asyncio.sleep(0.02)
        assert len(links) > 5
    assert hub.states == [(True, "")]
    assert hub.problems == []


def files_of(pid):
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


@pytest.mark.parametrize(("limit", "gets_in"), [(None, True), (1024, False)], ids=["as shipped", "systemd's default"])
async def test_eleven_hundred_idle_connections_keep_no_phone_out(broker, start_hub, limit, gets_in) -> None:
    """Opened from outside and then silent, as one visitor's script can."""
    unit = configparser.ConfigParser(strict=False)  # systemd takes a setting more than once
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(SHIPPED.parent / "systemd" / "mosquitto.service.d" / "feverhub.conf")
    files = limit or int(unit["Service"]["LimitNOFILE"])
    resource.prlimit(broker.pid, resource.RLIMIT_NOFILE, (files, files))
    hub = await start_hub(broker.settings())
    context = ssl.create_default_context(cafile=str(broker.ca_file))

    def phone() -> bool:
        try:
            with (
                socket.create_connection(("127.0.0.1", broker.tls_port), timeout=5.0) as raw,
                context.wrap_socket(raw, server_hostname="localhost") as wrapped,
            ):
                return wrapped.version() is not None
        except OSError:
            return False

    with contextlib.ExitStack() as stack:
        for _ in range(1100):
            stack.enter_context(socket.create_connection(("127.0.0.1", broker.tls_port), timeout=20.0))
        await until(lambda: files_of(broker.pid) >= min(1100, files - 5), 40.0)
        assert await asyncio.to_thread(phone) is gets_in
        assert hub.publisher.connected
