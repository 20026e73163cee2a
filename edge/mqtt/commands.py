"""From a message under `cmd/` to a Command, or to the one sentence that says why not. Pure."""

from collections.abc import Collection, Iterable

import msgspec

from edge.errors import CommandRefused
from edge.model.alarm import HOUSE
from edge.model.event import Command, Verb
from edge.model.people import Caregiver, Role
from edge.mqtt.payloads import SCHEMA
from edge.mqtt.topics import Topics

MAX_PAYLOAD_BYTES = 4096
MAX_ID_CHARACTERS = 64
MAX_ARGUMENTS = 16


def parse_command(
    hub: str, topic: str, payload: bytes, caregivers: Collection[Caregiver], house: Collection[str] = ()
) -> Command:
    """Read one command. The user stands in the topic; the broker's ACL makes it true.

    An empty payload is an empty object, so that a plain button can send `acknowledge`. Fields beside `schema`,
    `request_id`, `alarm` and `caregiver` become arguments; what they must be, the core knows.

    house: users that never leave the house; only what they send is local. A phone is not one of them, since it reaches
    the broker from anywhere through a VPN. They may say in `caregiver` who speaks; else it is somebody in the house.

    Raises
    ------
    CommandRefused
        Oversized, malformed, an unknown verb or user, or a role that may only read.
    """
    user, word = Topics(hub).command(topic)
    own = _caregiver(user, caregivers)
    if own is None and user not in house:
        raise CommandRefused(f"nobody with the MQTT user {user!r} is set up on this hub")
    try:
        verb = Verb(word)
    except ValueError:
        raise CommandRefused(f"unknown verb; known are {', '.join(Verb)}") from None
    if own is not None and own.role is Role.VIEWER:
        raise CommandRefused(f"{own.id} may look, not command")
    fields = _fields(payload)
    if fields.pop("schema", SCHEMA) != SCHEMA:
        raise CommandRefused(f"this hub understands schema {SCHEMA}")
    who = _speaker(fields, own, caregivers, named=user in house)
    return Command(
        verb,
        who,
        request_id=_id(fields, "request_id"),
        alarm=_id(fields, "alarm"),
        local=user in house,
        arguments=_arguments(fields),
        surface=f"mqtt {user}",
    )


def request_id_of(payload: bytes) -> str:
    """The request id of a command that was refused, for the answer; empty if it cannot be read."""
    try:
        return _id(_fields(payload), "request_id")
    except CommandRefused:
        return ""


def _caregiver(user: str, caregivers: Iterable[Caregiver]) -> Caregiver | None:
    return next((each for each in caregivers if each.mqtt_user == user), None)


def _speaker(fields: dict[str, object], own: Caregiver | None, caregivers: Iterable[Caregiver], *, named: bool) -> str:
    """The id of who speaks. named: whether this user may say so of somebody else."""
    usual = own.id if own is not None else HOUSE
    wanted = _id(fields, "caregiver") or usual
    if wanted == usual:
        return usual
    able = {each.id for each in caregivers if each.role is not Role.VIEWER}
    if not named or wanted not in able:
        raise CommandRefused("only a thing of the house may speak for a caregiver, and only for one who may command")
    return wanted


def _fields(payload: bytes) -> dict[str, object]:
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise CommandRefused(f"the command is longer than {MAX_PAYLOAD_BYTES} bytes")
    if not payload.strip():
        return {}
    try:
        fields = msgspec.json.decode(payload)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise CommandRefused("the command is not JSON") from None
    if not isinstance(fields, dict):
        raise CommandRefused("the command is not a JSON object")
    return fields


def _id(fields: dict[str, object], key: str) -> str:
    value = fields.pop(key, "")
    if not isinstance(value, str) or len(value) > MAX_ID_CHARACTERS or not value.isprintable():
        raise CommandRefused(f"{key} must be a text of at most {MAX_ID_CHARACTERS} printable characters")
    return value


def _arguments(fields: dict[str, object]) -> dict[str, object]:
    if len(fields) > MAX_ARGUMENTS:
        raise CommandRefused(f"a command has at most {MAX_ARGUMENTS} arguments")
    for key, value in fields.items():
        if value is not None and not isinstance(value, bool | int | float | str):
            raise CommandRefused(f"{key[:MAX_ID_CHARACTERS]} must be a text, a number, true, false or null")
    return fields
