"""Whatever stands in a configuration, it is read or refused in sentences; never a traceback, never half a value."""

import math
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge import config
from edge.config import Config, Source
from edge.config.tables import ARRAYS, TABLES, CarePlanTable, MedicineTable
from edge.errors import ConfigError
from tests.support.hostile_toml import HEX, VALUES

WHERE = {
    **{f"[{name}]": table for name, table in TABLES.items()},
    **{f"[[{name}]]": table for name, table in ARRAYS.items()},
    "[person.care_plan]": CarePlanTable,
    "[[person.medicine]]": MedicineTable,
}
KEYS = [(header, key) for header, table in WHERE.items() for key in [*table.__struct_fields__, "nonsense"]]
LONGEST_LINE = 600


def read(text: str) -> Config | list[str]:
    try:
        return config.parse([Source(text, "feverhub.toml")])
    except ConfigError as error:
        return str(error).splitlines()


def inside(value: Any) -> Iterator[Any]:
    """Every value in it, as deep as it goes."""
    if is_dataclass(value):
        for each in fields(value):
            yield from inside(getattr(value, each.name))
    elif isinstance(value, msgspec.Struct):
        yield from inside(msgspec.structs.asdict(value))
    elif isinstance(value, dict):
        yield from inside([*value, *value.values()])
    elif isinstance(value, list | tuple):
        for each in value:
            yield from inside(each)
    else:
        yield value


def check(text: str) -> None:
    found = read(text)
    if isinstance(found, Config):
        for value in inside(found):
            assert not isinstance(value, float) or math.isfinite(value), text
        return
    assert found
    for line in found:
        assert line.startswith("feverhub.toml"), line
        assert len(line) <= LONGEST_LINE, line


def written_as(header: str, key: str, value: str) -> str:
    if header.startswith(("[person.", "[[person.")):
        header = f'[[person]]\nid = "mia"\n{header}'
    elif "[[" in header and key != "id":
        header = f'{header}\nid = "mia"'
    return f"{header}\n{key} = {value}\n"


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(KEYS), VALUES), min_size=1, max_size=3))
def test_any_value_at_any_key_is_taken_or_refused_in_sentences(written):
    check("".join(written_as(header, key, value) for (header, key), value in written))


@pytest.mark.parametrize("value", [HEX, "9" * 5000, "9" * 400, "nan", '"a\\u0000"'], ids=lambda v: v[:9])
def test_each_key_for_itself(value):
    for header, key in KEYS:
        check(written_as(header, key, value))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"[hub]\nstate_dir = '/{'x' * 5000}'", "hub.state_dir: '/xxxx"),
        ("[hub]\nstate_dir = '/a\\u0000'".replace("'", '"'), "none of them NUL"),
        ("[hub]\nadapters = ['eth0']", "expected the name of a Bluetooth adapter, such as hci0"),
        ('[hub]\nname = "mia\\n"', "expected 1 to 32 of a-z"),
        ("[mqtt]\nhost = 'a..b'", "mqtt.host: 'a..b' is not allowed: expected a name or an address"),
        ("[influx]\nurl = 'http://[::1'", "influx.url: 'http://[::1' is not allowed: expected an address"),
        (f"[limits]\nfever_c = {'9' * 400}", "expected a number from 37 to 41"),
        (f"[limits]\nfever_c = {HEX}", "a int that is too large to be shown is not allowed"),
        ("[person]\nx = " + "[" * 20_000, "not TOML"),
        ("x = " + "9" * 5000, "not TOML"),
        (f"[{'x' * 5000}]", "xxx...: not a known table"),
        (f"[hub]\n{'x' * 5000} = 1", "xxx...: not a known key"),
        ('[hub]\n"a\\nb" = 1', "hub.'a\\nb': not a known key"),
        (f"[limits]\n{'x' * 5000} = 1", "xxx...: not a known key"),
    ],
    ids=lambda part: part[:30],
)
def test_the_sentence_says_what_is_wrong(text, said):
    lines = read(text)
    assert isinstance(lines, list)
    assert said in lines[0], lines[0]
