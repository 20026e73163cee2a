"""GpioBuzzer on gpiozero's own mock pins, which remember each change and when it was."""

import asyncio
import contextlib
import itertools
import sys

import pytest
from gpiozero.pins.mock import MockFactory

from edge.ports import Outcome
from edge.sounder.buzzer import GpioBuzzer
from edge.sounder.tones import PATTERNS
from tests.support.fakes.notifier import FakeSounder

PIN = 18
# What a loaded test machine may be late by; a pulse is 150 ms at least, and 90 ms lie between two.
LATE_S = 0.04


@contextlib.asynccontextmanager
async def running(buzzer):
    task = asyncio.ensure_future(buzzer.run())
    yield buzzer
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


@pytest.fixture
def pins():
    factory = MockFactory()
    yield factory
    factory.reset()


def pulses(pin):
    """(begin, end) of each time that it was high, in seconds of one clock."""
    at_s = itertools.accumulate(it.timestamp for it in pin.states)  # each is the time since the one before
    changed = [(0.0, False), *zip(at_s, (it.state for it in pin.states), strict=True)]
    ups = [at for (_, before), (at, now) in itertools.pairwise(changed) if now and not before]
    downs = [at for (_, before), (at, now) in itertools.pairwise(changed) if before and not now]
    return list(zip(ups, downs, strict=False))


@pytest.mark.real_time
@pytest.mark.parametrize("name", ["high", "medium", "technical", "technical_grown"])
async def test_a_burst_has_the_pulses_of_the_loudspeaker(name):
    """Of five bursts one on time is enough: a wrong pattern is wrong in each, a busy machine is not always late."""
    pattern, bursts = PATTERNS[name], []
    due = [(since_s, since_s + pattern.pulse_s) for since_s in pattern.starts_s()]
    late_s = float("inf")
    while late_s > LATE_S and len(bursts) < 5:
        bursts.append(await burst(name, len(due)))
        at_s = bursts[-1][0][0] - due[0][0]
        late_s = max(
            abs(seen - at_s - want)
            for pair in zip(bursts[-1], due, strict=True)
            for seen, want in zip(*pair, strict=True)
        )
    assert late_s <= LATE_S, bursts


async def burst(name, count):
    """(begin, end) of its pulses."""
    pins = MockFactory()
    pin = pins.pin(PIN)
    async with running(GpioBuzzer(PIN, lambda: pins)) as buzzer:
        assert (await buzzer.play(name)).outcome is Outcome.DELIVERED
        async with asyncio.timeout(10):
            while len(pulses(pin)) < count:  # noqa: ASYNC110 - the mock has nothing to wait for
                await asyncio.sleep(0.02)
        seen = pulses(pin)[:count]
    pins.reset()
    return seen


async def test_it_falls_silent_at_once_and_stays_so(pins):
    pin = pins.pin(PIN)
    async with running(GpioBuzzer(PIN, lambda: pins)) as buzzer:
        await buzzer.play("high")
        while not pin.state:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        assert (await buzzer.play("")).detail == "the buzzer is silent"
        assert not pin.state
        count = len(pin.states)
        await asyncio.sleep(0.5)
        assert len(pin.states) == count


async def test_a_test_is_one_burst(pins, monkeypatch):
    short = PATTERNS["low"]
    monkeypatch.setitem(PATTERNS, "test", short.__class__(330.0, 0.02, (0.02,), 0.005, 0.005, None))
    pin = pins.pin(PIN)
    async with running(GpioBuzzer(PIN, lambda: pins)) as buzzer:
        await buzzer.play("test")
        await asyncio.sleep(0.4)
        assert len(pulses(pin)) == 2


async def test_bursts_come_again_and_the_same_pattern_again_does_not_stutter(pins, monkeypatch):
    high = PATTERNS["high"]
    monkeypatch.setitem(PATTERNS, "high", high.__class__(520.0, 0.02, (0.02,), 0.005, 0.005, 0.05))
    pin = pins.pin(PIN)
    async with running(GpioBuzzer(PIN, lambda: pins)) as buzzer:
        await buzzer.play("high")
        for _ in range(20):
            await buzzer.play("high")
            await asyncio.sleep(0.03)
        assert len(pulses(pin)) >= 4


async def test_the_pin_is_low_from_the_start_and_after_the_end(pins):
    pin = pins.pin(PIN)
    async with running(GpioBuzzer(PIN, lambda: pins)) as buzzer:
        assert (await buzzer.ready()).outcome is Outcome.DELIVERED
        assert (pin.function, pin.state) == ("output", False)
        await buzzer.play("high")
        while not pin.state:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    assert (pin.function, pin.state) == ("input", False)


async def test_without_the_extra_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "gpiozero", None)
    monkeypatch.setitem(sys.modules, "gpiozero.pins.lgpio", None)
    sent = await GpioBuzzer(PIN).play("high")
    assert (sent.outcome, sent.detail) == (
        Outcome.REFUSED,
        "the buzzer needs what is not installed: pip install 'feverhub[gpio]'",
    )


async def test_a_pin_that_cannot_be_had_is_said_and_tried_again(pins):
    tries = []

    def factory():
        tries.append(1)
        if len(tries) == 1:
            raise OSError("can not open gpiochip")
        return pins

    async with running(GpioBuzzer(PIN, factory)) as buzzer:
        sent = await buzzer.play("high")
        assert (sent.outcome, sent.detail) == (Outcome.RETRY, "the buzzer's pin GPIO18 cannot be had (OSError)")
        assert (await buzzer.play("high")).outcome is Outcome.DELIVERED


async def test_a_pin_that_fails_while_it_sounds_ends_no_hub_and_sounds_again(pins, monkeypatch):
    monkeypatch.setattr("edge.sounder.bursts.RETRY_S", 0.02)
    pin = pins.pin(PIN)

    def broken():
        raise OSError("the chip is gone")

    async with running(GpioBuzzer(PIN, lambda: pins)) as buzzer:
        await buzzer.ready()
        monkeypatch.setattr(buzzer._output, "on", broken)
        assert (await buzzer.play("high")).outcome is Outcome.DELIVERED
        async with asyncio.timeout(5):
            while not pin.state:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        monkeypatch.setattr(buzzer._output, "off", broken)
        assert (await buzzer.play("")).outcome is Outcome.DELIVERED
        assert pin.function == "input", "given back, since it could not be set low"


async def test_nothing_heavy_is_loaded_for_it():
    code = "import sys, edge.sounder.buzzer; assert 'gpiozero' not in sys.modules"
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", code)
    assert await child.wait() == 0


# The contract that the fake sounder of other tests keeps, too.


@pytest.fixture(params=["fake", "mock pins"])
async def either(request, pins):
    if request.param == "fake":
        yield FakeSounder()
        return
    async with running(GpioBuzzer(PIN, lambda: pins)) as buzzer:
        yield buzzer


async def test_contract_plays_every_pattern_and_falls_silent(either):
    for pattern in (*PATTERNS, ""):
        assert (await either.play(pattern, 40)).outcome is Outcome.DELIVERED


async def test_contract_refuses_what_it_cannot_play(either):
    assert (await either.play("fanfare")).outcome is Outcome.REFUSED
