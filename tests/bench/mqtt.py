"""How long an alarm takes from `wake` to the broker's PUBACK, and how many a second go through, on loopback.

    PYTHONPATH=. python tests/bench/mqtt.py [--messages 500]

Starts a mosquitto with the shipped configuration. Prints one JSON object.
"""

import argparse
import asyncio
import contextlib
import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from edge.mqtt.client import MqttPublisher
from edge.mqtt.inbound import Incoming
from edge.ports import OutboxRow, OutgoingMessage
from tests.support.servers import mosquitto, until

TOPIC = "feverhub/cot/mia/event"
PAYLOAD = b"x" * 600


class StampedOutbox:
    """In memory, so that the figure is the broker's; remembers when each row came and when it was confirmed."""

    def __init__(self) -> None:
        self.rows: dict[int, OutboxRow] = {}
        self.came_s: dict[int, float] = {}
        self.confirmed_s: dict[int, float] = {}

    def add(self) -> int:
        number = len(self.came_s) + 1
        self.came_s[number] = time.perf_counter()
        self.rows[number] = OutboxRow(number, OutgoingMessage(TOPIC, PAYLOAD, retain=False), 0.0)
        return number

    def pending(self, limit: int, after: int = 0) -> list[OutboxRow]:
        return [row for number, row in sorted(self.rows.items()) if number > after][:limit]

    def confirm(self, rows: Sequence[int], _wall_s: float) -> None:
        for row in rows:
            self.confirmed_s[row] = time.perf_counter()
            del self.rows[row]

    def reopen(self, _within_s: float, _before_s: float | None = None) -> None:
        """Each is sent once."""


async def ignore(_message: Incoming) -> None:
    return None


async def measure(folder: Path, messages: int) -> dict[str, object]:
    outbox = StampedOutbox()
    with mosquitto(folder) as broker:
        publisher = MqttPublisher(
            broker.settings(),
            outbox,  # type: ignore[arg-type]
            asyncio.to_thread,
            on_state=lambda _connected, _detail: None,
            on_problem=print,
            on_command=ignore,
        )
        task = asyncio.create_task(publisher.run())
        await until(lambda: publisher.connected)
        for _ in range(messages):
            outbox.add()
            publisher.wake()
            await until(lambda: not outbox.rows)
            await asyncio.sleep(0.002)
        taken_ms = sorted(1e3 * (outbox.confirmed_s[n] - outbox.came_s[n]) for n in outbox.confirmed_s)
        began_s = time.perf_counter()
        for _ in range(messages):
            outbox.add()
        publisher.wake()
        await until(lambda: not outbox.rows, 60.0)
        burst_s = time.perf_counter() - began_s
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    return {
        "messages": messages,
        "wake_to_puback_p50_ms": round(taken_ms[len(taken_ms) // 2], 2),
        "wake_to_puback_p99_ms": round(taken_ms[int(len(taken_ms) * 0.99)], 2),
        "burst_per_s": round(messages / burst_s),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=500)
    messages = parser.parse_args().messages
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(asyncio.run(measure(Path(folder), messages))))


if __name__ == "__main__":
    main()
