"""A ward's page over HTTP: every bed, the worst first; without the token nothing but the question for it."""

import asyncio
import contextlib
import hashlib
import hmac
import socket
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Protocol

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from edge.errors import Unreachable
from edge.web import asking
from edge.web.asking import Refused
from edge.web.guard import guarded
from edge.web.languages import Languages
from edge.web.limits import WRONG_BURST, WRONG_PER_S, Limit
from edge.web.reader import Reader
from edge.web.render import Templates
from edge.web.serving import configured
from edge.web.station_wire import WardAnswer, WardShown

COOKIE = "feverhub_ward"
SHIFT_S = 12 * 3600
"""How long a browser is let in: a shift."""
MOST_ROWS = 150
"""Beds that are shown whole; the others, which come behind them, by their name."""
MOST_STREAMS = 40
MOST_CONNECTIONS = 200
LOOK_S = 1.0
"""A bed whose hub is silent changes without a message."""
GAP_S = 0.1
"""Between two versions of the page, since many beds may change at once."""
ALIVE_S = 2.0
"""A page that hears nothing for three of these says that it is no longer current."""


class Source(Protocol):
    """What the page shows, and where its answers go."""

    def shown(self) -> WardShown:
        """All beds as they are known at this moment."""

    async def news(self, version: int) -> int:
        """Waits until something is newer than that version; which it is."""

    async def answer(self, key: str, alarm: str) -> WardAnswer:
        """Say to the hub of that bed that somebody comes."""


class Station:
    """Every route. token: who has it is let in."""

    def __init__(self, source: Source, token: str, languages: Languages) -> None:
        self._source = source
        self._token = hashlib.sha256(token.encode()).digest()
        self._languages = languages
        self._templates = Templates(languages)
        self._wrong = Limit(WRONG_BURST, WRONG_PER_S)
        self._streams = 0
        # Rendered last, for each reader: the moment, and the text.
        self._rendered: dict[Reader, tuple[float, int, str]] = {}
        self._version = 0

    async def page(self, request: Request) -> Response:
        """The whole page, readable without JavaScript; or the question for the token."""
        reader = self._languages.stranger(request)
        if not self._known(request):
            return HTMLResponse(self._templates("station_enter.html", reader, wrong=False), 401)
        return HTMLResponse(self._templates("station.html", reader, beds=self._beds(reader)))

    async def enter(self, request: Request) -> Response:
        """The token was typed: this browser gets its cookie."""
        asking.same_origin(request)
        token = asking.last(await asking.form(request)).get("token", "")
        if not self._right(request, token):
            wrong = self._templates("station_enter.html", self._languages.stranger(request), wrong=True)
            return HTMLResponse(wrong, 401)
        answer = RedirectResponse("/", status_code=303)
        secure = request.url.scheme == "https"
        answer.set_cookie(COOKIE, token, max_age=SHIFT_S, httponly=True, samesite="strict", secure=secure)
        return answer

    async def answer(self, request: Request) -> Response:
        """ "I'm coming": which bed and which alarm stand beside the button."""
        asking.same_origin(request)
        self._let_in(request)
        reader, fields = self._languages.stranger(request), asking.last(await asking.form(request))
        bed = fields.get("bed", "")
        named = next((each.name for each in self._source.shown().beds if each.key == bed), "")
        said = await self._source.answer(bed, fields.get("alarm", ""))
        text = self._templates("station_answer.html", reader, bed=named, said=said)
        return HTMLResponse(text, 200 if said.ok else 409)

    async def beds(self, request: Request) -> Response:
        """All beds as JSON."""
        self._let_in(request)
        shown = self._source.shown()
        return asking.as_json({"schema": 1, "connected": shown.connected, "why": shown.why, "beds": shown.beds})

    async def events(self, request: Request) -> Response:
        """The beds as a stream of server-sent events, whenever they change, and a sign of life."""
        self._let_in(request)
        if self._streams >= MOST_STREAMS:
            raise Refused(503, "too_many_pages")
        return StreamingResponse(self._stream(self._languages.stranger(request)), media_type="text/event-stream")

    async def _stream(self, reader: Reader) -> AsyncIterator[bytes]:
        self._streams += 1
        seen, version, sent_s = "", 0, 0.0
        try:
            yield b"retry: 1000\n\n"
            while True:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_S):
                        version = await self._source.news(version)
                self._version = max(self._version, version)
                text = self._beds(reader)
                if text != seen:
                    seen, sent_s = text, time.monotonic()
                    yield b"data: " + msgspec.json.encode(text) + b"\n\n"
                    await asyncio.sleep(GAP_S)
                elif time.monotonic() - sent_s >= ALIVE_S:
                    sent_s = time.monotonic()
                    yield b"data: null\n\n"
        finally:
            self._streams -= 1

    def _beds(self, reader: Reader) -> str:
        now_s = time.monotonic()
        at_s, version, text = self._rendered.get(reader, (-LOOK_S, -1, ""))
        if version != self._version or now_s - at_s >= LOOK_S:
            shown = self._source.shown()
            whole = max(MOST_ROWS, sum(bool(bed.alarms) or bed.seen == "lost" for bed in shown.beds[: 4 * MOST_ROWS]))
            text = self._templates("station_beds.html", reader, shown=shown, whole=whole)
            if len(self._rendered) > MOST_STREAMS:
                self._rendered.clear()
            self._rendered[reader] = (now_s, self._version, text)
        return text

    def _known(self, request: Request) -> bool:
        token = asking.secret(request, COOKIE)
        return bool(token) and self._right(request, token)

    def screen(self, request: Request) -> str:
        """From where a browser asks that is let in; empty for any other. All have one token."""
        token = asking.secret(request, COOKIE)
        return asking.address(request) if token and self._matches(token) else ""

    def _matches(self, token: str) -> bool:
        return hmac.compare_digest(hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest(), self._token)

    def _right(self, request: Request, token: str) -> bool:
        right = self._matches(token)
        if not right and not self._wrong.take(asking.address(request), time.monotonic()):
            raise Refused(429, "too_many_wrong")
        return right

    def _let_in(self, request: Request) -> None:
        if not self._known(request):
            raise Refused(401, "not_let_in")

    async def refused(self, request: Request, error: Exception) -> Response:
        """One sentence."""
        assert isinstance(error, Refused)
        reader = self._languages.stranger(request)
        why = error.said(self._languages.locale(reader))
        if request.url.path.startswith("/api/"):
            return asking.as_json({"schema": 1, "ok": False, "reason": why}, error.status)
        return HTMLResponse(
            self._templates("sentence.html", reader, text=why, good=False, stranger=False), error.status
        )


def make_app(source: Source, token: str, languages: Languages) -> Starlette:
    """The whole application, with the guard around it."""
    station = Station(source, token, languages)
    routes = [
        Route("/", station.page),
        Route("/enter", station.enter, methods=["POST"]),
        Route("/answer", station.answer, methods=["POST"]),
        Route("/api/beds", station.beds),
        Route("/api/events", station.events),
        Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
    ]
    return guarded(routes, languages, {Refused: station.refused}, phone=station.screen)


class _Server(uvicorn.Server):
    """Signals are the program's own."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(app: Starlette, host: str, port: int) -> None:
    """Until cancelled. Raises Unreachable where nothing can listen there."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family)
    except OSError as error:
        raise Unreachable(f"cannot listen on {host}, port {port}: {error.strerror or error}") from error
    await _Server(configured(app, MOST_CONNECTIONS)).serve([listening])
