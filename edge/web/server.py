"""The page over HTTP: who may see it, what may be asked, and what every answer carries.

Without the cookie or token of a phone that was let in there is nothing but a page that says so.
"""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TypeVar

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from edge.model.people import Role
from edge.web import api, asking, house, wire
from edge.web.asking import Refused
from edge.web.checkup import CheckupPages
from edge.web.encryption import NOT_ENCRYPTED, CertificatePages, Encryption
from edge.web.feed import Feed
from edge.web.guard import guarded
from edge.web.history import History
from edge.web.languages import Languages
from edge.web.limits import WRONG_BURST, WRONG_PER_S, Limit
from edge.web.logbook import Logbook
from edge.web.people import People
from edge.web.phones import Phones
from edge.web.reader import Reader
from edge.web.ready import ReadyPages
from edge.web.render import Pages
from edge.web.report import ReportPages
from edge.web.visitor import Visitor

T = TypeVar("T")

MOST_STREAMS = 60
MOST_STREAMS_A_PHONE = 4


class Site:
    """Every route. feed: the hub. phones: who is let in. languages: in which it is shown."""

    def __init__(self, feed: Feed, phones: Phones, languages: Languages) -> None:
        self._feed = feed
        self._phones = phones
        self._languages = languages
        self.pages = Pages(languages)
        self._wrong = Limit(WRONG_BURST, WRONG_PER_S)
        self._streams: dict[str, int] = {}

    # ---------------------------------------------------------------- pages

    async def page(self, request: Request) -> Response:
        """The whole page, readable without JavaScript."""
        visitor = self.visitor(request)
        shown = self._feed.shown_to(visitor.reader)
        answer = HTMLResponse(self.pages.whole(shown, visitor.view, visitor.name, lost=self._feed.lost))
        secret = request.cookies.get(asking.COOKIE)
        if secret and request.url.scheme == "https":
            # A phone that was let in before there was encryption shows its cookie no more where there is none.
            asking.set_cookie(request, answer, secret, asking.YEAR_S)
        return answer

    async def bedside(self, request: Request) -> Response:
        """The face for the night."""
        view, light = self.visitor(request).at_night, request.query_params.get("light", "")
        level = int(light) if light in ("1", "2", "3") else 2
        shown = self._feed.shown_to(view.reader)
        return HTMLResponse(self.pages.whole(shown, view, "", lost=self._feed.lost, light=level))

    async def pause(self, request: Request) -> Response:
        """The question before a pause."""
        visitor, shown = self.visitor(request), self._feed.snapshot
        names = {child.id: child.name for child in shown.children} if shown else {}
        person, minutes = request.query_params.get("person", ""), request.query_params.get("minutes", "")
        if not visitor.view.answers:
            raise Refused(403, "viewer")
        if person not in names or minutes not in ("10", "20", "30"):
            raise Refused(404, "not_read")
        return HTMLResponse(
            self.pages.page("pause.html", visitor.reader, person=person, name=names[person], minutes=minutes)
        )

    async def enter(self, request: Request) -> Response:
        """Where the code of an invitation leads: whose phone it will be, and one button. Looking uses nothing up."""
        code = request.query_params.get("code", "")
        found = self._known(request, self._phones.invitation(code, time.time()), "bad_code")
        return HTMLResponse(self.pages.enter(code, self._name(found.caregiver), self._languages.stranger(request)))

    async def let_in(self, request: Request) -> Response:
        """The button was pressed: this phone gets its cookie."""
        asking.same_origin(request)
        code = asking.last(await asking.form(request)).get("code", "")
        invitation = self._known(request, self._phones.invitation(code, time.time()), "bad_code")
        secret = self._known(request, self._phones.let_in(code, time.time()), "bad_code")
        left_s = asking.YEAR_S if invitation.ends_s is None else max(0, int(invitation.ends_s - time.time()))
        answer = RedirectResponse("/", status_code=303)
        asking.set_cookie(request, answer, secret, min(asking.YEAR_S, left_s))
        return answer

    async def say(self, request: Request) -> Response:
        """A button of the page: works as a plain form, and answers a script in JSON."""
        fields = asking.last(await asking.form(request))
        verb = fields.pop("verb", "")
        said: dict[str, object] = {name: asking.plain(text) for name, text in fields.items()}
        visitor, answer = await self._command(request, verb, msgspec.json.encode(said))
        reason = visitor.words.say(answer.reason)
        if asking.wants_json(request):
            return asking.as_json({"ok": answer.ok, "reason": reason})
        text = self.pages.sentence(reason, visitor.reader, good=answer.ok)
        return HTMLResponse(text, status_code=200 if answer.ok else 409)

    # ---------------------------------------------------------------- API

    async def state(self, request: Request) -> Response:
        """All that the page shows, as JSON; 503 while the hub is lost, since nothing of it would be true."""
        visitor = self.visitor(request)
        if self._feed.lost:
            raise Refused(503, "lost")
        shown = self._feed.shown_to(visitor.reader)
        return Response(msgspec.json.encode({"schema": 1, "state": shown}), media_type="application/json")

    async def openapi(self, request: Request) -> Response:
        """What stands under `/api/`."""
        self.visitor(request)
        return Response(api.openapi(), media_type="application/json")

    async def command(self, request: Request) -> Response:
        """A verb with a JSON body, as on MQTT."""
        visitor, answer = await self._command(request, request.path_params["verb"], await asking.body(request))
        said = {"schema": 1, "ok": answer.ok, "reason": visitor.words.say(answer.reason)}
        return asking.as_json(said, 200 if answer.ok else 409)

    async def events(self, request: Request) -> Response:
        """The page as a stream of server-sent events: the parts that changed, and the hub's clocks."""
        visitor = self.visitor(request)
        mine = self._streams.get(visitor.phone, 0)
        if mine >= MOST_STREAMS_A_PHONE or sum(self._streams.values()) >= MOST_STREAMS:
            raise Refused(503, "too_many_pages")
        night = request.query_params.get("face") == "night"
        return StreamingResponse(self._stream(request, visitor, night=night), media_type="text/event-stream")

    async def _stream(self, request: Request, visitor: Visitor, *, night: bool) -> AsyncIterator[bytes]:
        self._streams[visitor.phone] = self._streams.get(visitor.phone, 0) + 1
        seen: dict[str, str] = {}
        version = 0
        try:
            yield b"retry: 2000\n\n"
            while True:
                version = await self._feed.next(version)
                # An access that has ended ends what it opened; who may do more or less by now sees that.
                now = self.visitor(request)
                view = now.at_night if night else now.view
                shown = self._feed.shown_to(view.reader)
                assert shown is not None
                parts = self.pages.parts(shown, view)
                new = {name: part for name, part in parts.items() if seen.get(name) != part}
                seen = parts
                event = {
                    "mono_s": shown.mono_s,
                    "wall_s": shown.wall_s,
                    "parts": new,
                    "rings": {each.id: each.text for each in shown.alarms if each.rings and each.level != "low"},
                }
                yield b"data: " + msgspec.json.encode(event) + b"\n\n"
        except Refused:
            return
        finally:
            left = self._streams[visitor.phone] - 1
            if left:
                self._streams[visitor.phone] = left
            else:
                del self._streams[visitor.phone]

    # ---------------------------------------------------------------- who asks

    def visitor(self, request: Request) -> Visitor:
        """Raises Refused for a phone that is not let in, or whose caregiver is not set up any more."""
        secret = asking.secret(request)
        if not secret:
            raise Refused(401, "not_let_in")
        phone = self._known(request, self._phones.find(secret, time.time()), "not_let_in")
        shown = self._feed.snapshot
        if shown is not None and phone.caregiver not in shown.caregivers:
            raise Refused(401, "not_let_in")
        stranger = self._languages.stranger(request)
        who = shown.caregivers[phone.caregiver] if shown else wire.Caregiver("", Role.VIEWER, stranger)
        local = house.local(asking.address(request), request.headers)
        words = self._languages.locale(who.reader)
        return Visitor(phone.id, phone.caregiver, who.name, who.role, local, who.reader, words)

    def phone(self, request: Request) -> str:
        """The id of the phone that asks; empty if it is not let in."""
        found = self._phones.find(asking.secret(request), time.time())
        return "" if found is None else found.id

    def reader(self, request: Request) -> tuple[Reader, bool]:
        """How whoever asks reads, also who is not let in; whether that is a stranger."""
        phone = self._phones.find(request.cookies.get(asking.COOKIE, ""), time.time())
        known = self._feed.snapshot.caregivers if self._feed.snapshot else {}
        if phone is None or phone.caregiver not in known:
            return self._languages.stranger(request), True
        return known[phone.caregiver].reader, False

    async def language(self, request: Request) -> Response:
        """A link in the language that it leads to: this phone's choice, and back to where it was pressed."""
        return asking.chosen(request, self._languages.chosen(request))

    def _known(self, request: Request, found: T | None, why: str) -> T:
        """What a secret led to. Raises Refused where it led to nothing, and says less once that was often."""
        if found is None:
            few = self._wrong.take(asking.address(request), time.monotonic())
            raise Refused(401, why) if few else Refused(429, "too_many_wrong")
        return found

    def able(self, request: Request) -> Visitor:
        """Who may say something. Raises Refused, also for a form that comes from another page."""
        if "authorization" not in request.headers:
            asking.same_origin(request)
        visitor = self.visitor(request)
        if visitor.role is Role.VIEWER:  # the hub would say so too; this costs it nothing
            raise Refused(403, "viewer")
        return visitor

    async def _command(self, request: Request, verb: str, body: bytes) -> tuple[Visitor, wire.Answer]:
        visitor = self.able(request)
        said = body.decode("utf-8", "replace")
        return visitor, await self._feed.say(visitor.caregiver, verb, said, local=visitor.local)

    def _name(self, caregiver: str) -> str:
        known = self._feed.snapshot.caregivers if self._feed.snapshot else {}
        return known[caregiver].name if caregiver in known else caregiver

    async def refused(self, request: Request, error: Exception) -> Response:
        """One sentence, for a person or for a script."""
        assert isinstance(error, Refused)
        reader, stranger = self.reader(request)
        why = error.said(self._languages.locale(reader))
        if request.url.path.startswith("/api/") or asking.wants_json(request):
            return asking.as_json({"schema": 1, "ok": False, "reason": why}, error.status)
        return HTMLResponse(self.pages.sentence(why, reader, good=False, stranger=stranger), error.status)


def make_app(feed: Feed, phones: Phones, languages: Languages, encryption: Encryption = NOT_ENCRYPTED) -> Starlette:
    """The whole application, with the guard around it."""
    site = Site(feed, phones, languages)
    routes = [
        *CertificatePages(encryption, site.pages, languages).routes,
        *History(feed, site.pages, site.visitor).routes,
        *ReportPages(feed, site.pages, site.visitor).routes,
        *CheckupPages(feed, site.pages, site.visitor).routes,
        *Logbook(feed, site.pages, site.visitor, site.able).routes,
        Route("/", site.page),
        Route("/bedside", site.bedside),
        Route("/pause", site.pause),
        Route("/language", site.language),
        Route("/enter", site.enter, methods=["GET"]),
        Route("/enter", site.let_in, methods=["POST"]),
        Route("/say", site.say, methods=["POST"]),
        Route("/api/state", site.state),
        Route("/api/events", site.events),
        Route("/api/openapi.json", site.openapi),
        Route("/api/commands/{verb:str}", site.command, methods=["POST"]),
        *People(feed, site.able, site.visitor, languages).routes,
        *ReadyPages(feed, phones, site.visitor, languages).routes,
        Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
    ]
    return guarded(routes, languages, {Refused: site.refused}, phone=site.phone)
