"""A machine's Bluetooth: D-Bus, bluetoothd, and an adapter whose radio is simulated."""

import asyncio
import shutil
from pathlib import Path

from bumble.controller import Controller
from bumble.hci import LeFeatureMask
from bumble.transport import open_transport
from dbus_fast import BusType
from dbus_fast.aio import MessageBus

from edge.radio import bluez
from tests.support.air.bumble_backend import Air, Peripheral

BLUETOOTHD = "/usr/libexec/bluetooth/bluetoothd"
SOCKET = Path("/run/dbus/system_bus_socket")
ADDRESS, DONGLE = "F0:00:00:00:00:01", "F0:00:00:00:00:02"


class Machine:
    """`air` is what its adapters hear; `transports`: each adapter's end, which is pulled out by closing it."""

    def __init__(self) -> None:
        self.air = Air()
        self.dbus: asyncio.subprocess.Process
        self.bluetoothd: asyncio.subprocess.Process

    async def start_dbus(self) -> None:
        clear()
        self.dbus = await asyncio.create_subprocess_exec("dbus-daemon", "--system", "--nofork", "--nopidfile")
        await until(SOCKET.exists)

    async def start_bluetoothd(self) -> None:
        self.bluetoothd = await asyncio.create_subprocess_exec(BLUETOOTHD, "--nodetach")

    async def start(self) -> None:
        forget_all()
        await self.start_dbus()
        await self.start_bluetoothd()
        self.transports, self.controllers = [], []
        await self.plug_in(ADDRESS)

    async def plug_in(self, address: str) -> None:
        """One more adapter: hci0, hci1 ..."""
        transport = await open_transport("vhci")
        name = f"hci{len(self.transports)}"
        self.transports.append(transport)
        controller = Controller(name, transport.source, transport.sink, self.air, address)
        # BlueZ would use both, and Bumble 0.0.236 does neither as the kernel expects
        controller.le_features &= ~(LeFeatureMask.LL_PRIVACY | LeFeatureMask.LE_EXTENDED_ADVERTISING)
        self.controllers.append(controller)
        await powered(len(self.transports))

    async def pull_out(self, number: int, connected: Peripheral) -> None:
        """What is connected over it hears no more of it, and after its supervision time-out advertises again."""
        self.air.controllers.discard(self.controllers[number])
        await self.transports[number].close()
        await connected.drop()

    async def stop(self) -> None:
        for process in (self.bluetoothd, self.dbus):
            if process.returncode is None:
                process.kill()
            await process.wait()
        for transport in self.transports:
            await transport.close()


def forget_all() -> None:
    """What bluetoothd has stored of sensors."""
    for known in Path("/var/lib/bluetooth").iterdir():
        shutil.rmtree(known)


def clear() -> None:
    """A killed dbus-daemon leaves its socket and its pid."""
    SOCKET.unlink(missing_ok=True)
    Path("/run/dbus/pid").unlink(missing_ok=True)


async def until(condition, seconds=20.0):
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - much of what is waited for is a property, not an event
            await asyncio.sleep(0.02)


async def adapters() -> list[dict]:
    bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
    try:
        return [properties for _, properties in await bluez.objects(bus, bluez.ADAPTER)]
    finally:
        bus.disconnect()


async def powered(count: int = 1) -> None:
    """Wait until bluetoothd answers and so many adapters are on."""
    async with asyncio.timeout(30):
        while True:
            try:
                if sum(adapter["Powered"] for adapter in await adapters()) >= count:
                    return
            except (OSError, EOFError, bluez.DBusError):
                pass
            await asyncio.sleep(0.1)
