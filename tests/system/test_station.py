"""`feverhub station` as a process between a real broker, a real hub and a browser's requests."""

import asyncio
import contextlib
import json
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.homes import ROOT, clean_environment, home
from tests.support.servers import free_port, until
from tests.system.test_wards import STATION, WATCH, join, ward_broker

pytestmark = pytest.mark.system

TOKEN = "a-token-of-this-test"


@dataclass
class Desk:
    """The station's process, and requests to it."""

    url: str
    process: "subprocess.Popen[bytes]"

    def get(self, path: str, token: str = TOKEN) -> tuple[int, str]:
        return self._ask(urllib.request.Request(self.url + path, headers=_bearer(token)))

    def post(self, path: str, fields: dict[str, str], token: str = TOKEN, origin: str = "") -> tuple[int, str]:
        headers = {**_bearer(token), "Origin": origin or self.url}
        return self._ask(urllib.request.Request(self.url + path, urllib.parse.urlencode(fields).encode(), headers))

    def beds(self) -> list[dict[str, object]]:
        status, text = self.get("/api/beds")
        assert status == 200
        return list(json.loads(text)["beds"])

    def _ask(self, request: urllib.request.Request) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


@contextlib.contextmanager
def desk(folder: Path, port: int) -> Iterator[Desk]:
    folder.mkdir()
    http = free_port()
    config = folder / "ward.toml"
    config.write_text(
        f'[hub]\ncredentials_dir = "{folder}"\n[mqtt]\nhost = "127.0.0.1"\nport = {port}\nusername = "station"\n'
        f"keepalive_s = 5\n[web]\nport = {http}\n"
    )
    for name, secret in (("mqtt_password", "station-secret"), ("station_token", TOKEN)):
        (folder / name).touch(mode=0o600)
        (folder / name).write_text(secret)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "edge", "station", "--config", str(config)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=clean_environment(),
            cwd=ROOT,
        )
    try:
        yield Desk(f"http://127.0.0.1:{http}", process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0, (folder / "log").read_text()
        assert "Traceback" not in (folder / "log").read_text()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(10)


async def bed(station: Desk, seen: str, timeout_s: float = 60.0) -> dict[str, object]:
    """The only bed, once it is seen like that."""

    def look() -> dict[str, object] | None:
        status, text = station.get("/api/beds")
        beds = json.loads(text)["beds"] if status == 200 else []
        return next((each for each in beds if each["seen"] == seen), None)

    while (found := await asyncio.to_thread(look)) is None:
        await asyncio.sleep(0.2)
        timeout_s -= 0.2
        assert timeout_s > 0, f"no bed is {seen}"
    return found


async def test_a_bed_is_seen_answered_lost_and_seen_again_and_the_page_keeps_nothing(tmp_path):
    with ward_broker(tmp_path / "broker") as broker, desk(tmp_path / "desk", broker.port) as station:
        (tmp_path / "home").mkdir()
        with home(tmp_path / "home", WATCH + STATION) as family:
            join(family, broker.port)
            process = family.start_hub()
            try:
                await bed(station, "live", 90.0)
                await until(lambda: station.beds()[0]["alarms"], 60.0, look_s=0.2)
                found = await bed(station, "live")
                assert found["name"] == "3 by the window"
                (alarm,) = found["alarms"]
                assert (alarm["condition"], alarm["technical"]) == ("adapter_down", True)

                for path in ("/", "/api/beds", "/api/events"):
                    status, text = await asyncio.to_thread(station.get, path, "")
                    assert (status, "window" in text) == (401, False)
                assert (await asyncio.to_thread(station.get, "/", "wrong"))[0] == 401
                _, page = await asyncio.to_thread(station.get, "/")
                assert re.search(r"<button>I&#39;m coming to 3 by the window</button>", page)

                fields = {"bed": str(found["key"]), "alarm": alarm["id"]}
                assert (await asyncio.to_thread(station.post, "/answer", fields, ""))[0] == 401
                assert (await asyncio.to_thread(station.post, "/answer", fields, TOKEN, "http://evil.example"))[
                    0
                ] == 403
                status, text = await asyncio.to_thread(station.post, "/answer", fields)
                assert (status, "3 by the window knows that somebody is coming." in text) == (200, True)
                await until(lambda: station.beds()[0]["alarms"][0]["by"] == "station", look_s=0.2)  # type: ignore[index]
                wrong = {**fields, "bed": fields["bed"].replace("cot", "cat")}
                assert (await asyncio.to_thread(station.post, "/answer", wrong))[0] == 409
            finally:
                process.kill()
                process.communicate(timeout=20)
            gone = await bed(station, "lost", 30.0)
            assert len(gone["alarms"]) == 1, "what stood when it was last seen stays in sight"  # type: ignore[arg-type]
            _, page = await asyncio.to_thread(station.get, "/")
            assert "3 by the window cannot be seen. Go and look." in page
            assert "<button>" not in page
            with family.running():
                await bed(station, "live")
                broker.kill()
                await until(lambda: "The station has lost its broker" in station.get("/")[1], 30.0, look_s=0.2)
                broker.start()
                await bed(station, "live", 90.0)


async def test_a_flood_leaves_the_screens_that_are_let_in_at_its_address_alone(tmp_path):
    """A hospital's proxy gives all of them one address."""
    with ward_broker(tmp_path / "broker") as broker, desk(tmp_path / "desk", broker.port) as station:
        await until(lambda: station.get("/static/icon.svg", token="")[0] == 200, 60.0, look_s=0.2)

        def strangers() -> list[int]:
            with ThreadPoolExecutor(8) as many:
                return list(many.map(lambda _: station.get("/static/icon.svg", token="")[0], range(400)))

        assert 429 in await asyncio.to_thread(strangers)
        screens = [(await asyncio.to_thread(station.get, "/api/beds"))[0] for _ in range(60)]
        assert set(screens) == {200}
