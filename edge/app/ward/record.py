"""`feverhub record`: a ward's hubs into a database of time series, slot by slot, by workers that hold nothing."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import structlog

from edge.app.load import configuration, process
from edge.app.load.broker import broker_settings
from edge.app.load.configuration import Configuration
from edge.config import InfluxTable
from edge.errors import ConfigError
from edge.host.notify import Systemd
from edge.mqtt import ward_topics
from edge.mqtt.inbound import Incoming
from edge.mqtt.slot_reader import SlotReader
from edge.storage.influx_server import InfluxServer
from edge.storage.ward_points import hub_tag
from edge.storage.ward_writer import Told, WardWriter

TIMEOUT_S = 10.0
SAY_S = 60.0

log = structlog.get_logger(__name__)


def run(path: Path, slots: range) -> None:
    """Record these slots until SIGTERM or SIGINT. Raises ConfigError."""
    known = configuration.read(path)
    if known.config.influx is None:
        raise ConfigError(f"{path}: [influx] is missing: where to write the points")
    process.set_up_logs()
    recorder = Recorder(known, known.config.influx, slots)
    asyncio.run(process.until_stopped(recorder.run()))


class Recorder:
    """One worker. Two of them share a ward by different slots; two of the same slots push each other out."""

    def __init__(self, known: Configuration, influx: InfluxTable, slots: range) -> None:
        token = known.credentials.get("influx_token") or ""
        self._server = InfluxServer(
            influx.url, org=influx.org, bucket=influx.bucket, token=token, ca_file=None, timeout_s=TIMEOUT_S
        )
        self._writer = WardWriter(self._server)
        self._systemd = Systemd()
        self._why = "not connected yet"
        name = f"feverhub-record-{slots.start}-{slots.stop - 1}"
        self._reader = SlotReader(broker_settings(known), name, ward_topics.filters(slots), self._state)

    async def run(self) -> None:
        """Until cancelled; a batch that is being written is given up then, and comes again to the next worker."""
        self._systemd.ready()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._say(), name="status")
                await self._reader.run(self._take)
        finally:
            self._writer.stop()
            self._server.stop()

    async def _take(self, messages: Sequence[Incoming]) -> bool:
        told = []
        for message in messages:
            where = None if message.retained else ward_topics.address(message.topic)
            if where is not None:
                told.append(Told(hub_tag(where.hub, where.instance), where.rest, message.payload))
        return not told or await asyncio.to_thread(self._writer.write, told)

    def _state(self, connected: bool, why: str) -> None:
        self._why = "" if connected else why

    async def _say(self) -> None:
        """For `systemctl status`, and once a minute for the log."""
        written = 0
        with contextlib.suppress(asyncio.CancelledError):
            while True:
                await asyncio.sleep(SAY_S)
                writer, faults = self._writer, Counter[str]()
                for (_, fault), count in writer.faults.items():
                    faults[fault] += count
                doing = self._why or writer.failing or "recording"
                self._systemd.status(f"{doing}; {writer.messages} messages")
                log.info("record", doing=doing, messages=writer.messages - written, points=writer.points, **faults)
                written = writer.messages
