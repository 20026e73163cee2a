"""One connection to a real mosquitto, seen from its inbound."""

import asyncio
import gc
import socket
import sys
import weakref

import pytest

from edge.mqtt.inbound import Accepted, Answered, Ended, InboundQueue, Incoming, LinkEvent, Opened, Subscribed
from edge.mqtt.link import Link, Version
from edge.mqtt.properties import RECEIVE_MAXIMUM
from tests.support.servers import Mosquitto, until

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]


class Recorder(InboundQueue):
    """Keeps every event; the first confirmation makes it fail, as a mistake of ours in a callback would."""

    def __init__(self, *, fails: bool = False, limit: int = 10) -> None:
        super().__init__(lambda: None, limit)
        self.seen: list[LinkEvent] = []
        self._fails = fails

    def put(self, event: LinkEvent) -> bool:
        if self._fails and isinstance(event, Answered):
            self._fails = False
            raise ValueError("a mistake of ours")
        self.seen.append(event)
        return True

    def count(self, kind: type) -> int:
        return len([event for event in self.seen if isinstance(event, kind)])


async def opened(broker: Mosquitto, recorder: Recorder, **changes: object) -> Link:
    link = Link(broker.settings(keepalive_s=1, **changes), Version.V5, recorder, client_id="one")
    link.start()
    await until(lambda: recorder.count(Accepted) == 1)
    assert isinstance(recorder.seen[0], Opened)
    return link


async def test_nothing_waits_to_be_sent_in_one_packet_with_what_follows(broker) -> None:
    link = await opened(broker, Recorder())
    sock = link._client.socket()
    assert isinstance(sock, socket.socket)
    assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    link.close()


async def test_an_error_in_a_callback_does_not_end_the_network_thread(broker) -> None:
    recorder = Recorder(fails=True)
    link = await opened(broker, recorder)
    link.publish("feverhub/cot/event", b"1", retain=False)
    link.publish("feverhub/cot/event", b"2", retain=False)
    await until(lambda: recorder.count(Answered) == 1)
    assert recorder.count(Ended) == 0
    link.close()


@pytest.mark.parametrize("how", ["kill", "stop", "freeze"])
async def test_the_end_comes_exactly_once(broker, how: str) -> None:
    recorder = Recorder()
    link = await opened(broker, recorder)
    getattr(broker, how)()
    await until(lambda: recorder.count(Ended) > 0)
    await asyncio.sleep(0.3)
    assert recorder.count(Ended) == 1
    link.close()


async def test_a_second_client_with_the_same_id_ends_the_first(broker) -> None:
    """mosquitto 2.0.11 does not say why (0x8E)."""
    first, second = Recorder(), Recorder()
    links = [await opened(broker, first), await opened(broker, second)]
    await until(lambda: first.count(Ended) == 1)
    assert first.seen[-1] == Ended("the connection to the broker was cut", wordless=True)
    links[1].close()


async def test_a_connection_given_up_while_it_was_being_made_never_reaches_the_broker(broker) -> None:
    """Else it would, much later, push out the connection that took its place."""
    recorder = Recorder()
    link = Link(broker.settings(), Version.V5, recorder, client_id="one")
    link.abandon()
    link.start()
    await until(lambda: recorder.count(Ended) == 1)
    assert recorder.count(Accepted) == 0


async def test_the_broker_holds_back_what_is_not_acknowledged(broker) -> None:
    recorder = Recorder(limit=100)
    link = Link(broker.settings(), Version.V5, recorder, client_id="one", filters=("feverhub/cot/event",))
    link.start()
    await until(lambda: recorder.count(Subscribed) == 1)
    for number in range(40):
        link.publish("feverhub/cot/event", b"%d" % number, retain=False)
        await until(lambda wanted=number + 1: recorder.count(Answered) == wanted)
    assert recorder.count(Incoming) == RECEIVE_MAXIMUM
    done: set[int] = set()
    while len(done) < 40:
        await until(lambda: recorder.count(Incoming) > len(done))
        for event in list(recorder.seen):
            if isinstance(event, Incoming) and int(event.payload) not in done:
                done.add(int(event.payload))
                link.acknowledge(event)
    assert recorder.count(Incoming) == 40
    link.close()


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("how", ["close", "abandon"])
async def test_a_connection_let_go_leaves_nothing_to_the_garbage_collector(broker, how: str, tls: bool) -> None:
    """In a month of a bad network there are many; paho closes its inner sockets only when the client object dies."""
    changes = {"tls": True, "port": broker.tls_port, "ca_file": broker.ca_file} if tls else {}
    link = await opened(broker, Recorder(), **changes)
    client = weakref.ref(link._client)
    gc.disable()
    try:
        getattr(link, how)()
        del link
        await until(lambda: client() is None)
    finally:
        gc.enable()


async def test_certificates_that_cannot_be_foretold_cost_no_connection(broker, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography", None)
    recorder = Recorder()
    link = await opened(broker, recorder, tls=True, port=broker.tls_port, ca_file=broker.ca_file)
    [accepted] = [event for event in recorder.seen if isinstance(event, Accepted)]
    assert accepted.certificate_ends == {}
    link.close()
