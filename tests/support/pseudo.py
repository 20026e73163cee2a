"""A language that nobody speaks: every text of the catalogue in brackets, and 40 % longer. What has none escaped it."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import TypeVar

import msgspec

from edge.model.language import Language
from edge.web import lookup, wire
from edge.web.wire import Catalogue
from tools import messages

V = TypeVar("V")
CODE = "de"
"""Under the code of a complete language: the configuration knows no others, and a phone is offered no others."""
LONGER = 0.4
FILLER = "ein wenig länger als das Englische und noch etwas mehr davon, bis es reicht, "


def longer(text: str) -> str:
    """In brackets, and 40 % longer."""
    return f"⟦{text} {(FILLER * 9)[: max(1, round(LONGER * len(text)))].strip()}⟧"


TEXTS = {message: longer(message) for message in messages.texts()}
PSEUDO = Language(CODE, TEXTS, ",")
CATALOGUE = Catalogue(TEXTS, ",", whole=True)

# What families, makers and standards call things.
_CALLED = """Mia Anna Tom Opa Oma feverhub ntfy Pushover Home Assistant iPhone Android MQTT Ibuprofen Diazepam
Paracetamol patch ankle cot English Deutsch Apprise HDMI USB °C °F ml mg tgram ABCD EFGH h min s g fake"""
NAMES = frozenset(_CALLED.split())
_WORD = re.compile(r"[°\w'’]*[^\W\d_][\w'’]*")
_POINT = re.compile(r"\d+\.\d+(?![.\d])")
# Small stands what was sent, as it was sent.
_UNREAD_TAGS = ("script", "style", "code", "svg", "small")
_READ = ("aria-label", "alt", "title", "placeholder", "content")


def escaped(text: str, names: frozenset[str] = NAMES) -> list[str]:
    """The words of a text that stand outside of every bracket."""
    depth, outside = 0, []
    for sign in text:
        depth += {"⟦": 1, "⟧": -1}.get(sign, 0)
        outside.append(" " if depth or sign == "⟧" else sign)
    plain = "".join(outside)
    return [word for word in _WORD.findall(plain) if word not in names]


def pointed(text: str) -> list[str]:
    """Its numbers with the decimal sign of another language."""
    return _POINT.findall(text)


class _Reader(HTMLParser):
    """What a person reads or hears of a page, piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self._silent += tag in _UNREAD_TAGS or "address" in (known.get("class") or "")
        if tag == "meta" or self._silent:
            return
        self.pieces += [value for name in _READ if (value := known.get(name))]

    def handle_endtag(self, tag: str) -> None:
        if self._silent and tag in (*_UNREAD_TAGS, "span"):
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.pieces.append(" ".join(data.split()))


def pieces(html: str) -> list[str]:
    reader = _Reader()
    reader.feed(html)
    return reader.pieces


def escaped_of_page(html: str, names: frozenset[str] = NAMES) -> list[str]:
    """Each piece of a page with words that no catalogue has."""
    return [piece for piece in pieces(html) if escaped(piece, names)]


# Fields of what the hub tells its page that no person reads.
_UNREAD = """id person device level shown kind verb fields reader hub drug alarm caregiver caregivers on_watch
key way step done values before after link owners role address what"""
MACHINES = frozenset(_UNREAD.split())


def escaped_of_value(value: object) -> Iterator[str]:
    """Each text within what the hub tells its page that has words which no catalogue has."""
    if isinstance(value, str):
        yield from [value] if escaped(value) else []
    elif isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            if not _machines(field, value):
                yield from escaped_of_value(getattr(value, field))
    elif isinstance(value, dict):
        for each in value.values():
            yield from escaped_of_value(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from escaped_of_value(each)


def _machines(field: str, value: msgspec.Struct) -> bool:
    """Whether no person reads it. The states of a strip are drawn, those of a row are read."""
    return field in MACHINES or (field, type(value)) in (("sleep", lookup.Strip), ("to", wire.Offer))


def bracketed(value: V) -> V:
    """The same value as a hub of this language would tell it: whatever is read, in brackets and longer."""
    if isinstance(value, str):
        return longer(value) if escaped(value) else value  # type: ignore[return-value]
    if isinstance(value, msgspec.Struct):
        read = [name for name in value.__struct_fields__ if not _machines(name, value)]
        said = {name: bracketed(getattr(value, name)) for name in read}
        return msgspec.structs.replace(value, **said)
    if isinstance(value, list):
        return [bracketed(each) for each in value]  # type: ignore[return-value]
    return value
