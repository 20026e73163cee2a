"""Nights of a cohort, short ones, as an export of a hub has them."""

import datetime as dt
from pathlib import Path

import duckdb
import numpy as np

from edge.exports import manifest, parquet
from edge.exports.record import Movement, Record, Temperature
from edge.model.effect import KeepReading
from edge.model.people import Limb, Person
from edge.model.reading import Quantity, Reading, Unit
from edge.simulation import SENSORS, clip, clonic

START_S = 1_767_300_000.0


def night(folder: Path, person: str = "mia", seed: int = 1, *, start_s: float = START_S, bout: bool = True) -> Path:
    """Three minutes of an ankle with a convulsion of 45 s after the first (or, without one, with noise alone), and a
    patch beside it.
    """
    track = clip(clonic(seed, 45.0), SENSORS["watch"].on(Limb.ANKLE), seed, before_s=60.0, after_s=75.0)
    t_s = start_s + track.t_s - track.t_s[0]
    still = np.array([0.0, 0.1, 0.99]) + 0.004 * np.random.default_rng(seed).standard_normal(track.acc_g.shape)
    values = track.acc_g if bout else still
    end_s = float(t_s[-1])
    movement = Movement("band", "left_ankle", 3, t_s.size, 0, 25.0, start_s, end_s, lambda: iter([(t_s, values)]))
    reading = Reading(Quantity.TEMPERATURE, 36.8, Unit.CELSIUS)
    celsius = [
        KeepReading(person, "patch", "patch", reading, at_s, synced=True)
        for at_s in np.arange(start_s, end_s, 10.0).tolist()
    ]
    patch = Temperature("patch", Quantity.TEMPERATURE, tuple(celsius))
    who = Person(person, "", born=dt.date(2024, 12, 1))
    record = Record(who, dt.UTC, start_s, end_s, end_s, "test", (movement,), (patch,), ())
    folder.parent.mkdir(parents=True, exist_ok=True)
    parquet.write(record, folder, lambda _: None)
    manifest.write(record, folder, ".parquet")
    return folder


def rows(file: Path) -> list[dict]:
    """Of a Parquet file, each row by its columns' names."""
    with duckdb.connect() as db:
        found = db.read_parquet(str(file))
        return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def tables(out: Path) -> tuple[bytes, bytes]:
    """Both tables of results, whole."""
    return (out / "nights.parquet").read_bytes(), (out / "conditions.parquet").read_bytes()
