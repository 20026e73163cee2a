"""A real VictoriaMetrics on loopback, which takes what InfluxDB takes."""

import json
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from tests.support.servers import end, free_port


class VictoriaMetrics:
    """One server on a free loopback port with its data in one folder; ended by its own pid."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.url = f"http://127.0.0.1:{free_port()}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        binary = shutil.which("victoria-metrics")
        if binary is None:
            pytest.fail("victoria-metrics is not installed: apt-get install victoria-metrics")
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    binary,
                    f"-httpListenAddr={self.url.removeprefix('http://')}",
                    f"-storageDataPath={self._folder / 'data'}",
                    "-retentionPeriod=1y",
                    "-dedup.minScrapeInterval=1ms",  # what a repeat overwrites, as InfluxDB does by itself
                    "-search.latencyOffset=0s",
                    "-memory.allowedBytes=64MiB",
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        end_s = time.monotonic() + 20
        while not self._answers():
            if time.monotonic() > end_s or self._process.poll() is not None:
                pytest.fail(f"victoria-metrics did not start: {(self._folder / 'log').read_text()[-2000:]}")
            time.sleep(0.05)

    def kill(self) -> None:
        """As a power cut does, as far as the process goes."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def export(self, metric: str) -> dict[int, float]:
        """Value by time stamp in milliseconds, of every series of that name; fails if one stamp is there twice."""
        self._get("/internal/force_flush")
        query = urllib.parse.urlencode({"match[]": metric})
        points: dict[int, float] = {}
        for line in self._get(f"/api/v1/export?{query}").splitlines():
            series = json.loads(line)
            for stamp, value in zip(series["timestamps"], series["values"], strict=True):
                assert stamp not in points, f"{metric} has two values at {stamp}"
                points[stamp] = value
        return points

    def labels(self, metric: str) -> list[dict[str, str]]:
        self._get("/internal/force_flush")
        query = urllib.parse.urlencode({"match[]": metric})
        return [json.loads(line)["metric"] for line in self._get(f"/api/v1/export?{query}").splitlines()]

    def _answers(self) -> bool:
        try:
            self._get("/health")
        except (OSError, urllib.error.URLError):
            return False
        return True

    def _get(self, path: str) -> bytes:
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return bytes(answer.read())

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None:
            end(process, how)
