"""What lies on the hub's disk, over HTTP: the curve, also as a table, the timeline, why it rang and why it is quiet."""

from typing import Protocol

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from edge.delivery import page_forms, page_words
from edge.web import asking, lookup
from edge.web.asking import Refused
from edge.web.feed import Feed
from edge.web.render import Pages
from edge.web.visitor import Visitor

DAY_H = 24


class Door(Protocol):
    """Who looks. Raises Refused."""

    def __call__(self, request: Request) -> Visitor: ...


class History:
    """Its routes. door: lets in who may look."""

    def __init__(self, feed: Feed, pages: Pages, door: Door) -> None:
        self._feed, self._pages, self._door = feed, pages, door

    @property
    def routes(self) -> list[Route]:
        """For the application."""
        return [
            Route("/curve", self.curve),
            Route("/timeline", self.timeline),
            Route("/why", self.why),
            Route("/quiet", self.quiet),
            Route("/records", self.records),
            Route("/api/series", self.series),
        ]

    async def series(self, request: Request) -> Response:
        """What is drawn; 404 with a sentence where there is nothing."""
        visitor = self._door(request)
        found = await self._feed.ask(self._asked(request), visitor.reader)
        if isinstance(found, lookup.Nothing):
            return asking.as_json({"schema": 1, "ok": False, "reason": visitor.words.say(found.why)}, 404)
        return Response(msgspec.json.encode({"schema": 1, "series": found}), media_type="application/json")

    async def curve(self, request: Request) -> Response:
        """The curve's twin: a table by the hour, for a screen reader and without a script."""
        visitor = self._door(request)
        asked = self._asked(request)
        found = await self._feed.ask(asked, visitor.reader)
        if isinstance(found, lookup.Nothing):
            return self._nothing(found, visitor)
        shown = self._feed.snapshot
        names = {child.id: child.name for child in shown.children} if shown else {}
        title = page_words.fill(
            "table_title", visitor.words, name=names.get(asked.person, asked.person), hours=asked.hours
        )
        text = self._pages.page(
            "curve.html", visitor.reader, series=found, title=title, person=asked.person, hours=asked.hours
        )
        return HTMLResponse(text)

    async def timeline(self, request: Request) -> Response:
        """A day, newest first."""
        visitor = self._door(request)
        found = await self._feed.ask(lookup.DayAsked(request.query_params.get("day", "")[:10]), visitor.reader)
        if isinstance(found, lookup.Nothing):
            return self._nothing(found, visitor)
        return HTMLResponse(self._pages.page("timeline.html", visitor.reader, day=found))

    async def why(self, request: Request) -> Response:
        """One alarm: what it rests on, each change, each message with its fate."""
        visitor = self._door(request)
        alarm = request.query_params.get("alarm", "")[:100]
        found = await self._feed.ask(lookup.WhyAsked(alarm), visitor.reader)
        if isinstance(found, lookup.Nothing):
            return self._nothing(found, visitor)
        return HTMLResponse(
            self._pages.page("why.html", visitor.reader, why=found, alarm=alarm, answers=visitor.view.answers)
        )

    async def quiet(self, request: Request) -> Response:
        """Why it is quiet."""
        visitor = self._door(request)
        found = await self._feed.ask(lookup.QuietAsked(), visitor.reader)
        if isinstance(found, lookup.Nothing):
            return self._nothing(found, visitor)
        return HTMLResponse(self._pages.page("quiet.html", visitor.reader, quiet=found))

    async def records(self, request: Request) -> Response:
        """Illnesses and vaccinations."""
        visitor = self._door(request)
        found = await self._feed.ask(lookup.RecordsAsked(), visitor.reader)
        if isinstance(found, lookup.Nothing):
            return self._nothing(found, visitor)
        known = {"found": found, "forms": page_forms.FORMS, "answers": visitor.view.answers}
        return HTMLResponse(self._pages.page("records.html", visitor.reader, **known))

    def _nothing(self, found: lookup.Nothing, visitor: Visitor) -> Response:
        why = visitor.words.say(found.why)
        return HTMLResponse(self._pages.sentence(why, visitor.reader, good=False), 404)

    def _asked(self, request: Request) -> lookup.SeriesAsked:
        """person: the first child where none is named. hours: a day where none are."""
        shown = self._feed.snapshot
        first = shown.children[0].id if shown and shown.children else ""
        hours = request.query_params.get("hours", str(DAY_H))
        if hours not in map(str, lookup.HOURS):
            raise Refused(404, "not_read")
        return lookup.SeriesAsked(request.query_params.get("person", first)[:64], int(hours))
