"""Where a value was written, for errors that a person can follow."""

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

# File and line of a key; of the table for an empty one.
At = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Source:
    """One layer of configuration. origin: the file's name as a person knows it."""

    text: str
    origin: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a table, or the item-th of an array of tables, stands."""

    source: Source
    table: str
    item: int | None = None

    def at(self, key: str) -> str:
        """File and line of one of its keys; empty for the table itself."""
        return f"{self.source.origin}:{line_of(self.source.text, self.table, self.item, key)}"


def line_of(text: str, table: str, item: int | None, key: str) -> int:
    """Line (from 1) of `key` in `[table]` or in the item-th `[[table]]`; without it the table's own line."""
    here, count, table_line = False, -1, 1
    for number, line in enumerate(text.split("\n"), 1):
        if header := re.match(r"\s*\[(\[?)\s*([\w.\"-]+)\s*\]?\]", line):
            name = header[2].replace('"', "")
            count += name == table and bool(header[1])
            inside = name == table or name.startswith(f"{table}.")
            here = inside and (item is None or count == item)
            if here and name == table:
                table_line = number
            if here and key and name == f"{table}.{key}":
                return number
        elif here and key and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]", line):
            return number
        elif not here and re.match(rf"\s*{re.escape(table)}\s*[.=]", line):
            table_line = number
    return table_line


def nearest(name: str, known: Sequence[str]) -> str:
    """A hint for a name that is not known: the one that was probably meant, else all that are."""
    close = difflib.get_close_matches(name, known, 1, 0.5)
    return f"; did you mean {close[0]!r}?" if close else f"; known are {', '.join(known)}"
