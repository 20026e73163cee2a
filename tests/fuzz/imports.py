"""What an export wrote, on its way into another hub: a letter for the file that was bent, then that file.

`l` export.json; `c` the temperatures, `m` the movement and `d` the diary as CSV, each with the checksum that it has
now; `e` an EDF file; `p` the temperatures as Parquet.
"""

import datetime as dt
import math
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from edge.app.reports import export, imports
from edge.config import Config
from edge.errors import EdgeError
from edge.exports import manifest
from edge.model.people import Person
from tests.fuzz import homes
from tests.fuzz.kind import Check, Kind, sentence
from tests.fuzz.sensors import POSSIBLE_C

MIA = Person("mia", "Mia")
PARTS = {b"c": "temperature-patch.csv", b"m": "motion-ankle.csv", b"d": "diary.csv"}
PARQUET = "temperature-patch.parquet"
MOST_G = 32.0


def begin(folder: Path) -> Check:
    good, bent, state, empty = (folder / name for name in ("good", "bent", "state", "empty"))
    for name, content in _parts().items():
        (good / name).parent.mkdir(parents=True, exist_ok=True)
        (good / name).write_bytes(content)
    _fresh(empty)
    state.mkdir()

    def check(data: bytes) -> str:
        part, content = data[:1], data[1:]
        shutil.rmtree(bent, ignore_errors=True)
        for name in ("readings.sqlite", "journal.sqlite"):
            for suffix in ("-wal", "-shm"):
                (state / f"{name}{suffix}").unlink(missing_ok=True)
            shutil.copyfile(empty / name, state / name)
        source = _bend(good, bent, part, content)
        before = _rows(state)
        try:
            imports.bring(state, MIA.id, [source], lambda _what: None)
        except EdgeError as refused:
            assert _rows(state) == before, "what was refused was taken, at least in part"
            return sentence(refused).replace(str(folder), "")
        _sound(state)
        return ""

    return check


def _fresh(state: Path) -> None:
    state.mkdir()
    imports.imported.create(state / "readings.sqlite", state / "journal.sqlite")


def _bend(good: Path, bent: Path, part: bytes, content: bytes) -> Path:
    """What is handed to `feverhub import`."""
    if part == b"e":
        bent.mkdir()
        (bent / "night.edf").write_bytes(content)
        return bent / "night.edf"
    shutil.copytree(good / ("parquet" if part == b"p" else "csv"), bent)
    name = PARQUET if part == b"p" else PARTS.get(part, manifest.FILE)
    (bent / name).write_bytes(content)
    if name != manifest.FILE:
        file = bent / manifest.FILE
        made = msgspec.json.decode(file.read_bytes(), type=manifest.Manifest)
        files = {
            each: msgspec.structs.replace(table, sha256=manifest.checksum(bent / each))
            for each, table in made.files.items()
        }
        diary = next(bent.glob("diary.*"))
        made = msgspec.structs.replace(made, files=files, diary=manifest.checksum(diary))
        file.write_bytes(msgspec.json.encode(made))
    return bent


def _rows(state: Path) -> list[object]:
    found: list[object] = []
    for name, tables in (("readings.sqlite", ("stream", "reading", "motion")), ("journal.sqlite", ("entry", "outbox"))):
        with closing(sqlite3.connect(state / name)) as db:
            found += [db.execute(f"SELECT * FROM {table}").fetchall() for table in tables]
    return found


def _sound(state: Path) -> None:
    """Nothing in the store that no sensor of ours could have said."""
    store = imports.imported.SqliteReadingStore(state / "readings.sqlite", left_free_bytes=0, read_only=True)
    with closing(store):
        for quantity in imports.exported.TEMPERATURES:
            for each in store.readings(MIA.id, quantity, 0.0, 1e12):
                if each.reading.validity == "valid":
                    assert math.isfinite(each.reading.value), each
                    assert POSSIBLE_C[0] <= each.reading.value <= POSSIBLE_C[1], each
        for device in store.devices(MIA.id):
            for block in store.motion(device, 0.0, 1e12):
                known = block.values[~(block.values != block.values)]
                assert not len(known) or abs(known).max() <= MOST_G, device


@cache
def _parts() -> dict[str, bytes]:
    """Exports that the product made, and of them the smallest that holds everything."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        homes.write(folder / "state")
        for form in (export.Format.CSV, export.Format.PARQUET, export.Format.EDF):
            out = folder / (f"{form}" if form is not export.Format.EDF else "night.edf")
            span = (homes.BEGIN_S - 10.0, homes.BEGIN_S + 400.0)
            export.export(folder / "state", Config(persons=(MIA,)), MIA, span=span, zone=dt.UTC, form=form, out=out)
        shutil.rmtree(folder / "state")
        return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


@cache
def seeds() -> Sequence[bytes]:
    parts = _parts()
    csv = [letter + parts[f"csv/{name}"] for letter, name in PARTS.items()]
    listed = b"l" + parts[f"csv/{manifest.FILE}"]
    return [listed, *csv, *csv, b"e" + parts["night.edf"], b"p" + parts[f"parquet/{PARQUET}"]]


WORDS = (
    *(
        b"nan",
        b"inf",
        b"1e300",
        b"valid",
        b"questionable",
        b"settling",
        b"invalid",
        b"temperature",
        b"skin_temperature",
    ),
    *(
        b",,,,,,\n",
        b"\n",
        b'"',
        b"../../x",
        b'"files": {',
        b"mia",
        b"max",
        b"left_ankle",
        b"9999-12-31T23:59:59Z",
        b"\xff",
    ),
)
KIND = Kind("imports", begin, seeds, WORDS, longest=60_000)
