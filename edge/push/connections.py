"""The connections of one push attempt, so that it can be broken off while its thread waits for an answer."""

import contextlib
import contextvars
import socket
import threading
from collections.abc import Iterator, Mapping


class Connections:
    """Those that one attempt has made so far. Safe between threads.

    headers: of HTTP, which each of its requests has beside those of the service.
    """

    def __init__(self) -> None:
        self.headers: Mapping[str, str] = {}
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._over = False

    def add(self, connection: socket.socket) -> None:
        """Once is enough. Raises ConnectionError if the attempt is over already."""
        with self._lock:
            if self._over:
                raise ConnectionError("the attempt is over")
            if connection not in self._sockets:
                self._sockets.append(connection)

    def end(self) -> None:
        """Break them off; a thread that waits on one goes on at once."""
        with self._lock:
            self._over = True
            for connection in self._sockets:
                with contextlib.suppress(OSError):
                    # Not the method of a TLS socket, which is not safe beside a read in another thread.
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)


_CURRENT: contextvars.ContextVar[Connections] = contextvars.ContextVar("connections")


@contextlib.contextmanager
def during(connections: Connections) -> Iterator[None]:
    """What this thread connects to meanwhile is added to them."""
    token = _CURRENT.set(connections)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def current() -> Connections:
    """Those of the attempt that this thread makes; outside of any, nobody's."""
    return _CURRENT.get(None) or Connections()
