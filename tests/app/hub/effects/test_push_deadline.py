"""Whether the room must sound at once: `channels, what became of them, is the broker there -> told within 2 s`."""

import asyncio

import pytest

from edge.app.hub.effects import push_deadline
from edge.app.hub.effects.notifications import Notifications
from edge.model.alarm import Condition
from edge.model.effect import Notify
from edge.ports import Outcome, Sent
from tests.support.fakes.notifier import FakeNotifier
from tests.support.servers import until

DOWN = Sent(Outcome.RETRY, "no network")
REFUSED = Sent(Outcome.REFUSED, "no such user")
FEVER = Notify("anna", "fever-1", "Check", "look", urgent=True, reach=1)


class Stuck(FakeNotifier):
    """A channel that never answers."""

    async def send(self, message):
        self.sent.append(message)
        await asyncio.Event().wait()


async def untaken(channels, message=FEVER, *, connected, wait_s=0.4):
    """Ids that nobody took, and how long that needed."""
    found, begun_s = [], asyncio.get_running_loop().time()
    pushes = Notifications(
        {"anna": channels},
        lambda *_: None,
        lambda *_: None,
        lambda: connected,
        lambda episode: found.append((episode, asyncio.get_running_loop().time() - begun_s)),
    )
    running = asyncio.ensure_future(pushes.run())
    pushes.put(message)
    try:
        await asyncio.sleep(wait_s)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    return found


@pytest.mark.parametrize(
    ("channels", "connected", "told"),
    [
        ([FakeNotifier()], False, False),
        ([FakeNotifier(last=DOWN)], False, True),
        ([FakeNotifier(last=DOWN)], True, True),
        ([FakeNotifier(last=REFUSED), FakeNotifier()], False, False),
        ([FakeNotifier(last=REFUSED), FakeNotifier(last=DOWN)], True, True),
        ([Stuck()], False, True),
        ([Stuck()], True, False),
        ([], False, True),
        ([], True, False),
    ],
    ids=[
        "arrived",
        "failed",
        "failed, broker up",
        "second took it",
        "both failed",
        "stuck",
        "stuck, up",
        "none",
        "mqtt",
    ],
)
async def test_the_room_is_told_when_nobody_took_it(monkeypatch, channels, connected, told):
    monkeypatch.setattr(push_deadline, "PATIENCE_S", 0.1)
    found = await untaken(channels, connected=connected)
    assert [episode for episode, _ in found] == (["fever-1"] if told else [])


async def test_with_broker_and_channels_down_it_takes_less_than_two_seconds():
    ((_, took_s),) = await untaken([Stuck()], connected=False, wait_s=2.0)
    assert took_s < 1.9


async def test_what_the_first_channel_does_not_take_goes_to_the_next_at_once_and_once():
    first, second = FakeNotifier(last=DOWN), FakeNotifier()
    await untaken([first, second], connected=True)
    assert ([m.alarm_id for m in first.sent], [m.alarm_id for m in second.sent]) == (["fever-1"], ["fever-1"])


@pytest.mark.parametrize(("reach", "used"), [(1, [1, 0, 0]), (2, [1, 1, 0]), (0, [1, 1, 1]), (7, [1, 1, 1])])
async def test_each_telling_reaches_its_channels(reach, used):
    channels = [FakeNotifier(), FakeNotifier(), FakeNotifier()]
    await untaken(channels, Notify("anna", "a", "t", "x", urgent=True, reach=reach), connected=True)
    assert [len(each.sent) for each in channels] == used


async def test_a_thousand_alarms_are_bounded(monkeypatch):
    ledger = push_deadline.Taken(lambda: True, lambda _: None)
    for number in range(1000):
        ledger.asked(f"a{number}", 1)
    assert len(ledger._tellings) <= push_deadline.REMEMBERED


async def test_the_sounder_rings_within_two_seconds_when_broker_and_channels_are_down(make_hub):
    parts = make_hub(phone=FakeNotifier(last=DOWN))
    async with parts.running():
        parts.broker.set_up(False)
        parts.hub.report(Condition.STORAGE_ERROR, True, "full", "test")
        await until(lambda: parts.sounder.sounding == "technical", 2.0)
        assert parts.clock.mono_s == 0.0, "the core's own minute has not begun to pass"
        await until(lambda: any("no channel took it" in str(detail) for _, _, detail, _ in parts.journal.notes))
    kept = [(subject, detail) for _, subject, detail, _ in parts.journal.notes if "no channel took it" in str(detail)]
    assert len(kept) == 1
