"""A home with a child who wears sensors, played from a table: `seconds | what happens | which alarms change`."""

import datetime as dt

import numpy as np
import pytest

from edge import pipeline
from edge.config import Config
from edge.decoding.profile import Link, Match, Profile
from edge.model.alarm import Condition, Presence
from edge.model.effect import AlarmChanged, Notify, Reply
from edge.model.event import Command, MotionHeard, ReadingHeard, Tick, Verb
from edge.model.moment import Now
from edge.model.people import Caregiver, CarePlan, Device, Limb, Person, Role, Site
from edge.model.reading import Quantity, Reading, Unit
from edge.simulation import SENSORS, clip, clonic

WALL_S = 1_800_000_000.0
STILL_S = 60
NAMES = {
    Condition.SEIZURE_LIKE_MOVEMENT: "seizure",
    Condition.PROLONGED_MOVEMENT: "prolonged",
    **{condition: str(condition) for condition in Condition if not condition.endswith("movement")},
}
PROFILES = {
    each.id: each
    for each in (
        Profile("band", "", "", (Quantity.ACCELERATION,), Link.GATT, Match(), {}, expected_interval_s=1.0, rhythm=True),
        Profile("patch", "", "", (Quantity.TEMPERATURE,), Link.GATT, Match(), {}, expected_interval_s=60.0),
    )
}
DEVICES = (
    Device("ankle", "band", "mia", limb=Limb.LEFT_ANKLE),
    Device("wrist", "band", "mia", limb=Limb.LEFT_WRIST),
    Device("ear", "patch", "mia", site=Site.EAR),
    Device("other", "band", "max", limb=Limb.LEFT_ANKLE),
)
CAREGIVERS = (
    Caregiver("anna", "Anna", share_details=True),
    Caregiver("ben", "Ben", share_details=True),
    Caregiver("sitter", "Cleo"),
    Caregiver("oma", "Oma", role=Role.VIEWER),
)
PLAN = CarePlan("midazolam", "5 mg", "kitchen", 3.0, 5.0, "112")


@pytest.fixture(scope="session")
def seconds():
    """Seconds of stillness and of jerking, (50, 3) g each, of one simulated child."""
    track = clip(clonic(11, 900.0, peak_g=0.8), SENSORS["polar"].on(Limb.ANKLE), 11, before_s=STILL_S, after_s=0.0)
    rows = track.acc_g[: len(track.acc_g) // 52 * 52].reshape(-1, 52, 3)
    return rows[: STILL_S - 2], rows[STILL_S:]


class Home:
    """One second a step: every sensor that is there sends it, then a tick."""

    def __init__(self, seconds, *, plan=PLAN, months=20.0, wears=("ankle",)):
        self.still, self.jerking = seconds
        born = dt.datetime.fromtimestamp(WALL_S, dt.UTC).date() - dt.timedelta(days=months * 30.4375)
        self.person = Person("mia", "Mia", born=born, guidance="Sing to her.", care_plan=plan)
        devices = tuple(device for device in DEVICES if device.id in wears)
        config = Config(persons=(self.person, Person("max", "Max")), devices=devices, caregivers=CAREGIVERS)
        self.setup = pipeline.Setup(config, PROFILES)
        self.worn = [device.id for device in devices if device.limb]
        self.moving, self.celsius, self.told = {}, {}, {}
        self.clock(0.0, synced=True)
        self.out, self.fresh = [], 0
        self.boot()

    def clock(self, now_s, *, synced, mono_from_s=1000.0, wall_off_s=0.0):
        self.now_s, self.synced, self.mono_from_s, self.wall_off_s = now_s, synced, mono_from_s, wall_off_s

    def boot(self, standing=(), sequence=0, past=()):
        self.state, effects = pipeline.begin(self.setup, self.now, standing, sequence, past=past)
        self.take(effects)

    @property
    def now(self):
        return Now(self.mono_from_s + self.now_s, WALL_S + self.wall_off_s + self.now_s, self.synced)

    def take(self, effects):
        self.out += [(self.now_s, effect) for effect in effects]
        return effects

    def step(self, event):
        self.state, effects = pipeline.step(self.state, event, self.now)
        return self.take(effects)

    def go(self, until_s):
        while self.now_s + 1.0 <= until_s:
            self.now_s += 1.0
            for device in self.worn if self.now_s % 2 == 0 else ():
                self.send(device)
            for device, celsius in self.celsius.items():
                if self.now_s % 30 == 0:
                    self.step(ReadingHeard(device, Reading(Quantity.TEMPERATURE, celsius, Unit.CELSIUS)))
            self.step(Tick())

    def send(self, device):
        """A packet of two seconds."""
        since_s = self.moving.get(device)
        rows = self.still if since_s is None else self.jerking
        first = int(self.now_s if since_s is None else self.now_s - since_s) % (len(rows) - 1)
        values = rows[first : first + 2].reshape(-1, 3)
        t_s = self.now.mono_s - 2.0 * np.arange(len(values) - 1, -1, -1) / len(values)
        self.step(MotionHeard(device, t_s, values))

    def play(self, table):
        for line in filter(None, map(str.strip, table.splitlines())):
            at, what, expected = (part.strip() for part in line.split("|"))
            self.go(float(at))
            self.do(what)
            assert self.happened() == expected.split(), line
        return self

    def do(self, what):
        match what.split():
            case [device, "jerks"]:
                self.moving[device] = self.now_s
            case [device, "still"]:
                del self.moving[device]
            case [device, "torn", "off"] | [device, "silent"]:
                self.worn.remove(device)
            case [device, celsius] if device == "ear":
                self.celsius[device] = float(celsius)
            case [who, verb, *more]:
                self.say(who, Verb(verb), **dict(each.split("=") for each in more))
            case []:
                pass

    def say(self, who, verb, alarm="", **arguments):
        given = {key: value == "true" if value in ("true", "false") else value for key, value in arguments.items()}
        command = Command(verb, who.rstrip("~"), "r", alarm, not who.endswith("~"), given)
        effects = self.step(command)
        self.step(Tick())
        return next(effect for effect in effects if isinstance(effect, Reply))

    def happened(self):
        """Alarms that changed since the last line, without what is told of the same state again."""
        fresh, self.fresh = self.out[self.fresh :], len(self.out)
        words = []
        for alarm in (effect.alarm for _, effect in fresh if isinstance(effect, AlarmChanged)):
            name = NAMES[alarm.key.condition]
            if self.told.get(alarm.key) != (alarm.id, alarm.presence):
                words.append(f"{name}:{alarm.presence}")
            self.told[alarm.key] = (alarm.id, alarm.presence)
        return words

    def alarms(self, condition):
        return [e.alarm for _, e in self.out if isinstance(e, AlarmChanged) and e.alarm.key.condition is condition]

    def raised(self, condition):
        """(second, alarm) of each time it was raised."""
        return [
            (at_s, e.alarm)
            for at_s, e in self.out
            if isinstance(e, AlarmChanged)
            and e.alarm.key.condition is condition
            and e.alarm.changed_s == e.alarm.raised_s
            and e.alarm.presence is Presence.ON
        ]

    def pushes(self, since_s=0.0):
        return [(at_s, e.caregiver, e.text) for at_s, e in self.out if isinstance(e, Notify) and at_s >= since_s]

    def written(self):
        """The journal as a hub would find it: what stands, the last number, what is over."""
        last = {e.alarm.id: e.alarm for _, e in self.out if isinstance(e, AlarmChanged)}
        on = [alarm for alarm in last.values() if alarm.presence is not Presence.OFF]
        off = [alarm for alarm in last.values() if alarm.presence is Presence.OFF]
        return {"standing": on, "sequence": max((a.sequence for a in last.values()), default=0), "past": off}


@pytest.fixture
def home(seconds):
    return Home(seconds)


@pytest.fixture
def a_home(seconds):
    return lambda **more: Home(seconds, **more)
