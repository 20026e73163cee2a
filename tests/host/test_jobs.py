"""Jobs on a real APScheduler, whose wall clock the test can set as a time server would."""

import asyncio
import datetime as dt
import subprocess
import sys
import time
from collections.abc import Iterator
from zoneinfo import ZoneInfoNotFoundError

import apscheduler.executors.base
import apscheduler.schedulers.base
import pytest

from edge.host.jobs import Jobs

NIGHT = dt.time(3, 30)


class Wall:
    """The wall clock that APScheduler sees: it runs on by itself, and `set` steps it."""

    def __init__(self) -> None:
        self.offset = dt.timedelta()

    def set(self, *when: int) -> None:
        self.offset = dt.datetime(*when, tzinfo=dt.UTC) - dt.datetime.now(dt.UTC)

    def back(self, seconds: float) -> None:
        self.offset -= dt.timedelta(seconds=seconds)


@pytest.fixture
def wall(monkeypatch) -> Wall:
    shifted = Wall()

    class Datetime(dt.datetime):
        @classmethod
        def now(cls, tz=None):
            return dt.datetime.now(tz) + shifted.offset

    monkeypatch.setattr(apscheduler.schedulers.base, "datetime", Datetime)
    monkeypatch.setattr(apscheduler.executors.base, "datetime", Datetime)
    return shifted


class Bench:
    def __init__(self) -> None:
        self.runs: list[str] = []
        self.told: list[tuple[str, str]] = []
        self.jobs = Jobs(lambda name, said: self.told.append((name, said)), dt.UTC)

    async def job(self) -> None:
        self.runs.append("ran")

    async def breaks(self) -> None:
        raise OSError("the card is full")


@pytest.fixture
async def bench() -> Iterator[Bench]:
    it = Bench()
    yield it
    it.jobs.stop()
    await asyncio.sleep(0)


async def until(true, within_s: float = 2.0) -> bool:
    deadline = time.monotonic() + within_s
    while not true() and time.monotonic() < deadline:  # noqa: ASYNC110 - the scheduler makes it true
        await asyncio.sleep(0.01)
    return true()


async def test_runs_at_its_time_and_not_before(bench, wall):
    wall.set(2026, 11, 22, 3, 29, 59)
    bench.jobs.add_daily("retention", NIGHT, bench.job)
    bench.jobs.start()
    await asyncio.sleep(0.5)
    assert bench.runs == []
    assert await until(lambda: bench.runs)
    assert bench.jobs.next_run("retention") == dt.datetime(2026, 11, 23, 3, 30, tzinfo=dt.UTC)
    assert bench.told == []


async def test_can_be_added_while_running_and_replaced(bench, wall):
    wall.set(2026, 11, 22, 12, 0, 0)
    bench.jobs.start()
    bench.jobs.add_daily("summary", dt.time(9), bench.job)
    assert bench.jobs.next_run("summary") == dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
    bench.jobs.add_daily("summary", dt.time(18), bench.job)
    assert bench.jobs.next_run("summary") == dt.datetime(2026, 11, 22, 18, tzinfo=dt.UTC)


async def test_a_clock_set_back_stops_apscheduler_and_clock_stepped_cures_it(bench, wall):
    wall.set(2040, 1, 1, 3, 30, 1)  # what a Pi without a battery may believe at boot
    bench.jobs.add_daily("retention", NIGHT, bench.job)
    bench.jobs.start()
    await asyncio.sleep(0.05)
    wall.set(2026, 11, 22, 3, 29, 59, 500_000)
    await asyncio.sleep(0.9)
    assert bench.runs == []  # left alone it waits until 2040
    assert bench.jobs.next_run("retention") == dt.datetime(2040, 1, 2, 3, 30, tzinfo=dt.UTC)
    wall.set(2026, 11, 22, 3, 29, 59, 500_000)
    bench.jobs.clock_stepped()
    assert await until(lambda: bench.runs)


async def test_a_clock_set_forward_is_noticed_at_once_too(bench, wall):
    wall.set(2026, 11, 21, 12, 0, 0)
    bench.jobs.add_daily("retention", NIGHT, bench.job)
    bench.jobs.start()
    await asyncio.sleep(0.05)
    wall.set(2026, 11, 22, 3, 29, 59, 500_000)
    await asyncio.sleep(0.9)
    assert bench.runs == []  # left alone it sleeps on for the hours worked out before
    wall.set(2026, 11, 22, 3, 29, 59, 500_000)
    bench.jobs.clock_stepped()
    assert await until(lambda: bench.runs)


async def test_the_same_moment_twice_after_a_small_step_back_runs_twice_at_most(bench, wall):
    wall.set(2026, 11, 22, 3, 29, 59, 500_000)
    bench.jobs.add_daily("retention", NIGHT, bench.job)
    bench.jobs.start()
    assert await until(lambda: bench.runs)
    wall.back(1)
    bench.jobs.clock_stepped()
    assert await until(lambda: len(bench.runs) == 2, within_s=4)
    assert not await until(lambda: len(bench.runs) > 2, within_s=0.3)


async def test_an_error_is_reported_and_the_job_runs_again_next_day(bench, wall):
    wall.set(2026, 11, 22, 3, 29, 59, 500_000)
    bench.jobs.add_daily("retention", NIGHT, bench.breaks)
    bench.jobs.add_daily("other", NIGHT, bench.job)
    bench.jobs.start()
    assert await until(lambda: bench.told and bench.runs)
    assert bench.told == [("retention", "the daily job retention failed: OSError: the card is full")]
    assert bench.jobs.next_run("retention") == dt.datetime(2026, 11, 23, 3, 30, tzinfo=dt.UTC)


async def test_a_job_missed_by_hours_is_reported_and_by_minutes_still_runs(bench, wall):
    wall.set(2026, 11, 22, 3, 29, 59, 500_000)
    bench.jobs.add_daily("retention", NIGHT, bench.job)
    bench.jobs.start()
    wall.set(2026, 11, 22, 3, 50, 0)  # the loop was held up for 20 minutes
    assert await until(lambda: bench.runs)
    wall.set(2026, 11, 23, 3, 29, 59, 500_000)
    bench.jobs.clock_stepped()
    wall.set(2026, 11, 23, 5, 0, 0)
    assert await until(lambda: bench.told)
    assert bench.told == [("retention", "the daily job retention was missed; it was due at 03:30")]
    assert len(bench.runs) == 1


async def test_nothing_runs_after_stop_and_it_can_start_again(bench, wall):
    wall.set(2026, 11, 22, 3, 29, 59, 500_000)
    bench.jobs.add_daily("retention", NIGHT, bench.job)
    bench.jobs.start()
    bench.jobs.stop()
    assert bench.jobs.next_run("retention") is None
    await asyncio.sleep(0.8)
    assert bench.runs == []
    wall.set(2026, 11, 23, 3, 29, 59, 500_000)
    bench.jobs.start()
    assert await until(lambda: bench.runs)


def test_apscheduler_is_loaded_only_when_started():
    program = "import sys, edge.host.jobs as j; j.Jobs(print, None); assert 'apscheduler' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True)


async def test_a_computer_whose_zone_cannot_be_named_runs_its_jobs_in_the_zone_that_was_told(monkeypatch):
    """As with a plain /etc/localtime beside an /etc/timezone that names no zone: tzlocal raises."""

    def nameless():
        raise ZoneInfoNotFoundError("No time zone found with key Mars/Phobos")

    monkeypatch.setattr("apscheduler.schedulers.base.get_localzone", nameless)
    monkeypatch.setattr("apscheduler.triggers.cron.get_localzone", nameless)
    jobs = Jobs(lambda *_: None, dt.timezone(dt.timedelta(hours=14)))

    async def nothing() -> None:
        pass

    jobs.add_daily("retention", dt.time(3, 30), nothing)
    jobs.start()
    try:
        due = jobs.next_run("retention")
        assert (due.hour, due.minute, due.utcoffset()) == (3, 30, dt.timedelta(hours=14))
    finally:
        jobs.stop()
