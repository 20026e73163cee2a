"""What was found, night by night and then as two tables, in any folder or URL that fsspec writes to.

A night's result is a file of its own, written under another name and renamed, so that a run that was killed goes on
where it was. The tables are made of these files in the order of the nights: the same however often it was killed.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from edge.app.cohort.judge import Result
from edge.app.cohort.nights import Fingerprint, Night, system
from edge.errors import EdgeError, StorageError

NIGHTS, CONDITIONS = "nights.parquet", "conditions.parquet"
INSTALL = 'the package duckdb is needed for a cohort: pip install "feverhub[cohort]"'
NIGHT_COLUMNS = {
    "night": "VARCHAR",
    "person": "VARCHAR",
    "age_months": "DOUBLE",
    "limb": "VARCHAR",
    "detector": "VARCHAR",
    "input": "VARCHAR",
    "start_s": "DOUBLE",
    "duration_s": "DOUBLE",
    "watched_s": "DOUBLE",
    "movement_s": "DOUBLE",
    "temperature_s": "DOUBLE",
    "notes": "VARCHAR",
    "error": "VARCHAR",
}
"""A row a night. input: of its files, as JSON. The seconds of movement and temperature are those that were watched."""
CONDITION_COLUMNS = {
    "night": "VARCHAR",
    "person": "VARCHAR",
    "condition": "VARCHAR",
    "kind": "VARCHAR",
    "priority": "VARCHAR",
    "onset_s": "DOUBLE",
    "raised_s": "DOUBLE",
    "cleared_s": "DOUBLE",
    "value": "DOUBLE",
    "limit": "DOUBLE",
    "unit": "VARCHAR",
    "evidence": "VARCHAR",
}
"""A row a condition, as `feverhub analyze` prints it, by night and the moment it was raised. evidence: JSON."""


class Results:
    """url: where they are; made as it is written to. Raises EdgeError without DuckDB, and for a URL of no such kind."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._duckdb = _duckdb()  # before hours of work, not after
        self._system, self._root = system(url)

    def known(self, night: Night, detector: str) -> Mapping[str, Fingerprint]:
        """The files of which there is a result by that detector; empty: there is none, or an error alone."""
        try:
            found = json.loads(self._system.cat_file(self._path(night)))
        except (OSError, ValueError):
            return {}
        if not isinstance(found, dict) or found.get("detector") != detector or "error" in found:
            return {}
        files: Mapping[str, Fingerprint] = found.get("files", {})
        return files

    def keep(self, night: Night, result: Result) -> None:
        """In place of an earlier one. Raises StorageError."""
        path = self._path(night)
        try:
            self._system.makedirs(path.rpartition("/")[0], exist_ok=True)
            self._system.pipe_file(f"{path}.part", json.dumps(result, sort_keys=True).encode())
            self._system.mv(f"{path}.part", path)
        except OSError as error:
            raise StorageError(f"{self.url}: cannot be written ({error})") from error

    def read(self, nights: Sequence[Night]) -> Iterator[Result]:
        """The result of each. Raises StorageError."""
        for night in nights:
            try:
                result: Result = json.loads(self._system.cat_file(self._path(night)))
            except (OSError, ValueError) as error:
                raise StorageError(f"{self.url}: the result of {night.name} cannot be read ({error})") from error
            yield result

    def tables(self, nights: Sequence[Night]) -> None:
        """Write both tables anew. Raises StorageError."""
        with tempfile.TemporaryDirectory(prefix="feverhub-cohort-") as name:
            folder = Path(name)
            with (folder / "nights.json").open("w") as of_nights, (folder / "conditions.json").open("w") as of_all:
                for result in self.read(nights):
                    of_nights.write(json.dumps(_night_row(result)) + "\n")
                    of_all.writelines(json.dumps(row) + "\n" for row in _condition_rows(result))
            for table, columns in ((NIGHTS, NIGHT_COLUMNS), (CONDITIONS, CONDITION_COLUMNS)):
                lines = (folder / table).with_suffix(".json")
                with self._duckdb.connect(config={"threads": 1}) as db:
                    rows = db.read_json(str(lines), format="newline_delimited", columns=columns)
                    rows.write_parquet(str(folder / table), compression="zstd")
                self._put(folder / table, table)

    def fetch(self, table: str, folder: Path) -> Path:
        """A copy of a table in that folder. Raises EdgeError where there is none."""
        copy = folder / table
        try:
            self._system.get_file(f"{self._root}/{table}", str(copy))
        except OSError as error:
            raise EdgeError(f"{self.url}: has no {table}; `feverhub cohort analyze` writes it") from error
        return copy

    def _put(self, file: Path, name: str) -> None:
        path = f"{self._root}/{name}"
        try:
            self._system.put_file(str(file), f"{path}.part")
            self._system.mv(f"{path}.part", path)
        except OSError as error:
            raise StorageError(f"{self.url}: cannot be written ({error})") from error

    def _path(self, night: Night) -> str:
        return f"{self._root}/nights/{night.name}.json"


def _night_row(result: Result) -> dict[str, Any]:
    row = {name: result.get(name) for name in NIGHT_COLUMNS}
    row["input"] = json.dumps(result["files"], sort_keys=True) if "files" in result else None
    row["notes"] = "; ".join(result.get("notes", ()))
    return row


def _condition_rows(result: Result) -> Iterator[dict[str, Any]]:
    for each in result.get("conditions", ()):
        row = {name: each.get(name) for name in CONDITION_COLUMNS}
        evidence = json.dumps(each["evidence"], sort_keys=True)
        yield {**row, "night": result["night"], "person": result["person"], "evidence": evidence}


def _duckdb() -> Any:
    try:
        import duckdb
    except ImportError as error:
        raise EdgeError(INSTALL) from error
    return duckdb
