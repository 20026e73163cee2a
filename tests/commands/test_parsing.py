"""Bytes and who speaks: what is understood, and the one sentence for what is not."""

import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge import commands
from edge.errors import CommandRefused
from edge.model.alarm import HOUSE
from edge.model.event import Command, Verb
from edge.model.people import Caregiver, Role

PEOPLE = (
    Caregiver("anna", "Anna", Role.OWNER, mqtt_user="mother"),
    Caregiver("ben", "Ben", Role.CAREGIVER, mqtt_user="father"),
    Caregiver("oma", "Oma", Role.VIEWER, mqtt_user="grandmother"),
    Caregiver("carl", "Carl"),
)
HOUSE_USERS = {"hub", "nursery"}


def parse(word: str, body: bytes = b"", user: str = "mother", house: set[str] = HOUSE_USERS) -> Command:
    return commands.parse(word, body, commands.speaker(user, PEOPLE, house))


def test_a_whole_command() -> None:
    body = b'{"schema": 1, "request_id": "r-1", "alarm": "e-7", "minutes": 30, "condition": "fever"}'
    assert parse("snooze", body, "father") == Command(
        Verb.SNOOZE,
        "ben",
        "r-1",
        "e-7",
        local=False,
        arguments={"minutes": 30, "condition": "fever"},
        surface="mqtt father",
    )


@pytest.mark.parametrize("body", [b"", b" ", b"{}", b"\r\n", b'{"alarm": null, "request_id": ""}'])
def test_a_plain_button_may_send_nothing(body: bytes) -> None:
    assert parse("acknowledge", body) == Command(Verb.ACKNOWLEDGE, "anna", local=False, surface="mqtt mother")


@pytest.mark.parametrize(
    ("user", "body", "who", "local"),
    [
        ("mother", b"", "anna", False),
        ("mother", b'{"caregiver": "anna"}', "anna", False),
        ("nursery", b"", HOUSE, True),
        ("nursery", b'{"caregiver": "ben"}', "ben", True),
        ("hub", b'{"caregiver": "anna"}', "anna", True),
        ("father", b"", "ben", True),
    ],
)
def test_only_a_thing_of_the_house_is_surely_in_the_house(user: str, body: bytes, who: str, *, local: bool) -> None:
    command = parse("with_her", body, user, {"hub", "nursery", "father"})
    assert (command.caregiver, command.local, command.surface) == (who, local, f"mqtt {user}")


@pytest.mark.parametrize("whom", ["ben", "oma", "stranger", HOUSE])
def test_nobody_speaks_for_another(whom: str) -> None:
    with pytest.raises(CommandRefused, match="only a thing of the house"):
        parse("awake", json.dumps({"caregiver": whom}).encode())


@pytest.mark.parametrize("user", ["stranger", "anna", "carl", ""])
def test_an_unknown_user_is_refused_also_if_it_is_the_id_of_a_caregiver(user: str) -> None:
    with pytest.raises(CommandRefused, match="nobody with the MQTT user"):
        commands.speaker(user, PEOPLE, HOUSE_USERS)


REFUSED = [
    ("mute", b"", "unknown verb; known are acknowledge, with_her"),
    ("ACKNOWLEDGE", b"", "unknown verb"),
    ("note", b"{" + b" " * 4096, "longer than 4096 bytes"),
    ("note", b"{", "is not JSON"),
    ("note", b"{} {}", "is not JSON"),
    ("note", b"\xff\xfe", "is not text in UTF-8"),
    ("note", '{"text": "warm"}'.encode("utf-16"), "is not text in UTF-8"),
    ("note", '{"text": "hei\u00df"}'.encode("latin-1"), "is not text in UTF-8"),
    ("note", b'{"text": "\\ud800"}', "is not text in UTF-8"),
    ("note", b'{"\\udfff": 1}', "is not text in UTF-8"),
    ("note", b'{"celsius": NaN}', "a number that is none, or is too large"),
    ("note", b'{"celsius": -Infinity}', "a number that is none, or is too large"),
    ("note", b'{"celsius": 1e999}', "a number that is none, or is too large"),
    ("note", b'{"celsius": ' + b"9" * 400 + b"}", "a number of more than 19 digits"),
    ("note", b'{"celsius": -' + b"9" * 4000 + b"}", "a number of more than 19 digits"),
    ("note", b'{"celsius": 0x10}', "is not JSON"),
    ("note", b"[" * 4000, "is nested too deep"),
    ("note", b'{"a":' * 800, "is n"),
    ("note", b'{"text": ' + b"[" * 1900 + b"]" * 1900 + b"}", "is nested too deep|must be a text, a number"),
    ("note", b'{"text": {"text": "x"}}', "text must be a text, a number, true, false or null"),
    ("note", b'{"text": ["x"]}', "text must be a text, a number, true, false or null"),
    ("note", b"[]", "is not a JSON object"),
    ("note", b'"x"', "is not a JSON object"),
    ("note", b"null", "is not a JSON object"),
    ("dose", b'{"drug": "Ibuprofen", "amount": 5, "amount": 50}', "amount stands twice in the command"),
    ("pause", b'{"confirm": false, "confirm": true}', "confirm stands twice"),
    ("note", b'{"x\\ny": 1, "x\\ny": 2}', r"x\\ny stands twice"),
    ("note", b'{"schema": 2}', "understands schema 1"),
    ("note", b'{"schema": true}', "understands schema 1"),
    ("note", b'{"schema": "1"}', "understands schema 1"),
    ("note", b'{"request_id": 5}', "request_id must be a text"),
    ("note", b'{"alarm": "' + b"x" * 65 + b'"}', "alarm must be a text of at most 64"),
    ("note", b'{"alarm": "a\\nb"}', "printable"),
    ("note", b'{"request_id": "a\\u0000"}', "printable"),
]


@pytest.mark.parametrize(("word", "body", "sentence"), REFUSED, ids=range(len(REFUSED)))
def test_what_cannot_be_read_is_refused_in_a_sentence(word: str, body: bytes, sentence: str) -> None:
    with pytest.raises(CommandRefused, match=sentence) as refused:
        parse(word, body)
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 250


def test_a_deep_body_is_refused_wherever_on_the_stack_it_is_read() -> None:
    def deeper(left: int) -> str:
        if left:
            return deeper(left - 1)
        with pytest.raises(CommandRefused) as refused:
            commands.fields(b"[" * 4096)
        return str(refused.value)

    for depth in (0, 100, sys.getrecursionlimit() // 2):
        assert deeper(depth) == "the command is nested too deep"


@pytest.mark.parametrize(
    ("body", "request_id"),
    [
        (b'{"request_id": "r-9", "schema": 7}', "r-9"),
        (b'{"request_id": "r-9", "request_id": "r-8"}', ""),
        (b"nonsense", ""),
        (b"", ""),
        (b"[" * 4000, ""),
    ],
)
def test_a_refused_command_is_answered_with_its_request_id_if_it_has_one(body: bytes, request_id: str) -> None:
    assert commands.request_id(body) == request_id


@given(st.text(max_size=60), st.binary(max_size=300))
def test_any_bytes_give_a_command_or_a_refusal(word: str, body: bytes) -> None:
    for verb in (word, "note"):
        try:
            command = parse(verb, body)
        except CommandRefused:
            continue
        assert (command.caregiver, command.verb) == ("anna", verb)


VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.lists(st.integers(), max_size=2)
)


@given(st.dictionaries(st.text(max_size=12), VALUES, max_size=6))
def test_any_object_gives_its_flat_fields_or_a_refusal(said: dict[str, object]) -> None:
    body = json.dumps(said).encode()
    try:
        fields = commands.fields(body)
    except CommandRefused:
        return
    assert json.dumps(fields) == json.dumps(said)
