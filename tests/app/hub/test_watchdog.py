"""systemd's watchdog is fed by proof, not for a stage that stands still, whichever it is; READY means watching."""

import asyncio
import contextlib
import socket
import subprocess
import sys
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from edge.app.hub import progress, session
from edge.app.hub.command_mailbox import CommandMailbox
from edge.app.hub.health import one_line
from edge.app.hub.progress import Stages, feed
from edge.host.notify import Systemd
from edge.mqtt.inbound import Incoming
from edge.ports import Progress
from tests.support.servers import until

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def manager(tmp_path):
    """Where systemd would listen."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.setblocking(False)
        yield listener


@pytest.fixture
def systemd(manager, monkeypatch) -> Systemd:
    """One that is asked forty times as often, of stages that may rest for 0.3 s."""
    monkeypatch.setattr(progress, "STALE_S", 0.3)
    return Systemd({"NOTIFY_SOCKET": manager.getsockname(), "WATCHDOG_USEC": "40000"})


def heard(listener):
    words = []
    with contextlib.suppress(BlockingIOError):
        while True:
            words.append(listener.recv(4096).decode())
    return words


@contextlib.asynccontextmanager
async def fed(stages: Stages, systemd: Systemd, watches: Callable[[], bool] = lambda: True):
    task = asyncio.ensure_future(feed(stages, systemd, watches, lambda: "as told"))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_stalled_core_is_not_fed_for_and_one_that_moves_is(make_hub, manager, systemd):
    parts = make_hub()
    async with parts.running():
        tick = asyncio.ensure_future(parts.hub.tick())
        try:
            core = Stages({"core": lambda: Progress(parts.made.counters.self_check)}, lambda _part: False)
            async with fed(core, systemd):
                for _ in range(20):
                    await parts.clock.advance(1.0)
                    await asyncio.sleep(0.02)
                assert "WATCHDOG=1" in heard(manager)
                await asyncio.sleep(0.6)  # no tick comes any more
                heard(manager)
                await asyncio.sleep(0.2)
                words = heard(manager)
                assert "WATCHDOG=1" not in words
                assert "WATCHDOG=trigger" in words, "systemd does not wait any longer"
                await parts.clock.advance(1.0)
                await until(lambda: "WATCHDOG=1" in heard(manager))
        finally:
            tick.cancel()
            await asyncio.gather(tick, return_exceptions=True)


async def test_every_part_that_has_work_and_stands_still_is_named_and_one_that_has_none_may_rest(manager, systemd):
    names = ("core", "store writer", "history", "push", "sounder", "commands", "source")
    for frozen in names:
        moved = dict.fromkeys(names, 0)

        def asked(name: str, frozen: str = frozen, moved: dict[str, int] = moved) -> Progress:
            moved[name] += name != frozen
            return Progress(moved[name])

        stages = Stages({name: lambda name=name: asked(name) for name in names}, lambda _part: False)
        async with fed(stages, systemd):
            await until(lambda: "WATCHDOG=trigger" in heard(manager))
    resting = Stages({name: lambda: Progress(0, waits=False) for name in names}, lambda _part: False)
    heard(manager)
    async with fed(resting, systemd):
        await asyncio.sleep(0.6)
        words = heard(manager)
        assert "WATCHDOG=trigger" not in words
        assert words.count("WATCHDOG=1") > 3, "of what the socket holds"


async def test_a_part_that_is_known_to_fail_is_tried_again_and_no_reason_for_a_restart(manager, systemd):
    stages = Stages({"push": lambda: Progress(0)}, lambda part: part == "push")
    async with fed(stages, systemd):
        await asyncio.sleep(0.6)
        assert "WATCHDOG=trigger" not in heard(manager)


async def test_the_stages_are_those_that_the_hub_runs(make_hub):
    parts = make_hub()
    async with parts.running():
        told = session.stages(parts.made, Ear())
        assert told.names >= {"core", "store writer", "history", "push", "sounder", "commands", "source"}
        assert told.names - {"core", "source"} <= session.side_tasks(parts.made).keys(), "by their supervisor's names"


async def test_a_command_that_is_taken_up_and_goes_no_further_is_a_stage_that_stands_still(manager, systemd):
    """The broker hands over the next one only when this one was dealt with, so none ever waits behind it."""
    mailbox, stuck = CommandMailbox(), asyncio.Event()

    async def take(_message: Incoming) -> None:
        await stuck.wait()

    message = Incoming("feverhub/cot/cmd/mother/acknowledge", b"{}", retained=False)
    tasks = [asyncio.ensure_future(mailbox.run(take)), asyncio.ensure_future(mailbox.put(message))]
    try:
        async with fed(Stages({"commands": mailbox.progress}, lambda _part: False), systemd):
            await until(lambda: "WATCHDOG=trigger" in heard(manager))
            stuck.set()
            await until(lambda: "WATCHDOG=1" in heard(manager))
            await asyncio.sleep(0.6)
            assert "WATCHDOG=trigger" not in heard(manager), "without a command it may rest"
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Ear:
    listens = False

    def progress(self) -> Progress:
        return Progress(0, waits=False)


async def test_ready_is_said_once_and_not_before_it_watches(manager, systemd):
    ear = Ear()
    async with fed(Stages({"core": Ear().progress}, lambda _part: False), systemd, lambda: ear.listens):
        await asyncio.sleep(0.2)
        words = heard(manager)
        assert "READY=1" not in words
        assert "EXTEND_TIMEOUT_USEC=60000000" in words, "it goes on starting, and systemd goes on waiting"
        ear.listens = True
        await until(lambda: "READY=1" in heard(manager))
        ear.listens = False
        await asyncio.sleep(0.2)
        words = heard(manager)
        assert "WATCHDOG=1" in words
        assert not {"READY=1", "EXTEND_TIMEOUT_USEC=60000000"} & set(words)


def test_it_watches_when_the_radio_or_somebody_elses_gateway_is_heard_and_the_store_is_open():
    def hub(stored: object, journalled: object) -> SimpleNamespace:
        return SimpleNamespace(disk=SimpleNamespace(stored=stored, journalled=journalled))

    deaf, hears = Ear(), Ear()
    hears.listens = True
    assert not session._watches(hub(1, 1), [deaf, deaf])
    assert session._watches(hub(1, 1), [deaf, hears])
    assert session._watches(hub(1, 1), ()), "a recording needs no ear"
    assert not session._watches(hub(None, 1), [hears])
    assert not session._watches(hub(1, None), [hears])


async def test_a_hub_that_stands_still_before_it_was_ready_gets_no_more_time(manager, systemd):
    stages = Stages({"core": lambda: Progress(0)}, lambda _part: False)
    async with fed(stages, systemd, lambda: False):
        await until(lambda: "WATCHDOG=trigger" in heard(manager))
        heard(manager)
        await asyncio.sleep(0.2)
        assert "EXTEND_TIMEOUT_USEC=60000000" not in heard(manager)


async def test_the_status_line_says_what_is_not_watched(make_hub, manager):
    parts = make_hub()
    async with parts.running():
        assert (
            one_line(parts.hub.state, parts.clock.now())
            == "watching 0 of 1 sensors; not patch (not heard yet); no alarm"
        )


def logged(prefix: str, environment: str) -> str:
    """The log of a program whose parent told it so. prefix: Python before its logs are set up."""
    text = f"{prefix}\nfrom edge.app.load import process\nimport structlog\nprocess.set_up_logs()\n"
    text += "log = structlog.get_logger()\nlog.info('a')\nlog.warning('b')\nlog.error('c')\nlog.critical('d')\n"
    told = {"PATH": "/usr/bin", "JOURNAL_STREAM": environment} if environment else {"PATH": "/usr/bin"}
    return subprocess.run([sys.executable, "-c", text], env=told, capture_output=True, text=True, check=True).stderr


def test_each_line_in_the_journal_has_its_level_and_a_line_elsewhere_has_none():
    stream = "import os; s = os.fstat(2); os.environ['JOURNAL_STREAM'] = f'{s.st_dev}:{s.st_ino}'"
    assert [line[:3] for line in logged(stream, "").splitlines()] == ["<6>", "<4>", "<3>", "<2>"]
    assert {line[0] for line in logged("", "").splitlines()} == {"{"}
    assert {line[0] for line in logged("", "8:1").splitlines()} == {"{"}, "inherited, but stderr leads elsewhere"
