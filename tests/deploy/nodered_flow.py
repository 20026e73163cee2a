"""The shipped flow in Node-RED itself, without a screen, against mosquitto with the shipped access list."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import urllib.request
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from edge import commands
from edge.commands import Speaker
from edge.model.alarm import Alarm, AlarmKey, Condition, Kind, Presence, Priority, Reason
from edge.model.people import Role
from edge.mqtt.payloads import messages_for
from edge.mqtt.subscriber import Subscriber
from tests.support.servers import USERS, Mosquitto, end, free_port, mosquitto, until

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]

SHIPPED = Path(__file__).parents[2] / "deploy" / "nodered"
TOOLS = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "feverhub-tools" / "nodered"
LAMP, SPEAKER, BUTTON = "zigbee2mqtt/bedroom_lamp/set", "home/bedroom_speaker/say", "zigbee2mqtt/bedroom_button"
PASSWORDS = {**USERS, "nodered": "nodered-secret", "house": "house-secret"}
HOUSE = f"user house\ntopic readwrite {BUTTON}\ntopic read {LAMP}\ntopic read {SPEAKER}\n"
SEIZURE = Alarm(
    id="seizure-1",
    key=AlarmKey(Condition.SEIZURE_LIKE_MOVEMENT, "mia", "ankle"),
    kind=Kind.PHYSIOLOGICAL,
    priority=Priority.HIGH,
    presence=Presence.ON,
    onset_s=1_780_000_000.0,
    raised_s=1_780_000_012.0,
    sequence=1,
    reason=Reason.EVIDENCE,
    text="Mia: seizure-like movement since 22:10",
)
FEVER = replace(
    SEIZURE, id="fever-1", key=AlarmKey(Condition.FEVER, "mia"), priority=Priority.MEDIUM, text="Mia: fever, 38.1 °C"
)


def flow() -> list[dict[str, Any]]:
    return json.loads((SHIPPED / "flow.json").read_text("utf-8"))


class NodeRed:
    """One process on a loopback port of its own."""

    def __init__(self, folder: Path, broker: Mosquitto) -> None:
        self.port = free_port()
        self.log = folder / "node-red.log"
        nodes = flow()
        (server,) = (node for node in nodes if node["type"] == "mqtt-broker")
        server["port"] = str(broker.port)
        folder.joinpath("flows.json").write_text(json.dumps(nodes))
        secret = {server["id"]: {"user": "nodered", "password": PASSWORDS["nodered"]}}
        folder.joinpath("flows_cred.json").write_text(json.dumps(secret))
        folder.joinpath("settings.js").write_text(
            f'module.exports = {{uiHost: "127.0.0.1", uiPort: {self.port}, flowFile: "flows.json",'
            " credentialSecret: false, telemetry: {enabled: false}, externalModules: {autoInstall: false}}\n"
        )
        program = TOOLS / "node_modules" / "node-red" / "red.js"
        node = shutil.which("node")
        if node is None or not program.is_file():
            pytest.fail("Node-RED is not installed: make test-nodered does that")
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [node, str(program), "--userDir", str(folder)], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    async def connected(self) -> None:
        await until(lambda: "Connected to broker" in self.log.read_text("utf-8"), 60.0, look_s=0.1)

    def press(self, node: str) -> None:
        """An inject node's button in the editor."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/inject/{node}", data=b"{}", method="POST")
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status == 200

    def stop(self) -> None:
        end(self._process, signal.SIGTERM)


class House:
    """What a lamp, a loudspeaker and the hub hear, and what hub and button say."""

    def __init__(self, red: NodeRed, broker: Mosquitto, things: Subscriber, commands_: Subscriber) -> None:
        self.red, self.things, self.commands = red, things, commands_
        self._broker = broker
        self._kept: dict[str, list[bytes]] = {LAMP: [], SPEAKER: []}

    def say(self, user: str, topic: str, payload: bytes, *, retain: bool = False) -> None:
        subprocess.run(
            ["mosquitto_pub", "-p", str(self._broker.port), "-u", user, "-P", PASSWORDS[user], "-q", "1", "-t", topic]
            + (["-r"] if retain else [])
            + (["-m", payload.decode()] if payload else ["-n"]),
            check=True,
            timeout=10,
        )

    def ring(self, alarm: Alarm) -> None:
        state, _ = messages_for("cot", alarm)
        self.say("hub", state.topic, state.payload, retain=True)

    async def heard(self, topic: str) -> Any:
        """The next message of that thing."""
        while not self._kept[topic]:
            message = await self.things.next(10.0)
            self._kept[message.topic].append(message.payload)
        payload = self._kept[topic].pop(0)
        return payload.decode() if topic == SPEAKER else json.loads(payload)

    async def lamp(self, colour: str) -> None:
        """Until it has that colour: red, amber, blue, off."""
        hexes = {"red": "#ff0000", "amber": "#ff9000", "blue": "#0000ff"}
        while True:
            state = await self.heard(LAMP)
            if state == {"state": "OFF"} if colour == "off" else state.get("color") == {"hex": hexes[colour]}:
                return


@contextlib.asynccontextmanager
async def house(folder: Path, *before: tuple[str, bytes]) -> AsyncIterator[House]:
    """before: what the broker has kept when Node-RED starts, of the button."""
    (folder / "mosquitto").mkdir()
    (folder / "red").mkdir()
    acl = f"{(SHIPPED / 'acl').read_text('utf-8')}\n{HOUSE}"
    with mosquitto(folder / "mosquitto", password_users=PASSWORDS, extra_acl=acl) as broker:
        settings = {user: broker.settings(user) for user in ("house", "hub")}
        async with (
            Subscriber(settings["house"], LAMP, SPEAKER) as things,
            Subscriber(settings["hub"], "feverhub/+/cmd/#") as said,
        ):
            made = House(None, broker, things, said)  # type: ignore[arg-type]
            for topic, payload in before:
                made.say("house", topic, payload, retain=True)
            red = made.red = NodeRed(folder / "red", broker)
            try:
                await red.connected()
                yield made
            finally:
                red.stop()


async def nothing(commands_: Subscriber) -> None:
    with pytest.raises(TimeoutError):
        await commands_.next(2.0)


async def test_alarms_reach_lamp_and_loudspeaker_and_only_a_hand_answers(tmp_path: Path) -> None:
    """github.com/node-red/node-red/issues/3285: what a broker has kept comes again as if new, here of the button;
    3862: an empty message never leaves an input that parses JSON, and the lamp would stay red.
    """
    async with house(tmp_path, (BUTTON, b'{"action": "single"}')) as home:
        await home.lamp("blue")  # nothing was heard from the hub yet
        home.say("hub", "feverhub/cot/health", b'{"self_check": 1}')
        await home.lamp("off")
        home.ring(FEVER)
        await home.lamp("amber")
        home.ring(SEIZURE)
        assert await home.heard(SPEAKER) == FEVER.text
        assert await home.heard(SPEAKER) == SEIZURE.text
        home.ring(replace(SEIZURE, sequence=2, value=2.5))
        await nothing(home.commands)  # neither the alarms nor what the broker kept of the button is a hand

        home.say("house", BUTTON, b'{"action": "single"}')
        answers = [await home.commands.next(10.0), await home.commands.next(10.0)]
        assert {each.topic for each in answers} == {"feverhub/cot/cmd/nodered/acknowledge"}
        speaker = Speaker("button", local=False, surface="mqtt")
        taken = [commands.command("acknowledge", commands.fields(each.payload), speaker) for each in answers]
        assert {each.alarm for each in taken} == {"seizure-1", "fever-1"}
        assert all(commands.checked(each, Role.CAREGIVER) for each in taken), "as the hub takes it"
        await nothing(home.commands)

        for alarm in (SEIZURE, FEVER):
            home.ring(replace(alarm, sequence=3, presence=Presence.ACK))
        await home.lamp("off")
        home.red.press("fhcoming00000001")
        await nothing(home.commands)  # what was answered is not answered again
        home.ring(replace(SEIZURE, id="seizure-2", sequence=4))
        await home.lamp("red")
        home.red.press("fhcoming00000001")
        assert json.loads((await home.commands.next(10.0)).payload)["alarm"] == "seizure-2"
        home.say("hub", "feverhub/cot/mia/alarm/seizure_like_movement", b"", retain=True)
        await home.lamp("off")
        home.say("hub", "feverhub/cot/status", b"offline", retain=True)
        await home.lamp("blue")
    log = (tmp_path / "red" / "node-red.log").read_text("utf-8")
    assert "[error]" not in log


def test_nothing_but_a_hand_leads_to_an_answer() -> None:
    nodes = {node["id"]: node for node in flow()}
    into: dict[str, set[str]] = {}
    for node in nodes.values():
        for target in (each for wires in node.get("wires", []) for each in wires):
            into.setdefault(target, set()).add(node["id"])

    def sources(node: str) -> set[str]:
        above = into.get(node, set())
        return {node} if not above else set().union(*map(sources, above))

    assert sources("fhanswerout00001") == {"fhbutton00000001", "fhcoming00000001"}
    assert not nodes["fhcoming00000001"]["once"]
    assert not nodes["fhcoming00000001"]["repeat"]
    assert [node["name"] for node in nodes.values() if node["type"] == "mqtt out" and not node["topic"]] == [
        "to the hub"
    ]
    assert sources("fhlampout0000001") > {"fhchild000000001", "fhhub00000000001"}, "a control"
