"""One reading's whole way: a recording, the hub as a process, a real broker, a caregiver's own client."""

import asyncio
import json
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from edge.mqtt.subscriber import Subscriber

pytestmark = pytest.mark.system

WANTED = {"fever", "seizure_like_movement"}
SPEED = "600"


def replay(home, recordings, state: Path) -> list[str]:
    return [
        *("replay", "--config", str(home.config), "--person", "mia", "--speed", SPEED, "--state-dir", str(state)),
        *("--motion", str(recordings.motion), "--temperature", str(recordings.temperature)),
    ]


async def heard(phone: Subscriber, patience_s: float) -> list[dict]:
    """Everything that comes until nothing has come for a while."""
    messages = []
    try:
        while True:
            message = await phone.next(patience_s)
            messages.append({"topic": message.topic, "retained": message.retained, **json.loads(message.payload)})
    except TimeoutError:
        return messages


def raised_and_kept(messages: list[dict]) -> tuple[dict[str, dict], dict[str, str]]:
    """By condition: the event that raised it, and the id of the retained alarm."""
    events = [m for m in messages if m["topic"].endswith("/event")]
    raised = {m["condition"]: m for m in events if m["presence"] == "on"}
    return raised, {m["condition"]: m["id"] for m in messages if "/alarm/" in m["topic"]}


async def heard_all_of(phone: Subscriber, conditions: set[str]) -> list[dict]:
    """What comes until each of these was raised and is kept, and then nothing for a second. Raises TimeoutError."""
    messages = await heard(phone, 1.0)
    async with asyncio.timeout(60.0):
        while not all(found.keys() >= conditions for found in raised_and_kept(messages)):
            messages += await heard(phone, 1.0)
    return messages


async def test_a_recording_reaches_a_caregivers_client_and_stays_for_who_comes_later(home, recordings):
    state = home.folder / "state"
    async with home.phone("feverhub/cot/mia/#") as phone:
        done = home.feverhub(*replay(home, recordings, state))
        assert done.returncode == 0, done.stderr
        messages = await heard(phone, 1.0)
    events = [m for m in messages if m["topic"].endswith("/event")]
    raised = {m["condition"]: m for m in events if m["presence"] == "on"}
    assert raised.keys() >= WANTED
    assert not any(m["condition"] == "no_data" for m in events)
    assert raised["fever"]["limit"] == 37.5
    assert raised["seizure_like_movement"]["priority"] == "high"
    assert raised["seizure_like_movement"]["guidance"].startswith("Rescue medicine lies in the blue box.")
    assert [m["sequence"] for m in events] == sorted({m["sequence"] for m in events})
    assert {m["value"] for m in messages if m["topic"] == "feverhub/cot/mia/temperature/patch"}

    home.broker.stop()  # it saves; killed, it would have to wait for the hub to send again what it lost
    home.broker.start()
    async with home.phone("feverhub/cot/mia/alarm/#") as later:
        kept = {m["condition"]: m for m in await heard(later, 1.0)}
    assert kept.keys() >= WANTED
    assert all(m["retained"] for m in kept.values())
    assert kept["fever"]["id"] == raised["fever"]["id"]
    assert kept["seizure_like_movement"]["presence"] == "latch"


def journalled(state: Path) -> dict[str, str]:
    """Condition and id of the alarms on disk."""
    file = state / "journal.sqlite"
    if not file.exists():
        return {}
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as db:
        try:
            rows = db.execute("SELECT alarm_id, topic FROM outbox").fetchall()
        except sqlite3.OperationalError:
            return {}
    return {topic.rsplit("/", 1)[1]: alarm for alarm, topic in rows if "/alarm/" in topic}


async def test_an_alarm_survives_a_hub_killed_between_journal_and_publish(home, recordings):
    state = home.folder / "state"
    home.broker.stop()
    process = home.start(*replay(home, recordings, state))
    try:
        deadline = time.monotonic() + 60
        while not journalled(state).keys() >= WANTED:
            assert process.poll() is None, process.communicate()[1]
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=10)
    ids = journalled(state)

    home.broker.start()
    async with home.phone("feverhub/cot/mia/#") as phone:
        with home.running():
            messages = await heard_all_of(phone, WANTED)
    raised, kept = raised_and_kept(messages)
    for condition in WANTED:
        assert raised[condition]["id"] == ids[condition]
        assert raised[condition]["historical"] is True
    events = [(m["id"], m["sequence"]) for m in messages if m["topic"].endswith("/event")]
    assert len(set(events)) == len(events)
    assert kept.items() >= {condition: ids[condition] for condition in WANTED}.items()
