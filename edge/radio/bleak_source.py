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

from edge.decoding import Link, Profile
from edge.model.event import ClockReceived, FrameReceived
from edge.model.people import Device
from edge.ports import Clock, Emit, Progress
from edge.radio import watchdog
from edge.radio.adverts import Advert, frames
from edge.radio.device_match import DeviceMatcher
from edge.radio.frame_queue import FrameQueue
from edge.radio.link import State
from edge.radio.proxy import Proxy
from edge.radio.recovery import RestartNeeded, Use

if TYPE_CHECKING:
    from bleak.backends.client import BaseBleakClient
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import BaseBleakScanner

    from edge.radio.adapters import Adapters
    from edge.radio.bluez import Bluez
    from edge.radio.gatt import GattLink

REPEAT_S = 1.0
"""The same bytes again within this time are one advertising event received on several channels, or one of many repeats;
dropping them keeps liveness and spares a small computer nine tenths of the work."""
_DBUS_RETRY_S = 10.0

log = structlog.get_logger("radio")


@dataclass(frozen=True, slots=True)
class Backend:
    """Replaces BlueZ, for a test rig. adapters: those that are there; empty: one, without a name."""

    scanner: type[BaseBleakScanner]
    client: type[BaseBleakClient]
    adapters: tuple[str, ...] = ()


class BleakSource:
    """Hears all devices until cancelled; reports `adapter_down` and goes on trying without adapter or D-Bus.

    profiles: by id, one for each device's `profile`. adapters: `hci0` ..., empty for all that are there.
    ask_helper: asks a privileged helper to restart bluetoothd, given a sentence why. listed: tells which adapters there
    are, instead of BlueZ. bonds: bond with a sensor whose address changes. chance: in [0, 1), for jitter. proxies:
    computers of the house that hear too. own: whether this computer's adapters are used at all.
    """

    def __init__(
        self,
        devices: Sequence[Device],
        profiles: Mapping[str, Profile],
        clock: Clock,
        *,
        adapters: Sequence[str] = (),
        ask_helper: Callable[[str], Awaitable[None]] | None = None,
        backend: Backend | None = None,
        bluez: Bluez | None = None,
        listed: Callable[[], Awaitable[Mapping[str, str]]] | None = None,
        bonds: bool = False,
        chance: Callable[[], float] = random.random,
        proxies: Sequence[Proxy] = (),
        own: bool = True,
    ) -> None:
        self._clock = clock
        self._proxies = proxies
        self._own = own
        # Adapters to use; empty: all that are there.
        self._wanted = adapters or (backend.adapters if backend else ())
        self._ask_helper = ask_helper
        self._backend = backend
        self._bluez = bluez
        self._listed = listed
        self._bonds = bonds
        self._chance = chance
        # By id of the device.
        self._profiles = {device.id: profiles[device.profile] for device in devices}
        self._devices = devices
        # Whose an advertisement is.
        self._matcher = DeviceMatcher(devices, profiles)
        # Frames on their way to the core.
        self._queue = FrameQueue()
        # By id, for each device that is connected to.
        self._links: dict[str, GattLink] = {}
        # By id: the last advertisement, monotonic seconds.
        self._last_seen_s: dict[str, float] = {}
        # By id: the adapter that received it.
        self._via: dict[str, str] = {}
        # Made by `run`.
        self._adapters: Adapters | None = None
        # By id and kind of frame: the last payload, and when it was passed on, monotonic seconds.
        self._repeats: dict[tuple[str, str], tuple[bytes, float]] = {}

    @property
    def listens(self) -> bool:
        """Whether any adapter scans, and no fault of it stands."""
        return self._adapters is not None and any(scan.listens for scan in self._adapters.scans.values())

    def progress(self) -> Progress:
        """Of what hands over to the core."""
        return Progress(self._queue.handed, self._queue.waits)

    @property
    def states(self) -> dict[str, State]:
        """What each device is doing at this moment, by id. One that only advertises is searching or streaming."""
        now_s = self._clock.now().mono_s
        return {device.id: self._state(device.id, now_s) for device in self._devices}

    def identity(self, device: str) -> tuple[str, bool]:
        """Where bonds are made: a sensor's true address, empty if not known, and whether it was bonded with."""
        return link.identity if (link := self._links.get(device)) else ("", False)

    def health(self) -> dict[str, object]:
        """Each adapter and each sensor as plain values: what it does, why, and what was last tried to mend it."""
        now_s = self._clock.now().mono_s
        scans = self._adapters.scans.items() if self._adapters else ()
        sensors = []
        for device in self._devices:
            link = self._links.get(device.id)
            state, adapter = str(self._state(device.id, now_s)), self._adapter_of(device.id)
            facts = {
                "device": device.id,
                "state": state,
                "adapter": adapter,
                "note": self._matcher.doubts.get(device.id, ""),
            }
            sensors.append(facts | (link.health() if link else {}))
        return {"adapters": [{"adapter": name, **scan.health()} for name, scan in scans], "sensors": sensors}

    async def run(self, emit: Emit) -> None:
        """Listen until cancelled. Raises what `emit` raised; RestartNeeded when only a new process is left to try."""
        from edge.radio.adapters import Adapters
        from edge.radio.bluez import Bluez
        from edge.radio.bluez import adapters as all_adapters
        from edge.radio.gatt import Common, GattLink

        bluez = self._bluez if self._bluez or self._backend else Bluez()
        client = self._backend.client if self._backend else None
        common = Common(self._clock, self._from_link, asyncio.Lock(), self._chance, client, bluez)
        self._links = {
            device.id: GattLink(device, self._profiles[device.id], common)
            for device in self._devices
            if self._profiles[device.id].link is Link.GATT
        }
        adapters = self._adapters = Adapters(
            self._clock,
            self._advertised,
            self._queue.fault,
            self._use,
            wanted=self._wanted,
            listed=self._listed or (all_adapters if bluez else None),
            backend=self._backend.scanner if self._backend else None,
            bluez=bluez,
            ask_helper=self._ask_helper,
            proxies=self._proxies,
            own=self._own,
        )
        common.bonds = self._bonds
        common.several = lambda: sum(scan.listens for scan in adapters.scans.values()) > 1
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._queue.pump(emit), name="radio frames")
                group.create_task(adapters.run(), name="radio adapters")
                if bluez:
                    group.create_task(self._watch_bluetoothd(bluez, adapters), name="radio bluetoothd")
                async with asyncio.TaskGroup() as links:  # they end first: to leave a sensor, its adapter must be there
                    for link in self._links.values():
                        links.create_task(link.run(), name=f"radio {link.device.id}")
        except ExceptionGroup as failed:
            raise _cause(failed) from None

    async def _watch_bluetoothd(self, bluez: Bluez, adapters: Adapters) -> None:
        from edge.radio.bluez import Change
        from edge.radio.faults import RADIO_ERRORS, describe

        def changed(change: Change, adapter: str = "") -> None:
            log.info("bluez", change=change, adapter=adapter)
            for link in self._links.values() if change is not Change.THERE else ():
                if adapter in ("", link.adapter) and not adapters.is_proxy(link.adapter):
                    link.lose(change.value)
            adapters.bluez_changed(change, adapter)

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

    def _advertised(self, adapter: str, ble: BLEDevice, advert: Advert) -> None:
        now_s = self._clock.now().mono_s
        device = self._matcher.match(advert, now_s)
        if device is None:
            return
        if link := self._links.get(device.id):
            link.advertised(ble, advert.rssi_dbm, adapter)
            return
        for frame in frames(device.id, advert, now_s):
            if frame.kind not in self._profiles[device.id].formats:
                continue  # beacons carry other things too
            self._last_seen_s[device.id], self._via[device.id] = now_s, adapter
            payload, last_s = self._repeats.get((device.id, frame.kind), (b"", float("-inf")))
            if payload != frame.payload or now_s - last_s >= REPEAT_S:
                self._repeats[device.id, frame.kind] = (frame.payload, now_s)
                self._queue.frame(frame)

    def _from_link(self, frame: FrameReceived | ClockReceived) -> None:
        self._matcher.data_arrived(frame.device, self._clock.now().mono_s)
        self._queue.frame(frame)

    def _use(self, adapter: str) -> Use:
        """What an adapter is needed for. A spot thermometer is meant to be away."""
        states = {device: state for device, state in self.states.items() if not self._profiles[device].spot}
        over = [self._adapter_of(device) for device, state in states.items() if state is State.STREAMING]
        proxied = [each for each in over if self._adapters and self._adapters.is_proxy(each)]
        return Use(
            streaming=len(over) > len(proxied),
            missing=len(over) < len(states),
            here=adapter in over,
            proxied=bool(proxied),
        )

    def _adapter_of(self, device: str) -> str | None:
        """The adapter over which a sensor is connected, or was last seen; None: it was never seen."""
        return link.adapter if (link := self._links.get(device)) else self._via.get(device)

    def _state(self, device: str, now_s: float) -> State:
        if link := self._links.get(device):
            return link.state
        last_s = self._last_seen_s.get(device)
        limit_s = watchdog.deadline_s(self._profiles[device])
        fresh = last_s is not None and watchdog.left_s(last_s, limit_s, now_s) > 0
        return State.STREAMING if fresh else State.SEARCHING


def _cause(failed: ExceptionGroup[Exception]) -> Exception:
    """What stopped the radio, out of the group it comes in: the wish for a restart before all, else if it is one."""
    cause: Exception = failed.subgroup(RestartNeeded) or failed
    while isinstance(cause, ExceptionGroup) and len(cause.exceptions) == 1:
        cause = cause.exceptions[0]
    return cause
