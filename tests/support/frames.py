"""One sensor of a shipped profile on one child, played frame by frame through the pipeline on a clock of its own."""

import datetime as dt

from edge import pipeline
from edge.app.load.profiles import load_profile
from edge.config import Config
from edge.model.alarm import Presence
from edge.model.effect import AlarmChanged, Dropped, KeepReading, Note, ShowLatest
from edge.model.event import FrameReceived, Tick
from edge.model.moment import Now
from edge.model.people import Device, Person

TICK_S = 2.0
WALL_S = 1_800_000_000.0


class Air:
    """`at(s)` moves the clock, ticking on the way; `hear` gives a frame."""

    def __init__(self, device: Device, limits=()) -> None:
        self.device, self.now_s = device, 0.0
        self.readings: list = []
        self.dropped: list[str] = []
        self.shown: list = []
        self.notes: list[tuple[float, str, str]] = []
        self.alarms: dict = {}
        self.began: list[tuple[float, str]] = []
        person = Person("mia", "Mia", born=dt.date(2025, 6, 1))
        setup = pipeline.Setup(
            Config(persons=(person,), devices=(device,), limits_of=dict(limits)),
            {device.profile: load_profile(device.profile)},
        )
        self.state, effects = pipeline.begin(setup, self.now)
        self._take(effects)

    @property
    def now(self) -> Now:
        return Now(self.now_s, WALL_S + self.now_s, True)

    def _take(self, effects) -> None:
        for effect in effects:
            match effect:
                case Dropped():
                    self.dropped.append(effect.reason)
                case KeepReading():
                    self.readings.append(effect.reading)
                case ShowLatest():
                    self.shown.append(effect)
                case Note():
                    self.notes.append((self.now_s, effect.subject, effect.detail))
                case AlarmChanged():
                    name = str(effect.alarm.key.condition)
                    if name not in self.standing and effect.alarm.presence is Presence.ON:
                        self.began.append((self.now_s, name))
                    self.alarms[name] = effect.alarm

    def _step(self, event) -> None:
        self.state, effects = pipeline.step(self.state, event, self.now)
        self._take(effects)

    def hear(self, kind: str, payload: bytes) -> None:
        self._step(FrameReceived(self.device.id, kind, payload, -60))

    def at(self, now_s: float) -> None:
        while self.now_s < now_s:
            self.now_s = min(now_s, self.now_s + TICK_S)
            self._step(Tick())

    @property
    def standing(self) -> set[str]:
        return {name for name, alarm in self.alarms.items() if alarm.presence is Presence.ON}

    @property
    def why_not_watched(self) -> str:
        """Empty: it is watched."""
        [(_, _, why)] = pipeline.watches(self.state, self.now)
        return why

    @property
    def celsius(self) -> list[float]:
        return [each.value for each in self.readings if each.unit == "Cel"]
