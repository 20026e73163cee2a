"""Bleak over Google's Bumble, in this process: simulated controllers, real HCI, ATT and GATT; no root, no socket.

`Air` is the radio. `await air.peripheral(...)` puts a sensor on it; `air.backend()` is what BleakSource is given.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, ClassVar

from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient, NotifyCallback
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakError
from bumble.att import Attribute, AttributeValue
from bumble.controller import Controller
from bumble.core import AdvertisingData, BaseBumbleError, PhysicalTransport
from bumble.device import Advertisement, AdvertisingType, Connection, Device, DeviceConfiguration, Peer
from bumble.gatt import Characteristic, Service
from bumble.gatt_client import CharacteristicProxy
from bumble.hci import (
    Address,
    HCI_Command_Complete_Event,
    HCI_Command_Status_Event,
    HCI_LE_Set_Random_Address_Command,
    OwnAddressType,
)
from bumble.host import Host
from bumble.link import LocalLink
from bumble.pairing import PairingConfig
from bumble.transport.common import AsyncPipeSink

from edge.radio.bleak_source import Backend

CONNECT_S = 2.0
Properties = Characteristic.Properties
_NAMES = {"READ": "read", "WRITE": "write", "WRITE_WITHOUT_RESPONSE": "write-without-response"} | {
    "NOTIFY": "notify",
    "INDICATE": "indicate",
}


class _Host(Host):
    """Bumble's own raises in a callback where an answer comes in the moment in which its command is cancelled."""

    def on_command_processed(self, event: HCI_Command_Complete_Event | HCI_Command_Status_Event) -> None:
        if self.pending_response is None or not self.pending_response.done():
            super().on_command_processed(event)


class Air(LocalLink):
    """All controllers hear each other. `muted`: addresses whose packets are lost both ways (out of range, frozen)."""

    def __init__(self) -> None:
        super().__init__()
        self.muted: set[str] = set()
        self.deaf: set[str] = set()
        self.fail_start: BaseException | None = None
        self.off: dict[str, BaseException] = {}
        self.scans = 0
        self.attempts: list[str] = []
        self.connecting = 0
        self.most_connecting = 0
        self.centrals: dict[str, Device] = {}
        self.rssi_dbm: dict[str, int] = {}

    async def start(self, *names: str) -> "Air":
        """With one adapter without a name, or with several; `rssi_dbm` is how loud each hears everyone."""
        for number, name in enumerate(names or ("",), start=1):
            self.centrals[name] = await self.device(f"central {name}", f"F0:00:00:00:00:{number:02X}")
        return self

    @property
    def central(self) -> Device:
        return self.centrals[""]

    async def device(
        self, name: str, address: str, *, public: bool = False, gatt: bool = True, private: bool = False
    ) -> Device:
        """With a random address; public: with that public address, and a random one that it does not use.

        gatt: with the Generic Attribute service, whose database hash tells when services have changed. private: with
        a resolvable private address; only who has bonded learns from it that it is this one.
        """
        controller = Controller(name, link=self, public_address=address if public else "00:00:00:00:00:00")
        random = f"C9{address[2:]}" if public else address
        config = DeviceConfiguration(name=name, address=Address(random), gatt_service_enabled=gatt)
        config.le_privacy_enabled, config.irk = private, bytes(range(16))
        device = Device(config=config, host=_Host(controller, AsyncPipeSink(controller)))
        await device.power_on()
        return device

    async def peripheral(
        self, name: str, address: str, *, public: bool = False, gatt: bool = True, private: bool = False, **what: Any
    ) -> "Peripheral":
        device = await self.device(name, address, public=public, gatt=gatt, private=private)
        peripheral = Peripheral(self, device, public=public, **what)
        await peripheral.advertise()
        return peripheral

    async def leave(self, peripheral: "Peripheral") -> None:
        """Switch a sensor off for good; another may come back at its address."""
        own = str(peripheral.device.random_address)
        self.muted.add(own)
        await peripheral.drop()
        await asyncio.sleep(0.2)
        self.controllers -= {each for each in self.controllers if str(each.random_address) == own}
        self.muted.discard(own)

    async def fall_silent(self) -> None:
        """Nobody hears anybody, and what is on its way is done with: no answer is left that nobody waits for."""
        self.muted |= {str(each.random_address) for each in self.controllers}
        self.muted |= {str(each.public_address) for each in self.controllers}
        for _ in range(100):
            await asyncio.sleep(0)

    def backend(self) -> Backend:
        scanner, client = (
            type("Scanner", (BumbleScanner,), {"air": self}),
            type("Client", (BumbleClient,), {"air": self}),
        )
        return Backend(scanner, client, tuple(name for name in self.centrals if name))

    def send_advertising_pdu(self, sender_controller: Controller, packet: Any) -> None:
        known = sender_controller in self.controllers
        named = {str(sender_controller.random_address), str(getattr(packet, "advertiser_address", ""))}
        if known and not self.muted & named:
            super().send_advertising_pdu(sender_controller, packet)

    def send_ll_control_pdu(self, sender_address: Address, receiver_address: Address, packet: Any) -> None:
        if self.find_le_controller(receiver_address):
            super().send_ll_control_pdu(sender_address, receiver_address, packet)

    def send_acl_data(
        self, sender_controller: Controller, destination_address: Address, transport: PhysicalTransport, data: bytes
    ) -> None:
        """As LocalLink's, but from the address that this connection is on: BlueZ connects with its public one."""
        links = [c for c in sender_controller.le_connections.values() if c.peer_address == destination_address]
        receiver = self.find_le_controller(destination_address)
        ours = links[0].self_address if links else sender_controller.random_address
        if receiver and not self.muted & {str(ours), str(destination_address)}:
            asyncio.get_running_loop().call_soon(receiver.on_link_acl_data, ours, transport, data)


class Peripheral:
    """A sensor. services: {service UUID: {characteristic UUID: (properties, value)}}. `writes`: what it was written.

    guarded: over an encrypted connection alone it lets itself be written and subscribed to, so it must be bonded with.
    """

    def __init__(
        self,
        air: Air,
        device: Device,
        *,
        services: dict[str, dict[str, tuple[Properties, bytes]]] | None = None,
        advertised: Sequence[tuple[AdvertisingData.Type, bytes]] = (),
        connectable: bool = True,
        public: bool = False,
        guarded: bool = False,
    ) -> None:
        self.air, self.device, self.connectable = air, device, connectable
        self.own_address_type = OwnAddressType.PUBLIC if public else OwnAddressType.RANDOM
        self.advertised = [(AdvertisingData.Type.COMPLETE_LOCAL_NAME, device.name.encode()), *advertised]
        self.writes: list[tuple[str, bytes]] = []
        self.on_write: Callable[[str, bytes], Awaitable[None]] | None = None
        self.characteristics: dict[str, Characteristic[Any]] = {}
        for service, characteristics in (services or {}).items():
            made = [self._characteristic(uuid, *what) for uuid, what in characteristics.items()]
            device.add_service(Service(service, made))
        identity = PairingConfig.AddressType.RANDOM
        device.pairing_config_factory = lambda _: PairingConfig(mitm=False, identity_address_type=identity)
        for characteristic in self.characteristics.values() if guarded else ():
            for attribute in (characteristic, *characteristic.descriptors):
                attribute.permissions |= Attribute.Permissions.WRITE_REQUIRES_ENCRYPTION

    def _characteristic(self, uuid: str, properties: Properties, value: bytes) -> Characteristic[Any]:
        async def write(_: Connection, payload: bytes) -> None:
            self.writes.append((uuid, bytes(payload)))
            if self.on_write:
                await self.on_write(uuid, bytes(payload))

        stored = AttributeValue(read=lambda _: value, write=write)
        allowed = Attribute.Permissions.READABLE | Attribute.Permissions.WRITEABLE
        self.characteristics[uuid] = Characteristic(uuid, properties, allowed, stored)
        return self.characteristics[uuid]

    @property
    def connected(self) -> bool:
        return bool(self.device.connections)

    @property
    def encrypted(self) -> bool:
        return any(each.is_encrypted for each in self.device.connections.values())

    async def move(self) -> None:
        """Take another private address, as every 15 minutes; not while it is connected."""
        await self.device.stop_advertising()
        self.device.random_address = Address.generate_private_address(self.device.irk)
        await self.device.send_sync_command(
            HCI_LE_Set_Random_Address_Command(random_address=self.device.random_address)
        )
        await self.advertise()

    async def advertise(self) -> None:
        kind = (
            AdvertisingType.UNDIRECTED_CONNECTABLE_SCANNABLE
            if self.connectable
            else AdvertisingType.UNDIRECTED_SCANNABLE
        )
        await self.device.start_advertising(
            kind,
            own_address_type=self.own_address_type,
            auto_restart=True,
            advertising_data=bytes(AdvertisingData(list(self.advertised))),
            advertising_interval_min=20,
            advertising_interval_max=20,
        )

    async def send(self, uuid: str, payload: bytes) -> None:
        """Notify or indicate whoever subscribed."""
        characteristic = self.characteristics[uuid]
        if Properties.NOTIFY in characteristic.properties:
            await self.device.notify_subscribers(characteristic, payload)
        else:
            await self.device.indicate_subscribers(characteristic, payload)

    async def drop(self) -> None:
        for connection in list(self.device.connections.values()):
            await connection.disconnect()


class BumbleScanner(BaseBleakScanner):
    air: ClassVar[Air]

    def __init__(self, callback: Any, service_uuids: Any, scanning_mode: str, **kwargs: Any) -> None:
        assert scanning_mode == "active"
        super().__init__(callback, service_uuids)
        self.adapter = kwargs["bluez"].get("adapter", "")

    @property
    def central(self) -> Device:
        return self.air.centrals[self.adapter]

    async def start(self) -> None:
        self.air.scans += 1
        if error := self.air.fail_start or self.air.off.get(self.adapter):
            raise error
        self.seen_devices = {}
        self.central.on(Device.EVENT_ADVERTISEMENT, self._heard)
        await self.central.start_scanning(legacy=True)

    async def stop(self) -> None:
        self.central.remove_listener(Device.EVENT_ADVERTISEMENT, self._heard)
        await self.central.stop_scanning(legacy=True)

    def _heard(self, advertisement: Advertisement) -> None:
        kinds, found = AdvertisingData.Type, advertisement.data
        name = found.get(kinds.COMPLETE_LOCAL_NAME)
        makers = {company: bytes(data) for company, data in found.get_all(kinds.MANUFACTURER_SPECIFIC_DATA)}
        services = {_full(uuid): bytes(data) for uuid, data in found.get_all(kinds.SERVICE_DATA_16_BIT_UUID)}
        lists = (
            found.get_all(kinds.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS),
            found.get_all(kinds.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS),
        )
        uuids = [_full(uuid) for groups in lists for group in groups for uuid in group]
        if self.adapter in self.air.deaf:
            return
        rssi_dbm = self.air.rssi_dbm.get(self.adapter, advertisement.rssi)
        data = AdvertisementData(name, makers, services, uuids, None, rssi_dbm, ())
        address, kind = str(advertisement.address), "public" if advertisement.address.is_public else "random"
        details = {"adapter": self.adapter, "props": {"AddressType": kind}}
        device = self.create_or_update_device(f"{self.adapter} {address}", address, name, details, data)
        self.call_detection_callbacks(device, data)


class BumbleClient(BaseBleakClient):
    air: ClassVar[Air]

    def __init__(self, device: BLEDevice | str, **kwargs: Any) -> None:
        super().__init__(device, disconnected_callback=kwargs["disconnected_callback"], timeout=kwargs["timeout"])
        details: Any = device.details if isinstance(device, BLEDevice) else {}
        self.central = self.air.centrals[details["adapter"]]
        self._connection: Connection | None = None
        self._peer: Peer

    @property
    def mtu_size(self) -> int:
        return self._connection.att_mtu if self._connection else 23

    @property
    def is_connected(self) -> bool:
        return self._connection is not None

    async def connect(self, *_: Any, **__: Any) -> None:
        self.air.attempts.append(self.address)
        if self.central in {self.air.centrals[name] for name in self.air.off}:
            raise BleakError("connect: the adapter is off")
        self.air.connecting += 1
        self.air.most_connecting = max(self.air.most_connecting, self.air.connecting)
        try:
            self._connection = await self.central.connect(
                Address(self.address), transport=PhysicalTransport.LE, timeout=CONNECT_S
            )
        except (BaseBumbleError, TimeoutError) as error:
            raise BleakError(f"connect: {error!r}") from error
        finally:
            self.air.connecting -= 1
        self._lost = asyncio.Event()
        self._connection.on(Connection.EVENT_DISCONNECTION, self._disconnected)
        self._peer = Peer(self._connection)
        await self._bounded(self._peer.request_mtu(247))
        await self._bounded(self._peer.discover_all())
        self.services = self._collect()

    async def disconnect(self) -> None:
        if self._connection:
            await self._bounded(self._connection.disconnect())

    def _disconnected(self, _: int) -> None:
        self._connection, self.services = None, None
        self._lost.set()
        if self._disconnected_callback:
            self._disconnected_callback()

    def _collect(self) -> BleakGATTServiceCollection:
        found = BleakGATTServiceCollection()
        for service in self._peer.services:
            if _full(service.uuid)[4:8] in {"1800", "1801"}:
                continue  # BlueZ keeps GAP and GATT to itself
            ours = BleakGATTService(service, service.handle, _full(service.uuid))
            found.add_service(ours)
            for c in service.characteristics:
                names: Any = [_NAMES[flag.name] for flag in Properties if flag in c.properties and flag.name in _NAMES]
                found.add_characteristic(BleakGATTCharacteristic(c, c.handle, _full(c.uuid), names, lambda: 244, ours))
        return found

    async def _bounded(self, operation: Coroutine[Any, Any, Any]) -> Any:
        """The result; BleakError on any failure, also when the link is lost meanwhile."""
        if not self._connection:
            operation.close()
            raise BleakError("Not connected")
        doing, lost = asyncio.create_task(operation), asyncio.create_task(self._lost.wait())
        await asyncio.wait({doing, lost}, timeout=CONNECT_S, return_when=asyncio.FIRST_COMPLETED)
        for task in (doing, lost):
            task.cancel()
        result, _ = await asyncio.gather(doing, lost, return_exceptions=True)
        if isinstance(result, BaseException):
            raise BleakError(f"{result!r}") from result
        return result

    async def read_gatt_char(self, characteristic: BleakGATTCharacteristic, **_: Any) -> bytearray:
        return bytearray(await self._bounded(self._proxy(characteristic).read_value()))

    async def write_gatt_char(self, characteristic: BleakGATTCharacteristic, data: Any, response: bool) -> None:
        await self._bounded(self._proxy(characteristic).write_value(bytes(data), with_response=response))

    async def start_notify(
        self, characteristic: BleakGATTCharacteristic, callback: NotifyCallback, **kwargs: Any
    ) -> None:
        assert "use_start_notify" in kwargs["bluez"]
        proxy = self._proxy(characteristic)
        await self._bounded(proxy.subscribe(lambda value: callback(bytearray(value))))

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        await self._bounded(self._proxy(characteristic).unsubscribe())

    async def pair(self, *_: Any, **__: Any) -> None:
        raise BleakError("this rig neither pairs nor knows descriptors")

    unpair = read_gatt_descriptor = write_gatt_descriptor = pair  # type: ignore[assignment]

    @staticmethod
    def _proxy(characteristic: BleakGATTCharacteristic) -> CharacteristicProxy[bytes]:
        proxy: CharacteristicProxy[bytes] = characteristic.obj
        return proxy


def _full(uuid: Any) -> str:
    """bleak writes every UUID in full and in lower case."""
    text: str = uuid.to_hex_str("-").lower()
    return f"0000{text}-0000-1000-8000-00805f9b34fb" if len(text) == 4 else text
