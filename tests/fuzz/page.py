"""Requests to the page: a letter for who asks, then the bytes of an HTTP request.

`n` nobody, `f` from far away, `s` to a first run. In the bytes `@anna@` and `@opa@` stand for the secrets of their
phones, `@owner@` for that of who sets the hub up, `@code@` for an invitation that is open.
"""

import asyncio
import gzip
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import h11
import msgspec
from starlette.applications import Starlette

from edge import commands
from edge.app.load.first_run import NOBODY
from edge.errors import CommandRefused
from edge.model.event import Verb
from edge.model.people import Role
from edge.web import lookup, wire
from edge.web.feed import Feed
from edge.web.guard import HEADERS
from edge.web.languages import Languages
from edge.web.phones import Phones
from edge.web.server import make_app
from edge.web.setup import make_setup_app
from edge.web.setup_wire import STEPS, Setup
from tests.fuzz.kind import Check, Kind, sentence
from tests.support.page import child, seizure, series, snapshot

CHILD = "Zuleika-Q7"
SOURCE = b"def make_app("
HOST = b"hub.home:8080"
FAR = "203.0.113."

_OF: dict[Check, asyncio.AbstractEventLoop] = {}
SHOWN = snapshot(
    children=[child(name=CHILD)],
    alarms=[seizure(text=f"{CHILD}: moves", person="mia")],
    caregivers={"anna": wire.Caregiver("Anna", Role.OWNER), "opa": wire.Caregiver("Opa", Role.VIEWER)},
)
ANSWERED = {"name": "Anna", "child": CHILD, "born": "2026-03-14", "way": "ntfy"}
FIRST = Setup(owners=["anna"], step=STEPS[-1], done=list(STEPS[:-1]), children=[CHILD], values=ANSWERED)


@dataclass
class _Hub:
    """The other end of the page's pipe: it takes what commands any hub takes, and answers at once."""

    feed: Feed = field(init=False)
    said: list[wire.Say] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.feed = Feed(self.write)

    def write(self, line: bytes) -> None:
        match msgspec.json.decode(line, type=wire.FromPage):
            case wire.Say() as said:
                self.said.append(said)
                answer = wire.Answer(said.number, ok=True, reason="done")
                try:
                    commands.parse(said.verb, said.body.encode(), commands.Speaker(said.caregiver, said.local, "page"))
                except CommandRefused as refused:
                    answer = wire.Answer(said.number, ok=False, reason=sentence(refused))
                asyncio.get_running_loop().call_soon(self.feed.take, answer)
                asyncio.get_running_loop().call_later(0.001, self.feed.take, SHOWN)
            case wire.Ask() as asked:
                found = series() if isinstance(asked.question, lookup.SeriesAsked) else lookup.Nothing("nothing")
                asyncio.get_running_loop().call_soon(self.feed.take, wire.Told(asked.number, found))


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


def begin(folder: Path) -> Check:
    loop = asyncio.new_event_loop()
    hub, first, languages = _Hub(), _Hub(), Languages({})
    phones, owners = Phones(folder / "phones"), Phones(folder / "first" / "phones")
    now_s = time.time()
    secrets = {
        "@anna@": phones.let_in(phones.invite("anna", now_s), now_s),
        "@opa@": phones.let_in(phones.invite("opa", now_s), now_s),
        "@owner@": owners.let_in(owners.invite("anna", now_s), now_s),
        "@code@": phones.invite("anna", now_s),
        "@first@": owners.invite(NOBODY, now_s, typed=True),
    }
    known = {name.encode(): str(secret).encode() for name, secret in secrets.items()}
    apps = {b"s": make_setup_app(first.feed, owners, languages)}
    usual = make_app(hub.feed, phones, languages)
    asked = 0

    def check(data: bytes) -> str:
        nonlocal asked
        asked += 1
        hub.said.clear()
        first.said.clear()
        hub.feed.take(SHOWN)
        first.feed.take(FIRST)
        raw = data[1:]
        for name, secret in known.items():
            raw = raw.replace(name, secret)
        request = _parsed(raw)
        if request is None:
            return "no HTTP"
        # Each from another address, so that no limit of one keeps the others out.
        address = (
            f"{FAR}{asked % 250}" if data[:1] == b"f" else f"127.{asked >> 16 & 255}.{asked >> 8 & 255}.{asked & 255}"
        )
        app = apps.get(data[:1], usual)
        answer = loop.run_until_complete(_answered(app, *request, address))
        _check(answer, raw, known, first if data[:1] == b"s" else hub, local=data[:1] != b"f")
        if known[b"@code@"] in raw:  # it may be used up
            known[b"@code@"] = phones.invite("anna", time.time()).encode()
            known[b"@first@"] = owners.invite(NOBODY, time.time(), typed=True).encode()
            for each in phones.all()[2:]:
                phones.end(each.id)
        return f"{answer.status}" if answer.status >= 400 else ""

    _OF[check] = loop
    return check


def _check(answer: _Answer, raw: bytes, known: Mapping[bytes, bytes], hub: _Hub, *, local: bool) -> None:
    assert answer.status not in (500, 501), answer.status
    headers = {name.lower(): value for name, value in answer.headers}
    for name, wanted in HEADERS.items():
        assert headers.get(name.encode()) == wanted.encode(), name
    for _, value in answer.headers:
        assert b"\r" not in value, value
        assert b"\n" not in value, value
    if b"location" in headers:
        to = headers[b"location"].decode("latin-1")
        assert to.startswith("/"), to
        assert not to.startswith(("//", "/\\")), to
        assert not urlsplit(to).netloc, to
    body = gzip.decompress(answer.body) if headers.get(b"content-encoding") == b"gzip" else answer.body
    assert SOURCE not in body
    assert b"root:x:0" not in body
    let_in = any(known[each] in raw for each in (b"@anna@", b"@opa@", b"@owner@"))
    assert let_in or CHILD.encode() not in body, "a stranger sees the child"
    for said in hub.said:
        assert known[b"@anna@"] in raw or known[b"@owner@"] in raw or known[b"@first@"] in raw, "a stranger was obeyed"
        assert said.local is local or said.caregiver == "", "from where it came is wrong"
        json.loads(said.body) if said.caregiver == "" else None
        assert b"\norigin:" in raw.lower() or b"\nauthorization:" in raw.lower(), "a form of another page was obeyed"


def _parsed(raw: bytes) -> tuple[h11.Request, bytes] | None:
    """As uvicorn has it of h11: None for what it answers itself."""
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=64 * 1024)
    request, body = None, b""
    try:
        connection.receive_data(raw)
        connection.receive_data(b"")
        while True:
            event = connection.next_event()
            match event:
                case h11.Request():
                    request = event
                case h11.Data(data=piece):
                    body += bytes(piece)
                case _:
                    break
    except h11.RemoteProtocolError:
        pass
    return None if request is None else (request, body)


async def _answered(app: Starlette, request: h11.Request, body: bytes, address: str) -> _Answer:
    target, _, query = request.target.partition(b"?")
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "server": ("127.0.0.1", 8080),
        "client": (address, 40000),
        "scheme": "http",
        "method": request.method.decode("ascii"),
        "root_path": "",
        "path": unquote(target.decode("ascii")),
        "raw_path": target,
        "query_string": query,
        "headers": [(bytes(name), bytes(value)) for name, value in request.headers],
        "state": {},
    }
    waiting = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if waiting:
            return waiting.pop()
        while not any(each["type"] == "http.response.body" and each.get("body") for each in sent):  # noqa: ASYNC110
            await asyncio.sleep(0)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    async with asyncio.timeout(5.0):
        await app(scope, receive, send)
    begun = next(each for each in sent if each["type"] == "http.response.start")
    whole = b"".join(each.get("body", b"") for each in sent if each["type"] == "http.response.body")
    return _Answer(begun["status"], [(bytes(a), bytes(b)) for a, b in begun["headers"]], whole)


def _request(who: str, first: str, *headers: str, body: str = "") -> bytes:
    lines = [
        f"{first} HTTP/1.1",
        f"Host: {HOST.decode()}",
        *headers,
        *([f"Content-Length: {len(body)}"] if body else []),
    ]
    return who.encode() + "\r\n".join([*lines, "", body]).encode()


COOKIE, VIEWER, OWNER = "Cookie: feverhub=@anna@", "Cookie: feverhub=@opa@", "Cookie: feverhub=@owner@"
BEARER, ORIGIN = "Authorization: Bearer @anna@", f"Origin: http://{HOST.decode()}"
FORM = "Content-Type: application/x-www-form-urlencoded"


def seeds() -> Sequence[bytes]:
    paths = ("/", "/bedside?light=2", "/pause?person=mia&minutes=20", "/api/state", "/api/events", "/api/openapi.json")
    more = (
        *("/curve?person=mia&hours=24", "/api/series?person=mia&hours=6", "/timeline?day=2027-01-15", "/why?alarm=x"),
        *(
            "/quiet",
            "/records",
            "/log?what=dose",
            "/people",
            "/people/edit?id=opa",
            "/people/end?id=opa",
            "/setup/test",
        ),
        *("/good-night", "/report", "/report/file?number=1", "/certificate", "/setup/done", "/setup/sounder"),
    )
    found = [_request("n", f"GET {path}", COOKIE) for path in (*paths, *more)]
    found += [
        _request("n", f"GET {path}") for path in ("/", "/static/icon.svg", "/enter?code=@code@", "/static/../server.py")
    ]
    found += [
        _request("f", "GET /", VIEWER, "Accept-Encoding: gzip"),
        _request("n", "GET /language?language=de", "Referer: http://hub.home:8080/log?what=dose"),
    ]
    for verb in Verb:
        found.append(
            _request("n", f"POST /api/commands/{verb}", BEARER, body='{"alarm": "mia-seizure-1", "request_id": "r"}')
        )
    said = "verb=acknowledge&alarm=mia-seizure-1&minutes=30"
    found += [_request(who, "POST /say", COOKIE, ORIGIN, FORM, body=said) for who in "nf"]
    found += [_request("n", "POST /say", each, ORIGIN, FORM, body=said) for each in (VIEWER, "Cookie: feverhub=x")]
    found += [
        _request("n", "POST /say", COOKIE, FORM, body=said),
        _request("n", "POST /enter", ORIGIN, FORM, body="code=@code@"),
    ]
    posts = {
        "/people": "id=&name=Sue&role=viewer&language=de&until=",
        "/people/end": "id=opa",
        "/people/mqtt": "id=opa",
    }
    posts |= {"/good-night": "", "/setup/invite": "id=opa", "/setup/test": "verb=test", "/report": "days=7&form=pdf"}
    found += [_request("n", f"POST {path}", COOKIE, ORIGIN, FORM, body=body) for path, body in posts.items()]
    dose = "what=dose&person=mia&drug=Ibuprofen&amount=5&unit=ml&time=02%3A30&request_id=abc"
    found += [_request("n", "POST /log", COOKIE, ORIGIN, FORM, body=dose), _request("n", "GET /reports", COOKIE)]
    found += [_request("s", f"GET /setup/{step}", OWNER) for step in STEPS]
    found += [
        _request("s", f"POST /setup/{step}", OWNER, ORIGIN, FORM, body="name=Mia&born=2026-03-14") for step in STEPS
    ]
    found += [
        _request("s", "POST /setup", ORIGIN, FORM, body="code=@first@&name=Anna"),
        _request("s", "GET /setup?code=@first@"),
    ]
    part = '--x\r\nContent-Disposition: form-data; name="f"; filename="b.zip"\r\n\r\nPK\r\n--x--\r\n'
    found.append(
        _request("s", "POST /setup/upload", OWNER, ORIGIN, "Content-Type: multipart/form-data; boundary=x", body=part)
    )
    return found


WORDS = (
    *(b"@anna@", b"@opa@", b"@owner@", b"@code@", b"@first@", b"Cookie: feverhub=", b"Origin: http://evil.example"),
    *(b"%00", b"%0d%0a", b"%2e%2e%2f", b"../", b"//evil.example", b"\\", b"/static/", b"/api/", b"?", b"&", b"=", b";"),
    *(
        b"Accept: application/json",
        b"Accept-Language: de-DE",
        b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    ),
    *(
        b"X-Forwarded-For: 127.0.0.1",
        b"Accept-Encoding: gzip",
        b"Referer: http://hub.home:8080/\\evil",
        b"\xff\xfe",
        b"\xed\xa0\x80",
    ),
    *(
        b"hours=72",
        b"day=0001-01-01",
        b"day=9999-12-31",
        b"light=3",
        b"If-Modified-Since: ",
        b"Range: bytes=0-",
        b"HEAD ",
        b"OPTIONS ",
    ),
)
KIND = Kind("page", begin, seeds, WORDS, longest=12_000, end=lambda check: _OF.pop(check).close())
