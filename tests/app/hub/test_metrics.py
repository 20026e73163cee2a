"""Counters for Prometheus, read by its own parser; nothing of a child in them, and no scraper holds anything up."""

import asyncio
import contextlib

import pytest
from prometheus_client.parser import text_string_to_metric_families

from edge.app.hub import metrics
from edge.config import MetricsTable
from edge.model.event import FrameReceived
from tests.support.servers import free_port

pytestmark = pytest.mark.enable_socket


@contextlib.asynccontextmanager
async def served(text=lambda: "feverhub_x 1.0\n", stalled=lambda: ""):
    table = MetricsTable(port=free_port())
    task = asyncio.ensure_future(metrics.Metrics(table, text, stalled).run())
    await asyncio.sleep(0.05)
    try:
        yield table.port
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def ask(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    try:
        return await asyncio.wait_for(reader.read(), 10)
    except ConnectionResetError:  # what it had not read when it closed
        return b""
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def test_what_the_hub_counts_is_read_by_prometheus_own_parser_and_says_nothing_of_the_child(make_hub):
    parts = make_hub()
    async with parts.running():
        await parts.hear(*[FrameReceived("patch", "characteristic:2a1c", b"\x04\x01")] * 3)
        await parts.warm(39.4)
        text = metrics.text(parts.made)
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found["feverhub_frames_dropped_total", "patch"] == 3
    assert found["feverhub_alarms_standing", "fever"] == 1
    assert found["feverhub_sensor_age_seconds", "patch"] < 60
    assert found["process_resident_memory_bytes",] > 10e6
    assert found["feverhub_progress",] == 0  # nobody has looked yet
    assert not any(word in text.lower() for word in ("mia", "anna", "39.4"))


async def test_it_answers_on_this_computer_alone_unless_told():
    assert MetricsTable().host == "127.0.0.1"
    async with served() as port:
        answer = await ask(port, b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4")
    assert answer.endswith(b"\r\n\r\nfeverhub_x 1.0\n")


async def test_healthz_says_which_stage_stands_still():
    async with served(stalled=lambda: "store") as port:
        assert b"503" in await ask(port, b"GET /healthz HTTP/1.0\r\n\r\n")
    async with served() as port:
        assert (await ask(port, b"GET /healthz HTTP/1.0\r\n\r\n")).endswith(b"ok\n")


@pytest.mark.parametrize("request_", [b"POST /metrics HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"\r\n\r\n"])
async def test_anything_else_is_not_there(request_):
    async with served() as port:
        assert b"404" in (await ask(port, request_))[:20]


async def test_idle_and_endless_scrapers_keep_nobody_out_for_long(monkeypatch):
    monkeypatch.setattr(metrics, "WITHIN_S", 0.3)
    async with served() as port:
        idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(metrics.MOST + 2)]
        assert await ask(port, b"x" * 200_000) == b""
        await asyncio.sleep(0.5)
        assert b"200 OK" in await ask(port, b"GET /metrics HTTP/1.1\r\n\r\n")
        for _, writer in idle:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
