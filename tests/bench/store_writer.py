"""Child of `bench-store`: keeps readings and records alarms until it is killed, and prints what is on disk by then.

`R n`: n seconds of movement are committed. `J n`: the alarm with sequence n is recorded.
"""

import sys
from pathlib import Path

import numpy as np

from edge.model.alarm import Alarm, AlarmKey, Condition, Kind, Presence, Priority, Reason
from edge.model.effect import KeepMotion
from edge.ports import OutgoingMessage
from edge.storage.journal import SqliteJournal
from edge.storage.sqlite import SqliteReadingStore

START_S = 1_780_000_000.0
RATE_HZ = 50
BATCH = 20  # seconds of movement between two commits


def main(folder: Path, begin: int) -> None:
    """begin: seconds of movement that are there already."""
    store, journal = SqliteReadingStore(folder / "readings.sqlite"), SqliteJournal(folder / "journal.sqlite")
    second = begin
    while True:
        for _ in range(BATCH):
            t_s = START_S + second + np.arange(RATE_HZ) / RATE_HZ
            store.keep([KeepMotion("ada", "ankle", "left_ankle", t_s, np.full((RATE_HZ, 3), 0.5), synced=True)])
            second += 1
        store.commit()
        print("R", second, flush=True)
        for _ in range(5):
            sequence = journal.sequence() + 1
            key = AlarmKey(Condition.FEVER, "ada")
            alarm = Alarm(
                f"f{sequence}", key, Kind.PHYSIOLOGICAL, Priority.LOW, Presence.ON, 1, 2, sequence, Reason.WORSE
            )
            journal.record([alarm], [OutgoingMessage("t", b"{}", True, alarm.id)], float(sequence))
            print("J", sequence, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
