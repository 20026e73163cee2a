"""The JSON API of the page as OpenAPI 3.1, made from the types that it sends and the table of its commands."""

from functools import cache

import msgspec

from edge import __version__, commands
from edge.model.event import Verb
from edge.web import lookup, wire

Schema = dict[str, object]

DESCRIPTION = (
    "What the caregivers' page shows, and what it can be told. Nothing is answered without the token of a phone that "
    "was let in (`feverhub web token`). Texts are for the caregiver whose phone it is, in their language and unit; "
    "numbers of a temperature are in °C; moments are seconds since 1970, or on "
    "the hub's steady clock where the name ends in `_mono_s`. Not a medical device."
)
_REFUSED = {
    401: "No token, or one that is not let in any more.",
    403: "A viewer does not answer; a form of another page is not taken.",
    429: "Too many requests, or too many wrong codes.",
    404: "There is no such thing.",
    409: "The hub refused it, and says why.",
    413: "It is longer than anything that can be said.",
    503: "The hub is lost, so that nothing would be true; or too many pages are open.",
}


@cache
def openapi() -> bytes:
    """The document, as JSON."""
    return msgspec.json.encode(_document())


def _document() -> Schema:
    _, types = msgspec.json.schema_components(
        (wire.Snapshot, lookup.Series), ref_template="#/components/schemas/{name}"
    )
    return {
        "openapi": "3.1.0",
        "info": {"title": "feverhub", "version": __version__, "description": DESCRIPTION},
        "security": [{"phone": []}],
        "paths": {
            "/api/state": {"get": _state()},
            "/api/series": {"get": _series()},
            "/api/events": {"get": _events()},
            **{f"/api/commands/{verb}": {"post": _command(verb)} for verb in commands.RULES},
            "/api/openapi.json": {"get": _itself()},
        },
        "components": {
            "schemas": {**types, "Reply": _reply()},
            "securitySchemes": {"phone": {"type": "http", "scheme": "bearer"}},
        },
    }


def _state() -> Schema:
    answer = _object({"schema": {"const": 1}, "state": _ref("Snapshot")})
    return _operation("state", "All that the page shows now", _json("As it is now.", answer), 503)


def _series() -> Schema:
    answer = _object({"schema": {"const": 1}, "series": _ref("Series")})
    made = _operation("series", "The curve of one child", _json("What is drawn.", answer), 404, 503)
    made["parameters"] = [
        {"name": "person", "in": "query", "schema": {"type": "string"}, "description": "Id; default: the first child."},
        {
            "name": "hours",
            "in": "query",
            "schema": {"enum": list(lookup.HOURS)},
            "description": "Default: a day.",
        },
    ]
    return made


def _events() -> Schema:
    stream: Schema = {
        "description": "Server-sent events.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
    return _operation("events", "The parts of the page that change, as they change", stream, 503)


def _command(verb: Verb) -> Schema:
    rule = commands.RULES[verb]
    house = " Only who is in the house may say it." if rule.in_the_house else ""
    arguments = {name: _argument(each, nulls=rule.nulls) for name, each in rule.arguments.items()}
    common: Schema = {
        "request_id": _id("The same one twice counts once."),
        "alarm": _id("Of the episode; without one all that wait."),
    }
    body = {**_object({**common, **arguments}), "required": [], "additionalProperties": False}
    answer = _json("It was taken.", _ref("Reply"))
    made = _operation(f"command_{verb}", f"Say {verb}, as on MQTT.{house}", answer, 403, 409, 413)
    made["requestBody"] = {"content": {"application/json": {"schema": body}}}
    return made


def _id(description: str) -> Schema:
    return {"type": "string", "maxLength": commands.MOST_ID_CHARACTERS, "description": description}


def _itself() -> Schema:
    return _operation("openapi", "This document", _json("OpenAPI 3.1.", {"type": "object"}))


def _operation(name: str, summary: str, answer: Schema, *refused: int) -> Schema:
    responses: Schema = {"200": answer}
    for status in sorted({401, 429, *refused}):
        # A flood is answered before anything reads what is wanted.
        said: Schema = {"description": _REFUSED[status]} if status == 429 else _json(_REFUSED[status], _ref("Reply"))
        responses[str(status)] = said
    return {"operationId": name, "summary": summary, "responses": responses}


def _argument(argument: commands.Argument, *, nulls: bool) -> Schema:
    match argument:
        case commands.Text(most=most):
            made: Schema = {"type": "string", "maxLength": most}
        case commands.Flag():
            made = {"type": "boolean"}
        case commands.Number(most=most, positive=True):
            made = {"type": "number", "exclusiveMinimum": 0, "maximum": most}
        case commands.Number(least=least, most=most):
            made = {"type": "number", "minimum": least, "maximum": most}
        case commands.OneOf(words=words):
            return {"enum": [*words, *([None] if nulls else [])]}
    return {**made, "type": [made["type"], "null"]} if nulls else made


def _reply() -> Schema:
    schema = _object({"schema": {"const": 1}, "ok": {"type": "boolean"}, "reason": {"type": "string"}})
    return {**schema, "description": "reason: one sentence for a person."}


def _object(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _json(description: str, schema: Schema) -> Schema:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}
