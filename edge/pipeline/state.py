"""What the pipeline remembers: the set-up, each sensor, all alarms."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from edge import alarms
from edge.alarms import AlarmSystem
from edge.analysis import arrival, mimics, motion, temperature
from edge.analysis.temperature import Judgeable
from edge.config import Config
from edge.decoding import Profile
from edge.delivery import Dispatch, Drill, Roster
from edge.model.alarm import AlarmKey, Condition, Kind
from edge.model.care import Course, Entry
from edge.model.effect import ShowLatest
from edge.model.language import N_, Language, Locale, TemperatureUnit
from edge.model.limits import Limits
from edge.model.moment import Now, local
from edge.model.people import Caregiver, Device, Person
from edge.model.reading import TEMPERATURES, Quantity, Validity
from edge.model.sign import Sign
from edge.pipeline.child import Child
from edge.pipeline.control import NO_RHYTHM, Control

_NOBODY = Child()
# An error inside analysis is over when nothing went wrong for so long: it shall not ring with every packet.
SOUND_AGAIN_S = 60.0
# So long a single measurement speaks for itself beside a thermometer that stays on.
SPOT_HOLDS_S = 1800.0

# Before what a sensor itself is said to be.
NOTHING_USABLE, NO_FEVER = N_("nothing usable heard"), N_("no fever could be judged")
NO_CONVULSION, NOT_WORN, LIKELY = N_("a convulsion would not be noticed"), N_("not worn"), N_("likely")


@dataclass(frozen=True, slots=True)
class Sensor:
    """One device as it is set up, and all that is remembered of it. Times are monotonic seconds.

    device, profile: how it was set up, and its kind. limits: those in force for it. since_s: when its watch began.
    last_seen_s: last arrival of the data it is there for, None if never. measured_s: when a new frame last brought
    them; `last_seen_s` goes on while that frame is repeated, as long as the sensor may take for its next measurement.
    lines: the numbers of its frames, by their kind and width. gateway: the same of a gateway that hears it. clock: the
    time line rebuilt from its packets. own_clock: how far its own clock is off. level: of a thermometer, what follows
    from its readings. movement, mimic: of a movement sensor, detector and mimics; None before the first sample. shown:
    what its topic shows, None if nothing was. battery_percent: as last received, None if never. broken_s: when its
    analysis last failed. disputed: another thermometer of hers contradicts it. refused: why its last frame was not
    taken, empty: it was. judgeable: of a thermometer, whether it would let a fever be noticed. control: of a movement
    sensor, whether it would let a convulsion be noticed. placement: whether a movement sensor is worn. unjudged,
    unjudged_s: why its samples cannot be judged (empty: they can), and since when that holds. silences: of a movement
    sensor, those long enough for a convulsion to pass unseen.
    """

    device: Device
    profile: Profile
    limits: Limits
    since_s: float
    last_seen_s: float | None = None
    measured_s: float | None = None
    lines: Mapping[tuple[str, int], arrival.FrameLine] = field(default_factory=dict)
    gateway: arrival.GatewayLine = field(default_factory=arrival.GatewayLine)
    broken_s: float | None = None
    clock: arrival.ClockState = field(default_factory=arrival.ClockState)
    own_clock: arrival.OwnClock = field(default_factory=arrival.OwnClock)
    level: temperature.ThermometerState = field(default_factory=temperature.ThermometerState)
    movement: motion.MotionState | None = None
    mimic: mimics.MimicState | None = None
    placement: motion.Placement | None = None
    unjudged: str = ""
    unjudged_s: float = 0.0
    silences: arrival.Silences = field(default_factory=arrival.Silences)
    shown: ShowLatest | None = None
    disputed: bool = False
    refused: str = ""
    judgeable: Judgeable = field(default_factory=Judgeable)
    control: Control = field(default_factory=Control)
    battery_percent: float | None = None

    @property
    def place(self) -> str:
        return str(self.device.site or self.device.limb or "")

    @property
    def moves(self) -> bool:
        """Whether it is there for movement."""
        return self.device.limb is not None or not any(quantity in TEMPERATURES for quantity in self.profile.quantities)

    def judges(self, quantity: Quantity) -> bool:
        """Whether this temperature is the child's, and the one that decides about a fever."""
        of_body = self.device.site is not None and not self.profile.ambient
        return quantity in TEMPERATURES and of_body and temperature.judged(quantity, self.profile.quantities)

    def says(self, condition: Condition) -> bool:
        """Whether it can raise or end this condition."""
        return alarms.kind(condition) is Kind.TECHNICAL or (condition in temperature.CONDITIONS) != self.moves

    def sound(self, now: Now) -> bool:
        """Whether its analysis has gone well for a while."""
        return self.broken_s is None or now.mono_s - self.broken_s >= SOUND_AGAIN_S

    def deadline_s(self) -> float | None:
        """Seconds of silence that are too long; None if silence says nothing."""
        interval_s, spot = self.profile.expected_interval_s, self.profile.spot
        return arrival.deadline_s(self.limits, interval_s, motion=self.moves, spot=spot)


@dataclass(frozen=True, slots=True)
class Setup:
    """Who and what is there. profiles: by profile id. liveness: whether silence is an alarm.

    controlled: whether movement sensors are checked by the positive control; not in recordings that are analysed, whose
    samples are handed over many seconds at a time. channels: how many push channels each caregiver has; a caregiver
    without any is notified over MQTT alone. languages: the catalogues, by their codes; English needs none. by_hand:
    where those caregivers stand who were written by hand, by id.
    """

    config: Config
    profiles: Mapping[str, Profile]
    zone: dt.tzinfo = dt.UTC
    liveness: bool = True
    controlled: bool = True
    channels: Mapping[str, int] = field(default_factory=dict)
    languages: Mapping[str, Language] = field(default_factory=dict)
    by_hand: Mapping[str, str] = field(default_factory=dict)

    def locale(self, caregiver: Caregiver | None = None) -> Locale:
        """How that caregiver reads; None: the words of the house, on topics that all share, in °C."""
        code = (caregiver.language if caregiver else "") or self.config.hub.language
        return self.words(code, caregiver.unit if caregiver else TemperatureUnit.CELSIUS)

    def words(self, language: str, unit: TemperatureUnit) -> Locale:
        """In that language, English where there is no such catalogue, and unit."""
        return Locale(self.languages.get(language, Language()), unit, self.zone)

    def person(self, person_id: str) -> Person:
        return next((p for p in self.config.persons if p.id == person_id), Person(person_id, ""))

    def caregiver(self, caregiver_id: str) -> Caregiver | None:
        return next((c for c in self.config.caregivers if c.id == caregiver_id), None)


@dataclass(frozen=True, slots=True)
class State:
    """Everything that the pipeline remembers.

    setup: who and what is there. sensors: by device id. alarms: conditions, notifications and pauses.
    roster: who is on watch, whose phones were proven. pattern, level_percent: what the sounder plays.
    entries: the newest version of what caregivers added, by id, oldest first. entries_made: counts them.
    children: what is remembered of each person, by id. courses: of each person who is ill, by id. proposed_s: by
    person, when the hub last proposed to follow a fever as an illness. drill: the last one, or the one that is played.
    drill_later_s: until when it is put off. good_night_s: when somebody last asked at bedtime; these three in wall
    seconds. pushes: what is under way to phones.
    """

    setup: Setup
    sensors: Mapping[str, Sensor]
    alarms: AlarmSystem = field(default_factory=AlarmSystem)
    roster: Roster = field(default_factory=Roster)
    pattern: str = ""
    level_percent: int = 100
    entries: Mapping[str, Entry] = field(default_factory=dict)
    entries_made: int = 0
    children: Mapping[str, Child] = field(default_factory=dict)
    courses: Mapping[str, Course] = field(default_factory=dict)
    proposed_s: Mapping[str, float] = field(default_factory=dict)
    drill: Drill | None = None
    drill_later_s: float = 0.0
    good_night_s: float = 0.0
    pushes: Dispatch = field(default_factory=Dispatch)

    def with_sensor(self, sensor: Sensor) -> "State":
        return replace(self, sensors={**self.sensors, sensor.device.id: sensor})

    def child(self, person: str) -> Child:
        return self.children.get(person, _NOBODY)

    def with_child(self, person: str, child: Child) -> "State":
        return self if child is self.child(person) else replace(self, children={**self.children, person: child})


def key_of(device: Device, condition: Condition) -> AlarmKey:
    """What an alarm of this sensor is about: a technical one is its own, a physiological one the child's."""
    technical = alarms.kind(condition) is Kind.TECHNICAL
    return AlarmKey(condition, device.person, device.id if technical else "")


def unable(state: State, sensor: Sensor, now: Now) -> str:
    """Why a convulsion would not be noticed with this movement sensor; empty: it would, or nothing is known yet."""
    if sensor.device.limb is None or sensor.profile.rhythm:
        restless = arrival.COMES_AND_GOES if sensor.silences.comes_and_goes(now.mono_s) else ""
        return sensor.control.why or sensor.unjudged or restless
    others = (each for each in state.sensors.values() if each.device.person == sensor.device.person)
    return "" if any(each.device.limb is not None and each.profile.rhythm for each in others) else NO_RHYTHM


def listened(state: State, now: Now) -> dict[str, float]:
    """Of each movement sensor, the share (0 to 1) of the last 12 hours in which it would have shown a convulsion."""
    shares = {name: sensor.control.share(now.mono_s) for name, sensor in state.sensors.items()}
    return {name: share for name, share in shares.items() if share is not None}


def of_the_house(state: State, key: AlarmKey) -> bool:
    """Whether that alarm is about the hub itself, or about a person and a sensor that are set up."""
    if not key.person:
        return True
    sensor = state.sensors.get(key.device)
    known = key.person in {person.id for person in state.setup.config.persons}
    return known and (not key.device or (sensor is not None and sensor.device.person == key.person))


def batteries(state: State) -> dict[str, float | None]:
    """What each sensor last said of its battery, percent."""
    return {name: sensor.battery_percent for name, sensor in state.sensors.items()}


def outdated(state: State, sensor: Sensor, sign: Sign, now: Now) -> list[str]:
    """Spot thermometers of this child whose word of a fever is old, when one that stays on says that it is over.

    Nobody may measure by hand again: without this, one reading by hand would hold a fever for ever.
    """
    if sign.present or sign.condition not in temperature.CONDITIONS or sensor.profile.spot:
        return []
    return [
        name
        for name, other in state.sensors.items()
        if other.profile.spot
        and other.device.person == sensor.device.person
        and (other.last_seen_s is None or now.mono_s - other.last_seen_s >= SPOT_HOLDS_S)
    ]


def watches(state: State, now: Now) -> list[tuple[str, str, str]]:
    """Each sensor: its person, its id, and why it is not watched (empty: it is)."""
    found = []
    of_the_house = {device.id for device in state.setup.config.devices}
    for name, sensor in state.sensors.items():
        if name not in of_the_house:
            continue  # what caregivers read by hand watches nobody
        limit_s, shown = sensor.deadline_s(), sensor.shown
        said = sensor.refused or (shown.reason if shown is not None and shown.validity is Validity.INVALID else "")
        why = ""
        ends = [each.until_s for each in state.alarms.pauses if each.covers(sensor.device.person, name)]
        if ends:
            until = local(now.wall_at(max(ends)), state.setup.zone)
            why = N_("paused until {a}").format(a=f"{until:%H:%M}")
        elif sensor.last_seen_s is None:
            why = f"{NOTHING_USABLE}: {sensor.refused}" if sensor.refused else N_("not heard yet")
        elif limit_s is None:
            why = N_("a spot thermometer: it measures when somebody measures")
        elif now.mono_s - sensor.last_seen_s >= limit_s:
            why = N_("nothing heard") if said in ("", "nothing heard") else f"{NOTHING_USABLE}: {said}"
        elif not sensor.sound(now):
            why = N_("what it sends cannot be judged")
        elif sensor.placement is not None and sensor.placement.why:
            likely = "" if sensor.placement.sure else f", {LIKELY}"
            why = "; ".join(filter(None, [f"{NOT_WORN}: {sensor.placement.why}{likely}", unable(state, sensor, now)]))
        elif shown is not None and shown.validity is not Validity.VALID:
            why = shown.reason
        elif doubt := sensor.judgeable.doubt(now.mono_s):
            why = f"{NO_FEVER}: {doubt}"
        elif blind := unable(state, sensor, now):
            why = f"{NO_CONVULSION}: {blind}"
        found.append((sensor.device.person, name, why))
    return found
