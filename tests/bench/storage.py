"""What a night costs the store: 8 h of one 50 Hz sensor on three axes and a temperature every 10 s.

Run: python tests/bench/storage.py [--fast]. Prints CPU seconds, MB of the file and MB handed to the disk, for a commit
every 30 s and every second, with synchronous FULL (what the store uses) and NORMAL (what it does not).
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from edge.model.alarm import Alarm, AlarmKey, Condition, Kind, Presence, Priority, Reason
from edge.model.effect import KeepMotion, KeepReading
from edge.model.reading import Quantity, Reading, Unit
from edge.ports import OutgoingMessage
from edge.storage.database import Database
from edge.storage.journal import SqliteJournal
from edge.storage.sqlite import SqliteReadingStore

RATE_HZ = 50
START_S = 1_780_000_000.0


def written_bytes() -> int:
    """What this process has handed to the block layer so far (write_bytes of /proc/self/io)."""
    lines = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(lines["write_bytes"])


def cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def night(folder: Path, seconds: int, commit_every_s: int, synchronous: str) -> tuple[float, float, float, float]:
    """CPU s, wall s, MB of the file, MB written."""
    rng = np.random.default_rng(1)
    hour = rng.normal([0.1, 0.0, 0.99], 0.02, (3600 * RATE_HZ, 3))
    store = SqliteReadingStore(folder / "readings.sqlite")
    store._db.rows(f"PRAGMA synchronous = {synchronous}")
    at, cpu, wrote = time.monotonic(), cpu_s(), written_bytes()
    for second in range(seconds):
        wall_s = START_S + second + np.arange(RATE_HZ) / RATE_HZ
        begin = second % 3600 * RATE_HZ
        items: list[KeepReading | KeepMotion] = [
            KeepMotion("ada", "ankle", "left_ankle", wall_s, hour[begin : begin + RATE_HZ], True)
        ]
        if second % 10 == 0:
            warm = Reading(Quantity.TEMPERATURE, 37.2, Unit.CELSIUS)
            items.append(KeepReading("ada", "patch", "axilla", warm, START_S + second, True))
        store.keep(items)
        if second % commit_every_s == 0:
            store.commit()
    store.close()
    spent = cpu_s() - cpu, time.monotonic() - at
    return *spent, (folder / "readings.sqlite").stat().st_size / 1e6, (written_bytes() - wrote) / 1e6


def checks(path: Path) -> None:
    """How long the check at start takes, and how long a night's samples take to read."""
    at = time.monotonic()
    database = Database(path, ())
    took_s = time.monotonic() - at
    database.close()
    size_mb = path.stat().st_size / 1e6
    print(f"quick_check of {size_mb:.1f} MB: {took_s * 1000:.0f} ms, {size_mb / took_s:.0f} MB/s")
    store = SqliteReadingStore(path, read_only=True)
    for name, seconds in (("minute", 60), ("night", 28_800)):
        at = time.monotonic()
        count = sum(len(block.wall_s) for block in store.motion("ankle", START_S, START_S + seconds))
        print(f"read a {name} ({count} samples): {(time.monotonic() - at) * 1000:.1f} ms")


def journal(folder: Path, count: int) -> None:
    """The time from an alarm to the disk."""
    book = SqliteJournal(folder / "journal.sqlite")
    took_s = []
    for number in range(count):
        key = AlarmKey(Condition.FEVER, "ada")
        alarm = Alarm(
            f"fever-{number}", key, Kind.PHYSIOLOGICAL, Priority.MEDIUM, Presence.ON, 1.0, 2.0, number, Reason.EVIDENCE
        )
        messages = [OutgoingMessage("feverhub/home/ada/alarm/fever", b"x" * 600, True, alarm.id)] * 2
        at = time.monotonic()
        book.record([alarm], messages, START_S + number)
        took_s.append(time.monotonic() - at)
    book.close()
    print(f"journal: median {np.median(took_s) * 1000:.2f} ms, worst {max(took_s) * 1000:.1f} ms of {count} records")


def main() -> None:
    seconds = 2_880 if "--fast" in sys.argv else 28_800
    print(f"{seconds * RATE_HZ} samples of three axes")
    print("| commit every | synchronous | CPU s | wall s | MB | MB written |")
    print("| --- | --- | --- | --- | --- | --- |")
    for every_s, synchronous in ((30, "FULL"), (30, "NORMAL"), (1, "FULL"), (1, "NORMAL")):
        with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
            cpu, wall, size, wrote = night(Path(name), seconds, every_s, synchronous)
            print(f"| {every_s} s | {synchronous} | {cpu:.2f} | {wall:.1f} | {size:.1f} | {wrote:.1f} |")
            if (every_s, synchronous) == (30, "FULL"):
                checks(Path(name) / "readings.sqlite")
                journal(Path(name), 200)


if __name__ == "__main__":
    main()
