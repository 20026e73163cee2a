"""Curves thinned in SQL against the same done by hand: no peak, end or gap is lost, whatever was kept."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.model.effect import KeepReading
from edge.model.reading import TEMPERATURES, Quantity, Reading, Unit, Validity
from edge.storage import curves, rows
from edge.storage.curves import Readings, Wanted
from edge.storage.database import Database
from edge.storage.sqlite import SqliteReadingStore

COUNTING = (Validity.VALID, Validity.QUESTIONABLE)
GAP_S, PIECE_S = 90.0, 200.0
WANTED = Wanted(Readings(TEMPERATURES, COUNTING, 100.0, 3000.0), PIECE_S, {"patch": GAP_S})


def kept(wall_s: float, value: float, validity: Validity = Validity.VALID, device: str = "patch") -> KeepReading:
    return KeepReading(
        "mia", device, "axilla", Reading(Quantity.TEMPERATURE, value, Unit.CELSIUS, validity), wall_s, synced=True
    )


VALUES = st.one_of(st.floats(30.0, 43.0), st.just(math.nan), st.sampled_from([-math.inf, 1e300]))
READINGS = st.builds(kept, st.floats(0.0, 3200.0), VALUES, st.sampled_from(list(Validity)))
STARTS = st.lists(st.lists(READINGS, max_size=60), min_size=1, max_size=3)
"""What each start of the hub kept; the last has not committed its readings."""


@given(STARTS)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_peak_no_end_and_no_gap_is_lost(tmp_path: Path, starts: list[list[KeepReading]]) -> None:
    (tmp_path / "readings.sqlite").unlink(missing_ok=True)
    file = Database(tmp_path / "readings.sqlite", rows.SCHEMA, synchronous="OFF")
    with file.transaction() as db:
        for number, items in enumerate(starts[:-1]):
            rows.insert_readings(db, str(number), items)
    found = curves.thinned(file, starts[-1], "mia", WANTED)
    file.close()
    counting = sorted(
        (item.wall_s, item.reading.value)
        for item in itertools.chain(*starts)
        if item.reading.validity in COUNTING and not math.isnan(item.reading.value) and 100.0 <= item.wall_s < 3000.0
    )
    assert len(found) == bool(counting)
    points = found[0].points if found else []
    drawn = [point for point in points if not math.isnan(point[1])]
    assert set(drawn) <= set(counting)
    for _, group in itertools.groupby(counting, key=lambda point: point[0] // PIECE_S):
        piece = list(group)
        own = [point for point in drawn if point[0] // PIECE_S == piece[0][0] // PIECE_S]
        values = [value for _, value in own]
        assert (min(values), max(values)) == (min(v for _, v in piece), max(v for _, v in piece))
        assert (own[0][0], own[-1][0]) == (piece[0][0], piece[-1][0])
    gaps = [(a, b) for (a, _), (b, _) in itertools.pairwise(counting) if b - a > GAP_S]
    assert [at_s for at_s, value in points if math.isnan(value)] == [(a + b) / 2 for a, b in gaps]
    assert [at_s for at_s, _ in points] == sorted(at_s for at_s, _ in points)


@pytest.fixture
def night(tmp_path: Path) -> SqliteReadingStore:
    """Eight hours each ten seconds, one of them 40.7 °C, and a silence of twenty minutes."""
    store = SqliteReadingStore(tmp_path / "readings.sqlite")
    silent = range(14_000, 15_200)
    store.keep([kept(float(at), 40.7 if at == 12_340 else 37.0) for at in range(0, 28_800, 10) if at not in silent])
    store.commit()
    return store


def drawn(store: SqliteReadingStore, gap_s: float | None, pieces: int = 20) -> Sequence[curves.Point]:
    every = Readings(TEMPERATURES, COUNTING, 0.0, 1e12)
    (curve,) = store.curves("mia", Wanted(every, 28_800.0 / pieces, {} if gap_s is None else {"patch": gap_s}))
    return curve.points


def test_a_peak_of_one_reading_and_a_silence_shorter_than_a_piece_are_seen_in_a_curve_of_few_points(night) -> None:
    """github.com/thanos-io/thanos/issues/922: an average of each piece wears peaks down."""
    points = drawn(night, 600.0)
    assert len(points) <= 4 * 21 + 1
    assert max(points, key=lambda point: point[1] if point[1] > 0 else 0.0) == (12_340.0, 40.7)
    assert [at_s for at_s, value in points if math.isnan(value)] == [pytest.approx(14_595.0)]
    assert not any(math.isnan(value) for _, value in drawn(night, 1300.0)), "a silence that is no gap yet"
    night.close()


def test_curves_are_those_of_one_child_each_sensor_alone(night) -> None:
    brother = replace(kept(6.0, 39.0), person="leo")
    night.keep([kept(5.0, 36.0, device="ear"), brother])
    found = night.curves("mia", Wanted(Readings(TEMPERATURES, COUNTING, 0.0, 100.0), 50.0, {}))
    assert [(curve.device, curve.points[0]) for curve in found] == [("ear", (5.0, 36.0)), ("patch", (0.0, 37.0))]
    assert night.curves("zoe", WANTED) == []
    night.close()


def test_all_that_counts_comes_whole_for_figures(night) -> None:
    (track,) = night.tracks("mia", Readings(TEMPERATURES, COUNTING, 0.0, 1e12))
    assert (len(track.t_s), track.values.max()) == (2880 - 120, 40.7)
    assert night.tracks("mia", Readings([Quantity.BATTERY], COUNTING, 0.0, 1e12)) == []
    night.close()
