"""A part that fails: restarted with growing pauses, named while it fails, never a spin, never an end of the watch."""

import asyncio

import pytest

from edge.app.hub import supervisor as module
from edge.app.hub.supervisor import Supervisor
from edge.errors import StorageError
from edge.model.alarm import Condition
from edge.radio.recovery import RestartNeeded
from tests.support.servers import until


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(module, "FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(module, "LONGEST_PAUSE_S", 0.08)
    monkeypatch.setattr(module, "STEADY_S", 0.2)


class Part:
    """Raises what `errors` holds, one a start; then runs until cancelled."""

    def __init__(self, *errors: BaseException) -> None:
        self.errors = list(errors)
        self.starts_s: list[float] = []

    async def run(self) -> None:
        self.starts_s.append(asyncio.get_running_loop().time())
        if self.errors:
            raise self.errors.pop(0)
        await asyncio.Event().wait()


class Watch:
    """A part under supervision, and what was reported of it."""

    def __init__(self, part: Part) -> None:
        self.reports: list[tuple[bool, str]] = []
        self.supervisor = Supervisor(self._report)
        self.task = asyncio.ensure_future(self.supervisor.keep("camera", part.run))

    def _report(self, condition: Condition, present: bool, detail: str, part: str) -> None:
        assert (condition, part) == (Condition.HUB_DEGRADED, "camera")
        self.reports.append((present, detail))

    async def end(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (UnicodeDecodeError("utf-8", b"\xe9", 0, 1, "invalid"), "camera: failed inside (UnicodeDecodeError)"),
        (RecursionError("maximum recursion depth exceeded"), "camera: failed inside (RecursionError)"),
        (OverflowError("ntfy://user:secret@host"), "camera: failed inside (OverflowError)"),
        (MemoryError(), "camera: failed inside (MemoryError)"),
        (ExceptionGroup("unhandled", [KeyError("a")]), "camera: failed inside (KeyError)"),
        (StorageError("the disk is full"), "camera: the disk is full"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
async def test_it_is_started_again_and_named_and_the_word_ends_once_it_has_run_well(error, why):
    part = Part(error)
    watch = Watch(part)
    await until(lambda: len(part.starts_s) == 2)
    assert watch.reports == [(True, why)]
    await until(lambda: len(watch.reports) == 2)
    assert watch.reports[-1] == (False, "")
    assert not watch.task.done()
    await watch.end()


async def test_one_that_fails_at_once_for_ever_does_not_spin_and_is_named_throughout():
    part = Part(*[ValueError()] * 1000)
    watch = Watch(part)
    await asyncio.sleep(0.6)
    pauses_s = [after - before for before, after in zip(part.starts_s, part.starts_s[1:], strict=False)]
    grown_s = [0.01, 0.02, 0.04] + [0.08] * len(pauses_s)
    assert len(pauses_s) > 1
    assert all(pause_s >= least_s - 0.002 for pause_s, least_s in zip(pauses_s, grown_s, strict=False))
    assert {present for present, _ in watch.reports} == {True}
    await watch.end()


async def test_one_that_failed_after_a_while_that_went_well_is_started_again_soon(monkeypatch):
    monkeypatch.setattr(module, "LONGEST_PAUSE_S", 60.0)

    async def run() -> None:
        starts_s.append(asyncio.get_running_loop().time())
        await asyncio.sleep(0.25 if len(starts_s) == 7 else 0.0)
        raise ValueError

    starts_s: list[float] = []
    supervisor = Supervisor(lambda *_: None)
    task = asyncio.ensure_future(supervisor.keep("camera", run))
    await until(lambda: len(starts_s) >= 8)
    assert starts_s[6] - starts_s[5] >= 0.32, "the sixth pause"
    assert starts_s[7] - starts_s[6] < 0.25 + 0.32, "the failures before are forgotten"
    task.cancel()


@pytest.mark.parametrize("grouped", [False, True])
async def test_the_wish_for_a_restart_passes(grouped):
    wish = RestartNeeded("the adapter is gone")
    watch = Watch(Part(ExceptionGroup("radio", [ValueError(), wish]) if grouped else wish))
    with pytest.raises((RestartNeeded, ExceptionGroup)):
        await watch.task
    assert watch.reports == []


async def test_the_end_of_the_hub_passes_while_it_runs_and_while_it_waits():
    for errors in ([], [ValueError()] * 100):
        part = Part(*errors)
        watch = Watch(part)
        await asyncio.sleep(0.03)
        await watch.end()
        assert watch.task.cancelled()
        started = len(part.starts_s)
        await asyncio.sleep(0.1)
        assert len(part.starts_s) == started


async def test_what_comes_to_its_end_is_not_begun_again():
    starts = []
    supervisor = Supervisor(lambda *_: None)

    async def run() -> None:
        starts.append(1)

    await supervisor.keep("replication", run)
    assert starts == [1]


async def test_one_that_fails_again_and_again_is_reported_once_so_that_it_cannot_feed_itself():
    reports = []
    supervisor = Supervisor(lambda _condition, present, _detail, _part: reports.append(present))
    for _ in range(100):
        supervisor.failed("ShowHealth executor", RecursionError())
    assert reports == [True]
    await until(lambda: reports == [True, False])
    supervisor.failed("ShowHealth executor", RecursionError())
    assert reports == [True, False, True]


async def test_an_executor_that_failed_once_is_named_for_a_while():
    reports = []
    supervisor = Supervisor(lambda _condition, present, detail, _part: reports.append((present, detail)))
    supervisor.failed("Notify executor", KeyError("x"))
    await until(lambda: len(reports) == 2)
    assert reports == [(True, "Notify executor: failed inside (KeyError)"), (False, "")]
