"""A folder of Parquet files, by DuckDB: the same tables as the CSV files have, each column with its type.

DuckDB needs half the memory of the other writers measured, and works from disk in a folder of its own.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge.errors import EdgeError
from edge.exports.record import Blocks, Movement, Record, Temperature, valid
from edge.model.reading import Array

MOST_MEMORY = "96MB"
BATCH_BLOCKS = 360  # half an hour, five seconds a block
_INSTALL = 'the package duckdb is needed for Parquet: pip install "feverhub[export]"'
# Delta encoding of times and dictionaries of values: version 2 of the format.
_OPTIONS = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 9, PARQUET_VERSION v2"


def write(record: Record, folder: Path, reached: Callable[[float], None]) -> None:
    """Make the folder. reached: is told up to which wall second each sensor is written.

    Raises EdgeError without DuckDB; OSError.
    """
    duckdb = _duckdb()
    folder.mkdir(mode=0o700)
    working = folder / "working"
    try:
        with duckdb.connect(str(working), config={"memory_limit": MOST_MEMORY, "threads": 1}) as db:
            for movement in record.movement:
                _motion(db, folder / f"motion-{movement.device}.parquet", movement, reached)
            for thermometer in record.temperature:
                _temperature(db, folder / f"temperature-{thermometer.name}.parquet", thermometer)
            _diary(db, folder / "diary.parquet", record)
    except duckdb.Error as error:  # a full disk comes as one of four kinds, by where it was met
        raise OSError(str(error).splitlines()[0]) from error
    for left in folder.glob("working*"):
        left.unlink()


def _duckdb() -> Any:
    try:
        import duckdb
    except ImportError as error:
        raise EdgeError(_INSTALL) from error
    return duckdb


def _motion(db: Any, file: Path, movement: Movement, reached: Callable[[float], None]) -> None:
    names = ("m",) if movement.axes == 1 else ("x", "y", "z")
    db.execute(f"CREATE OR REPLACE TABLE motion (time TIMESTAMPTZ, {', '.join(f'{name} FLOAT' for name in names)})")
    for t_s, values in _batches(movement):
        columns = dict(zip(names, values.reshape(-1, movement.axes).T, strict=True))
        _insert(db, "motion", t_s, columns)
        reached(float(t_s[-1]))
    _copy(db, "motion", file)


def _batches(movement: Movement) -> Blocks:
    waiting: list[tuple[Array, Array]] = []
    for block in movement.blocks():
        waiting.append(block)
        if len(waiting) >= BATCH_BLOCKS:
            yield _joined(waiting)
            waiting = []
    if waiting:
        yield _joined(waiting)


def _joined(blocks: Sequence[tuple[Array, Array]]) -> tuple[Array, Array]:
    return np.concatenate([t_s for t_s, _ in blocks]), np.concatenate([values for _, values in blocks])


def _temperature(db: Any, file: Path, thermometer: Temperature) -> None:
    db.execute(
        "CREATE OR REPLACE TABLE temperature (time TIMESTAMPTZ, celsius DOUBLE, quantity VARCHAR, site VARCHAR,"
        " validity VARCHAR, reason VARCHAR, final BOOLEAN)"
    )
    items = thermometer.readings
    columns = {
        "celsius": np.array([item.reading.value if valid(item) else np.nan for item in items]),
        "quantity": np.array([str(item.reading.quantity) for item in items], dtype=object),
        "site": np.array([item.place for item in items], dtype=object),
        "validity": np.array([str(item.reading.validity) for item in items], dtype=object),
        "reason": np.array([item.reading.reason for item in items], dtype=object),
        "final": np.array([item.reading.final for item in items]),
    }
    _insert(db, "temperature", np.array([item.wall_s for item in items]), columns)
    _copy(db, "temperature", file)


def _diary(db: Any, file: Path, record: Record) -> None:
    db.execute("CREATE TABLE diary (time TIMESTAMPTZ, line VARCHAR, details JSON)")
    for line in record.diary:
        db.execute("INSERT INTO diary VALUES (?, ?, ?)", (line["time"], line["line"], json.dumps(line)))
    _copy(db, "diary", file)


def _insert(db: Any, table: str, t_s: Array, columns: Mapping[str, NDArray[Any]]) -> None:
    """Append rows; NaN becomes NULL. t_s: the first column, wall seconds; columns: the others, in their order."""
    db.register("batch", {"t_us": np.round(t_s * 1e6).astype(np.int64), **columns})
    db.execute(f"INSERT INTO {table} SELECT make_timestamptz(t_us), {', '.join(columns)} FROM batch")  # noqa: S608
    db.unregister("batch")


def _copy(db: Any, table: str, file: Path) -> None:
    db.execute(f"COPY {table} TO '{str(file).replace(chr(39), chr(39) * 2)}' ({_OPTIONS})")
