"""What a subscriber sees of MQTT 5 beside topic and payload: mosquitto's own client shows it."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

import pytest

from edge.mqtt import payloads, properties, send_queue
from edge.mqtt.link import Version
from tests.support.servers import Mosquitto, until

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]

STATE, EVENTS = "feverhub/cot/mia/alarm/fever", "feverhub/cot/mia/event"
REPLY = "feverhub/cot/reply/mother"
BASE_S = 1_795_000_000.0
ALARM_LINE = "application/json|1|schema:1 id:e-7 sequence:41"
SHOWN = (
    "%t|%E|%D|%R|%C|%P"  # topic, message expiry interval, correlation data, response topic, content type, users' own
)


@contextlib.asynccontextmanager
async def mosquitto_sub(broker: Mosquitto, *arguments: str, shown: str = SHOWN) -> AsyncIterator[asyncio.StreamReader]:
    """The lines of `mosquitto_sub` as the mother."""
    command = ["mosquitto_sub", "-p", str(broker.port), "-u", "mother", "-P", broker.users["mother"], "-V", "mqttv5"]
    process = await asyncio.create_subprocess_exec(
        *command, *("-q", "1", "-F", shown, *arguments), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        yield process.stdout
    finally:
        process.terminate()
        await process.wait()


async def line(lines: asyncio.StreamReader, timeout_s: float = 30.0) -> str:
    async with asyncio.timeout(timeout_s):
        return (await lines.readline()).decode().strip()


async def test_events_and_answers_say_how_long_they_are_of_use_and_states_stay(broker, journal, start_hub) -> None:
    async with mosquitto_sub(broker, "-t", "feverhub/#") as lines:
        hub = await start_hub(broker.settings())
        assert await line(lines) == "feverhub/cot/status|||||"
        journal.add(STATE, b"on", retain=True)
        journal.add(EVENTS, b"{}", expires_s=2e9)
        hub.publisher.wake()
        assert [await line(lines), await line(lines)] == [f"{STATE}|||||", f"{EVENTS}|86400||||"]
        hub.publisher.reply("mother", b"{}", f"{REPLY}/p1", b"c-1")
        assert [await line(lines), await line(lines)] == [f"{REPLY}|300|c-1|||", f"{REPLY}/p1|300|c-1|||"]


async def test_with_3_1_1_the_same_messages_come_without(broker, journal, start_hub) -> None:
    async with mosquitto_sub(broker, "-t", "feverhub/#") as lines:
        hub = await start_hub(broker.settings(versions=(Version.V311,)))
        assert await line(lines) == "feverhub/cot/status|||||"
        journal.add(EVENTS, b"{}", expires_s=2e9)
        hub.publisher.wake()
        assert await line(lines) == f"{EVENTS}|||||"


async def test_a_phone_that_was_away_for_long_gets_what_stands_and_no_old_events(
    broker, journal, start_hub, monkeypatch
) -> None:
    monkeypatch.setattr(send_queue, "EVENT_EXPIRY_S", 1)
    session = ("-i", "phone", "-c", "-x", "3600", "-t", "feverhub/cot/mia/#")
    async with mosquitto_sub(broker, *session) as lines:
        hub = await start_hub(broker.settings())
        journal.add(EVENTS, b"first", expires_s=2e9)
        hub.publisher.wake()
        assert (await line(lines)).startswith(f"{EVENTS}|1|")
    journal.add(EVENTS, b"while it was away", expires_s=2e9)
    journal.add(STATE, b"on", retain=True)
    hub.publisher.wake()
    await until(lambda: not journal.rows)
    await asyncio.sleep(2.0)
    journal.add(EVENTS, b"now", expires_s=2e9)
    hub.publisher.wake()
    await until(lambda: not journal.rows)
    async with mosquitto_sub(broker, *session) as lines:
        heard = []
        with contextlib.suppress(TimeoutError):
            while True:
                heard.append((await line(lines, 1.0)).split("|")[0])
    assert (heard.count(EVENTS), set(heard)) == (1, {STATE, EVENTS})


async def test_states_and_events_carry_what_to_collapse_and_filter_by(broker, journal, start_hub, alarm) -> None:
    async with mosquitto_sub(broker, "-t", "feverhub/cot/mia/#", shown="%t|%C|%F|%P") as lines:
        hub = await start_hub(broker.settings())
        journal.record([alarm], payloads.messages_for("cot", alarm), BASE_S)
        hub.publisher.wake()
        assert await line(lines) == f"{STATE}|{ALARM_LINE}"
        assert await line(lines) == f"{EVENTS}|{ALARM_LINE} historical:false"
    async with mosquitto_sub(broker, "-t", STATE, shown="%t|%C|%F|%P") as lines:
        assert await line(lines) == f"{STATE}|{ALARM_LINE}", "the broker keeps them with the retained state"


async def test_an_event_that_leaves_late_says_so_beside_its_payload_too(broker, journal, start_hub, alarm) -> None:
    journal.record([alarm], payloads.messages_for("cot", alarm), BASE_S)
    async with mosquitto_sub(broker, "-t", EVENTS, shown="%C|%F|%P|%p") as lines:
        await start_hub(broker.settings(), wall_s=lambda: BASE_S + 3600.0)
        told, _, payload = (await line(lines)).rpartition("|")
    assert told == f"{ALARM_LINE} historical:true"
    assert json.loads(payload)["historical"] is True


async def test_with_3_1_1_an_alarm_comes_without_them(broker, journal, start_hub, alarm) -> None:
    async with mosquitto_sub(broker, "-t", "feverhub/cot/mia/#", shown="%t|%C|%F|%P") as lines:
        hub = await start_hub(broker.settings(versions=(Version.V311,)))
        journal.record([alarm], payloads.messages_for("cot", alarm), BASE_S)
        hub.publisher.wake()
        assert [await line(lines), await line(lines)] == [f"{STATE}|||", f"{EVENTS}|||"]


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        (b'{"schema":1,"request_id":"r"}', {"schema": "1"}),
        (b'{"schema":1,"id":"d-1","version":2,"historical":true}', {"schema": "1", "id": "d-1", "historical": "true"}),
        (b"online", {}),
        (b'{"name":"cot"}', {}),
        (b'{"schema":"1"}', {}),
        (b"[1]", {}),
        (b"\xff\xfe", {}),
        (b"", {}),
    ],
)
def test_only_our_own_payloads_are_labelled(payload, told) -> None:
    assert properties.labels(payload) == told
