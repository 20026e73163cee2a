"""What caregivers write down, over HTTP: plain forms, which need no script, and one tap for a medicine of the plan.

A form that was sent twice counts once: each has a request id, and a second sending gets the answer to the first.
"""

import asyncio
import math
import re
import secrets
from collections import OrderedDict
from collections.abc import Callable

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from edge import commands
from edge.delivery import page_forms, page_words
from edge.web import asking, wire
from edge.web.asking import Refused
from edge.web.feed import Feed
from edge.web.render import Pages
from edge.web.visitor import Visitor

MOST_ANSWERS = 500
"""That are remembered, of all caregivers."""
KEPT = ("person", "alarm", "id")
"""What a form carries along beside its questions."""
YES = "yes"
_TWO_WAYS = re.compile(r"[1-9]\d{0,2}([.,]\d{3})+")

Door = Callable[[Request], Visitor]
Fields = dict[str, list[str]]


class NotANumber(Exception):
    """A question that a number answers got something else; the message is one sentence."""


class Logbook:
    """Its routes. looks, writes: let in who may look, and who may write."""

    def __init__(self, feed: Feed, pages: Pages, looks: Door, writes: Door) -> None:
        self._feed, self._pages, self._looks, self._writes = feed, pages, looks, writes
        self._answers: OrderedDict[tuple[str, str], asyncio.Future[wire.Answer]] = OrderedDict()

    @property
    def routes(self) -> list[Route]:
        """For the application."""
        return [Route("/log", self.form, methods=["GET"]), Route("/log", self.write, methods=["POST"])]

    async def form(self, request: Request) -> Response:
        """An empty form, or with what the address says already."""
        visitor = self._looks(request)
        if not visitor.view.answers:
            raise Refused(403, "viewer")
        fields = {name: [text] for name, text in request.query_params.items()}
        return HTMLResponse(self._page(fields, _form(fields), fresh()))

    async def write(self, request: Request) -> Response:
        """Write it down; where that is refused, the form comes back with what was typed and the sentence."""
        visitor = self._writes(request)
        fields = await asking.form(request)
        form, request_id = _form(fields), _one(fields, "request_id") or fresh()
        try:
            said = read(form, fields)
        except NotANumber as wrong:
            return HTMLResponse(self._page(fields, form, fresh(), str(wrong)), 422)
        answer = await self._once(visitor, form, said, request_id)
        if answer.ok:
            return HTMLResponse(self._written(fields, form, answer))
        # Unanswered, it may have been done: the same id lets it count once. A refused one is spoilt.
        again = request_id if answer.number == 0 else fresh()
        return HTMLResponse(self._page(fields, form, again, answer.reason), 409)

    async def _once(
        self, visitor: Visitor, form: page_forms.Form, said: dict[str, object], request_id: str
    ) -> wire.Answer:
        """Hand it to the hub, unless that was done under this request id already."""
        key = (visitor.caregiver, request_id)
        asked = self._answers.get(key)
        if asked is None:
            body = msgspec.json.encode({**said, "request_id": request_id}).decode()
            asked = asyncio.ensure_future(self._feed.say(visitor.caregiver, form.verb, body, local=visitor.local))
            self._answers[key] = asked
            if len(self._answers) > MOST_ANSWERS:
                self._answers.popitem(last=False)
        answer = await asyncio.shield(asked)
        if answer.reason == commands.REPLAYED and answer.entry:  # the answer to the first has not arrived here
            return wire.Answer(answer.number, ok=True, reason=page_words.WORDS["counted_once"], entry=answer.entry)
        if not answer.ok:
            self._answers.pop(key, None)
        return answer

    def _page(self, fields: Fields, form: page_forms.Form, request_id: str, wrong: str = "") -> str:
        shown = self._feed.snapshot
        return self._pages.page(
            "log.html",
            form=form,
            what=_one(fields, "what"),
            typed={name: values if name == "parts" else values[-1] for name, values in fields.items()},
            kept={name: _one(fields, name) for name in KEPT if _one(fields, name)},
            children=shown.children if shown else [],
            request_id=request_id,
            wrong=wrong,
        )

    def _written(self, fields: Fields, form: page_forms.Form, answer: wire.Answer) -> str:
        """The hub's answer, with what may be set right at once."""
        what, stage = _one(fields, "what"), _one(fields, "stage")
        over = bool(_one(fields, "withdraw"))
        return self._pages.page(
            "written.html",
            what=what,
            text=answer.reason,
            entry="" if over else answer.entry,
            ids=(fresh(), fresh()),
            kept={name: _one(fields, name) for name in ("person", "alarm") if _one(fields, name)},
            stages=[each for each in page_forms.STAGES if each[0] != stage] if what == "symptoms" and not over else [],
            form=form,
        )


def fresh() -> str:
    """A request id that nobody had before."""
    return secrets.token_urlsafe(12)


def read(form: page_forms.Form, fields: Fields) -> dict[str, object]:
    """What a form says to the hub, which judges it. Raises NotANumber."""
    said: dict[str, object] = {name: _one(fields, name) for name in KEPT if _one(fields, name)}
    if _one(fields, "withdraw"):
        said["withdraw"] = True
    if "id" not in said:  # an entry that is changed keeps its kind
        said |= form.says
    for field in form.fields:
        texts = [text.strip() for text in fields.get(field.name, []) if text.strip()]
        if texts:
            said[field.name] = _answer(field, texts)
    return said


def _answer(field: page_forms.Field, texts: list[str]) -> object:
    match field.asks:
        case page_forms.Asks.NUMBER:
            return _number(field, texts[-1])
        case page_forms.Asks.YES_NO:
            return texts[-1] == YES
        case page_forms.Asks.SEVERAL:
            return ", ".join(texts)
        case _:
            return texts[-1]


def _number(field: page_forms.Field, text: str) -> float:
    """As families write it: 5, 5.5 and 5,5. Of 5,000 nobody knows whether it is five or five thousand."""
    if _TWO_WAYS.fullmatch(text):
        raise NotANumber(page_words.fill("two_ways", label=field.label, text=text[:20]))
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise NotANumber(page_words.fill("no_number", label=field.label, text=text[:20]))
    return number


def _form(fields: Fields) -> page_forms.Form:
    form = page_forms.FORMS.get(_one(fields, "what"))
    if form is None:
        raise Refused(404, "unknown_form")
    return form


def _one(fields: Fields, name: str) -> str:
    return fields.get(name, [""])[-1].strip()
