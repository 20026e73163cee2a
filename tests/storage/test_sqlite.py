import sqlite3
import threading
from pathlib import Path

import numpy as np
import pytest

from edge.errors import StorageError
from edge.model.effect import KeepMotion
from edge.model.reading import TEMPERATURES, Quantity, Validity
from edge.storage import database, rows
from edge.storage.curves import Readings
from edge.storage.database import Database
from edge.storage.retention import Step
from edge.storage.sqlite import SqliteReadingStore

EVERY = Readings(TEMPERATURES, list(Validity), -1e12, 1e12)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "readings.sqlite"


def times(store: SqliteReadingStore) -> list[float]:
    return [item.wall_s for item in store.readings("ada", Quantity.TEMPERATURE, -1e12, 1e12)]


def test_a_family_only_may_read_the_file(path: Path, make_reading) -> None:
    store = SqliteReadingStore(path)
    store.keep([make_reading(1.0)])
    store.commit()
    assert {part.stat().st_mode & 0o777 for part in path.parent.iterdir()} == {0o600}
    store.close()


def test_a_command_reads_beside_the_running_daemon_and_writes_nothing(path: Path, make_reading) -> None:
    daemon = SqliteReadingStore(path)
    daemon.keep([make_reading(1.0)])
    daemon.commit()
    command = SqliteReadingStore(path, read_only=True)
    assert times(command) == [1.0]
    daemon.keep([make_reading(2.0)])
    daemon.commit()
    assert times(command) == [1.0, 2.0]
    command.keep([make_reading(3.0)])
    with pytest.raises(StorageError, match="only be read"):
        command.commit()
    with pytest.raises(StorageError, match="only be read"):
        command.close()
    daemon.close()


def test_reading_a_store_that_is_not_there_makes_none(path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be opened"):
        SqliteReadingStore(path, read_only=True)
    assert not path.exists()


def test_a_locked_file_loses_no_reading(path: Path, make_reading, make_motion, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_S", 0.05)
    store = SqliteReadingStore(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    store.keep([make_reading(1.0), make_motion(1.0)])
    with pytest.raises(StorageError, match="another program holds it locked"):
        store.commit()
    store.keep([make_reading(2.0)])
    other.execute("ROLLBACK")
    other.close()
    store.commit()
    assert times(store) == [1.0, 2.0]
    assert len(list(store.motion("ankle", 0, 10))) == 1
    assert (store.lost_readings, store.lost_samples) == (0, 0)
    store.close()


def test_the_last_of_the_disk_is_left_to_the_journal(path: Path, make_reading) -> None:
    store = SqliteReadingStore(path, left_free_bytes=1 << 60, max_waiting_readings=3)
    store.keep([make_reading(float(at)) for at in range(5)])
    with pytest.raises(StorageError, match="kept for alarms"):
        store.commit()
    assert store.lost_readings == 2
    with pytest.raises(StorageError, match="kept for alarms"):
        store.close()
    assert times(SqliteReadingStore(path, read_only=True)) == []


def test_a_full_disk_keeps_everything_for_the_next_try(path: Path, make_motion) -> None:
    store = SqliteReadingStore(path)
    pages = int(store._db.number("PRAGMA page_count") or 0)
    store._db.rows(f"PRAGMA max_page_count = {pages + 4}")
    store.keep([make_motion(float(at), 1.0) for at in range(100, 400)])
    with pytest.raises(StorageError, match="the disk is full"):
        store.commit()
    assert list(store.motion("ankle", 0, 1000)) == []
    store._db.rows("PRAGMA max_page_count = 1000000")
    store.commit()
    assert sum(len(block.wall_s) for block in store.motion("ankle", 0, 1000)) == 300 * 50
    store.close()


@pytest.mark.parametrize("damage", ["noise", "short", "text"])
def test_a_damaged_file_is_put_aside_and_the_hub_goes_on(path: Path, make_reading, make_motion, damage: str) -> None:
    store = SqliteReadingStore(path)
    store.keep([make_reading(1.0), make_motion(0.0, 500.0)])
    store.close()
    raw = bytearray(path.read_bytes())
    assert len(raw) > 100_000
    if damage == "noise":
        raw[20_000:80_000] = np.random.default_rng(1).bytes(60_000)
    path.write_bytes(
        {"noise": raw, "short": raw[:50_000], "text": b"not a database, and longer than its header" * 9}[damage]
    )
    store = SqliteReadingStore(path)
    assert store.quarantined is not None
    assert store.quarantined.name.startswith("readings.sqlite.corrupt-")
    assert store.quarantined.exists()
    store.keep([make_reading(2.0)])
    store.commit()
    assert times(store) == [2.0]
    store.close()


def test_damage_under_a_running_daemon_loses_nothing_that_waits(path: Path, make_reading, make_motion) -> None:
    store = SqliteReadingStore(path)
    store.keep([make_motion(0.0, 500.0)])
    store.commit()
    store._db.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    store._db.rows("PRAGMA shrink_memory")
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (path.stat().st_size - 4096))
    store.keep([make_reading(2.0)])
    store.commit()
    assert store.quarantined is not None
    assert times(store) == [2.0]
    store.close()


def test_only_two_broken_files_are_kept(path: Path) -> None:
    for _ in range(4):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"this is no database at all" * 100)
        SqliteReadingStore(path).close()
    assert len(list(path.parent.glob("*.corrupt-*"))) == 2


def test_a_file_of_the_release_before_is_taken_over_and_still_read_by_it(path: Path, make_reading) -> None:
    before = Database(path, rows.SCHEMA[:-1])
    with before.transaction() as db:
        rows.insert_readings(db, "boot", [make_reading(1.0)])
    before.close()
    store = SqliteReadingStore(path)
    assert times(store) == [1.0]
    store.protect([(0.0, 10.0)])
    assert [track.t_s.tolist() for track in store.tracks("ada", EVERY)] == [[1.0]]
    store.close()
    back = Database(path, rows.SCHEMA[:-1])
    assert back.number("SELECT count(*) FROM reading") == 1
    back.close()


def test_a_file_of_the_next_release_is_read_and_of_a_later_one_refused(path: Path, make_reading) -> None:
    store = SqliteReadingStore(path)
    store.keep([make_reading(1.0)])
    store.close()
    for version in (len(rows.SCHEMA) + 1, len(rows.SCHEMA) + 2):
        other = sqlite3.connect(path)
        other.execute(f"PRAGMA user_version = {version}")
        other.close()
        if version == len(rows.SCHEMA) + 1:
            store = SqliteReadingStore(path)
            assert times(store) == [1.0]
            store.close()
        else:
            with pytest.raises(StorageError, match="newer feverhub"):
                SqliteReadingStore(path)
    assert list(path.parent.glob("*.corrupt-*")) == []


def test_a_folder_in_its_place_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be used: Is a directory"):
        SqliteReadingStore(tmp_path)


def test_rows_from_before_the_clock_was_right_are_moved(path: Path, make_reading, make_motion) -> None:
    before = SqliteReadingStore(path, boot="a")
    before.keep([make_reading(5.0, synced=False)])
    before.close()
    store = SqliteReadingStore(path, boot="b")
    store.keep([make_reading(10.0, synced=False), make_motion(10.0, synced=False), make_reading(7000.0)])
    assert store.restamp(5000.0) == 2
    assert times(store) == [5.0, 5010.0, 7000.0]
    (block,) = store.motion("ankle", 0.0, 1e9)
    assert block.synced
    assert block.wall_s[0] == 5010.0
    store.close()


def test_another_start_in_the_same_boot_still_moves_them(path: Path, make_reading) -> None:
    first = SqliteReadingStore(path)
    first.keep([make_reading(5.0, synced=False)])
    first.close()
    second = SqliteReadingStore(path)
    assert second.restamp(100.0) == 1
    assert times(second) == [105.0]
    second.close()


def test_a_clock_put_right_while_no_hub_ran_moves_what_the_start_before_wrote(path: Path, make_reading) -> None:
    """A hub that begins with a clock that is right hears of no step, and its rows would wait for one for ever."""
    other = SqliteReadingStore(path, boot="of yesterday")
    other.take_up(50.0)
    other.keep([make_reading(7.0, synced=False)])
    other.close()
    first = SqliteReadingStore(path, boot="a")
    assert first.take_up(100.0) == 0
    first.keep([make_reading(110.0, synced=False), make_reading(120.0)])
    first.close()
    second = SqliteReadingStore(path, boot="a")
    assert second.take_up(100.2) == 0, "a clock that is slewed was not set"
    second.close()
    third = SqliteReadingStore(path, boot="a")
    assert [item.wall_s for _, item in third.readings_after(0, 10)] == [7.0], "it waits for the clock"
    assert third.take_up(5100.2) == 1
    assert third.restamp(0.0) == 1
    assert times(third) == [7.0, 120.0, 5110.0]
    assert len(third.readings_after(0, 10)) == 3
    third.close()


def test_replication_waits_for_rows_that_may_still_move(path: Path, make_reading, make_motion) -> None:
    store = SqliteReadingStore(path, boot="a")
    store.keep([make_reading(5.0, synced=False)])
    store.close()
    store = SqliteReadingStore(path, boot="b")
    store.keep([make_reading(9.0), make_reading(10.0, synced=False), make_reading(11.0), make_motion(12.0)])
    store.commit()
    assert [item.wall_s for _, item in store.readings_after(0, 10)] == [5.0, 9.0]
    store.restamp(100.0)
    rows = store.readings_after(0, 10)
    assert [item.wall_s for _, item in rows] == [5.0, 9.0, 110.0, 11.0]
    assert store.readings_after(rows[1][0], 1) == rows[2:3]
    assert store.last_row("reading") == rows[-1][0]
    assert len(store.motion_after(0, 10)) == 1
    store.close()


def test_what_is_old_is_deleted_step_by_step(path: Path, make_reading, make_motion) -> None:
    store = SqliteReadingStore(path)
    store.keep([*(make_reading(float(at)) for at in range(2500)), make_motion(0.0, 100.0)])
    store.commit()
    assert [store.carry_out(Step("reading", 2000.0)) for _ in range(3)] == [1000, 1000, 0]
    assert [store.carry_out(Step("motion", 2000.0)) for _ in range(2)] == [20, 0]
    assert times(store) == [float(at) for at in range(2000, 2500)]
    store.close()


def test_any_thread_may_call(path: Path, make_reading) -> None:
    store = SqliteReadingStore(path)
    failures: list[BaseException] = []

    def work(person: str) -> None:
        try:
            for at in range(50):
                store.keep([make_reading(float(at), person=person)])
                store.commit()
                list(store.readings(person, Quantity.TEMPERATURE, 0, 100))
        except BaseException as error:  # noqa: BLE001 (shown below)
            failures.append(error)

    threads = [threading.Thread(target=work, args=(person,)) for person in ("ada", "ben")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    assert {len(list(store.readings(p, Quantity.TEMPERATURE, 0, 100))) for p in ("ada", "ben")} == {50}
    store.close()


def test_a_curve_gets_what_is_on_disk_and_what_waits_by_time_and_once(path: Path, make_reading) -> None:
    store = SqliteReadingStore(path)
    store.keep([make_reading(float(t)) for t in range(12_000)])
    store.commit()
    store.keep([make_reading(12_000.0), make_reading(5_000.5), make_reading(20_000.0)])
    found = store.values("ada", [Quantity.TEMPERATURE], 10.0, 15_000.0)
    assert [each.wall_s for each in found] == sorted([*map(float, range(10, 12_001)), 5_000.5])
    assert {(each.quantity, each.validity) for each in found} == {("temperature", "valid")}
    assert store.values("ada", [Quantity.ACTIVITY_COUNT], 0.0, 15_000.0) == []
    assert store.values("nobody", [Quantity.TEMPERATURE], 0.0, 15_000.0) == []
    store.close()


def test_the_gaps_of_every_movement_sensor_are_those_of_this_child_alone(path: Path) -> None:
    store = SqliteReadingStore(path)
    for person, device, begin_s, seconds in (
        *(("mia", "ankle", 100.0, 50), ("mia", "ankle", 400.0, 50), ("mia", "wrist", 100.0, 350)),
        ("leo", "ankle", 200.0, 100),  # the same sensor, worn by her brother meanwhile
    ):
        for second in range(seconds):
            t_s = begin_s + second + np.arange(50) / 50.0
            store.keep([KeepMotion(person, device, "left_ankle", t_s, np.full((50, 3), 0.5), synced=True)])
    store.commit()
    assert store.motion_gaps("mia", 0.0, 450.0, 60.0) == {
        "ankle": [(0.0, 100.0), (pytest.approx(150.0, abs=0.1), 400.0)],
        "wrist": [(0.0, 100.0)],
    }
    assert store.motion_gaps("leo", 200.0, 300.0, 60.0) == {"ankle": []}
    assert store.motion_gaps("zoe", 0.0, 450.0, 60.0) == {}
    store.close()
