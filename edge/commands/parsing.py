"""Makes a `Command` of the speaker, the verb and a body of bytes, or says in one sentence why not. Pure.

The body is hostile until read: it is bounded in bytes, and with them in depth and in the length of its numbers.
"""

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from edge.errors import CommandRefused
from edge.model.alarm import HOUSE
from edge.model.event import Command, Verb
from edge.model.people import Caregiver

SCHEMA = 1
MOST_BYTES = 4096
MOST_ID_CHARACTERS = 64
# Digits of a whole number: as many as a signed 64-bit integer has. A longer one is no amount, and costs time.
MOST_DIGITS = 19


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks, as the surface knows it from how it was reached (a broker's user, a phone), never from the body.

    caregiver: an id, or HOUSE. local: whether it surely comes from inside the house. speaks_for_all: whether it may say
    in the field `caregiver` whose word it is. surface: where it was said, in words for the history.
    """

    caregiver: str
    local: bool
    surface: str
    speaks_for_all: bool = False


def speaker(user: str, caregivers: Collection[Caregiver], house: Collection[str] = ()) -> Speaker:
    """The speaker behind a user of the broker, whose access list makes the name true.

    house: users that never leave the house; only what they send is local. A phone is not one of them, since it reaches
    the broker from anywhere through a VPN. They may say in `caregiver` who speaks; else it is somebody in the house.

    Raises CommandRefused for a user whom nobody set up.
    """
    own = next((each for each in caregivers if user and each.mqtt_user == user), None)
    if own is None and user not in house:
        raise CommandRefused(f"nobody with the MQTT user {user!r} is set up on this hub")
    local = user in house
    return Speaker(own.id if own else HOUSE, local, f"mqtt {user}", speaks_for_all=local)


def parse(word: str, body: bytes, who: Speaker) -> Command:
    """One command: the verb as it was written, and a JSON object in UTF-8 with `schema`, `request_id`, `alarm`,
    `caregiver` and the verb's arguments, all optional. No body is an empty object, so that a plain button can send
    `acknowledge`.

    Raises CommandRefused with one sentence for whatever somebody sent.
    """
    return command(word, fields(body), who)


def command(word: str, said: Mapping[str, object], who: Speaker) -> Command:
    """The same of fields that were read already. Raises CommandRefused."""
    try:
        verb = Verb(word)
    except ValueError:
        raise CommandRefused(f"unknown verb; known are {', '.join(Verb)}") from None
    arguments = dict(said)
    schema = arguments.pop("schema", SCHEMA)
    if type(schema) is not int or schema != SCHEMA:
        raise CommandRefused(f"this hub understands schema {SCHEMA}")
    caregiver = _id(arguments, "caregiver") or who.caregiver
    if caregiver != who.caregiver and not who.speaks_for_all:
        raise CommandRefused("only a thing of the house may speak for another caregiver")
    return Command(
        verb,
        caregiver,
        request_id=_id(arguments, "request_id"),
        alarm=_id(arguments, "alarm"),
        local=who.local,
        arguments=arguments,
        surface=who.surface,
    )


def request_id(body: bytes) -> str:
    """The request id of a command that was refused, for the answer; empty if it cannot be read."""
    try:
        return _id(fields(body), "request_id")
    except CommandRefused:
        return ""


def fields(body: bytes) -> dict[str, object]:
    """The fields of a JSON object; empty for no body. Raises CommandRefused."""
    if len(body) > MOST_BYTES:
        raise CommandRefused(f"the command is longer than {MOST_BYTES} bytes")
    if not body.strip():
        return {}
    try:
        found = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_int=_whole,
            parse_float=_fraction,
            parse_constant=_no_number,
        )
        # "\ud800" is JSON, and no character: it could not be written down.
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeError:
        raise CommandRefused("the command is not text in UTF-8") from None
    except RecursionError:
        raise CommandRefused("the command is nested too deep") from None
    except ValueError:
        raise CommandRefused("the command is not JSON") from None
    if not isinstance(found, dict):
        raise CommandRefused("the command is not a JSON object")
    for key, value in found.items():
        if isinstance(value, list | dict):
            raise CommandRefused(f"{_short(key)} must be a text, a number, true, false or null")
    return found


def _object(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    """Of two values of one name nobody knows which was meant (RFC 8259, section 4)."""
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise CommandRefused(f"{_short(key)} stands twice in the command")
        found[key] = value
    return found


def _short(key: str) -> str:
    return ascii(key[:MOST_ID_CHARACTERS])[1:-1]


def _whole(digits: str) -> int:
    if len(digits.lstrip("-")) > MOST_DIGITS:
        raise CommandRefused(f"the command holds a number of more than {MOST_DIGITS} digits")
    return int(digits)


def _fraction(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _no_number(text)


def _no_number(_text: str) -> NoReturn:
    raise CommandRefused("the command holds a number that is none, or is too large")


def _id(said: dict[str, object], key: str) -> str:
    value = said.pop(key, "")
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > MOST_ID_CHARACTERS or not value.isprintable():
        raise CommandRefused(f"{key} must be a text of at most {MOST_ID_CHARACTERS} printable characters")
    return value
