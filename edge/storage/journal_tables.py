"""The tables of the journal, their bounds of age and number, and what adds a row and drops the oldest ones."""

from sqlite3 import Connection

from edge.model.alarm import Alarm
from edge.storage import entries

KEEP_CONFIRMED_DAYS = 7.0
KEEP_CONFIRMED_ROWS = 10_000
KEEP_WAITING_ROWS = 20_000  # months of alarms for a broker that never comes back
KEEP_CHANGES = 50_000  # by number only, here and below: a clock that jumps years ahead must not empty the history
KEEP_LINES = 100_000
_DAY_S = 86_400.0

SCHEMA = (
    (
        """CREATE TABLE change (id INTEGER PRIMARY KEY AUTOINCREMENT, wall_s REAL NOT NULL, alarm_id TEXT NOT NULL,
           sequence INTEGER NOT NULL, state BLOB NOT NULL) STRICT""",
        """CREATE TABLE standing (condition TEXT, person TEXT, device TEXT, state BLOB NOT NULL,
           PRIMARY KEY (condition, person, device)) STRICT""",
        """CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, payload BLOB NOT NULL,
           retain INTEGER NOT NULL, alarm_id TEXT NOT NULL, expires_s REAL, created_s REAL NOT NULL,
           confirmed_s REAL) STRICT""",
        "CREATE INDEX outbox_waiting ON outbox (id) WHERE confirmed_s IS NULL",
        """CREATE TABLE history (id INTEGER PRIMARY KEY AUTOINCREMENT, wall_s REAL NOT NULL, subject TEXT NOT NULL,
           kind TEXT NOT NULL, detail TEXT NOT NULL, outcome TEXT NOT NULL) STRICT""",
        "CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT",
    ),
    ("CREATE TABLE memo (name TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT", *entries.SCHEMA),
    ("CREATE INDEX change_once ON change (alarm_id, sequence)",),  # not UNIQUE: the release before inserts as it did
    ("ALTER TABLE outbox ADD COLUMN first_confirmed_s REAL",),  # stays when a row waits again
)


def add_alarm(db: Connection, alarm: Alarm, state: bytes, wall_s: float) -> None:
    """Once, however often it is asked. state: the alarm as `alarm_rows` encodes it."""
    key = (str(alarm.key.condition), alarm.key.person, alarm.key.device)
    added = db.execute(
        "INSERT INTO change (wall_s, alarm_id, sequence, state) SELECT ?1, ?2, ?3, ?4"
        " WHERE NOT EXISTS (SELECT 1 FROM change WHERE alarm_id = ?2 AND sequence = ?3)",
        (wall_s, alarm.id, alarm.sequence, state),
    )
    if not added.rowcount:
        return
    db.execute("INSERT OR REPLACE INTO standing VALUES (?, ?, ?, ?)", (*key, state))
    raise_sequence(db, alarm.sequence)


def raise_sequence(db: Connection, number: int) -> None:
    """Let the highest sequence number ever given be this one, or what it was if that is more."""
    db.execute(
        "INSERT INTO counter VALUES ('sequence', ?)"
        " ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)",
        (number,),
    )


def add_line(db: Connection, wall_s: float, subject: str, detail: str, *, outcome: str, kind: str = "text") -> None:
    """Of history; the columns are those of `journal.HistoryLine`."""
    line = (wall_s, subject, kind, detail, outcome)
    db.execute("INSERT INTO history (wall_s, subject, kind, detail, outcome) VALUES (?, ?, ?, ?, ?)", line)


def prune(db: Connection, wall_s: float) -> None:
    """Keep every table within its bounds; messages that are dropped before the broker took them are noted."""
    old_s = wall_s - KEEP_CONFIRMED_DAYS * _DAY_S
    db.execute(
        "DELETE FROM outbox WHERE confirmed_s IS NOT NULL AND (confirmed_s < ?"
        " OR id <= (SELECT max(id) FROM outbox) - ?)",
        (old_s, KEEP_CONFIRMED_ROWS),
    )
    dropped = db.execute(
        "DELETE FROM outbox WHERE id <= (SELECT id FROM outbox WHERE confirmed_s IS NULL"
        " ORDER BY id DESC LIMIT 1 OFFSET ?)",
        (KEEP_WAITING_ROWS,),
    ).rowcount
    if dropped:
        add_line(db, wall_s, "outbox", f"{dropped} oldest messages, never confirmed", outcome="dropped")
    db.execute("DELETE FROM change WHERE id <= (SELECT max(id) FROM change) - ?", (KEEP_CHANGES,))
    entries.prune(db)
    db.execute("DELETE FROM history WHERE id <= (SELECT max(id) FROM history) - ?", (KEEP_LINES,))
