"""A real InfluxDB 2 on loopback, where there is one: no archive that the tests use has it."""

import csv
import json
import shutil
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

from tests.support.servers import end, free_port


class InfluxDB:
    """One server on a free loopback port with its data in one folder; ended by its own pid."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "influxdb"
        self._folder.mkdir()
        self.url = f"http://127.0.0.1:{free_port()}"
        self._process: subprocess.Popen[bytes] | None = None
        self._token = self._org = ""

    def start(self, token: str, *, org: str, bucket: str) -> None:
        """With one bucket, which that token may read and write (the setup of InfluxDB's API v2)."""
        self._token, self._org = token, org
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    shutil.which("influxd") or "influxd",
                    f"--http-bind-address={self.url.removeprefix('http://')}",
                    f"--bolt-path={self._folder / 'bolt'}",
                    f"--sqlite-path={self._folder / 'sqlite'}",
                    f"--engine-path={self._folder / 'engine'}",
                    "--reporting-disabled",
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        end_s = time.monotonic() + 30
        while not self._answers():
            if time.monotonic() > end_s or self._process.poll() is not None:
                pytest.fail(f"influxd did not start: {(self._folder / 'log').read_text()[-2000:]}")
            time.sleep(0.1)
        made = {"username": "test", "password": "throw-away", "org": org, "bucket": bucket, "token": token}
        self._post("/api/v2/setup", json.dumps(made).encode(), "application/json")

    def rows(self, flux: str) -> list[dict[str, str]]:
        """What a query answers, a row each. Raises HTTPError for one that is wrong."""
        text = self._post(f"/api/v2/query?org={self._org}", flux.encode(), "application/vnd.flux").decode()
        return [row for block in text.split("\r\n\r\n") for row in csv.DictReader(block.splitlines())]

    def kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            end(process, signal.SIGKILL)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=5):
                return True
        except OSError:
            return False

    def _post(self, path: str, body: bytes, kind: str) -> bytes:
        headers = {"Content-Type": kind, "Accept": "application/csv", "Authorization": f"Token {self._token}"}
        request = urllib.request.Request(f"{self.url}{path}", body, headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return bytes(answer.read())
