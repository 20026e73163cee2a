"""The one owner of an adapter's scan: starts it, checks that it receives, and recovers it when it does not."""

import asyncio
import math
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import NoReturn

import structlog
from bleak import BleakScanner
from bleak.args.bluez import BlueZScannerArgs
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.exc import BleakDBusError

from edge.ports import Clock
from edge.radio import recovery, watchdog
from edge.radio.adverts import Advert, private
from edge.radio.bluez import Bluez, Change
from edge.radio.faults import IN_PROGRESS, RADIO_ERRORS, classify, describe, end_if_cancelled
from edge.radio.recovery import Action, RestartNeeded, Trouble, Use

_NO_RSSI_DBM = -127  # what bleak reports when BlueZ gave none
_ANY_RSSI_DBM = -127
"""The weakest that org.bluez.Adapter1.SetDiscoveryFilter takes. Without a filter that filters, BlueZ 5.82 drops what an
advertisement without Flags holds, and beacons need not send Flags (Core Specification Supplement, Part A 1.3)."""
_START_S = 15.0
_STOP_S = 15.0
_STOP_FROZEN_S = 2.0  # there is nobody to answer
_PATIENCE = 2  # a scan that is refused or receives nothing is only called a fault when the next one is no better

log = structlog.get_logger("radio")


class Scan:
    """An active scan: a passive one reports an unchanged advertisement once only, so its silence means nothing.

    receive: called for each advertisement. report: (fault present, sentence) about the adapter, on change.
    use: what the adapter is needed for at this moment. adapter: `hci0` ..., empty for the first that is switched on.
    ladder: what may be tried to mend it.
    """

    def __init__(
        self,
        clock: Clock,
        receive: Callable[[BLEDevice, Advert], None],
        report: Callable[[bool, str], None],
        use: Callable[[], Use],
        *,
        adapter: str = "",
        backend: type[BaseBleakScanner] | None = None,
        bluez: Bluez | None = None,
        ask_helper: Callable[[str], Awaitable[None]] | None = None,
        ladder: Mapping[Trouble, tuple[Action, ...]] = recovery.ADAPTER,
    ) -> None:
        self._clock = clock
        self._receive = receive
        self._report = report
        self._use = use
        self.adapter = adapter
        # What was last tried to mend it; None: nothing ever was.
        self.step: recovery.Step | None = None
        self._backend = backend
        self._bluez = bluez
        self._ask_helper = ask_helper
        self._ladder = ladder
        # Advertisements since the start.
        self._received = 0
        # When the last one came, or this scan began; monotonic seconds.
        self._active_s = 0.0
        # When the last one came.
        self._advert_s = -math.inf
        # Why it receives nothing; None: it works.
        self._down: Trouble | None = None
        # (present, sentence) as last reported; None: nothing was.
        self._reported: tuple[bool, str] | None = None
        # BlueZ says that the adapter went or froze.
        self._gone = asyncio.Event()
        # That trouble, and the words for it.
        self._why_gone = (Trouble.UNAVAILABLE, "")
        # BlueZ says that it is there again.
        self._back = asyncio.Event()

    @property
    def fault(self) -> str:
        """Why this adapter is no use, as last reported; empty: it listens, or nothing is known yet."""
        return self._reported[1] if self._reported and self._reported[0] else ""

    def health(self) -> dict[str, object]:
        """As plain values; action and reason: what was last tried to mend it, None if nothing ever was."""
        action, reason = (str(self.step.action), self.step.reason) if self.step else (None, None)
        return {"hears": self.hears, "fault": self.fault, "action": action, "reason": reason}

    @property
    def listens(self) -> bool:
        """Whether its scan has begun and no fault of it stands; in an empty house nothing may be heard."""
        return self._reported is not None and not self._reported[0]

    @property
    def hears(self) -> bool:
        """Whether any device was seen over it lately."""
        quiet_s = self._clock.now().mono_s - self._advert_s
        return self._received > 0 and self._down is None and quiet_s < watchdog.AIR_QUIET_S

    def bluez_changed(self, change: Change) -> None:
        """bluetoothd or the adapter has gone, and the scan with it; or bluetoothd is there, so waiting is over."""
        if change is Change.THERE:
            self._back.set()
        else:
            self._lose(Trouble.FROZEN if change is Change.FROZEN else Trouble.UNAVAILABLE, change.value)

    def lose(self, why: str) -> None:
        """What it scans over is gone, and the scan with it."""
        self._lose(Trouble.UNAVAILABLE, why)

    def _lose(self, trouble: Trouble, why: str) -> None:
        self._why_gone = trouble, why
        self._gone.set()

    async def run(self) -> NoReturn:
        """Scan for ever. Raises RestartNeeded when no other action is left."""
        tried: Counter[Trouble] = Counter()
        while True:
            received_before = self._received
            trouble, detail = await self._scan()
            end_if_cancelled()
            if self._received > received_before:
                tried.clear()
            use = self._use()
            step = self.step = recovery.for_adapter(
                trouble, tried[trouble], once_worked=self._received > 0, use=use, ladder=self._ladder
            )
            # An action that was not taken for the sake of a sensor is the first to be taken when it may be.
            tried[trouble] += use.elsewhere or not recovery.protects(trouble, step.action, use)
            log.info("scan ended", adapter=self.adapter, trouble=trouble, detail=detail, **asdict(step))
            if self._is_fault(trouble, tried[trouble], use):
                self._down = trouble
                self._report_change(True, detail)
            await self._recover(step, detail)

    def _is_fault(self, trouble: Trouble, tries: int, use: Use) -> bool:
        if trouble is Trouble.QUIET:
            alone_is_fine = use.here if use.elsewhere else use.streaming or not self._received
            return tries >= _PATIENCE and not alone_is_fine
        return trouble is not Trouble.REFUSED or tries >= _PATIENCE

    async def _scan(self) -> tuple[Trouble, str]:
        """One scan, from its start until it is in trouble."""
        options: BlueZScannerArgs = {"filters": {"RSSI": _ANY_RSSI_DBM}}
        if self.adapter:
            options["adapter"] = self.adapter
        scanner = BleakScanner(self._detected, bluez=options, backend=self._backend)
        trouble: tuple[Trouble, str] | None = None
        self._gone.clear()
        self._back.clear()
        try:
            async with asyncio.timeout(_START_S):
                await scanner.start()
            end_if_cancelled()
            if self._down is not Trouble.QUIET:
                self._up()
            trouble = await self._listen()
        except RADIO_ERRORS as error:
            trouble = classify(error)
        finally:
            stuck = await self._stop(scanner)
        return stuck or trouble

    async def _listen(self) -> tuple[Trouble, str]:
        self._active_s = self._clock.now().mono_s
        while True:
            left_s = watchdog.left_s(self._active_s, watchdog.AIR_QUIET_S, self._clock.now().mono_s)
            if left_s <= 0:
                return Trouble.QUIET, f"nothing at all was heard over the air for {watchdog.AIR_QUIET_S:.0f} s"
            if await watchdog.set_within(self._gone, self._clock, left_s):
                return self._why_gone

    async def _stop(self, scanner: BleakScanner) -> tuple[Trouble, str] | None:
        try:
            frozen = self._gone.is_set() and self._why_gone[0] is Trouble.FROZEN
            async with asyncio.timeout(_STOP_FROZEN_S if frozen else _STOP_S):
                await scanner.stop()
        except RADIO_ERRORS as error:
            log.info("scan stop", error=describe(error))
            if isinstance(error, BleakDBusError) and error.dbus_error == IN_PROGRESS:
                return Trouble.STUCK, "BlueZ's scan is stuck until the adapter has been switched off and on"
        return None

    async def _recover(self, step: recovery.Step, detail: str) -> None:
        if step.action is Action.RESTART_PROCESS:
            raise RestartNeeded(f"the radio does not recover ({detail}); asking systemd for a restart")
        try:
            if step.action is Action.POWER_CYCLE and self._bluez:
                await self._bluez.power_cycle(self.adapter)
            elif step.action is Action.ASK_HELPER and self._ask_helper:
                await self._ask_helper(detail)
        except RADIO_ERRORS as error:
            log.warning("action failed", action=step.action, error=describe(error))
        await watchdog.set_within(self._back, self._clock, step.wait_s)

    def _up(self) -> None:
        self._down = None
        self._report_change(False, "")

    def _report_change(self, present: bool, detail: str) -> None:
        if (present, detail) != self._reported:
            self._reported = (present, detail)
            self._report(present, detail)

    def _detected(self, device: BLEDevice, data: AdvertisementData) -> None:
        self._received += 1
        self._active_s = self._advert_s = self._clock.now().mono_s
        if self._down is Trouble.QUIET:
            self._up()
        self._receive(
            device,
            Advert(
                address=device.address.upper(),
                name=data.local_name or device.name or "",
                rssi_dbm=None if data.rssi == _NO_RSSI_DBM else data.rssi,
                services=[uuid.lower() for uuid in data.service_uuids],
                service_data={uuid.lower(): payload for uuid, payload in data.service_data.items()},
                manufacturer_data=data.manufacturer_data,
                private=private(device),
            ),
        )
