"""What a day writes to the memory card: MB handed to the disk, by part.

    python tests/bench/written.py [--minutes 60]

One 50 Hz sensor on three axes, a temperature every 10 s, an epoch of sleep every 30 s; replication that keeps up; 60
changes of alarms and 300 lines of history; a broker with 40 retained topics and two phones. So many minutes are played
as fast as they go on the folder's own file system, and scaled to a day. The file system's own journal comes on top.
"""

import argparse
import os
import re
import signal
import tempfile
import time
from pathlib import Path

import numpy as np

from edge.app.hub.effects.reading_writer import COMMIT_S
from edge.app.hub.replication import PERIOD_S
from edge.host.written import written_bytes
from edge.model.alarm import Alarm, AlarmKey, Condition, Kind, Presence, Priority, Reason
from edge.model.effect import KeepMotion, KeepReading
from edge.model.reading import Quantity, Reading, Unit
from edge.ports import OutgoingMessage
from edge.storage.journal import SqliteJournal
from edge.storage.sqlite import SqliteReadingStore
from tests.support.servers import Mosquitto, mosquitto

DAY_S = 86_400
RATE_HZ = 50
START_S = 1_780_000_000.0
CHANGES, LINES = 60, 300
SCALARS = ((10, Quantity.TEMPERATURE, Unit.CELSIUS), (30, Quantity.ACTIVITY_COUNT, Unit.ONE))
RETAINED, RETAINED_BYTES, SHOWN_A_DAY = 40, 700, 15_000


def play(
    store: SqliteReadingStore, seconds: int, commit_every_s: float = COMMIT_S, cursor_every_s: float = 0.0
) -> None:
    """What comes in so many seconds. cursor_every_s: how often a replication moves its two cursors; 0: none."""
    rng = np.random.default_rng(1)
    asleep = rng.normal([0.1, 0.0, 0.99], 0.003, (600 * RATE_HZ, 3))
    for second in range(seconds):
        wall_s = START_S + second
        times, begin = wall_s + np.arange(RATE_HZ) / RATE_HZ, second % 600 * RATE_HZ
        store.keep([KeepMotion("ada", "ankle", "left_ankle", times, asleep[begin : begin + RATE_HZ], True)])
        for every_s, quantity, unit in SCALARS:
            if second % every_s == 0:
                reading = Reading(quantity, 37.2, unit)
                store.keep([KeepReading("ada", "patch", "axilla", reading, wall_s, True)])
        if cursor_every_s and second % cursor_every_s == 0:
            store.set_cursor("influx_reading", second)
            store.set_cursor("influx_motion", second)
        if second % commit_every_s == 0:
            store.commit()


def readings(folder: Path, seconds: int, cursor_every_s: float = 0.0) -> int:
    """Bytes written for so many seconds."""
    before = written_bytes()
    store = SqliteReadingStore(folder / "readings.sqlite")
    play(store, seconds, cursor_every_s=cursor_every_s)
    store.close()
    return written_bytes() - before


def journal(folder: Path) -> int:
    """Bytes written for a day's alarms, their messages and confirmations, and history."""
    before = written_bytes()
    book = SqliteJournal(folder / "journal.sqlite")
    reserve = written_bytes() - before
    for number in range(1, CHANGES + 1):
        key, reason = AlarmKey(Condition.FEVER, "ada"), Reason.EVIDENCE
        alarm = Alarm(
            f"fever-{number}", key, Kind.PHYSIOLOGICAL, Priority.MEDIUM, Presence.ON, 1.0, 2.0, number, reason
        )
        states = [
            OutgoingMessage("feverhub/home/ada/alarm/fever", b"x" * 800, retain, alarm.id) for retain in (True, False)
        ]
        book.record([alarm], states, START_S + number)
        book.confirm([row.row for row in book.pending(10)], START_S + number)
    for number in range(LINES):
        book.note(START_S + number, "fever-1 to anna", "x" * 200, "delivered")
    book.close()
    return written_bytes() - before - reserve


def broker(server: Mosquitto) -> float:
    """Bytes a day: what one save takes, times how often the shipped configuration saves."""
    import paho.mqtt.client as paho

    client = paho.Client(paho.CallbackAPIVersion.VERSION2)
    client.username_pw_set("hub", server.users["hub"])
    client.connect("127.0.0.1", server.port)
    client.loop_start()
    for number in range(RETAINED):
        sent = client.publish(f"feverhub/cot/mia/temperature/x{number}", b"x" * RETAINED_BYTES, qos=1, retain=True)
        sent.wait_for_publish(5.0)
    file, settings = server.folder / "mosquitto.db", (server.folder / "conf.d" / "feverhub.conf").read_text()
    before = written_bytes(server.pid)
    os.kill(server.pid, signal.SIGUSR1)
    time.sleep(2.0)
    once = max(written_bytes(server.pid) - before, file.stat().st_size)
    client.disconnect()
    client.loop_stop()
    interval = int(re.findall(r"^autosave_interval (\d+)", settings, re.MULTILINE)[0])
    on_changes = re.search(r"^autosave_on_changes true", settings, re.MULTILINE)
    return once * (SHOWN_A_DAY / interval if on_changes else DAY_S / interval)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=60)
    seconds = 60 * parser.parse_args().minutes
    scale = DAY_S / seconds / 1e6
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        folder = Path(name)
        for part in ("alone", "replicated", "journal", "broker"):
            (folder / part).mkdir()
        alone = readings(folder / "alone", seconds) * scale
        both = readings(folder / "replicated", seconds, cursor_every_s=PERIOD_S) * scale
        parts = {"readings": alone, "replication cursors": both - alone, "journal": journal(folder / "journal") / 1e6}
        with mosquitto(folder / "broker") as server:
            parts["mosquitto"] = broker(server) / 1e6
    for part, mb in parts.items():
        print(f"{part}: {mb:.1f} MB a day")
    print(f"together: {sum(parts.values()):.1f} MB a day")


if __name__ == "__main__":
    main()
