"""Answers that no database gives, from whatever else may listen at its address: bounded in size, depth and time."""

import contextlib
import gzip
import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator

import influxdb_client  # noqa: F401  else its import would be in the first of the times measured here
import pytest

from edge.storage.influx import InfluxReplicator
from edge.storage.influx_server import InfluxServer, ServerLost
from edge.storage.influx_transport import LARGEST_BYTES, MOST_STUCK
from edge.storage.sqlite import SqliteReadingStore

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]
TIMEOUT_S = 1.0


@contextlib.contextmanager
def talking(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server whose every connection is `talk`'s, once a whole request has come."""
    over = threading.Event()

    def serve(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(5.0)
            connection.recv(65_536)
            talk(connection)

    def accept() -> None:
        while not over.is_set():
            with contextlib.suppress(OSError):
                connection, _ = listener.accept()
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            over.set()
            accepting.join()


def answered(status: str, body: bytes, *headers: str) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(head).encode() + body


def server_at(url: str, timeout_s: float = TIMEOUT_S) -> InfluxServer:
    return InfluxServer(url, org="home", bucket="hub", token="t", ca_file=None, timeout_s=timeout_s)


def endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65_536)


def dripping_head(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 502 Bad Gateway\r\n")
    while True:
        connection.sendall(b"X: y\r\n")
        time.sleep(0.05)


def dripping_body(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 500 Oh\r\nContent-Length: 100000\r\n\r\n")
    while True:
        connection.sendall(b"x")
        time.sleep(0.05)


def dripping_handshake(connection: socket.socket) -> None:
    connection.sendall(b"\x16\x03\x03\x40\x00")  # a record of TLS, 16 kB long
    while True:
        connection.sendall(b"\x02")
        time.sleep(0.05)


def mute(_connection: socket.socket) -> None:
    time.sleep(3.0)


def test_a_page_in_another_charset_is_a_sentence(make_reading, tmp_path) -> None:
    page = "<html><h1>502 Passerelle erronée</h1></html>".encode("iso-8859-1")
    store = SqliteReadingStore(tmp_path / "readings.sqlite")
    store.keep([make_reading(1.0)])
    store.commit()
    with talking(lambda c: c.sendall(answered("502 Oh", page, "Content-Type: text/html; charset=utf-8"))) as url:
        replicator = InfluxReplicator(store, url=url, org="home", bucket="hub", timeout_s=TIMEOUT_S)
        progress = replicator.replicate_once()
        replicator.close()
    assert progress.error == f"{url} answered 502 (502 Passerelle erron\ufffde)"
    assert (progress.sent, progress.remaining, progress.at_fault) == (0, 1, False)
    store.close()


def test_an_endless_answer_is_read_to_its_bound() -> None:
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with talking(endless) as url:
        server = server_at(url)
        answer = server.write(["m v=1 1"])
        server.close()
    assert (answer.status, len(answer.text)) == (400, LARGEST_BYTES)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 20_000


def test_a_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    with talking(lambda c: c.sendall(answered("400 Oh", bomb, "Content-Encoding: gzip"))) as url:
        server = server_at(url)
        assert len(server.write(["m v=1 1"]).text) <= LARGEST_BYTES
        server.close()


@pytest.mark.parametrize("talk", [dripping_head, dripping_body, mute], ids=lambda talk: talk.__name__)
def test_a_request_has_one_time_for_all_of_it(talk) -> None:
    with talking(talk) as url:
        server = server_at(url)
        began_s = time.monotonic()
        with pytest.raises(ServerLost, match="not within 1 s"):
            server.write(["m v=1 1"])
        assert time.monotonic() - began_s < TIMEOUT_S + 0.7
        server.close()


def test_a_handshake_has_no_more_time_and_leaves_nothing_behind() -> None:
    before = threading.active_count()
    with talking(dripping_handshake) as url:
        server = server_at(url.replace("http:", "https:"), timeout_s=0.3)
        for _ in range(MOST_STUCK + 2):
            with pytest.raises(ServerLost, match=r"not within 0\.3 s"):
                server.write(["m v=1 1"])
        server.close()
    end_s = time.monotonic() + 5.0
    while threading.active_count() > before and time.monotonic() < end_s:
        time.sleep(0.02)
    assert threading.active_count() <= before


@pytest.mark.parametrize("talk", [dripping_head, dripping_body, mute], ids=lambda talk: talk.__name__)
def test_the_hub_stops_at_once_however_slow_the_server(talk, make_reading, tmp_path) -> None:
    store = SqliteReadingStore(tmp_path / "readings.sqlite")
    store.keep([make_reading(1.0)])
    store.commit()
    with talking(talk) as url:
        replicator = InfluxReplicator(store, url=url, org="home", bucket="hub", timeout_s=30.0)
        stopping = threading.Timer(0.3, replicator.stop)
        stopping.start()
        began_s = time.monotonic()
        assert "the hub stops" in replicator.replicate_once().error
        assert time.monotonic() - began_s < 1.3
        replicator.close()
        stopping.join()
    store.close()


def test_a_redirect_and_a_sign_in_page_are_no_success(make_reading, tmp_path) -> None:
    store = SqliteReadingStore(tmp_path / "readings.sqlite")
    store.keep([make_reading(1.0)])
    store.commit()
    for answer in (
        answered("200 OK", b"<html>Sign in</html>"),
        answered("302 Found", b"", "Location: http://127.0.0.1:1/"),
    ):
        with talking(lambda c, answer=answer: c.sendall(answer)) as url:
            replicator = InfluxReplicator(store, url=url, org="home", bucket="hub", timeout_s=TIMEOUT_S)
            progress = replicator.replicate_once()
            replicator.close()
        assert (progress.sent, progress.remaining, progress.at_fault) == (0, 1, True), progress
    store.close()


@pytest.mark.parametrize("status", ["301 Moved", "303 Other", "307 Temporary", "308 Permanent"])
def test_points_and_token_go_nowhere_else(status) -> None:
    asked = []

    def other(connection: socket.socket) -> None:
        asked.append(connection)
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    with talking(other) as there, talking(lambda c: c.sendall(answered(status, b"", f"Location: {there}/"))) as url:
        server = server_at(url)
        assert server.write(["m v=1 1"]).status == int(status[:3])
        assert not asked
        server.close()
        direct = server_at(there)
        assert direct.write(["m v=1 1"]).status == 204, "it would have been taken there"
        assert asked
        direct.close()


def test_answers_that_are_cut_off_or_no_http_are_an_outage(make_reading) -> None:
    for answer in (
        b"",
        b"HTTP/1.1 20",
        b"220 mail.example ESMTP\r\n",
        b"\x15\x03\x01\x00\x02\x02\x46",
        b"\xff" * 99,
    ):
        with talking(lambda c, answer=answer: c.sendall(answer)) as url:
            server = server_at(url)
            with pytest.raises(ServerLost):
                server.write(["m v=1 1"])
            server.close()


def test_deep_json_is_no_exception() -> None:
    deep = ("[" * 8000 + "]" * 8000).encode()
    with talking(lambda c: c.sendall(answered("400 Oh", deep))) as url:
        server = server_at(url)
        assert server.write(["m v=1 1"]).text.startswith("[[[")
        server.close()
