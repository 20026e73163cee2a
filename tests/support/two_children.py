"""What a hub kept of two children, each with all that a hub keeps of one, under words that a test finds in any file."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np

from edge.model.alarm import Alarm, AlarmKey, Condition, Kind, Presence, Priority, Reason
from edge.model.care import Dose, Entry, Remark, Symptoms
from edge.model.effect import KeepMotion, KeepReading
from edge.model.evidence_json import from_plain
from edge.model.people import Limb
from edge.model.reading import Quantity, Reading, Unit
from edge.ports import OutgoingMessage
from edge.storage.journal import SqliteJournal
from edge.storage.sqlite import SqliteReadingStore
from tests.support.family import IBUPROFEN, caregiver

CHILDREN = {"mia": "Mirabella", "mia2": "Benedikt"}
"""By id; of the second the id begins as that of the first."""
SETUP = "".join(
    f"""
# What {name} wears is charged on Sundays.
[[person]]
id = "{id_}"
name = "{name}"
born = 2025-08-01
{IBUPROFEN}
[[device]]
id = "patch-{id_}"
profile = "health_thermometer"
person = "{id_}"
site = "axilla"

[[device]]
id = "band-{id_}"
profile = "osd_watch"
person = "{id_}"
limb = "left_ankle"
"""
    for id_, name in CHILDREN.items()
) + caregiver("Anna", 'mqtt_user = "mother"')


def write(folder: Path, start_s: float) -> None:
    """A night of both, from that wall second on, as a hub leaves it."""
    folder.mkdir(parents=True, exist_ok=True)
    store = SqliteReadingStore(folder / "readings.sqlite", left_free_bytes=0, boot="night")
    journal = SqliteJournal(folder / "journal.sqlite")
    for number, (child, name) in enumerate(CHILDREN.items()):
        store.keep(_readings(child, start_s, 37.0 + number))
        store.keep([_movement(child, start_s, number)])
        store.protect([(start_s + 10_000.0 * number, start_s + 10_000.0 * number + 60.0)])
        for sequence, presence in ((1, Presence.ON), (2, Presence.OFF)):
            alarm = _alarm(child, name, start_s + 20.0, 10 * number + sequence, presence)
            message = OutgoingMessage(f"feverhub/cot/{child}/event", f'{{"person": "{child}"}}'.encode(), retain=False)
            journal.record([alarm], [message], start_s + 20.0, _entries(child, name, start_s))
        journal.note(start_s + 21.0, f"{child}-movement-{start_s:g} to anna", f"{name} moves", "confirmed")
        journal.note(start_s + 22.0, "summary-1", f"{name}: nothing happened", "confirmed")
    journal.note(start_s + 23.0, "commands", "of nobody", "lost")
    pauses = [
        {"person": child, "device": "", "caregiver": "anna", "since_s": 1.0, "until_s": 2.0} for child in CHILDREN
    ]
    snoozes = [{"key": {"condition": "fever", "person": child}, "until_s": 2.0} for child in CHILDREN]
    levels = {f"patch-{child}": {"of": {"person": child}, "halves": []} for child in CHILDREN}
    journal.record(
        *([], [], start_s, ()),
        {
            "house": json.dumps({"on_watch": "anna", "pauses": pauses, "snoozes": snoozes}),
            "levels": json.dumps({"wall_s": start_s, "devices": levels}),
        },
    )
    store.close()
    journal.close()


def rows(folder: Path, child: str) -> dict[str, list[tuple[object, ...]]]:
    """Everything that both databases hold of that child, byte for byte, and of nobody."""
    found: dict[str, list[tuple[object, ...]]] = {}
    with closing(sqlite3.connect(folder / "readings.sqlite")) as db:
        for table in ("reading", "motion"):
            of_child = f"SELECT t.* FROM {table} t JOIN stream s ON s.id = t.stream WHERE s.person = ? ORDER BY t.id"
            found[table] = db.execute(of_child, (child,)).fetchall()
        found["stream"] = db.execute("SELECT * FROM stream WHERE person = ?", (child,)).fetchall()
    with closing(sqlite3.connect(folder / "journal.sqlite")) as db:
        like = f'%"{child}"%'
        for table, column in (("change", "state"), ("outbox", "payload")):
            of_child = f"SELECT * FROM {table} WHERE CAST({column} AS TEXT) LIKE ? ORDER BY id"
            found[table] = db.execute(of_child, (like,)).fetchall()
        for table in ("entry", "standing"):
            found[table] = db.execute(f"SELECT * FROM {table} WHERE person = ?", (child,)).fetchall()
        of_child = "SELECT * FROM history WHERE detail LIKE ? OR subject = 'commands' ORDER BY id"
        found["history"] = db.execute(of_child, (f"%{CHILDREN[child]}%",)).fetchall()
    return found


def naming(folder: Path, child: str) -> list[str]:
    """The files below that folder in which the child's name, or her id as text of its own, stands."""
    wanted = (CHILDREN[child].encode(), f'"{child}"'.encode(), f"band-{child}left_ankle".encode())
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and any(word in path.read_bytes() for word in wanted)
    )


def _readings(child: str, start_s: float, celsius: float) -> list[KeepReading]:
    return [
        KeepReading(
            *(child, f"patch-{child}", "axilla"),
            Reading(Quantity.TEMPERATURE, celsius + at / 1e4, Unit.CELSIUS, reason=f"said of {CHILDREN[child]}"),
            start_s + 10.0 * at,
            synced=True,
        )
        for at in range(2000)
    ]


def _movement(child: str, start_s: float, number: int) -> KeepMotion:
    """Of another time than the other child's, so that a span kept for good is of one alone."""
    t_s = start_s + 10_000.0 * number + np.arange(50 * 600) / 50.0
    values = np.random.default_rng(number).integers(-4000, 4000, (len(t_s), 3)) / 4096
    return KeepMotion(child, f"band-{child}", str(Limb.LEFT_ANKLE), t_s, values, synced=True)


def _alarm(child: str, name: str, at_s: float, sequence: int, presence: Presence) -> Alarm:
    condition = Condition.SEIZURE_LIKE_MOVEMENT
    evidence = {"sensors": [f"band-{child}"], "film": f"http://camera.local/{child}.mp4", "bout": 1}
    return Alarm(
        *(f"{child}-movement-{at_s - 20.0:g}", AlarmKey(condition, child), Kind.PHYSIOLOGICAL, Priority.HIGH, presence),
        *(at_s, at_s, sequence, Reason.EVIDENCE),
        text=f"{name} moves as in a seizure",
        evidence=from_plain(condition, evidence),
        changed_s=at_s,
        cleared_s=at_s + 70.0 if presence is Presence.OFF else None,
    )


def _entries(child: str, name: str, start_s: float) -> list[Entry]:
    said = (
        Dose("Ibuprofen", 5.0, "ml"),
        Symptoms("during", text=f"{name} cried", film=f"/films/{child}"),
        Remark(f"of {name}"),
    )
    return [
        Entry(f"{child}-{number}", 1, child, what, start_s + 30.0, "anna", "anna", start_s + 31.0)
        for number, what in enumerate(said)
    ]
