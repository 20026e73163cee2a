"""A broker that is killed has forgotten what it confirmed since it last saved: the hub sends that again."""

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
from contextlib import asynccontextmanager
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from edge.mqtt.client import MqttPublisher
from edge.ports import OutgoingMessage
from edge.storage.journal import SqliteJournal
from tests.support.servers import until

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]
EVENT, STATE = "feverhub/cot/mia/event", "feverhub/cot/mia/alarm/fever"
SCRIPT = Path(__file__).with_name("hub_process.py")


class SleepingPhone:
    """Keeps its session at the broker, and is away now and then."""

    def __init__(self, broker):
        self._broker = broker
        self.heard = []

    def come(self, seconds=1.5):
        subscribed = threading.Event()
        client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id="phone", protocol=paho.MQTTv5)
        client.username_pw_set("mother", self._broker.users["mother"])
        client.on_message = lambda _client, _data, message: self.heard.append(message.topic)
        client.on_subscribe = lambda *_: subscribed.set()
        client.on_connect = lambda it, *_: it.subscribe([(EVENT, 1), (STATE, 1)])
        session = Properties(PacketTypes.CONNECT)
        session.SessionExpiryInterval = 3600
        client.connect("127.0.0.1", self._broker.port, 30, clean_start=False, properties=session)
        client.loop_start()
        assert subscribed.wait(10.0)
        time.sleep(seconds)
        client.disconnect()
        client.loop_stop()


@asynccontextmanager
async def hub(broker, journal):
    """A publisher that is connected, and says goodbye at the end."""
    publisher = MqttPublisher(
        broker.settings(),
        journal,
        asyncio.to_thread,
        on_state=lambda *_: None,
        on_problem=lambda _: None,
        on_command=lambda _: asyncio.sleep(0),
    )
    task = asyncio.create_task(publisher.run())
    try:
        await until(lambda: publisher.connected)
        yield publisher
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
def journal(tmp_path, monkeypatch):
    monkeypatch.setattr("edge.mqtt.reconnect.BACKOFF_MIN_S", 0.1)
    opened = SqliteJournal(tmp_path / "journal.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def phone(broker):
    """Known to the broker for longer than its five minutes, and away."""
    made = SleepingPhone(broker)
    made.come(0.1)
    broker.save()
    return made


def tell(journal):
    payload = json.dumps({"id": "fever-1", "sequence": 1}).encode()
    journal.record([], [OutgoingMessage(EVENT, payload, retain=False, alarm_id="fever-1")], time.time())


async def sent(journal):
    await asyncio.sleep(0.5)
    await until(lambda: journal.waiting()[0] == 0)


async def told(publisher, journal):
    tell(journal)
    publisher.wake()
    await sent(journal)


async def killed_and_back(broker, publisher, journal):
    await broken(broker)
    await until(lambda: publisher.connections == 2)
    await sent(journal)


async def broken(broker):
    await asyncio.to_thread(broker.kill)
    await asyncio.to_thread(broker.start)


@pytest.mark.parametrize("reopened", [True, False], ids=["the hub sends it again", "without that it is lost"])
async def test_an_event_that_a_killed_broker_had_confirmed_reaches_a_phone_that_was_away(
    broker, journal, phone, monkeypatch, reopened
):
    if not reopened:
        monkeypatch.setattr(SqliteJournal, "reopen", lambda *_: None)
    async with hub(broker, journal) as publisher:
        await told(publisher, journal)
        await killed_and_back(broker, publisher, journal)
    await asyncio.to_thread(phone.come)
    assert phone.heard == ([EVENT] if reopened else [])


async def test_a_broker_that_froze_before_it_was_killed_has_forgotten_as_much(broker, journal, phone, monkeypatch):
    """What the hub gives up by itself, as too slow, was not the broker's goodbye either."""
    monkeypatch.setattr("edge.mqtt.session.STALL_S", 1.0)
    async with hub(broker, journal) as publisher:
        await told(publisher, journal)
        broker.freeze()
        publisher.show(STATE, b"{}")
        await until(lambda: not publisher.connected)
        await killed_and_back(broker, publisher, journal)
    await asyncio.to_thread(phone.come)
    assert EVENT in phone.heard


async def test_an_event_reaches_her_too_where_a_power_cut_took_hub_and_broker(broker, phone, tmp_path):
    file = tmp_path / "journal.sqlite"
    journal = SqliteJournal(file)
    tell(journal)
    command = [sys.executable, str(SCRIPT), str(broker.port), broker.users["hub"], str(file)]
    environment = {**os.environ, "PYTHONPATH": str(SCRIPT.parents[2])}
    process = await asyncio.create_subprocess_exec(*command, env=environment, stderr=subprocess.DEVNULL)
    try:
        await until(lambda: journal.waiting()[0] == 0)
    finally:
        process.kill()
        await process.wait()
    await broken(broker)
    async with hub(broker, journal):
        await sent(journal)
    journal.close()
    await asyncio.to_thread(phone.come)
    assert phone.heard == [EVENT]


async def test_a_hub_that_said_goodbye_sends_nothing_again_at_its_next_start(broker, journal, monkeypatch):
    """Each change once: only an end without a word is a reason to doubt the broker's memory."""
    async with hub(broker, journal):
        await sent(journal)
    reopened = []
    monkeypatch.setattr(SqliteJournal, "reopen", lambda *_: reopened.append(1))
    async with hub(broker, journal):
        await sent(journal)
        assert reopened == []
    async with hub(broker, journal) as publisher:
        await sent(journal)
        assert reopened == []
        await broken(broker)
        await until(lambda: publisher.connections == 2 and reopened == [1])
