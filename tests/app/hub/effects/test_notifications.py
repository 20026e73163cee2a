"""Pushes: tried again, the newest and most urgent first, one dead channel holding up nothing."""

import asyncio
import contextlib

import pytest

from edge.app.hub.effects import notifications as module
from edge.app.hub.effects.notifications import Notifications
from edge.model.alarm import Condition
from edge.model.effect import Notify
from edge.ports import Outcome, Sent
from tests.support.fakes.notifier import FakeNotifier
from tests.support.servers import until

RETRY = Sent(Outcome.RETRY, "no answer")
REFUSED = Sent(Outcome.REFUSED, "no such topic")


def message(alarm="a1", *, urgent=False, caregiver="anna", text=""):
    return Notify(caregiver, alarm, "Check", text, urgent)


class Stuck:
    """A channel that answers only when it is let go."""

    def __init__(self):
        self.go = asyncio.Event()
        self.sent = []

    async def send(self, each):
        self.sent.append(each)
        await self.go.wait()
        return Sent(Outcome.DELIVERED)


class Desk:
    """Pushes under test, with what it wrote and reported."""

    def __init__(self, **notifiers):
        self.notes = []
        self.reports = []
        self.pushes = Notifications(
            notifiers,
            lambda who, each, outcome: self.notes.append((who, each.alarm_id, outcome)),
            lambda condition, present, *_: self.reports.append((condition, present)),
        )

    @contextlib.asynccontextmanager
    async def running(self):
        task = asyncio.ensure_future(self.pushes.run())
        yield self.pushes
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(module, "PAUSE_S", 0.02)


async def test_what_may_pass_by_itself_is_tried_again_with_growing_pauses():
    phone = FakeNotifier([RETRY, RETRY])
    desk = Desk(anna=[phone])
    loop = asyncio.get_running_loop()
    async with desk.running() as pushes:
        began_s = loop.time()
        pushes.put(message())
        await until(lambda: pushes.idle)
        assert loop.time() - began_s >= 0.06
    assert [outcome for _, _, outcome in desk.notes] == [
        "retry: no answer",
        "retry: no answer",
        "delivered: fake: delivered",
    ]
    assert pushes.failed == 2
    assert desk.reports == [(Condition.NOBODY_REACHABLE, False)]


async def test_what_is_refused_is_not_tried_again():
    phone = FakeNotifier([REFUSED])
    desk = Desk(anna=[phone])
    async with desk.running() as pushes:
        pushes.put(message())
        await until(lambda: pushes.idle)
        await asyncio.sleep(0.1)
    assert len(phone.sent) == 1


async def test_nobody_reachable_begins_when_every_channel_failed_and_ends_with_the_first_delivery():
    mother, father = FakeNotifier(last=RETRY), FakeNotifier(last=REFUSED)
    desk = Desk(anna=[mother], tom=[father])
    async with desk.running() as pushes:
        pushes.put(message())
        await until(lambda: pushes.idle)
        assert desk.reports == [], "tom was not tried yet"
        assert len(mother.sent) == module.TRIES
        pushes.put(message(caregiver="tom"))
        await until(lambda: pushes.idle)
        assert desk.reports == [(Condition.NOBODY_REACHABLE, True)]
        mother.last = Sent(Outcome.DELIVERED)
        pushes.put(message("a2"))
        await until(lambda: pushes.idle)
    assert desk.reports == [(Condition.NOBODY_REACHABLE, True), (Condition.NOBODY_REACHABLE, False)]


async def test_a_test_that_arrives_ends_nobody_reachable_too():
    phone = FakeNotifier([REFUSED])
    desk = Desk(anna=[phone])
    async with desk.running() as pushes:
        pushes.put(message())
        await until(lambda: desk.reports == [(Condition.NOBODY_REACHABLE, True)])
        assert await pushes.prove(message("test")) == (True, "anna: delivered (fake: delivered)")
    assert desk.reports[-1] == (Condition.NOBODY_REACHABLE, False)


async def test_a_stuck_channel_holds_up_neither_the_other_channel_nor_the_other_caregiver():
    stuck, good, father = Stuck(), FakeNotifier(), FakeNotifier()
    desk = Desk(anna=[stuck, good], tom=[father])
    async with desk.running() as pushes:
        for alarm in ("a1", "a2", "a3"):
            pushes.put(message(alarm))
        pushes.put(message(caregiver="tom"))
        await until(lambda: len(good.sent) == 3 and len(father.sent) == 1)
        assert len(stuck.sent) == 1


async def test_an_urgent_word_overtakes_what_waits_for_its_next_try(monkeypatch):
    monkeypatch.setattr(module, "PAUSE_S", 30.0)
    phone = FakeNotifier([RETRY])
    desk = Desk(anna=[phone])
    async with desk.running() as pushes:
        pushes.put(message("battery"))
        await until(lambda: len(phone.sent) == 1)
        pushes.put(message("seizure", urgent=True))
        await until(lambda: len(phone.sent) == 2)
    assert phone.sent[-1].alarm_id == "seizure"


async def test_only_the_newest_word_about_an_alarm_is_sent_and_the_rest_is_noted():
    stuck = Stuck()
    desk = Desk(anna=[stuck])
    async with desk.running() as pushes:
        pushes.put(message("first"))
        await until(lambda: len(stuck.sent) == 1)
        for text in ("38.0", "38.5", "39.0"):
            pushes.put(message("fever", text=text))
        pushes.put(message("seizure", urgent=True))
        stuck.go.set()
        await until(lambda: pushes.idle)
    assert [(each.alarm_id, each.text) for each in stuck.sent] == [("first", ""), ("seizure", ""), ("fever", "39.0")]
    assert [note for note in desk.notes if note[2] == "superseded"] == [("anna", "fever", "superseded")] * 2


async def test_a_caregiver_without_a_channel_is_noted():
    desk = Desk(anna=[])
    desk.pushes.put(message())
    desk.pushes.put(message(caregiver="tom"))
    assert desk.notes == [("anna", "a1", "no_channel"), ("tom", "a1", "no_channel")]
    assert await desk.pushes.prove(message()) == (False, "anna: no push channel is set up")


async def test_what_waits_is_bounded_and_the_least_urgent_goes():
    desk = Desk(anna=[Stuck()])
    pushes = desk.pushes
    for number in range(module.QUEUE):
        pushes.put(message(f"a{number}", urgent=number != 7))
    pushes.put(message("newest", urgent=True))
    assert desk.notes == [("anna", "a7", "dropped: too many wait")]
