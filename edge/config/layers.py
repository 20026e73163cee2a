"""Layers of text laid over each other, later ones winning; arrays merge by `id`."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from edge.config import checks, together
from edge.config.places import Place, Source, line_of, nearest
from edge.config.tables import ARRAYS, TABLES, Config
from edge.errors import ConfigError, named, shown


@dataclass(slots=True)
class Layered:
    """One table, or one item of an array, as all layers together say it. places: where each key stands."""

    data: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)

    def lay(self, data: Mapping[str, Any], place: Place) -> None:
        """A table within (limits, options) is merged key by key as well."""
        for key, value in data.items():
            before = self.data.get(key)
            within = isinstance(before, dict) and isinstance(value, dict)
            self.data[key] = before | value if within else value
        self.places |= dict.fromkeys(data, place) | {"": place}

    def at(self, key: str) -> str:
        """File and line of that key; of the table where nobody wrote the key."""
        return self.places.get(key, self.places[""]).at(key)

    def lines(self) -> dict[str, str]:
        """Where each key stands that somebody wrote, and the table under an empty one."""
        return {key: self.at(key) for key in self.places}


def parse(sources: Sequence[Source], environment: Mapping[str, str] | None = None) -> Config:
    """The configuration from its layers, later ones winning. Raises ConfigError with one line a problem."""
    problems: list[str] = []
    tables: dict[str, Layered] = {}
    arrays: dict[str, dict[str, Layered]] = {name: {} for name in ARRAYS}
    for source in [*sources, *_environment_layer(environment or {})]:
        for table, item, data in _tables(source, problems):
            place = Place(source, table, item)
            if item is None or (item == 0 and table in TABLES):
                tables.setdefault(table, Layered()).lay(data, place)
                continue
            name = data["id"] if isinstance(data.get("id"), str) else f"#{item + 1}"
            row = arrays[table].setdefault(name, Layered())
            if row.places and row.places[""].source is source:
                problems.append(f"{place.at('id')}: {table}.id: {shown(name)} is there twice; every id must be its own")
            row.lay(data, place)
    built = {
        table: made
        for table, layered in tables.items()
        if (made := checks.convert(TABLES[table], table, layered.data, layered.at, problems)) is not None
    }
    items = {
        table: [
            (made, layered.at)
            for layered in rows.values()
            if (made := checks.convert(ARRAYS[table], table, layered.data, layered.at, problems)) is not None
        ]
        for table, rows in arrays.items()
    }
    together.together(built, items, {table: layered.at for table, layered in tables.items()}, problems)
    if problems:
        raise ConfigError("\n".join(problems))
    config = checks.assemble(built, {table: [made for made, _ in rows] for table, rows in items.items()})
    return replace(
        config,
        warnings=tuple(together.warnings(items)),
        places={f"{table}/{name}": row.lines() for table, rows in arrays.items() for name, row in rows.items()},
    )


def _environment_layer(environment: Mapping[str, str]) -> Iterator[Source]:
    """`FEVERHUB_LIMITS__FEVER_C=38.5` as `[limits] fever_c = 38.5`; a value that is no TOML is a string."""
    for name in sorted(environment):
        if not name.startswith("FEVERHUB_") or "__" not in name:
            continue
        table, _, key = name.removeprefix("FEVERHUB_").lower().partition("__")
        raw = environment[name]
        try:
            plain = list(tomllib.loads(f"x = {raw}")) == ["x"]
        except (ValueError, RecursionError):
            plain = False
        value = raw if plain else '"' + raw.replace("\\", "\\\\").replace('"', '\\"') + '"'
        yield Source(f"[{table}]\n{key} = {value}\n", f"environment {name}")


def _tables(source: Source, problems: list[str]) -> Iterator[tuple[str, int | None, dict[str, Any]]]:
    try:
        data = tomllib.loads(source.text)
    except (ValueError, RecursionError) as error:  # also a number of thousands of digits, tables without end
        problems.append(f"{source.origin}: not TOML: {error}")
        return
    for name, content in data.items():
        if name in TABLES and isinstance(content, dict):
            yield name, None, content
        elif name in ARRAYS and isinstance(content, list) and all(isinstance(item, dict) for item in content):
            for index, item in enumerate(content):
                yield name, index, item
        else:
            where = f"{source.origin}:{line_of(source.text, name, None, name)}: {named(name)}"
            known = [*TABLES, *ARRAYS]
            shape = f"[{name}]" if name in TABLES else f"[[{name}]]"
            said = f"must be written as {shape}" if name in known else f"not a known table{nearest(name, known)}"
            problems.append(f"{where}: {said}")
