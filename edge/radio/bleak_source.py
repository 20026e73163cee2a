"""The radio as a FrameSource: the sensors that were set up, over Bluetooth Low Energy.

bleak is imported when it runs, so that what only names this class stays quick.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from edge.decoding.profile import Link, Profile
from edge.model.alarm import Condition
from edge.model.event import FaultReported, FrameHeard
from edge.model.people import Device
from edge.ports import Clock, Emit
from edge.radio import watchdog
from edge.radio.adverts import Advert, Claims, frames
from edge.radio.ladder import RestartNeeded
from edge.radio.link import State
from edge.radio.mailbox import Mailbox

if TYPE_CHECKING:
    from bleak.backends.client import BaseBleakClient
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import BaseBleakScanner

    from edge.radio.bluez import Bluez
    from edge.radio.gatt import GattLink
    from edge.radio.scan import Scan

REPEAT_S = 1.0
"""The same bytes again within this time are one advertising event heard on several channels, or one of many repeats;
dropping them keeps liveness and spares a small computer nine tenths of the work."""
_DBUS_RETRY_S = 10.0

log = structlog.get_logger("radio")


@dataclass(frozen=True, slots=True)
class Backend:
    """Replaces BlueZ, for a test rig."""

    scanner: type[BaseBleakScanner]
    client: type[BaseBleakClient]


class BleakSource:
    """Hears all devices until cancelled; reports `adapter_down` and goes on trying without adapter or D-Bus.

    profiles: by id, one for each device's `profile`. adapter: `hci0` ..., empty for the first that is switched on.
    ask_helper: asks a privileged helper to restart bluetoothd, given a sentence why. chance: in [0, 1), for jitter.
    """

    def __init__(
        self,
        devices: Sequence[Device],
        profiles: Mapping[str, Profile],
        clock: Clock,
        *,
        adapter: str = "",
        ask_helper: Callable[[str], Awaitable[None]] | None = None,
        backend: Backend | None = None,
        bluez: Bluez | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._clock = clock
        self._adapter = adapter
        self._ask_helper = ask_helper
        self._backend = backend
        self._bluez = bluez
        self._chance = chance
        self._profiles = {device.id: profiles[device.profile] for device in devices}
        self._devices = devices
        self._claims = Claims(devices, profiles)
        self._box = Mailbox()
        self._links: dict[str, GattLink] = {}
        self._heard_s: dict[str, float] = {}
        self._repeats: dict[tuple[str, str], tuple[bytes, float]] = {}

    @property
    def states(self) -> dict[str, State]:
        """What each device is doing at this moment, by id. One that only advertises is searching or streaming."""
        now_s = self._clock.now().mono_s
        return {device.id: self._state(device.id, now_s) for device in self._devices}

    async def run(self, emit: Emit) -> None:
        """Listen until cancelled. Raises what `emit` raised; RestartNeeded when only a new process is left to try."""
        from edge.radio.bluez import Bluez
        from edge.radio.gatt import Common, GattLink
        from edge.radio.scan import Scan

        bluez = self._bluez if self._bluez or self._backend else Bluez()
        client = self._backend.client if self._backend else None
        common = Common(self._clock, self._from_link, asyncio.Lock(), self._chance, client, bluez)
        self._links = {
            device.id: GattLink(device, self._profiles[device.id], common)
            for device in self._devices
            if self._profiles[device.id].link is Link.GATT
        }
        scan = Scan(
            self._clock,
            self._advertised,
            lambda present, detail: self._box.fault(FaultReported(Condition.ADAPTER_DOWN, present, detail)),
            self._sensors,
            adapter=self._adapter,
            backend=self._backend.scanner if self._backend else None,
            bluez=bluez,
            ask_helper=self._ask_helper,
        )
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._box.pump(emit), name="radio mailbox")
                group.create_task(scan.run(), name="radio scan")
                for link in self._links.values():
                    group.create_task(link.run(), name=f"radio {link.device.id}")
                if bluez:
                    group.create_task(self._watch_bluetoothd(bluez, scan), name="radio bluetoothd")
        except ExceptionGroup as failed:
            raise _cause(failed) from None

    async def _watch_bluetoothd(self, bluez: Bluez, scan: Scan) -> None:
        from edge.radio.bluez import Change
        from edge.radio.faults import RADIO_ERRORS, describe

        def changed(change: Change) -> None:
            log.info("bluez", change=change)
            for link in self._links.values() if change is Change.GONE else ():
                link.lose(change.value)
            scan.told(change)

        try:
            await bluez.release([device.address for device in self._devices if device.id in self._links])
        except RADIO_ERRORS as error:
            log.info("release", error=describe(error))
        while True:
            try:
                await bluez.watch(changed)
            except RADIO_ERRORS as error:
                log.info("D-Bus", error=describe(error))
                changed(Change.GONE)
            await self._clock.sleep(_DBUS_RETRY_S)

    def _advertised(self, ble: BLEDevice, advert: Advert) -> None:
        now_s = self._clock.now().mono_s
        device = self._claims.owner(advert, now_s)
        if device is None:
            return
        if link := self._links.get(device.id):
            link.advertised(ble, advert.rssi_dbm)
            return
        for frame in frames(device.id, advert):
            if frame.kind not in self._profiles[device.id].formats:
                continue  # beacons carry other things too
            self._heard_s[device.id] = now_s
            payload, last_s = self._repeats.get((device.id, frame.kind), (b"", float("-inf")))
            if payload != frame.payload or now_s - last_s >= REPEAT_S:
                self._repeats[device.id, frame.kind] = (frame.payload, now_s)
                self._box.frame(frame)

    def _from_link(self, frame: FrameHeard) -> None:
        self._claims.still_there(frame.device, self._clock.now().mono_s)
        self._box.frame(frame)

    def _sensors(self) -> tuple[bool, bool]:
        """Whether any streams, and whether any does not. A spot thermometer is meant to be away."""
        states = [state for device, state in self.states.items() if not self._profiles[device].spot]
        return State.STREAMING in states, any(state is not State.STREAMING for state in states)

    def _state(self, device: str, now_s: float) -> State:
        if link := self._links.get(device):
            return link.state
        last_s = self._heard_s.get(device)
        limit_s = watchdog.deadline_s(self._profiles[device])
        fresh = last_s is not None and watchdog.left_s(last_s, limit_s, now_s) > 0
        return State.STREAMING if fresh else State.SEARCHING


def _cause(failed: ExceptionGroup[Exception]) -> Exception:
    """What stopped the radio, out of the group it comes in: the wish for a restart before all, else if it is one."""
    asked = failed.subgroup(RestartNeeded) or failed
    return asked.exceptions[0] if len(asked.exceptions) == 1 else failed
