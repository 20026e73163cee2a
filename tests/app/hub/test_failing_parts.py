"""Every part beside the core made to fail, and a convulsion in the same minutes: it is told, and the part is named."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import Any, get_args

import numpy as np
import pytest

from edge.app.hub import session, supervisor
from edge.app.hub.event_queue import Request
from edge.model.alarm import Condition
from edge.model.effect import AlarmChanged, Effect, KeepEntry, RememberLevels
from edge.model.event import Command, FrameReceived, MotionReceived, ReadingReceived, Tick, Verb
from edge.model.people import Limb
from edge.model.reading import Quantity, Reading, Unit
from edge.ports import Outcome, Sent
from edge.simulation import SENSORS, clip, clonic
from tests.support.homes import COT
from tests.support.servers import until

ANKLE = '[[device]]\nid = "ankle"\nprofile = "polar_verity_sense"\nperson = "mia"\nlimb = "left_ankle"\n'
CAMERA = '[camera]\nhttp_url = "http://127.0.0.1:9/film"\n'
FAMILY = CAMERA + COT.replace("[[caregiver]]", f'{ANKLE}[[caregiver]]\nrole = "owner"', 1)
TOPIC = "feverhub/cot/mia/alarm/seizure_like_movement"
ERRORS = [
    UnicodeDecodeError("utf-8", b"\xe9", 0, 1, "invalid continuation byte"),
    RecursionError("maximum recursion depth exceeded"),
    OverflowError("int too large to convert"),
]
SIDE_TASKS = [
    *("store writer", "history", "push", "phone buttons", "phone screens", "commands", "sounder"),
    *("test alarm", "camera", "mqtt", "health", "jobs", "journal file", "replication", "source"),
]
# The way of telling that a part serves; while it is down, the others tell.
SERVES = {"push": "phone", "mqtt": "broker", "sounder": "room"}


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(supervisor, "FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(supervisor, "LONGEST_PAUSE_S", 0.05)


@dataclass
class Film:
    """ports.Filmer."""

    asked: list[str] = field(default_factory=list)

    async def film(self, alarm_id: str) -> Sent:
        self.asked.append(alarm_id)
        return Sent(Outcome.DELIVERED, "/films/1")


class Quiet:
    """ports.FrameSource: nobody is heard."""

    async def run(self, _emit) -> None:
        await asyncio.Event().wait()


class Failing:
    """Raises until it is mended; then it is what it stands for."""

    def __init__(self, error: Exception, work: Any) -> None:
        self._error, self._work = error, work
        self.mended, self.calls = False, 0

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        self.calls += 1
        if not self.mended:
            raise self._error
        return self._work(*arguments, **named)


@contextlib.asynccontextmanager
async def whole(parts, **wrapped):
    """The whole hub as `feverhub run` has it, with fakes; `wrapped` takes the place of side tasks of those names."""
    await parts.made.begin()
    source = Quiet()
    beside = session.side_tasks(parts.made) | wrapped
    options = session.Options(lambda _queue: source, ticks=True)
    source.run = wrapped.pop("source", source.run)
    task = asyncio.ensure_future(session._run_all(parts.made, options, beside, lambda: True))
    try:
        yield
        assert not task.done(), "the watch goes on"
    finally:
        task.cancel()
        result = await asyncio.gather(task, return_exceptions=True)
        assert isinstance(result[0], asyncio.CancelledError), result


async def convulse(parts, bout_s=40.0):
    """She convulses for so long; nothing is waited for but the core."""
    rng = np.random.default_rng(3)
    track = clip(clonic(rng, bout_s), SENSORS["polar"].on(Limb.LEFT_ANKLE), rng, before_s=30.0, after_s=0.0)
    passed_s = float(track.t_s[-1] - track.t_s[0]) + 60.0
    parts.clock.mono_s += passed_s
    parts.clock.wall_s += passed_s
    await parts.hear(MotionReceived("ankle", track.t_s - track.t_s[-1] + parts.clock.mono_s, track.acc_g), Tick())


def told(parts):
    """The ways on which the convulsion was told."""
    ways = {
        "phone": any("seizure_like_movement" in message.alarm_id for message in parts.phone.sent),
        "broker": any(m.topic == TOPIC for m in [*parts.broker.published, *parts.broker.from_memory]),
        "room": "high" in parts.sounder.patterns,
    }
    return {way for way, done in ways.items() if done}


async def named(parts, name):
    """`hub_degraded` stands, and its words name that part."""

    def reported():
        return any(key.condition is Condition.HUB_DEGRADED for key in parts.hub.state.alarms.conditions.tracked)

    await until(reported)
    parts.clock.mono_s += 31.0
    parts.clock.wall_s += 31.0
    await parts.hear(Tick())
    await until(lambda: "hub_degraded" in parts.standing())
    texts = [a.text for a in parts.journal.alarms if a.key.condition is Condition.HUB_DEGRADED]
    texts += [str(m.payload) for m in parts.broker.from_memory if "hub_degraded" in m.topic]
    assert any(name[:20] in text for text in texts), texts


@pytest.fixture
def family(make_hub):
    return make_hub(text=FAMILY, filmer=Film())


async def test_nothing_fails_and_every_way_reports_it(family):
    async with whole(family):
        await convulse(family)
        await until(lambda: told(family) == {"phone", "broker", "room"})
    assert "hub_degraded" not in family.standing()


def test_these_are_all_side_tasks(family):
    assert {*session.side_tasks(family.made), "source"} == set(SIDE_TASKS)


@pytest.mark.parametrize("name", SIDE_TASKS)
async def test_a_side_task_that_fails_ends_nothing_is_named_and_comes_back(family, monkeypatch, name):
    monkeypatch.setattr(supervisor, "STEADY_S", 0.3)

    async def listening(_emit):
        await asyncio.Event().wait()

    work = {**session.side_tasks(family.made), "source": listening}[name]
    failing = Failing(ERRORS[SIDE_TASKS.index(name) % len(ERRORS)], work)
    async with whole(family, **{name: failing}):
        await convulse(family)
        expected = {"phone", "broker", "room"} - {SERVES.get(name)}
        await until(lambda: told(family) == expected)
        await named(family, name)
        failing.mended = True
        await until(lambda: told(family) == {"phone", "broker", "room"})
        await until(lambda: "hub_degraded" not in family.standing())


def broken(error):
    """A function of any arguments that raises."""

    def raises(*_arguments, **_named):
        raise error

    return raises


INSIDE = {
    "a push channel": (lambda parts, fail: parts.phone.__setattr__("send", fail), "push to anna"),
    "the sounder": (lambda parts, fail: parts.sounder.__setattr__("play", fail), "sounder"),
    "the camera": (lambda parts, fail: parts.made.outputs.camera._filmer.__setattr__("film", fail), "camera"),
    "the store": (lambda parts, fail: parts.store.__setattr__("keep", fail), "store writer"),
    "the store's commit": (lambda parts, fail: parts.store.__setattr__("commit", fail), "store writer"),
    "retained values": (lambda parts, fail: parts.broker.__setattr__("show", fail), "executor"),
    "the broker's wake": (lambda parts, fail: parts.broker.__setattr__("wake", fail), "AlarmChanged"),
}


@pytest.mark.parametrize("what", INSIDE)
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
async def test_what_fails_inside_a_part_ends_nothing_and_is_named(family, what, error):
    put, name = INSIDE[what]
    serves = {"a push channel": "phone", "the sounder": "room", "the broker's wake": "broker"}.get(what)
    async with whole(family):
        await family.made.queue.idle.wait()
        put(family, broken(error))
        await convulse(family)
        await until(lambda: told(family) >= {"phone", "broker", "room"} - {serves})
        await named(family, name)
        before = len(family.journal.alarms)
        await asyncio.sleep(0.3)
        assert len(family.journal.alarms) - before < 10, "what is reported of it does not feed itself"


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
async def test_a_journal_that_fails_inside_is_as_a_full_disk(family, error):
    async with whole(family):
        family.journal.record = broken(error)
        await convulse(family)
        await until(lambda: told(family) == {"phone", "broker", "room"})
        await until(lambda: "storage_error" in family.standing())
        del family.journal.record
        await convulse(family)
        await until(lambda: "storage_error" not in family.standing(), 10.0)


async def test_a_line_of_history_that_cannot_be_written_holds_up_none_behind_it(family):
    note = family.journal.note

    def picky(wall_s, subject, detail, outcome=""):
        if subject == "poison":
            raise UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed")
        note(wall_s, subject, detail, outcome)

    family.journal.note = picky
    async with whole(family):
        family.made.recording.journal_writer.note("poison", "\ud800")
        family.made.recording.journal_writer.note("after", "it")
        await until(lambda: any(subject == "after" for _, subject, *_ in family.journal.notes))
    assert family.made.recording.journal_writer.lost == 1


class Broken:
    """An executor or recorder that raises; counts how often it was asked."""

    def __init__(self) -> None:
        self.calls = 0

    def execute(self, _effect, _state):
        self.calls += 1
        raise RecursionError

    async def record(self, _effects):
        self.calls += 1
        raise OverflowError


def test_every_effect_and_every_request_has_its_executor(family):
    executors = family.made.executors
    assert set(executors.recorders) == {AlarmChanged, KeepEntry}
    assert {*executors.recorders, *executors.others} == {*get_args(Effect), *get_args(Request)}


@pytest.mark.parametrize("kind", sorted({*get_args(Effect), *get_args(Request)}, key=lambda kind: kind.__name__))
async def test_an_executor_that_fails_loses_no_other_effect_and_is_named(family, kind):
    executors, failing = family.made.executors, Broken()
    table = executors.recorders if kind in executors.recorders else executors.others
    table[kind] = failing
    async with whole(family):
        family.callbacks.state(True, "")
        await family.hear(
            ReadingReceived("patch", Reading(Quantity.TEMPERATURE, 36.8, Unit.CELSIUS)),
            FrameReceived("patch", "characteristic:2a1c", b"\x04\x01"),
            Command(Verb.ON_WATCH, "anna"),
            Command(Verb.DOSE, "anna", "d1", arguments={"drug": "Ibuprofen"}),
            Command(Verb.TEST, "anna", "t1"),
            Command(Verb.ACKNOWLEDGE, "anna", "t2", "test"),
            Command(Verb.CAREGIVER, "anna", "c1", arguments={"name": "Oma", "role": "viewer"}),
            Command(Verb.FRAMES, "anna", "f1"),
        )
        if kind is RememberLevels:
            await family.warm(36.8)
        await convulse(family)
        lost = {"AlarmChanged": "broker", "SendPush": "phone", "Sound": "room"}.get(kind.__name__)
        await until(lambda: told(family) == {"phone", "broker", "room"} - {lost})
        assert failing.calls > 0
        if kind is AlarmChanged:
            assert "seizure_like_movement" in family.standing()
        else:
            await named(family, f"{kind.__name__} executor")
