"""A sounder in another room: `what it hears -> what sounds`, and when the hub is gone."""

import asyncio
import contextlib
import json
import socket

import pytest

from edge.app.client import remote_sounder
from edge.app.client.remote_sounder import HubState
from edge.host.notify import Systemd
from edge.mqtt.inbound import Incoming
from edge.mqtt.subscriber import Subscriber
from edge.mqtt.topics import Topics
from tests.support.fakes.notifier import FakeSounder
from tests.support.servers import mosquitto, until

TOPICS = Topics("cot")
ALARM = b'{"schema": 1, "pattern": "high", "level_percent": 100}'
QUIET = b'{"schema": 1, "pattern": "", "level_percent": 100}'


def sounds(*steps):
    """Plays `(seconds, topic, payload)` and gives what sounds after each."""
    hub, found = HubState(0.0, 0.0), []
    for at_s, topic, payload in steps:
        for second in range(int(hub.well_s), at_s):
            hub = hub.there(float(second))
        if topic:
            hub = hub.take(TOPICS, Incoming(f"feverhub/cot/{topic}", payload), float(at_s))
        hub = hub.there(float(at_s))
        found.append(hub.wanted(float(at_s))[0])
    return found


ONLINE, OFFLINE = (0, "status", b"online"), (100, "status", b"offline")


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([ONLINE, (1, "sounder", ALARM), (5, "sounder", QUIET)], ["", "high", ""]),
        ([ONLINE, (80, "", b"")], ["", ""]),
        ([ONLINE, (200, "", b"")], ["", "technical"]),
        ([ONLINE, (80, "health", b"{}"), (160, "health", b"{}")], ["", "", ""]),
        ([ONLINE, (80, "health", b"{}"), OFFLINE, (155, "", b""), (165, "", b"")], ["", "", "", "", "technical"]),
        ([ONLINE, (50, "sounder", ALARM), OFFLINE, (300, "", b"")], ["", "high", "high", "high"]),
        ([(59, "", b""), (61, "", b"")], ["", "technical"]),
        ([(61, "", b""), (62, "status", b"online")], ["technical", ""]),
    ],
)
def test_what_sounds(steps, expected):
    assert sounds(*steps) == expected


@pytest.mark.parametrize(
    "payload", [b"", b"{", b"[]", b"5", b'{"pattern": "fanfare"}', b'{"pattern": "high", "level_percent": "x"}']
)
def test_nonsense_does_not_silence_an_alarm(payload):
    assert sounds(ONLINE, (1, "sounder", ALARM), (2, "sounder", payload)) == ["", "high", "high"]


def test_a_level_that_cannot_be_heard_is_not_taken():
    hub = HubState(0.0, 0.0).take(
        TOPICS, Incoming("feverhub/cot/sounder", b'{"pattern": "medium", "level_percent": 0}'), 0.0
    )
    assert hub.wanted(0.0) == ("medium", 20)


def test_an_old_test_that_the_broker_kept_is_not_played():
    kept = Incoming("feverhub/cot/sounder", b'{"pattern": "test"}', retained=True)
    assert HubState(0.0, 0.0).take(TOPICS, kept, 0.0).wanted(0.0)[0] == ""


@pytest.mark.system
@pytest.mark.enable_socket
async def test_over_a_real_broker_with_the_shipped_access_list(tmp_path, monkeypatch):
    monkeypatch.setattr(remote_sounder, "GONE_S", 1.5)
    monkeypatch.setattr(remote_sounder, "AGAIN_S", 0.1)
    monkeypatch.setattr(remote_sounder, "LOOK_S", 0.1)
    sounder = FakeSounder()
    users = {"hub": "hub-secret", "parents_room": "parents-secret"}
    with mosquitto(tmp_path, password_users=users) as broker:
        monkeypatch.setattr(remote_sounder, "broker_settings", lambda _: broker.settings("parents_room"))
        task = asyncio.ensure_future(remote_sounder.listen(None, sounder))
        try:
            async with Subscriber(broker.settings("hub")) as hub:
                hub.publish("feverhub/cot/status", b"online", retain=True)
                hub.publish("feverhub/cot/sounder", ALARM, retain=True)
                await until(lambda: sounder.sounding == "high")
                hub.publish("feverhub/cot/sounder", json.dumps({"pattern": "test"}).encode())
                await until(lambda: sounder.sounding == "test")
                hub.publish("feverhub/cot/sounder", QUIET, retain=True)
                await asyncio.sleep(0.3)
                assert sounder.sounding == "test", "a test ends by itself"
            broker.kill()
            await until(lambda: sounder.sounding == "technical", 10.0)
            broker.start()
            async with Subscriber(broker.settings("hub")) as hub:
                hub.publish("feverhub/cot/status", b"online", retain=True)
                await until(lambda: sounder.sounding == "", 10.0)
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


@pytest.mark.enable_socket
async def test_the_watchdog_is_fed_while_the_listener_goes_round_and_not_when_it_stands_still(tmp_path, monkeypatch):
    monkeypatch.setattr(remote_sounder, "STALE_S", 0.3)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.setblocking(False)
        systemd = Systemd({"NOTIFY_SOCKET": manager.getsockname(), "WATCHDOG_USEC": "40000"})
        pulse = remote_sounder.Pulse(systemd, asyncio.get_running_loop().time)
        task = asyncio.ensure_future(pulse.run())
        try:
            for _ in range(10):
                pulse.beat("no broker")
                await asyncio.sleep(0.02)
            said = heard_by(manager)
            assert said[0] == "STATUS=no broker"
            assert {"READY=1", "WATCHDOG=1"} <= set(said)
            await asyncio.sleep(0.5)
            heard_by(manager)
            await asyncio.sleep(0.1)
            assert heard_by(manager) == []
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


def heard_by(manager):
    words = []
    with contextlib.suppress(BlockingIOError):
        while True:
            words.append(manager.recv(4096).decode())
    return words
