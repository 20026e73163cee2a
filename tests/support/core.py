"""The core without its shell: events into `edge.pipeline.step`, on a clock that the test moves; its effects kept."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self, TypeVar

from edge import pipeline
from edge.config import Config, HubTable
from edge.decoding import Link, Match, Profile
from edge.model.alarm import Alarm, Condition, Presence
from edge.model.effect import AlarmChanged, Effect, KeepEntry, Notify, Remember, RememberLevels, Reply, ShowLatest
from edge.model.event import Command, Event, ReadingReceived, Tick, Verb
from edge.model.moment import Now
from edge.model.people import Caregiver, Device, Limb, Person, Role, Site
from edge.model.reading import Quantity, Reading, Unit, Validity

E = TypeVar("E")
WALL_S = 1_800_000_000.0
"""What the wall clock is ahead of the monotonic one, unless a test says otherwise."""
MIA, MAX = Person("mia", "Mia"), Person("max", "Max")
ANNA = Caregiver("anna", "Anna", share_details=True)
CAREGIVERS = (ANNA, Caregiver("ben", "Ben"), Caregiver("oma", "Oma", role=Role.VIEWER))
PATCH = Device("patch", "thermometer", "mia", site=Site.EAR)
EAR = Device("ear", "spot", "mia", site=Site.EAR)
BAND = Device("band", "band", "mia", limb=Limb.ANKLE)


def profile(name: str, *quantities: Quantity, interval_s: float = 60.0, **more: Any) -> Profile:
    """A sensor that measures these, and whose movement is judged where it measures acceleration."""
    rhythm = Quantity.ACCELERATION in quantities
    return Profile(
        name, name, "", quantities, Link.GATT, Match(), {}, expected_interval_s=interval_s, rhythm=rhythm, **more
    )


PROFILES = {
    each.id: each
    for each in (
        profile("thermometer", Quantity.TEMPERATURE, Quantity.BATTERY),
        profile("spot", Quantity.TEMPERATURE, spot=True),
        profile("core", Quantity.CORE_TEMPERATURE, Quantity.SKIN_TEMPERATURE),
        profile("band", Quantity.ACCELERATION, Quantity.BATTERY),
        profile("warm_band", Quantity.ACCELERATION, Quantity.SKIN_TEMPERATURE, Quantity.BATTERY),
        profile("room", Quantity.TEMPERATURE, Quantity.HUMIDITY, ambient=True),
    )
}


def warm(
    celsius: float,
    device: str = "patch",
    quantity: Quantity = Quantity.TEMPERATURE,
    validity: Validity = Validity.VALID,
    **more: Any,
) -> ReadingReceived:
    return ReadingReceived(device, Reading(quantity, celsius, Unit.CELSIUS, validity, **more))


class Core:
    """The pipeline of one family, whose clock stands still until a test moves it.

    mono_s: the monotonic clock. wall_off_s: what the wall clock is ahead of it. synced: whether the wall clock is
    believed. timed: every effect with the mono_s of its step. journal: what `pipeline.begin` is given from before.
    """

    def __init__(
        self,
        *devices: Device,
        persons: Sequence[Person] = (MIA, MAX),
        caregivers: Sequence[Caregiver] = CAREGIVERS,
        profiles: Mapping[str, Profile] = PROFILES,
        hub: HubTable | None = None,
        zone: dt.tzinfo = dt.UTC,
        liveness: bool = True,
        mono_s: float = 1000.0,
        wall_off_s: float = WALL_S,
        **journal: Any,
    ) -> None:
        config = Config(
            hub=hub or HubTable(),
            persons=tuple(persons),
            devices=devices or (PATCH, BAND),
            caregivers=tuple(caregivers),
        )
        self.setup = pipeline.Setup(config, profiles, zone, liveness)
        self.mono_s, self.wall_off_s, self.synced = mono_s, wall_off_s, True
        self.timed: list[tuple[float, Effect]] = []
        self.begin(**journal)

    # -------------------------------------------------------------------------------------------- time and events

    @property
    def now(self) -> Now:
        return Now(self.mono_s, self.mono_s + self.wall_off_s, self.synced)

    def begin(self, **journal: Any) -> None:
        """From the journal of an earlier run, such as `written()`."""
        self.state, effects = pipeline.begin(self.setup, self.now, **journal)
        self._keep(effects)

    def step(self, event: Event, at_s: float | None = None) -> tuple[Effect, ...]:
        """at_s: the moment to which mono_s moves first."""
        self.mono_s = self.mono_s if at_s is None else at_s
        self.state, effects = pipeline.step(self.state, event, self.now)
        self._keep(effects)
        return effects

    def _keep(self, effects: tuple[Effect, ...]) -> None:
        self.timed += [(self.mono_s, effect) for effect in effects]

    def say(
        self, who: str, verb: Verb, alarm: str = "", *, request_id: str = "", local: bool = True, **arguments: object
    ) -> Reply:
        """A command, and the one reply to it."""
        effects = self.step(Command(verb, who, request_id, alarm, local, arguments, "mqtt x"))
        (reply,) = [each for each in effects if isinstance(each, Reply)]
        return reply

    def go(
        self,
        seconds: float,
        hear: ReadingReceived | Callable[[float], Event] | None = None,
        every_s: float = 30.0,
        tick_s: float = 1.0,
    ) -> Self:
        """Let time pass with ticks. hear: comes at once and every so often; may be made from mono_s."""
        end_s = self.mono_s + seconds
        next_s = self.mono_s
        while self.mono_s < end_s:
            self.mono_s = min(self.mono_s + tick_s, end_s)
            if hear is not None and self.mono_s > next_s:
                self.step(hear(self.mono_s) if callable(hear) else hear)
                next_s += every_s
            self.step(Tick())
        return self

    def heat(self, minutes: float, celsius: float, device: str = "patch", **more: Any) -> Self:
        """A reading every 30 s. more: of `warm`."""
        return self.go(minutes * 60.0, warm(celsius, device, **more))

    # -------------------------------------------------------------------------------------------- what came of it

    @property
    def out(self) -> list[Effect]:
        return [effect for _, effect in self.timed]

    def forget(self) -> None:
        """Look only at what comes from now on."""
        self.timed.clear()

    def of(self, kind: type[E]) -> list[E]:
        return [effect for _, effect in self.timed if isinstance(effect, kind)]

    def alarms(self, *conditions: Condition, presence: Presence | None = None) -> list[Alarm]:
        """Every state of every alarm that was told, in order; of these conditions only, if any are named."""
        changed = [each.alarm for each in self.of(AlarmChanged)]
        named = [alarm for alarm in changed if not conditions or alarm.key.condition in conditions]
        return [alarm for alarm in named if presence in (None, alarm.presence)]

    def raised(self, *conditions: Condition) -> list[Alarm]:
        """Each alarm as it was when it was raised."""
        return [alarm for alarm in self.alarms(*conditions, presence=Presence.ON) if alarm.changed_s == alarm.raised_s]

    def raised_names(self) -> list[str]:
        return [str(alarm.key.condition) for alarm in self.raised()]

    def notifications(self, alarm_id: str = "") -> list[tuple[str, str]]:
        """(caregiver, text) of each push; of this alarm only, if it is named."""
        return [(each.caregiver, each.text) for each in self.of(Notify) if alarm_id in ("", each.alarm_id)]

    def shown(self, device: str) -> ShowLatest:
        """What stands on show of a sensor."""
        return [each for each in self.of(ShowLatest) if each.device == device][-1]

    def written(self) -> dict[str, Any]:
        """The journal as a hub that starts would find it."""
        last = {alarm.id: alarm for alarm in self.alarms()}
        entries = {each.entry.id: each.entry for each in self.of(KeepEntry)}
        memos, levels = ([each.text for each in self.of(kind)] for kind in (Remember, RememberLevels))
        return {
            "standing": [alarm for alarm in last.values() if alarm.presence is not Presence.OFF],
            "past": [alarm for alarm in last.values() if alarm.presence is Presence.OFF],
            "sequence": max((alarm.sequence for alarm in last.values()), default=0),
            "entries": list(entries.values()),
            "remembered": memos[-1] if memos else "",
            "levels": levels[-1] if levels else "",
        }


def script(table: str) -> list[tuple[float, str, str]]:
    """A table of `seconds | what happens | what comes of it`, a line each; lines that begin with # are remarks."""
    lines = [line.strip() for line in table.splitlines()]
    rows = [[part.strip() for part in line.split("|")] for line in lines if line and not line.startswith("#")]
    return [(float(at_s), what, expected) for at_s, what, expected in rows]
