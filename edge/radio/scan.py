"""The one owner of the scan: starts it, watches that it hears, climbs the ladder when it does not."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import NoReturn

import structlog
from bleak import BleakScanner
from bleak.args.bluez import BlueZScannerArgs
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.exc import BleakDBusError

from edge.ports import Clock
from edge.radio import ladder, watchdog
from edge.radio.adverts import Advert
from edge.radio.bluez import Bluez, Change
from edge.radio.faults import IN_PROGRESS, RADIO_ERRORS, classify, describe
from edge.radio.ladder import RestartNeeded, Rung, Trouble
from edge.radio.waiting import happened

_NO_RSSI_DBM = -127  # what bleak reports when BlueZ gave none
_ANY_RSSI_DBM = -127
"""The weakest that org.bluez.Adapter1.SetDiscoveryFilter takes. Without a filter that filters, BlueZ 5.82 drops what an
advertisement without Flags holds, and beacons need not send Flags (Core Specification Supplement, Part A 1.3)."""
_START_S = 15.0
_PATIENCE = 2  # a scan that is refused or hears nobody is only called a fault when the next one is no better

log = structlog.get_logger("radio")


class Scan:
    """An active scan: a passive one reports an unchanged advertisement once only, so its silence means nothing.

    hear: called for each advertisement. report: (fault present, sentence) about the adapter, on change.
    sensors: whether the data of any sensor arrive, and whether those of any do not.
    """

    def __init__(
        self,
        clock: Clock,
        hear: Callable[[BLEDevice, Advert], None],
        report: Callable[[bool, str], None],
        sensors: Callable[[], tuple[bool, bool]],
        *,
        adapter: str = "",
        backend: type[BaseBleakScanner] | None = None,
        bluez: Bluez | None = None,
        ask_helper: Callable[[str], Awaitable[None]] | None = None,
    ) -> None:
        self._clock = clock
        self._hear = hear
        self._report = report
        self._sensors = sensors
        self._adapter = adapter
        self._backend = backend
        self._bluez = bluez
        self._ask_helper = ask_helper
        self._heard = 0
        self._heard_s = 0.0
        self._down: Trouble | None = None
        self._told: tuple[bool, str] | None = None
        self._gone = asyncio.Event()
        self._why_gone = ""
        self._back = asyncio.Event()

    def told(self, change: Change) -> None:
        """bluetoothd or the adapter has gone, and every scan with it; or bluetoothd is there, so waiting is over."""
        if change is Change.THERE:
            self._back.set()
        else:
            self._why_gone = change.value
            self._gone.set()

    async def run(self) -> NoReturn:
        """Scan for ever. Raises RestartNeeded from the last rung."""
        tried: Counter[Trouble] = Counter()
        while True:
            heard_before = self._heard
            trouble, detail = await self._scan()
            if self._heard > heard_before:
                tried.clear()
            streaming, missing = self._sensors()
            protected = ladder.protects(trouble, streaming=streaming, missing=missing)
            step = ladder.for_adapter(trouble, tried[trouble], once_worked=self._heard > 0, protected=protected)
            tried[trouble] += not protected
            log.info("scan ended", trouble=trouble, detail=detail, rung=step.rung, reason=step.reason)
            if self._is_fault(trouble, tried[trouble], streaming):
                self._down = trouble
                self._say(True, detail)
            await self._climb(step, detail)

    def _is_fault(self, trouble: Trouble, tries: int, streaming: bool) -> bool:
        if trouble is Trouble.QUIET:
            return tries >= _PATIENCE and self._heard > 0 and not streaming
        return trouble is not Trouble.REFUSED or tries >= _PATIENCE

    async def _scan(self) -> tuple[Trouble, str]:
        """One scan, from its start until it is in trouble."""
        options: BlueZScannerArgs = {"filters": {"RSSI": _ANY_RSSI_DBM}}
        if self._adapter:
            options["adapter"] = self._adapter
        scanner = BleakScanner(self._detected, bluez=options, backend=self._backend)
        trouble: tuple[Trouble, str] | None = None
        self._gone.clear()
        self._back.clear()
        try:
            async with asyncio.timeout(_START_S):
                await scanner.start()
            if self._down is not Trouble.QUIET:
                self._up()
            trouble = await self._listen()
        except RADIO_ERRORS as error:
            trouble = classify(error)
        finally:
            stuck = await self._stop(scanner)
        return stuck or trouble

    async def _listen(self) -> tuple[Trouble, str]:
        self._heard_s = self._clock.now().mono_s
        while True:
            left_s = watchdog.left_s(self._heard_s, watchdog.AIR_QUIET_S, self._clock.now().mono_s)
            if left_s <= 0:
                return Trouble.QUIET, f"nothing at all was heard over the air for {watchdog.AIR_QUIET_S:.0f} s"
            if await happened(self._gone, self._clock, left_s):
                return Trouble.ABSENT, self._why_gone

    async def _stop(self, scanner: BleakScanner) -> tuple[Trouble, str] | None:
        try:
            async with asyncio.timeout(_START_S):
                await scanner.stop()
        except RADIO_ERRORS as error:
            log.info("scan stop", error=describe(error))
            if isinstance(error, BleakDBusError) and error.dbus_error == IN_PROGRESS:
                return Trouble.STUCK, "BlueZ's scan is stuck until the adapter has been switched off and on"
        return None

    async def _climb(self, step: ladder.Step, detail: str) -> None:
        if step.rung is Rung.RESTART_PROCESS:
            raise RestartNeeded(f"the radio does not recover ({detail}); asking systemd for a restart")
        try:
            if step.rung is Rung.POWER_CYCLE and self._bluez:
                await self._bluez.power_cycle(self._adapter)
            elif step.rung is Rung.ASK_HELPER and self._ask_helper:
                await self._ask_helper(detail)
        except RADIO_ERRORS as error:
            log.warning("rung failed", rung=step.rung, error=describe(error))
        await happened(self._back, self._clock, step.wait_s)

    def _up(self) -> None:
        self._down = None
        self._say(False, "")

    def _say(self, present: bool, detail: str) -> None:
        if (present, detail) != self._told:
            self._told = (present, detail)
            self._report(present, detail)

    def _detected(self, device: BLEDevice, data: AdvertisementData) -> None:
        self._heard += 1
        self._heard_s = self._clock.now().mono_s
        if self._down is Trouble.QUIET:
            self._up()
        self._hear(
            device,
            Advert(
                address=device.address.upper(),
                name=data.local_name or device.name or "",
                rssi_dbm=None if data.rssi == _NO_RSSI_DBM else data.rssi,
                services=[uuid.lower() for uuid in data.service_uuids],
                service_data={uuid.lower(): payload for uuid, payload in data.service_data.items()},
                manufacturer_data=data.manufacturer_data,
            ),
        )
