"""A broker that is killed has forgotten what it confirmed since it last saved: the hub sends that again."""

import asyncio
import json
import threading
import time

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


@pytest.mark.parametrize("reopened", [True, False], ids=["the hub sends it again", "without that it is lost"])
async def test_an_event_that_a_killed_broker_had_confirmed_reaches_a_phone_that_was_away(
    broker, tmp_path, monkeypatch, reopened
):
    monkeypatch.setattr("edge.mqtt.reconnect.BACKOFF_MIN_S", 0.1)
    if not reopened:
        monkeypatch.setattr(SqliteJournal, "reopen", lambda *_: None)
    phone = SleepingPhone(broker)
    await asyncio.to_thread(phone.come, 0.1)
    await asyncio.to_thread(broker.save)
    journal = SqliteJournal(tmp_path / "journal.sqlite")
    publisher = MqttPublisher(
        broker.settings(),
        journal,
        asyncio.to_thread,
        on_state=lambda *_: None,
        on_problem=lambda _: None,
        on_command=lambda _: asyncio.sleep(0),
    )
    task = asyncio.create_task(publisher.run())
    await until(lambda: publisher.connected)
    payload = json.dumps({"id": "fever-1", "sequence": 1}).encode()
    journal.record([], [OutgoingMessage(EVENT, payload, retain=False, alarm_id="fever-1")], time.time())
    publisher.wake()
    await until(lambda: journal.waiting()[0] == 0)
    connections = publisher.connections
    await asyncio.to_thread(broker.kill)
    await asyncio.to_thread(broker.start)
    await until(lambda: publisher.connections > connections)
    await asyncio.sleep(0.5)
    await until(lambda: journal.waiting()[0] == 0)
    await asyncio.to_thread(phone.come)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    journal.close()
    assert phone.heard == ([EVENT] if reopened else [])


async def test_a_hub_that_restarts_beside_a_broker_that_runs_sends_nothing_again(broker, tmp_path, monkeypatch):
    """Each change once: only a connection that ended without a word is a reason to doubt the broker's memory."""
    monkeypatch.setattr("edge.mqtt.reconnect.BACKOFF_MIN_S", 0.1)
    journal, reopened = SqliteJournal(tmp_path / "journal.sqlite"), []
    monkeypatch.setattr(SqliteJournal, "reopen", lambda *_: reopened.append(1))

    def started():
        publisher = MqttPublisher(
            broker.settings(),
            journal,
            asyncio.to_thread,
            on_state=lambda *_: None,
            on_problem=lambda _: None,
            on_command=lambda _: asyncio.sleep(0),
        )
        return publisher, asyncio.create_task(publisher.run())

    for _ in range(2):
        publisher, task = started()
        await until(lambda it=publisher: it.connected)
        await asyncio.sleep(0.5)
        assert reopened == []
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    publisher, task = started()
    await until(lambda: publisher.connected)
    await asyncio.to_thread(broker.kill)
    await asyncio.to_thread(broker.start)
    await until(lambda: publisher.connections == 2 and reopened != [])
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    journal.close()
