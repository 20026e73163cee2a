"""One server that takes InfluxDB's v2 writes: one bounded request at a time, every failure put in a sentence.

Made of `http.client`, since a client library reads an answer whole, however long it is, unpacks it, and counts its
time-out anew with each byte. Here a request has one time for all of it, name, handshake and answer included, no more
than LARGEST_BYTES of an answer are read, and nothing is unpacked or followed.
"""

import contextlib
import gzip
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from edge.errors import StorageError

LARGEST_BYTES: Final = 16 * 1024
"""Of an answer: InfluxDB 3 names each refused line of a batch, and the first of them are enough."""
POLL_S = 0.05
MOST_STUCK = 4
"""Requests that were given up and still hang, in a name server or a handshake; beyond, none is begun."""


class ServerLost(StorageError):
    """The server could not be reached or failed: it may have restarted and lost what it had taken last."""


class ServerRefused(StorageError):
    """The server is alive and takes nothing from us now. at_fault: until somebody mends it (token, bucket, address)."""

    def __init__(self, reason: str, *, at_fault: bool) -> None:
        super().__init__(reason)
        self.at_fault = at_fault


@dataclass(frozen=True, slots=True)
class Answer:
    """status: of HTTP. text: the beginning of the body, whatever was in it."""

    status: int
    text: str


@dataclass(slots=True)
class _Call:
    """One request on a thread of its own. given_up: nobody waits for it any more."""

    connection: http.client.HTTPConnection
    fresh: bool
    done: threading.Event = field(default_factory=threading.Event)
    answer: Answer | None = None
    error: Exception | None = None
    given_up: bool = False


class InfluxServer:
    """Used by one thread; `stop` may be called by any."""

    def __init__(self, url: str, *, org: str, bucket: str, token: str, ca_file: Path | None, timeout_s: float) -> None:
        """Nothing is contacted yet. timeout_s: of one request as a whole.

        ca_file: PEM of the authority that signed an https server's certificate.
        """
        self.url = url
        parts = urlsplit(url)
        self._tls = parts.scheme == "https"
        self._host, self._port = parts.hostname or "", parts.port
        query = urlencode({"org": org, "bucket": bucket, "precision": "us"}, quote_via=quote)
        self._path = f"{parts.path.rstrip('/')}/api/v2/write?{query}"
        self._headers = {"Content-Type": "text/plain; charset=utf-8", "Content-Encoding": "gzip"}
        if token:
            self._headers["Authorization"] = f"Token {token}"
        self._ca_file = ca_file
        self._timeout_s = timeout_s
        self._idle: http.client.HTTPConnection | None = None
        self._stuck: list[_Call] = []
        self._stopped = threading.Event()

    def write(self, lines: Sequence[str]) -> Answer:
        """Send lines with times in microseconds. Raises ServerLost if no answer comes, or the server is to be stopped.

        Some of the lines may have been taken then.
        """
        body = gzip.compress("\n".join(lines).encode(), 6)
        self._stuck = [call for call in self._stuck if not call.done.is_set()]
        if len(self._stuck) >= MOST_STUCK:
            raise ServerLost(f"{self.url} does not answer (earlier requests still hang)")
        connection, self._idle = self._idle, None
        try:
            call = _Call(connection or self._connection(), fresh=connection is None)
        except OSError as error:
            raise ServerRefused(f"{self._ca_file} cannot be used ({_in_words(error)})", at_fault=True) from error
        threading.Thread(target=self._send, args=(call, body), name="influx request", daemon=True).start()
        end_s = time.monotonic() + self._timeout_s
        while not call.done.wait(POLL_S):
            if self._stopped.is_set() or time.monotonic() > end_s:
                self._give_up(call)
                why = "the hub stops" if self._stopped.is_set() else f"not within {self._timeout_s:g} s"
                raise ServerLost(f"{self.url} does not answer ({why})")
        if call.error is not None:
            late = isinstance(call.error, TimeoutError)
            why = f"not within {self._timeout_s:g} s" if late else _in_words(call.error)
            raise ServerLost(f"{self.url} does not answer ({why})") from call.error
        assert call.answer is not None
        self._idle = call.connection
        return call.answer

    def stop(self) -> None:
        """Have a `write` that waits give up within POLL_S. Safe in any thread; final."""
        self._stopped.set()

    def close(self) -> None:
        self.stop()
        if self._idle is not None:
            self._idle.close()

    def _send(self, call: _Call, body: bytes) -> None:
        try:
            call.answer = self._exchange(call, body)
        except Exception as error:  # noqa: BLE001  a server may send anything; who waits for it gets the error
            call.error = error
        finally:
            if call.given_up or call.error is not None:
                call.connection.close()
            call.done.set()

    def _exchange(self, call: _Call, body: bytes) -> Answer:
        try:
            return self._ask(call.connection, body)
        except (ConnectionError, http.client.BadStatusLine):
            if call.fresh or call.given_up:
                raise
        # A connection that was idle may have been closed by the server meanwhile, which is no failure of it.
        call.connection.close()  # and is opened anew by the next request
        return self._ask(call.connection, body)

    def _connection(self) -> http.client.HTTPConnection:
        if not self._tls:
            return http.client.HTTPConnection(self._host, self._port, timeout=self._timeout_s)
        context = ssl.create_default_context(cafile=None if self._ca_file is None else str(self._ca_file))
        return http.client.HTTPSConnection(self._host, self._port, timeout=self._timeout_s, context=context)

    def _ask(self, connection: http.client.HTTPConnection, body: bytes) -> Answer:
        connection.request("POST", self._path, body, self._headers)
        answer = connection.getresponse()
        text = answer.read(LARGEST_BYTES) if answer.status != 204 else b""
        if not answer.isclosed():  # longer than that, so the rest would be taken for the next answer
            connection.close()
        return Answer(answer.status, text.decode("utf-8", "replace"))

    def _give_up(self, call: _Call) -> None:
        """Its thread goes on at once if it waits for an answer, and later if for a name or a handshake."""
        call.given_up = True
        self._stuck.append(call)
        sock = call.connection.sock
        if sock is not None:
            with contextlib.suppress(OSError):
                # Not the method of a TLS socket, which is not safe beside a read in another thread.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _in_words(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or type(error).__name__
