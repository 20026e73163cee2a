"""An empty hub as `deploy/install.sh` leaves it: a broker, its password there, nothing else; and its screen."""

import contextlib
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import requests

from tests.support.homes import ROOT, clean_environment
from tests.support.page import Phone, until_up
from tests.support.servers import Mosquitto, free_port, mosquitto

READ_S = 30.0


@dataclass
class EmptyHub:
    """folder: all that it has. broker: None for none. port: of its page."""

    folder: Path
    broker: Mosquitto | None = None
    port: int = field(default_factory=free_port)
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def config(self) -> Path:
        return self.folder / "feverhub.toml"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def known(self) -> Mapping[str, str]:
        """What the service of deploy/systemd would find in its environment, and where this test's broker is."""
        found = {**clean_environment(), "PYTHONUNBUFFERED": "1", "FEVERHUB_HUB__SOUNDER": '"null"'}
        found |= {"FEVERHUB_WEB__HOST": '"127.0.0.1"', "FEVERHUB_WEB__PORT": str(self.port)}
        if self.broker is not None:
            credentials = self.folder / "service"
            credentials.mkdir(exist_ok=True)
            (credentials / "feverhub_mqtt_password").write_text(self.broker.users["hub"])
            found |= {"CREDENTIALS_DIRECTORY": str(credentials), "FEVERHUB_MQTT__PORT": str(self.broker.port)}
        return {**found, **self.environment}

    @contextlib.contextmanager
    def running(self) -> "Iterator[Screen]":
        """`feverhub run`, ended by SIGTERM with exit 0 and without a traceback."""
        screen = Screen(self)
        try:
            yield screen
            screen.process.send_signal(signal.SIGTERM)
            assert screen.process.wait(20) == 0, screen.text()
        finally:
            screen.kill()
        assert not re.search(r"^Traceback", screen.text(), re.MULTILINE), screen.text()


class Screen:
    """What the hub writes on its own screen, line by line."""

    def __init__(self, hub: EmptyHub) -> None:
        command = [sys.executable, "-m", "tests.support.air.hub", "run", "--config", str(hub.config)]
        self.hub = hub
        self.process = subprocess.Popen(
            [*command, "--state-dir", str(hub.state)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=hub.known(),
            cwd=ROOT,
        )
        self._lines: list[str] = []
        self._new: queue.Queue[str] = queue.Queue()
        self._reads = threading.Thread(target=self._read, daemon=True)
        self._reads.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.append(line)
            self._new.put(line)

    def text(self) -> str:
        return "".join(self._lines)

    def until(self, pattern: str) -> re.Match[str]:
        """The first line from now on in which that stands. Raises queue.Empty."""
        while True:
            if found := re.search(pattern, self._new.get(timeout=READ_S)):
                return found

    def code(self) -> str:
        """The next code that lets a phone in."""
        code = self.until(r"Code: (\S+)")[1]
        until_up(self.hub.url)
        deadline_s = time.monotonic() + READ_S
        while requests.get(f"{self.hub.url}/setup", timeout=5).status_code == 503 and time.monotonic() < deadline_s:
            time.sleep(0.1)  # the hub's first word is on its way to the page
        return code

    def kill(self) -> None:
        """A power cut, as far as this process goes."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        self._reads.join(10)
        assert self.process.stdout is not None
        self.process.stdout.close()


def unhurried(ask: Callable[[], requests.Response]) -> requests.Response:
    """Again where one is told to wait a few seconds: too many requests, or a hub that does not answer yet."""
    for _ in range(20):
        answer = ask()
        if answer.status_code not in {429, 503}:
            break
        time.sleep(1.0)
    return answer


@dataclass
class SettingUp(Phone):
    """A phone that answers the questions without a browser, as forms do without JavaScript."""

    def post(self, path: str, origin: str | None = "", **how: object) -> requests.Response:
        return unhurried(lambda: super(SettingUp, self).post(path, origin, **how))

    def begin(self, code: str, name: str = "Anna") -> None:
        self.get("/setup", params={"code": code})
        answer = self.post("/setup", data={"code": code, "name": name})
        assert answer.status_code == 200, answer.text


def answered(phone: SettingUp) -> None:
    """The questions that need no sensor."""
    answer = phone.post("/setup/child", data={"name": "Mia", "born": "2026-03-14"})
    assert answer.status_code == 200, answer.text


def paired(phone: SettingUp, step: str, place: str) -> None:
    key = _until(phone, step, r'name="key" value="([^"]+)"')
    assert phone.post(f"/setup/{step}", data={"verb": "choose", "key": key}).status_code == 200
    _until(phone, step, r'name="place" value="([^"]+)"')
    answer = phone.post(f"/setup/{step}", data={"place": place})
    assert answer.status_code == 200, answer.text


def _until(phone: SettingUp, step: str, pattern: str) -> str:
    deadline_s = time.monotonic() + 30
    while time.monotonic() < deadline_s:
        if found := re.search(pattern, phone.get(f"/setup/{step}").text):
            return found[1]
        time.sleep(0.3)
    raise AssertionError(f"{step}: {pattern} does not come")


def finished(phone: SettingUp, **rings: str) -> None:
    """From the child to a hub that watches, without a movement sensor. rings: how the phone does, else not at all."""
    answered(phone)
    paired(phone, "thermometer", "axilla")
    for step, fields in (
        ("sensor", {"verb": "skip"}),
        ("limits", {"fever_c": ""}),
        ("others", {"verb": "add", "name": "Tom"}),
        ("others", {}),
        ("phone", rings or {"way": "none"}),
        ("app", {}),
    ):
        answer = phone.post(f"/setup/{step}", data=fields)
        assert answer.status_code == 200, answer.text


def patient(phone: Phone, path: str):
    """What is there once the hub has something to show."""
    deadline_s = time.monotonic() + 30
    while time.monotonic() < deadline_s:
        with contextlib.suppress(OSError):
            answer = phone.get(path)
            if answer.status_code == 200 and "A few seconds" not in answer.text and 'class="away"' not in answer.text:
                return answer
        time.sleep(0.3)
    raise AssertionError(f"{path} does not come")


def feverhub(*words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "edge", *words]
    known = clean_environment()
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=known, cwd=ROOT)


@contextlib.contextmanager
def empty_hub(folder: Path) -> Iterator[EmptyHub]:
    (folder / "mosquitto").mkdir()
    with mosquitto(folder / "mosquitto") as broker:
        hub = EmptyHub(folder, broker)
        broker.made = hub.state / "broker" / "users"
        yield hub
