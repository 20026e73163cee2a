"""The figures of the README: start-up, analysis speed, latency to the broker, memory. Asserts nothing.

Run: python tests/bench/figures.py [--fast] [--json]. Needs mosquitto. Progress goes to stderr; goals stand beside the
figures. --fast: a tenth of everything, for a look.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from edge.app.hub import session
from edge.app.hub.assembly import Assembly
from edge.app.load import checked, process
from edge.app.reports import offline
from edge.host.clock import SystemClock
from edge.model.event import FrameReceived
from edge.model.people import Limb
from edge.ports import Emit, OutgoingMessage
from tests.bench.puback import pubacks
from tests.support.family import COT, family
from tests.support.servers import Mosquitto, mosquitto

PMD = "characteristic:fb005c82-02e7-f387-1cad-8acd2d8df0c8"
RATE_HZ = 52.0
FRAME_SAMPLES = 36
CONFIG = family(
    COT
    + 'sounder = ""\ncredentials_dir = "{credentials}"\n[mqtt]\nhost = "127.0.0.1"\nport = {port}\nusername = "hub"\n',
    ankle="polar_verity_sense",
)


@dataclass
class Figures:
    """What was measured, in order: name, value, unit, goal."""

    rows: list[tuple[str, float, str, str]] = field(default_factory=list)

    def add(self, name: str, value: float, unit: str, goal: str = "") -> None:
        self.rows.append((name, value, unit, goal))
        print(f"  {name}: {value:.3g} {unit}", file=sys.stderr)

    def show(self, *, as_json: bool) -> None:
        if as_json:
            print(
                json.dumps(
                    {name: {"value": value, "unit": unit, "goal": goal} for name, value, unit, goal in self.rows}
                )
            )
            return
        width = max(len(name) for name, *_ in self.rows)
        for name, value, unit, goal in self.rows:
            print(f"{name:{width}}  {value:>9.4g} {unit:16} {goal}")


# ------------------------------------------------------------------------------------------------ start-up


def start_up(figures: Figures, runs: int) -> None:
    """Wall time of `feverhub --help`, each in a process of its own."""
    program = str(Path(sys.executable).with_name("feverhub"))
    times_s = []
    for _ in range(runs):
        began_s = time.perf_counter()
        subprocess.run([program, "--help"], stdout=subprocess.DEVNULL, check=True)
        times_s.append(time.perf_counter() - began_s)
    figures.add("feverhub --help, fastest", min(times_s), "s", "under 0.3 s")
    figures.add("feverhub --help, median", statistics.median(times_s), "s", "under 0.3 s")


# ------------------------------------------------------------------------------------------------ analysis


def analysis(figures: Figures, hours: float) -> None:
    """A simulated night of one sensor, 50 Hz on three axes: the whole pipeline in pieces of 1 s, the detector alone."""
    from edge.analysis import motion
    from edge.recordings.files import MotionRecording
    from edge.simulation import infant_night

    track = infant_night(1, hours=hours, rate_hz=50.0, limbs=(Limb.ANKLE,)).motion[Limb.ANKLE]
    length_s = float(track.t_s[-1] - track.t_s[0])
    recording = MotionRecording("night", track.t_s, track.acc_g, 50.0)
    began_s = time.process_time()
    offline.report([recording], offline.Child(limbs=(Limb.LEFT_ANKLE,)))
    figures.add("pipeline, one 50 Hz sensor", length_s / (time.process_time() - began_s), "x real time", "2000 or more")
    began_s = time.process_time()
    state = motion.start(3)
    for first in range(0, len(track.t_s), 30_000):
        state, _ = motion.advance(state, track.t_s[first : first + 30_000], track.acc_g[first : first + 30_000])
    figures.add("detector alone, 10 min a piece", length_s / (time.process_time() - began_s), "x real time")


# ------------------------------------------------------------------------------------------------ latency


class Confirmed:
    """When the broker last confirmed the state of an alarm."""

    def __init__(self) -> None:
        self.event = asyncio.Event()

    def __call__(self, message: OutgoingMessage) -> None:
        if "/alarm/battery_low" in message.topic:
            self.event.set()


class Batteries:
    """A battery that is low at every other look: each frame raises or ends an alarm."""

    def __init__(self, count: int, confirmed: Confirmed) -> None:
        self.connected = asyncio.Event()
        self._count = count
        self._confirmed = confirmed
        self.times_s: list[float] = []
        self.done = asyncio.Event()

    async def run(self, emit: Emit) -> None:
        await self.connected.wait()
        await asyncio.sleep(1.0)
        for number in range(self._count):
            self._confirmed.event.clear()
            began_s = time.perf_counter()
            await emit(FrameReceived("ankle", "characteristic:2a19", bytes([5 if number % 2 == 0 else 95])))
            await self._confirmed.event.wait()
            self.times_s.append(time.perf_counter() - began_s)
            await asyncio.sleep(0.01)
        self.done.set()


async def latency(figures: Figures, config: Path, state: Path, count: int) -> None:
    """From a frame that raises or ends an alarm to the broker's PUBACK of its state, through journal and all."""
    loaded = checked.load(config, state_dir=state)
    confirmed = Confirmed()
    batteries = Batteries(count, confirmed)

    async def meanwhile(parts: Assembly) -> None:
        while not parts.publisher.connected:  # noqa: ASYNC110  a bench may look
            await asyncio.sleep(0.05)
        batteries.connected.set()
        await batteries.done.wait()

    with pubacks(confirmed):
        await session.run(loaded, SystemClock(), session.Options(lambda _queue: batteries, meanwhile=meanwhile))
    times_ms = np.array(batteries.times_s) * 1000
    figures.add("frame to PUBACK, half", float(np.percentile(times_ms, 50)), "ms")
    figures.add("frame to PUBACK, 99 of 100", float(np.percentile(times_ms, 99)), "ms", "under 50 ms")


# ------------------------------------------------------------------------------------------------ memory


class SensorsInTheAir:
    """A thermometer every 10 s and an accelerometer at 52 Hz, as notifications, with the radio's modules loaded."""

    async def run(self, emit: Emit) -> None:
        from edge.radio import bluez, gatt, scan  # noqa: F401  what `run` has in memory too

        rng = np.random.default_rng(1)
        frame_s = FRAME_SAMPLES / RATE_HZ
        began_s = time.monotonic()
        number = 0
        while True:
            number += 1
            due_s = number * frame_s
            await asyncio.sleep(max(0.0, began_s + due_s - time.monotonic()))
            values_mg = np.round(rng.normal([100.0, 50.0, 990.0], 20.0, (FRAME_SAMPLES, 3))).astype("<i2")
            stamp = int(due_s * 1e9).to_bytes(8, "little")
            await emit(FrameReceived("ankle", PMD, b"\x02" + stamp + b"\x01" + values_mg.tobytes()))
            if number % round(10 / frame_s) == 1:
                tenths = 368 + number % 3
                await emit(
                    FrameReceived("patch", "characteristic:2a1c", b"\x04" + tenths.to_bytes(3, "little") + b"\xff\x02")
                )


def hub_in_child(config: Path, state: Path) -> None:
    """`feverhub run`, with those sensors in place of the radio."""
    loaded = checked.load(config, state_dir=state)
    process.set_up_logs()
    options = session.Options(source=lambda _queue: SensorsInTheAir())
    asyncio.run(process.until_stopped(session.run(loaded, SystemClock(), options)))


def resident_mib(command: list[str], seconds: float) -> tuple[float, float]:
    """VmRSS after that time and VmHWM, MiB, of a process that is then ended."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(seconds)
        status = Path(f"/proc/{process.pid}/status").read_text()
    finally:
        process.terminate()
        process.wait(20)
    found = dict(line.split(":", 1) for line in status.splitlines())
    return tuple(int(found[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))  # type: ignore[return-value]


def memory(figures: Figures, config: Path, folder: Path, seconds: float) -> None:
    child = [sys.executable, __file__, "--hub-child", str(config), str(folder / "with-sensors")]
    resident, peak = resident_mib(child, seconds)
    figures.add(f"hub with two sensors, after {seconds:.0f} s", resident, "MiB", "under 80 MiB")
    figures.add("its most", peak, "MiB")
    plain = [sys.executable, "-m", "edge", "run", "--config", str(config), "--state-dir", str(folder / "plain")]
    resident, _ = resident_mib(plain, min(seconds, 20.0))
    figures.add("feverhub run without a radio", resident, "MiB")


# ------------------------------------------------------------------------------------------------ all


def prepared(folder: Path, broker: Mosquitto) -> Path:
    credentials = folder / "credentials"
    credentials.mkdir()
    secret = credentials / "mqtt_password"
    secret.touch(mode=0o600)
    secret.write_text(broker.users["hub"])
    config = folder / "feverhub.toml"
    config.write_text(CONFIG.format(credentials=credentials, port=broker.port))
    return config


def measure(parts: Mapping[str, bool], *, fast: bool) -> Figures:
    figures = Figures()
    if parts["start"]:
        start_up(figures, 5 if fast else 10)
    if parts["analysis"]:
        analysis(figures, 1.0 if fast else 8.0)
    if not (parts["latency"] or parts["memory"]):
        return figures
    with tempfile.TemporaryDirectory(prefix="feverhub-bench-") as name:
        folder = Path(name)
        (folder / "mosquitto").mkdir()
        with mosquitto(folder / "mosquitto") as broker:
            config = prepared(folder, broker)
            if parts["latency"]:
                asyncio.run(latency(figures, config, folder / "latency", 50 if fast else 400))
            if parts["memory"]:
                memory(figures, config, folder, 8.0 if fast else 60.0)
    return figures


def main() -> None:
    known = ("start", "analysis", "latency", "memory")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fast", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", choices=known, action="append", help="measure just this; may be given again")
    parser.add_argument("--hub-child", nargs=2, metavar=("CONFIG", "STATE"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.hub_child:
        hub_in_child(*map(Path, given.hub_child))
        return
    process.set_up_logs(quiet=True)
    print(f"on {os.cpu_count()} cores, Python {sys.version.split()[0]}", file=sys.stderr)
    measure({name: not given.only or name in given.only for name in known}, fast=given.fast).show(as_json=given.json)


if __name__ == "__main__":
    main()
