"""The first run over HTTP: plain forms, one a step, from the family's own network alone and with the terminal's code.

Nothing of it needs JavaScript. A form that cannot be taken comes back with its answers and one sentence.
"""

import asyncio
import json
import secrets
import time
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from edge.delivery import page_words
from edge.web import asking, house
from edge.web.asking import Refused
from edge.web.feed import Feed
from edge.web.guard import guarded
from edge.web.languages import Languages
from edge.web.limits import WRONG_BURST, WRONG_PER_S, Limit
from edge.web.phones import Phones, as_typed
from edge.web.setup_pages import SetupPages
from edge.web.setup_wire import STEPS, UPLOAD, UPLOADED, Setup
from edge.web.upload import received

SECRET_LETTERS = 43
"""Of 256 bits, as `secrets.token_urlsafe(32)` writes them."""
PAST = ("look", "choose", "key", "skip", "add")
"""What is said within a step, beside its own form."""


class SetupSite:
    """Every route of a first run."""

    def __init__(self, feed: Feed, phones: Phones, languages: Languages) -> None:
        self._feed = feed
        self._phones = phones
        self._sent = phones.folder.parent / UPLOAD / UPLOADED
        self._sending = asyncio.Lock()
        self._languages = languages
        self._pages = SetupPages(languages)
        self._wrong = Limit(WRONG_BURST, WRONG_PER_S)

    async def door(self, request: Request) -> Response:
        """Where the QR code leads: a phone that is in goes on, another one says the code."""
        shown = self._shown(request)
        if self._is_in(request, shown):
            return _to(shown.step) if not shown.trouble else HTMLResponse(self._pages.trouble(shown))
        code = as_typed(request.query_params.get("code", ""))
        why = ""
        if code and self._phones.invitation(code, time.time()) is None:
            code, why = "", self._bad_code(request)
        answer = HTMLResponse(self._pages.door(shown, code, why), 401 if why else 200)
        # The phone's own secret, worth nothing until a code lets it in: so a form that is sent twice is one phone.
        if not request.cookies.get(asking.COOKIE):
            asking.set_cookie(request, answer, secrets.token_urlsafe(32), asking.YEAR_S)
        return answer

    async def enter(self, request: Request) -> Response:
        """A code was sent: this phone is in."""
        asking.same_origin(request)
        shown = self._shown(request)
        fields = asking.last(await asking.form(request))
        secret = request.cookies.get(asking.COOKIE, "")
        if not self._is_in(request, shown):
            code = as_typed(fields.pop("code", ""))
            known = self._phones.let_in(code, time.time(), secret if len(secret) == SECRET_LETTERS else "")
            if known is None:
                return HTMLResponse(self._pages.door(shown, "", self._bad_code(request)), 401)
            secret = known
        answer: Response = RedirectResponse("/setup", 303)
        if fields.get("name") and "instead" not in fields and shown.step == "you" and not shown.trouble:
            reader = self._languages.stranger(request)
            body = json.dumps({"name": fields["name"]})
            said = await self._feed.say("", "you", body, local=True, reader=reader)
            if not said.ok:
                answer = HTMLResponse(self._pages.step(self._shown(request), "you", fields, said.reason), 409)
        elif fields.get("instead") == "restore" and not shown.trouble:
            await self._feed.say("", "find", "{}", local=True, reader=shown.reader)
            answer = _to("restore")
        asking.set_cookie(request, answer, secret, asking.YEAR_S)
        return answer

    async def page(self, request: Request) -> Response:
        """One step. A step that comes later leads to the first that is open."""
        shown, step = self._let_in(request), request.path_params["step"]
        if shown.trouble:
            return RedirectResponse("/setup", 303)
        if step not in STEPS or STEPS.index(step) > STEPS.index(shown.step):
            return _to(shown.step)
        apple = any(each in request.headers.get("user-agent", "") for each in ("iPhone", "iPad"))
        asked = {"way": "pushover"} if apple and step == "phone" and step not in shown.done else {}
        return HTMLResponse(self._pages.step(shown, step, asked, ""))

    async def say(self, request: Request) -> Response:
        """The form of a step, or a button within it."""
        asking.same_origin(request)
        self._let_in(request)
        step = request.path_params["step"]
        fields = asking.last(await asking.form(request))
        verb = fields.pop("verb", step)
        reader = self._languages.stranger(request)
        body = json.dumps({**fields, "step": step})
        answer = await self._feed.say("", verb, body, local=True, reader=reader)
        shown = self._shown(request)
        if step == "restore" and not shown.trouble:
            return _to(step) if answer.ok else HTMLResponse(self._pages.restore(shown, answer.reason), 409)
        if not answer.ok:
            if shown.trouble or step not in STEPS:
                return HTMLResponse(self._pages.trouble(shown, answer.reason), 409)
            return HTMLResponse(self._pages.step(shown, step, fields, answer.reason), 409)
        if verb == STEPS[-1]:
            return RedirectResponse("/setup/test", 303)
        if shown.trouble:
            return RedirectResponse("/setup", 303)
        if verb in PAST and verb != "skip":
            return _to(step)
        return _to(self._after(shown, step))

    async def restore(self, request: Request) -> Response:
        """Going on with a backup instead of the questions."""
        shown = self._let_in(request)
        if shown.restore.state == "done" and STEPS[-1] in shown.done:
            return HTMLResponse(self._pages.starting(shown.reader, request.url.path))
        if shown.trouble or shown.restore.state == "done":
            return RedirectResponse("/setup", 303)
        return HTMLResponse(self._pages.restore(shown, ""))

    async def upload(self, request: Request) -> Response:
        """A backup of the phone's own: it is on the disk before the hub looks at it."""
        asking.same_origin(request)
        shown = self._let_in(request)
        try:
            if self._sending.locked():
                raise Refused(409, "upload_one")
            async with self._sending:
                length = request.headers.get("content-length", "")
                kind = request.headers.get("content-type", "")
                await received(request.stream(), kind, int(length) if length.isdigit() else 0, self._sent)
        except Refused as refused:
            why = refused.said(self._languages.locale(shown.reader))
            return HTMLResponse(self._pages.restore(shown, why), refused.status, {"connection": "close"})
        body = json.dumps({"key": UPLOADED})
        answer = await self._feed.say("", "restore", body, local=True, reader=shown.reader)
        if not answer.ok:
            return HTMLResponse(self._pages.restore(self._shown(request), answer.reason), 409)
        return _to("restore")

    async def starting(self, request: Request) -> Response:
        """The hub is about to begin: its own page takes over at this address."""
        shown = self._let_in(request)
        if shown.trouble or STEPS[-1] not in shown.done:
            return RedirectResponse("/setup", 303)
        return HTMLResponse(self._pages.starting(shown.reader, request.url.path))

    @staticmethod
    def _after(shown: Setup, step: str) -> str:
        """Where to go from a step: to the next, which may have been answered before."""
        if step not in STEPS or step not in shown.done:
            return shown.step
        return STEPS[min(STEPS.index(step) + 1, len(STEPS) - 1)]

    # ---------------------------------------------------------------- who asks

    def _shown(self, request: Request) -> Setup:
        if not house.local(asking.address(request), request.headers):
            raise Refused(403, "setup_away")
        if self._feed.setup is None or self._feed.lost:
            raise Refused(503, "setup_no_hub")
        shown = self._feed.setup_for(self._languages.stranger(request))
        assert shown is not None
        return shown

    def _is_in(self, request: Request, shown: Setup) -> bool:
        phone = self._phones.find(request.cookies.get(asking.COOKIE, ""), time.time())
        return phone is not None and phone.caregiver in shown.owners

    def _let_in(self, request: Request) -> Setup:
        shown = self._shown(request)
        if not self._is_in(request, shown):
            raise Refused(401, "setup_not_yet")
        return shown

    def _bad_code(self, request: Request) -> str:
        few = self._wrong.take(asking.address(request), time.monotonic())
        words = self._languages.locale(self._languages.stranger(request))
        return page_words.fill("setup_bad_code" if few else "too_many_wrong", words)

    async def elsewhere(self, request: Request) -> Response:
        """Whatever else a hub has: there is only this yet."""
        if request.url.path.startswith("/api/") or asking.wants_json(request):
            words = self._languages.locale(self._languages.stranger(request))
            return asking.as_json({"schema": 1, "ok": False, "reason": page_words.fill("setup_not_yet", words)}, 503)
        return RedirectResponse("/setup", 303)

    async def refused(self, request: Request, error: Exception) -> Response:
        """One sentence; whoever is not in is asked for the code."""
        assert isinstance(error, Refused)
        reader = self._languages.stranger(request)
        why = error.said(self._languages.locale(reader))
        if request.url.path.startswith("/api/") or asking.wants_json(request):
            return asking.as_json({"schema": 1, "ok": False, "reason": why}, error.status)
        return HTMLResponse(self._pages.refused(reader, why), error.status)

    async def language(self, request: Request) -> Response:
        """A link in the language, or with the unit, that it leads to: this phone's choice, and back."""
        return asking.chosen(request, self._languages.chosen(request))


def make_setup_app(feed: Feed, phones: Phones, languages: Languages) -> Starlette:
    """The whole application of a first run, with the guard around it."""
    site = SetupSite(feed, phones, languages)
    routes = [
        Route("/language", site.language),
        Route("/setup", site.door, methods=["GET"]),
        Route("/setup", site.enter, methods=["POST"]),
        *(Route(f"/setup/{page}", site.starting, methods=["GET"]) for page in ("test", "sounder", "done")),
        Route("/setup/restore", site.restore, methods=["GET"]),
        Route("/setup/upload", site.upload, methods=["POST"]),
        Route("/setup/{step:str}", site.page, methods=["GET"]),
        Route("/setup/{step:str}", site.say, methods=["POST"]),
        Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
        Route("/{path:path}", site.elsewhere, methods=["GET", "POST"]),
    ]
    return guarded(routes, languages, {Refused: site.refused}, packed=False)


def _to(step: str) -> Response:
    return RedirectResponse(f"/setup/{step}", 303)
