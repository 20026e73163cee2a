"""Connections to sensors over a Bluetooth proxy of ESPHome, as bleak's client.

Only what a hub does with a sensor: connect, find its services, read, write, be notified, leave. Nothing is remembered
of a sensor's services: each connection asks for them, as BlueZ checks its own copy.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from aioesphomeapi.client import APIClient
from aioesphomeapi.core import (
    APIConnectionError,
    BluetoothConnectionDroppedError,
    BluetoothGATTAPIError,
    TimeoutAPIError,
    to_human_readable_gatt_error,
)
from bleak.args import SizedBuffer
from bleak.assigned_numbers import CHARACTERISTIC_PROPERTIES
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient, NotifyCallback
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakError

from edge.radio.faults import end_if_cancelled

FREE_S = 2.0
"""A proxy that has just let go of a sensor says within that time that it has a connection free."""
LEAVE_S = 2.0
OPERATION_S = 30.0
"""Of one read, write or subscription: the ATT transaction time-out (Core Specification, Vol 3 Part F 3.3.3)."""
SMALLEST_MTU = 23
ATT_HEADER = 3
CCCD = "00002902-0000-1000-8000-00805f9b34fb"
NOTIFY, INDICATE = b"\x01\x00", b"\x02\x00"
"""Of the Client Characteristic Configuration descriptor (Core Specification, Vol 3 Part G 3.3.3.3)."""
_GONE = -1  # a GATT error of ESPHome's: not connected


@dataclass(slots=True, eq=False)
class Session:
    """One connection to a proxy, and what goes over it.

    features: aioesphomeapi's BluetoothProxyFeature bits. clients: those that are connected. asked: addresses that it
    was told to let go of once, since it may hold a connection of the hub's last life and refuse a new one for long.
    """

    api: APIClient
    features: int
    clients: "set[ProxyClient]" = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    # It has a connection to a sensor left, as it said last.
    _free: asyncio.Event = field(default_factory=asyncio.Event)

    def begin(self) -> None:
        """Ask it to tell of its free connections from now on."""
        self.api.subscribe_bluetooth_connections_free(self._count)

    def _count(self, free: int, _limit: int, _allocated: list[int]) -> None:
        if free:
            self._free.set()
        else:
            self._free.clear()

    async def room(self) -> None:
        """Wait until it has a connection left. Raises BleakError."""
        try:
            async with asyncio.timeout(FREE_S):
                await self._free.wait()
        except TimeoutError:
            raise BleakError("the proxy has no connection left") from None

    def end(self) -> None:
        """It is over, and the sensors' connections with it, whatever the proxy still believes."""
        for client in list(self.clients):
            client.lost()


class ProxyClient(BaseBleakClient):
    """bleak's client over one session; `over` makes the class for it."""

    session: ClassVar[Session]

    def __init__(self, device: BLEDevice, **options: Any) -> None:
        """device: as the scanner over the same session has reported it."""
        super().__init__(device, **options)
        self._number = int(device.address.replace(":", ""), 16)
        self._random = device.details["address_type"]
        self._mtu = SMALLEST_MTU
        self._connected = False
        # Of the proxy's last word about this connection: ESP_GATT_... or a reason of HCI; 0: none.
        self._error = 0
        # Ends listening to the proxy's words about this connection.
        self._unwatch: Callable[[], None] | None = None
        # By handle: ends listening to notifications.
        self._notifying: dict[int, Callable[[], None]] = {}

    @property
    def name(self) -> str:
        """Its address: what else it is called, whoever scanned knows."""
        return self.address

    @property
    def mtu_size(self) -> int:
        """Of ATT, in bytes."""
        return self._mtu

    @property
    def is_connected(self) -> bool:
        """By the proxy's last word."""
        return self._connected

    async def connect(self, pair: bool, **options: Any) -> None:
        """Connect and find its services; afterwards it is connected, or nothing of it is left.

        options: `timeout` of the connection itself, in s. Raises BleakError, TimeoutError.
        """
        await self.session.room()
        if self.address not in self.session.asked:
            self.session.asked.add(self.address)
            with contextlib.suppress(APIConnectionError, TimeoutError):
                await self.session.api.bluetooth_device_disconnect(self._number, LEAVE_S)
            end_if_cancelled()
        self._error = 0
        try:
            with self._as_bleak():
                self._unwatch = await self.session.api.bluetooth_device_connect(
                    self._number,
                    self._heard,
                    timeout=options.get("timeout", self._timeout),
                    feature_flags=self.session.features,
                    address_type=self._random,
                )
                self._check("did not connect")
                self.session.clients.add(self)
                if pair:
                    await self.pair()
                self.services = await self._discover()
                self._check("disconnected while its services were read")
        except BaseException:
            self._give_up()
            raise

    async def disconnect(self) -> None:
        """Raises BleakError where the proxy does not say that it did."""
        try:
            with self._as_bleak():
                await self.session.api.bluetooth_device_disconnect(self._number, LEAVE_S)
        finally:
            self.lost()

    async def pair(self, *_: Any, **__: Any) -> None:
        """Raises BleakError."""
        with self._as_bleak():
            answer = await self.session.api.bluetooth_device_pair(self._number)
        if not answer.paired:
            raise BleakError(f"it does not pair ({to_human_readable_gatt_error(answer.error)})")

    async def unpair(self) -> None:
        """Raises BleakError."""
        with self._as_bleak():
            answer = await self.session.api.bluetooth_device_unpair(self._number)
        if not answer.success:
            raise BleakError(f"its bond stays ({to_human_readable_gatt_error(answer.error)})")

    def _heard(self, connected: bool, mtu: int, error: int) -> None:
        """The proxy says something of this connection."""
        self._error = error
        if connected:
            self._connected, self._mtu = True, mtu or SMALLEST_MTU
        else:
            self.lost()

    def lost(self) -> None:
        """It is over: nothing is heard of it any more, and whoever has it is told once."""
        was, self._connected = self._connected, False
        self._forget()
        if was and self._disconnected_callback is not None:
            self._disconnected_callback()

    def _give_up(self) -> None:
        """What came up of a connection that nobody gets is let go of, without waiting; nobody is told of its end."""
        self._connected = False
        self._forget()
        with contextlib.suppress(APIConnectionError):  # the proxy ends what it holds once nobody listens to it
            self.session.api.bluetooth_device_disconnect_no_wait(self._number)

    def _forget(self) -> None:
        self.services = None
        self.session.clients.discard(self)
        unwatch, self._unwatch = self._unwatch, None
        for each in (*self._notifying.values(), *([unwatch] if unwatch else [])):
            each()
        self._notifying.clear()

    def _check(self, what: str) -> None:
        if not self._connected:
            why = f" ({to_human_readable_gatt_error(self._error)}, {self._error})" if self._error else ""
            raise BleakError(f"the sensor {what}{why}")

    async def _discover(self) -> BleakGATTServiceCollection:
        found = BleakGATTServiceCollection()
        payload = self._mtu - ATT_HEADER
        for service in (await self.session.api.bluetooth_gatt_get_services(self._number)).services:
            ours = BleakGATTService(service, service.handle, service.uuid)
            found.add_service(ours)
            for each in service.characteristics:
                names = [name for bit, name in CHARACTERISTIC_PROPERTIES.items() if each.properties & bit]
                made = BleakGATTCharacteristic(each, each.handle, each.uuid, names, lambda: payload, ours)
                found.add_characteristic(made)
                for descriptor in each.descriptors:
                    found.add_descriptor(BleakGATTDescriptor(descriptor, descriptor.handle, descriptor.uuid, made))
        if not found.services:
            raise BleakError("the proxy found no services of it")
        return found

    async def read_gatt_char(self, characteristic: BleakGATTCharacteristic, **_: Any) -> bytearray:
        """Its value, over the air. Raises BleakError."""
        return bytearray(await self._do(self.session.api.bluetooth_gatt_read, characteristic.handle, OPERATION_S))

    async def read_gatt_descriptor(self, descriptor: BleakGATTDescriptor, **_: Any) -> bytearray:
        """Its value, over the air. Raises BleakError."""
        return bytearray(
            await self._do(self.session.api.bluetooth_gatt_read_descriptor, descriptor.handle, OPERATION_S)
        )

    async def write_gatt_char(self, characteristic: BleakGATTCharacteristic, data: SizedBuffer, response: bool) -> None:
        """response: whether the sensor confirms it. Raises BleakError."""
        await self._do(self.session.api.bluetooth_gatt_write, characteristic.handle, bytes(data), response, OPERATION_S)

    async def write_gatt_descriptor(self, descriptor: BleakGATTDescriptor, data: SizedBuffer) -> None:
        """Raises BleakError."""
        await self._do(self.session.api.bluetooth_gatt_write_descriptor, descriptor.handle, bytes(data), OPERATION_S)

    async def start_notify(self, characteristic: BleakGATTCharacteristic, callback: NotifyCallback, **_: Any) -> None:
        """Notifications if it has them, else indications. Raises BleakError."""
        handle, descriptor = characteristic.handle, characteristic.get_descriptor(CCCD)
        if descriptor is None:
            raise BleakError(f"{characteristic.uuid} can neither notify nor indicate")
        _, self._notifying[handle] = await self._do(
            self.session.api.bluetooth_gatt_start_notify, handle, lambda _, data: callback(data), OPERATION_S
        )
        # The proxy, which keeps no descriptors, leaves it to its client to switch them on at the sensor.
        await self.write_gatt_descriptor(descriptor, NOTIFY if "notify" in characteristic.properties else INDICATE)

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        """Raises BleakError."""
        if (unlisten := self._notifying.pop(characteristic.handle, None)) is not None:
            unlisten()
            self.session.api.bluetooth_gatt_stop_notify(self._number, characteristic.handle)

    async def _do(self, what: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
        """One operation on this sensor."""
        with self._as_bleak():
            self._check("is not connected")
            return await what(self._number, *arguments)

    @contextlib.contextmanager
    def _as_bleak(self) -> Iterator[None]:
        """Errors of the native API become bleak's; one that says that the connection is over ends it at once."""
        try:
            yield
        except TimeoutAPIError as error:
            end_if_cancelled()
            raise TimeoutError(str(error)) from error
        except APIConnectionError as error:
            end_if_cancelled()
            dropped = isinstance(error, BluetoothConnectionDroppedError)
            if dropped or (isinstance(error, BluetoothGATTAPIError) and error.error.error == _GONE):
                self.lost()
            raise BleakError(" ".join(str(error).split())) from error


def over(session: Session) -> type[BaseBleakClient]:
    """A client class whose connections go over this session."""
    return type("ProxyClient", (ProxyClient,), {"session": session})
