"""The table of verbs: each once, with who may say it and what it takes; and that one pipeline carries out each."""

from dataclasses import replace

import pytest

from edge.commands import RULES, Flag, Number, OneOf, Text, checked
from edge.errors import CommandRefused
from edge.model.alarm import HOUSE
from edge.model.event import Command, Verb
from edge.model.people import Role
from edge.pipeline import HANDLERS

WITH_HER = {Verb.WITH_HER, Verb.AWAKE, Verb.FALSE_ALARM}
OWNERS = {Verb.CAREGIVER, Verb.CAREGIVER_REMOVE, Verb.BROKER_USER, Verb.FRAMES}


def test_the_table_holds_every_verb_and_the_pipeline_carries_out_each() -> None:
    assert set(RULES) == set(HANDLERS) == set(Verb)


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("role", [None, *Role])
def test_everyone_but_who_looks_on_has_every_verb(verb: Verb, role: Role | None) -> None:
    command = Command(verb, HOUSE if role is None else "anna")
    if role is Role.VIEWER:
        with pytest.raises(CommandRefused, match="anna may look, not command"):
            checked(command, role)
    elif role is Role.CAREGIVER and verb in OWNERS:
        with pytest.raises(CommandRefused, match="Only an owner may "):
            checked(command, role)
    else:
        assert checked(command, role) == command


@pytest.mark.parametrize("verb", Verb)
def test_only_who_sees_her_can_say_how_she_is(verb: Verb) -> None:
    command = Command(verb, "anna", local=False)
    if verb in WITH_HER:
        with pytest.raises(CommandRefused, match="only who is in the house"):
            checked(command, Role.OWNER)
    elif verb in OWNERS:
        with pytest.raises(CommandRefused, match=r"(from|in) the house alone"):
            checked(command, Role.OWNER)
    else:
        assert checked(command, Role.OWNER) == command


ARGUMENTS = [(verb, key, kind) for verb, rule in RULES.items() for key, kind in rule.arguments.items()]
WRONG: dict[type, list[object]] = {
    Text: [5, True, ["x"], {"x": 1}, "x" * 1001, "a\x00b", "\u202e", "\ud800"],
    Number: ["5", True, float("nan"), float("inf"), 10**400, -(10**400), [1], 2e15],
    Flag: ["true", 1, 0, [True]],
    OneOf: ["no such word", 5, True, ["fever"], {"x": 1}],
}
RIGHT: dict[type, object] = {Text: "some words", Number: 5, Flag: True}


@pytest.mark.parametrize(("verb", "key", "kind"), ARGUMENTS, ids=[f"{verb}-{key}" for verb, key, _ in ARGUMENTS])
def test_every_argument_takes_its_type_within_bounds_and_no_other(verb: Verb, key: str, kind: object) -> None:
    good = kind.words[-1] if isinstance(kind, OneOf) else RIGHT[type(kind)]
    assert checked(Command(verb, "anna", arguments={key: good}), Role.OWNER).arguments == {key: good}
    bounds = [kind.least - 1, kind.most + 1] if isinstance(kind, Number) and kind.most < 1e15 else []
    bounds += ["x" * (kind.most + 1)] if isinstance(kind, Text) else []
    for bad in (*WRONG[type(kind)], *bounds):
        with pytest.raises(CommandRefused, match=f"^{key} must ") as refused:
            checked(Command(verb, "anna", arguments={key: bad}), Role.OWNER)
        assert len(str(refused.value)) < 600


@pytest.mark.parametrize("verb", Verb)
def test_a_misspelt_argument_is_refused_with_those_there_are(verb: Verb) -> None:
    takes = ", ".join(RULES[verb].arguments) or "none"
    with pytest.raises(CommandRefused, match=f"{verb} has no argument 'minuts'; it has {takes}"):
        checked(Command(verb, "anna", arguments={"minuts": 60}), Role.OWNER)


def test_null_says_nothing_but_in_an_entry_where_it_clears() -> None:
    snooze = Command(Verb.SNOOZE, "anna", arguments={"minutes": None, "condition": "fever"})
    assert checked(snooze, Role.OWNER) == replace(snooze, arguments={"condition": "fever"})
    dose = Command(Verb.DOSE, "anna", arguments={"id": "last", "reason": None})
    assert checked(dose, Role.OWNER) == dose


def test_white_space_of_a_text_counts_as_one_blank() -> None:
    note = Command(Verb.NOTE, "anna", arguments={"text": "  She drank\n\twell. "})
    assert checked(note, Role.OWNER).arguments == {"text": "She drank well."}
