"""What influxdb-client sends through: urllib3 with bounds. Imported late, since urllib3 and its TLS take a while.

urllib3 alone reads an answer whole, however long it is, unpacks it, follows where it leads, and counts its time-out
anew with each byte. Here a request has one time for all of it, name, handshake and answer included; LARGEST_BYTES of
an answer are read, nothing is unpacked or followed, and text in any charset becomes UTF-8.
"""

import contextlib
import io
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from urllib3 import HTTPResponse, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ProtocolError
from urllib3.response import BaseHTTPResponse

LARGEST_BYTES: Final = 16 * 1024
"""Of an answer: InfluxDB 3 names each refused line of a batch, and the first of them are enough."""
MOST_STUCK = 4
"""Requests that were given up and still hang, in a name server or a handshake; beyond, none is begun."""


class NoAnswer(Exception):
    """A request was given up; says why."""


@dataclass(slots=True)
class _Call:
    """One request, on a thread of its own, since nothing else bounds a name server or a handshake."""

    done: threading.Event = field(default_factory=threading.Event)
    connection: HTTPConnection | None = None
    opened: bool = False
    answer: HTTPResponse | None = None
    error: Exception | None = None
    given_up: bool = False


_THREAD = threading.local()


class _Owned(HTTPConnection):
    """Belongs to the call of the thread that uses it, which is how it can be broken off."""

    def connect(self) -> None:
        _take(self, opened=True)
        super().connect()

    def request(self, *args: Any, **options: Any) -> None:
        _take(self)
        super().request(*args, **options)


class _TlsConnection(_Owned, HTTPSConnection):
    """The same over TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Owned


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class BoundedTransport(PoolManager):
    """Used by one thread; `stop` may be called by any.

    reconnects: how many kept connections were gone when they were needed again, though the server had not said that it
    would close them. It may have been restarted meanwhile.
    """

    def __init__(self, *, timeout_s: float, ca_file: Path | None) -> None:
        """timeout_s: of one request as a whole. ca_file: PEM of the authority that signed an https server's
        certificate. Raises OSError if it cannot be used.
        """
        context = ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
        super().__init__(num_pools=1, maxsize=MOST_STUCK + 1, ssl_context=context)
        self.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
        self.reconnects = 0
        self._timeout_s = timeout_s
        self._kept = False
        self._stuck: list[threading.Thread] = []
        self._call = _Call()
        self._stopped = False

    def request(  # noqa: PLR0917  the signature of urllib3
        self,
        method: str,
        url: str,
        body: Any = None,
        fields: Any = None,  # noqa: ARG002  a write has none
        headers: Mapping[str, str] | None = None,
        json: Any = None,  # noqa: ARG002  a write has none
        **options: Any,  # noqa: ARG002  how to read the answer and how long to wait is decided here
    ) -> BaseHTTPResponse:
        """Raises NoAnswer if it was given up, and whatever urllib3 raises."""
        self._stuck = [thread for thread in self._stuck if thread.is_alive()]
        if len(self._stuck) >= MOST_STUCK:
            raise NoAnswer("earlier requests still hang")
        call = self._call = _Call()
        thread = threading.Thread(
            target=self._run, args=(call, method, url, body, headers), name="influx request", daemon=True
        )
        thread.start()
        if not self._stopped:
            call.done.wait(self._timeout_s)
        if call.answer is None and call.error is None:
            self._stuck.append(thread)
            _give_up(call)
            raise NoAnswer("the hub stops" if self._stopped else f"not within {self._timeout_s:g} s")
        if call.opened and self._kept:
            self.reconnects += 1
        self._kept = call.answer is not None and not _is_last(call.answer)
        if call.error is not None:
            raise call.error
        assert call.answer is not None
        return call.answer

    def stop(self) -> None:
        """Have a `request` that waits give up at once. Safe in any thread; final."""
        self._stopped = True
        self._call.done.set()

    def _run(self, call: _Call, method: str, url: str, body: Any, headers: Mapping[str, str] | None) -> None:
        _THREAD.call = call
        try:
            try:
                call.answer = self._exchange(method, url, body, headers)
            except ProtocolError:
                if call.opened or call.given_up:
                    raise
                # A connection that was idle may be closed by the server just now, which is no failure of it.
                call.answer = self._exchange(method, url, body, headers)
        except Exception as error:  # noqa: BLE001  a server may send anything; who waits for it gets the error
            call.error = error
        finally:
            call.done.set()

    def _exchange(self, method: str, url: str, body: Any, headers: Mapping[str, str] | None) -> HTTPResponse:
        answer = super().request(
            method,
            url,
            body=body,
            headers=headers,
            timeout=self._timeout_s,
            retries=False,
            redirect=False,
            preload_content=False,
            decode_content=False,
            enforce_content_length=False,
        )
        text = answer.read(LARGEST_BYTES).decode("utf-8", "replace")
        if not answer.closed:  # longer than that, and the rest would be taken for the next answer
            answer.close()
        answer.release_conn()
        return HTTPResponse(
            io.BytesIO(text.encode()),
            answer.headers,
            answer.status,
            answer.version,
            reason=answer.reason,
            decode_content=False,
            enforce_content_length=False,
        )


def _take(connection: HTTPConnection, *, opened: bool = False) -> None:
    call: _Call | None = getattr(_THREAD, "call", None)
    if call is None:
        return
    if call.given_up:
        raise ConnectionError("given up")
    call.connection = connection
    call.opened |= opened


def _is_last(answer: HTTPResponse) -> bool:
    """Whether the server said that it would close the connection behind it (RFC 9112, section 9.3)."""
    return answer.version < 11 or "close" in answer.headers.get("Connection", "").lower()


def _give_up(call: _Call) -> None:
    """Its thread goes on at once if it waits for an answer, and later if for a name."""
    call.given_up = True
    sock = None if call.connection is None else call.connection.sock
    if sock is not None:
        with contextlib.suppress(OSError):
            # Not the method of a TLS socket, which is not safe beside a read in another thread.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)
