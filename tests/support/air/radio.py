"""A radio for a command of its own process or of the test's: simulated sensors that talk by themselves."""

import asyncio

from edge.radio.bleak_source import Backend
from edge.radio.discovery import Air
from tests.support.air.bumble_backend import Air as Sky
from tests.support.air.bumble_backend import BumbleClient, BumbleScanner, Peripheral
from tests.support.air.rig import QuickClock

MOVEMENT = bytes.fromhex("02009435770000000001f7ffffffe703f8fffeffe503")


def radio(*sensors: tuple, speed: float = 10.0, fails: BaseException | None = None) -> Air:
    """An air that comes into being in whichever loop a command starts to scan, with these sensors in it.

    sensors: each how to make it, and what it says where: (make, uuid, payload, seconds between), or (make,) for one
    that is silent. fails: what the scanner raises when it starts.
    """

    class Client(BumbleClient):
        pass

    class Scanner(BumbleScanner):
        loop: asyncio.AbstractEventLoop | None = None
        talking: tuple[asyncio.Task[None], ...] = ()

        async def start(self) -> None:
            if type(self).loop is not asyncio.get_running_loop():
                type(self).loop = asyncio.get_running_loop()
                type(self).air = Client.air = await Sky().start()
                self.air.fail_start = fails
                type(self).talking = tuple(
                    [asyncio.create_task(_talk(await make(self.air), *says)) for make, *says in sensors]
                )
            await super().start()

    return Air(QuickClock(speed), backend=Backend(Scanner, Client))


async def _talk(sensor: Peripheral, uuid: str = "", payload: bytes = b"", every_s: float = 0.05) -> None:
    while uuid:
        if sensor.connected:
            await sensor.send(uuid, payload)
        await asyncio.sleep(every_s)
