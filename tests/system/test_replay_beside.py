"""A replay beside a hub that runs leaves its topics alone; without one it speaks in its place."""

import asyncio

import pytest

pytestmark = pytest.mark.system


async def retained(home, topic):
    """The payload, None if there is none."""
    async with home.phone(topic, user="hub") as phone:
        try:
            return (await phone.next(2.0)).payload
        except TimeoutError:
            return None


def replay(home, recordings):
    return home.feverhub(
        *("replay", "--config", str(home.config), "--person", "mia", "--speed", "2000"),
        *("--temperature", str(recordings.temperature), "--state-dir", str(home.folder / "other")),
    )


async def test_beside_a_running_hub_it_has_topics_of_its_own(home, recordings):
    async with home.phone(user="hub") as hub:
        hub.publish("feverhub/cot/status", b"online", retain=True)
        hub.publish("feverhub/cot/mia/alarm/fever", b"{}", retain=True)
        await asyncio.sleep(0.5)
        done = await asyncio.to_thread(replay, home, recordings)
        assert done.returncode == 0, done.stderr
        assert "feverhub/cot-replay/#" in done.stderr
        assert await retained(home, "feverhub/cot/status") == b"online"
        assert await retained(home, "feverhub/cot/mia/alarm/fever") == b"{}"
        assert await retained(home, "feverhub/cot-replay/status") == b"offline"
        assert b'"fever"' in await retained(home, "feverhub/cot-replay/mia/alarm/fever")
        assert await retained(home, "homeassistant/device/cot-replay/config") is None


async def test_without_a_hub_it_speaks_in_its_place(home, recordings):
    done = await asyncio.to_thread(replay, home, recordings)
    assert done.returncode == 0, done.stderr
    assert await retained(home, "feverhub/cot/status") == b"offline"
    assert b'"fever"' in await retained(home, "feverhub/cot/mia/alarm/fever")
    assert await retained(home, "feverhub/cot-replay/status") is None
