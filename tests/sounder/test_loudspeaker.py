"""AplaySounder with a recorded `aplay`, and with the real one on ALSA's null device."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from edge.ports import Outcome, Sent
from edge.sounder import loudspeaker as module
from edge.sounder.loudspeaker import AplaySounder
from edge.sounder.tones import wav
from tests.support.fakes.notifier import FakeSounder
from tests.support.servers import until

SCRIPT = """#!/bin/sh
echo "$$ $*" >>"{folder}/started"
cat >"{folder}/$$.wav"
{then}
echo "$$" >>"{folder}/ended"
"""


class Aplay:
    """A stand-in `aplay` that writes down what it was given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "aplay"
        self.becomes("")

    def becomes(self, then: str) -> None:
        self.path.write_text(SCRIPT.format(folder=self.folder, then=then))
        self.path.chmod(0o755)

    def lines(self, name: str) -> list[str]:
        file = self.folder / name
        return file.read_text().splitlines() if file.exists() else []

    async def started(self, count: int) -> list[str]:
        await until(lambda: len(self.lines("started")) >= count)
        return self.lines("started")

    async def all_gone(self) -> None:
        await until(lambda: not self.alive())

    def alive(self) -> list[int]:
        pids = [it.split()[0] for it in self.lines("started")]
        states = [Path(f"/proc/{pid}/stat") for pid in pids]
        return [
            int(pid) for pid, file in zip(pids, states, strict=True) if file.exists() and ") Z" not in file.read_text()
        ]


@pytest.fixture
def aplay(tmp_path, monkeypatch) -> Aplay:
    fake = Aplay(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return fake


@contextlib.asynccontextmanager
async def running(sounder: AplaySounder) -> AsyncIterator[AplaySounder]:
    task = asyncio.create_task(sounder.run())
    try:
        yield sounder
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_plays_a_whole_burst_through_the_pipe_on_the_device_asked_for(aplay):
    async with running(AplaySounder("plughw:1")) as sounder:
        sent = await sounder.play("medium")
        assert sent.outcome is Outcome.DELIVERED
    [line] = aplay.lines("started")
    pid, _, arguments = line.partition(" ")
    assert arguments == "-q -D plughw:1 -"
    assert (aplay.folder / f"{pid}.wav").read_bytes() == wav("medium")


async def test_goes_on_until_silenced_and_not_once_more(aplay, monkeypatch):
    monkeypatch.setattr(module, "PATTERNS", {"high": _fast("high")})
    async with running(AplaySounder()) as sounder:
        await sounder.play("high")
        await aplay.started(3)
        await sounder.play("")
        await aplay.all_gone()
        count = len(aplay.lines("started"))
        await asyncio.sleep(0.3)
        assert len(aplay.lines("started")) == count
        assert aplay.alive() == []


async def test_silence_cuts_a_sound_that_is_playing(aplay):
    aplay.becomes("exec sleep 30")
    async with running(AplaySounder()) as sounder:
        assert (await sounder.play("high")).outcome is Outcome.DELIVERED  # it plays on: the card has taken it
        assert len(aplay.alive()) == 1
        await sounder.play("")
        await aplay.all_gone()


async def test_the_same_pattern_again_does_not_stutter_and_another_one_takes_over(aplay):
    aplay.becomes("exec sleep 30")
    async with running(AplaySounder()) as sounder:
        await sounder.play("medium")
        await sounder.play("medium")
        assert len(aplay.lines("started")) == 1
        await sounder.play("high")
        second = (await aplay.started(2))[1].split()[0]
        assert aplay.alive() == [int(second)]
        assert (aplay.folder / f"{second}.wav").read_bytes() == wav("high")


async def test_another_loudness_is_played_at_once(aplay):
    aplay.becomes("exec sleep 30")
    async with running(AplaySounder()) as sounder:
        await sounder.play("medium", 100)
        await sounder.play("medium", 40)
        second = (await aplay.started(2))[1].split()[0]
        assert (aplay.folder / f"{second}.wav").read_bytes() == wav("medium", 40)


async def test_a_test_sounds_once_and_can_be_asked_for_again(aplay):
    async with running(AplaySounder()) as sounder:
        await sounder.play("test")
        await asyncio.sleep(0.2)
        assert len(aplay.lines("started")) == 1
        await sounder.play("test")
        assert len(aplay.lines("started")) == 2


async def test_a_card_that_fails_is_reported_once_tried_again_and_reported_back(aplay, monkeypatch):
    monkeypatch.setattr("edge.sounder.bursts.RETRY_S", 0.05)
    monkeypatch.setattr(module, "PATTERNS", {"high": _fast("high")})
    aplay.becomes("echo 'aplay: main:831: audio open error: No such device' >&2; exit 1")
    told: list[Sent] = []
    async with running(AplaySounder(report=told.append)) as sounder:
        sent = await sounder.play("high")
        assert sent.outcome is Outcome.RETRY
        assert sent.detail == "the sound card failed: aplay: main:831: audio open error: No such device"
        await aplay.started(3)
        aplay.becomes("")
        await aplay.started(6)
    assert [it.outcome for it in told] == [Outcome.RETRY, Outcome.DELIVERED]


async def test_a_card_that_is_stuck_is_given_up(aplay, monkeypatch):
    monkeypatch.setattr(module, "_STUCK_S", -3.3)
    aplay.becomes("exec sleep 30")
    async with running(AplaySounder()) as sounder:
        sent = await sounder.play("high")
        assert (sent.outcome, sent.detail) == (Outcome.RETRY, "the sound card does not take the sound")
        assert aplay.alive() == []


async def test_without_aplay_it_says_what_to_install():
    async with running(AplaySounder(program="no-such-aplay")) as sounder:
        sent = await sounder.play("high")
    assert sent == Sent(Outcome.REFUSED, "no-such-aplay is not installed (apt install alsa-utils)")


async def test_an_unknown_pattern_is_refused_and_what_sounds_goes_on(aplay):
    aplay.becomes("exec sleep 30")
    async with running(AplaySounder()) as sounder:
        await sounder.play("high")
        assert (await sounder.play("fanfare")).outcome is Outcome.REFUSED
        assert len(aplay.alive()) == 1


async def test_nothing_sounds_before_run(aplay, monkeypatch):
    monkeypatch.setattr(module, "_START_S", 0.05)
    assert (await AplaySounder().play("high")).outcome is Outcome.RETRY


async def test_nothing_is_left_when_run_ends(aplay):
    aplay.becomes("exec sleep 30")
    async with running(AplaySounder()) as sounder:
        await sounder.play("high")
    assert aplay.alive() == []


async def test_a_hub_that_was_killed_leaves_no_loop_behind(aplay):
    aplay.becomes("exec sleep 0.3")  # as aplay does, it ends with its burst
    program = (
        "import asyncio\nfrom edge.sounder.loudspeaker import AplaySounder\n"
        "async def main():\n  it = AplaySounder()\n"
        "  async with asyncio.TaskGroup() as group:\n    group.create_task(it.run())\n    await it.play('high')\n"
        "asyncio.run(main())\n"
    )
    hub = await asyncio.create_subprocess_exec(sys.executable, "-c", program)
    [line] = await aplay.started(1)
    hub.kill()
    await hub.wait()
    await aplay.all_gone()
    assert aplay.lines("started") == [line]


def test_a_burst_is_short():
    assert max(pattern.burst_s for pattern in module.PATTERNS.values()) < 4.0


# The contract: the fake sounder that other tests use, and the real aplay, behave alike.


@pytest.fixture(params=["fake", "aplay on the null device"])
async def either(request) -> AsyncIterator[object]:
    if request.param == "fake":
        yield FakeSounder()
        return
    async with running(AplaySounder("null")) as sounder:
        yield sounder


async def test_contract_plays_every_pattern_and_falls_silent(either):
    for pattern in ("low", "medium", "technical", "technical_grown", "high", "test", ""):
        assert (await either.play(pattern)).outcome is Outcome.DELIVERED


async def test_contract_refuses_what_it_cannot_play(either):
    assert (await either.play("fanfare")).outcome is Outcome.REFUSED


async def test_the_real_aplay_reports_a_card_that_is_not_there():
    async with running(AplaySounder("no_such_card")) as sounder:
        sent = await sounder.play("high")
    assert sent.outcome is Outcome.RETRY
    assert sent.detail.startswith("the sound card failed: aplay:")


def _fast(name: str) -> object:
    from dataclasses import replace

    from edge.sounder.tones import PATTERNS

    return replace(PATTERNS[name], repeat_s=0.05)
