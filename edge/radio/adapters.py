"""All Bluetooth adapters and proxies of the hub: one scan over each, one report about them together."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import NoReturn

import structlog
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import BaseBleakScanner

from edge.model.alarm import Condition
from edge.model.event import FaultReported
from edge.ports import Clock
from edge.radio import recovery
from edge.radio.adverts import Advert
from edge.radio.bluez import Bluez, Change
from edge.radio.faults import RADIO_ERRORS, describe
from edge.radio.proxy import Proxy
from edge.radio.recovery import Use
from edge.radio.scan import Scan

LOOK_EVERY_S = 30.0
"""How soon an adapter that was plugged in is used."""
FIRST = ""
"""Whichever adapter is switched on: while none is listed there is still somebody to say why."""
PART = "*adapter"
"""Whose fault it is, where one of several adapters is lost. No sensor's id begins with a star."""

log = structlog.get_logger("radio")


class Adapters:
    """Scans over every adapter that is there (or those wanted, `hci0` ...) and every proxy, each recovering on its own.

    receive: is given the adapter, bleak's device and the advertisement. report: `adapter_down` when none is left,
    `hub_degraded` while one of several is lost. use: what the adapter of that name is needed for; what another one
    receives is filled in here. listed: address by name of the adapters that are there; None: those wanted, or the
    first. own: whether this computer's adapters are used at all.
    """

    def __init__(
        self,
        clock: Clock,
        receive: Callable[[str, BLEDevice, Advert], None],
        report: Callable[[FaultReported], None],
        use: Callable[[str], Use],
        *,
        wanted: Sequence[str] = (),
        listed: Callable[[], Awaitable[Mapping[str, str]]] | None = None,
        backend: type[BaseBleakScanner] | None = None,
        bluez: Bluez | None = None,
        ask_helper: Callable[[str], Awaitable[None]] | None = None,
        proxies: Sequence[Proxy] = (),
        own: bool = True,
    ) -> None:
        self._clock = clock
        self._receive = receive
        self._report = report
        self._use = use
        self._wanted = wanted
        self._listed = listed
        self._backend = backend
        self._bluez = bluez
        self._ask_helper = ask_helper
        self._proxies = {proxy.name: proxy for proxy in proxies}
        self._own = own
        # By adapter.
        self.scans: dict[str, Scan] = {}
        # The task of each scan.
        self._running: dict[str, asyncio.Task[NoReturn]] = {}
        # Of each adapter, by which it is known again under another name.
        self._addresses: dict[str, str] = {}
        # (present, sentence) of each condition, as last reported.
        self._reported: dict[Condition, tuple[bool, str]] = {}

    async def run(self) -> NoReturn:
        """Scan for ever. Raises RestartNeeded when a scan has no other action left."""
        async with asyncio.TaskGroup() as group:
            for name, proxy in self._proxies.items():
                self._start_proxy(name, proxy, group)
            while True:
                for name in await self._there():
                    if name not in self.scans:
                        self._start(name, group)
                await self._clock.sleep(LOOK_EVERY_S)
        raise AssertionError("a scan never ends")

    def bluez_changed(self, change: Change, adapter: str) -> None:
        """Something happened to bluetoothd or to one adapter."""
        for name, scan in self._of_this_computer():
            if adapter in ("", name) or name == FIRST:
                scan.bluez_changed(change)

    def is_proxy(self, name: str | None) -> bool:
        return name in self._proxies

    def _of_this_computer(self) -> list[tuple[str, Scan]]:
        return [(name, scan) for name, scan in self.scans.items() if name not in self._proxies]

    async def _there(self) -> Sequence[str]:
        """The adapters to use now. One that was listed once is kept, and missed when it is gone."""
        if not self._own:
            return ()
        if self._wanted or self._listed is None:
            return self._wanted or (FIRST,)
        try:
            found = await self._listed()
        except RADIO_ERRORS as error:
            log.info("adapters", error=describe(error))
            found = {}
        if not found:
            return () if self._of_this_computer() else (FIRST,)
        for name, address in found.items():
            before = next((old for old, at in self._addresses.items() if at == address and old not in found), "")
            if before and address:
                await self._drop(before)  # the same adapter, which the kernel has given another name
            self._addresses[name] = address
        await self._drop(FIRST)
        return tuple(found)

    def _start(self, name: str, group: asyncio.TaskGroup) -> None:
        log.info("adapter", adapter=name)
        scan = self.scans[name] = Scan(
            self._clock,
            lambda ble, advert: self._receive(name, ble, advert),
            lambda *_: self._review(),
            lambda: replace(
                self._use(name), elsewhere=any(each.hears for _, each in self._of_this_computer() if each != scan)
            ),
            adapter=name,
            backend=self._backend,
            bluez=self._bluez,
            ask_helper=self._ask_helper,
        )
        self._running[name] = group.create_task(scan.run(), name=f"radio scan {name}")

    def _start_proxy(self, name: str, proxy: Proxy, group: asyncio.TaskGroup) -> None:
        from edge.radio.esphome import connected_to

        log.info("proxy", proxy=proxy.id, host=proxy.host)
        scan = self.scans[name] = Scan(
            self._clock,
            lambda ble, advert: self._receive(name, ble, advert),
            lambda *_: self._review(),
            # The air around it may be quiet while another ear hears: then it is no fault unless a sensor was here.
            lambda: replace(self._use(name), elsewhere=any(each.hears for each in self.scans.values() if each != scan)),
            adapter=name,
            backend=connected_to(proxy, lambda why: scan.lose(why)),  # noqa: PLW0108 - made before the scan
            ladder=recovery.PROXY,
        )
        self._running[name] = group.create_task(scan.run(), name=f"radio scan {name}")

    async def _drop(self, name: str) -> None:
        self._addresses.pop(name, None)
        if name in self.scans:
            stopping = self._running.pop(name)
            stopping.cancel()
            await asyncio.gather(stopping, return_exceptions=True)  # two scans over one adapter disturb each other
            del self.scans[name]

    def _review(self) -> None:
        """Put together what is known of all adapters, and report what has changed."""
        lost = {each: scan.fault for each, scan in self.scans.items() if scan.fault}
        all_lost = len(lost) == len(self.scans)
        if len(self.scans) == 1:
            reasons = "".join(lost.values())
        else:
            reasons = "; ".join(f"{each or 'its own'}: {why}" for each, why in lost.items())
        self._report_change(Condition.ADAPTER_DOWN, all_lost, reasons if all_lost else "")
        some = bool(lost) and not all_lost
        if some or Condition.HUB_DEGRADED in self._reported:
            rest = " and ".join(each or "its own" for each in self.scans if each not in lost)
            which = "proxies" if all(each in self._proxies for each in lost) else "adapters"
            detail = f"one of its Bluetooth {which} is lost ({reasons}), it goes on with {rest}" if some else ""
            self._report_change(Condition.HUB_DEGRADED, some, detail, PART)

    def _report_change(self, condition: Condition, present: bool, detail: str, device: str = "") -> None:
        if self._reported.get(condition) != (present, detail):
            self._reported[condition] = present, detail
            self._report(FaultReported(condition, present, detail, device))
