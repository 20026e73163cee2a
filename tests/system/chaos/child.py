"""The hub that is killed: everything real but the sensors and the time, which come in lines on its standard input."""

import asyncio
import json
import sys
from pathlib import Path

from edge.app.hub import session
from edge.app.hub.event_queue import EventQueue
from edge.app.load import checked, process
from edge.model.moment import Now
from edge.mqtt import session as mqtt_session
from edge.ports import Emit
from tests.system.chaos.night import STEPS, event


class LineClock:
    """ports.Clock that stands where the last line put it."""

    def __init__(self, wall_s: float) -> None:
        self._wall_s = wall_s
        self.mono_s = 0.0

    def now(self) -> Now:
        return Now(self.mono_s, self._wall_s + self.mono_s)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Lines:
    """ports.FrameSource: a number in, its event through the hub, the number out."""

    def __init__(self, queue: EventQueue, clock: LineClock) -> None:
        self._queue, self._clock = queue, clock

    async def run(self, emit: Emit) -> None:
        reader = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        print("ready", flush=True)
        while line := await reader.readline():
            step = STEPS[int(line)]
            self._clock.mono_s = step.at_s
            await emit(event(step))
            await self._queue.idle.wait()
            print(f"done {step.number}", flush=True)


def main(config: Path, state_dir: Path, start: dict[str, float]) -> None:
    process.set_up_logs(quiet=True)
    loaded = checked.load(config, state_dir=state_dir)
    # The broker saves by the real clock, which a whole storm does not move by its five minutes.
    mqtt_session.RESEND_S = STEPS[-1].at_s
    clock = LineClock(start["wall_s"])
    clock.mono_s = start["mono_s"]
    options = session.Options(lambda queue: Lines(queue, clock), silent=loaded.config.camera is None, ticks=False)
    asyncio.run(session.run(loaded, clock, options))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3]))
