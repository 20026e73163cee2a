"""Nights of a cohort, short ones, as an export of a hub has them; the command that judges them, and a Dask cluster."""

import contextlib
import datetime as dt
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np

from edge.exports import manifest, parquet
from edge.exports.record import Movement, Record, Temperature
from edge.model.effect import KeepReading
from edge.model.people import Limb, Person
from edge.model.reading import Quantity, Reading, Unit
from edge.simulation import SENSORS, clip, clonic
from tests.support.servers import end, free_port, wait_for_port

START_S = 1_767_300_000.0


def night(folder: Path, person: str = "mia", seed: int = 1, *, start_s: float = START_S, bout: bool = True) -> Path:
    """Three minutes of an ankle with a convulsion of 45 s after the first (or, without one, with noise alone), and a
    patch beside it.
    """
    track = clip(clonic(seed, 45.0), SENSORS["watch"].on(Limb.ANKLE), seed, before_s=60.0, after_s=75.0)
    t_s = start_s + track.t_s - track.t_s[0]
    still = np.array([0.0, 0.1, 0.99]) + 0.004 * np.random.default_rng(seed).standard_normal(track.acc_g.shape)
    values = track.acc_g if bout else still
    end_s = float(t_s[-1])
    movement = Movement("band", "left_ankle", 3, t_s.size, 0, 25.0, start_s, end_s, lambda: iter([(t_s, values)]))
    reading = Reading(Quantity.TEMPERATURE, 36.8, Unit.CELSIUS)
    celsius = [
        KeepReading(person, "patch", "patch", reading, at_s, synced=True)
        for at_s in np.arange(start_s, end_s, 10.0).tolist()
    ]
    patch = Temperature("patch", Quantity.TEMPERATURE, tuple(celsius))
    who = Person(person, "", born=dt.date(2024, 12, 1))
    record = Record(who, dt.UTC, start_s, end_s, end_s, "test", (movement,), (patch,), ())
    folder.parent.mkdir(parents=True, exist_ok=True)
    parquet.write(record, folder, lambda _: None)
    manifest.write(record, folder, ".parquet")
    return folder


def rows(file: Path) -> list[dict]:
    """Of a Parquet file, each row by its columns' names."""
    with duckdb.connect() as db:
        found = db.read_parquet(str(file))
        return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def tables(out: Path) -> tuple[bytes, bytes]:
    """Both tables of results, whole."""
    return (out / "nights.parquet").read_bytes(), (out / "conditions.parquet").read_bytes()


def command(source: Path, out: Path, *more: str) -> list[str]:
    """`feverhub cohort analyze`, as a process of its own."""
    return [sys.executable, "-m", "edge", "cohort", "analyze", str(source), str(out), "--json", *more]


def workers_of(pid: int) -> list[int]:
    """The processes that work for that one."""
    found = []
    for each in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(each.read_text().rpartition(")")[2].split()[1])
            line = (each.parent / "cmdline").read_bytes()
        except (OSError, ValueError):
            continue  # it has just ended
        if parent == pid and b"spawn_main" in line:
            found.append(int(each.parent.name))
    return found


@contextlib.contextmanager
def dask(folder: Path) -> Iterator[tuple[str, list["subprocess.Popen[bytes]"]]]:
    """A scheduler and two workers on loopback: its address, and the workers."""
    port, log = free_port(), folder / "dask.log"
    address = f"tcp://127.0.0.1:{port}"
    scheduler = ["scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    worker = ["worker", address, "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny", "--no-dashboard"]
    worker += ["--local-directory", str(folder)]
    with log.open("w") as to:
        processes = [
            subprocess.Popen([sys.executable, "-m", "dask", *each], stderr=to) for each in (scheduler, worker, worker)
        ]
        try:
            wait_for_port(port, processes[0], log, 60.0)
            yield address, processes[1:]
        finally:
            for process in reversed(processes):
                end(process, signal.SIGTERM)
