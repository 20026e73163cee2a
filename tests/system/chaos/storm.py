"""Hub and broker killed at random through a night of alarms, and what a caregiver's phone made of it.

    python -m tests.system.chaos.storm --kills 200 --seed 1

The phone keeps its session at the broker, as an app does, and collapses on id and sequence. Exit 0 if nothing was lost.
"""

import argparse
import json
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import paho.mqtt.client as paho
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from tests.support import homes
from tests.support.servers import Mosquitto
from tests.system.chaos.night import STEPS, Step

ROOT = Path(__file__).parents[3]
HUB_SHARE = 0.7
STEP_S = 30.0
LONGEST_WAIT_S = 0.6


class Phone:
    """A caregiver's client. shown: (episode, sequence) to state, in the order in which it was shown; events: all."""

    def __init__(self, broker: Mosquitto, name: str = "phone") -> None:
        self.shown: dict[tuple[str, int], dict[str, Any]] = {}
        self.events: list[dict[str, Any]] = []
        self.collapsed = 0
        self.kept: dict[str, dict[str, Any]] = {}
        self._subscribed = threading.Event()
        self._client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=name, protocol=paho.MQTTv5)
        self._client.username_pw_set("mother", broker.users["mother"])
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = lambda client, *_: client.subscribe([("feverhub/cot/#", 1)])
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.on_message = self._heard
        session = Properties(PacketTypes.CONNECT)
        session.SessionExpiryInterval = 3600
        self._client.tls_set(str(broker.ca_file))
        self._client.connect("127.0.0.1", broker.tls_port, 5, clean_start=False, properties=session)
        self._client.loop_start()
        if not self._subscribed.wait(STEP_S):
            raise RuntimeError(f"{name} could not subscribe within {STEP_S:g} s")

    def _heard(self, _client: object, _data: object, message: paho.MQTTMessage) -> None:
        if "/alarm/" not in message.topic and not message.topic.endswith("/event"):
            return
        alarm = json.loads(message.payload)
        if "/alarm/" in message.topic:
            self.kept[message.topic] = alarm
        else:
            self.events.append(alarm)
        key = (alarm["id"], alarm["sequence"])
        if key in self.shown:
            self.collapsed += 1
        else:
            self.shown[key] = alarm

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


class Hub:
    """The child process and its journal."""

    def __init__(self, folder: Path, config: Path) -> None:
        self.kills = 0
        self.environment: dict[str, str] | None = None
        self.state_dir = folder / "state"
        self._config, self._wall_s = config, time.time() - STEPS[-1].at_s
        self._process: subprocess.Popen[str] | None = None

    def start(self, at_s: float) -> None:
        command = [sys.executable, "-m", "tests.system.chaos.child", str(self._config), str(self.state_dir)]
        command.append(json.dumps({"wall_s": self._wall_s, "mono_s": at_s}))
        pipe = subprocess.PIPE
        environment = self.environment
        self._process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, text=True, bufsize=1, cwd=ROOT, env=environment
        )

    def say(self, line: str) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def wait(self, line: str) -> None:
        """Until the child says so; RuntimeError if it dies before."""
        assert self._process is not None
        assert self._process.stdout is not None
        while (heard := self._process.stdout.readline()) != f"{line}\n":
            if not heard:
                raise RuntimeError(f"the hub ended with {self._process.wait(5)} before {line!r}")

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.communicate()
        self.kills += 1

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.communicate(timeout=15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.communicate()

    def changes(self) -> list[dict[str, Any]]:
        """All changes that the journal holds."""
        path = self.state_dir / "journal.sqlite"
        if not path.exists():
            return []
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10.0) as db:
            rows = db.execute("SELECT state FROM change ORDER BY id").fetchall()
        db.close()
        return [json.loads(state) for (state,) in rows]

    def waiting(self) -> int:
        path = self.state_dir / "journal.sqlite"
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10.0) as db:
            (count,) = db.execute("SELECT count(*) FROM outbox WHERE confirmed_s IS NULL").fetchone()
        db.close()
        return int(count)


def presence(changes: list[dict[str, Any]], topic: str) -> str:
    """What the last change of that topic's alarm said."""
    condition = topic.split("/")[4]
    return next((each["presence"] for each in reversed(changes) if each["key"]["condition"] == condition), "off")


@dataclass
class Storm:
    """One night. outcome(): what was found at its end."""

    folder: Path
    kills: int
    seed: int
    steps: list[Step] = field(default_factory=lambda: STEPS)
    broker_kills: int = 0

    def __enter__(self) -> Self:
        self._running = homes.home(self.folder, homes.BAND, tls=True, sounder="")
        home = self._running.__enter__()
        self.broker = home.broker
        self.hub, self.phone = Hub(self.folder, home.config), Phone(self.broker)
        self.broker.save()  # a phone that has been in use for longer than the broker's five minutes
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.phone.close()
        self.hub.stop()
        self._running.__exit__(kind, error, trace)

    def run(self, progress: Callable[[Step], None] = lambda _step: None) -> None:
        chance = random.Random(self.seed)
        planned = Counter(chance.randrange(len(self.steps)) for _ in range(self.kills))
        self.hub.start(0.0)
        self.hub.wait("ready")
        for place, step in enumerate(self.steps):
            progress(step)
            self._through(step, planned[place], chance)
        self.settle()

    def settle(self) -> None:
        """Until all that the journal holds is confirmed and shown, or that takes too long."""
        deadline_s = time.monotonic() + STEP_S
        while self.hub.waiting() or len(self.missing()):
            if time.monotonic() > deadline_s:
                break
            time.sleep(0.1)

    def _through(self, step: Step, kills: int, chance: random.Random) -> None:
        """Hand the step in, kill, hand it in again unless the journal has it: the sensor goes on saying so."""
        self.hub.say(str(step.number))
        for _ in range(kills):
            time.sleep(chance.uniform(0.0, LONGEST_WAIT_S))
            if chance.random() < HUB_SHARE:
                self.hub.kill()
                known = presence(self.hub.changes(), step.topic) == step.presence
                self.hub.start(step.at_s)
                if not known:
                    self.hub.say(str(step.number))
            else:
                self.broker.kill()
                self.broker_kills += 1
                self.broker.start()
        deadline_s = time.monotonic() + STEP_S
        while presence(self.hub.changes(), step.topic) != step.presence:
            if time.monotonic() > deadline_s:
                raise RuntimeError(f"step {step.number} ({step.what}) never came to {step.presence}")
            time.sleep(0.02)

    def missing(self) -> list[tuple[str, int]]:
        """Changes in the journal that the phone never showed."""
        return [
            (each["id"], each["sequence"])
            for each in self.hub.changes()
            if (each["id"], each["sequence"]) not in self.phone.shown
        ]

    def wrong_at_the_end(self) -> list[str]:
        """Retained topics that a phone which comes now would be told wrongly."""
        expected: dict[str, str] = {}
        for step in self.steps:
            expected[step.topic] = step.presence
        late = Phone(self.broker, "late")
        time.sleep(1.0)
        late.close()
        return [topic for topic, word in expected.items() if late.kept.get(topic, {}).get("presence") != word]


def report(storm: Storm) -> dict[str, object]:
    changes = storm.hub.changes()
    raised = Counter(each["key"]["condition"] for each in {(c["id"]): c for c in changes}.values())
    return {
        "hub kills": storm.hub.kills,
        "broker kills": storm.broker_kills,
        "alarm changes": len(changes),
        "episodes": dict(raised),
        "changes never shown": len(storm.missing()),
        "changes shown twice": max(0, len(storm.phone.shown) - len(storm.steps)),
        "repeats collapsed on the id": storm.phone.collapsed,
        "retained topics wrong at the end": storm.wrong_at_the_end(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    begun_s = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, Storm(Path(folder), options.kills, options.seed) as storm:
        storm.run(
            lambda step: print(f"\r{step.number + 1}/{len(STEPS)} {step.what:<14}", end="", file=sys.stderr, flush=True)
        )
        found = report(storm)
    print(file=sys.stderr)
    for name, value in found.items():
        print(f"{name}: {value}")
    print(f"took: {time.monotonic() - begun_s:.0f} s")
    bad = ("changes never shown", "changes shown twice", "retained topics wrong at the end")
    sys.exit(1 if any(found[name] for name in bad) else 0)


if __name__ == "__main__":
    main()
