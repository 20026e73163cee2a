"""The workers that push: each sends what it is told, reports once, and holds up nobody. The hub over real servers."""

import asyncio
import contextlib
import json
import re
import time

import pytest

from edge.app.hub.effects import notifications as module
from edge.app.hub.effects.notifications import Notifications
from edge.app.hub.effects.timers import Timers
from edge.delivery import dispatch
from edge.model.alarm import Condition
from edge.model.effect import Notify, SendPush, StartTimer
from edge.model.event import NoticeAsked, Outcome, PushReported, TimerExpired
from edge.ports import Sent
from edge.push.apprise import AppriseNotifier
from tests.support.fakes.notifier import FakeNotifier
from tests.support.push_service import push_service
from tests.support.raw_server import drip, raw_server
from tests.support.servers import until

RETRY = Sent(Outcome.RETRY, "no answer")
REFUSED = Sent(Outcome.REFUSED, "no such topic")
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def message(alarm="a1", caregiver="anna"):
    return Notify(caregiver, alarm, "Check", "", urgent=False)


class Stuck:
    """A channel that never answers."""

    async def send(self, _message):
        await asyncio.Event().wait()


class Broken:
    """A channel whose own code fails."""

    async def send(self, _message):
        raise KeyError("https://secret.example")


class Workers:
    """Pushes under test, with what they wrote and reported."""

    def __init__(self, **notifiers):
        self.notes, self.reports, self.notices = [], [], []
        self.pushes = Notifications(
            notifiers,
            lambda who, each, outcome: self.notes.append((who, each.alarm_id, outcome)),
            self.reports.append,
            self.notices.append,
        )

    @contextlib.asynccontextmanager
    async def running(self):
        task = asyncio.ensure_future(self.pushes.run())
        yield self.pushes
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@pytest.mark.parametrize(
    ("channel", "outcome", "note", "failed"),
    [
        (FakeNotifier(), Outcome.DELIVERED, "delivered: fake: delivered", 0),
        (FakeNotifier(last=RETRY), Outcome.RETRY, "retry: no answer", 1),
        (FakeNotifier(last=REFUSED), Outcome.REFUSED, "refused: no such topic", 1),
        (Broken(), Outcome.RETRY, "retry: failed inside (KeyError)", 1),
        (Stuck(), Outcome.RETRY, "retry: no answer within 0.1 s", 1),
    ],
    ids=["arrived", "failed", "refused", "broken", "stuck"],
)
async def test_each_attempt_is_reported_and_noted_once_and_the_next_one_is_made(
    monkeypatch, channel, outcome, note, failed
):
    monkeypatch.setattr(module, "ATTEMPT_S", 0.1)
    workers = Workers(anna=[channel])
    async with workers.running() as pushes:
        for number in (7, 8):
            pushes.send(SendPush("anna", 0, number, message()))
            await until(lambda: len(workers.reports) == number - 6)  # noqa: B023  awaited here
    assert workers.reports == [PushReported("anna", 0, 7, outcome), PushReported("anna", 0, 8, outcome)]
    assert workers.notes == [("anna", "a1", note)] * 2
    assert pushes.failed == 2 * failed


async def test_a_stuck_channel_holds_up_neither_the_other_channel_nor_the_other_caregiver():
    workers = Workers(anna=[Stuck(), FakeNotifier()], tom=[FakeNotifier()])
    async with workers.running() as pushes:
        for number, (who, channel) in enumerate([("anna", 0), ("anna", 1), ("tom", 0)], 1):
            pushes.send(SendPush(who, channel, number, message(caregiver=who)))
        await until(lambda: len(workers.reports) == 2)
        assert {(each.caregiver, each.channel) for each in workers.reports} == {("anna", 1), ("tom", 0)}


async def test_a_worker_that_is_stopped_reports_and_the_next_one_goes_on():
    phone = Stuck()
    workers = Workers(anna=[phone])
    async with workers.running() as pushes:
        pushes.send(SendPush("anna", 0, 1, message()))
        await asyncio.sleep(0.05)
        assert workers.reports == []
    assert workers.reports == [PushReported("anna", 0, 1, Outcome.RETRY)]
    phone.send = FakeNotifier().send
    async with workers.running() as pushes:
        pushes.send(SendPush("anna", 0, 2, message()))
        await until(lambda: workers.reports[1:] == [PushReported("anna", 0, 2, Outcome.DELIVERED)])


async def test_a_test_goes_over_every_channel_once_and_the_core_learns_which_work():
    workers = Workers(anna=[FakeNotifier(), FakeNotifier(last=RETRY)], tom=[])
    arrived, words = await workers.pushes.prove(message("test"))
    assert (arrived, words) == (True, "anna: delivered (fake: delivered), not delivered (no answer)")
    assert workers.reports == [
        PushReported("anna", 0, 0, Outcome.DELIVERED),
        PushReported("anna", 1, 0, Outcome.RETRY),
    ]
    assert await workers.pushes.prove(message(caregiver="tom")) == (False, "tom: no push channel is set up")


async def test_a_quiet_message_goes_to_the_core_first():
    workers = Workers(anna=[FakeNotifier()])
    workers.pushes.put(Notify("anna", "button", "Taken", "it was taken", urgent=False, reach=1))
    assert workers.notices == [NoticeAsked("anna", "button", "Taken", "it was taken", 1)]


@pytest.mark.real_time
async def test_timers_count_real_seconds_and_overtake_each_other():
    over, began_s = [], time.monotonic()
    timers = Timers(lambda timer: over.append((timer, time.monotonic() - began_s)))
    timers.execute(StartTimer(1, 0.3), None)
    timers.execute(StartTimer(2, 0.1), None)
    await until(lambda: len(over) == 2)
    assert [timer for timer, _ in over] == [TimerExpired(2), TimerExpired(1)]
    assert 0.1 <= over[0][1] < 0.3 <= over[1][1] < 0.6


# ------------------------------------------------------------------------------------------ the whole hub


def full(parts):
    parts.made.queue.report(Condition.STORAGE_ERROR, True, "full", "test")


@pytest.mark.real_time
async def test_the_sounder_rings_within_two_seconds_when_broker_and_channels_are_down(make_hub):
    parts = make_hub(phone=FakeNotifier(last=RETRY))
    async with parts.running():
        full(parts)
        await until(lambda: parts.sounder.sounding == "technical", 2.0)
        assert parts.clock.mono_s == 0.0, "the core's own minute has not begun to pass"
        await until(lambda: any("no channel took it" in str(detail) for _, _, detail, _ in parts.journal.notes))
    kept = [(subject, detail) for _, subject, detail, _ in parts.journal.notes if "no channel took it" in str(detail)]
    assert len(kept) == 1


@pytest.mark.real_time
async def test_a_channel_that_hangs_without_a_broker_is_waited_for_one_and_a_half_seconds(make_hub):
    parts = make_hub(notifiers={"anna": [Stuck()]})
    async with parts.running():
        began_s = time.monotonic()
        full(parts)
        await until(lambda: parts.sounder.sounding == "technical", 2.0)
        assert 1.4 < time.monotonic() - began_s < 1.9
        assert parts.clock.mono_s == 0.0


async def test_with_a_broker_the_room_waits_its_minute(make_hub):
    parts = make_hub(notifiers={"anna": [Stuck()]})
    async with parts.running():
        parts.callbacks.state(True, "")
        full(parts)
        await asyncio.sleep(1.8)
        assert parts.standing() == {"storage_error": "on"}
        assert parts.sounder.sounding == ""


@pytest.mark.real_time
@pytest.mark.system
@pytest.mark.enable_socket
async def test_a_push_server_that_dripped_and_is_healthy_gets_the_alarm_within_a_minute(make_hub, monkeypatch):
    """Times are a tenth of the real ones."""
    for name in ("FIRST_PAUSE_S", "LONGEST_PAUSE_S"):
        monkeypatch.setattr(dispatch, name, getattr(dispatch, name) / 10)
    healthy, arrived = asyncio.Event(), []

    async def talk(reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(int(re.search(rb"(?i)content-length: *(\d+)", head)[1]))
        if not healthy.is_set():
            await drip(writer, b"HTTP/1.1 200 OK\r\nX: " + b"x" * 4000, 0.1)
        writer.write(GOOD)
        arrived.append(json.loads(body)["title"])

    async with raw_server(talk) as server:
        phone = AppriseNotifier([f"ntfy://127.0.0.1:{server.port}/anna"], time_out_s=2.0)
        parts = make_hub(notifiers={"anna": [phone]})
        async with parts.running():
            parts.callbacks.state(True, "")
            full(parts)
            await until(
                lambda: parts.made.outputs.notifications.failed >= 4, 30.0
            )  # as many as once kept the channel closed for good
            await until(lambda: "nobody_reachable" in parts.standing())
            assert arrived == []
            healthy.set()
            began_s = time.monotonic()
            await until(lambda: arrived, 12.0)
            assert time.monotonic() - began_s < 6.0
            await until(lambda: "nobody_reachable" not in parts.standing())


@pytest.mark.system
@pytest.mark.enable_socket
async def test_a_server_that_hangs_holds_up_no_other_and_the_second_channel_has_it_at_once(make_hub):
    with push_service() as hangs, push_service() as works:
        hangs.hang = True
        first = AppriseNotifier([hangs.url()], time_out_s=1.0)
        parts = make_hub(notifiers={"anna": [first, AppriseNotifier([works.url()])]})
        async with parts.running():
            full(parts)
            await until(lambda: works.arrived, 5.0)
            await until(lambda: parts.made.outputs.notifications.failed == 1)
        assert len(works.arrived) == 1
