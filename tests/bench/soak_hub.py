"""The hub of a soak, as a process of its own: `session.run` as the daemon has it, its sensors and its clock simulated.

    python -m tests.bench.soak_child CONFIG STATE SPEED [PLANTED]

Two 52 Hz movement sensors and a thermometer every 10 s, as the notifications of shipped profiles: twenty minutes of a
sleeping child over and over, from files beside STATE. Every three hours a convulsion of a minute, every six a fever of
an hour. PLANTED: `memory`, `descriptors` or `tasks`, of which ten a minute, or 100 KiB, are never given back: so it is
known that the soak would see it.
"""

import asyncio
import math
import os
import sys
import time
from pathlib import Path
from typing import Self

import numpy as np

from edge.app.hub import replication, session
from edge.app.hub.assembly import Assembly
from edge.app.hub.effects import reading_writer
from edge.app.hub.event_queue import EventQueue
from edge.app.load import checked, process
from edge.model.event import FrameReceived
from edge.model.moment import Now
from edge.ports import Emit

PMD = "characteristic:fb005c82-02e7-f387-1cad-8acd2d8df0c8"
THERMOMETER, BATTERY = "characteristic:2a1c", "characteristic:2a19"
RATE_HZ, FRAME_SAMPLES = 52.0, 36
CONVULSION_EVERY_S = 3 * 3600.0
FEVER_EVERY_S, FEVER_S = 6 * 3600.0, 3600.0
PLANTED_EVERY_S, PLANTED_BYTES = 6.0, 10_240
AHEAD_S = 0.2
"""Less than what makes data late, and more than what a stage of the hub takes."""
LEAST_SLEEP_S = 0.001
TELL_EVERY_S = 0.25


class FastClock:
    """ports.Clock, at most so many times as fast as the real one. Its wall clock is the real one when it starts, so
    nothing of it is long past.

    It stands still where the sensors tell it to wait for them, so that a busy machine makes the day longer and no data
    late: late data is an alarm, and alarms are written.
    """

    def __init__(self, speed: float) -> None:
        self._speed, self._begun_s, self._wall_s = speed, time.monotonic(), time.time()
        self._limit_s = math.inf

    def now(self) -> Now:
        gone_s = (time.monotonic() - self._begun_s) * self._speed
        if gone_s > self._limit_s:
            self._begun_s += (gone_s - self._limit_s) / self._speed
            gone_s = self._limit_s
        return Now(gone_s, self._wall_s + gone_s, synced=True)

    def wait_at(self, mono_s: float) -> None:
        """Go on to that moment and no further."""
        self._limit_s = mono_s

    async def sleep(self, seconds: float) -> None:
        await self.until(self.now().mono_s + seconds)

    async def until(self, mono_s: float) -> None:
        await asyncio.sleep(0)
        while (left_s := mono_s - self.now().mono_s) > 0:  # noqa: ASYNC110  the clock may have waited meanwhile
            await asyncio.sleep(max(left_s / self._speed, LEAST_SLEEP_S))


class Timers:
    """All that the writer of readings and the replication use of asyncio, by the hub's clock instead."""

    def __init__(self, clock: FastClock) -> None:
        self.sleep = clock.sleep
        self._clock = clock

    def get_running_loop(self) -> Self:
        return self

    def time(self) -> float:
        return self._clock.now().mono_s


class Sensors:
    """ports.FrameSource: what a sleeping child's sensors send, with the radio's modules loaded."""

    def __init__(self, clock: FastClock, queue: EventQueue, folder: Path) -> None:
        """folder: has int16 (n, 3), mg, of the ankle, of the wrist, and of the ankle with a convulsion."""
        self._moved_mg = {name: np.load(folder / f"{name}.npy") for name in ("ankle", "wrist", "convulsion")}
        self._clock = clock
        self._queue = queue
        self._rng = np.random.default_rng(1)

    async def run(self, emit: Emit) -> None:
        from edge.radio import bluez, gatt, scan  # noqa: F401 - what the daemon has in memory too

        frame_s, number = FRAME_SAMPLES / RATE_HZ, 0
        begin_s = self._clock.now().mono_s
        while True:
            number += 1
            due_s = begin_s + number * frame_s
            self._clock.wait_at(due_s + AHEAD_S)
            await self._clock.until(due_s)
            for device in ("ankle", "wrist"):
                await emit(FrameReceived(device, PMD, self._moved(due_s, device, number)))
            if number % round(10.0 / frame_s) == 1:
                await emit(FrameReceived("patch", THERMOMETER, self._warm(due_s)))
            if number % round(600.0 / frame_s) == 1:
                await emit(FrameReceived("ankle", BATTERY, bytes([80])))
            await self._queue.idle.wait()

    def _moved(self, due_s: float, device: str, number: int) -> bytes:
        """One packet, which ends at that moment."""
        piece = self._moved_mg[device]
        frames = len(piece) // FRAME_SAMPLES
        pieces = round(CONVULSION_EVERY_S * RATE_HZ / len(piece))
        if device == "ankle" and number // frames % pieces == pieces - 1:
            piece = self._moved_mg["convulsion"]
        first = number % frames * FRAME_SAMPLES
        stamp = int(due_s * 1e9).to_bytes(8, "little")
        return b"\x02" + stamp + b"\x01" + piece[first : first + FRAME_SAMPLES].tobytes()

    def _warm(self, due_s: float) -> bytes:
        ill = 0.5 * (1 + np.tanh((FEVER_S / 2 - abs(due_s % FEVER_EVERY_S - FEVER_EVERY_S / 2)) / 600.0))
        hundredths = round(100 * (36.8 + 2.2 * ill + self._rng.normal(0.0, 0.03)))
        return b"\x04" + hundredths.to_bytes(3, "little") + b"\xfe\x02"


async def tell(clock: FastClock) -> None:
    """How many hours have gone, to whoever started this, by a pipe, which is nothing written."""
    while True:
        print(f"{clock.now().mono_s / 3600.0:.4f}", flush=True)
        await asyncio.sleep(TELL_EVERY_S)


async def planted(what: str, clock: FastClock) -> None:
    """A leak that nobody overlooks."""
    kept: list[object] = []
    while True:
        await clock.sleep(PLANTED_EVERY_S)
        match what:
            case "memory":
                kept.append(os.urandom(PLANTED_BYTES))
            case "descriptors":
                kept.append(os.open("/dev/null", os.O_RDONLY))
            case "tasks":
                kept.append(asyncio.create_task(asyncio.Event().wait()))


def main() -> None:
    config, state, speed, *what = sys.argv[1:]
    process.set_up_logs()
    loaded, clock = checked.load(Path(config), state_dir=Path(state)), FastClock(float(speed))
    # What keeps the real time in the hub: the rounds to its disk and to the database, of which a day has as many.
    for module in (reading_writer, replication):
        vars(module)["asyncio"] = Timers(clock)

    async def meanwhile(_parts: Assembly) -> None:
        leak = [planted(what[0], clock)] if what else []
        await asyncio.gather(tell(clock), *leak)

    options = session.Options(source=lambda queue: Sensors(clock, queue, Path(state).parent), meanwhile=meanwhile)
    asyncio.run(process.until_stopped(session.run(loaded, clock, options)))


if __name__ == "__main__":
    main()
