"""Child of test_full_disk.py: journal and store in a folder that is a small file system of its own; prints JSON."""

import json
import sys
from pathlib import Path

import numpy as np

from edge.errors import StorageError
from edge.model.alarm import Alarm, AlarmKey, Condition, Kind, Presence, Priority, Reason
from edge.model.effect import KeepMotion
from edge.ports import OutgoingMessage
from edge.storage.journal import SqliteJournal
from edge.storage.reserve import Reserve
from edge.storage.sqlite import SqliteReadingStore

RESERVE_BYTES = 1024 * 1024


def fill(path: Path) -> None:
    with path.open("ab", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass


def alarm(sequence: int) -> Alarm:
    key = AlarmKey(Condition.FEVER, "ada")
    return Alarm("f1", key, Kind.PHYSIOLOGICAL, Priority.MEDIUM, Presence.ON, 1.0, 2.0, sequence, Reason.EVIDENCE)


def motion(second: int) -> KeepMotion:
    return KeepMotion("ada", "ankle", "", second + np.arange(50) / 50, np.ones((50, 3)), True)


def main(folder: Path) -> dict[str, object]:
    said: dict[str, object] = {}
    book_path = folder / "journal.sqlite"
    reserve = Reserve(folder / "journal.reserve", RESERVE_BYTES)
    journal = SqliteJournal(book_path, reserve=reserve)
    store = SqliteReadingStore(folder / "readings.sqlite", left_free_bytes=0)
    said["reserve_at_first"] = reserve.held_bytes
    journal.record([alarm(1)], [OutgoingMessage("t", b"1", True)], 1.0)
    store.keep([motion(1)])
    store.commit()
    fill(folder / "filler")

    for second in range(2, 2002):
        store.keep([motion(second)])
    try:
        store.commit()
    except StorageError as error:
        said["store_said"] = str(error)
    last = 1
    try:
        while last < 100_000:
            journal.record([alarm(last + 1)], [OutgoingMessage("t", bytes(600), True)], 1.0)
            last += 1
    except StorageError as error:
        said["journal_said"] = str(error)
    said["recorded_on_a_full_disk"] = last - 1
    said["reserve_at_the_end"] = reserve.held_bytes
    said["still_readable"] = len(journal.pending(1)) == 1 and journal.sequence() == last

    (folder / "filler").unlink()
    journal.record([alarm(last + 1)], [], 2.0)
    said["reserve_again"] = reserve.held_bytes
    store.commit()
    said["seconds_stored"] = sum(len(block.wall_s) for block in store.motion("ankle", 0.0, 1e6)) // 50
    store.close()
    journal.close()

    fill(folder / "filler")  # a restart on a full disk: there is no -wal and no -shm yet
    journal = SqliteJournal(book_path, reserve=Reserve(folder / "journal.reserve", RESERVE_BYTES))
    journal.record([alarm(last + 2)], [], 3.0)
    said["lost"] = last + 2 - journal.last_row()
    said["quarantined"] = str(journal.quarantined)
    journal.close()
    return said


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
