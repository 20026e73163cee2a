"""Push servers that answer badly: for ever, too much, or in the place of another; then the same server, healthy."""

import asyncio
import contextlib
import gzip
import re
import threading
import time
import tracemalloc
import zlib

import pytest

from edge.model.effect import Notify
from edge.ports import Outcome
from edge.push.apprise import AppriseNotifier
from edge.push.bounded import LARGEST_BYTES
from tests.support.raw_server import drip, raw_server
from tests.support.servers import until

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]

ALARM = Notify("anna", "a1", "ALARM", "Look at your child.", urgent=True)
GOOD = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{"id":"x"}'
TIME_OUT_S = 0.6
MEMORY_BYTES = 8 * 1024 * 1024


class Server:
    """`answer` is what the next request gets, dripping or not; `arrived` counts requests."""

    def __init__(self):
        self.answer, self.drips, self.arrived, self.raw = GOOD, False, 0, None

    async def talk(self, reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int(re.search(rb"(?i)content-length: *(\d+)", head)[1]))
        self.arrived += 1
        if self.drips:
            await drip(writer, self.answer)
            return
        for piece in [self.answer] if isinstance(self.answer, bytes) else self.answer:
            writer.write(piece)
            await writer.drain()

    @contextlib.asynccontextmanager
    async def running(self):
        async with raw_server(self.talk) as self.raw:
            yield self

    @property
    def port(self):
        return self.raw.port

    def phone(self, time_out_s=TIME_OUT_S, scheme="ntfy"):
        return AppriseNotifier([f"{scheme}://127.0.0.1:{self.port}/sleepless-owls"], time_out_s)


@pytest.fixture
async def server():
    async with Server().running() as running:
        yield running


def push_threads():
    return [each for each in threading.enumerate() if each.name == "push"]


async def test_a_healthy_answer_is_a_delivery(server):
    assert (await server.phone().send(ALARM)).outcome is Outcome.DELIVERED


@pytest.mark.parametrize(
    "answer",
    [b"H" * 4000, b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n" + b"x" * 4000, GOOD[:-1] + b" " * 4000],
    ids=["no end of a status line", "a body", "a body without its last byte"],
)
async def test_an_answer_that_drips_ends_in_time_and_the_healthy_server_has_the_next_message_at_once(server, answer):
    phone = server.phone()
    server.answer, server.drips = answer, True
    began_s = time.monotonic()
    for _ in range(6):
        sent = await phone.send(ALARM)
        assert (sent.outcome, sent.detail) == (Outcome.RETRY, f"no answer within {TIME_OUT_S:g} s")
    assert time.monotonic() - began_s < 6 * TIME_OUT_S + 10.0
    await until(lambda: not push_threads() and not server.raw.talking)
    server.answer, server.drips = GOOD, False
    assert (await phone.send(ALARM)).outcome is Outcome.DELIVERED


async def test_who_waits_no_longer_leaves_no_thread_behind(server):
    server.drips = True
    sending = asyncio.ensure_future(server.phone(time_out_s=60.0).send(ALARM))
    await until(lambda: server.arrived == 1)
    sending.cancel()
    await until(lambda: not push_threads() and not server.raw.talking)


def endless():
    yield b"HTTP/1.1 200 OK\r\n\r\n"
    while True:
        yield b"x" * 65_536


def bomb(packed, encoding="gzip"):
    return (
        b"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n"
        % (
            encoding.encode(),
            len(packed),
        )
        + packed
    )


def zeros(wbits):
    """400 MiB of them, packed."""
    packer = zlib.compressobj(1, wbits=wbits)
    return b"".join([*(packer.compress(bytes(1 << 20)) for _ in range(400)), packer.flush()])


@pytest.mark.parametrize("kind", ["endless", "gzip", "deflate"])
async def test_an_answer_without_measure_is_no_delivery_and_takes_no_memory(server, kind):
    phone = server.phone(time_out_s=20.0)
    await phone.send(ALARM)  # Apprise is loaded
    server.answer = endless() if kind == "endless" else bomb(zeros(31 if kind == "gzip" else 15), kind)
    tracemalloc.start()
    sent = await phone.send(ALARM)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sent.outcome is Outcome.RETRY
    assert peak_bytes < MEMORY_BYTES
    server.answer = GOOD
    assert (await phone.send(ALARM)).outcome is Outcome.DELIVERED


async def test_a_packed_answer_of_a_usual_size_is_a_delivery(server):
    server.answer = bomb(gzip.compress(b'{"id":"x"}'))
    assert (await server.phone().send(ALARM)).outcome is Outcome.DELIVERED
    server.answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % LARGEST_BYTES + b"{" + b" " * (LARGEST_BYTES - 1)
    assert (await server.phone().send(ALARM)).outcome is Outcome.DELIVERED


def page(body, kind="text/html; charset=iso-8859-1"):
    return b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (kind.encode(), len(body)) + body


PORTAL = "ntfy: a web page answered in its place, such as a router's sign-in page"


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        (page(b"<!DOCTYPE html><html><body>Welcome to the hospital</body></html>"), PORTAL),
        (page(b"\xef\xbb\xbf \r\n<HTML>\xe9", "text/plain"), PORTAL),
        (page("<html>Willkommen".encode("utf-16"), "text/html"), PORTAL),
        (page(b"<script>location='http://portal'</script>"), PORTAL),
        (bomb(gzip.compress(b"<html>Welcome")), PORTAL),
        (
            b"HTTP/1.1 302 Found\r\nLocation: http://portal.example/login\r\nContent-Length: 0\r\n\r\n",
            "ntfy: the service answered 302",
        ),
        (
            b"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://portal.example/\r\nContent-Length: 0\r\n\r\n",
            "ntfy: the service answered 307",
        ),
        (b"HTTP/1.1 511 Network Authentication Required\r\nContent-Length: 0\r\n\r\n", PORTAL),
        (b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>", None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}", "ntfy: could not be reached"),
        (b"\xff\xfe nonsense\r\n\r\n", "ntfy: could not be reached"),
    ],
    ids=["page", "byte order mark", "utf-16", "script", "packed", "302", "307", "511", "502", "half", "nonsense"],
)
async def test_what_another_server_or_half_an_answer_says_is_no_delivery(server, answer, detail):
    server.answer = answer
    sent = await server.phone(time_out_s=5.0).send(ALARM)
    assert (sent.outcome, sent.detail) == (Outcome.RETRY, detail or "ntfy: the service answered 502")


@pytest.mark.parametrize("answer", [b"", page(b"ok"), page(b"")], ids=["no body", "ok as html", "empty html"])
async def test_a_webhook_that_says_little_is_a_delivery(server, answer):
    server.answer = answer or b"HTTP/1.1 204 No Content\r\n\r\n"
    sent = await server.phone(scheme="json").send(ALARM)
    assert sent.outcome is Outcome.DELIVERED


async def test_a_redirect_within_the_same_host_is_followed(server):
    async with Server().running() as moved:
        to = f"http://127.0.0.1:{moved.port}/".encode()
        server.answer = b"HTTP/1.1 308 Permanent Redirect\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % to
        assert (await server.phone().send(ALARM)).outcome is Outcome.DELIVERED
        assert moved.arrived == 1


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # mail is loaded by Apprise with what it needs of old
async def test_a_mail_server_that_drips_ends_in_time_and_leaves_no_thread_behind():
    healthy, got = asyncio.Event(), []

    async def talk(reader, writer):
        if not healthy.is_set():
            await drip(writer, b"220-" + b"x" * 10_000)
        writer.write(b"220 mail\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                writer.write(b"354 go\r\n")
                got.append(await reader.readuntil(b"\r\n.\r\n"))
            writer.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")

    async with raw_server(talk) as mail:
        url = f"mailto://127.0.0.1:{mail.port}?from=hub@example.org&to=anna@example.org"
        phone = AppriseNotifier([url], TIME_OUT_S)
        for _ in range(6):
            assert (await phone.send(ALARM)).detail == f"no answer within {TIME_OUT_S:g} s"
        await until(lambda: not push_threads())
        healthy.set()
        assert (await phone.send(ALARM)).outcome is Outcome.DELIVERED
    assert len(got) == 1
