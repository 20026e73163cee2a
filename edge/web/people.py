"""Who is there, over HTTP: an owner adds, changes and ends caregivers. Plain forms; the hub judges each."""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from edge.commands import REPLAYED
from edge.model.people import Role
from edge.web import asking, wire
from edge.web.asking import Refused
from edge.web.feed import Feed
from edge.web.languages import Languages
from edge.web.people_pages import PeoplePages
from edge.web.visitor import Visitor

SHOWN_S = 3.0
CARRIED_OUT_S = 15.0
"""For an answer: a change is checked with the whole configuration and written to the disk."""
FIELDS = (
    "id",
    "name",
    "role",
    "until",
    "language",
    "unit",
    "way",
    "server",
    "user",
    "token",
    "url",
    "seen",
    "request_id",
)


class People:
    """Its routes. able: who may say something, or Refused."""

    def __init__(
        self,
        feed: Feed,
        able: Callable[[Request], Visitor],
        visitor: Callable[[Request], Visitor],
        languages: Languages,
    ) -> None:
        self._feed, self._able, self._visitor = feed, able, visitor
        self._pages = PeoplePages(languages)

    @property
    def routes(self) -> list[Route]:
        """For the application."""
        return [
            Route("/people", self.all, methods=["GET"]),
            Route("/people", self.keep, methods=["POST"]),
            Route("/people/edit", self.edit, methods=["GET"]),
            Route("/people/end", self.sure, methods=["GET"]),
            Route("/people/end", self.end, methods=["POST"]),
            Route("/people/mqtt", self.mqtt, methods=["POST"]),
        ]

    async def all(self, request: Request) -> Response:
        """Everybody."""
        visitor = self._visitor(request)
        shown = self._owners(visitor)
        return HTMLResponse(self._pages.all(visitor.reader, shown, ""))

    async def edit(self, request: Request) -> Response:
        """The form of one; without an id, of somebody new."""
        visitor = self._visitor(request)
        shown = self._owners(visitor)
        whose = request.query_params.get("id", "")
        if whose and whose not in shown.caregivers:
            raise Refused(404, "no_caregiver")
        return HTMLResponse(self._pages.form(visitor.reader, shown, whose, {}, ""))

    async def keep(self, request: Request) -> Response:
        """The form was sent."""
        visitor = self._able(request)
        shown, fields = self._owners(visitor), asking.last(await asking.form(request))
        said: dict[str, object] = {key: fields[key] for key in FIELDS if key in fields}
        if not said.get("id"):
            said.pop("id", None)
        if said.get("way") != "keep":
            said["details"] = fields.get("details") == "true"
        answer = await self._say(visitor, "caregiver", said)
        if not answer.ok and answer.reason != REPLAYED:
            page = self._pages.form(visitor.reader, shown, str(said.get("id", "")), fields, answer.reason)
            return HTMLResponse(page, 409)
        return RedirectResponse("/people", 303)

    async def sure(self, request: Request) -> Response:
        """The question before somebody's access ends."""
        visitor = self._visitor(request)
        shown = self._owners(visitor)
        whose = request.query_params.get("id", "")
        if whose not in shown.caregivers:
            raise Refused(404, "no_caregiver")
        return HTMLResponse(self._pages.sure(visitor.reader, shown, whose))

    async def end(self, request: Request) -> Response:
        """Nobody of that name is let in any more."""
        visitor = self._able(request)
        shown, fields = self._owners(visitor), asking.last(await asking.form(request))
        said: dict[str, object] = {key: fields[key] for key in ("id", "seen", "request_id") if key in fields}
        answer = await self._say(visitor, "caregiver_remove", said)
        if not answer.ok and answer.reason != REPLAYED:
            return HTMLResponse(self._pages.all(visitor.reader, shown, answer.reason), 409)
        return RedirectResponse("/people", 303)

    async def mqtt(self, request: Request) -> Response:
        """A password for an app over MQTT, shown this once."""
        visitor = self._able(request)
        shown, fields = self._owners(visitor), asking.last(await asking.form(request))
        whose = fields.get("id", "")
        answer = await self._say(visitor, "broker_user", {"id": whose})
        if not answer.ok:
            return HTMLResponse(self._pages.all(visitor.reader, shown, answer.reason), 409)
        return HTMLResponse(self._pages.password(visitor.reader, shown, whose, answer.reason))

    def _owners(self, visitor: Visitor) -> wire.Snapshot:
        """What the hub shows. Raises Refused to everybody but an owner."""
        if visitor.role is not Role.OWNER:
            raise Refused(403, "owner_only")
        if self._feed.snapshot is None or self._feed.lost:
            raise Refused(503, "lost")
        return self._feed.snapshot

    async def _say(self, visitor: Visitor, verb: str, said: Mapping[str, object]) -> wire.Answer:
        """Tell the hub. What it has done is shown before the answer is."""
        answer = await self._feed.say(
            visitor.caregiver, verb, json.dumps(said), local=visitor.local, wait_s=CARRIED_OUT_S, reader=visitor.reader
        )
        if answer.ok:
            before, until_s = self._feed.version, time.monotonic() + SHOWN_S
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(until_s - time.monotonic()):
                    await self._feed.next(before)
        return answer
