"""One contract for the real clock, the driven one of replay and demo, and the fake; then what is particular to each."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import ConfigError
from edge.host import clock as module
from edge.host.clock import SystemClock, clock_step_s
from edge.host.virtual_clock import VirtualClock
from edge.model.moment import Now
from edge.ports import Clock
from tests.support.fakes.clock import ManualClock


@dataclass
class Case:
    """pass_time: let that many seconds of this clock go by."""

    clock: Clock
    pass_time: Callable[[float], Awaitable[None]]


@pytest.fixture(params=["system", "driven", "manual"])
def case(request) -> Case:
    if request.param == "manual":
        manual = ManualClock()
        return Case(manual, manual.advance)
    if request.param == "system":
        real = SystemClock()
        return Case(real, real.sleep)
    driven = VirtualClock(speed=10.0, duration_s=60.0)

    async def reach(seconds: float) -> None:
        await asyncio.sleep(0)
        await driven.reach(driven.now().mono_s + seconds)
        await asyncio.sleep(0)

    return Case(driven, reach)


async def test_contract_both_clocks_go_on_together(case):
    before = case.clock.now()
    await case.pass_time(0.05)
    after = case.clock.now()
    assert after.mono_s - before.mono_s >= 0.049
    assert after.wall_s - before.wall_s == pytest.approx(after.mono_s - before.mono_s, abs=0.02)
    assert clock_step_s(before, after) == 0.0


async def test_contract_never_goes_back(case):
    moments = [case.clock.now().mono_s for _ in range(100)]
    assert moments == sorted(moments)


async def test_contract_sleep_lasts_at_least_as_long_as_asked_on_this_clock(case):
    before = case.clock.now().mono_s
    sleeper = asyncio.create_task(case.clock.sleep(0.1))
    await case.pass_time(0.02)
    assert not sleeper.done()
    await case.pass_time(0.2)
    await sleeper
    assert case.clock.now().mono_s - before >= 0.1


@pytest.mark.parametrize("seconds", [0.0, -1.0])
async def test_contract_no_time_to_sleep_only_lets_others_run(case, seconds):
    ran = []
    other = asyncio.create_task(_note(ran))
    await case.clock.sleep(seconds)
    await asyncio.sleep(0)
    assert ran
    await other


async def test_contract_a_cancelled_sleep_ends(case):
    sleeper = asyncio.create_task(case.clock.sleep(1000))
    await asyncio.sleep(0)
    sleeper.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sleeper
    await case.pass_time(0.01)


async def test_contract_sleepers_wake_in_order(case):
    woken: list[float] = []

    async def sleep(seconds: float) -> None:
        await case.clock.sleep(seconds)
        woken.append(seconds)

    async with asyncio.TaskGroup() as group:
        for seconds in (0.6, 0.2, 0.4):
            group.create_task(sleep(seconds))
        await case.pass_time(0.7)
    assert woken == [0.2, 0.4, 0.6]


async def _note(ran: list[int]) -> None:
    ran.append(1)


# The real clock.


def test_wall_time_is_the_systems():
    before_s = time.time()
    assert before_s <= SystemClock().now().wall_s <= time.time()


@pytest.mark.parametrize(("kernel", "file", "synced"), [(1, 0, True), (0, 1, True), (1, 1, True), (0, 0, False)])
def test_synced_when_the_kernel_or_timesyncd_says_so(monkeypatch, tmp_path, kernel, file, synced):
    monkeypatch.setattr(module, "kernel_synced", lambda: bool(kernel))
    if file:
        (tmp_path / "synchronized").touch()
    assert SystemClock(tmp_path / "synchronized").now().synced is synced


def test_synced_is_looked_up_once_a_second_not_for_every_frame(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(module, "kernel_synced", lambda: bool(asked.append(1)))
    clock = SystemClock(tmp_path / "never")
    for _ in range(50):
        clock.now()
    assert len(asked) == 1


def test_the_kernel_can_be_asked_without_privilege():
    assert module.kernel_synced() in (True, False)


# The driven clock.


@pytest.mark.real_time
async def test_a_recording_ends_now():
    clock = VirtualClock(speed=100.0, duration_s=20.0)
    assert clock.now().wall_s == pytest.approx(time.time() - 20.0 + 0.2, abs=0.1)
    began = time.monotonic()
    await clock.reach(20.0)
    assert time.monotonic() - began == pytest.approx(0.2, abs=0.1)
    assert clock.now().wall_s == pytest.approx(time.time(), abs=0.1)


async def test_it_stands_still_until_moved_and_never_goes_back():
    clock = VirtualClock(speed=1000.0, duration_s=20.0)
    await clock.reach(5.0)
    await asyncio.sleep(0.02)
    await clock.reach(3.0)
    assert clock.now().mono_s == 5.0


@pytest.mark.parametrize("speed", [0.0, -1.0, float("inf"), float("nan")])
def test_an_impossible_speed_is_refused(speed):
    with pytest.raises(ConfigError, match="speed of a replay"):
        VirtualClock(speed, 0.0)


# Steps.


@pytest.mark.parametrize("step_s", [3600.0, -3600.0, 2.5, -2.5, 1e9])
def test_a_step_is_found_with_its_size(step_s):
    clock = ManualClock()
    before = clock.now()
    clock.step(step_s)
    assert clock_step_s(before, clock.now()) == pytest.approx(step_s)


@given(passed_s=st.floats(0, 1e6), off_s=st.floats(-1.99, 1.99))
def test_what_a_disciplined_clock_does_is_no_step(passed_s, off_s):
    before = Now(5.0, 1_790_000_000.0)
    assert clock_step_s(before, Now(5.0 + passed_s, 1_790_000_000.0 + passed_s + off_s)) == 0.0


async def test_the_fake_steps_only_the_wall():
    clock = ManualClock()
    await clock.advance(5.0)
    clock.step(-3600.0)
    assert clock.now() == Now(5.0, 1_790_000_000.0 + 5.0 - 3600.0, True)
