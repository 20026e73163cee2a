"""Commands: what is understood, and the sentence for what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import CommandRefused
from edge.model.alarm import HOUSE
from edge.model.event import Command, Verb
from edge.model.people import Caregiver, Role
from edge.mqtt.commands import parse_command, request_id_of

PEOPLE = (
    Caregiver("anna", "Anna", Role.OWNER, mqtt_user="mother"),
    Caregiver("ben", "Ben", Role.CAREGIVER, mqtt_user="father"),
    Caregiver("oma", "Oma", Role.VIEWER, mqtt_user="grandmother"),
    Caregiver("carl", "Carl"),
)


def parse(verb: str, payload: bytes = b"", user: str = "mother") -> Command:
    return parse_command("cot", f"feverhub/cot/cmd/{user}/{verb}", payload, PEOPLE)


def test_a_whole_command() -> None:
    payload = b'{"schema": 1, "request_id": "r-1", "alarm": "e-7", "minutes": 30, "why": "bath"}'
    assert parse("snooze", payload, "father") == Command(
        Verb.SNOOZE, "ben", "r-1", "e-7", local=False, arguments={"minutes": 30, "why": "bath"}, surface="mqtt father"
    )


def test_a_plain_button_may_send_nothing() -> None:
    assert parse("acknowledge", b" ") == Command(Verb.ACKNOWLEDGE, "anna", local=False, surface="mqtt mother")


@pytest.mark.parametrize(
    ("user", "payload", "who", "local"),
    [
        ("mother", b"", "anna", False),
        ("mother", b'{"caregiver": "anna"}', "anna", False),
        ("nursery", b"", HOUSE, True),
        ("nursery", b'{"caregiver": "ben"}', "ben", True),
        ("hub", b'{"caregiver": "anna"}', "anna", True),
        ("father", b"", "ben", True),
    ],
)
def test_only_a_thing_of_the_house_is_surely_in_the_house(user: str, payload: bytes, who: str, *, local: bool) -> None:
    topic = f"feverhub/cot/cmd/{user}/with_her"
    command = parse_command("cot", topic, payload, PEOPLE, {"hub", "nursery", "father"})
    assert (command.caregiver, command.local, command.surface) == (who, local, f"mqtt {user}")


@pytest.mark.parametrize(("user", "whom"), [("mother", "ben"), ("nursery", "oma"), ("nursery", "stranger")])
def test_nobody_speaks_for_another_who_may_not(user: str, whom: str) -> None:
    payload = f'{{"caregiver": "{whom}"}}'.encode()
    with pytest.raises(CommandRefused, match="only a thing of the house"):
        parse_command("cot", f"feverhub/cot/cmd/{user}/awake", payload, PEOPLE, {"nursery"})


@pytest.mark.parametrize("verb", list(Verb))
@pytest.mark.parametrize(("user", "caregiver"), [("mother", "anna"), ("father", "ben")])
def test_owner_and_caregiver_have_every_verb(verb: Verb, user: str, caregiver: str) -> None:
    assert parse(verb, user=user).caregiver == caregiver


@pytest.mark.parametrize("verb", list(Verb))
def test_a_viewer_has_none(verb: Verb) -> None:
    with pytest.raises(CommandRefused, match="oma may look, not command"):
        parse(verb, user="grandmother")


@pytest.mark.parametrize(
    ("verb", "payload", "sentence"),
    [
        ("mute", b"", "unknown verb; known are acknowledge, with_her"),
        ("ACKNOWLEDGE", b"", "unknown verb"),
        ("note", b"{" + b" " * 4096, "longer than 4096 bytes"),
        ("note", b"{", "is not JSON"),
        ("note", b"\xff\xfe", "is not JSON"),
        ("note", b'{"text": NaN}', "is not JSON"),
        ("note", b"[" * 4000, "is not JSON"),
        ("note", b"[]", "is not a JSON object"),
        ("note", b'"x"', "is not a JSON object"),
        ("note", b'{"schema": 2}', "understands schema 1"),
        ("note", b'{"request_id": 5}', "request_id must be a text"),
        ("note", b'{"alarm": "' + b"x" * 65 + b'"}', "alarm must be a text of at most 64"),
        ("note", b'{"alarm": "a\\nb"}', "printable"),
        ("note", b'{"text": ["x"]}', "text must be a text, a number"),
        ("note", ("{" + ",".join(f'"a{i}":1' for i in range(17)) + "}").encode(), "at most 16 arguments"),
    ],
)
def test_what_cannot_be_carried_out_is_refused_in_a_sentence(verb: str, payload: bytes, sentence: str) -> None:
    with pytest.raises(CommandRefused, match=sentence):
        parse(verb, payload)


@pytest.mark.parametrize("user", ["stranger", "anna", "carl"])
def test_an_unknown_user_is_refused_also_if_it_is_the_id_of_a_caregiver(user: str) -> None:
    with pytest.raises(CommandRefused, match="nobody with the MQTT user"):
        parse("test", user=user)


def test_a_caregiver_without_mqtt_user_cannot_be_meant_by_an_empty_one() -> None:
    with pytest.raises(CommandRefused):
        parse_command("cot", "feverhub/cot/cmd//test", b"", PEOPLE)


@pytest.mark.parametrize(
    ("payload", "request_id"), [(b'{"request_id": "r-9", "schema": 7}', "r-9"), (b"nonsense", ""), (b"", "")]
)
def test_a_refused_command_is_answered_with_its_request_id_if_it_has_one(payload: bytes, request_id: str) -> None:
    assert request_id_of(payload) == request_id


@given(st.text(max_size=60), st.binary(max_size=300))
def test_any_bytes_give_a_command_or_a_refusal(word: str, payload: bytes) -> None:
    for topic in (word, f"feverhub/cot/cmd/mother/{word}", "feverhub/cot/cmd/mother/note"):
        try:
            command = parse_command("cot", topic, payload, PEOPLE)
        except CommandRefused:
            continue
        assert (command.caregiver, command.verb) == ("anna", topic.rpartition("/")[2])
