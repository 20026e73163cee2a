"""`feverhub analyze --frames`: the frames of one sensor through the whole pipeline, as a hub that hears no other."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from edge import pipeline
from edge.app.reports import offline, playthrough
from edge.app.reports.movement import moved
from edge.config import Config
from edge.decoding import Profile, index_of, key_bytes
from edge.errors import EdgeError, FrameMalformed, RecordingError
from edge.model.alarm import Alarm
from edge.model.effect import AlarmChanged, Dropped, Effect
from edge.model.event import Event, Tick
from edge.model.people import Device, Limb, Site
from edge.model.reading import TEMPERATURES
from edge.recordings.frames import FrameRecording, read_frames
from edge.recordings.playback import timeline

SENSOR = "sensor"
MOST_REASONS = 5
"""Of why frames were not taken; the rest is counted together."""


@dataclass(slots=True)
class _Outcome:
    """What came of the frames. refused: how many were not taken, by why. watched_s: seconds that health would have
    called watched.
    """

    alarms: dict[str, Alarm] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    watched_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Sensor:
    """The sensor that sent the frames, as it would be configured.

    profile: how its bytes are read. site: where a thermometer measures. limb: where a movement sensor is worn.
    options: decoding options, stronger than what the file says. address, key: of a sensor that encrypts, likewise.
    """

    profile: Profile
    site: Site | None = None
    limb: Limb | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    address: str = ""
    key: str = field(default="", repr=False)


def analyze(
    files: Sequence[Path], sensor: Sensor, child: offline.Child, *, until_s: float | None = None
) -> Iterator[offline.Report | offline.Failed]:
    """A report for each file; one that cannot be read comes out as `Failed`, and the rest goes on. Raises EdgeError
    for a place, an option or a key that such a sensor cannot have.
    """
    names = offline.labels(files)
    for path, name in zip(files, names, strict=True):
        try:
            recording = read_frames(path)
        except RecordingError as error:
            yield offline.Failed(str(path), str(error))
            continue
        yield report(replace(recording, name=name), sensor, child, until_s=until_s, bar=True)


def worn(profile: Profile, site: Site | None, limb: Limb | None) -> tuple[Site | None, Limb | None]:
    """Where a sensor of that profile is worn, unless given: an armpit, or an unknown limb. Raises EdgeError.

    One that measures both is a thermometer unless a limb is given, as in the configuration.
    """
    if site and limb:
        raise EdgeError(
            "a sensor is worn at a site (thermometer) or at a limb (movement); give one of --site and --limb"
        )
    if not any(quantity in TEMPERATURES for quantity in profile.quantities):
        if site:
            raise EdgeError(f"{profile.id} is no thermometer: give --limb, not --site")
        return None, limb or Limb.UNKNOWN
    if limb and not profile.rhythm:
        raise EdgeError(f"{profile.id} sends no movement that could be judged: give --site, not --limb")
    if site is None and (limb or profile.rhythm):
        return None, limb or Limb.UNKNOWN
    return site or Site.AXILLA, None


def report(
    recording: FrameRecording,
    sensor: Sensor,
    child: offline.Child,
    *,
    until_s: float | None = None,
    bar: bool = False,
) -> offline.Report:
    """What a hub would have raised from these frames; times are on the file's own `t`.

    until_s: on the file's `t`, how long was listened; default: until its last frame. bar: draw one on a terminal.
    Raises EdgeError for a place, an option or a key that such a sensor cannot have.
    """
    profile = sensor.profile
    site, limb = worn(profile, sensor.site, sensor.limb)
    described = Device(SENSOR, profile.id, offline.CHILD, site=site, limb=limb, options=dict(sensor.options))
    device = recording.of(described)
    device = replace(device, address=(sensor.address or device.address).upper(), key=sensor.key or device.key)
    _check(device, profile)
    begin_s = float(recording.t_s[0])
    end_s = max(float(recording.t_s[-1]), until_s or float("-inf")) - begin_s
    config = Config(persons=(child.person(),), devices=(device,), limits=child.limits)
    silence: list[tuple[float, Event]] = [(end_s, Tick())]
    events = timeline([(SENSOR, recording)], [begin_s], offline.LONGEST_GAP_S, beside=silence)
    if bar:
        events = offline.with_bar(recording.name, end_s, events)
    state, outcome = _play(pipeline.Setup(config, {profile.id: profile}), events)
    [(_, _, why)] = pipeline.watches(state, playthrough.now(end_s))
    files = {SENSOR: recording.name}
    limbs = {SENSOR: str(limb)} if limb not in {None, Limb.UNKNOWN} else {}
    movement = moved(state, recording.name, SENSOR, child.age_months)
    refused = [
        f"{number} {'frame was' if number == 1 else 'frames were'} not taken: {said}"
        for said, number in outcome.refused.items()
    ]
    return {
        "recording": recording.name,
        "start_s": round(begin_s, 3),
        "starts_s": {recording.name: round(begin_s, 3)},
        "duration_s": round(end_s, 3),
        "watched_s": round(outcome.watched_s, 3),
        "watched": why or True,
        "frames": len(recording.frames),
        "frames_refused": sum(outcome.refused.values()),
        "conditions": [
            offline.condition(alarm, {SENSOR: begin_s}, files, limbs)
            for alarm in sorted(outcome.alarms.values(), key=lambda each: each.raised_s)
        ],
        "damaged": list(recording.damaged),
        "notes": refused,
        "movement": [movement] if movement else [],
    }


def _play(setup: pipeline.Setup, events: Iterable[tuple[float, Event]]) -> tuple[pipeline.State, _Outcome]:
    outcome = _Outcome()
    state, effects = pipeline.begin(setup, playthrough.now(0.0))
    _keep(outcome, effects)
    played_s = 0.0
    for moment_s, event in events:
        if moment_s > played_s:
            [(_, _, why)] = pipeline.watches(state, playthrough.now(played_s))
            outcome.watched_s += 0.0 if why else moment_s - played_s
            played_s = moment_s
        state, effects = pipeline.step(state, event, playthrough.now(moment_s))
        _keep(outcome, effects)
    return state, outcome


def _keep(outcome: _Outcome, effects: Sequence[Effect]) -> None:
    for effect in effects:
        if isinstance(effect, AlarmChanged):
            outcome.alarms[effect.alarm.id] = effect.alarm
        elif isinstance(effect, Dropped):
            counted = effect.reason in outcome.refused or len(outcome.refused) < MOST_REASONS
            said = effect.reason if counted else "and others"
            outcome.refused[said] = outcome.refused.get(said, 0) + 1


def _check(device: Device, profile: Profile) -> None:
    try:
        key_bytes(profile, device.key)
        if "index" in device.options:
            index_of(device.options["index"])
    except FrameMalformed as wrong:
        raise EdgeError(str(wrong)) from None
