"""A push service on loopback that answers as the test says."""

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from tests.support.answering import answer, answering


@dataclass
class Service:
    """What the server received, and how it shall answer: a status, or not at all before `let_go` is set."""

    port: int = 0
    status: int = 200
    answer: bytes = b""
    hang: bool = False
    let_go: threading.Event = field(default_factory=threading.Event)
    arrived: list[tuple[str, dict[str, str], dict[str, object]]] = field(default_factory=list)

    def url(self, rest: str = "sleepless-owls", scheme: str = "ntfy") -> str:
        return f"{scheme}://127.0.0.1:{self.port}/{rest}"


@contextlib.contextmanager
def push_service() -> Iterator[Service]:
    state = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.arrived.append((self.path, dict(self.headers.items()), body))
            if state.hang:
                state.let_go.wait(10)
                return
            answer(self, state.status, state.answer)

    with answering(Handler) as state.port:
        try:
            yield state
        finally:
            state.let_go.set()
