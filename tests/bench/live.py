"""The hub itself with a real broker, journal, sounder and push, its sensors and the time that passes given by hand."""

import asyncio
import contextlib
import json
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edge.app.hub import session
from edge.app.hub.assembly import Assembly
from edge.app.hub.event_queue import EventQueue
from edge.app.load import checked
from edge.host.clock import SystemClock
from edge.model.alarm import Alarm, Condition, Presence
from edge.model.event import ReadingReceived
from edge.model.moment import Now
from edge.model.reading import Quantity, Reading, Unit
from edge.mqtt.subscriber import Subscriber
from edge.ports import Emit, FrameSource
from tests.support import servers
from tests.support.homes import Home

LOOK_S = 0.002
WAIT_S = 20.0
# As long as a burst of the sounder may be; then it ends by itself.
BURST = '#!/bin/sh\necho "$$ $(date +%s.%N)" >> "{log}"\nexec sleep 3\n'


class Ahead:
    """ports.Clock: the computer's own, put forward by as much as was skipped."""

    def __init__(self) -> None:
        self._clock, self._ahead_s = SystemClock(), 0.0

    def skip(self, seconds: float) -> None:
        self._ahead_s += seconds

    def now(self) -> Now:
        now = self._clock.now()
        return Now(now.mono_s + self._ahead_s, now.wall_s + self._ahead_s, synced=True)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Quiet:
    """ports.FrameSource: nobody is heard but by `EventQueue.put`."""

    async def run(self, _emit: Emit) -> None:
        await asyncio.Event().wait()


Scenario = Callable[[Assembly], Awaitable[None]]
OnAlarm = Callable[[Alarm], None]


def play(
    home: Home,
    clock: Ahead,
    scenario: Scenario,
    *,
    ticks: bool = True,
    source: Callable[[EventQueue], FrameSource] = lambda _queue: Quiet(),
    on_alarm: OnAlarm = lambda _alarm: None,
    state: str = "state",
) -> None:
    """Run the hub of that home until the scenario is over."""
    options = session.Options(source=source, meanwhile=scenario, on_alarm=on_alarm, ticks=ticks)
    asyncio.run(session.run(checked.load(home.config, state_dir=home.folder / state), clock, options))


async def until(check: Callable[[], Any], timeout_s: float = WAIT_S) -> Any:
    """What `check` gives once that is something; TimeoutError if it does not come to that."""
    return await servers.until(check, timeout_s, look_s=LOOK_S)


async def connected(parts: Assembly) -> None:
    await until(lambda: parts.publisher.connected)


@dataclass
class Raised:
    """Fevers that began, and when (time.time); the hub's `on_alarm`."""

    fevers: list[tuple[Alarm, float]] = field(default_factory=list)

    def __call__(self, alarm: Alarm) -> None:
        if alarm.key.condition is Condition.FEVER and alarm.presence is Presence.ON:
            self.fevers.append((alarm, time.time()))


async def warm(
    queue: EventQueue, clock: Ahead, raised: Raised, *, celsius: float = 38.6, minutes: int = 60
) -> tuple[Alarm, float]:
    """The patch measures that, as fast as the hub takes it, until it is a fever: the alarm, and when (time.time)."""
    for _ in range(minutes * 6):
        clock.skip(10.0)
        await queue.put(ReadingReceived("patch", Reading(Quantity.TEMPERATURE, celsius, Unit.CELSIUS)))
        await queue.idle.wait()
        if raised.fevers:
            return raised.fevers[0]
    raise RuntimeError(f"no fever after {minutes} min at {celsius} °C")


@dataclass
class Heard:
    """What one client was sent: when (time.time), topic, fields."""

    client: Subscriber
    messages: list[tuple[float, str, dict[str, Any]]] = field(default_factory=list)

    async def first(self, since_s: float, check: Callable[[str, dict[str, Any]], bool]) -> float:
        """When the first message since then came for which `check(topic, fields)` holds."""

        def found() -> float | None:
            return next((at for at, *message in self.messages if at >= since_s and check(*message)), None)

        return float(await until(found))


@contextlib.asynccontextmanager
async def listening(client: Subscriber) -> AsyncIterator[Heard]:
    """Everything that this client is sent, as long as the block lasts."""
    async with client:
        heard = Heard(client)

        async def listen() -> None:
            while True:
                message = await client.next(3600.0)
                if message.payload.startswith(b"{"):
                    heard.messages.append((time.time(), message.topic, json.loads(message.payload)))

        task = asyncio.create_task(listen())
        try:
            yield heard
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


@dataclass(frozen=True)
class Card:
    """A sound card in the place of `aplay`: writes down each burst that it was given, and plays it for 3 s."""

    log: Path

    def bursts(self) -> list[tuple[int, float]]:
        """Process and moment (time.time) of each."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [(int(pid), float(at)) for pid, at in (line.split() for line in lines)]

    def since(self, since_s: float) -> float | None:
        """When it was first asked to sound from then on."""
        return next((at_s for _, at_s in self.bursts() if at_s >= since_s), None)

    def sounds(self) -> bool:
        return bool(bursts := self.bursts()) and Path(f"/proc/{bursts[-1][0]}").exists()


@contextlib.contextmanager
def sound_card(folder: Path) -> Iterator[Card]:
    """While it lasts, the hub's `aplay` is this one."""
    before, card = os.environ["PATH"], Card(folder / "bursts")
    program = folder / "bin" / "aplay"
    program.parent.mkdir()
    program.write_text(BURST.format(log=card.log))
    program.chmod(0o755)
    os.environ["PATH"] = f"{program.parent}:{before}"
    try:
        yield card
    finally:
        os.environ["PATH"] = before
