"""Hub and broker killed and frozen, fsync that hangs, and a hostile database and camera, through a night of alarms.

    python -m tests.system.chaos.hostile --minutes 12 --seed 1

Needs a C compiler for the fsync that hangs. Exit 0 if no change of an alarm was lost, no retained topic is wrong at the
end, and the hub never ended by itself.
"""

import argparse
import asyncio
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests.support import homes
from tests.support.raw_server import drip, raw_server
from tests.system.chaos.night import STEPS, Step
from tests.system.chaos.storm import Hub, Phone, Storm, presence, report

SHIM = Path(__file__).with_name("slow_fsync.c")
TABLES = """
[influx]
url = "http://127.0.0.1:{port}"
org = "home"
bucket = "feverhub"

[camera]
http_url = "http://127.0.0.1:{port}/film"
"""
PAGE = "<html>Dépassé: la passerelle ne répond pas</html>".encode("latin-1")
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
PAUSE_S = (0.2, 1.5)
COME_S = 240.0  # a hub that was just killed starts anew, on a computer that may be busy


async def hostile(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One of the answers that a server beside the alarms may give, at random."""
    await reader.readuntil(b"\r\n\r\n")
    match random.randrange(6):
        case 0:  # endless
            writer.write(HEAD + b"\r\n")
            while True:
                writer.write(b"x" * 65_536)
                await writer.drain()
        case 1:  # a proxy's page, in another charset than it says
            size = str(len(PAGE)).encode()
            writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: ")
            writer.write(size + b"\r\n\r\n" + PAGE)
        case 2:  # nested too deeply for any parser
            writer.write(HEAD + b"Content-Length: 200000\r\n\r\n" + b"[" * 200_000)
        case 3:
            await drip(writer, HEAD + b"Content-Length: 4000\r\n\r\n" + b"x" * 4000)
        case 4:  # nothing at all
            await asyncio.sleep(60.0)
        case _:
            writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
    await writer.drain()


class HostileServer:
    """Both the database and the camera, in a thread of its own."""

    def __init__(self) -> None:
        self.port = 0
        self._up = threading.Event()
        self._loop = asyncio.new_event_loop()
        # asyncio reports each connection that is cut off at the end.
        self._loop.set_exception_handler(lambda _loop, _context: None)
        self._end = asyncio.Event()
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(self._serve()), daemon=True)
        self._thread.start()
        self._up.wait(10.0)

    async def _serve(self) -> None:
        async with raw_server(hostile) as server:
            self.port = server.port
            self._up.set()
            await self._end.wait()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10.0)


class HostedHub(Hub):
    """With an fsync that hangs while `flag` exists."""

    def __init__(self, folder: Path, config: Path) -> None:
        super().__init__(folder, config)
        self.flag = folder / "hang"
        library = folder / "slow_fsync.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-o", str(library), str(SHIM), "-ldl"], check=True, timeout=60)
        self.environment = {**os.environ, "LD_PRELOAD": str(library), "SLOW_FSYNC": str(self.flag)}

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    @property
    def ended(self) -> bool:
        assert self._process is not None
        return self._process.poll() is not None


@dataclass
class HostileStorm(Storm):
    """minutes: how long the night is made to take. faults: how often each was done."""

    minutes: float = 12.0
    faults: Counter[str] = field(default_factory=Counter)
    lately: deque[str] = field(default_factory=lambda: deque(maxlen=12))
    ended_by_itself: int = 0

    def __enter__(self) -> Self:
        self._server = HostileServer()
        text = homes.BAND + TABLES.format(port=self._server.port)
        self._running = homes.home(self.folder, text, tls=True, sounder="null")
        home = self._running.__enter__()
        self.broker = home.broker
        self.hub, self.phone = HostedHub(self.folder, home.config), Phone(self.broker)
        self.broker.save()
        return self

    def __exit__(self, *ended: object) -> None:
        super().__exit__(*ended)  # type: ignore[arg-type]
        self._server.stop()

    def run(self, progress: Callable[[Step], None] = lambda _step: None) -> None:
        chance, share_s = random.Random(self.seed), 60.0 * self.minutes / len(self.steps)
        self.hub.start(0.0)
        self.hub.wait("ready")
        for step in self.steps:
            progress(step)
            self.hub.say(str(step.number))
            until_s = time.monotonic() + share_s
            while time.monotonic() < until_s:
                time.sleep(chance.uniform(*PAUSE_S))
                self._fault(step, chance)
            self._come(step)
        self.settle()

    def _fault(self, step: Step, chance: random.Random) -> None:
        assert isinstance(self.hub, HostedHub)
        if self.hub.ended:  # which it never may
            self.ended_by_itself += 1
            self._again(step)
        what = chance.choice(("hub killed", "hub frozen", "broker killed", "broker frozen", "fsync hangs"))
        self.faults[what] += 1
        self.lately.append(f"{what} in step {step.number}")
        match what:
            case "hub killed":
                self.hub.kill()
                self._again(step)
            case "hub frozen":
                self.hub.signal(signal.SIGSTOP)
                time.sleep(chance.uniform(0.5, 6.0))
                self.hub.signal(signal.SIGCONT)
            case "broker killed":
                self.broker.kill()
                self.broker_kills += 1
                self.broker.start()
            case "broker frozen":
                self.broker.freeze()
                time.sleep(chance.uniform(0.5, 8.0))
                self.broker.thaw()
            case _:
                self.hub.flag.touch()
                time.sleep(chance.uniform(0.5, 6.0))
                self.hub.flag.unlink()

    def _again(self, step: Step) -> None:
        """The hub starts anew; its sensor goes on saying what the journal does not have."""
        known = presence(self.hub.changes(), step.topic) == step.presence
        self.hub.start(step.at_s)
        if not known:
            self.hub.say(str(step.number))

    def _come(self, step: Step) -> None:
        deadline_s = time.monotonic() + COME_S
        while presence(self.hub.changes(), step.topic) != step.presence:
            if time.monotonic() > deadline_s:
                states = [(c["key"]["condition"], c["presence"], c["reason"]) for c in self.hub.changes()[-8:]]
                ended = isinstance(self.hub, HostedHub) and self.hub.ended
                raise RuntimeError(
                    f"step {step.number} ({step.what}) never came to {step.presence}: {states}, faults {self.lately},"
                    f" the hub {'ended' if ended else 'runs'}"
                )
            time.sleep(0.05)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=12.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, HostileStorm(Path(folder), 0, options.seed) as storm:
        storm.minutes = options.minutes
        storm.run(lambda step: print(f"{step.number + 1}/{len(STEPS)} {step.what}", file=sys.stderr, flush=True))
        found = report(storm) | {"faults": dict(storm.faults), "ended by itself": storm.ended_by_itself}
    for name, value in found.items():
        print(f"{name}: {value}")
    bad = ("changes never shown", "retained topics wrong at the end", "ended by itself")
    sys.exit(1 if any(found[name] for name in bad) else 0)


if __name__ == "__main__":
    main()
