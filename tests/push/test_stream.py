"""The answer topic at a server that drips, on raw sockets; and the same server, healthy."""

import asyncio
import threading

import pytest

from edge.push import stream
from edge.push.stream import Server, Stream
from tests.support.raw_server import drip, raw_server
from tests.support.servers import until

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n\r\n"
OPEN = b'{"id":"o","time":1,"event":"open","topic":"t"}\n'
TAP = b'{"id":"m","time":1,"event":"message","topic":"t","message":"tap"}\n'


@pytest.mark.parametrize(
    "whole", [b"", HEAD, HEAD + OPEN], ids=["drips its head", "drips its first line", "drips later"]
)
async def test_a_server_that_drips_is_left_in_time_and_heard_once_it_is_healthy(monkeypatch, whole):
    for name, seconds in (("OPEN_S", 0.4), ("QUIET_S", 0.4), ("FIRST_PAUSE_S", 0.05)):
        monkeypatch.setattr(stream, name, seconds)
    healthy, taken, calls = asyncio.Event(), [], []

    async def talk(reader, writer):
        calls.append(1)
        await reader.readuntil(b"\r\n\r\n")
        if healthy.is_set():
            writer.write(HEAD + OPEN + TAP)
            await reader.read()
            return
        writer.write(whole)
        await drip(writer, b"x" * 4000)

    async def take(text, _lay_s):
        taken.append(text)

    async with raw_server(talk) as server:
        heard = Stream(Server(f"http://127.0.0.1:{server.port}", "t"))
        running = asyncio.ensure_future(heard.run(take))
        await until(lambda: len(calls) >= 3)
        healthy.set()
        await until(lambda: taken == ["tap"])
        assert heard.connected
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await until(lambda: not server.talking)
    await until(lambda: not [each for each in threading.enumerate() if each.name == "ntfy"])
