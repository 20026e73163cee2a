"""A home with a child who wears sensors, played from a table: `seconds | what happens | which alarms change`."""

import datetime as dt

import numpy as np
import pytest

from edge.model.alarm import Condition
from edge.model.effect import AlarmChanged, Notify
from edge.model.event import MotionReceived, Tick, Verb
from edge.model.people import Caregiver, CarePlan, Device, Limb, Person, Role, Site
from edge.model.reading import Quantity
from edge.simulation import SENSORS, clip, clonic
from tests.support.core import ANNA, MAX, WALL_S, Core, profile, script, warm

STILL_S = 60
START_S = 1000.0
NAMES = {
    Condition.SEIZURE_LIKE_MOVEMENT: "seizure",
    Condition.PROLONGED_MOVEMENT: "prolonged",
    Condition.POSSIBLE_MOVEMENT: "possible",
    **{condition: str(condition) for condition in Condition if not condition.endswith("movement")},
}
PROFILES = {
    "band": profile("band", Quantity.ACCELERATION, interval_s=1.0),
    "thermometer": profile("thermometer", Quantity.TEMPERATURE),
}
DEVICES = (
    Device("ankle", "band", "mia", limb=Limb.LEFT_ANKLE),
    Device("wrist", "band", "mia", limb=Limb.LEFT_WRIST),
    Device("ear", "thermometer", "mia", site=Site.EAR),
    Device("other", "band", "max", limb=Limb.LEFT_ANKLE),
)
CAREGIVERS = (
    ANNA,
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


class Home(Core):
    """One second a step: every sensor that is there sends it, then a tick. Seconds count from the start."""

    def __init__(self, seconds, *, plan=PLAN, months=20.0, wears=("ankle",)):
        self.still, self.jerking = seconds
        born = dt.datetime.fromtimestamp(WALL_S, dt.UTC).date() - dt.timedelta(days=months * 30.4375)
        mia = Person("mia", "Mia", born=born, guidance="Sing to her.", care_plan=plan)
        devices = tuple(device for device in DEVICES if device.id in wears)
        self.worn = [device.id for device in devices if device.limb]
        self.moving, self.celsius, self.told = {}, {}, {}
        self.start_s, self.seen = START_S, 0
        super().__init__(
            *devices,
            persons=(mia, MAX),
            caregivers=CAREGIVERS,
            profiles=PROFILES,
            mono_s=START_S,
            wall_off_s=WALL_S - START_S,
        )

    @property
    def now_s(self):
        return self.mono_s - self.start_s

    def restart(self, journal, at_s, *, synced=True, wall_late_s=0.0):
        """The computer was started anew: its monotonic clock is near nought, its wall clock may be behind."""
        self.start_s = 5.0
        self.set_clock(at_s, synced=synced, wall_late_s=wall_late_s)
        self.begin(**journal)

    def set_clock(self, at_s, *, synced, wall_late_s=0.0):
        self.mono_s, self.synced = self.start_s + at_s, synced
        self.wall_off_s = WALL_S - self.start_s - wall_late_s

    def until(self, until_s):
        """A second at a time, to that second."""
        while self.now_s + 1.0 <= until_s:
            self.mono_s += 1.0
            for device in self.worn if self.now_s % 2 == 0 else ():
                self.send(device)
            for device, celsius in self.celsius.items():
                if self.now_s % 30 == 0:
                    self.step(warm(celsius, device))
            self.step(Tick())

    def send(self, device):
        """A packet of two seconds."""
        since_s = self.moving.get(device)
        rows = self.still if since_s is None else self.jerking
        first = int(self.now_s if since_s is None else self.now_s - since_s) % (len(rows) - 1)
        values = rows[first : first + 2].reshape(-1, 3)
        t_s = self.now.mono_s - 2.0 * np.arange(len(values) - 1, -1, -1) / len(values)
        self.step(MotionReceived(device, t_s, values))

    def play(self, table):
        for at_s, what, expected in script(table):
            self.until(at_s)
            self.do(what)
            assert self.happened() == expected.split(), (at_s, what, expected)
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
                self.say(who, Verb(verb), **{key: _value(text) for key, text in (each.split("=") for each in more)})
            case []:
                pass

    def say(self, who, verb, alarm="", **arguments):
        """A caregiver's name with `~` is one who is not in the house."""
        reply = super().say(who.rstrip("~"), verb, alarm, local=not who.endswith("~"), **arguments)
        self.step(Tick())
        return reply

    def happened(self):
        """Alarms that changed since the last line, without what is told of the same state again."""
        fresh, self.seen = self.out[self.seen :], len(self.timed)
        words = []
        for alarm in (effect.alarm for effect in fresh if isinstance(effect, AlarmChanged)):
            name = NAMES[alarm.key.condition]
            if self.told.get(alarm.key) != (alarm.id, alarm.presence):
                words.append(f"{name}:{alarm.presence}")
            self.told[alarm.key] = (alarm.id, alarm.presence)
        return words

    def raised_at(self, condition):
        """The seconds at which it was raised."""
        ids = {alarm.id for alarm in self.raised(condition)}
        first = {}
        for mono_s, effect in self.timed:
            if isinstance(effect, AlarmChanged) and effect.alarm.id in ids:
                first.setdefault(effect.alarm.id, mono_s - self.start_s)
        return list(first.values())

    def pushes(self, since_s=0.0):
        """(second, caregiver, text)."""
        sent = [(mono_s - self.start_s, each) for mono_s, each in self.timed if isinstance(each, Notify)]
        return [(at_s, each.caregiver, each.text) for at_s, each in sent if at_s >= since_s]


def _value(text):
    return text == "true" if text in ("true", "false") else text


@pytest.fixture
def home(seconds):
    return Home(seconds)


@pytest.fixture
def a_home(seconds):
    return lambda **more: Home(seconds, **more)
