"""A TOML table that is read key by key, and whose errors name file, line and key."""

import difflib
import math
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Never, TypeVar

from edge.errors import ProfileError, did_you_mean, shown

Path = tuple[str | int, ...]
E = TypeVar("E", bound=StrEnum)
T = TypeVar("T", str, int)

_WIDEST = 1 << 64
_LONGEST_KEY = 60
_LONGEST_MESSAGE = 400

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.-]+)\s*\]\]?")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=\s*(\[\s*)?(#.*)?$|\s*([A-Za-z0-9_-]+)\s*=")


def line_numbers(text: str) -> dict[Path, int]:
    """Where each table, key and inline table at the start of a line stands; tomllib does not tell."""
    found: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    array: Path | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            parts: Path = ()
            names = header[2].split(".")
            for depth, name in enumerate(names):
                parts = (*parts, name)
                if header[1] == "[[" and depth == len(names) - 1:
                    counts[parts] = counts.get(parts, -1) + 1
                if parts in counts:
                    parts = (*parts, counts[parts])
            table, array = parts, None
            found[table] = number
        elif array is not None and line.lstrip().startswith("{"):
            counts[array] = counts.get(array, -1) + 1
            found[(*array, counts[array])] = number
        elif key := _KEY.match(line):
            path = (*table, key[1] or key[4])
            found[path] = number
            array = path if key[2] else None
    return found


class Table:
    """One table of a file. Each key must be asked for; `finish` refuses what nobody asked for."""

    def __init__(self, data: Mapping[str, object], origin: str, lines: Mapping[Path, int], path: Path = ()) -> None:
        self._data, self._origin, self._lines, self._path = data, origin, lines, path
        self._known: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self._data

    def fail(self, key: str, message: str) -> Never:
        """Raise a ProfileError about `key` of this table (or the table itself if empty)."""
        path = (*self._path, key) if key else self._path
        at = (*path, 0) if (*path, 0) in self._lines else path  # the first of an array of tables
        while at and at not in self._lines:
            at = at[:-1]
        line = self._lines.get(at, 1)
        name = ".".join(part[:_LONGEST_KEY] for part in path if isinstance(part, str)) or "the file"
        said = message if len(message) <= _LONGEST_MESSAGE else f"{message[: _LONGEST_MESSAGE - 3]}..."
        raise ProfileError(f"{self._origin}, line {line}, {name}: {said}")

    def _missing(self, key: str, what: str) -> Never:
        """A required key is not there; perhaps it is only misspelt."""
        if meant := difflib.get_close_matches(key, [name for name in self._data if name not in self._known], n=1):
            self.fail(meant[0], f"is not a key of this table, did you mean {key!r}?")
        self.fail(key, f"is missing, expected {what}")

    def _get(self, key: str, kind: type | tuple[type, ...], what: str, default: object) -> object:
        self._known.add(key)
        if key not in self._data:
            if default is ...:
                self._missing(key, what)
            return default
        value = self._data[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.fail(key, f"expected {what}, got {shown(value)}")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        """Required unless there is a default."""
        value = str(self._get(key, str, "a text", ... if default is None else default))
        if default is None and not value.strip():
            self.fail(key, "must not be empty")
        return value

    def number(self, key: str, default: float | None = None) -> float:
        value = self._get(key, (int, float), "a number", ... if default is None else default)
        return self._finite(key, value)

    def _finite(self, key: str, value: object) -> float:
        assert isinstance(value, int | float)
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            self.fail(key, f"expected a finite number, got {shown(value)}")
        return number

    def positive(self, key: str, default: float | None = None) -> float:
        value = self.number(key, default)
        if value <= 0:
            self.fail(key, f"expected more than 0, got {value:g}")
        return value

    def integer(self, key: str, default: int | None = None, *, low: int = 0, high: int = _WIDEST) -> int:
        value = self._get(key, int, "a whole number", ... if default is None else default)
        assert isinstance(value, int)
        if not low <= value <= high:
            self.fail(key, f"expected {low} to {high}, got {shown(value)}")
        return value

    def flag(self, key: str, *, default: bool = False) -> bool:
        return bool(self._get(key, bool, "true or false", default))

    def texts(self, key: str) -> tuple[str, ...]:
        return tuple(self._list(key, str, "texts"))

    def integers(self, key: str) -> tuple[int, ...]:
        found = tuple(self._list(key, int, "whole numbers"))
        for item in found:
            if abs(item) > _WIDEST:
                self.fail(key, f"expected whole numbers of at most 64 bits, got {shown(item)} in it")
        return found

    def _list(self, key: str, kind: type[T], what: str) -> list[T]:
        value = self._get(key, list, f"a list of {what}", [])
        assert isinstance(value, list)
        for item in value:
            if not isinstance(item, kind) or isinstance(item, bool):
                self.fail(key, f"expected a list of {what}, got {shown(item)} in it")
        return value

    def pair(self, key: str, default: tuple[float, float] | None = None) -> tuple[float, float]:
        """Two numbers, the lower one first."""
        value = self._get(key, list, "two numbers", ... if default is None else list(default))
        if (
            not isinstance(value, list)
            or len(value) != 2
            or not all(isinstance(item, int | float) and not isinstance(item, bool) for item in value)
            or not value[0] < value[1]
        ):
            self.fail(key, f"expected two numbers, the lower one first, got {shown(value)}")
        return self._finite(key, value[0]), self._finite(key, value[1])

    def choice(self, key: str, kind: type[E], default: E | None = None) -> E:
        """A member of an enumeration, by its value."""
        return self.member(key, self.text(key, None if default is None else default.value), kind)

    def member(self, key: str, value: str, kind: type[E]) -> E:
        """`value`, found under `key`, as a member of an enumeration."""
        try:
            return kind(value)
        except ValueError:
            self.fail(key, f"expected one of {', '.join(kind)}, got {shown(value)}{did_you_mean(value, list(kind))}")

    def table(self, key: str) -> "Table":
        value = self._get(key, dict, "a table", {})
        assert isinstance(value, dict)
        return Table(value, self._origin, self._lines, (*self._path, key))

    def tables(self, key: str) -> list["Table"]:
        value = self._get(key, list, "tables", [])
        assert isinstance(value, list)
        if not all(isinstance(item, dict) for item in value):
            self.fail(key, "expected tables")
        return [Table(item, self._origin, self._lines, (*self._path, key, index)) for index, item in enumerate(value)]

    def __iter__(self) -> Iterator[str]:
        """All keys, where a table may hold any."""
        return iter(self._data)

    def finish(self) -> None:
        """Refuse keys that were never asked for."""
        for key in self._data:
            if key not in self._known:
                self.fail(key, f"is not a key of this table{did_you_mean(key, sorted(self._known))}")
