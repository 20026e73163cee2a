"""One night, judged as `feverhub analyze --together` judges its files: in a process of the pool or of Dask."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from edge.app.cohort import detector, nights
from edge.app.cohort.nights import Fingerprint, Night
from edge.app.reports import kept, offline
from edge.errors import EdgeError, RecordingError
from edge.exports import manifest
from edge.exports.manifest import Manifest
from edge.exports.record import Temperature
from edge.model.effect import KeepReading
from edge.model.people import Limb, Site
from edge.model.reading import Quantity
from edge.recordings import exported
from edge.recordings.files import MotionRecording, Recording, TemperatureRecording, read_motion, read_temperature

Result = dict[str, Any]
"""Of one night, as JSON has it: with `error`, or with what `offline.report` gives and who wore what."""


@dataclass(frozen=True, slots=True)
class Job:
    """detector: of the program that asks. known: fingerprints of the night when its result was made; empty: none."""

    night: Night
    detector: str
    known: Mapping[str, Fingerprint]


@dataclass(frozen=True, slots=True)
class Worn:
    """A night as read. person: id. age_months: None if nobody knows. recordings: of each sensor, named by its file."""

    person: str
    age_months: float | None
    recordings: Sequence[Recording]


def judge(job: Job) -> Result | None:
    """The result; None: the night is the one of the result that is there already. An error is a result too."""
    name = {"night": job.night.name, "detector": job.detector}
    if detector.version() != job.detector:
        return {**name, "error": f"{job.night.name}: this worker runs another detector, {detector.version()}"}
    try:
        if job.known and nights.unchanged(job.night, job.known):
            return None
        with nights.here(job.night) as folder:
            return {**name, "files": nights.fingerprints(job.night, folder), **_judged(job.night, folder)}
    except EdgeError as error:
        return {**name, "error": str(error).replace("\n", " ")}
    except Exception as error:  # noqa: BLE001  one night ends none of the others; its result names it
        return {**name, "error": f"{job.night.name}: {type(error).__name__}: {error}".replace("\n", " ")}


def judge_all(jobs: Sequence[Job]) -> list[Result | None]:
    """A batch, one night after the other."""
    return [judge(job) for job in jobs]


def _judged(night: Night, folder: Path) -> Result:
    worn = read(night, folder)
    tracks = [each for each in worn.recordings if isinstance(each, MotionRecording)]
    curves = [each for each in worn.recordings if isinstance(each, TemperatureRecording)]
    if not (tracks or curves):
        raise RecordingError(f"{night.name}: no sensor was worn in it")
    report = offline.report([*tracks, *curves], offline.Child(worn.age_months))
    return {
        "person": worn.person,
        "age_months": None if worn.age_months is None else round(worn.age_months, 2),
        "limb": "+".join(sorted(str(each.limb or Limb.UNKNOWN) for each in tracks)),
        "movement_s": _covered(tracks),
        "temperature_s": _covered(curves),
        **report,
    }


def _covered(recordings: Sequence[Recording]) -> float:
    """Seconds in which the best of these sensors was watched."""
    return round(max((offline.watched_s_of(each) for each in recordings), default=0.0), 3)


def read(night: Night, folder: Path) -> Worn:
    """What its files hold, which lie in that folder. Raises RecordingError, which names the night and its file."""
    return _exported(night, folder) if night.exported else _single(night, folder)


def _exported(night: Night, folder: Path) -> Worn:
    """A folder that an export wrote; what was cut or changed since is refused, and the whole night with it."""
    with _named(night, folder):
        try:
            made = msgspec.json.decode((folder / manifest.FILE).read_bytes(), type=Manifest)
        except msgspec.MsgspecError as error:
            raise RecordingError(f"{manifest.FILE} cannot be read ({error})") from error
        if made.schema > manifest.SCHEMA:
            raise RecordingError(f"was written by a newer feverhub ({made.program}): upgrade first")
        there = {file.name for file in night.files}
        for name, table in made.files.items():
            if name not in there:
                raise RecordingError(f"{name} is missing")
            if manifest.checksum(folder / name) != table.sha256:
                raise RecordingError(f"{name} was cut or changed since it was exported")
        found: list[Recording] = []
        measured: list[tuple[str, Temperature]] = []
        for name, table in made.files.items():
            if table.axes:
                limb = Limb(table.place) if table.place in set(Limb) else None
                found.append(replace(read_motion(folder / name), limb=limb))
                continue
            of_table = exported.table(folder / name, made.person, table.device, table.place, 0)
            assert of_table.temperature is not None
            measured += [(name, each) for each in _by_quantity(table.device, of_table.temperature())]
        judged = kept.judged_only([each for _, each in measured])
        for name, each in measured:
            if each in judged:
                found += [replace(curve, name=name) for curve in kept.worn_curve(each)]
    return Worn(made.person, made.age_months, found)


def _by_quantity(device: str, readings: Sequence[KeepReading]) -> Iterator[Temperature]:
    sent: dict[Quantity, list[KeepReading]] = {}
    for item in readings:
        sent.setdefault(item.reading.quantity, []).append(item)
    for quantity, items in sent.items():
        yield Temperature(device, quantity, tuple(items))


def _single(night: Night, folder: Path) -> Worn:
    """One Parquet file of one sensor: whose is said by its folder, or by its name."""
    [file] = night.files
    with _named(night, folder):
        if not nights.is_parquet(file):
            raise RecordingError("is no night: a folder of `feverhub export` or a Parquet file was expected")
        recording: Recording
        try:
            recording = read_motion(folder / file.name)
        except RecordingError as no_motion:
            try:
                recording = replace(read_temperature(folder / file.name), site=Site.AXILLA)
            except RecordingError:
                raise no_motion from None
    parts = PurePosixPath(night.name).parts
    return Worn(parts[-2] if len(parts) > 1 else PurePosixPath(file.name).stem, None, [recording])


@contextlib.contextmanager
def _named(night: Night, folder: Path) -> Iterator[None]:
    """Errors name the night and its file, wherever these lie while they are read."""
    try:
        yield
    except RecordingError as error:
        said = str(error).replace(f"{folder}/", "")
        if not night.exported:
            said = said.removeprefix(f"{night.files[0].name}: ")
        raise RecordingError(f"{night.name}: {said}") from error
