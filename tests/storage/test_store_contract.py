"""What every ReadingStore does, the one in memory too."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from edge.errors import StorageError
from edge.model.effect import KeepMotion, KeepReading
from edge.model.reading import Quantity, Reading, Unit, Validity
from edge.ports import ReadingStore
from edge.storage.blocks import FINE_G
from edge.storage.sqlite import SqliteReadingStore
from tests.support.fakes.reading_store import MemoryStore

Store = SqliteReadingStore | MemoryStore


@pytest.fixture(params=["sqlite", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store = SqliteReadingStore(tmp_path / "readings.sqlite") if request.param == "sqlite" else MemoryStore()
    yield made
    made.close()


def fits_the_port(store: Store) -> ReadingStore:
    return store


def temperatures(store: Store, start_s: float = 0.0, end_s: float = 1e12) -> list[KeepReading]:
    return list(store.readings("ada", Quantity.TEMPERATURE, start_s, end_s))


def test_nothing_is_there_before_the_commit(store: Store, make_reading, make_motion) -> None:
    store.keep([make_reading(10.0), make_motion(10.0)])
    assert temperatures(store) == []
    assert list(store.motion("ankle", 0.0, 1e12)) == []
    store.commit()
    assert temperatures(store) == [make_reading(10.0)]
    assert sum(len(block.wall_s) for block in store.motion("ankle", 0.0, 1e12)) == 50


def test_every_field_of_a_reading_comes_back(store: Store) -> None:
    reading = Reading(
        Quantity.SKIN_TEMPERATURE, 34.25, Unit.CELSIUS, Validity.QUESTIONABLE, "outside the range", 1e9, "ear", False
    )
    kept = KeepReading("ada", "patch", "axilla", reading, 1234.5678, False)
    store.keep([kept])
    store.commit()
    assert list(store.readings("ada", Quantity.SKIN_TEMPERATURE, 0, 2000)) == [kept]


def test_a_reading_that_is_no_number_stays_one(store: Store, make_reading) -> None:
    store.keep([make_reading(1.0, float("nan"))])
    store.commit()
    (kept,) = temperatures(store)
    assert np.isnan(kept.reading.value)


def test_windows_are_half_open_and_in_order_of_time(store: Store, make_reading) -> None:
    store.keep([make_reading(at) for at in (30.0, 10.0, 20.0, 40.0)])
    store.keep([make_reading(25.0, person="ben")])
    store.commit()
    assert [item.wall_s for item in temperatures(store, 10.0, 40.0)] == [10.0, 20.0, 30.0]


def test_more_than_a_page_with_equal_times_comes_back_once(store: Store, make_reading) -> None:
    store.keep([make_reading(float(at // 700), 30 + at / 1000) for at in range(2_100)])
    store.commit()
    assert sorted(item.reading.value for item in temperatures(store)) == [30 + at / 1000 for at in range(2_100)]


def test_movement_comes_back_to_the_sample(store: Store, make_motion) -> None:
    whole = make_motion(1_780_000_000.3, 3.4)
    whole.values[7] = np.nan
    store.keep([whole])
    store.commit()
    start_s, end_s = 1_780_000_000.5, 1_780_000_003.0
    inside = (whole.wall_s >= start_s) & (whole.wall_s < end_s)
    blocks = list(store.motion("ankle", start_s, end_s))
    assert {(block.person, block.place, block.synced) for block in blocks} == {("ada", "left_ankle", True)}
    np.testing.assert_allclose(np.concatenate([b.wall_s for b in blocks]), whole.wall_s[inside], atol=1e-6, rtol=0)
    np.testing.assert_allclose(np.concatenate([b.values for b in blocks]), whole.values[inside], atol=FINE_G / 2)


def test_magnitudes_come_back_as_such(store: Store) -> None:
    values = np.array([1.0, np.nan, 1.5])
    store.keep([KeepMotion("ada", "ankle", "left_ankle", np.array([5.0, 5.1, 5.2]), values, True)])
    store.commit()
    (block,) = store.motion("ankle", 0.0, 10.0)
    np.testing.assert_allclose(block.values, values, atol=FINE_G / 2)


def test_commit_of_nothing_is_nothing(store: Store) -> None:
    store.commit()
    assert temperatures(store) == []


def test_closing_commits_and_twice_is_harmless(store: Store, make_reading) -> None:
    store.keep([make_reading(1.0)])
    store.close()
    store.close()
    store.keep([make_reading(2.0)])
    with pytest.raises(StorageError, match="closed"):
        store.commit()
