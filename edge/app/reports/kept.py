"""What the hub kept of one child, as recordings: a file of the store instead of a file of somebody's."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge.analysis.temperature import judged
from edge.app.reports.offline import Child, Failed, Report, report
from edge.config import Config
from edge.errors import EdgeError, RecordingError, StorageError
from edge.exports.record import Temperature
from edge.model.care import HAND
from edge.model.effect import KeepReading
from edge.model.people import Limb, Site
from edge.model.reading import TEMPERATURES, Array, Quantity, Validity
from edge.recordings.files import MotionRecording, Recording, TemperatureRecording, motion_of
from edge.storage.sqlite import SqliteReadingStore

LONGEST_S = 3 * 86_400.0
"""Analysed at once: three days of one sensor at 52 Hz on three axes are 430 MB of memory."""

READINGS = "readings.sqlite"


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """What one movement sensor sent. t_s: (n,) wall seconds, rising or equal. values: (n, 3) or (n,), g.

    place: the limb where it was worn last. others: samples left out since they have other axes than the last.
    """

    t_s: Array
    values: Array
    place: str
    others: int = 0


def open_store(folder: Path) -> SqliteReadingStore:
    """The readings of this state folder, to be read beside a running hub. Raises StorageError."""
    file = folder / READINGS
    if not file.is_file():
        raise StorageError(f"{file}: there are no readings here; the hub has not run with this state folder")
    return SqliteReadingStore(file, read_only=True)


def samples(store: SqliteReadingStore, person: str, device: str, start_s: float, end_s: float) -> Samples | None:
    """None where nothing is kept. Raises StorageError.

    A sensor that changed from three axes to a magnitude meanwhile is given with what it sent last.
    """
    blocks = [item for item in store.motion(device, start_s, end_s) if item.person == person]
    if not blocks:
        return None
    same = [item for item in blocks if item.values.ndim == blocks[-1].values.ndim]
    t_s = np.concatenate([item.wall_s for item in same])
    order = np.argsort(t_s, kind="stable")  # a clock that was put right may have made blocks overlap
    values = np.concatenate([item.values for item in same])
    others = sum(len(item.wall_s) for item in blocks) - len(t_s)
    return Samples(t_s[order], values[order], blocks[-1].place, others)


def thermometers(store: SqliteReadingStore, person: str, start_s: float, end_s: float) -> list[Temperature]:
    """What each thermometer and each hand measured of that person, by device and quantity. Raises StorageError."""
    found: dict[tuple[str, Quantity], list[KeepReading]] = {}
    for quantity in TEMPERATURES:
        for item in store.readings(person, quantity, start_s, end_s):
            found.setdefault((item.device, quantity), []).append(item)
    return [Temperature(device, quantity, tuple(items)) for (device, quantity), items in sorted(found.items())]


def judged_only(found: Sequence[Temperature]) -> list[Temperature]:
    """Of each device the quantity by which it is judged: core and skin are never mixed."""
    sent: dict[str, list[Quantity]] = {}
    for each in found:
        sent.setdefault(each.device, []).append(each.quantity)
    return [each for each in found if judged(each.quantity, sent[each.device])]


def recordings(folder: Path, person: str, start_s: float, end_s: float) -> Iterator[Recording | Failed]:
    """A recording for each sensor of the child that sent something; `t` is wall time, the name is the sensor's id.

    Temperatures by hand are no recording and stay out. What cannot be judged comes out as `Failed`. Raises
    StorageError.
    """
    store = open_store(folder)
    try:
        came_from = store.imported(person)
        for device in store.devices(person):
            try:
                for track in movement(store, person, device, start_s, end_s):
                    yield replace(track, notes=(*track.notes, *_imported(came_from, device)))
            except RecordingError as error:
                yield Failed(device, str(error))
        for thermometer in judged_only(thermometers(store, person, start_s, end_s)):
            for curve in worn_curve(thermometer):
                yield replace(curve, notes=(*curve.notes, *_imported(came_from, thermometer.device)))
    finally:
        store.close()


def analyze(
    folder: Path,
    config: Config,
    start_s: float,
    end_s: float,
    *,
    person: str = "",
    show: Callable[[Sequence[Recording], Report], None] | None = None,
) -> Iterator[Report | Failed]:
    """One report for each child of whom something was kept (or for `person` alone), all its sensors together and with
    the limits and the watchfulness of today. Raises StorageError, and EdgeError for more than can be held in memory.
    """
    if end_s - start_s > LONGEST_S + 60.0:  # `3d` was counted back a moment before
        raise EdgeError(f"at most {LONGEST_S / 86_400:g} days of the store are analysed at once: give a later --since")
    kept = False
    limits_of = {device.id: config.limits_for(device) for device in config.devices}
    for who in (each for each in config.persons if person in ("", each.id)):
        found = list(recordings(folder, who.id, start_s, end_s))
        kept = kept or bool(found)
        yield from (each for each in found if isinstance(each, Failed))
        whole = [each for each in found if not isinstance(each, Failed)]
        if whole:
            months = who.age_months(start_s)
            child = Child(months, limits=config.limits, limits_of=limits_of, watchfulness=who.watchfulness)
            result = report(whole, child, bar=True)
            if show:
                show(whole, result)
            yield {"person": who.id, **result}
    if not kept:
        raise EdgeError(f"{folder / READINGS}: nothing was kept in that time of {person or 'any child'}")


def movement(
    store: SqliteReadingStore, person: str, device: str, start_s: float, end_s: float
) -> Iterator[MotionRecording]:
    """The recording of one sensor, if it sent samples. Raises RecordingError for such as no detector can judge."""
    if found := samples(store, person, device, start_s, end_s):
        rising = _rising(found.t_s)
        notes = _notes(found.t_s[~rising].size, found.others)
        track = motion_of(Path(device), found.t_s[rising], found.values[rising], notes)
        yield replace(track, limb=Limb(found.place) if found.place in set(Limb) else None)


def worn_curve(thermometer: Temperature) -> Iterator[TemperatureRecording]:
    """The recording of one thermometer that was worn: none of one in a room, and none by hand."""
    worn = [item for item in thermometer.readings if item.place in set(Site)]  # that of a room is nobody's
    if worn and not thermometer.device.startswith(HAND):
        t_s = np.array([item.wall_s for item in worn])
        celsius = np.array([np.nan if _invalid(item) else item.reading.value for item in worn])
        rising = _rising(t_s)
        notes = _notes(t_s[~rising].size, 0)
        yield TemperatureRecording(thermometer.device, t_s[rising], celsius[rising], notes, Site(worn[-1].place))


def _rising(t_s: Array) -> NDArray[np.bool_]:
    """Which times are later than all before them: a clock that was set back tells a stretch twice."""
    return t_s > np.concatenate(([-np.inf], np.maximum.accumulate(t_s)[:-1]))


def _notes(repeated: int, others: int) -> tuple[str, ...]:
    said = {
        "with a time of before left out, as of a clock that was set back": repeated,
        "with other axes left out": others,
    }
    return tuple(f"{count} samples {what}" for what, count in said.items() if count)


def _imported(came_from: Mapping[str, Sequence[str]], device: str) -> tuple[str, ...]:
    """That not all of it was heard by this hub."""
    return (f"imported, at least in part, from {', '.join(came_from[device])}",) if device in came_from else ()


def _invalid(item: KeepReading) -> bool:
    return item.reading.validity is Validity.INVALID
