"""`feverhub import`: what `export` wrote goes into a store, such as a new hub's. All is read before any is taken."""

import contextlib
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec

from edge.app.reports.kept import READINGS
from edge.errors import EdgeError, RecordingError
from edge.exports import manifest
from edge.exports.edf import UTC
from edge.exports.manifest import Manifest
from edge.host import lock
from edge.model.care import Entry
from edge.recordings import edf, exported
from edge.recordings.exported import Sensor
from edge.storage import imported
from edge.storage.imported import Counts, Importer

JOURNAL = "journal.sqlite"
EDF_NEAR_S = 60.0
"""A reading of EDF stands on a grid of ten seconds, and is repeated until it is one and a half intervals old: beside a
reading that is known it says nothing new.
"""
_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Source:
    """One export. name: of its rows in the store. sensors, diary: what is in it. near_s: as in `Importer.readings`."""

    name: str
    sensors: tuple[Sensor, ...]
    diary: Callable[[], list[Entry]] = list
    near_s: float = imported.SAME_S


def bring(folder: Path, person: str, files: Sequence[Path], say: Callable[[str], None]) -> Counts:
    """Take all of these into the store of that folder, as that person's. say: is told of each sensor.

    Raises RecordingError for a file that is damaged, foreign or of another child, and then nothing has changed;
    StorageError.
    """
    found = [_source(file, person) for file in files]
    for source in found:
        for sensor in source.sensors:
            say(f"{sensor.name}: checking")
            _read_through(sensor)
        source.diary()
    with contextlib.suppress(EdgeError), lock.held(folder):  # a hub that runs has made its store itself
        imported.create(folder / READINGS, folder / JOURNAL)
    total = Counts()
    for source in found:
        with Importer(folder / READINGS, source.name) as taken:
            for sensor in source.sensors:
                say(f"{sensor.name}: taking")
                if sensor.temperature is not None:
                    taken.readings(sensor.temperature(), source.near_s)
                for piece in sensor.movement() if sensor.movement is not None else ():
                    taken.movement(piece)
        total.samples += taken.counts.samples
        total.readings += taken.counts.readings
        total.known += taken.counts.known
        imported.diary(folder / JOURNAL, source.diary(), total)
    return total


def _read_through(sensor: Sensor) -> None:
    if sensor.temperature is not None:
        sensor.temperature()
    for _ in sensor.movement() if sensor.movement is not None else ():
        pass


def _source(path: Path, person: str) -> Source:
    """A folder of an export, one of its tables, or an EDF file."""
    if path.is_dir():
        return _tables(path, person, "")
    if not path.is_file():
        raise RecordingError(f"{path}: there is no such file or folder")
    with path.open("rb") as opened:
        begins = opened.read(len(edf.MAGIC))
    return _edf(path, person) if begins == edf.MAGIC else _tables(path.parent, person, path.name)


def _tables(folder: Path, person: str, only: str) -> Source:
    file = folder / manifest.FILE
    try:
        content = file.read_bytes()
        made = msgspec.json.decode(content, type=Manifest)
    except OSError as error:
        raise RecordingError(
            f"{folder / only if only else folder}: this is no export of feverhub: {manifest.FILE} is not beside it"
        ) from error
    except msgspec.MsgspecError as error:
        raise RecordingError(f"{file}: cannot be read ({error})") from error
    if made.schema > manifest.SCHEMA:
        raise RecordingError(f"{file}: was written by a newer feverhub ({made.program}): upgrade first")
    _same(made.person == person, folder, person, repr(made.person))
    if only and only not in made.files:
        raise RecordingError(f"{folder / only}: is no table of this export; give the folder")
    sensors = []
    for name, each in made.files.items():
        if only in ("", name):
            _whole(folder, name, each.sha256)
            sensors.append(exported.table(folder / name, person, each.device, each.place, each.axes))
    written: Callable[[], list[Entry]] = list
    if not only:
        file = folder / f"{manifest.DIARY}{'.parquet' if (folder / f'{manifest.DIARY}.parquet').is_file() else '.csv'}"
        _whole(folder, file.name, made.diary)
        written = partial(exported.diary, file, person)
    name = f"{folder.resolve().name} {hashlib.sha256(content).hexdigest()[:_SHOWN]}"
    return Source(name, tuple(sensors), written)


def _whole(folder: Path, name: str, sha256: str) -> None:
    path = folder / name
    if Path(name).name != name:
        raise RecordingError(f"{folder}: this is no export of feverhub (it names {name!r})")
    try:
        found = manifest.checksum(path)
    except OSError as error:
        raise RecordingError(f"{path}: cannot be read ({error.strerror})") from error
    if found != sha256:
        raise RecordingError(f"{path}: was cut or changed since it was exported; export it again")


def _edf(path: Path, person: str) -> Source:
    """Its header says how long it is, so that one that was cut is known."""
    header = path.read_bytes()[:256]
    try:
        head, records, signals = int(header[184:192]), int(header[236:244]), int(header[252:256])
        with path.open("rb") as opened:
            opened.seek(256 + 216 * signals)
            samples = sum(int(opened.read(8)) for _ in range(signals))
    except ValueError as error:
        raise RecordingError(f"{path}: not readable as EDF ({error})") from error
    if path.stat().st_size != head + records * samples * 2:
        raise RecordingError(f"{path}: was cut: its header tells of {records} records")
    said = edf.read(path).additional
    begins = [each.removeprefix(UTC) for each in said if each.startswith(UTC)]
    if len(begins) != 1 or not begins[0].isdecimal():
        raise RecordingError(f"{path}: was not exported by feverhub, or by a release that did not say whose it is")
    _same(manifest.pseudonym(person) in said, path, person, "another child")
    name = f"{path.name} {manifest.checksum(path)[:_SHOWN]}"
    return Source(name, tuple(exported.signals(path, person, float(begins[0]))), near_s=EDF_NEAR_S)


def _same(same: bool, path: Path, person: str, whose: str) -> None:
    if not same:
        raise RecordingError(f"{path}: is of {whose}, and --person is {person!r}: nothing was taken")
