"""The outward heartbeat against real servers over TLS: what gets through, and what every other answer is called."""

import asyncio
import ssl

import pytest

from edge.app.hub.counters import Counters
from edge.app.hub.heartbeat import Heartbeat
from edge.model.moment import local
from edge.push import heartbeat
from tests.support.servers import free_port, make_certificates, until

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]
SECRET = "5f1d2c3b-ping-key"


class Switch:
    """A dead man's switch that answers each request with `answer`, and keeps what was asked."""

    def __init__(self, folder, answer: bytes | None) -> None:
        make_certificates(folder, "localhost")
        self.folder, self.answer, self.port = folder, answer, free_port()
        self.asked: list[str] = []
        self.server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}/{SECRET}"

    @property
    def trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.folder / "ca.crt")

    async def serve(self, reader, writer) -> None:
        self.asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
        if self.answer is None:
            await asyncio.sleep(60)
        writer.write(self.answer or b"")
        writer.close()

    async def __aenter__(self):
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.folder / "server.crt", self.folder / "server.key")
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", self.port, ssl=context)
        return self

    async def __aexit__(self, *_) -> None:
        self.server.close()


ANSWERS = [
    (b"HTTP/1.1 200 OK\r\n\r\nOK", ""),
    (b"HTTP/1.1 404 Not Found\r\n\r\n", "it refused (HTTP 404)"),
    (b"HTTP/1.1 302 Found\r\nLocation: https://elsewhere/\r\n\r\n", "it refused (HTTP 302)"),  # a router's sign-in page
    (b"hello", "its answer is no HTTP"),
    (b"", "its answer is no HTTP"),
    (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 10_000_000, ""),
]


@pytest.mark.parametrize(("answer", "why"), ANSWERS, ids=[why or f"{len(answer)} bytes" for answer, why in ANSWERS])
async def test_only_a_whole_yes_is_one(tmp_path, answer, why):
    async with Switch(tmp_path, answer) as switch:
        assert await heartbeat.beat(switch.url, switch.trusted) == why
        assert switch.asked[0].startswith(f"GET /{SECRET} HTTP/1.0\r\nHost: localhost:{switch.port}\r\n")


async def test_a_server_that_nobody_vouches_for_or_that_is_gone_is_named_without_the_address(tmp_path):
    async with Switch(tmp_path, b"HTTP/1.1 200 OK\r\n\r\n") as switch:
        why = await heartbeat.beat(switch.url)
        assert why.startswith("its certificate is not trusted")
        assert switch.asked == []
    gone = await heartbeat.beat(switch.url, switch.trusted)
    assert gone == "it cannot be reached (ConnectionRefusedError)"
    assert SECRET not in why + gone
    assert await heartbeat.beat(f"http://localhost/{SECRET}") == "it cannot be reached (ValueError)"


async def test_an_answer_that_never_comes_ends_in_time(tmp_path, monkeypatch):
    monkeypatch.setattr(heartbeat, "WITHIN_S", 0.3)
    async with Switch(tmp_path, None) as switch:
        assert await heartbeat.beat(switch.url, switch.trusted) == "no answer within 0.3 s"


async def test_while_a_stage_stands_still_none_is_sent(tmp_path):
    async with Switch(tmp_path, b"HTTP/1.1 200 OK\r\n\r\n") as switch:
        counters = Counters()
        zone = local(0.0, None).tzinfo
        beats = Heartbeat(switch.url, 0.02, counters, zone, wall_s=lambda: 1.8e9, context=switch.trusted)
        task = asyncio.ensure_future(beats.run())
        try:
            await asyncio.sleep(0.1)
            assert (switch.asked, beats.facts()) == ([], {"last": None, "why": "held back: the start"})
            counters.stalled = ""
            await until(lambda: len(switch.asked) > 2)
            assert beats.facts()["why"] == ""
            counters.stalled = "store"
            await until(lambda: beats.facts()["why"] == "held back: store")
            sent = len(switch.asked)
            await asyncio.sleep(0.1)
            assert len(switch.asked) == sent
            assert beats.facts()["last"] is not None
        finally:
            task.cancel()
