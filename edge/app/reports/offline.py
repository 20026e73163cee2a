"""`feverhub analyze`: recordings through the same pipeline, from a cold start, as fast as the machine can."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from edge import pipeline
from edge.app.load.progress import Bar
from edge.app.reports import playthrough
from edge.app.reports.movement import moved
from edge.config import Config
from edge.decoding import Link, Match, Profile
from edge.errors import EdgeError
from edge.model.alarm import Alarm, Condition
from edge.model.event import Event
from edge.model.evidence import SilenceEvidence
from edge.model.evidence_json import to_plain
from edge.model.limits import Limits
from edge.model.people import Device, Limb, Person, Site, Watchfulness
from edge.model.reading import Array, Quantity
from edge.recordings.files import MotionRecording, Recording, TemperatureRecording, read_motion, read_temperature
from edge.recordings.playback import timeline

CHILD = "child"
CHUNK_S = 1.0
MONTH_S = 30.4375 * 86400
DAY_S = 86400.0
# Of a gap so much is counted through; no delay or deadline is longer.
LONGEST_GAP_S = 3600.0
# Samples further apart than this are a gap; nothing was watched in it.
GAP_S = 1.0


@dataclass(frozen=True, slots=True)
class Child:
    """What is known of who wore the sensors.

    limbs: one for each motion file, or one for all. limits_of: what holds for single recordings in place of limits, by
    their names.
    """

    age_months: float | None = None
    site: Site = Site.AXILLA
    limbs: tuple[Limb, ...] = ()
    limits: Limits = field(default_factory=Limits)
    limits_of: Mapping[str, Limits] = field(default_factory=dict)
    watchfulness: Watchfulness = Watchfulness.BALANCED

    def person(self) -> Person:
        """As a configuration would have it, born so long before moment 0."""
        born_s = None if self.age_months is None else playthrough.EPOCH_S - self.age_months * MONTH_S
        return Person(CHILD, "", born=_date(born_s), watchfulness=self.watchfulness)

    def limb(self, index: int) -> Limb:
        return self.limbs[min(index, len(self.limbs) - 1)] if self.limbs else Limb.UNKNOWN


@dataclass(frozen=True, slots=True)
class Failed:
    """A recording that could not be read, and why."""

    recording: str
    error: str


Report = Mapping[str, object]


def analyze(
    motion: Sequence[Path],
    temperature: Sequence[Path],
    child: Child,
    *,
    together: bool = False,
    show: Callable[[Sequence[Recording], Report], None] | None = None,
    bar: bool = False,
) -> Iterator[Report | Failed]:
    """One report for each motion file (or one for all, `together`), with the temperatures beside it; for temperatures
    alone one each. Files that cannot be read come out as `Failed`, and the rest goes on. show: is handed each report
    with the recordings that it is of. bar: draw one for each on a terminal.
    """
    named = dict(zip((*motion, *temperature), labels((*motion, *temperature)), strict=True))

    def judged(recordings: Sequence[Recording], who: Child) -> Report:
        result = report(recordings, who, bar=bar)
        if show:
            show(recordings, result)
        return result

    curves: list[TemperatureRecording] = []
    for path in temperature:
        try:
            curves.append(replace(read_temperature(path), name=named[path]))
        except EdgeError as error:
            yield Failed(str(path), str(error))
    if not motion:
        for curve in curves:
            yield judged([curve], child)
        return
    tracks: list[MotionRecording] = []
    limbs: list[Limb] = []
    for index, path in enumerate(motion):
        try:
            track = replace(read_motion(path), name=named[path])
        except EdgeError as error:
            yield Failed(str(path), str(error))
            continue
        if together:
            tracks.append(track)
            limbs.append(child.limb(index))
        else:
            yield judged([track, *curves], replace(child, limbs=(child.limb(index),)))
    if tracks:
        yield judged([*tracks, *curves], replace(child, limbs=tuple(limbs)))


def labels(files: Sequence[Path]) -> list[str]:
    """What each file is called in the output: its base name, with as many folders as tell it from the others."""
    found = {file: file.name for file in files}
    for parts in range(2, max((len(file.parts) for file in files), default=0) + 1):
        counts = Counter(found.values())
        found = {file: name if counts[name] == 1 else str(Path(*file.parts[-parts:])) for file, name in found.items()}
    return [found[file] for file in files]


def with_bar(name: str, end_s: float, events: Iterable[tuple[float, Event]]) -> Iterator[tuple[float, Event]]:
    """The same events, with a bar of how far they got."""
    with Bar(name, end_s) as bar:
        for moment_s, event in events:
            bar.reach(moment_s)
            yield moment_s, event


def report(recordings: Sequence[Recording], child: Child, *, bar: bool = False) -> Report:
    """Run recordings of one child on one time line; times in the report are on the recordings' own `t`.

    Inside, the time line begins at 0: the same movement gives the same bits wherever the file's `t` starts.
    """
    begins = _begins(recordings)
    end_s = max(float(r.t_s[-1]) - begin_s for r, begin_s in zip(recordings, begins, strict=True))
    setup, names = setup_for(recordings, child)
    events: Iterable[tuple[float, Event]]
    events = timeline(list(zip(names, recordings, strict=True)), begins, LONGEST_GAP_S)
    if bar:
        events = with_bar("+".join(recording.name for recording in recordings), end_s, events)
    state, alarms = playthrough.run(setup, events, end_s)
    watched_s = max(watched_s_of(recording) for recording in recordings)
    notes = [note for recording in recordings for note in recording.notes]
    if any(isinstance(r, MotionRecording) and r.values.ndim == 1 for r in recordings):
        notes.append("magnitude only: nothing that needs gravity was judged")
    begin_of = dict(zip(names, begins, strict=True))
    end_of = {name: float(r.t_s[-1]) - begin_of[name] for name, r in zip(names, recordings, strict=True)}
    movement = [
        each
        for r, name in zip(recordings, names, strict=True)
        if (each := moved(state, r.name, name, child.age_months))
    ]
    if any(each["rigor_can_be_told"] is False for each in movement):
        notes.append("fewer than 21 samples a second: shivering (rigor, 8-10 Hz) cannot be told")
    real = [alarm for alarm in alarms if not _outside(alarm, end_of)]
    files = {name: recording.name for name, recording in zip(names, recordings, strict=True)}
    limbs = {device.id: str(device.limb) for device in setup.config.devices if device.limb not in {None, Limb.UNKNOWN}}
    conditions = [condition(alarm, begin_of, files, limbs) for alarm in sorted(real, key=lambda a: a.raised_s)]
    return {
        "recording": "+".join(recording.name for recording in recordings),
        "start_s": round(begins[0], 3),
        "starts_s": {files[name]: round(begin_of[name], 3) for name in names},
        "duration_s": round(end_s, 3),
        "watched_s": round(watched_s, 3),
        "conditions": conditions,
        "notes": notes,
        "movement": movement,
    }


def _begins(recordings: Sequence[Recording]) -> list[float]:
    """The moment of each recording's own `t` at which the common time line begins.

    Recordings within a day of each other were made on one clock; one further away has a clock of its own.
    """
    spans = [(float(r.t_s[0]), float(r.t_s[-1])) for r in recordings]
    found: dict[int, float] = {}
    begin_s, reach_s = 0.0, -np.inf
    for index in sorted(range(len(spans)), key=lambda i: spans[i]):
        if spans[index][0] > reach_s + DAY_S:
            begin_s = spans[index][0]
        reach_s = max(reach_s, spans[index][1])
        found[index] = begin_s
    return [found[index] for index in range(len(spans))]


def setup_for(recordings: Sequence[Recording], child: Child) -> tuple[pipeline.Setup, list[str]]:
    """A configuration with just these sensors, and the id of each."""
    devices, profiles = [], {}
    motions = 0
    for index, recording in enumerate(recordings):
        name = f"sensor-{index + 1}"
        if isinstance(recording, MotionRecording):
            profiles[name] = _profile(name, Quantity.ACCELERATION, CHUNK_S)
            devices.append(Device(name, name, CHILD, limb=recording.limb or child.limb(motions)))
            motions += 1
        else:
            steps = np.diff(recording.t_s)
            profiles[name] = _profile(name, Quantity.TEMPERATURE, float(np.median(steps)) if len(steps) else 60.0)
            devices.append(Device(name, name, CHILD, site=recording.site or child.site))
    limits_of = {
        f"device/{device.id}": child.limits_of[recording.name]
        for device, recording in zip(devices, recordings, strict=True)
        if recording.name in child.limits_of
    }
    config = Config(persons=(child.person(),), devices=tuple(devices), limits=child.limits, limits_of=limits_of)
    return pipeline.Setup(config, profiles, controlled=False), [device.id for device in devices]


def _profile(name: str, quantity: Quantity, interval_s: float) -> Profile:
    return Profile(name, name, "", (quantity,), Link.GATT, Match(), {}, expected_interval_s=interval_s, rhythm=True)


def _date(wall_s: float | None) -> dt.date | None:
    return None if wall_s is None else dt.datetime.fromtimestamp(wall_s, dt.UTC).date()


def _outside(alarm: Alarm, end_of: Mapping[str, float]) -> bool:
    """Whether it only says that a file begins later or ends earlier than another, which is no lost sensor."""
    if alarm.key.condition is not Condition.NO_DATA:
        return False
    was_seen = isinstance(alarm.evidence, SilenceEvidence) and alarm.evidence.ever_heard
    return not was_seen or alarm.onset_s - playthrough.EPOCH_S >= end_of[alarm.key.device] - CHUNK_S


def condition(
    alarm: Alarm, begin_of: Mapping[str, float], files: Mapping[str, str], limbs: Mapping[str, str]
) -> dict[str, object]:
    """An alarm as plain values, times on the recording's own `t`. begin_of, files, limbs: by the sensor's id."""
    sensors = alarm.evidence.sensors or ((alarm.key.device,) if alarm.key.device else ())
    begin_s = begin_of[sensors[0]] if sensors else next(iter(begin_of.values()))

    def own(wall_s: float | None) -> float | None:
        return None if wall_s is None else round(wall_s - playthrough.EPOCH_S + begin_s, 3)

    return {
        "condition": str(alarm.key.condition),
        "kind": str(alarm.kind),
        "priority": str(alarm.priority),
        "onset_s": own(alarm.onset_s),
        "raised_s": own(alarm.raised_s),
        "cleared_s": own(alarm.cleared_s),
        **({} if alarm.value is None else {"value": alarm.value, "limit": alarm.limit, "unit": alarm.unit}),
        "evidence": {
            **({"limbs": worn} if (worn := [limbs[sensor] for sensor in sensors if sensor in limbs]) else {}),
            **to_plain(alarm.evidence),
            "sensors": [files[sensor] for sensor in sensors],
        },
    }


def watched_s_of(recording: Recording) -> float:
    """Seconds covered by valid samples."""
    valid = np.isfinite(recording.values if isinstance(recording, MotionRecording) else recording.celsius)
    times: Array = recording.t_s[valid.all(axis=1) if valid.ndim == 2 else valid]
    if len(times) < 2:
        return 0.0
    steps = np.diff(times)
    longest = GAP_S if isinstance(recording, MotionRecording) else max(3 * float(np.median(steps)), 120.0)
    return float(steps[steps <= longest].sum())
