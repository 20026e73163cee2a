"""One sensor that is listened to over a connection: found, connected, subscribed, watched, and all over again."""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import structlog
from bleak import BleakClient
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from bleak.backends.device import BLEDevice
from bleak.exc import BleakCharacteristicNotFoundError, BleakError
from bleak_retry_connector import BleakClientWithServiceCache, establish_connection

from edge.decoding import Profile, Subscription, normalise_kind, with_options
from edge.model.event import ClockReceived, FrameReceived
from edge.model.people import Device
from edge.ports import Clock
from edge.radio import bonding, recovery, watchdog
from edge.radio.adapter_choice import AdapterChoice, Sighting
from edge.radio.adverts import private
from edge.radio.bluez import Bluez
from edge.radio.characteristics import OPERATION_S, find, read, set_clock, text
from edge.radio.faults import RADIO_ERRORS, describe, end_if_cancelled
from edge.radio.link import Happening, State, after, backoff_s

BOND_S = 30.0
"""The time-out of the Security Manager Protocol (Core Specification, Vol 3 Part H 3.4)."""
CONNECT_S = 30.0
"""One attempt, with discovery of the services; others wait for it, so it is not repeated on the spot."""
REDISCOVER_S = 5.0
LEAVE_S = 5.0
LOST_S = 60.0
"""A sensor not seen for so long is forgotten: BlueZ (5.82) makes no object for an address that it has stored as
random once it is public, or the other way round, and so never reports it again (device_new in src/device.c)."""
NEARER_S = 1.2
"""How much later another adapter may receive a sensor that waits for a connection: one advertisement at its slowest
(Core Specification, Vol 3 Part C Appendix A, T_GAP(adv_slow_interval))."""
BATTERY_EVERY_S = 3600.0
BATTERY_KIND = "characteristic:2a19"
BATTERY = "00002a19-0000-1000-8000-00805f9b34fb"
FACTS = {
    name: f"0000{short}-0000-1000-8000-00805f9b34fb"
    for name, short in (("manufacturer", "2a29"), ("model", "2a24"), ("firmware", "2a26"))
}
"""Of the Device Information Service (0x180A), without the serial number: whose sensor it is, is nobody's business."""

log = structlog.get_logger("radio")


@dataclass(slots=True)
class Common:
    """What the connections share.

    connecting: BlueZ and many controllers fail two connection attempts at once. several: whether several adapters
    listen, so that it pays to wait until each has seen a sensor. bonds: whether a sensor whose address changes is
    bonded with, so that it is found again.
    """

    clock: Clock
    receive: Callable[[FrameReceived | ClockReceived], None]
    connecting: asyncio.Lock
    chance: Callable[[], float]
    backend: type[BaseBleakClient] | None = None
    bluez: Bluez | None = None
    several: Callable[[], bool] = lambda: False
    bonds: bool = False


class GattLink:
    """A supervised connection, over the adapter that receives the sensor best."""

    def __init__(self, device: Device, profile: Profile, common: Common) -> None:
        self.device = device
        self.profile = profile
        # By the table in link.py.
        self.state = State.SEARCHING
        # Connections that failed or were lost, since one last worked.
        self.failures = 0
        # What the sensor says of itself.
        self.facts: dict[str, str] = {}
        self._common = common
        # It has advertised.
        self._found = asyncio.Event()
        # This connection is over.
        self._lost = asyncio.Event()
        # Why, in a sentence.
        self._why_lost = ""
        # The one in use, or used last.
        self.adapter: str | None = None
        # Where bonds are made: its true address, and whether it was bonded with.
        self.identity = ("", False)
        # Which adapter receives it best.
        self._choice = AdapterChoice()
        # By which it was connected to last.
        self._sighting: Sighting | None = None
        # (action, reason) after the last failure.
        self._last: tuple[str, str] | None = None
        # bleak's, of the connection that stands.
        self._client: BleakClient | None = None
        # Data have come over it.
        self._heard = False
        # The last frame on this connection, or its begin; monotonic seconds.
        self._last_seen_s = 0.0
        # What is remembered of its services seems wrong.
        self._stale = False

    def advertised(self, ble: BLEDevice, rssi_dbm: int | None, adapter: str = "") -> None:
        self._choice.add(Sighting(adapter, ble, rssi_dbm))
        self._found.set()
        if self.state is State.STREAMING and self._heard and adapter != self.adapter:
            quiet_s = self._common.clock.now().mono_s - self._last_seen_s
            if quiet_s > watchdog.astray_s(self.profile):
                self.lose("another ear hears it advertise, and nothing comes over its connection")

    def health(self) -> dict[str, object]:
        """As plain values; action and reason: what was last done after which failure, None if there was none."""
        action, reason = self._last or (None, None)
        level = self._sighting.rssi_dbm if self._sighting else None
        return {"rssi_dbm": level, "failures": self.failures, "action": action, "reason": reason, **self.facts}

    def lose(self, why: str) -> None:
        """bluetoothd is gone and the connection with it, whatever bleak still believes."""
        self._why_lost = why
        self._lost.set()

    async def run(self) -> None:
        """Keep the connection up until cancelled; then write what the profile writes before leaving, and leave."""
        while True:
            self._found.clear()  # only an advertisement sent from now on says that it is in reach
            self._choice.clear()
            # A spot thermometer is meant to be away, and what is remembered of its services saves it time.
            while not await watchdog.set_within(
                self._found, self._common.clock, math.inf if self.profile.spot else LOST_S
            ):
                await self._forget()
            self._move(Happening.ADVERTISED)
            why = await self._session()
            end_if_cancelled()
            self._move(Happening.FAILED)
            if self.failures and self.adapter is not None:
                self._choice.failed(self.adapter)
            self.failures += 1
            wait_s = backoff_s(self.failures, self._common.chance())
            action = recovery.for_device(self.failures)
            self._last = str(action), why
            log.info("link lost", device=self.device.id, why=why, failures=self.failures, action=action, wait_s=wait_s)
            if action is recovery.Action.FORGET_DEVICE or self._stale:
                await self._forget()
            await self._common.clock.sleep(wait_s)
            self._move(Happening.WAITED)

    async def _session(self) -> str:
        """One connection from the attempt to its end; why it ended."""
        self._lost = lost = asyncio.Event()  # of this connection alone: bleak may report the end of the last one late
        self._why_lost = "the sensor disconnected"
        self._stale = self._heard = False
        try:
            client = self._client = await self._connect(lost)
            try:
                self._move(Happening.CONNECTED)
                await self._bond()
                await self._subscribe(client)
                await self._learn_identity()
                self._move(Happening.SUBSCRIBED)
                return await self._attend(client)
            finally:
                self._client = None
                await self._leave(client)
        except RADIO_ERRORS as error:
            # Refused while connected: what BlueZ knows of its services may be those of an older firmware.
            self._stale = self.state is State.SUBSCRIBING and not (lost.is_set() or isinstance(error, TimeoutError))
            return describe(error)

    async def _connect(self, lost: asyncio.Event) -> BleakClient:
        if self._common.several() and not self.profile.spot:
            await self._common.clock.sleep(NEARER_S)
        async with self._common.connecting, asyncio.timeout(CONNECT_S):
            self._sighting = self._choice.best()
            self.adapter = self._sighting.adapter
            return await establish_connection(
                BleakClientWithServiceCache,
                self._sighting.ble,
                self.device.id,
                disconnected_callback=lambda _: lost.set(),
                max_attempts=1,
                use_services_cache=False,  # BlueZ has its own, which it checks; bleak's would be used unchecked
                backend=self._sighting.client or self._common.backend,
            )

    async def _bond(self) -> None:
        """A sensor that refuses what it is asked over an open connection is bonded with by BlueZ itself."""
        sighting = self._sighting
        if not (self._common.bonds and sighting and sighting.path and private(sighting.ble)):
            return
        try:
            async with asyncio.timeout(BOND_S):
                await bonding.bond(sighting.path)
        except RADIO_ERRORS as error:
            log.info("not bonded", device=self.device.id, error=describe(error))

    async def _learn_identity(self) -> None:
        if self._common.bonds and self._sighting and self._sighting.path:
            self.identity = await bonding.identity(self._sighting.path)

    async def _subscribe(self, client: BleakClient) -> None:
        if self.profile.spot:
            shown_s = await set_clock(client, self.device.id, self._common.clock.now())
            if shown_s is not None:  # said before it delivers what it stamped with that clock
                self._common.receive(ClockReceived(self.device.id, shown_s, self._common.clock.now().mono_s))
        for wanted in self.profile.subscribe:
            found = find(client, wanted.characteristic)
            if found is None and not wanted.optional:
                # BlueZ may be finding the services anew. Cut off, it would begin again from its old copy each time.
                await watchdog.set_within(self._lost, self._common.clock, REDISCOVER_S)
                raise BleakCharacteristicNotFoundError(wanted.characteristic)
            if found is not None:
                kind = await self._kind(client, wanted)
                async with asyncio.timeout(OPERATION_S):
                    await client.start_notify(
                        found,
                        partial(self._notified, client, kind),
                        bluez={"use_start_notify": self.profile.use_start_notify},
                    )
        for write in self.profile.start:
            async with asyncio.timeout(OPERATION_S):
                await client.write_gatt_char(write.characteristic, write.payload, response=write.with_response)

    async def _kind(self, client: BleakClient, wanted: Subscription) -> str:
        """The kind of its frames, with what the sensor says of their format."""
        values = {name: await read(client, uuid, self.device.id) for name, uuid in wanted.options.items()}
        options = {name: str(int.from_bytes(value, "little")) for name, value in values.items() if value}
        return with_options(wanted.kind, options)

    async def _attend(self, client: BleakClient) -> str:
        """Wait while data keep coming; return why they stopped."""
        clock = self._common.clock
        limit_s = watchdog.deadline_s(self.profile)
        self._last_seen_s = battery_due_s = began_s = clock.now().mono_s
        said = {name: text(await read(client, uuid, self.device.id)) for name, uuid in FACTS.items()}
        self.facts = {name: words for name, words in said.items() if words}
        log.info("streaming", device=self.device.id, **self.facts)
        while True:
            end_if_cancelled()  # a read may have made a failure of that
            now_s = clock.now().mono_s
            if now_s >= battery_due_s:
                self._hand_on(BATTERY_KIND, await read(client, BATTERY, self.device.id), clock.now().mono_s)
                battery_due_s = now_s + BATTERY_EVERY_S
            left_s = watchdog.left_s(self._last_seen_s, limit_s, now_s)
            if left_s <= 0:
                self._move(Happening.OVERDUE)
                if not (self.profile.silence_ok or self.profile.spot):
                    self._stale = self._last_seen_s == began_s  # subscribed where the characteristic no longer is
                    return f"connected, but no data for {limit_s:.0f} s"
                await self._probe(client)
            elif await watchdog.set_within(self._lost, clock, min(left_s, battery_due_s - now_s)):
                return self._why_lost

    async def _probe(self, client: BleakClient) -> None:
        """Ask a sensor that may be silent for something, over the air; throws if it does not answer."""
        readable = [c for s in client.services for c in s.characteristics if "read" in c.properties]
        if not readable:
            raise BleakError("silent, and nothing of it can be read: only a new connection proves that it lives")
        async with asyncio.timeout(OPERATION_S):
            await client.read_gatt_char(readable[0])
        self._last_seen_s = self._common.clock.now().mono_s
        if self.state is State.SILENT:
            self._move(Happening.ANSWERED)

    def _notified(self, client: BleakClient, kind: str, _: BleakGATTCharacteristic, payload: bytearray) -> None:
        if client is not self._client:
            return  # late, from a connection that was given up
        now_s = self._common.clock.now().mono_s
        self._hand_on(kind, bytes(payload), now_s)
        if kind != BATTERY_KIND:  # a battery that still reports says nothing about the sensor
            self._last_seen_s, self._heard = now_s, True
            self.failures = 0
            self._choice.worked()
            self._move(Happening.RECEIVED)

    def _hand_on(self, kind: str, payload: bytes, arrival_s: float) -> None:
        if payload and normalise_kind(kind) in self.profile.formats:
            rssi_dbm = self._sighting.rssi_dbm if self._sighting else None
            self._common.receive(FrameReceived(self.device.id, kind, payload, rssi_dbm, arrival_s))

    async def _leave(self, client: BleakClient) -> None:
        """The profile's last writes, then disconnect; each bounded, since the sensor may be out of reach.

        One that another ear hears is written nothing over this one: that would only keep it from being connected there.
        """
        answers = client.is_connected and not self._lost.is_set()
        try:
            for write in self.profile.stop if answers else ():
                async with asyncio.timeout(LEAVE_S):
                    await client.write_gatt_char(write.characteristic, write.payload, response=write.with_response)
        except RADIO_ERRORS as error:
            log.info("stop write", device=self.device.id, error=describe(error))
        try:
            async with asyncio.timeout(LEAVE_S):
                await client.disconnect()
        except RADIO_ERRORS as error:
            log.info("disconnect", device=self.device.id, error=describe(error))
            await self._release(client.address)

    async def _release(self, address: str) -> None:
        """bleak could not disconnect it; while BlueZ holds the connection the sensor does not advertise."""
        try:
            if self._common.bluez:
                await self._common.bluez.release([address])
        except RADIO_ERRORS as error:
            log.info("release", device=self.device.id, error=describe(error))

    async def _forget(self) -> None:
        try:
            address = self._sighting.ble.address if self._sighting else self.device.address
            if self._common.bluez and address:
                await self._common.bluez.forget(address)
        except RADIO_ERRORS as error:
            log.info("forget", device=self.device.id, error=describe(error))

    def _move(self, happening: Happening) -> None:
        before, self.state = self.state, after(self.state, happening)
        if self.state is not before:
            log.debug("link", device=self.device.id, state=self.state)
