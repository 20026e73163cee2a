"""What may come of a step of the core, whatever was handed to it."""

import math
import sqlite3
from collections.abc import Iterable

import numpy as np

from edge import pipeline
from edge.model.alarm import Condition
from edge.model.effect import AlarmChanged, Effect, KeepEntry, KeepMotion, KeepReading, Reply, ShowLatest
from edge.model.reading import TEMPERATURES, Quantity, Validity
from edge.mqtt import care, payloads
from edge.storage import alarm_rows, entries, journal_tables
from tests.fuzz.sensors import POSSIBLE_C

MOST_G = 27.8  # of three axes, each 16 g


class Books:
    """Where effects are put as the shell puts them: in messages and in rows of a journal, which are read back."""

    def __init__(self) -> None:
        self._db = sqlite3.connect(":memory:", isolation_level=None)
        for statements in journal_tables.SCHEMA:
            for statement in statements:
                self._db.execute(statement)

    def check(self, effects: Iterable[Effect]) -> None:
        """Raises AssertionError for a value that cannot be, and whatever the shell would raise."""
        for effect in effects:
            match effect:
                case AlarmChanged(alarm=alarm):
                    assert alarm.key.condition is not Condition.ANALYSIS_ERROR, alarm.evidence
                    payloads.messages_for("cot", alarm)
                    assert alarm_rows.decoded(alarm_rows.encoded(alarm)).id == alarm.id
                case KeepEntry(entry=entry):
                    care.message("cot", entry)
                    self._db.execute("BEGIN")
                    entries.add(self._db, [entry])
                    found = self._db.execute(entries.SINCE, (-1e300, -1e300)).fetchall()
                    assert [entries.decoded(row).id for row in found] == [entry.id]
                    self._db.execute("ROLLBACK")
                case KeepReading(reading=reading) if reading.validity is Validity.VALID:
                    _sound(reading.quantity, reading.value)
                case KeepMotion(values=values, wall_s=wall_s):
                    known = values[~np.isnan(values)]
                    assert known.size == 0 or np.abs(known).max() <= MOST_G
                    assert np.isfinite(wall_s).all()
                case ShowLatest() if effect.validity is Validity.VALID and effect.value is not None:
                    _sound(effect.quantity, effect.value)
                case Reply(reason=reason):
                    assert reason.strip()
                    reason.encode()


def _sound(quantity: Quantity, value: float) -> None:
    assert math.isfinite(value), quantity
    assert quantity not in TEMPERATURES or POSSIBLE_C[0] <= value <= POSSIBLE_C[1], (quantity, value)


def no_error(state: pipeline.State) -> None:
    """Raises AssertionError where the core caught an error of its own analysis: nothing from outside may cause one."""
    broken = [key for key in state.alarms.conditions.tracked if key.condition is Condition.ANALYSIS_ERROR]
    assert not broken, [state.alarms.conditions.tracked[key] for key in broken]
