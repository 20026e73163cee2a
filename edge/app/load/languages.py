"""The catalogues of texts, as gettext's .po files in `edge/locale`: read here, used as values everywhere else.

A .po file is what translators edit; it is small enough to be read as it is, so nothing has to be compiled.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from string import Formatter

import structlog

from edge.errors import ConfigError
from edge.model.language import Language

FOLDER = Path(__file__).resolve().parents[2] / "locale"
# The sign before the tenths, by Unicode's CLDR ("numbers", symbol `decimal`); where it is not a full stop.
DECIMAL = {"de": ",", "es": ",", "fr": ",", "tr": ","}

WHOLE = ("de",)
"""Beside English: nothing is missing in these (tests/app/load/test_languages.py)."""

log = structlog.get_logger(__name__)


@cache
def load_languages(folder: Path = FOLDER) -> Mapping[str, Language]:
    """Every language that has a catalogue, by its code. A text that cannot be used is left out, and so in English.

    A catalogue that cannot be read is one line in the log: no alarm waits for a translation.
    """
    found = {}
    for file in sorted(folder.glob("*.po")):
        try:
            texts = dict(usable(file.read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            log.error("language", file=str(file), why=str(error))
            texts = {}
        found[file.stem] = Language(file.stem, texts, DECIMAL.get(file.stem, "."))
    return found


def chosen(code: str) -> Language:
    """That language. Raises ConfigError for one that has no catalogue."""
    known = {"en": Language(), **load_languages()}
    if code not in known:
        raise ConfigError(f"there is no language {code!r} (known: {', '.join(sorted(known))})")
    return known[code]


def usable(text: str) -> Iterator[tuple[str, str]]:
    """Message and translation of each entry of a .po file that is translated, sure, and has the fields of its message.

    Raises ValueError, with the number of the line, for what is no .po file.
    """
    for message, translation, fuzzy in entries(text):
        if message and translation and not fuzzy and fields(message) == fields(translation):
            yield message, translation


def fields(message: str) -> set[str]:
    """The names in braces that a text is filled with; of one that cannot be filled, the text itself."""
    try:
        return {name for _, name, _, _ in Formatter().parse(message) if name is not None}
    except ValueError:
        return {message}


def entries(text: str) -> Iterator[tuple[str, str, bool]]:
    """(message, translation, whether it is marked `fuzzy`) of each entry; the header has the message "".

    The part of the format that the catalogues use (gettext's manual, "PO Files"): no plurals, no contexts.
    """
    fuzzy, parts, into = False, {"msgid": "", "msgstr": ""}, ""
    for number, raw in enumerate([*text.splitlines(), ""], 1):
        line = raw.strip()
        if into == "msgstr" and not line.startswith('"'):
            yield parts["msgid"], parts["msgstr"], fuzzy
            fuzzy, parts, into = False, {"msgid": "", "msgstr": ""}, ""
        if line.startswith("#,"):
            fuzzy = "fuzzy" in line
        if not line or line.startswith("#"):
            continue
        keyword, _, quoted = ("", "", line) if line.startswith('"') else line.partition(" ")
        into = keyword or into
        if into not in parts:
            raise ValueError(f"line {number}: expected msgid or msgstr, not {line[:40]!r}")
        parts[into] += _unquoted(quoted, number)


def _unquoted(quoted: str, number: int) -> str:
    """A string of C; JSON's are the same in all that occurs in a catalogue."""
    try:
        value = json.loads(quoted)
    except ValueError:
        value = None
    if not isinstance(value, str):
        raise ValueError(f"line {number}: expected a text in double quotes, not {quoted[:40]!r}")  # noqa: TRY004
    return value
