"""The owner's configuration and, behind a zero byte, the page's settings.toml. What is taken, a hub begins with."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import msgspec

from edge import pipeline
from edge.app.load import checked
from edge.errors import ConfigError
from edge.model.event import Tick
from edge.model.moment import Now
from tests.fuzz.kind import Check, Kind, sentence
from tests.fuzz.outcome import Books
from tests.support.family import IBUPROFEN, caregiver, family

SHIPPED = Path(__file__).parents[2] / "deploy" / "feverhub.toml"
LONGEST_LINE = 700


def begin(folder: Path) -> Check:
    owner, settings = folder / "feverhub.toml", folder / "settings.toml"
    books = Books()

    def check(data: bytes) -> str:
        text, _, set_by_page = data.partition(b"\0")
        owner.write_bytes(text)
        settings.write_bytes(set_by_page)
        try:
            found = checked.load(owner, state_dir=folder, environment={})
        except ConfigError as refused:
            for line in str(refused).splitlines():
                sentence(ConfigError(line))
                assert len(line) <= LONGEST_LINE, line
            return str(refused).replace(str(folder), "")
        finally:
            assert (owner.read_bytes(), settings.read_bytes()) == (text, set_by_page)
        for value in _inside(found.config):
            assert not isinstance(value, float) or math.isfinite(value)
        state, effects = pipeline.begin(pipeline.Setup(found.config, found.profiles), Now(0.0, 1_800_000_000.0))
        books.check(effects)
        for now_s in (1.0, 7200.0):
            state, effects = pipeline.step(state, Tick(), Now(now_s, 1_800_000_000.0 + now_s))
            books.check(effects)
        return ""

    return check


def _inside(value: Any) -> Iterator[Any]:
    """Every value in it, as deep as it goes."""
    if is_dataclass(value):
        for each in fields(value):
            yield from _inside(getattr(value, each.name))
    elif isinstance(value, msgspec.Struct):
        yield from _inside(msgspec.structs.asdict(value))
    elif isinstance(value, dict):
        yield from _inside([*value, *value.values()])
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _inside(each)
    else:
        yield value


def seeds() -> Sequence[bytes]:
    shipped = SHIPPED.read_text("utf-8")
    whole = "\n".join(
        line.removeprefix("# ") if line.startswith(("# [", "# ")) and ("=" in line or "[" in line) else line
        for line in shipped.splitlines()
    )
    own = family(person='seizure_prone = true\nguidance = "Blue box."\n' + IBUPROFEN, ankle="polar_verity_sense")
    more = own + caregiver("Tom", 'role = "viewer"', 'language = "de"', 'until = "2027-01-01T00:00:00+00:00"')
    page = b'[[caregiver]]\nid = "sue"\nname = "Sue"\n[limits]\nfever_c = 38.2\n'
    texts = [shipped, whole, family(), own, more, '[web]\n[metrics]\n[influx]\nurl = "http://127.0.0.1:8428"\n']
    return [text.encode() for text in texts] + [own.encode() + b"\0" + page]


WORDS = (
    *(b"[[person]]\n", b"[[device]]\n", b"[[caregiver]]\n", b"[[proxy]]\n", b"[limits]\n", b"[hub]\n", b"[mqtt]\n"),
    *(b"id = ", b"profile = ", b"mqtt_source = ", b"mqtt_value = ", b"born = ", b"limits = { fever_c = 38.5 }\n"),
    *(b"nan", b"inf", b"\\u0000", b'"""', b"'''", b"[" * 400, b"0001-01-01", b"9999-12-31", b"\xff", b"\xef\xbb\xbf"),
)
KIND = Kind("configuration", begin, seeds, WORDS, longest=16_000)
