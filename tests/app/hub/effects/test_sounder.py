"""The sounder in the room: wanted, tested, failing."""

import asyncio
import contextlib

from edge.app.hub.effects import sounder as module
from edge.app.hub.effects.sounder import RoomSounder
from edge.model.alarm import Condition
from edge.ports import Outcome, Sent
from edge.sounder.sounders import Sounders
from tests.support.fakes.notifier import FakeSounder
from tests.support.servers import until

BROKEN = Sent(Outcome.RETRY, "the sound card failed")
MISSING = Sent(Outcome.REFUSED, "the buzzer needs what is not installed: pip install 'feverhub[gpio]'")


@contextlib.asynccontextmanager
async def running(sounder, notes, reports):
    room = RoomSounder(
        sounder,
        lambda *words: notes.append(words),
        lambda condition, present, detail, _part: reports.append((condition, present, detail)),
    )
    task = asyncio.ensure_future(room.run())
    yield room
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_plays_what_is_wanted_and_falls_silent():
    sounder, notes, reports = FakeSounder(), [], []
    async with running(sounder, notes, reports) as room:
        room.want("high")
        await until(lambda: sounder.sounding == "high")
        room.want("")
        await until(lambda: sounder.patterns == ["high", ""])
    assert {present for _, present, _ in reports} == {False}


async def test_who_quiets_it_need_not_wait_for_a_slow_card():
    class SlowCard(FakeSounder):
        async def play(self, pattern: str, level_percent: int = 100) -> Sent:
            sent = await super().play(pattern, level_percent)
            await asyncio.sleep(5.0 if pattern else 0.0)
            return sent

    sounder, notes, reports = SlowCard(), [], []
    async with running(sounder, notes, reports) as room:
        room.want("high")
        await until(lambda: sounder.sounding == "high")
        room.want("high")
        room.want("")
        await until(lambda: sounder.patterns == ["high", ""], 1.0)
    assert reports == [], "what was never answered is neither works nor fails"


async def test_a_broken_sounder_is_an_alarm_is_tried_again_and_noted_once(monkeypatch):
    monkeypatch.setattr(module, "PAUSE_S", 0.01)
    sounder, notes, reports = FakeSounder(answer=BROKEN), [], []
    async with running(sounder, notes, reports) as room:
        room.want("high")
        await until(lambda: len(sounder.patterns) > 5)
        assert reports[-1] == (
            Condition.HUB_DEGRADED,
            True,
            "the sounder does not sound: the sound card failed",
        )
        assert notes == [("sounder", "high", "retry: the sound card failed")]
        sounder.answer = Sent(Outcome.DELIVERED)
        await until(lambda: reports[-1][:2] == (Condition.HUB_DEGRADED, False))
        count = len(sounder.patterns)
        await asyncio.sleep(0.05)
        assert len(sounder.patterns) == count, "one that works is left alone"


async def test_silence_is_not_asked_for_again_and_again(monkeypatch):
    monkeypatch.setattr(module, "PAUSE_S", 0.01)
    sounder = FakeSounder(answer=BROKEN)
    async with running(sounder, [], []) as room:
        room.want("high")
        await until(lambda: len(sounder.patterns) > 1)
        room.want("")
        await asyncio.sleep(0.1)
        assert sounder.patterns.count("") <= 2


async def test_a_test_never_disturbs_an_alarm():
    sounder = FakeSounder()
    async with running(sounder, [], []) as room:
        room.want("high")
        await until(lambda: sounder.sounding == "high")
        sent = await room.test()
    assert (sent.outcome, sent.detail) == (Outcome.RETRY, "an alarm sounds now")
    assert sounder.patterns == ["high"]


async def test_a_test_that_sounds_ends_the_trouble():
    sounder, reports = FakeSounder(answer=BROKEN), []
    async with running(sounder, [], reports) as room:
        await room.test()
        sounder.answer = Sent(Outcome.DELIVERED)
        await room.test()
    assert [present for _, present, _ in reports] == [True, False]


async def test_without_a_sounder_nothing_is_claimed_and_nothing_is_wrong():
    notes, reports = [], []
    async with running(None, notes, reports) as room:
        sent = await room.test()
        room.want("high")
        await until(lambda: bool(notes))
    assert sent.outcome is Outcome.REFUSED
    assert reports == []
    assert notes == [("sounder", "high", "no sounder is set up")]


async def test_a_buzzer_that_cannot_sound_is_known_before_it_is_needed(make_hub):
    class Part(FakeSounder):
        async def run(self) -> None:
            await asyncio.Event().wait()

    async def ready():
        return MISSING

    parts = make_hub(sounder=Sounders([Part()], [ready]))
    async with parts.running():
        task = asyncio.ensure_future(Sounders([Part()], [ready]).run(parts.made.outputs.room_sounder.tried))
        await until(lambda: parts.made.outputs.room_sounder.words == "fails")
        await until(lambda: any("feverhub[gpio]" in str(note) for note in parts.journal.notes))
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
