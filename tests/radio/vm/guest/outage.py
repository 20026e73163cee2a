"""A sensor that never stops sending, and how long an outage of it lasts."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bumble.core import BaseBumbleError

from edge.model.alarm import Condition
from edge.radio.bleak_source import BleakSource
from edge.radio.link import State
from tests.support.air.bumble_backend import Peripheral
from tests.support.air.rig import PMD_DATA, Heard

FIGURES = Path("/out/figures")
EVERY_S = 0.1


class Feed:
    """Sends its own count, ten times a second, to whoever has subscribed; `paused`: it counts and sends nothing."""

    def __init__(self, sensor: Peripheral) -> None:
        self.sensor, self.count, self.paused = sensor, 0, False

    async def run(self) -> None:
        while True:
            self.count += 1
            if not self.paused:
                with contextlib.suppress(BaseBumbleError, KeyError):  # the connection ended meanwhile
                    await self.sensor.send(PMD_DATA, self.count.to_bytes(4, "little"))
            await asyncio.sleep(EVERY_S)


@asynccontextmanager
async def feeding(sensor: Peripheral) -> AsyncIterator[Feed]:
    feed = Feed(sensor)
    task = asyncio.create_task(feed.run())
    try:
        yield feed
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def streaming(radio: BleakSource) -> bool:
    return set(radio.states.values()) == {State.STREAMING}


class Outage:
    """Measured from the moment this is made: until the hub notices, and until what is sent after that arrives again."""

    def __init__(self, fault: str, radio: BleakSource, heard: Heard, feed: Feed) -> None:
        self.fault, self.radio, self.heard, self.feed = fault, radio, heard, feed
        self.began_s = self._now_s()
        self.noticed_s = 0.0

    async def noticed(self, within_s: float = 30.0) -> None:
        await self.heard.until(lambda: not streaming(self.radio) or self._down(), within_s)
        self.noticed_s = self._now_s() - self.began_s

    async def over(self, within_s: float = 30.0) -> None:
        """Fails if it is not over `within_s` after it began; writes both times down."""
        if not self.noticed_s:
            await self.noticed(within_s)
        known = self.feed.count
        await self.heard.until(lambda: self._again(known), within_s - (self._now_s() - self.began_s))
        write(fault=self.fault, noticed_s=self.noticed_s, again_s=self._now_s() - self.began_s)

    def _again(self, after: int) -> bool:
        frames = self.heard.frames("s")
        arrives = bool(frames) and int.from_bytes(frames[-1].payload, "little") > after
        return arrives and streaming(self.radio) and not self._down()

    def _down(self) -> bool:
        """Whether it was told that nobody watches; one adapter of several is not that."""
        return [each for each in self.heard.faults if each.condition is Condition.ADAPTER_DOWN][-1].present

    @staticmethod
    def _now_s() -> float:
        return asyncio.get_running_loop().time()


def write(**figures: object) -> None:
    with FIGURES.open("a") as file:
        file.write(json.dumps(figures) + "\n")
