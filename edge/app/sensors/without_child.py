"""A child and what she wears go out of a configuration file, and every other line stays as somebody wrote it."""

import re
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from edge.app.load.settings_file import as_toml
from edge.errors import ConfigError

_HEADER = re.compile(r"\s*\[\[?\s*([A-Za-z0-9_-]+)\s*([.\]])")


@dataclass(frozen=True, slots=True)
class SetUp:
    """Of whom the tables are. devices: ids, since a file may lay a value over a sensor without naming its child."""

    person: str
    devices: Collection[str] = ()

    def owns(self, table: str, row: object) -> bool:
        """Whether this row of that array is hers."""
        if not isinstance(row, dict):
            return False
        if table == "person":
            return row.get("id") == self.person
        return table == "device" and (row.get("person") == self.person or row.get("id") in self.devices)


def named(text: str, hers: SetUp) -> bool:
    """Whether this TOML sets her or a sensor of hers up. Raises ConfigError for what is no TOML."""
    data = _parsed(text)
    return _cleared(data, hers) != data


def without_child(text: str, hers: SetUp) -> str:
    """The text without her. Only whole tables are cut out, and what is left is read again to prove that exactly they
    are gone. Raises ConfigError where they cannot be cut out, such as tables written in one line.
    """
    before = _parsed(text)
    wanted = _cleared(before, hers)
    if wanted == before:
        return text
    lines = text.splitlines(keepends=True)
    kept = "".join("".join(lines[begin:end]) for begin, end in _blocks(lines) if not _is_hers(lines[begin:end], hers))
    if _read(kept) != wanted:
        raise ConfigError(f"the tables of {hers.person} cannot be cut out by the program")
    return kept


def rewritten(text: str, hers: SetUp) -> str:
    """As `without_child`; where that cannot be done, the same settings without the comments. Raises ConfigError."""
    try:
        return without_child(text, hers)
    except ConfigError:
        return as_toml(_cleared(_parsed(text), hers))


def _cleared(data: dict[str, Any], hers: SetUp) -> dict[str, Any]:
    left = {}
    for name, rows in data.items():
        kept = [row for row in rows if not hers.owns(name, row)] if isinstance(rows, list) else rows
        if kept or kept == rows:
            left[name] = kept
    return left


def _blocks(lines: list[str]) -> Iterator[tuple[int, int]]:
    """What stands before the first header, then each table with the tables under it, as line numbers."""
    begin, open_table = 0, ""
    for number, line in enumerate(lines):
        header = _HEADER.match(line)
        if header is None or (header[2] == "." and header[1] == open_table):
            continue
        while number > begin and lines[number - 1].lstrip().startswith("#"):
            number -= 1  # noqa: PLW2901  what is said above a header is said of it
        yield begin, number
        begin, open_table = number, header[1]
    yield begin, len(lines)


def _is_hers(block: list[str], hers: SetUp) -> bool:
    """Whether this is her table, or that of a sensor of hers."""
    data = _read("".join(block)) or {}
    return _cleared(data, hers) != data


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"not TOML: {error}") from None


def _read(text: str) -> dict[str, Any] | None:
    try:
        return _parsed(text)
    except ConfigError:
        return None
