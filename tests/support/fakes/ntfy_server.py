"""A server that stands for ntfy on loopback; for what of its documentation, says tests/push/test_ntfy_contract.py."""

import contextlib
import itertools
import json
import queue
import re
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.answering import answer, answering

MESSAGE_BYTES = 4096
MOST_ACTIONS = 3
SEQUENCE_ID = re.compile(r"[-_A-Za-z0-9]{1,64}")
PRIORITIES = {"min": 1, "low": 2, "default": 3, "high": 4, "max": 5, "urgent": 5}


@dataclass
class FakeNtfy:
    """messages: all that were published, in order. read_status, clear_status: the answer to a subscriber, to a clear.

    cleared: the sequence ids that were asked to be cleared, whatever the answer. clears_hang: no clear is answered.
    """

    port: int = 0
    messages: list[dict[str, Any]] = field(default_factory=list)
    read_status: int = 200
    clear_status: int = 200
    clears_hang: threading.Event | None = None
    cleared: list[str] = field(default_factory=list)
    refuses_actions: bool = False
    keepalive_s: float = 45.0
    asked: list[str] = field(default_factory=list)
    authorizations: list[str | None] = field(default_factory=list)
    streams: list[tuple[str, "queue.Queue[bytes | None]"]] = field(default_factory=list)
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def url(self, topic: str = "sleepless-owls") -> str:
        return f"ntfy://127.0.0.1:{self.port}/{topic}"

    def under(self, topic: str) -> list[dict[str, Any]]:
        return [each for each in self.messages if each["topic"] == topic]

    def publish(self, topic: str, fields: dict[str, Any]) -> dict[str, Any]:
        message = self._event(topic, "message") | {"message": "triggered"} | fields
        self.messages.append(message)
        self.raw(topic, json.dumps(message).encode() + b"\n")
        return message

    def raw(self, topic: str, line: bytes) -> None:
        """Bytes to everyone who hears that topic, whatever they are."""
        for heard, waiting in list(self.streams):
            if heard == topic:
                waiting.put(line)

    def drop_streams(self) -> None:
        for _, waiting in list(self.streams):
            waiting.put(None)

    def tap(self, message: dict[str, Any], label: str) -> int:
        """What the app does when somebody taps that button: the HTTP request that it describes."""
        [action] = [each for each in message["actions"] if each["label"] == label]
        assert action["action"] == "http"
        asked = urllib.request.Request(
            action["url"],
            data=action.get("body", "").encode(),
            headers=action.get("headers", {}),
            method=action.get("method", "POST"),
        )
        with urllib.request.urlopen(asked, timeout=5) as answer:
            return int(answer.status)

    def _event(self, topic: str, event: str) -> dict[str, Any]:
        return {"id": f"id{next(self._ids):010}", "time": int(time.time()), "event": event, "topic": topic}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: FakeNtfy

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        topic = self.path.strip("/")
        fields: dict[str, Any] = {"message": body.decode()}
        if not topic:  # "Publish as JSON"
            fields = json.loads(body)
            topic = str(fields.pop("topic"))
        if len(str(fields["message"]).encode()) > MESSAGE_BYTES:
            return self._answer(400, {"error": "message too large"})
        if "X-Priority" in self.headers:
            fields["priority"] = PRIORITIES[self.headers["X-Priority"]]
        if "X-Sequence-ID" in self.headers:
            fields["sequence_id"] = self.headers["X-Sequence-ID"]
            if not SEQUENCE_ID.fullmatch(fields["sequence_id"]):
                return self._answer(400, {"error": "sequence ID invalid"})
        if "X-Actions" in self.headers:
            actions = json.loads(self.headers["X-Actions"])
            wrong = self.state.refuses_actions or len(actions) > MOST_ACTIONS
            if wrong or not all(it["label"] and it["url"] for it in actions):
                return self._answer(400, {"error": "actions invalid"})
            fields["actions"] = actions
        return self._answer(200, self.state.publish(topic, fields))

    def do_PUT(self) -> None:
        """The only thing that is put: `/<topic>/<sequence id>/clear`."""
        topic, name, verb = self.path.strip("/").split("/")
        assert verb == "clear"
        self.state.cleared.append(name)
        if self.state.clears_hang is not None:
            self.state.clears_hang.wait(20)
        if self.state.clear_status != 200:
            return self._answer(self.state.clear_status, {"error": "no"})
        event = self.state._event(topic, "message_clear") | {"sequence_id": name}
        self.state.raw(topic, json.dumps(event).encode() + b"\n")
        return self._answer(200, event)

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        topic = parts.path.strip("/").removesuffix("/json")
        state, waiting = self.state, queue.Queue[bytes | None]()
        state.asked.append(parts.query)
        state.authorizations.append(self.headers["Authorization"])
        if state.read_status != 200:
            return self._answer(state.read_status, {"error": "no"})
        since = parse_qs(parts.query).get("since", ["0s"])[0]
        state.streams.append((topic, waiting))
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            self._chunk(json.dumps(state._event(topic, "open")).encode() + b"\n")
            for message in state.under(topic):
                if message["time"] >= time.time() - float(since.removesuffix("s")):
                    self._chunk(json.dumps(message).encode() + b"\n")
            while (line := self._next(waiting)) is not None:
                self._chunk(line)
            self.wfile.write(b"0\r\n\r\n")
        except OSError:
            pass
        finally:
            state.streams.remove((topic, waiting))
        self.close_connection = True
        return None

    def _next(self, waiting: "queue.Queue[bytes | None]") -> bytes | None:
        try:
            return waiting.get(timeout=self.state.keepalive_s)
        except queue.Empty:
            return json.dumps(self.state._event("", "keepalive")).encode() + b"\n"

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        answer(self, status, json.dumps(body).encode())


@contextlib.contextmanager
def ntfy_server(state: FakeNtfy | None = None) -> Iterator[FakeNtfy]:
    """Runs until the block ends; with a state of before, on the same port again."""
    state = state or FakeNtfy()
    with answering(type("Handler", (_Handler,), {"state": state}), state.port) as state.port:
        try:
            yield state
        finally:
            state.drop_streams()
