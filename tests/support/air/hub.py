"""`python -m tests.support.air.hub run ...`: the command line as it is, with simulated sensors in the place of a radio.

A thermometer and a movement band lie on the table beside the hub, switched on. The radio of the search runs ten times
as fast as the real one, and the hub itself on the real clock.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable

from edge.cli import feverhub
from edge.errors import EdgeError
from edge.radio.bleak_source import Backend
from edge.radio.discovery import Air
from tests.support.air.bumble_backend import Air as Sky
from tests.support.air.bumble_backend import BumbleClient, BumbleScanner, Peripheral
from tests.support.air.rig import MEASUREMENT, PMD_DATA, QuickClock
from tests.support.air.sensors import FEVER, strap, thermometer

MOVEMENT = bytes.fromhex("02009435770000000001f7ffffffe703f8fffeffe503")
SPEED = 10.0


def simulated(speed: float = SPEED, sensors: tuple[str, ...] = ("thermometer", "band")) -> Air:
    """An air that comes into being in whichever loop begins to scan first, with these sensors in it."""
    known: dict[str, tuple[Callable[[Sky], Awaitable[Peripheral]], str, bytes]] = {
        "thermometer": (thermometer, MEASUREMENT, FEVER),
        "band": (lambda sky: strap(sky, name="Polar Sense 1"), PMD_DATA, MOVEMENT),
    }

    class Client(BumbleClient):
        pass

    class Scanner(BumbleScanner):
        loop: asyncio.AbstractEventLoop | None = None
        talking: tuple[asyncio.Task[None], ...] = ()

        async def start(self) -> None:
            if type(self).loop is not asyncio.get_running_loop():
                type(self).loop = asyncio.get_running_loop()
                type(self).air = Client.air = await Sky().start()
                type(self).talking = tuple(
                    [asyncio.create_task(_talk(await make(self.air), *says)) for make, *says in map(known.get, sensors)]
                )
            await super().start()

    return Air(QuickClock(speed), backend=Backend(Scanner, Client))


async def _talk(sensor: Peripheral, uuid: str, payload: bytes) -> None:
    while True:
        if sensor.connected:
            await sensor.send(uuid, payload)
        await asyncio.sleep(0.1)


if __name__ == "__main__":
    try:
        feverhub.main(sys.argv[1:], obj=simulated(), standalone_mode=False)
    except EdgeError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
