"""The whole hub on a card that is really full: a tmpfs in a mount namespace of the test's own."""

import asyncio
import json
import subprocess
import sys

import pytest

from edge.mqtt.subscriber import Subscriber

pytestmark = pytest.mark.system

WANTED = {"fever", "seizure_like_movement", "storage_error"}
MOUNT = 'mount -t tmpfs -o size="$1" none "$0" && shift && { "$@"; }'
FILL = 'mount -t tmpfs -o size="$1" none "$0" && shift && head -c 100m /dev/zero > "$0/filler"; exec "$@"'


def namespace():
    """How this machine lets somebody mount: as its own user's root, or as root."""
    for words in (["--user", "--map-root-user", "--mount"], ["--mount"]):
        tried = subprocess.run(
            ["unshare", *words, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, timeout=10, check=False
        )
        if tried.returncode == 0:
            return words
    pytest.fail("this machine lets nobody mount a small file system for the full-disk test")


async def replayed(home, recordings, script):
    """A replay whose state folder is a file system of 8 MiB: its exit code, and all that a caregiver's client got."""
    state = home.folder / "card"
    state.mkdir()
    command = [
        *("unshare", *namespace(), "sh", "-c", script, str(state), "8m"),
        *(sys.executable, "-m", "edge", "replay", "--config", str(home.config), "--person", "mia"),
        *("--speed", "600", "--state-dir", str(state)),
        *("--motion", str(recordings.motion), "--temperature", str(recordings.temperature)),
    ]
    async with home.phone("feverhub/cot/#") as phone:
        done = await asyncio.to_thread(
            lambda: subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
        )
        return done, await heard(phone)


async def heard(phone: Subscriber) -> dict[str, dict]:
    raised = {}
    try:
        while True:
            message = await phone.next(1.0)
            if message.topic.endswith("/event"):
                event = json.loads(message.payload)
                if event["presence"] == "on":
                    raised.setdefault(event["condition"], event)
    except TimeoutError:
        return raised


async def test_on_a_card_that_is_full_from_the_start_alarms_go_out_from_memory(home, recordings):
    done, raised = await replayed(home, recordings, FILL)
    assert raised.keys() >= WANTED, done.stderr
    assert all(raised[each]["unjournalled"] is True for each in WANTED)
    assert "the disk is full" in raised["storage_error"]["text"]
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


async def test_on_a_card_with_its_last_space_the_readings_wait_and_the_alarms_are_journalled(home, recordings):
    done, raised = await replayed(home, recordings, MOUNT)
    assert raised.keys() >= WANTED, done.stderr
    assert not any(raised[each].get("unjournalled") for each in WANTED)
    assert "fewer than 32 MiB are free" in raised["storage_error"]["text"]
    assert done.returncode == 0, done.stderr
