"""What ten minutes of one sensor write to the memory card, scaled to a day. The whole day: tests/bench/written.py."""

import pytest

from edge.app.hub.effects.reading_writer import COMMIT_S
from edge.app.hub.replication import PERIOD_S
from edge.errors import StorageError
from edge.storage.sqlite import SqliteReadingStore
from tests.bench.written import DAY_S, play

PLAYED_S = 600
MOST_MB = 85
"""A third of it, a night of eight hours, is 28 MB of the 40 that it may write. The index of curves is 4 of a day's."""


@pytest.fixture
def a_day(tmp_path):
    """MB a day: every page goes into the -wal file at each commit, and once into the file itself."""
    made = []

    def written(commit_every_s=COMMIT_S, cursor_every_s=0.0):
        folder = tmp_path / str(len(made))
        store = SqliteReadingStore(folder / "readings.sqlite")
        made.append(store)
        play(store, PLAYED_S, commit_every_s, cursor_every_s)
        store.commit()
        wal = (folder / "readings.sqlite-wal").stat().st_size
        store.close()
        return (wal + (folder / "readings.sqlite").stat().st_size) * DAY_S / PLAYED_S / 1e6

    return written


def test_a_sensor_writes_within_the_bound_of_a_day_and_a_replication_hardly_more(a_day):
    alone = a_day()
    assert 60 < alone < MOST_MB
    assert a_day(cursor_every_s=PERIOD_S) - alone < 6
    assert a_day(commit_every_s=30) > 150, "or nothing is measured"


def test_the_cursor_of_a_replication_goes_to_disk_with_the_readings_it_counts(tmp_path):
    store = SqliteReadingStore(tmp_path / "readings.sqlite")
    store.set_cursor("influx_reading", 7)
    assert store.cursor("influx_reading") == 7
    beside = SqliteReadingStore(tmp_path / "readings.sqlite", read_only=True)
    assert beside.cursor("influx_reading") == 0
    store.commit()
    assert beside.cursor("influx_reading") == 7
    store.set_cursor("influx_reading", 9)
    store.close()
    assert beside.cursor("influx_reading") == 9
    beside.close()


def test_a_cursor_that_no_disk_takes_is_kept_until_one_does(tmp_path):
    store = SqliteReadingStore(tmp_path / "readings.sqlite", left_free_bytes=1 << 60)
    store.set_cursor("influx_reading", 7)
    with pytest.raises(StorageError):
        store.commit()
    assert store.cursor("influx_reading") == 7
    store._left_free_bytes = 0
    store.close()
    again = SqliteReadingStore(tmp_path / "readings.sqlite")
    assert again.cursor("influx_reading") == 7
    again.close()
