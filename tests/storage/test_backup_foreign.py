"""A backup is a file that anybody may have changed: what no hub writes is refused, and nothing has changed."""

import sqlite3
from contextlib import closing

import msgspec
import pytest

from edge.errors import StorageError
from edge.ports import OutgoingMessage
from edge.storage import backup, foreign
from edge.storage.database import CURSORS
from edge.storage.journal import SqliteJournal
from tests.storage.test_backup import make, restore, state, stick

__all__ = ["state", "stick"]

DELETES = "CREATE TRIGGER quiet AFTER INSERT ON outbox BEGIN DELETE FROM outbox WHERE id = new.id; END"
REFUSES = (
    "ALTER TABLE memo RENAME TO memo_before",
    "CREATE TABLE memo (name TEXT PRIMARY KEY, text TEXT NOT NULL CHECK (0))",
)


def changed(folder, *statements, name="journal.sqlite"):
    """The backup as somebody would change it, who also puts its new checksum into the list."""
    with closing(sqlite3.connect(folder / name)) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()
    true_list(folder)


def true_list(folder):
    said = backup.listed(folder)
    (folder / backup.LIST).unlink()
    made = msgspec.structs.replace(said, files=backup.measured(folder))
    (folder / backup.LIST).write_bytes(msgspec.json.encode(made))


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        ((DELETES,), "it holds a trigger quiet"),
        (("CREATE VIEW more AS SELECT * FROM change",), "it holds a view more"),
        (REFUSES, "it holds another table memo"),
        (("CREATE TABLE mine (x)",), "it holds another table mine"),
        (("CREATE INDEX mine ON change (wall_s)",), "it holds another index mine"),
    ],
)
def test_a_trigger_that_swallows_alarms_and_tables_of_others_are_refused(state, stick, tmp_path, statements, said):
    folder = make(state, stick)
    changed(folder, *statements)
    with pytest.raises(StorageError, match=said):
        restore(folder, tmp_path / "new")
    assert not (tmp_path / "new" / "journal.sqlite").exists()


def test_what_such_a_trigger_would_do(state):
    """Why it is refused: the alarm's message is gone as soon as it is written."""
    with closing(sqlite3.connect(state / "journal.sqlite")) as db:
        db.execute(DELETES)
        db.commit()
    journal = SqliteJournal(state / "journal.sqlite")
    before = len(journal.pending(10))
    journal.record([], [OutgoingMessage("feverhub/cot/mia/event", b"{}", retain=False)], 1.0)
    assert len(journal.pending(10)) == before
    journal.close()


def test_bytes_that_are_no_text_in_a_damaged_schema_are_one_sentence(state, stick, tmp_path):
    folder = make(state, stick)
    file = folder / "journal.sqlite"
    file.write_bytes(file.read_bytes().replace(b"CREATE TABLE standing", b"CREATE TABLE \xfetanding"))
    true_list(folder)
    with pytest.raises(StorageError, match="is damaged: ") as refused:
        restore(folder, tmp_path / "new")
    assert "\n" not in str(refused.value)


def test_a_journal_of_such_bytes_is_put_aside_and_the_hub_begins_an_empty_one(state):
    file = state / "journal.sqlite"
    file.write_bytes(file.read_bytes().replace(b"CREATE TABLE standing", b"CREATE TABLE \xfetanding"))
    journal = SqliteJournal(file)
    assert journal.quarantined is not None
    assert journal.latest() == []
    journal.close()


def test_a_backup_of_every_earlier_release_is_taken(tmp_path):
    """Each version of both files, made by the statements of that version alone, is none of somebody else."""
    for schema in backup.DATABASES.values():
        for version in range(1, len(schema) + 1):
            with closing(sqlite3.connect(":memory:")) as db:
                for statement in (CURSORS, *(each for statements in schema[:version] for each in statements)):
                    db.execute(statement)
                db.execute(f"PRAGMA user_version = {version}")
                assert foreign.strange(db, schema) == ""
