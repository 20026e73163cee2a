"""What a database from elsewhere must not hold: a backup is a file that anybody may have changed.

SQLite carries out the triggers of a file that it opens, and evaluates its views, defaults and checks: a trigger in a
journal could delete each message of an alarm before it is sent.
"""

import contextlib
import sqlite3
from collections.abc import Mapping

from edge.storage.database import CURSORS, Schema

_OURS = frozenset({"table", "index"})
_ALL = "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"


def strange(db: sqlite3.Connection, schema: Schema) -> str:
    """What stands in it that no hub has written, in words; empty: nothing. schema: of such a file, all versions.

    A file of the next version, which this release can read, may have tables of its own, and no more. Raises
    sqlite3.Error.
    """
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    found = _statements(db)
    for kind, name in found:
        if kind not in _OURS:
            return f"a {kind} {name}"
    if version > len(schema):
        return ""
    expected = _expected(schema[: max(version, 0)])
    for (kind, name), sql in found.items():
        if expected.get((kind, name)) != sql:
            return f"another {kind} {name} than a hub has"
    return ""


def _expected(schema: Schema) -> Mapping[tuple[str, str], str]:
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        for statement in (CURSORS, *(each for statements in schema for each in statements)):
            db.execute(statement)
        return _statements(db)


def _statements(db: sqlite3.Connection) -> Mapping[tuple[str, str], str]:
    """What makes each table, index, trigger and view, by type and name."""
    return {(str(kind), str(name)): " ".join(str(sql).split()) for kind, name, sql in db.execute(_ALL)}
