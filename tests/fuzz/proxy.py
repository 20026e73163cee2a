"""What a Bluetooth proxy that lies sends over ESPHome's native API: a letter, then bytes.

`a` an address (six bytes) and the data of an advertisement; `p` messages, each its number, its length (two bytes) and
its body, put into frames that fit; `b` the bytes of the connection as they are.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from aioesphomeapi import api_pb2 as pb
from aioesphomeapi.core import MESSAGE_TYPE_TO_PROTO, APIConnectionError
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from google.protobuf.message import DecodeError

from edge import pipeline
from edge.app.load.profiles import load_profiles, profiles_root
from edge.config import Config
from edge.errors import EdgeError
from edge.model.event import Tick
from edge.model.moment import Now
from edge.model.people import Device, Limb, Person, Site
from edge.radio.adverts import Advert, frames, private
from edge.radio.device_match import DeviceMatcher
from edge.radio.esphome import ProxyScanner, connected_to
from edge.radio.proxy import Proxy
from tests.fuzz import sensors
from tests.fuzz.kind import Check, Kind, sentence
from tests.fuzz.outcome import Books, no_error

AT = "A4:C1:38:00:00:01"
DEVICES = (
    Device("patch", "bthome_v2", "mia", address=AT, site=Site.PATCH),
    Device("axilla", "xiaomi_mmc_t201_1", "mia", site=Site.AXILLA),
    Device("fever", "feversmart_patch", "mia", site=Site.AXILLA, key="0m0d3s2c"),
    Device("cot", "ruuvi_tag", "mia", limb=Limb.UNKNOWN),
)
_NUMBERS = {proto.__name__: number for number, proto in MESSAGE_TYPE_TO_PROTO.items()}
ANSWERED_S, SWALLOWED_S = 5.0, 0.02
ITS_OWN = (DecodeError, APIConnectionError)
"""What the library says, and lets out of its protocol, when it ends a connection: nothing that was written here."""


_OF: dict[Check, tuple[asyncio.AbstractEventLoop, Callable[[], Coroutine[Any, Any, None]]]] = {}


class _Liar:
    """A server on loopback that is a proxy until it was subscribed to. answered: by a ping, or by hanging up."""

    def __init__(self) -> None:
        self.port = 0
        self.subscribed, self.answered, self.open = asyncio.Event(), asyncio.Event(), False
        self._writer: asyncio.StreamWriter | None = None
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self.hang_up()
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()
        await asyncio.sleep(0.01)  # what is closing closes

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer, self.open = writer, True
        try:
            while True:
                await reader.readexactly(1)
                size, number = await _varint(reader), await _varint(reader)
                await reader.readexactly(size)
                proto = MESSAGE_TYPE_TO_PROTO.get(number)
                self._answer(proto.__name__ if proto else "")
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.open = False
            self.answered.set()
            writer.close()

    def _answer(self, asked: str) -> None:
        match asked:
            case "HelloRequest":
                self.send(pb.HelloResponse(api_version_major=1, api_version_minor=14, server_info="x", name="nursery"))
            case "DeviceInfoRequest":
                flags = 0b111_1111
                name, mac = "nursery", "AA:BB:CC:00:00:01"
                self.send(pb.DeviceInfoResponse(name=name, mac_address=mac, bluetooth_proxy_feature_flags=flags))
            case "SubscribeBluetoothLEAdvertisementsRequest":
                self.subscribed.set()
            case "PingResponse":
                self.answered.set()
            case "DisconnectRequest":
                self.send(pb.DisconnectResponse())

    def send(self, message: Any) -> None:
        self.write(_frame(_NUMBERS[type(message).__name__], message.SerializeToString()))

    def write(self, data: bytes) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(data)

    def hang_up(self) -> None:
        if self._writer is not None:
            self._writer.close()


class _House:
    """The hub's side: a scanner over that proxy, and whom its advertisements belong to."""

    def __init__(self) -> None:
        self.books, self.heard = Books(), 0
        profiles = load_profiles(profiles_root())
        self._matcher = DeviceMatcher(DEVICES, profiles)
        config = Config(persons=(Person("mia", "Mia"),), devices=DEVICES)
        self._begun, _ = pipeline.begin(pipeline.Setup(config, profiles), Now(1000.0, 1_800_000_000.0))
        self._now_s = 1000.0
        self.faults: list[BaseException] = []
        self.lost: list[str] = []

    def received(self, device: BLEDevice, data: AdvertisementData) -> None:
        """As `radio.scan` hands it on, and `radio.bleak_source` takes it."""
        try:
            self._take(device, data)
        except BaseException as fault:  # noqa: BLE001 - the library would only log it
            self.faults.append(fault)

    def _take(self, device: BLEDevice, data: AdvertisementData) -> None:
        self.heard += 1
        self._now_s += 4.0
        advert = Advert(
            address=device.address.upper(),
            name=data.local_name or device.name or "",
            rssi_dbm=data.rssi,
            services=[uuid.lower() for uuid in data.service_uuids],
            service_data={uuid.lower(): payload for uuid, payload in data.service_data.items()},
            manufacturer_data=data.manufacturer_data,
            private=private(device),
        )
        matched = self._matcher.match(advert, self._now_s)
        state, now = self._begun, Now(self._now_s, 1_800_000_000.0 + self._now_s)
        for frame in frames(matched.id, advert, self._now_s) if matched else ():
            state, effects = pipeline.step(state, frame, now)
            self.books.check(effects)
        state, effects = pipeline.step(state, Tick(), now)
        self.books.check(effects)
        no_error(state)


def begin(_folder: Path) -> Check:
    loop = asyncio.new_event_loop()
    house, liar = _House(), _Liar()
    logging.getLogger("aioesphomeapi").addHandler(_Caught(house.faults))
    logging.getLogger("aioesphomeapi").propagate = False
    loop.set_exception_handler(lambda _loop, context: _unexpected(context, house.faults))
    loop.run_until_complete(liar.start())
    scanners: list[ProxyScanner] = []

    async def connected() -> None:
        proxy = Proxy("nursery", "127.0.0.1", liar.port, False, "")
        scanner = connected_to(proxy, house.lost.append)(None, None)
        scanner.register_detection_callback(house.received)
        liar.subscribed.clear()
        await scanner.start()
        await asyncio.wait_for(liar.subscribed.wait(), ANSWERED_S)
        scanners.append(scanner)

    async def lied(data: bytes) -> str:
        if not scanners:
            await connected()
        house.lost.clear()
        liar.answered.clear()
        liar.write(_bytes(data))
        liar.send(pb.PingRequest())
        try:
            await asyncio.wait_for(liar.answered.wait(), SWALLOWED_S)
        except TimeoutError:
            liar.hang_up()  # a frame that was begun has swallowed the ping
            await asyncio.wait_for(liar.answered.wait(), ANSWERED_S)
        await asyncio.sleep(0)
        if liar.open and not house.lost:
            return ""
        await scanners.pop().stop()
        said = house.lost[0] if house.lost else "it said that it goes"
        return sentence(EdgeError(said))

    def check(data: bytes) -> str:
        house.faults.clear()
        said = loop.run_until_complete(lied(data))
        if house.faults:
            raise house.faults[0]
        return said

    async def ended() -> None:
        for scanner in scanners:
            await scanner.stop()
        await liar.stop()

    _OF[check] = loop, ended
    return check


def end(check: Check) -> None:
    loop, ended = _OF.pop(check)
    loop.run_until_complete(ended())
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


def _bytes(data: bytes) -> bytes:
    way, rest = data[:1], data[1:]
    if way == b"b":
        return rest
    if way == b"p":
        made = b""
        while len(rest) >= 3:
            number, size = rest[0], int.from_bytes(rest[1:3], "big")
            made, rest = made + _frame(number, rest[3 : 3 + size]), rest[3 + size :]
        return made
    message = pb.BluetoothLERawAdvertisementsResponse()
    each = message.advertisements.add()
    each.address, each.rssi, each.address_type, each.data = int.from_bytes(rest[:6], "big"), -60, 1, rest[6:]
    return _frame(_NUMBERS[type(message).__name__], message.SerializeToString())


class _Caught(logging.Handler):
    """What the library caught of the code that it calls back."""

    def __init__(self, faults: list[BaseException]) -> None:
        super().__init__()
        self._faults = faults

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and not isinstance(error, ITS_OWN):
            self._faults.append(error)


def _unexpected(context: dict[str, Any], faults: list[BaseException]) -> None:
    error = context.get("exception")
    if error is not None and not isinstance(error, ITS_OWN):
        faults.append(error)


def _frame(number: int, body: bytes) -> bytes:
    return b"\x00" + _octets(len(body)) + _octets(number) + body


def _octets(value: int) -> bytes:
    made = bytearray()
    while value > 0x7F:
        made.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*made, value])


async def _varint(reader: asyncio.StreamReader) -> int:
    value = shift = 0
    while True:
        octet = (await reader.readexactly(1))[0]
        value |= (octet & 0x7F) << shift
        shift += 7
        if octet < 0x80:
            return value


def _advert(kind: str, payload: bytes) -> bytes:
    """The data of an advertisement with that frame (Core Specification Supplement, Part A)."""
    source, _, which = kind.partition(":")
    head = bytes([0xFF if source == "manufacturer" else 0x16]) + int(which, 16).to_bytes(2, "little")
    return b"\x02\x01\x06" + bytes([len(head) + len(payload)]) + head + payload


def seeds() -> Sequence[bytes]:
    found = []
    for each in sensors.captures():
        source, _, which = each.way.kind.partition(":")
        if source in ("manufacturer", "service_data") and len(which) == 4 and len(each.payload) <= 27:
            address = bytes.fromhex((each.way.address or AT).replace(":", ""))
            found.append(b"a" + address + _advert(each.way.kind, each.payload))
    messages: list[Any] = [
        pb.BluetoothScannerStateResponse(state=2, mode=1),
        pb.BluetoothConnectionsFreeResponse(free=3, limit=3),
        pb.BluetoothDeviceConnectionResponse(address=1, connected=True, mtu=23),
        pb.BluetoothGATTNotifyDataResponse(address=1, handle=3, data=b"\x04\x7a\x01\x00\xff"),
        pb.GetTimeRequest(),
        pb.DisconnectRequest(),
    ]
    for message in messages:
        body = message.SerializeToString()
        found.append(b"p" + bytes([_NUMBERS[type(message).__name__]]) + len(body).to_bytes(2, "big") + body)
        found.append(b"b" + _frame(_NUMBERS[type(message).__name__], body))
    raw = found[0]
    return [*found, b"b" + _bytes(raw), b"b\x01\x00\x10" + bytes(16)]


WORDS = (
    b"\x00\xff\xff\x03",
    b"\x16\xd2\xfc",
    b"\x16\x95\xfe",
    b"\xff\x99\x04",
    b"\xff\x07\x20",
    b"\x08\x09\xff\xfe",
    b"\x21",
    b"\x06",
)
KIND = Kind("proxy", begin, seeds, WORDS, longest=2048, end=end)
