"""The doctor's report over HTTP: asked for with a form, made by the hub's own process, then downloaded."""

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from edge.web import lookup
from edge.web.asking import Refused
from edge.web.feed import Feed
from edge.web.history import Door
from edge.web.render import Pages
from edge.web.visitor import Visitor

USUAL_DAYS = 7
TYPES = {"html": "text/html", "pdf": "application/pdf"}


class ReportPages:
    """Its routes. door: lets in who may look; a report is for those who may answer too."""

    def __init__(self, feed: Feed, pages: Pages, door: Door) -> None:
        self._feed, self._pages, self._door = feed, pages, door

    @property
    def routes(self) -> list[Route]:
        """For the application."""
        return [Route("/report", self.report), Route("/report/file", self.file)]

    async def report(self, request: Request) -> Response:
        """The questions; once they are answered, how far it is, and then where it can be had."""
        visitor = self._enters(request)
        asked, found = self._asked(request, visitor), None
        if request.query_params.get("form"):
            found = await self._feed.ask(asked, visitor.reader)
        if isinstance(found, lookup.Nothing):
            why = visitor.words.say(found.why)
            return HTMLResponse(self._pages.sentence(why, visitor.reader, good=False), 409)
        shown = self._feed.snapshot
        text = self._pages.page(
            "report.html",
            visitor.reader,
            asked=asked,
            found=found,
            query=f"person={asked.person}&days={asked.days}&form={asked.form}",
            children=shown.children if shown else [],
            spans=lookup.REPORT_DAYS,
        )
        return HTMLResponse(text)

    async def file(self, request: Request) -> Response:
        """The file, or back to where one waits for it."""
        visitor = self._enters(request)
        asked = self._asked(request, visitor)
        found = await self._feed.ask(asked, visitor.reader)
        if not isinstance(found, lookup.Report) or not found.path:
            return RedirectResponse(f"/report?{request.url.query}", status_code=303)
        return FileResponse(found.path, media_type=TYPES[asked.form], filename=found.name)

    def _enters(self, request: Request) -> Visitor:
        visitor = self._door(request)
        if not visitor.view.answers:
            raise Refused(403, "viewer")
        return visitor

    def _asked(self, request: Request, visitor: Visitor) -> lookup.ReportAsked:
        """person: the first child where none is named. Raises Refused for what no form of ours sends."""
        shown, said = self._feed.snapshot, request.query_params
        known = [child.id for child in shown.children] if shown else []
        person, days = said.get("person") or (known[0] if known else ""), said.get("days", str(USUAL_DAYS))
        form = said.get("form") or "html"
        if (known and person not in known) or days not in map(str, lookup.REPORT_DAYS) or form not in TYPES:
            raise Refused(404, "not_read")
        return lookup.ReportAsked(person, int(days), "pdf" if form == "pdf" else "html", visitor.caregiver)
