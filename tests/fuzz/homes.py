"""A hub's state folder as the product itself writes it, small; and what of it is compared."""

import hashlib
from pathlib import Path

import numpy as np

from edge.model.alarm import Alarm, AlarmKey, Condition, Kind, Presence, Priority, Reason
from edge.model.care import Dose, Entry
from edge.model.effect import KeepMotion, KeepReading
from edge.model.reading import Quantity, Reading, Unit
from edge.ports import OutgoingMessage
from edge.storage.journal import SqliteJournal
from edge.storage.sqlite import SqliteReadingStore

BEGIN_S = 1_800_000_000.0


class NoReserve:
    """Of a journal in memory: nothing to be set aside, and no fsync."""

    def refill(self) -> None:
        pass

    def release(self) -> bool:
        return False


def write(state: Path) -> None:
    """An alarm that stands, a dose, a message that waits, some readings and movement, settings, a phone."""
    state.mkdir(parents=True, exist_ok=True)
    store = SqliteReadingStore(state / "readings.sqlite", boot="this", left_free_bytes=0)
    t_s = BEGIN_S + np.arange(104) / 52
    still = np.random.default_rng(1).normal([0.0, 0.0, 1.0], 0.01, (len(t_s), 3))
    store.keep([KeepMotion("mia", "ankle", "left_ankle", t_s, still, synced=True)])
    warm = [Reading(Quantity.TEMPERATURE, 37.0 + n / 10, Unit.CELSIUS) for n in range(10)]
    store.keep([KeepReading("mia", "patch", "axilla", each, BEGIN_S + 30.0 * n, True) for n, each in enumerate(warm)])
    store.close()
    journal = SqliteJournal(state / "journal.sqlite")
    alarm = Alarm(
        id="mia-fever-1",
        key=AlarmKey(Condition.FEVER, "mia"),
        kind=Kind.PHYSIOLOGICAL,
        priority=Priority.MEDIUM,
        presence=Presence.ON,
        onset_s=BEGIN_S,
        raised_s=BEGIN_S,
        sequence=1,
        reason=Reason.EVIDENCE,
    )
    dose = Entry(
        id="d1",
        version=1,
        person="mia",
        what=Dose("Ibuprofen", 5.0, "ml"),
        happened_s=BEGIN_S,
        author="anna",
        caregiver="anna",
        entered_s=BEGIN_S,
    )
    waiting = OutgoingMessage("feverhub/cot/mia/alarm/fever", b"{}", True, alarm.id)
    journal.record([alarm], [waiting], BEGIN_S, [dose], {"requests": "[]", "house": "{}"})
    journal.note(BEGIN_S, "mia-fever-1 to anna", "to her phone", "delivered")
    journal.close()
    (state / "settings.toml").write_text("[limits]\nfever_c = 38.2\n")
    (state / "phones").mkdir(exist_ok=True)
    (state / "phones" / f"{'a' * 64}.phone").write_text(
        '{"hash": "%s", "caregiver": "anna", "made_s": 1.0}' % ("a" * 64)
    )


def fingerprint(folder: Path) -> dict[str, str]:
    """Every file below it, by path, with what is in it."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
