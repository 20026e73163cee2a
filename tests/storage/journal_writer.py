"""Child of test_journal.py: records alarm after alarm and prints each sequence number once it is on disk."""

import sys
from pathlib import Path

from edge.model.alarm import Alarm, AlarmKey, Condition, Kind, Presence, Priority, Reason
from edge.ports import OutgoingMessage
from edge.storage.journal import SqliteJournal


def main(path: Path) -> None:
    journal = SqliteJournal(path)
    sequence = journal.sequence()
    while True:
        sequence += 1
        key = AlarmKey(Condition.FEVER, "ada")
        state = Alarm(f"f{sequence}", key, Kind.PHYSIOLOGICAL, Priority.LOW, Presence.ON, 1, 2, sequence, Reason.WORSE)
        journal.record([state], [OutgoingMessage("t", str(sequence).encode(), True, state.id)], float(sequence))
        if sequence % 3 == 0:
            journal.confirm([journal.pending(1)[0].row], float(sequence))
        print(sequence, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
