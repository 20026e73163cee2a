"""What bleak 3.1 does not do with BlueZ: notice that bluetoothd died, forget a device, switch the adapter off and on.

bleak watches the D-Bus connection but not the owner of the name org.bluez, so a killed bluetoothd leaves every
connection looking alive. Every call is bounded by CALL_S and throws one of faults.RADIO_ERRORS.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any

from dbus_fast import BusType, Message, MessageFlag, MessageType, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.errors import DBusError
from dbus_fast.unpack import unpack_variants

BLUEZ = "org.bluez"
ADAPTER = "org.bluez.Adapter1"
DEVICE = "org.bluez.Device1"
_DBUS = "org.freedesktop.DBus"
_RULES = (
    f"type='signal',sender='{_DBUS}',interface='{_DBUS}',member='NameOwnerChanged',arg0='{BLUEZ}'",
    f"type='signal',sender='{BLUEZ}',interface='{_DBUS}.Properties',member='PropertiesChanged',arg0='{ADAPTER}'",
    f"type='signal',sender='{BLUEZ}',interface='{_DBUS}.ObjectManager',member='InterfacesRemoved'",
)
CALL_S = 10.0
ASK_EVERY_S = 5.0
PATIENCE = 2
"""bluetoothd is asked for a sign of life so often, and called frozen when so many in a row stayed without an answer
for ASK_EVERY_S: a process that is stopped or hangs keeps its name on the bus, its connections look alive, and neither
BlueZ nor bleak reports it."""
OFF_S = 2.0
"""How long the adapter stays off: the controller's own reset takes well under a second."""


class Change(StrEnum):
    """What `watch` tells; the values are for a person."""

    THERE = "the Bluetooth service (bluetoothd) is there"
    GONE = "the Bluetooth service (bluetoothd) has stopped"
    NO_ADAPTER = "the Bluetooth adapter was switched off or pulled out"
    FROZEN = "the Bluetooth service (bluetoothd) does not answer"


async def adapters() -> Mapping[str, str]:
    """Address by name (`hci0`) of the adapters that can do Bluetooth Low Energy, also of those switched off."""
    async with system_bus() as bus:
        return {
            _name(path): adapter.get("Address", "")
            for path, adapter in await objects(bus, ADAPTER)
            if "central" in adapter.get("Roles", ["central"])
        }


class Bluez:
    """The system's BlueZ, over a D-Bus connection of its own."""

    async def watch(self, changed: Callable[[Change, str], None]) -> None:
        """Tell whether bluetoothd is there and answers, now and at every change; throws when D-Bus itself goes.

        changed: called with the change, and the adapter (`hci0`) where it is about one alone.
        """
        async with system_bus() as bus:

            def received(message: Message) -> None:
                for change, adapter in _changes(message):
                    changed(change, adapter)

            bus.add_message_handler(received)
            for rule in _RULES:
                await call(bus, _DBUS, "/org/freedesktop/DBus", f"{_DBUS}.AddMatch", "s", rule)
            there = await call(bus, _DBUS, "/org/freedesktop/DBus", f"{_DBUS}.NameHasOwner", "s", BLUEZ)
            changed(Change.THERE if there else Change.GONE, "")
            asking = asyncio.create_task(_ask(bus, changed))
            try:
                await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]
            finally:
                asking.cancel()
                await asyncio.gather(asking, return_exceptions=True)
        raise EOFError("the D-Bus connection was closed")

    async def power_cycle(self, adapter: str = "") -> None:
        """Switch the adapter (`hci0`; empty: all) off and on again."""
        async with system_bus() as bus:
            paths = [path for path, _ in await objects(bus, ADAPTER) if path.endswith(f"/{adapter}" if adapter else "")]
            try:
                for path in paths:
                    await _set_powered(bus, path, False)
                await asyncio.sleep(OFF_S)
            finally:
                for path in paths:
                    await _set_powered(bus, path, True)

    async def forget(self, address: str) -> None:
        """Remove a device and what BlueZ remembers of its services. A paired one is kept: its keys would go too."""
        async with system_bus() as bus:
            for path, device in await objects(bus, DEVICE):
                if device["Address"].upper() == address.upper() and not device.get("Paired"):
                    await call(bus, BLUEZ, device["Adapter"], f"{ADAPTER}.RemoveDevice", "o", path)

    async def release(self, addresses: Iterable[str]) -> None:
        """Disconnect what BlueZ still holds, left by a process that was killed: such a device does not advertise."""
        wanted = {address.upper() for address in addresses}
        async with system_bus() as bus:
            for path, device in await objects(bus, DEVICE):
                if device.get("Connected") and device["Address"].upper() in wanted:
                    await call(bus, BLUEZ, path, f"{DEVICE}.Disconnect")


async def _ask(bus: MessageBus, changed: Callable[[Change, str], None]) -> None:
    """Ask bluetoothd for a sign of life, for ever; tell when it has stopped to give any, and when it does again."""
    unanswered = 0
    while True:
        try:
            async with asyncio.timeout(ASK_EVERY_S):
                # Any reply will do, also that nobody of that name is there.
                await bus.call(Message(BLUEZ, "/", f"{_DBUS}.Peer", "Ping", flags=MessageFlag.NO_AUTOSTART))
        except TimeoutError:
            unanswered += 1
            if unanswered == PATIENCE:
                changed(Change.FROZEN, "")
            continue
        if unanswered >= PATIENCE:
            changed(Change.THERE, "")
        unanswered = 0
        await asyncio.sleep(ASK_EVERY_S)


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _changes(message: Message) -> Iterator[tuple[Change, str]]:
    if message.member == "NameOwnerChanged" and message.body[0] == BLUEZ:
        _, before, owner = message.body
        if before:
            yield Change.GONE, ""  # also when another owner follows at once: the connections are gone
        if owner:
            yield Change.THERE, ""
    elif message.member == "PropertiesChanged" and message.body[0] == ADAPTER:
        if unpack_variants(message.body[1]).get("Powered") is False:
            yield Change.NO_ADAPTER, _name(message.path or "")
    elif message.member == "InterfacesRemoved" and ADAPTER in message.body[1]:
        yield Change.NO_ADAPTER, _name(message.body[0])


@asynccontextmanager
async def system_bus() -> AsyncIterator[MessageBus]:
    bus = MessageBus(bus_type=BusType.SYSTEM)
    try:
        async with asyncio.timeout(CALL_S):
            await bus.connect()
        yield bus
    finally:
        bus.disconnect()  # also after a failed connect, or its socket leaks


async def call(bus: MessageBus, service: str, path: str, call: str, signature: str = "", *body: object) -> Any:
    """One call, `interface.member`; its first result or None. Throws DBusError, TimeoutError."""
    interface, _, member = call.rpartition(".")
    message = Message(service, path, interface, member, signature=signature, body=list(body))
    async with asyncio.timeout(CALL_S):
        reply = await bus.call(message)
    if reply is None or reply.message_type is MessageType.ERROR:
        name, words = (reply.error_name, reply.body) if reply else ("org.freedesktop.DBus.Error.NoReply", [])
        raise DBusError(name or "org.freedesktop.DBus.Error.Failed", f"{member}: {words[0] if words else name}", reply)
    return reply.body[0] if reply.body else None


async def objects(bus: MessageBus, interface: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Path and properties of BlueZ's objects of one interface, adapters in the order of their names."""
    objects = await call(bus, BLUEZ, "/", f"{_DBUS}.ObjectManager.GetManagedObjects")
    return ((path, unpack_variants(found[interface])) for path, found in sorted(objects.items()) if interface in found)


async def _set_powered(bus: MessageBus, path: str, on: bool) -> None:
    await call(bus, BLUEZ, path, f"{_DBUS}.Properties.Set", "ssv", ADAPTER, "Powered", Variant("b", on))
