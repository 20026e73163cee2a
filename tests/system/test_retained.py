"""What a hub left at its broker and knows no more is cleared when it connects; what is another's stays."""

import asyncio
import json

import pytest

from edge.app.hub.retained import clear
from edge.mqtt.topics import Topics

pytestmark = pytest.mark.system

GHOSTS = {
    "feverhub/cot/ben/alarm/fever": b'{"presence": "on", "text": "a child who left"}',
    "feverhub/cot/mia/alarm/seizure_like_movement": b'{"presence": "latch", "text": "of a state folder that was lost"}',
    "feverhub/cot/mia/alarm/no_data/old_strap": b'{"presence": "on"}',
    "feverhub/cot/mia/temperature/old_patch": b'{"value": 39.4}',
    "feverhub/cot/mia/motion/patch": b'{"value": 1.0}',
    "feverhub/cot/alarm/storage_error": b'{"presence": "on", "unjournalled": true}',
    "homeassistant/device/cot_ben/config": json.dumps(
        {"o": {"name": "feverhub"}, "availability": [{"topic": "feverhub/cot/status"}]}
    ).encode(),
}
OTHERS = {
    "feverhub/cot/mia/temperature/patch": b'{"value": 36.9}',
    "feverhub/cot2/mia/alarm/fever": b'{"presence": "on"}',
    "feverhub/cot/cmd/mother/acknowledge": b"{}",
    "homeassistant/device/cot_2/config": json.dumps(
        {"o": {"name": "feverhub"}, "availability": [{"topic": "feverhub/cot_2/status"}]}
    ).encode(),
    "homeassistant/device/cot_lamp/config": json.dumps(
        {"o": {"name": "lamps"}, "availability": [{"topic": "lamps/status"}]}
    ).encode(),
    "homeassistant/device/cot_odd/config": b"[" * 3000,
    "homeassistant/sensor/cot_ben/config": b"{}",
}


async def leave(home, messages):
    """Retained, by whoever may write everything."""
    mark = "feverhub/cot/reply/hub/done"
    async with home.phone(mark, user="hub") as client:
        for topic, payload in messages.items():
            client.publish(topic, payload, retain=True)
        async for _ in client.until_marked(mark, 10.0):
            pass


async def kept(home):
    mark = "feverhub/cot/reply/hub/done"
    async with home.phone("feverhub/#", "homeassistant/#", user="hub") as client:
        return {message.topic async for message in client.until_marked(mark, 10.0) if message.retained}


async def test_ghosts_are_cleared_at_a_connect_and_what_is_anothers_stays(home):
    await leave(home, GHOSTS | OTHERS)
    assert await kept(home) >= set(GHOSTS | OTHERS)
    with home.running():
        async with asyncio.timeout(30):
            while set(GHOSTS) & await kept(home):  # noqa: ASYNC110  another process clears them
                await asyncio.sleep(0.5)
        async with home.phone("feverhub/cot/alarm/adapter_down") as phone:
            await phone.next(30.0)
        left = await kept(home)
    assert left >= set(OTHERS)
    assert {"feverhub/cot/status", "feverhub/cot/health", "homeassistant/device/cot_mia/config"} <= left
    assert "feverhub/cot/alarm/adapter_down" in left


async def test_a_round_clears_so_many_and_no_more(home, monkeypatch):
    monkeypatch.setattr("edge.app.hub.retained.MOST", 3)
    await leave(home, GHOSTS)
    under = {topic for topic in GHOSTS if topic.startswith("feverhub/")}
    first = await clear(home.broker.settings(), "hub", frozenset)
    assert len(first & under) == 3
    assert under & await kept(home) == under - first


async def test_a_sensor_that_is_set_up_no_more_is_removed_before_its_value_is_emptied(home):
    """Left alone, Home Assistant would go on showing its last number, and that its battery is well."""
    value, document = "feverhub/cot/mia/temperature/old_patch", "homeassistant/device/cot_mia/config"
    await leave(home, {value: GHOSTS[value]})
    async with home.phone(value, document, user="hub") as there:
        with home.running():
            told = {}
            while (message := await there.next(30.0)).topic != value or message.payload:
                if message.topic == document:
                    told = json.loads(message.payload)["cmps"]
    removed = {key: part["p"] for key, part in told.items() if key.startswith("old_patch") and part.keys() == {"p"}}
    sensors = dict.fromkeys(("old_patch_value", "old_patch_trend", "old_patch_battery"), "sensor")
    assert removed == sensors | {"old_patch_battery_low": "binary_sensor"}
    assert told["patch_value"]["state_topic"] == "feverhub/cot/mia/temperature/patch"


async def test_the_document_of_a_device_goes_before_its_topics(home):
    """Home Assistant logs an error for each emptied topic of what it still has (home-assistant/core 124278)."""
    await leave(home, GHOSTS)
    mark = "feverhub/cot/reply/hub/done"
    async with home.phone("feverhub/cot/ben/#", "homeassistant/device/cot_ben/config", mark, user="hub") as there:
        await clear(home.broker.settings(), "hub", frozenset)
        emptied = [each.topic async for each in there.until_marked(mark, 10.0) if not each.payload]
    assert emptied == ["homeassistant/device/cot_ben/config", "feverhub/cot/ben/alarm/fever"]


async def test_where_the_broker_lets_nobody_look_nothing_is_cleared_and_nothing_ends(home):
    await leave(home, GHOSTS)
    assert await clear(home.broker.settings("nursery"), "nursery", lambda: frozenset({Topics("cot").status})) == set()
    assert await kept(home) >= set(GHOSTS)
