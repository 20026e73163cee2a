"""Bonding with a sensor that asks for it, over BlueZ: only `feverhub pair` does, for as long as it runs.

BlueZ starts to bond by itself when a sensor refuses something over an unencrypted connection, but then asks an agent
whether it may, and refuses where there is none. Keys are kept by BlueZ, of one adapter and one sensor.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dbus_fast.annotations import DBusObjectPath, DBusUInt32
from dbus_fast.errors import DBusError
from dbus_fast.service import ServiceInterface, dbus_method

from edge.radio import bluez

AGENT_AT = "/feverhub/agent"
_MANAGER = "org.bluez.AgentManager1"


class Agent(ServiceInterface):
    """org.bluez.Agent1 of a computer without keys and display: it agrees, and knows no number ("Just Works")."""

    def __init__(self) -> None:
        super().__init__("org.bluez.Agent1")

    @dbus_method()
    def Release(self) -> None:  # noqa: N802 - BlueZ's names
        pass

    @dbus_method()
    def Cancel(self) -> None:  # noqa: N802
        pass

    @dbus_method()
    def RequestConfirmation(self, device: DBusObjectPath, passkey: DBusUInt32) -> None:  # noqa: N802
        pass

    @dbus_method()
    def RequestAuthorization(self, device: DBusObjectPath) -> None:  # noqa: N802
        pass


@asynccontextmanager
async def answering() -> AsyncIterator[None]:
    """Agree to every bond while this lasts. Throws one of faults.RADIO_ERRORS."""
    async with bluez.system_bus() as bus:
        bus.export(AGENT_AT, Agent())
        await bluez.call(bus, bluez.BLUEZ, "/org/bluez", f"{_MANAGER}.RegisterAgent", "os", AGENT_AT, "NoInputNoOutput")
        await bluez.call(bus, bluez.BLUEZ, "/org/bluez", f"{_MANAGER}.RequestDefaultAgent", "o", AGENT_AT)
        yield


async def bond(path: str) -> None:
    """Bond with the connected sensor that BlueZ has at `path`, while `answering`. Throws DBusError if it will not."""
    async with bluez.system_bus() as bus:
        try:
            await bluez.call(bus, bluez.BLUEZ, path, f"{bluez.DEVICE}.Pair")
        except DBusError as error:
            if error.type != "org.bluez.Error.AlreadyExists":
                raise


async def identity(path: str) -> tuple[str, bool]:
    """Its address, which for a sensor that was bonded with is its true one and never changes; and whether it was."""
    async with bluez.system_bus() as bus:
        for at, device in await bluez.objects(bus, bluez.DEVICE):
            if at == path:
                return device["Address"].upper(), bool(device.get("Paired"))
    return "", False
