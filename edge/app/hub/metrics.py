"""Counters of the hub in the text format 0.0.4 of Prometheus. No names, and no values of a child."""

import asyncio
import contextlib
import resource
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from edge import __version__
from edge.app.hub.assembly import Assembly
from edge.config import MetricsTable

MOST: Final = 8
"""Connections at a time: a scraper makes one."""
WITHIN_S: Final = 5.0
LONGEST_HEAD: Final = 8192
TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

Sample = tuple[Mapping[str, str], float | None]


class Metrics:
    """A side task: answers GET /metrics and /healthz at the address of the configuration. text: makes the former.

    stalled: the stage that stands still, empty if none does.
    """

    def __init__(self, table: MetricsTable, text: Callable[[], str], stalled: Callable[[], str]) -> None:
        self._table = table
        self._text = text
        self._stalled = stalled
        self._open = 0

    async def run(self) -> None:
        """Until cancelled. Raises OSError where nothing can listen there."""
        async with await asyncio.start_server(self._serve, self._table.host, self._table.port) as server:
            await server.serve_forever()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open += 1
        try:
            with contextlib.suppress(TimeoutError, OSError, ValueError, asyncio.IncompleteReadError):
                async with asyncio.timeout(WITHIN_S):
                    if self._open <= MOST:
                        writer.write(self._answer(await reader.readuntil(b"\r\n\r\n")))
                        await writer.drain()
        except asyncio.LimitOverrunError:
            pass
        finally:
            self._open -= 1
            writer.close()
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(WITHIN_S):
                    await writer.wait_closed()

    def _answer(self, head: bytes) -> bytes:
        verb, _, rest = head[:LONGEST_HEAD].partition(b" ")
        path = rest.partition(b" ")[0].partition(b"?")[0]
        if verb != b"GET" or path not in (b"/metrics", b"/healthz"):
            return _response("404 Not Found", "there are /metrics and /healthz\n")
        if path == b"/metrics":
            return _response("200 OK", self._text())
        stalled = self._stalled()
        return _response("503 Service Unavailable", f"{stalled}\n") if stalled else _response("200 OK", "ok\n")


def _response(status: str, body: str) -> bytes:
    raw = body.encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: {TYPE}\r\nContent-Length: {len(raw)}\r\nConnection: close\r\n\r\n"
    return head.encode() + raw


def text(parts: Assembly) -> str:
    """All of it now. Sensors by their ids of the configuration."""
    return "".join(_lines(_families(parts)))


def _families(parts: Assembly) -> Iterator[tuple[str, str, str, Iterable[Sample]]]:
    """(name, type, help, samples); a sample without a value is left out."""
    state, now, counters, publisher = parts.hub.state, parts.clock.now(), parts.counters, parts.publisher
    bare: Mapping[str, str] = {}
    standing = [alarm.key.condition for alarm in state.alarms.conditions.standing()]
    sensors = [(name, each) for name, each in state.sensors.items() if name in _devices(parts)]
    yield "feverhub_info", "gauge", "Version of the hub.", [({"version": __version__}, 1.0)]
    yield "feverhub_steps_total", "counter", "Events that the core stepped through.", [(bare, counters.self_check)]
    yield "feverhub_progress", "gauge", "1 while every stage of the road progresses.", [(bare, not counters.stalled)]
    yield (
        "feverhub_sensor_age_seconds",
        "gauge",
        "Since the last data of a sensor; none before the first.",
        [
            ({"device": name}, None if each.last_seen_s is None else max(now.mono_s - each.last_seen_s, 0.0))
            for name, each in sensors
        ],
    )
    yield (
        "feverhub_sensor_battery_percent",
        "gauge",
        "As a sensor last said.",
        [({"device": name}, each.battery_percent) for name, each in sensors],
    )
    yield (
        "feverhub_frames_dropped_total",
        "counter",
        "Frames that were no measurement.",
        [({"device": name}, count) for name, count in counters.frames_dropped.items()],
    )
    yield (
        "feverhub_alarms_standing",
        "gauge",
        "Alarms that stand, by condition.",
        [({"condition": str(each)}, standing.count(each)) for each in sorted(set(standing))],
    )
    yield "feverhub_commands_refused_total", "counter", "Of all senders.", [(bare, counters.commands_refused)]
    yield "feverhub_broker_connected", "gauge", "1 while it is.", [(bare, publisher.connected)]
    yield "feverhub_broker_connections_total", "counter", "That a broker accepted.", [(bare, publisher.connections)]
    yield "feverhub_broker_in_flight", "gauge", "Messages it has yet to confirm.", [(bare, publisher.in_flight)]
    yield "feverhub_pushes_failed_total", "counter", "To phones.", [(bare, parts.outputs.notifications.failed)]
    yield (
        "feverhub_readings_lost_total",
        "counter",
        "For want of a disk.",
        [(bare, parts.recording.reading_writer.lost)],
    )
    yield "feverhub_history_lost_total", "counter", "Lines of history.", [(bare, parts.recording.journal_writer.lost)]
    yield "feverhub_events_waiting", "gauge", "Before the core.", [(bare, parts.queue.waiting)]
    yield "feverhub_tasks", "gauge", "That run in the hub's loop.", [(bare, len(asyncio.all_tasks()))]
    yield "feverhub_clock_synchronised", "gauge", "1 while a time server sets it.", [(bare, now.synced)]
    yield "process_resident_memory_bytes", "gauge", "Of the hub, without its page.", [(bare, _resident_bytes())]
    yield "process_cpu_seconds_total", "counter", "Of the hub, without its page.", [(bare, time.process_time())]
    yield "feverhub_written_bytes_total", "counter", "To the disk, by the hub.", [(bare, _written_bytes())]


def _devices(parts: Assembly) -> set[str]:
    return {device.id for device in parts.setup.config.devices}


def _lines(families: Iterable[tuple[str, str, str, Iterable[Sample]]]) -> Iterator[str]:
    """prometheus.io/docs/instrumenting/exposition_formats. Ids and conditions hold nothing that must be escaped."""
    for name, kind, said, samples in families:
        shown = [(labels, value) for labels, value in samples if value is not None]
        if shown:
            yield f"# HELP {name} {said}\n# TYPE {name} {kind}\n"
        for labels, value in shown:
            inside = ",".join(f'{key}="{label}"' for key, label in labels.items())
            yield f"{name}{f'{{{inside}}}' if inside else ''} {float(value)!r}\n"


def _resident_bytes() -> float | None:
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path("/proc/self/statm").read_text().split()[1]) * float(resource.getpagesize())
    return None


def _written_bytes() -> float | None:
    with contextlib.suppress(OSError, ValueError, IndexError):
        return float(Path("/proc/self/io").read_text().partition("write_bytes: ")[2].split()[0])
    return None
