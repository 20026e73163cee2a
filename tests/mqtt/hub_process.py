"""A hub's publisher as a process of its own, to be killed: hub_process.py PORT PASSWORD JOURNAL."""

import asyncio
import sys
from pathlib import Path

from edge.mqtt.client import MqttPublisher
from edge.mqtt.inbound import Incoming
from edge.mqtt.link import BrokerSettings
from edge.storage.journal import SqliteJournal


async def ignore(_message: Incoming) -> None:
    return None


async def main(port: int, password: str, journal: Path) -> None:
    settings = BrokerSettings("cot", "127.0.0.1", port, username="hub", password=password, keepalive_s=5)
    publisher = MqttPublisher(
        settings,
        SqliteJournal(journal),
        asyncio.to_thread,
        on_state=lambda connected, detail: print(connected, detail, file=sys.stderr),
        on_problem=lambda detail: print(detail, file=sys.stderr),
        on_command=ignore,
    )
    await publisher.run()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], Path(sys.argv[3])))
