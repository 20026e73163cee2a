"""The check-up over HTTP, for whom the hub is theirs to look after."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from edge.delivery import doctor_texts
from edge.model.people import Role
from edge.web import lookup
from edge.web.asking import Refused
from edge.web.feed import Feed
from edge.web.history import Door
from edge.web.render import Pages


class CheckupPages:
    """Its route. door: lets in who may look."""

    def __init__(self, feed: Feed, pages: Pages, door: Door) -> None:
        self._feed, self._pages, self._door = feed, pages, door

    @property
    def routes(self) -> list[Route]:
        """For the application."""
        return [Route("/doctor", self.doctor)]

    async def doctor(self, request: Request) -> Response:
        """Each part, what is not well first, with what to do. Raises Refused."""
        visitor = self._door(request)
        if visitor.role is not Role.OWNER:
            raise Refused(403, "owner_sees")
        found = await self._feed.ask(lookup.DoctorAsked(), visitor.reader)
        if not isinstance(found, lookup.Doctor):
            why = visitor.words.say(found.why) if isinstance(found, lookup.Nothing) else ""
            return HTMLResponse(self._pages.sentence(why, visitor.reader, good=False), 503)
        return HTMLResponse(
            self._pages.page("doctor.html", visitor.reader, checks=found.checks, levels=doctor_texts.LEVELS)
        )
