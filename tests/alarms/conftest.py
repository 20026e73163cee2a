"""A night of the alarm system, played from a table: one line a step, `seconds | what comes | what comes of it`."""

import pytest

from edge import alarms
from edge.alarms import AlarmSystem, pauses
from edge.commands import checked
from edge.delivery import escalation as delivery
from edge.errors import CommandRefused
from edge.model.alarm import ROOM, AlarmKey, Condition, Kind, Presence, Reason
from edge.model.event import Command, Verb
from edge.model.moment import Now
from edge.model.people import Role
from edge.model.sign import Sign
from tests.support.core import CAREGIVERS, WALL_S, script

SHORT = {
    "seizure": Condition.SEIZURE_LIKE_MOVEMENT,
    "prolonged": Condition.PROLONGED_MOVEMENT,
    "possible": Condition.POSSIBLE_MOVEMENT,
    **{str(condition): condition for condition in Condition},
}
LONG = {condition: name for name, condition in reversed(SHORT.items())}
STEP_S = 5.0


def key_of(condition, device):
    if condition in alarms.HUB_WIDE:
        return AlarmKey(condition)
    return AlarmKey(condition, "mia", device if alarms.kind(condition) is Kind.TECHNICAL else "")


def named(condition=""):
    return {"condition": SHORT[condition]} if condition else {}


class Night:
    """Plays lines and keeps all alarms that were told. A caregiver's name with `~` is one who is not in the house."""

    def __init__(self, on_watch="anna", sensors=("ankle", "wrist", "patch")):
        self.alarms = AlarmSystem()
        self.on_watch = on_watch
        self.sensors = sensors
        self.now_s = 0.0
        self.wall_jump_s = 0.0
        self.at_night = False
        self.changed = []
        self.happened = []
        self.news = []

    @property
    def now(self):
        return Now(1000.0 + self.now_s, WALL_S + self.wall_jump_s + self.now_s)

    def plan(self, alarm):
        return delivery.plan(alarm, CAREGIVERS, self.on_watch, alarms.audience(alarm.key.condition))

    def play(self, table):
        for at_s, what, expected in script(table):
            self.go(at_s)
            self.do(what)
            assert sorted(self.happened) == sorted(expected.split()), (at_s, what, expected)
            self.happened = []
        return self

    def go(self, until_s):
        while self.now_s + STEP_S < until_s:
            self.now_s += STEP_S
            self.tick()
        self.now_s = until_s

    def do(self, what):
        match what.split():
            case [device, "+" | "-" as mark, condition, *onset]:
                since_s = float(onset[0].removeprefix("@")) if onset else self.now_s
                self.sign(device, SHORT[condition], mark == "+", since_s)
            case ["restart"]:
                self.restart()
            case [who, "pause", minutes, *device]:
                self.pause(who, int(minutes), *device)
            case ["watch", who]:
                self.on_watch = who
                self.alarms = alarms.replan(self.alarms, self.plan)
            case ["untaken", condition]:
                self.alarms = alarms.unreached(self.alarms, self.standing(condition).id)
            case [who, "snooze", minutes, *condition]:
                self.command(who, Verb.SNOOZE, {"minutes": int(minutes), **named(*condition)})
            case [who, verb, *condition]:
                self.command(who, Verb(verb), named(*condition))
            case []:
                pass
        self.tick()

    def sign(self, device, condition, present, since_s=None, *, value=None, unit=""):
        t_s = self.now.mono_s
        onset_s = None if since_s is None else 1000.0 + since_s
        said = Sign(condition, device, present, t_s, onset_s if present else None, value, 37.5, unit)
        self.take(alarms.sign(self.alarms, key_of(condition, device), said, self.plan, self.now))

    def pause(self, who, minutes, device=""):
        arguments = {"minutes": minutes, "device": device, "confirm": True}
        sensors = dict.fromkeys(self.sensors, "mia")
        given = Command(Verb.PAUSE, who, arguments=arguments)
        try:
            self.take(alarms.pause(self.alarms, pauses.requested_pause(given, sensors, self.now), self.plan, self.now))
        except CommandRefused:
            self.happened.append("refused")

    def command(self, who, verb, arguments, alarm=""):
        given = Command(verb, who.rstrip("~"), alarm=alarm, local=not who.endswith("~"), arguments=arguments)
        try:
            given = checked(given, Role.CAREGIVER)
            self.take(alarms.command(self.alarms, given, self.plan, self.now, night=self.at_night))
        except CommandRefused:
            self.happened.append("refused")

    def restart(self, journal=None, *, past=False):
        """past: the journal's alarms that are over are looked back at, too."""
        over = list({a.id: a for a in self.changed if a.presence is Presence.OFF}.values()) if past else []
        standing, sequence = journal or self.alarms.conditions.standing(), self.alarms.conditions.sequence
        speakers = {AlarmKey(condition): frozenset() for condition in Condition}
        for condition in Condition:
            for sensor in self.sensors:
                of_patch = condition in (Condition.FEVER, Condition.HIGH_FEVER)
                if alarms.kind(condition) is Kind.TECHNICAL or (sensor == "patch") == of_patch:
                    key = key_of(condition, sensor)
                    speakers[key] = speakers.get(key, frozenset()) | {sensor}
        kept = {"pauses": self.alarms.pauses, "snoozes": self.alarms.snoozes, "past": over}
        self.alarms = AlarmSystem()
        self.take(alarms.restore(standing, sequence, speakers, self.plan, self.now, **kept))

    def tick(self):
        outcome, due = alarms.tick(self.alarms, self.plan, self.now)
        self.take(outcome)
        for each in due:
            target, reason = each.target, each.reason
            mark = {Reason.INHIBITED: "inhibited>", Reason.REMINDER: "softly>"}.get(reason, "!")
            self.happened.append("room" if target == ROOM else f"{mark}{target}")

    def take(self, outcome):
        self.alarms, changed, updates = outcome
        for alarm in changed:
            self.changed.append(alarm)
            self.happened.append(f"{LONG[alarm.key.condition]}:{alarm.presence}")
        for each in updates:
            over = each.alarm.presence is Presence.OFF
            (self.happened if over else self.news).extend(
                f"{'over' if over else 'news'}>{who}" for who in each.recipients
            )

    def standing(self, name):
        return next(a for a in self.alarms.conditions.standing() if a.key.condition is SHORT[name])

    def ids(self, name):
        """Ids of its episodes in the order in which they were raised."""
        return [a.id for a in self.changed if a.key.condition is SHORT[name] and a.cleared_s is None and _raised(a)]

    @property
    def sound(self):
        return alarms.pattern(self.alarms, self.now)

    @property
    def loud(self):
        return str(alarms.sounding(self.alarms))


def _raised(alarm):
    return alarm.presence is Presence.ON and alarm.changed_s == alarm.raised_s


@pytest.fixture
def night():
    return Night()


@pytest.fixture
def a_night():
    return Night
