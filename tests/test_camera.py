"""A film is asked for over a real HTTP server and a real program; whatever they do is one result in bounded time."""

import asyncio
import contextlib
import gzip
import json
import resource
import sys
from pathlib import Path

import pytest

from edge import camera
from edge.camera import Camera
from edge.ports import Outcome, Sent
from tests.support.push_service import push_service
from tests.support.servers import free_port

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]

LINK = "http://frigate.lan/api/events/{event_id}/clip.mp4"
BODY = '{"duration": 300}'


def program(folder: Path, text: str) -> list[str]:
    path = folder / "film.py"
    path.write_text(text)
    return [sys.executable, str(path)]


async def test_the_link_is_made_of_the_cameras_answer() -> None:
    with push_service() as service:
        service.answer = json.dumps({"success": True, "event_id": "1795000000.123-abc"}).encode()
        url = f"http://127.0.0.1:{service.port}/api/events/cot/movement/create"
        sent = await Camera(url, BODY, LINK).film("e-7")
    assert sent == Sent(Outcome.DELIVERED, "http://frigate.lan/api/events/1795000000.123-abc/clip.mp4")
    assert service.arrived[0][0] == "/api/events/cot/movement/create"
    assert service.arrived[0][2] == {"duration": 300}


@pytest.mark.parametrize("answer", [b"", b"not json", b"[]", b'{"event_id": "../../evil"}'])
async def test_an_answer_without_a_plain_id_makes_no_odd_link(answer: bytes) -> None:
    with push_service() as service:
        service.answer = answer
        sent = await Camera(f"http://127.0.0.1:{service.port}/", BODY, LINK).film("e-7")
    assert sent == Sent(Outcome.DELIVERED, "http://frigate.lan/api/events//clip.mp4")


async def test_a_camera_that_refuses_hangs_or_is_not_there_is_said(monkeypatch) -> None:
    monkeypatch.setattr(camera, "HTTP_S", 0.3)
    with push_service() as service:
        service.status = 401
        refused = await Camera(f"http://127.0.0.1:{service.port}/", BODY).film("e-7")
        service.hang = True
        hung = await Camera(f"http://127.0.0.1:{service.port}/", BODY).film("e-7")
    gone = await Camera(f"http://127.0.0.1:{free_port()}/", BODY).film("e-7")
    assert refused == Sent(Outcome.REFUSED, "the camera refused (HTTP 401)")
    assert [sent.outcome for sent in (hung, gone)] == [Outcome.RETRY, Outcome.RETRY]
    assert "cannot be reached" in gone.detail


async def test_a_program_gets_the_episode_and_says_where_the_film_is(tmp_path: Path) -> None:
    command = program(tmp_path, "import sys; print('/films/' + sys.argv[1] + '.mp4')")
    assert await Camera(command=command).film("e-7") == Sent(Outcome.DELIVERED, "/films/e-7.mp4")


@pytest.mark.parametrize(
    ("text", "outcome", "words"),
    [
        ("raise SystemExit(3)", Outcome.REFUSED, "ended with 3"),
        ("import time; time.sleep(30)", Outcome.RETRY, "did not end within 1 s"),
    ],
)
async def test_a_program_that_fails_is_said(
    tmp_path: Path, monkeypatch, text: str, outcome: Outcome, words: str
) -> None:
    monkeypatch.setattr(camera, "COMMAND_S", 1.0)
    sent = await Camera(command=program(tmp_path, text)).film("e-7")
    assert sent.outcome is outcome
    assert words in sent.detail


async def test_a_program_that_is_not_there_is_said() -> None:
    sent = await Camera(command=["/nowhere/film"]).film("e-7")
    assert sent == Sent(Outcome.REFUSED, "/nowhere/film cannot be started: No such file or directory")


async def test_one_way_that_works_is_enough(tmp_path: Path) -> None:
    command = program(tmp_path, "print('/films/one.mp4')")
    sent = await Camera(f"http://127.0.0.1:{free_port()}/", BODY, LINK, command).film("e-7")
    assert sent == Sent(Outcome.DELIVERED, "/films/one.mp4")


# ------------------------------------------------------------------------------------------------ hostile answers


@contextlib.asynccontextmanager
async def talking(talk):
    """A camera that says what `talk` writes, once it was asked."""
    tasks = []

    async def serve(reader, writer):
        tasks.append(asyncio.current_task())
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await reader.readuntil(b"\r\n\r\n")
                await talk(writer)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def saying(*parts):
    async def talk(writer):
        for part in parts:
            writer.write(part)
            await writer.drain()

    return talk


async def endless(writer):
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"x" * 65_536)
        await writer.drain()


def dripping(begin):
    async def talk(writer):
        writer.write(begin)
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    return talk


OK = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
FILMING = Sent(Outcome.DELIVERED, "clip-")


@pytest.mark.parametrize(
    ("talk", "expected"),
    [
        (saying(OK, b'{"event_id": "7"}'), Sent(Outcome.DELIVERED, "clip-7")),
        (saying(OK, b"[" * 15_000), FILMING),
        (saying(OK, b'{"event_id":' * 1_000), FILMING),
        (saying(OK, gzip.compress(bytes(50_000_000))), FILMING),
        (saying(OK, "é".encode("iso-8859-1")), FILMING),
        (endless, FILMING),
        (dripping(OK), FILMING),
        (dripping(b""), Sent(Outcome.RETRY, "the camera did not answer within 0.5 s")),
        (saying(b"220 mail ESMTP\r\n"), Sent(Outcome.RETRY, "the camera's answer is no HTTP")),
        (saying(b""), Sent(Outcome.RETRY, "the camera's answer is no HTTP")),
        (
            saying(b"HTTP/1.1 302 Found\r\nLocation: /login\r\n\r\n"),
            Sent(Outcome.REFUSED, "the camera refused (HTTP 302)"),
        ),
    ],
)
async def test_whatever_a_camera_answers_is_one_result_in_bounded_time_and_memory(monkeypatch, talk, expected) -> None:
    monkeypatch.setattr(camera, "HTTP_S", 0.5)
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    async with talking(talk) as url, asyncio.timeout(2.0):
        assert await Camera(url, BODY, "clip-{event_id}").film("e-7") == expected
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 30_000


@pytest.mark.parametrize("url", ["http://", "http://[::1", "http://127.0.0.1:99999/", "http://\x00/"])
async def test_an_address_that_is_none_is_said(url: str) -> None:
    assert (await Camera(url, BODY).film("e-7")).outcome is Outcome.RETRY
