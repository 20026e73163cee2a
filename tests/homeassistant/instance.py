"""Home Assistant Core as a process: set up by its own onboarding and flow, asked and told by REST and WebSocket."""

import json
import os
import re
import shutil
import signal
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import pytest
from websockets.sync.client import connect

from tests.support.servers import Mosquitto, end, free_port, until

ROOT = Path(__file__).parents[2]
TOOLS = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "feverhub-tools" / "homeassistant"
SHIPPED = ROOT / "deploy" / "homeassistant"
PHONES = ("mobile_app_anna", "mobile_app_ben")
UP_S = 90.0
CONFIGURATION = """
homeassistant:
  time_zone: Europe/Berlin
  unit_system: {units}
config:
onboarding:
api:
input_boolean:
  lamp:
automation: !include automations.yaml
logger:
  default: warning
notify:
"""
# Where its page listens is no setting of the configuration any more (Home Assistant 2026.11).
LISTENS = {
    "server_host": ["127.0.0.1"],
    "cors_allowed_origins": [],
    "login_attempts_threshold": -1,
    "ip_ban_enabled": True,
    "ssl_profile": "intermediate_v6",
    "use_x_frame_options": True,
    "created_at": "2026-11-01T00:00:00+00:00",
    "error": None,
    "error_message": None,
}
OF_THE_INSTALLATION = re.compile(
    r"\[(homeassistant\.(setup|bootstrap|loader)|aiohttp_fast_zlib|haffmpeg\.\w+|homeassistant\.components\.camera\.img_util)\]"
)
"""Loggers of what is not installed here (ffmpeg, voice) and of the stand-in for phones."""


def inside(*command: str, folder: str = "") -> list[str]:
    """That command in the tree of Home Assistant. folder: /house in there."""
    return [str(ROOT / "tools" / "in_chroot.sh"), str(TOOLS / "tree"), folder, *command]


class HomeAssistant:
    """folder: its configuration, with what the stand-in for phones was sent. fahrenheit: the family's units."""

    def __init__(self, folder: Path, broker: Mosquitto, *, fahrenheit: bool = False) -> None:
        if not (TOOLS / "version").is_file():
            pytest.fail("Home Assistant is not installed: make test-homeassistant does that")
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "core.log"
        self._broker = broker
        self._process: subprocess.Popen[bytes] | None = None
        self._token = ""
        self._write("us_customary" if fahrenheit else "metric")

    def _write(self, units: str) -> None:
        phones = "".join(f"  - platform: phones\n    name: {name}\n" for name in PHONES)
        (self.folder / "configuration.yaml").write_text(CONFIGURATION.format(units=units) + phones)
        (self.folder / "automations.yaml").write_text("[]\n")
        shutil.copytree(Path(__file__).with_name("phones"), self.folder / "custom_components" / "phones")
        blueprints = self.folder / "blueprints" / "automation" / "feverhub"
        blueprints.mkdir(parents=True)
        for each in SHIPPED.glob("*.yaml"):
            shutil.copy(each, blueprints)
        listens = {"stable": {**LISTENS, "server_port": self.port}, "pending": None, "yaml_migration_done": True}
        kept = self.folder / ".storage"
        kept.mkdir()
        (kept / "http").write_text(json.dumps({"version": 3, "minor_version": 1, "key": "http", "data": listens}))

    # ------------------------------------------------------------------------------------------ its life

    async def start(self) -> Self:
        self._begin()
        if self._token:
            await until(self._runs, UP_S, look_s=0.2)
        else:
            await until(lambda: self._asked("/api/onboarding"), UP_S, look_s=0.2)
            self._sign_up()
            await until(self._runs, UP_S, look_s=0.2)
            self._connect_to_the_broker()
        return self

    def _begin(self) -> None:
        command = inside("/ha/bin/hass", "--config", "/house", "--skip-pip", folder=str(self.folder))
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            end(process, signal.SIGTERM)

    def _runs(self) -> bool:
        config = self._asked("/api/config")
        return config is not None and config["state"] == "RUNNING"

    def _sign_up(self) -> None:
        client = f"{self.url}/"
        owner = {"name": "Anna", "username": "anna", "password": "anna-secret", "language": "en", "client_id": client}
        code = self._send("POST", "/api/onboarding/users", owner)["auth_code"]
        form = {"grant_type": "authorization_code", "code": code, "client_id": client}
        request = urllib.request.Request(f"{self.url}/auth/token", urllib.parse.urlencode(form).encode())
        with urllib.request.urlopen(request, timeout=10) as answer:
            self._token = json.load(answer)["access_token"]

    def _connect_to_the_broker(self) -> None:
        """As a person does: Settings, Devices & services, MQTT."""
        flow = self._send("POST", "/api/config/config_entries/flow", {"handler": "mqtt"})
        broker = {
            "broker": "127.0.0.1",
            "port": self._broker.port,
            "username": "homeassistant",
            "password": self._broker.users["homeassistant"],
            "other_settings": {"set_client_cert": False, "set_ca_cert": "off"},
        }
        done = self._send("POST", f"/api/config/config_entries/flow/{flow['flow_id']}", broker)
        assert done["type"] == "create_entry", done

    # ------------------------------------------------------------------------------------------ asked and told

    def states(self) -> dict[str, dict[str, Any]]:
        """By the entity's id."""
        return {each["entity_id"]: each for each in self._send("GET", "/api/states")}

    def entities(self) -> dict[str, dict[str, Any]]:
        """What the registry has of MQTT, by unique id."""
        listed = self.websocket("config/entity_registry/list")
        return {each["unique_id"]: each for each in listed if each["platform"] == "mqtt"}

    def devices(self) -> dict[str, dict[str, Any]]:
        """What the registry has of MQTT, by identifier."""
        listed = self.websocket("config/device_registry/list")
        return {name: each for each in listed for domain, name in each["identifiers"] if domain == "mqtt"}

    def entity_id(self, unique_id: str) -> str:
        return str(self.entities()[unique_id]["entity_id"])

    async def found(self, *unique_ids: str, timeout_s: float = 30.0) -> list[str]:
        """The ids of these entities, once they are there."""
        known = await until(lambda: self._all(unique_ids), timeout_s, look_s=0.2)
        return [known[each]["entity_id"] for each in unique_ids]

    def _all(self, unique_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        known, states = self.entities(), self.states()
        there = all(each in known and known[each]["entity_id"] in states for each in unique_ids)
        return known if there else {}

    async def shows(self, entity_id: str, *words: str, timeout_s: float = 20.0) -> dict[str, Any]:
        """The entity's state, once it is one of these words."""

        def now() -> dict[str, Any]:
            found = self.states().get(entity_id, {})
            return found if found.get("state") in words else {}

        try:
            return await until(now, timeout_s, look_s=0.1)
        except TimeoutError:
            raise AssertionError(f"{entity_id} is {self.states().get(entity_id)}, not one of {words}") from None

    def call(self, action: str, **data: Any) -> None:
        """An action such as `button.press`."""
        self._send("POST", f"/api/services/{action.replace('.', '/')}", data)

    def fire(self, event: str, **data: Any) -> None:
        self._send("POST", f"/api/events/{event}", data)

    def automate(self, blueprint: str, **inputs: Any) -> None:
        """Make an automation of a shipped blueprint, as the editor does."""
        use = {"path": f"feverhub/{blueprint}", "input": inputs}
        self._send("POST", f"/api/config/automation/config/{blueprint}", {"alias": blueprint, "use_blueprint": use})

    def websocket(self, command: str, **fields: Any) -> Any:
        with connect(f"ws://127.0.0.1:{self.port}/api/websocket", max_size=None) as line:
            json.loads(line.recv(10))
            line.send(json.dumps({"type": "auth", "access_token": self._token}))
            assert json.loads(line.recv(10))["type"] == "auth_ok"
            line.send(json.dumps({"id": 1, "type": command, **fields}))
            answer = json.loads(line.recv(10))
        assert answer["success"], answer
        return answer["result"]

    def sent(self, phone: str = "mobile_app_anna") -> list[dict[str, Any]]:
        """What the stand-in for that phone was sent, oldest first."""
        file = self.folder / f"{phone}.jsonl"
        return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []

    def complaints(self) -> list[str]:
        """Warnings and errors of its log, but for those of how it is installed here."""
        lines = self.log.read_text("utf-8", "replace").splitlines()
        said = [line for line in lines if re.search(r" (WARNING|ERROR|CRITICAL) \(", line)]
        return [line for line in said if not OF_THE_INSTALLATION.search(line)]

    def _asked(self, path: str) -> Any:
        try:
            return self._send("GET", path)
        except OSError:
            assert self._process is not None
            assert self._process.poll() is None, self.log.read_text("utf-8", "replace")[-2000:]
            return None

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}{path}", data, method=method)
        request.add_header("Content-Type", "application/json")
        if self._token:
            request.add_header("Authorization", f"Bearer {self._token}")
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise OSError(f"{path}: {error} {error.read()[:500]!r}") from error
