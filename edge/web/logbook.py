"""What caregivers write down, over HTTP: plain forms, which need no script, and one tap for a medicine of the plan.

A form that was sent twice counts once: each has a request id, and a second sending gets the answer to the first.
"""

import asyncio
import re
import secrets
from collections import OrderedDict
from collections.abc import Callable

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from edge import commands
from edge.care import entries
from edge.delivery import care_texts, page_forms, page_words
from edge.model.language import Locale, TemperatureUnit, read_number
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
EXAMPLE_C = 38.4
"""In the sentence that says how a number is written."""
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
        return HTMLResponse(self._page(visitor, fields, _form(fields), fresh()))

    async def write(self, request: Request) -> Response:
        """Write it down; where that is refused, the form comes back with what was typed and the sentence."""
        visitor = self._writes(request)
        fields = await asking.form(request)
        form, request_id = _form(fields), _one(fields, "request_id") or fresh()
        try:
            said = read(form, fields, visitor.words)
        except NotANumber as wrong:
            return HTMLResponse(self._page(visitor, fields, form, fresh(), str(wrong)), 422)
        answer = await self._once(visitor, form, said, request_id)
        if answer.ok:
            return HTMLResponse(self._written(visitor, fields, form, answer))
        # Unanswered, it may have been done: the same id lets it count once. A refused one is spoilt.
        again = request_id if answer.number == 0 else fresh()
        return HTMLResponse(self._page(visitor, fields, form, again, visitor.words.say(answer.reason)), 409)

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
        # The answer to the first has not arrived here.
        if answer.reason == visitor.words.say(commands.REPLAYED) and answer.entry:
            return wire.Answer(answer.number, ok=True, reason=page_words.WORDS["counted_once"], entry=answer.entry)
        if not answer.ok:
            self._answers.pop(key, None)
        return answer

    def _page(self, visitor: Visitor, fields: Fields, form: page_forms.Form, request_id: str, wrong: str = "") -> str:
        shown = self._feed.snapshot
        return self._pages.page(
            "log.html",
            visitor.reader,
            form=form,
            what=_one(fields, "what"),
            typed={name: values if name == "parts" else values[-1] for name, values in fields.items()},
            kept={name: _one(fields, name) for name in KEPT if _one(fields, name)},
            children=shown.children if shown else [],
            request_id=request_id,
            wrong=wrong,
        )

    def _written(self, visitor: Visitor, fields: Fields, form: page_forms.Form, answer: wire.Answer) -> str:
        """The hub's answer, with what may be set right at once."""
        what, stage = _one(fields, "what"), _one(fields, "stage")
        over = bool(_one(fields, "withdraw"))
        return self._pages.page(
            "written.html",
            visitor.reader,
            what=what,
            text=visitor.words.say(answer.reason),
            entry="" if over else answer.entry,
            ids=(fresh(), fresh()),
            kept={name: _one(fields, name) for name in ("person", "alarm") if _one(fields, name)},
            stages=_others(stage) if what == "symptoms" and not over else [],
            form=form,
        )


def _others(stage: str) -> list[tuple[str, str]]:
    return [each for each in care_texts.STAGES.items() if each[0] != stage]


def fresh() -> str:
    """A request id that nobody had before."""
    return secrets.token_urlsafe(12)


def read(form: page_forms.Form, fields: Fields, words: Locale) -> dict[str, object]:
    """What a form in these words says to the hub, which judges it. Raises NotANumber."""
    said: dict[str, object] = {name: _one(fields, name) for name in KEPT if _one(fields, name)}
    if _one(fields, "withdraw"):
        said["withdraw"] = True
    if "id" not in said:  # an entry that is changed keeps its kind
        said |= form.says
    for field in form.fields:
        texts = [text.strip() for text in fields.get(field.name, []) if text.strip()]
        if texts:
            said[field.name] = _answer(field, texts, words)
    return said


def _answer(field: page_forms.Field, texts: list[str], words: Locale) -> object:
    match field.asks:
        case page_forms.Asks.NUMBER:
            return _number(field, texts[-1], words)
        case page_forms.Asks.TEMPERATURE:
            return _celsius(field, texts[-1], words)
        case page_forms.Asks.YES_NO:
            return texts[-1] == YES
        case page_forms.Asks.SEVERAL:
            return ", ".join(texts)
        case _:
            return texts[-1]


def _number(field: page_forms.Field, text: str, words: Locale) -> float:
    """As families write it: 5, 5.5 and 5,5. Of 5,000 nobody knows whether it is five or five thousand."""
    if _TWO_WAYS.fullmatch(text):
        raise NotANumber(_wrong("two_ways", field, text, words))
    try:
        return read_number(text)
    except ValueError:
        raise NotANumber(_wrong("no_number", field, text, words, example=words.degrees(EXAMPLE_C))) from None


def _celsius(field: page_forms.Field, text: str, words: Locale) -> float:
    """A temperature in the reader's unit. What is no °F is said here, in °F; of °C the hub is the judge."""
    value = _number(field, text, words)
    celsius, (least, most) = words.celsius(value), entries.CELSIUS
    if words.unit is TemperatureUnit.CELSIUS or least <= celsius <= most:
        return celsius
    if least <= value <= most:
        raise NotANumber(_wrong("celsius_not_fahrenheit", field, text, words, fahrenheit=words.degrees(value)))
    bounds = {"least": words.degrees(least), "most": words.degrees(most)}
    raise NotANumber(_wrong("no_fahrenheit", field, text, words, **bounds))


def _wrong(word: str, field: page_forms.Field, text: str, words: Locale, **values: str) -> str:
    label = words.say(field.label, degree=words.degree)
    return page_words.fill(word, words, label=label, text=text[:20], **values)


def _form(fields: Fields) -> page_forms.Form:
    form = page_forms.FORMS.get(_one(fields, "what"))
    if form is None:
        raise Refused(404, "unknown_form")
    return form


def _one(fields: Fields, name: str) -> str:
    return fields.get(name, [""])[-1].strip()
