"""Commands on a real mosquitto: there and back, and what a flood or nonsense does."""

import asyncio
import json

import pytest

from edge import commands
from edge.errors import CommandRefused
from edge.model.effect import Reply
from edge.model.event import Verb
from edge.model.people import Caregiver, Role
from edge.mqtt import payloads
from edge.mqtt.inbound import Accepted, Answered, InboundQueue, Incoming, Opened
from edge.mqtt.link import Link, Version
from edge.mqtt.topics import Topics
from tests.support.servers import until

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]

PEOPLE = (Caregiver("anna", "Anna", Role.OWNER, mqtt_user="mother"),)
ACKNOWLEDGE = "feverhub/cot/cmd/mother/acknowledge"
EVENTS = "feverhub/cot/mia/event"


@pytest.fixture
async def answering_hub(broker, start_hub):
    """A hub that answers each command as `app` does."""
    publishers = []

    async def on_command(message: Incoming) -> None:
        try:
            user, word = Topics("cot").command(message.topic)
            command = commands.parse(word, message.payload, commands.speaker(user, PEOPLE))
            answer = Reply(command.caregiver, command.request_id, ok=True, reason=command.verb)
        except CommandRefused as refused:
            answer = Reply("", commands.request_id(message.payload), ok=False, reason=str(refused))
        payload = payloads.reply(answer, 0.0)
        publishers[0].reply("mother", payload, message.response_topic, message.correlation)

    hub = await start_hub(broker.settings(), on_command=on_command)
    publishers.append(hub.publisher)
    return hub


@pytest.mark.usefixtures("answering_hub")
async def test_there_and_back(broker, watch) -> None:
    phone = await watch(broker, "feverhub/cot/reply/mother", user="mother")
    phone.publish(ACKNOWLEDGE, b'{"request_id": "r-1", "alarm": "e-7"}')
    answer = json.loads((await phone.next(30.0)).payload)
    assert (answer["request_id"], answer["ok"], answer["reason"]) == ("r-1", True, Verb.ACKNOWLEDGE)


@pytest.mark.usefixtures("answering_hub")
@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"{nonsense", "the command is not JSON"),
        (b"\x00\xff", "the command is not text in UTF-8"),
        (b'{"request_id": "big", "text": "' + b"x" * 5000 + b'"}', "the command is longer than 4096 bytes"),
    ],
)
async def test_nonsense_is_answered_and_does_no_harm(broker, watch, payload: bytes, reason: str) -> None:
    phone = await watch(broker, "feverhub/cot/reply/mother", user="mother")
    phone.publish(ACKNOWLEDGE, payload)
    phone.publish(ACKNOWLEDGE, b'{"request_id": "after"}')
    answers = [json.loads((await phone.next(30.0)).payload) for _ in range(2)]
    assert [(a["ok"], a["request_id"]) for a in answers] == [(False, ""), (True, "after")]
    assert answers[0]["reason"] == reason


async def publish_raw(broker, topic: str, payload: bytes, **properties: object) -> None:
    """A caregiver's client with MQTT 5 properties, which the plain subscriber does not send."""
    from paho.mqtt.packettypes import PacketTypes
    from paho.mqtt.properties import Properties

    stir = asyncio.Event()
    inbound = InboundQueue(stir.set, 10)
    link = Link(broker.settings("mother"), Version.V5, inbound, client_id="raw")
    link.start()
    wanted: list[type] = [Opened, Accepted, Answered]
    while wanted:
        async with asyncio.timeout(5.0):
            await stir.wait()
        stir.clear()
        for event in inbound.take()[0]:
            assert isinstance(event, wanted.pop(0))
            if isinstance(event, Accepted):
                with_them = Properties(PacketTypes.PUBLISH)
                for name, value in properties.items():
                    setattr(with_them, name, value)
                link._client.publish(topic, payload, qos=1, properties=with_them)
    link.close()


@pytest.mark.usefixtures("answering_hub")
async def test_the_response_topic_is_used_only_under_the_users_own_reply_topic(broker, watch) -> None:
    ear = await watch(broker, "feverhub/cot/#")
    await publish_raw(broker, ACKNOWLEDGE, b"", ResponseTopic="feverhub/cot/mia/alarm/fever", CorrelationData=b"1")
    await publish_raw(broker, ACKNOWLEDGE, b"", ResponseTopic="feverhub/cot/reply/mother/p1", CorrelationData=b"2")
    heard = []
    while not heard or heard[-1][0] != "feverhub/cot/reply/mother/p1":
        message = await ear.next(30.0)
        heard.append((message.topic, message.correlation))
    assert [each for each in heard if "/reply/" in each[0]] == [
        ("feverhub/cot/reply/mother", b"1"),
        ("feverhub/cot/reply/mother", b"2"),
        ("feverhub/cot/reply/mother/p1", b"2"),
    ]
    assert "feverhub/cot/mia/alarm/fever" not in {topic for topic, _ in heard}


@pytest.mark.parametrize("version", list(Version))
async def test_a_kept_command_is_not_carried_out_at_every_start(broker, start_hub, watch, version: Version) -> None:
    phone = await watch(broker, user="mother")
    ear = await watch(broker, "feverhub/cot/cmd/#")
    phone.publish("feverhub/cot/cmd/mother/pause", b'{"minutes": 30}', retain=True)
    await ear.next(30.0)
    hub = await start_hub(broker.settings(versions=(version,)))
    while not hub.commands:  # it is connected before it is subscribed
        phone.publish(ACKNOWLEDGE, b"")
        await asyncio.sleep(0.2)
    assert {message.topic for message in hub.commands} == {ACKNOWLEDGE}


async def test_a_command_that_goes_wrong_is_said_and_the_next_is_heard(broker, journal, start_hub, watch) -> None:
    heard: list[bytes] = []

    async def on_command(message: Incoming) -> None:
        heard.append(message.payload)
        if message.payload == b"bad":
            raise ValueError("a mistake of ours")

    hub = await start_hub(broker.settings(), on_command=on_command)
    phone = await watch(broker, user="mother")
    phone.publish(ACKNOWLEDGE, b"bad")
    await until(lambda: hub.problems != [])
    phone.publish(ACKNOWLEDGE, b"good")
    await until(lambda: hub.problems[-1] == "")
    assert heard == [b"bad", b"good"]
    assert hub.problems[0] == f"a command on {ACKNOWLEDGE} could not be carried out"
    journal.add(EVENTS, b"x")
    hub.publisher.wake()
    await until(lambda: not journal.rows)


async def test_a_flood_of_commands_is_bounded_and_alarms_get_through(broker, journal, start_hub, watch) -> None:
    release = asyncio.Event()
    heard: list[Incoming] = []

    async def slow(message: Incoming) -> None:
        heard.append(message)
        await release.wait()

    hub = await start_hub(broker.settings(), on_command=slow)
    phone = await watch(broker, user="mother")
    for number in range(3000):
        phone._links[0][0]._client.publish(ACKNOWLEDGE, b"%d" % number, qos=number % 2)
    ear = await watch(broker, EVENTS)
    journal.add(EVENTS, b"alarm")
    hub.publisher.wake()
    assert (await ear.next(30.0)).payload == b"alarm"
    await asyncio.sleep(0.5)
    assert hub.publisher._inbox._queue.qsize() <= 64
    assert len(heard) == 1
    release.set()
    await until(lambda: len(heard) > 20)
    await until(hub.publisher._inbox._queue.empty)
    assert hub.states == [(True, "")]


async def test_a_burst_of_commands_is_carried_out_in_order(broker, start_hub, watch) -> None:
    release = asyncio.Event()
    heard: list[int] = []

    async def slow(message: Incoming) -> None:
        await release.wait()
        heard.append(int(message.payload))

    await start_hub(broker.settings(), on_command=slow)
    phone = await watch(broker, user="mother")
    for number in range(12):
        phone.publish(ACKNOWLEDGE, b"%d" % number)
    await asyncio.sleep(0.2)
    release.set()
    await until(lambda: len(heard) == 12)
    assert heard == list(range(12))


async def test_home_assistant_coming_back_is_reported(broker, start_hub, watch) -> None:
    told: list[str] = []

    async def on_home_assistant(status: str) -> None:
        told.append(status)

    hub = await start_hub(broker.settings(), on_home_assistant=on_home_assistant)
    voice = await watch(broker)
    voice.publish("homeassistant/status", b"online")
    await until(lambda: told == ["online"])
    assert hub.commands == []
