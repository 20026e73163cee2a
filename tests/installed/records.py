"""What a hub's databases hold, after a power cut: are they whole, and is all there that it had promised?"""

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path


def damage(database: Path) -> str:
    """What SQLite finds wrong with it; empty: nothing."""
    try:
        with closing(sqlite3.connect(database)) as opened:
            said = "; ".join(row[0] for row in opened.execute("PRAGMA integrity_check"))
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if said == "ok" else said


def missing(journal: Path, notes: Iterable[str], events: Iterable[tuple[str, int]]) -> list[str]:
    """Of notes that the hub said it took, and of changes of alarms (episode, sequence) that a phone was told: those
    that its journal does not have.
    """
    with closing(sqlite3.connect(journal)) as opened:
        written = {json.loads(row[0])["text"] for row in opened.execute("SELECT what FROM entry WHERE kind = 'remark'")}
        changes = set(opened.execute("SELECT alarm_id, sequence FROM change"))
    lost = [note for note in notes if note not in written]
    return lost + [f"{episode}, {sequence}" for episode, sequence in events if (episode, sequence) not in changes]
