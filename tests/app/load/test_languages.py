"""The catalogues as they are shipped: whole where they say so, and none that could cost an alarm its words."""

import ast
import re
from string import Formatter

import pytest
from babel.messages.pofile import read_po
from babel.numbers import get_decimal_symbol
from hypothesis import given
from hypothesis import strategies as st

from edge import config
from edge.app.load import languages
from edge.app.load.languages import FOLDER, entries, fields, load_languages, usable
from edge.delivery import phone_buttons, private_texts, texts
from edge.errors import ConfigError
from tools import messages

CATALOGUES = sorted(FOLDER.glob("*.po"))
COMPLETE = list(languages.WHOLE)
KNOWN = messages.texts()


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_every_language_of_the_configuration_has_a_catalogue_and_the_other_way_round():
    with pytest.raises(ConfigError) as refused:
        config.parse([config.Source("[hub]\nlanguage = 'tlh'", "feverhub.toml")])
    allowed = str(refused.value).partition("expected one of ")[2].split(", ")
    assert sorted(allowed) == sorted(["en", *(file.stem for file in CATALOGUES)])
    assert set(COMPLETE) <= set(allowed)


@pytest.mark.parametrize("file", [*CATALOGUES, FOLDER / "feverhub.pot"], ids=lambda file: file.name)
def test_a_catalogue_holds_what_the_program_says_and_nothing_else(file):
    assert file.read_text("utf-8") == messages.updated(file, KNOWN), "make messages was not run"


@pytest.mark.parametrize("code", COMPLETE)
def test_no_text_is_missing_in_a_complete_language(code):
    assert set(load_languages()[code].texts) == set(KNOWN)


@pytest.mark.parametrize("code", [file.stem for file in CATALOGUES])
def test_a_language_that_is_begun_says_all_that_wakes_somebody_without_a_name(code):
    """What a locked phone shows at three in the morning, its buttons, and what to do at a seizure."""
    wakes = {text for words in private_texts.WORDS.values() for text in words}
    wakes |= {*phone_buttons.LABELS.values(), phone_buttons.TEST_RANG, *texts.TEST, texts.FIRST_AID}
    wakes |= {text for words in private_texts.NOT_MOVING.values() for text in words}
    assert wakes - set(load_languages()[code].texts) == set()


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: file.stem)
def test_a_translation_has_the_placeholders_of_its_message_and_none_is_lost_to_that(file):
    translated = [(message, said) for message, said, _ in entries(file.read_text("utf-8")) if message and said]
    assert len(translated) >= 50
    assert [message for message, said in translated if placeholders(message) != placeholders(said)] == []
    assert dict(translated) == load_languages()[file.stem].texts


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: file.stem)
def test_the_loader_reads_what_gettexts_own_tools_read(file):
    """Babel as the second reader of the format."""
    with file.open("rb") as opened:
        theirs = {str(each.id): str(each.string) for each in read_po(opened) if each.id and each.string}
    assert theirs == load_languages()[file.stem].texts


@pytest.mark.parametrize("code", [file.stem for file in CATALOGUES])
def test_the_decimal_sign_is_that_of_unicodes_tables(code):
    assert load_languages()[code].decimal == get_decimal_symbol(code)


@pytest.mark.parametrize("code", [file.stem for file in CATALOGUES])
def test_no_translation_claims_what_the_english_does_not(code):
    """As tests/delivery/test_texts.py forbids in English: that all is well, that a seizure was found."""
    forbidden = {
        "de": r"\bnormal|\bgesund|\bsicher\b|Entwarnung|Anfall erkannt|Fieberkrampf|alles (gut|in Ordnung)",
        "fr": r"\bnormal|en bonne santé|crise détectée|convulsion fébrile|tout va bien",
        "es": r"\bnormal|\bsan[oa]\b|crisis detectada|convulsión febril|todo (va )?bien",
        "tr": r"\bnormal|sağlıklı|nöbet algılandı|ateşli havale|her şey yolunda",
    }[code]
    for message, said in load_languages()[code].texts.items():
        assert not re.search(forbidden, said, re.IGNORECASE), said
        if "seizure" in message and "can miss a seizure" not in message:
            likened = {
                "de": "ähnlich|wie ein Anfall",
                "fr": "semblable|ressemble",
                "es": "pareci|parece",
                "tr": "benze",
            }
            assert re.search(likened[code], said), said


# ------------------------------------------------------------------------------------------ files that are none


HEAD = 'msgid ""\nmsgstr "Language: de\\n"\n\n'


@pytest.mark.parametrize(
    ("entry", "known"),
    [
        ('msgid "fever"\nmsgstr "Fieber"\n', {"fever": "Fieber"}),
        ('msgid "fever"\nmsgstr ""\n', {}),
        ('#, fuzzy\nmsgid "fever"\nmsgstr "Fieber"\n', {}),
        ('#, fuzzy, python-brace-format\nmsgid "a {b}"\nmsgstr "c {b}"\n\nmsgid "x"\nmsgstr "y"', {"x": "y"}),
        ('msgid ""\n"two "\n"lines"\nmsgstr ""\n"zwei "\n"Zeilen"\n', {"two lines": "zwei Zeilen"}),
        ('msgid "say \\"x\\"\\n"\nmsgstr "sag „x“\\n"\n', {'say "x"\n': "sag „x“\n"}),
        ('msgid "at {time}"\nmsgstr "um {tiem}"\n', {}),
        ('msgid "at {time}"\nmsgstr "um"\n', {}),
        ('msgid "at {time}"\nmsgstr "um {time"\n', {}),
        ('msgid "at {time}"\nmsgstr "um {time.__class__}"\n', {}),
        ('#~ msgid "gone"\n#~ msgstr "fort"\n', {}),
    ],
)
def test_only_a_translation_that_can_be_filled_in_is_used(entry, known):
    assert dict(usable(HEAD + entry)) == known


@pytest.mark.parametrize(
    "text", ["nonsense", 'msgid fever\nmsgstr "x"', 'msgid "a', 'msgid_plural "a"\nmsgstr "b"', "{}"]
)
def test_what_is_no_catalogue_is_named_with_its_line(text):
    with pytest.raises(ValueError, match="line 1"):
        dict(usable(text))


def test_a_catalogue_that_is_damaged_leaves_the_language_in_english(tmp_path):
    (tmp_path / "de.po").write_text("nonsense", encoding="utf-8")
    (tmp_path / "fr.po").write_bytes(b'msgid "fever"\nmsgstr "fi\xe8vre"\n')
    (tmp_path / "es.po").write_text(HEAD + 'msgid "fever"\nmsgstr "fiebre"\n', encoding="utf-8")
    found = load_languages(tmp_path)
    assert {code: dict(language.texts) for code, language in found.items()} == {
        "de": {},
        "fr": {},
        "es": {"fever": "fiebre"},
    }


@given(st.text(max_size=60))
def test_whatever_stands_in_a_file_it_is_texts_or_one_error(text):
    try:
        found = list(usable(text))
    except ValueError as error:
        assert str(error).startswith("line ")  # noqa: PT017
    else:
        assert all(fields(message) == fields(said) for message, said in found)


# ------------------------------------------------------------------------------------------ texts that would escape

EDGE = FOLDER.parent
NAMES_OF_THINGS = frozenset(["ntfy", "Pushover", "Android", "iPhone", "feverhub", "i"])
PARSES = EDGE / "commands" / "parsing.py"
"""What it refuses no form of the page can say: only a program that speaks to the hub by itself."""


def bare_words(template: str) -> set[str]:
    """The words that stand in a template as they are, outside of its tags and of `_("...")`."""
    shown = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", " ", template, flags=re.DOTALL)
    read = re.findall(r"(?:aria-label|title|alt|placeholder)=\"([^\"]*)\"", shown)
    text = re.sub(r"&\w+;|<[^>]*>", " ", shown)
    return set(re.findall(r"[^\W\d_]+", " ".join([text, *read]))) - NAMES_OF_THINGS


def bare_refusals(source: str) -> list[str]:
    """Each refusal that is worded where it is raised, and so in English alone."""
    calls = [each for each in ast.walk(ast.parse(source)) if isinstance(each, ast.Call) and each.args]
    refused = [each.args[0] for each in calls if getattr(each.func, "id", "") == "CommandRefused"]
    return [ast.unparse(each) for each in refused if isinstance(each, ast.JoinedStr | ast.Constant)]


@pytest.mark.parametrize("file", sorted((EDGE / "web" / "templates").rglob("*.html")), ids=lambda file: file.name)
def test_no_template_says_a_text_of_its_own(file):
    assert bare_words(file.read_text("utf-8")) - {"tgram", "ABCD", "EFGH"} == set()


def test_a_text_that_was_left_in_a_template_is_found():
    assert bare_words('<p class="x">Go on {{ _("there") }}</p>') == {"Go", "on"}
    assert bare_words('<nav aria-label="Steps">{% if "no" %}</nav>') == {"Steps"}


@pytest.mark.parametrize(
    "file",
    [file for room in ("care", "alarms", "pipeline", "delivery", "commands") for file in (EDGE / room).rglob("*.py")],
    ids=lambda file: f"{file.parent.name}/{file.name}",
)
def test_every_refusal_of_a_caregivers_command_is_of_the_catalogue(file):
    assert file == PARSES or bare_refusals(file.read_text("utf-8")) == []


def test_a_refusal_that_was_left_in_english_is_found():
    assert bare_refusals('raise CommandRefused(f"no {x}")\nraise CommandRefused(N_("no"))') == ["f'no {x}'"]
    assert bare_refusals(PARSES.read_text("utf-8")), "it is there to be found"
