from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edge.model.alarm import Alarm, AlarmKey, Condition, Kind, Presence, Priority, Reason
from edge.model.reading import Quantity
from edge.storage.retention import AFTER_S, BEFORE_S, Limits, Step, Usage, around, next_step, retain
from edge.storage.sqlite import SqliteReadingStore

DAY_S = 86_400.0
NOW_S = 1_780_000_000.0
LIMITS = Limits(motion_days=30, reading_days=365, max_bytes=1_000_000, disk_free_bytes=500, keep_days=2)
FINE = Usage(1000, 0, 10_000, NOW_S - 10 * DAY_S, NOW_S - 100 * DAY_S, NOW_S)


@pytest.mark.parametrize(
    ("usage", "table", "days"),
    [
        (replace(FINE, oldest_motion_s=NOW_S - 31 * DAY_S), "motion", 30),
        (replace(FINE, oldest_reading_s=NOW_S - 366 * DAY_S), "reading", 365),
        (replace(FINE, used_bytes=1_000_001), "motion", 2),
        (replace(FINE, disk_free_bytes=499), "motion", 2),
        (replace(FINE, used_bytes=1_000_001, oldest_motion_s=NOW_S - DAY_S), "reading", 2),
        (replace(FINE, used_bytes=1_000_001, oldest_motion_s=None), "reading", 2),
    ],
)
def test_what_goes_first(usage: Usage, table: str, days: float) -> None:
    assert next_step(usage, LIMITS, NOW_S) == Step(table, NOW_S - days * DAY_S)


def test_nothing_is_done_within_the_limits() -> None:
    assert next_step(FINE, LIMITS, NOW_S) is None
    assert next_step(Usage(0, 0, 10_000, None, None, None), LIMITS, NOW_S) is None


def test_the_last_days_stay_whatever_the_size() -> None:
    recent = NOW_S - DAY_S
    assert next_step(Usage(9_999_999, 0, 0, recent, recent, NOW_S), LIMITS, NOW_S) is None


def test_a_short_disk_first_gets_the_free_pages_back() -> None:
    assert next_step(replace(FINE, disk_free_bytes=1, unused_pages=7), LIMITS, NOW_S) == Step(shrink_pages=7)


def test_a_clock_that_is_years_ahead_deletes_nothing() -> None:
    assert next_step(FINE, LIMITS, NOW_S + 4000 * DAY_S) is None


def test_the_file_shrinks_to_its_bound_and_the_newest_stays(tmp_path: Path, make_motion, make_reading) -> None:
    path = tmp_path / "readings.sqlite"
    store = SqliteReadingStore(path)
    for day in range(10):
        start_s = NOW_S + day * DAY_S
        store.keep([make_motion(start_s, 600.0), make_reading(start_s)])
        store.commit()
    full_bytes = store.usage().used_bytes
    limits = Limits(max_bytes=full_bytes // 2, disk_free_bytes=0, keep_days=1)
    now_s = NOW_S + 9 * DAY_S + 600
    assert retain(store, limits, now_s) > 0
    assert store.usage().used_bytes <= limits.max_bytes
    days = {int((block.wall_s[0] - NOW_S) // DAY_S) for block in store.motion("ankle", 0, 1e11)}
    assert max(days) == 9
    assert 0 not in days
    assert len(list(store.readings("ada", Quantity.TEMPERATURE, 0, 1e11))) == 10
    assert retain(store, limits, now_s) == 0
    store.close()


def test_free_pages_go_back_to_a_short_disk(tmp_path: Path, make_motion) -> None:
    path = tmp_path / "readings.sqlite"
    store = SqliteReadingStore(path)
    store.keep([make_motion(NOW_S, 3000.0), make_motion(NOW_S + 10 * DAY_S, 10.0)])
    store.commit()
    while store.carry_out(Step("motion", NOW_S + DAY_S)):
        pass
    retain(store, Limits(disk_free_bytes=1 << 60), NOW_S + 10 * DAY_S)
    assert store.usage().unused_pages == 0
    store.close()
    assert path.stat().st_size < 100_000


def test_a_run_is_bounded(tmp_path: Path, make_reading) -> None:
    store = SqliteReadingStore(tmp_path / "readings.sqlite")
    store.keep([make_reading(NOW_S + at) for at in range(2500)] + [make_reading(NOW_S + 400 * DAY_S)])
    store.commit()
    assert retain(store, LIMITS, NOW_S + 400 * DAY_S, max_steps=2) == 2000
    store.close()


def test_movement_around_an_alarm_is_kept_for_good_and_what_is_beside_it_goes(tmp_path: Path, make_motion) -> None:
    store = SqliteReadingStore(tmp_path / "readings.sqlite", left_free_bytes=0)
    store.keep([make_motion(NOW_S - 3600.0, 7200.0), make_motion(NOW_S + 399 * DAY_S, 10.0)])
    store.commit()
    raised = episode(NOW_S, NOW_S + 95.0)
    store.protect(around([raised]))
    store.protect(around([raised]))  # each night anew
    assert retain(store, replace(LIMITS, max_bytes=1, disk_free_bytes=0), NOW_S + 400 * DAY_S) > 0
    left = np.concatenate([item.wall_s for item in store.motion("ankle", 0.0, NOW_S + DAY_S)])
    assert left.min() == pytest.approx(NOW_S - BEFORE_S, abs=1.0)
    assert left.max() == pytest.approx(NOW_S + 95.0 + AFTER_S, abs=1.0)
    assert store.usage().oldest_motion_s == pytest.approx(NOW_S + 399 * DAY_S), "it is no reason to go on deleting"


def test_an_alarm_without_an_end_protects_no_more_than_an_hour() -> None:
    [(start_s, end_s)] = around([episode(NOW_S, None, changed_s=NOW_S + 10 * DAY_S)])
    assert (start_s, end_s) == (NOW_S - BEFORE_S, NOW_S - BEFORE_S + 3600.0)
    [(start_s, end_s)] = around([episode(NOW_S, NOW_S - 5000.0)])  # the clock was set back meanwhile
    assert end_s > start_s


def episode(onset_s: float, cleared_s: float | None, changed_s: float = 0.0) -> Alarm:
    return Alarm(
        *("m-1", AlarmKey(Condition.SEIZURE_LIKE_MOVEMENT, "mia"), Kind.PHYSIOLOGICAL, Priority.HIGH, Presence.OFF),
        *(onset_s, onset_s + 12.0, 1, Reason.EVIDENCE),
        cleared_s=cleared_s,
        changed_s=changed_s,
    )
