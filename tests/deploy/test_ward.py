"""deploy/ward: its README is run as it stands, and what it ships is what the program needs."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from edge import config
from edge.config import Source
from edge.mqtt.subscriber import Subscriber
from edge.mqtt.ward_topics import SLOTS
from tests.support.servers import free_port, mosquitto
from tests.support.wards import WardHub

pytestmark = pytest.mark.system

WARD = Path(__file__).parents[2] / "deploy" / "ward"
PORTS = (4221, 4222, 4223, 6221, 6222, 6223, 1891, 1892, 1893, 1884, 8428, 8090)


@pytest.mark.timeout(300)
def test_its_readme_takes_an_engineer_from_nothing_to_a_ward_whose_node_is_killed(tmp_path: Path):
    folder = tmp_path / "ward"
    shutil.copytree(WARD, folder)
    ports = {str(port): str(free_port()) for port in PORTS}
    for file in folder.rglob("*"):
        if file.is_file():
            text = re.sub(r"\b\d{4}\b", lambda found: ports.get(found[0], found[0]), file.read_text())
            file.write_text(text)
    blocks = re.findall(r"^```sh\n(.*?)^```", (folder / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    assert len(blocks) == 6
    trap = "trap 'for f in *.pid; do kill -9 \"$(cat $f)\" 2>/dev/null || true; done' EXIT\n"
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    script = "set -eu\n" + trap + "\n".join(f"{block}\necho done {n}" for n, block in enumerate(blocks, 1))
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    logs = "".join(f"\n{log.name}: {log.read_text()[-800:]}" for log in sorted(folder.glob("*.log")))
    assert done.returncode == 0, done.stdout + done.stderr + logs
    assert done.stdout.split("\n")[-2] == "done 6"


@pytest.mark.parametrize("name", ["hub", "record", "station"])
def test_its_configurations_are_valid(name):
    known = config.parse([Source((WARD / f"{name}.toml").read_text(), name)])
    assert (known.wards != ()) == (name == "hub")


async def test_at_the_mosquitto_of_a_small_ward_a_hub_writes_its_own_topics_alone(tmp_path):
    users = {"home": "a", "cot": "b", "recorder": "c", "station": "d"}
    with mosquitto(tmp_path, password_users=users, extra_acl=(WARD / "mosquitto" / "acl").read_text()) as broker:
        mine, other = WardHub(1, "home"), WardHub(2, "cot")
        older = broker.settings("home", versions=broker.settings().versions[-1:])
        reads = Subscriber(broker.settings("recorder"), "feverhub-ward/#")
        async with reads as recorder, Subscriber(older) as hub:
            hub.publish(other.status().topic, b"forged", retain=True)
            hub.publish(mine.status().topic, b"online", retain=True)
            message = await recorder.next(10.0)
        assert (message.topic, message.payload) == (mine.status().topic, b"online")


def test_the_queues_of_rabbitmq_hold_each_slot_once():
    bound = json.loads((WARD / "rabbitmq" / "definitions.json").read_text())["bindings"]
    keys = [each["routing_key"] for each in bound]
    for slot in range(SLOTS):
        assert sum(f"feverhub-ward.{slot // 8}.{slot % 8}.x".startswith(key.removesuffix("#")) for key in keys) == 1
