"""Whether anybody would be woken: a test alarm on this phone over the real way, and what is watched. Plain forms."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from edge.model.people import Role
from edge.web import asking
from edge.web.asking import Refused
from edge.web.feed import Feed
from edge.web.languages import Languages
from edge.web.phones import Phones
from edge.web.ready_pages import PagesOfProof, Test
from edge.web.visitor import Visitor
from edge.web.wire import Rung, Snapshot

LOCK_S = 8.0
"""From the button to the test: time to mute the phone, lock it and put it down."""
RINGS_S = 60.0
"""The hub answers a test once every way has taken it or given up, and the sounder has played."""
SHOWN_S = 3.0


class ReadyPages:
    """visitor: who asks, or Refused. languages: in which it is shown."""

    def __init__(self, feed: Feed, phones: Phones, visitor: Callable[[Request], Visitor], languages: Languages) -> None:
        self._feed = feed
        self._phones = phones
        self._visitor = visitor
        self._pages = PagesOfProof(languages)
        self._tests: dict[str, Test] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def routes(self) -> list[Route]:
        """Under /setup, where the first run led to."""
        return [
            Route("/setup", self.first, methods=["GET"]),
            Route("/setup/restore", self.first, methods=["GET"]),
            Route("/setup/test", self.test, methods=["GET"]),
            Route("/setup/test", self.say, methods=["POST"]),
            Route("/setup/sounder", self.sounder, methods=["GET"]),
            Route("/setup/done", self.done, methods=["GET"]),
            Route("/good-night", self.good_night, methods=["GET", "POST"]),
            Route("/setup/invite", self.invite, methods=["POST"]),
        ]

    async def first(self, request: Request) -> Response:
        """The first of these pages that is of use."""
        visitor, _, rung = self._known(request)
        proven = visitor.role is Role.VIEWER or (rung is not None and (rung.proven or not rung.channels))
        return RedirectResponse("/setup/done" if proven else "/setup/test", 303)

    async def test(self, request: Request) -> Response:
        """Ring this phone."""
        visitor, shown, rung = self._known(request)
        if shown is None:
            return HTMLResponse(self._pages.starting(visitor.reader))
        if rung is None:
            return RedirectResponse("/setup/done", 303)
        return HTMLResponse(
            self._pages.test(visitor, rung, self._tests.get(visitor.caregiver, Test()), time.monotonic())
        )

    async def say(self, request: Request) -> Response:
        """Ring; it rang; it did not."""
        asking.same_origin(request)
        visitor, shown, rung = self._known(request)
        if visitor.role is Role.VIEWER or rung is None or shown is None:
            raise Refused(403, "viewer")
        said = asking.last(await asking.form(request)).get("verb", "")
        test = self._tests.setdefault(visitor.caregiver, Test())
        if said == "ring" and not test.running:
            self._tests[visitor.caregiver] = Test(running=True, rings_s=time.monotonic() + LOCK_S)
            task = asyncio.create_task(self._ring(visitor.caregiver, local=visitor.local))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif said == "rang" and rung.channels:
            return await self._rang(visitor, rung)
        elif said == "silent":
            test.silent = True
        return RedirectResponse("/setup/test", 303)

    async def _ring(self, caregiver: str, *, local: bool) -> None:
        await asyncio.sleep(LOCK_S)
        answer = await self._feed.say(caregiver, "test", "{}", local=local, wait_s=RINGS_S)
        self._tests[caregiver] = Test(sent=True, failed=not answer.ok, words=answer.reason)

    async def _rang(self, visitor: Visitor, rung: Rung) -> Response:
        """The answer counts once; sent twice, or given on the lock screen already, it is no error."""
        said = msgspec.json.encode({"alarm": "test"}).decode()
        answer = await self._feed.say(visitor.caregiver, "acknowledge", said, local=visitor.local)
        if not answer.ok and not rung.proven:
            test = self._tests.setdefault(visitor.caregiver, Test())
            page = self._pages.test(visitor, rung, test, time.monotonic(), answer.reason)
            return HTMLResponse(page, 409)
        await self._until(lambda now: (one := _of(now, visitor.caregiver)) is not None and one.proven)
        self._tests.pop(visitor.caregiver, None)
        return RedirectResponse("/setup/sounder", 303)

    async def _until(self, check: Callable[[Snapshot], bool]) -> None:
        """For a moment: what was done is on its way in the next snapshot."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SHOWN_S):
                while not (self._feed.snapshot and check(self._feed.snapshot)):
                    await self._feed.next(self._feed.version)

    async def sounder(self, request: Request) -> Response:
        """Was the loudspeaker heard?"""
        visitor, shown, _ = self._known(request)
        if shown is None:
            return HTMLResponse(self._pages.starting(visitor.reader, "/setup/sounder"))
        return HTMLResponse(self._pages.sounder(visitor.reader, shown, silent="silent" in request.query_params))

    async def done(self, request: Request) -> Response:
        """What is watched, who is told, what is not covered."""
        visitor, shown, rung = self._known(request)
        if shown is None:
            return HTMLResponse(self._pages.starting(visitor.reader, "/setup/done"))
        let_in = {phone.caregiver for phone in self._phones.all()}
        others: Mapping[str, bool] = {
            each: each in let_in
            for each in shown.caregivers
            if each != visitor.caregiver and visitor.role is Role.OWNER
        }
        return HTMLResponse(self._pages.done(visitor.reader, shown, rung, others, owner=visitor.role is Role.OWNER))

    async def good_night(self, request: Request) -> Response:
        """All that the night rests on, in one screen. A tap (POST) tells the hub that it was asked."""
        said = request.method == "POST"
        if said:
            asking.same_origin(request)
        visitor, shown, _ = self._known(request)
        if said and visitor.role is Role.VIEWER:
            raise Refused(403, "viewer")
        if shown is None:
            return HTMLResponse(self._pages.starting(visitor.reader, "/good-night"))
        why = ""
        if said:
            answer = await self._feed.say(visitor.caregiver, "good_night", "{}", local=visitor.local)
            why = "" if answer.ok else answer.reason
        return HTMLResponse(
            self._pages.good_night(
                visitor.reader, shown, said=said and not why, why=visitor.words.say(why), answers=visitor.view.answers
            )
        )

    async def invite(self, request: Request) -> Response:
        """A code for a phone of another caregiver, under the address that this phone found the hub at."""
        asking.same_origin(request)
        visitor, shown, _ = self._known(request)
        if visitor.role is not Role.OWNER or shown is None:
            raise Refused(403, "owner_only")
        wanted = asking.last(await asking.form(request)).get("caregiver", "")
        if wanted not in shown.caregivers:
            raise Refused(404, "no_caregiver")
        code = self._phones.invite(wanted, time.time(), shown.caregivers[wanted].until_s)
        url = f"{request.url.scheme}://{request.headers['host']}/enter?code={code}"
        who = shown.caregivers[wanted]
        return HTMLResponse(self._pages.invite(visitor.reader, who.name, url, self._phones.address_of(wanted)))

    def _known(self, request: Request) -> tuple[Visitor, Snapshot | None, Rung | None]:
        visitor = self._visitor(request)
        shown = None if self._feed.lost else self._feed.shown_to(visitor.reader)
        return visitor, shown, None if shown is None else _of(shown, visitor.caregiver)


def _of(shown: Snapshot, caregiver: str) -> Rung | None:
    return next((each for each in shown.readiness.phones if each.caregiver == caregiver), None)
