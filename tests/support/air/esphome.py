"""A Bluetooth proxy of ESPHome in this process: the native API on loopback, plain or encrypted, over simulated air.

What it answers follows ESPHome's bluetooth_proxy component (api.proto and bluetooth_proxy.cpp of 2026.8): one
subscriber of advertisements, three connections, services sent once, descriptors written by the client.
"""

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from aioesphomeapi import api_pb2 as pb
from aioesphomeapi.core import MESSAGE_TYPE_TO_PROTO
from bleak.assigned_numbers import CHARACTERISTIC_PROPERTIES
from bleak.backends.device import BLEDevice
from bleak.exc import BleakError
from bumble.device import Advertisement, Device
from cryptography.exceptions import InvalidTag
from noise.connection import NoiseConnection

from edge.radio.proxy import Proxy
from tests.support.air.bumble_backend import Air, BumbleClient

KEY = base64.b64encode(bytes(range(32))).decode()
OTHER_KEY = base64.b64encode(bytes(32)).decode()
SLOTS = 3
FEATURES = 0b111_1111
CCCD = "00002902-0000-1000-8000-00805f9b34fb"
_KINDS = {proto.__name__: kind for kind, proto in MESSAGE_TYPE_TO_PROTO.items()}
_BITS = {name: bit for bit, name in CHARACTERISTIC_PROPERTIES.items()}


class FakeProxy:
    """ear: which of the air's controllers is its radio. key: base64, None for no encryption.

    mute: sends no advertisement, though its API goes on. first_wins: keeps its first subscriber of advertisements and
    turns others down without a word, as before 2026.8. held: addresses whose last connection it has not let go of, and
    refuses silently. slots: connections that it can have. subscriptions, connects: what it was asked for.
    """

    def __init__(self, air: Air, ear: str, key: str | None = KEY) -> None:
        self.air, self.ear, self.key = air, ear, key
        self.mute = self.first_wins = self.frozen = False
        self.features = FEATURES
        self.held: set[str] = set()
        self.slots = SLOTS
        self.subscriptions = 0
        self.connects: list[str] = []
        self.sessions: list[_Session] = []
        self.subscriber: _Session | None = None
        self.port = 0
        self._server: asyncio.Server | None = None

    def proxy(self, **changed: Any) -> Proxy:
        return replace(Proxy("nursery", "127.0.0.1", self.port, self.key is not None, self.key or ""), **changed)

    @property
    def central(self) -> Device:
        return self.air.centrals[self.ear]

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        self.central.on(Device.EVENT_ADVERTISEMENT, self._heard)
        await self.central.start_scanning(legacy=True)

    async def stop(self, *, politely: bool = False) -> None:
        """Off; with its connections to sensors, as without power."""
        self.central.remove_listener(Device.EVENT_ADVERTISEMENT, self._heard)
        await self.central.stop_scanning(legacy=True)
        if self._server:
            self._server.close()
            await self._server.wait_closed()
        for session in list(self.sessions):
            if politely:
                session.send(pb.DisconnectRequest())
            await session.close()

    async def lose_power(self) -> None:
        """All at once: sensors lose their connections, and nobody in the network hears of it."""
        self.frozen = True
        self.central.remove_listener(Device.EVENT_ADVERTISEMENT, self._heard)
        await self.central.stop_scanning(legacy=True)
        for session in self.sessions:
            await session.let_go()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = _Session(self, reader, writer)
        self.sessions.append(session)
        try:
            await session.run()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            await session.close()

    def _heard(self, advertisement: Advertisement) -> None:
        if self.subscriber is None or self.mute or self.frozen:
            return
        message = pb.BluetoothLERawAdvertisementsResponse()
        each = message.advertisements.add()
        each.address = number(str(advertisement.address))
        each.rssi = self.air.rssi_dbm.get(self.ear, advertisement.rssi)
        each.address_type = 0 if advertisement.address.is_public else 1
        each.data = advertisement.data_bytes
        self.subscriber.send(message)


class _Session:
    """One connection to the API, and the connections to sensors that were asked for over it."""

    def __init__(self, proxy: FakeProxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.proxy, self.reader, self.writer = proxy, reader, writer
        self.noise: NoiseConnection | None = None
        self.clients: dict[int, BumbleClient] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        if self.proxy.key is not None:
            await self._shake_hands(self.proxy.key)
        while True:
            kind, payload = await (self._encrypted() if self.noise else self._plain())
            if (proto := MESSAGE_TYPE_TO_PROTO.get(kind)) and not self.proxy.frozen:
                message = proto()
                message.ParseFromString(payload)
                if handler := getattr(self, f"_on_{type(message).__name__}", None):
                    task = asyncio.create_task(handler(message))
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        if self in self.proxy.sessions:
            self.proxy.sessions.remove(self)
        if self.proxy.subscriber is self:
            self.proxy.subscriber = None
        await self.let_go()
        self.writer.close()
        with contextlib.suppress(ConnectionError):
            await self.writer.wait_closed()

    async def let_go(self) -> None:
        """Of every sensor."""
        clients, self.clients = self.clients, {}
        for client in clients.values():
            await client.disconnect()

    def send(self, message: Any) -> None:
        kind, payload = _KINDS[type(message).__name__], message.SerializeToString()
        if self.writer.is_closing() or self.proxy.frozen:
            return
        if self.noise:
            inner = self.noise.encrypt(kind.to_bytes(2) + len(payload).to_bytes(2) + payload)
            self.writer.write(b"\x01" + len(inner).to_bytes(2) + inner)
        else:
            self.writer.write(b"\x00" + _varint(len(payload)) + _varint(kind) + payload)

    async def _plain(self) -> tuple[int, bytes]:
        mark = await self.reader.readexactly(1)
        if mark != b"\x00":
            self.writer.write(b"\x00Bad indicator byte")
            raise ConnectionError
        size, kind = await self._read_varint(), await self._read_varint()
        return kind, await self.reader.readexactly(size)

    async def _read_varint(self) -> int:
        value = shift = 0
        while True:
            octet = (await self.reader.readexactly(1))[0]
            value |= (octet & 0x7F) << shift
            shift += 7
            if octet < 0x80:
                return value

    async def _frame(self) -> bytes:
        mark, high, low = await self.reader.readexactly(3)
        if mark != 1:
            self._raw(b"\x01Bad indicator byte")
            raise ConnectionError
        return await self.reader.readexactly(high * 256 + low)

    async def _shake_hands(self, key: str) -> None:
        """Noise_NNpsk0_25519_ChaChaPoly_SHA256, as ESPHome's api_frame_helper_noise has it."""
        noise = NoiseConnection.from_name(b"Noise_NNpsk0_25519_ChaChaPoly_SHA256")
        noise.set_as_responder()
        noise.set_psks(base64.b64decode(key))
        noise.set_prologue(b"NoiseAPIInit\x00\x00")
        noise.start_handshake()
        await self._frame()  # hello
        self._raw(b"\x01nursery\x00aabbcc000001\x00")
        try:
            noise.read_message((await self._frame())[1:])
        except InvalidTag:
            self._raw(b"\x01Handshake MAC failure")
            raise ConnectionError from None
        self._raw(b"\x00" + noise.write_message())
        self.noise = noise

    def _raw(self, inner: bytes) -> None:
        self.writer.write(b"\x01" + len(inner).to_bytes(2) + inner)

    async def _encrypted(self) -> tuple[int, bytes]:
        assert self.noise
        inner = bytes(self.noise.decrypt(await self._frame()))
        return int.from_bytes(inner[:2]), inner[4:]

    async def _on_HelloRequest(self, _: Any) -> None:  # noqa: N802 - the names of the messages
        self.send(pb.HelloResponse(api_version_major=1, api_version_minor=14, server_info="fake", name="nursery"))

    async def _on_DeviceInfoRequest(self, _: Any) -> None:  # noqa: N802
        self.send(
            pb.DeviceInfoResponse(
                name="nursery",
                mac_address="AA:BB:CC:00:00:01",
                bluetooth_mac_address="AA:BB:CC:00:00:02",
                esphome_version="2026.8.0",
                bluetooth_proxy_feature_flags=self.proxy.features,
            )
        )

    async def _on_PingRequest(self, _: Any) -> None:  # noqa: N802
        self.send(pb.PingResponse())

    async def _on_DisconnectRequest(self, _: Any) -> None:  # noqa: N802
        self.send(pb.DisconnectResponse())

    async def _on_SubscribeBluetoothLEAdvertisementsRequest(self, _: Any) -> None:  # noqa: N802
        self.proxy.subscriptions += 1
        if self.proxy.first_wins and self.proxy.subscriber not in (None, self):
            return
        self.proxy.subscriber = self
        self.send(pb.BluetoothScannerStateResponse(state=2, mode=1, configured_mode=1))

    async def _on_SubscribeBluetoothConnectionsFreeRequest(self, _: Any) -> None:  # noqa: N802
        self._tell_slots()

    def _tell_slots(self) -> None:
        free = self.proxy.slots - len(self.clients)
        self.send(pb.BluetoothConnectionsFreeResponse(free=free, limit=self.proxy.slots, allocated=list(self.clients)))

    async def _on_BluetoothDeviceRequest(self, asked: Any) -> None:  # noqa: N802
        address = ":".join(f"{asked.address:012X}"[i : i + 2] for i in range(0, 12, 2))
        if asked.request_type == pb.BLUETOOTH_DEVICE_REQUEST_TYPE_DISCONNECT:
            self.proxy.held.discard(address)
            if client := self.clients.pop(asked.address, None):
                await client.disconnect()
            else:
                self._connected(asked.address, False)
            self._tell_slots()
            return
        self.proxy.connects.append(address)
        if address in self.proxy.held:
            return  # "Connection request ignored, state: ESTABLISHED", in its own log alone
        client = self._client(asked.address, address)
        self.clients[asked.address] = client
        self._tell_slots()
        try:
            await client.connect()
        except BleakError:
            self.clients.pop(asked.address, None)
            self._connected(asked.address, False, error=0x3E)  # ESP_GATT_CONN_FAIL_ESTABLISH
            self._tell_slots()
        else:
            self._connected(asked.address, True)

    def _client(self, number: int, address: str) -> BumbleClient:
        made: type[BumbleClient] = type("Client", (BumbleClient,), {"air": self.proxy.air})
        device = BLEDevice(address, None, {"adapter": self.proxy.ear})
        return made(device, disconnected_callback=lambda: self._lost(number), timeout=10.0)

    def _connected(self, address: int, connected: bool, error: int = 0) -> None:
        self.send(pb.BluetoothDeviceConnectionResponse(address=address, connected=connected, mtu=247, error=error))

    def _lost(self, address: int) -> None:
        self.clients.pop(address, None)
        self._connected(address, False)
        self._tell_slots()

    async def _on_BluetoothGATTGetServicesRequest(self, asked: Any) -> None:  # noqa: N802
        for service in self.clients[asked.address].services:
            answer = pb.BluetoothGATTGetServicesResponse(address=asked.address)
            ours = answer.services.add(uuid=_halves(service.uuid), handle=service.handle)
            for each in service.characteristics:
                bits = sum(_BITS[name] for name in each.properties)
                made = ours.characteristics.add(uuid=_halves(each.uuid), handle=each.handle, properties=bits)
                if {"notify", "indicate"} & set(each.properties):
                    made.descriptors.add(uuid=_halves(CCCD), handle=each.handle + 1)
            self.send(answer)
        self.send(pb.BluetoothGATTGetServicesDoneResponse(address=asked.address))

    def _characteristic(self, address: int, handle: int) -> Any:
        return self.clients[address].services.get_characteristic(handle)

    async def _on_BluetoothGATTNotifyRequest(self, asked: Any) -> None:  # noqa: N802
        self.send(pb.BluetoothGATTNotifyResponse(address=asked.address, handle=asked.handle))

    async def _on_BluetoothGATTWriteDescriptorRequest(self, asked: Any) -> None:  # noqa: N802
        handle = asked.handle - 1

        def notified(data: bytearray) -> None:
            self.send(pb.BluetoothGATTNotifyDataResponse(address=asked.address, handle=handle, data=bytes(data)))

        characteristic = self._characteristic(asked.address, handle)
        await self._answered(
            asked,
            self.clients[asked.address].start_notify(characteristic, notified, bluez={"use_start_notify": False}),
            pb.BluetoothGATTWriteResponse(address=asked.address, handle=asked.handle),
        )

    async def _on_BluetoothGATTReadRequest(self, asked: Any) -> None:  # noqa: N802
        answer = pb.BluetoothGATTReadResponse(address=asked.address, handle=asked.handle)

        async def read() -> None:
            characteristic = self._characteristic(asked.address, asked.handle)
            answer.data = bytes(await self.clients[asked.address].read_gatt_char(characteristic))

        await self._answered(asked, read(), answer)

    async def _on_BluetoothGATTWriteRequest(self, asked: Any) -> None:  # noqa: N802
        characteristic = self._characteristic(asked.address, asked.handle)
        await self._answered(
            asked,
            self.clients[asked.address].write_gatt_char(characteristic, asked.data, asked.response),
            pb.BluetoothGATTWriteResponse(address=asked.address, handle=asked.handle),
        )

    async def _answered(self, asked: Any, doing: Any, answer: Any) -> None:
        try:
            await doing
        except BleakError:
            self.send(pb.BluetoothGATTErrorResponse(address=asked.address, handle=asked.handle, error=0x85))
        else:
            self.send(answer)


@asynccontextmanager
async def proxy_on(air: Air, ear: str = "proxy", key: str | None = KEY, **what: Any) -> AsyncIterator[FakeProxy]:
    fake = FakeProxy(air, ear, key)
    for name, value in what.items():
        setattr(fake, name, value)
    await fake.start()
    try:
        yield fake
    finally:
        await fake.stop()


def number(address: str) -> int:
    return int(address[:17].replace(":", ""), 16)


def _varint(value: int) -> bytes:
    octets = bytearray()
    while value > 0x7F:
        octets.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*octets, value])


def _halves(uuid: str) -> list[int]:
    whole = int(uuid.replace("-", ""), 16)
    return [whole >> 64, whole & (1 << 64) - 1]
