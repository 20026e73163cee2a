"""One topic of an ntfy server as a JSON stream (ntfy's documentation, "Subscribe via API"): one line a message.

The read blocks, so it has a daemon thread of its own, as pushes have: a server that hangs holds up nothing else.
"""

import asyncio
import base64
import contextlib
import http.client
import json
import math
import queue
import socket
import ssl
import threading
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

CONNECT_S = 10.0
# From the connection to the first whole line, which ntfy sends at once.
OPEN_S = 30.0
# ntfy sends a keepalive every 45 s unless its owner chose otherwise ("keepalive-interval"): two may be late.
QUIET_S = 130.0
# A server that is back is reached again within a minute.
FIRST_PAUSE_S, LONGEST_PAUSE_S = 2.0, 45.0
# A connection that held for so long was a good one: the next pause is short again.
GOOD_S = 60.0
# ntfy keeps messages for 12 h ("cache-duration"), and cuts them at 4,096 bytes; what is around one is JSON.
KEPT_S = 12 * 3600.0
SLACK_S = 60.0
LONGEST_LINE = 16_384
WAITING = 50
# In a flood the thread reads on more slowly, and the rest waits at the sender.
FLOOD_PAUSE_S = 0.1
REMEMBERED = 200

HTTP_OK = 200
SILENT = "the server said nothing for too long"

Take = Callable[[str, float], Awaitable[None]]
"""Gets a message's text, and how many seconds it lay at the server before this connection, by the server's clock."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where one address leads. base: `https://ntfy.sh`. answers: the topic for them, secret as long as the
    address is. topics: those of the messages themselves. user, password, token: how the hub itself gets in.
    """

    base: str = field(repr=False)
    answers: str = field(repr=False)
    topics: tuple[str, ...] = field(default=(), repr=False)
    verify: bool = True
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    def headers(self) -> dict[str, str]:
        if self.token:
            return {"Authorization": f"Bearer {self.token}"}
        if self.user:
            both = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
            return {"Authorization": f"Basic {both}"}
        return {}


class Stream:
    """connected: whether the server answers now. alive_s: when it last said anything, on the loop's clock.

    why: the reason while it does not. malformed: lines that made no sense; dropped: messages beyond what may wait.
    """

    def __init__(self, server: Server) -> None:
        self.connected = False
        self.why = "not connected yet"
        self.alive_s = -math.inf
        self.malformed = 0
        self.dropped = 0
        self._server = server
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._since_s: float | None = None
        self._opened_s = -math.inf

    async def run(self, take: Take) -> None:
        """Hand each new message to `take`, reconnecting with growing pauses, until cancelled."""
        now_s = asyncio.get_running_loop().time
        pause_s = FIRST_PAUSE_S
        while True:
            began_s = now_s()
            self.why = await self._once(take)
            self.connected = False
            pause_s = FIRST_PAUSE_S if now_s() - began_s >= GOOD_S else pause_s
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    async def _once(self, take: Take) -> str:
        """One connection from its start to its end; returns why it ended."""
        loop = asyncio.get_running_loop()
        line = _Line(self._server, self._path(loop.time()), loop)
        try:
            line.start()
        except RuntimeError:
            return "this hub has no thread left to listen with"
        try:
            patience_s = OPEN_S
            while await line.stirs(patience_s):
                patience_s = QUIET_S
                over = line.ended
                self.dropped, line.dropped = self.dropped + line.dropped, 0
                while not line.waiting.empty():
                    await self._received(line.waiting.get_nowait(), take)
                    await asyncio.sleep(0)  # who sends faster than this hub reads must not hold up its alarms
                if over:
                    return over
            return SILENT
        finally:
            line.close()

    def _path(self, now_s: float) -> str:
        """What came since the last connection is asked for again; what was seen already is known by its id."""
        if self._since_s is None:
            self._since_s = now_s
            return f"/{self._server.answers}/json"
        back_s = min(now_s - max(self._since_s, self.alive_s) + SLACK_S, KEPT_S)
        return f"/{self._server.answers}/json?since={math.ceil(back_s)}s"

    async def _received(self, raw: bytes, take: Take) -> None:
        try:
            fields = json.loads(raw)
            event, name, text, time_s = fields["event"], fields["id"], fields.get("message", ""), fields.get("time")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            self.malformed += 1
            return
        self.connected, self.why = True, ""
        self.alive_s = asyncio.get_running_loop().time()
        time_s = time_s if isinstance(time_s, int) else self._opened_s
        if event == "open":
            self._opened_s = time_s
        if event != "message" or not isinstance(name, str) or not isinstance(text, str) or name in self._seen:
            return
        self._seen[name] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        await take(text, self._opened_s - time_s if time_s < self._opened_s else 0.0)


class _Line:
    """One connection in its thread. waiting: lines as they came, bounded. ended: why it is over, empty before that."""

    def __init__(self, server: Server, path: str, loop: asyncio.AbstractEventLoop) -> None:
        self.waiting: queue.Queue[bytes] = queue.Queue(WAITING)
        self.stir = asyncio.Event()
        self.ended = ""
        self.dropped = 0
        self._server = server
        self._path = path
        self._loop = loop
        self._socket: socket.socket | None = None
        self._closed = False

    def start(self) -> None:
        """Raises RuntimeError if there is no thread to be had."""
        threading.Thread(target=self._run, name="ntfy", daemon=True).start()

    async def stirs(self, within_s: float) -> bool:
        """Wait for a whole line, or the end; False if neither comes in time.

        The time-outs of a socket do not say that: they count from byte to byte, and a server may drip.
        """
        try:
            async with asyncio.timeout(within_s):
                await self.stir.wait()
        except TimeoutError:
            return False
        self.stir.clear()
        return True

    def close(self) -> None:
        """End it from outside: a read that waits in the thread returns at once."""
        self._closed = True
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _run(self) -> None:
        try:
            why = self._read()
        except TimeoutError:
            why = SILENT
        except ssl.SSLError:
            why = "the server's certificate or TLS is not accepted"
        except (OSError, http.client.HTTPException) as error:
            why = f"the server cannot be reached ({type(error).__name__})"
        except Exception as error:  # noqa: BLE001 - whatever it is, only the buttons may suffer; its text may hold secrets
            why = f"failed inside ({type(error).__name__})"
        self.ended = why
        self._wake()

    def _read(self) -> str:
        connection = self._connection()
        try:
            connection.connect()
            self._socket = connection.sock
            if self._closed:
                return SILENT
            connection.request("GET", self._path, headers={"User-Agent": "feverhub", **self._server.headers()})
            answer = connection.getresponse()
            if answer.status != HTTP_OK:
                return f"the server answered {answer.status}"
            if self._socket is not None:
                self._socket.settimeout(QUIET_S)
            whole = True
            while not self._closed and (raw := answer.readline(LONGEST_LINE)):
                ends, begins = raw.endswith(b"\n"), whole
                whole = ends
                # A line that is longer than any of ntfy's is nobody's button: each piece of it counts as nonsense.
                self._hand_over(raw if ends and begins else b"")
            return "the server closed the connection"
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        parts = urlsplit(self._server.base)
        host = parts.hostname or ""
        if parts.scheme != "https":
            return http.client.HTTPConnection(host, parts.port, timeout=CONNECT_S)
        context = ssl.create_default_context()
        if not self._server.verify:  # the family's own choice in the address, for a server with its own certificate
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return http.client.HTTPSConnection(host, parts.port, timeout=CONNECT_S, context=context)

    def _hand_over(self, raw: bytes) -> None:
        try:
            self.waiting.put_nowait(raw)
            self._wake()
        except queue.Full:
            self.dropped += 1
            time.sleep(FLOOD_PAUSE_S)

    def _wake(self) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody is left to be told
            self._loop.call_soon_threadsafe(self.stir.set)
