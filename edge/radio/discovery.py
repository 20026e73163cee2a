"""Looking around for sensors, and one sensor alone, for the command line.

Nothing here switches the adapter, ends another program's connection or makes BlueZ forget a device: the hub may be
watching over the same adapter. A fault of the adapter ends the listening at once, with what to do about it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from edge.decoding import Profile
from edge.errors import Unreachable
from edge.model.alarm import Condition
from edge.model.event import Event, FaultReported, FrameReceived
from edge.model.language import N_
from edge.model.people import Device
from edge.ports import Clock
from edge.radio.adverts import Advert, fits
from edge.radio.bleak_source import Backend, BleakSource
from edge.radio.recovery import Use

T = TypeVar("T")
Until = Callable[[], Awaitable[T]]

MOST_NEIGHBOURS = 1000
"""Addresses remembered in one listen; phones change theirs every 15 minutes, so more is not a house."""

_ADVICE = (
    ("no Bluetooth adapter", N_("plug one in; `bluetoothctl list` shows those that are found")),
    ("switched off", N_("switch it on: `rfkill unblock bluetooth`, then `bluetoothctl power on`")),
    ("may not use", N_("run this with sudo, or add this user to the group bluetooth")),
    ("AccessDenied", N_("run this with sudo, or add this user to the group bluetooth")),
    ("bluetoothd", N_("start it: `sudo systemctl start bluetooth`")),
    ("D-Bus", N_("is it installed and running? In a container /run/dbus must be shared with it")),
    ("Low Energy", N_("use an adapter of Bluetooth 4.0 or later")),
    ("not found", N_("`bluetoothctl list` shows the adapters that are there")),
)
_LAST_ADVICE = N_("try again; `journalctl -u bluetooth` may say more")


@dataclass(frozen=True, slots=True)
class Air:
    """Where to listen. adapters: `hci0` ..., empty for all. backend: replaces BlueZ, for a test rig."""

    clock: Clock
    adapters: tuple[str, ...] = ()
    backend: Backend | None = None


class Neighbours:
    """Every device seen so far, each address as one advertisement that holds all it has sent, the newest of a kind."""

    def __init__(self) -> None:
        self._known: dict[str, Advert] = {}

    def __len__(self) -> int:
        return len(self._known)

    def receive(self, advert: Advert) -> None:
        before = self._known.get(advert.address)
        if before is not None or len(self._known) < MOST_NEIGHBOURS:
            self._known[advert.address] = advert if before is None else _merged(before, advert)

    def nearest_first(self) -> list[Advert]:
        """By signal strength; those received without one come last."""
        return sorted(self._known.values(), key=lambda each: (each.rssi_dbm is None, -(each.rssi_dbm or 0)))


def _merged(before: Advert, now: Advert) -> Advert:
    """A name, a service and a measurement may each come in an advertisement of its own."""
    levels = [each.rssi_dbm for each in (before, now) if each.rssi_dbm is not None]
    return Advert(
        now.address,
        now.name or before.name,
        max(levels, default=None),  # the strongest: walls, bodies and fading only ever take away
        tuple(dict.fromkeys((*before.services, *now.services))),
        {**before.service_data, **now.service_data},
        {**before.manufacturer_data, **now.manufacturer_data},
        now.private,
    )


def fitting(profiles: Mapping[str, Profile], advert: Advert) -> list[Profile]:
    """The profiles that an advertisement fits, the most specific first."""
    return sorted((each for each in profiles.values() if fits(each.match, advert)), key=specificity, reverse=True)


def specificity(profile: Profile) -> tuple[bool, bool, int]:
    """How much a profile asks: a maker's own goes before a standard's, a name before a service alone."""
    match = profile.match
    asked = (match.names, match.services, match.service_data, match.manufacturers)
    return profile.vendor != "generic", bool(match.names), sum(map(bool, asked))


async def look_around(air: Air, receive: Callable[[Advert], None], until: Until[T]) -> T:
    """Scan, handing on every advertisement, until `until()` returns; its result. Raises Unreachable."""
    from edge.radio.adapters import Adapters

    fault: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def report(reported: FaultReported) -> None:
        if reported.present and reported.condition is Condition.ADAPTER_DOWN and not fault.done():
            fault.set_exception(Unreachable(advise(reported.detail)))

    adapters = Adapters(
        air.clock,
        lambda _adapter, _ble, advert: receive(advert),
        report,
        lambda _: Use(),  # nobody here needs the scan so much that a connection might be given up for it
        wanted=air.adapters or (air.backend.adapters if air.backend else ()),
        listed=_listed(air),
        backend=air.backend.scanner if air.backend else None,
    )
    return await _beside(until, adapters.run(), fault)


@asynccontextmanager
async def consenting(air: Air) -> AsyncIterator[None]:
    """Agree to bond with sensors that ask for it while this lasts. Raises Unreachable."""
    if air.backend:
        yield
        return
    from edge.radio.bonding import answering
    from edge.radio.faults import RADIO_ERRORS, describe

    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(answering())
        except RADIO_ERRORS as error:
            raise Unreachable(advise(f"D-Bus: {describe(error)}")) from error
        yield


def one_sensor(air: Air, device: Device, profile: Profile, *, bonds: bool = False) -> BleakSource:
    """A source of this sensor alone. Without the part of it that would disconnect what another program holds.

    bonds: bond with it if its address changes.
    """
    return BleakSource(
        [device],
        {profile.id: profile},
        air.clock,
        adapters=air.adapters,
        backend=_bleaks_own(air),
        listed=_listed(air),
        bonds=bonds,
    )


async def attend(source: BleakSource, receive: Callable[[FrameReceived], None], until: Until[T]) -> T:
    """Run a source, handing on every frame, until `until()` returns; its result. Raises Unreachable."""

    async def emit(event: Event) -> None:
        if isinstance(event, FrameReceived):
            receive(event)
        elif isinstance(event, FaultReported) and event.present and event.condition is Condition.ADAPTER_DOWN:
            raise Unreachable(advise(event.detail))

    return await _beside(until, source.run(emit))


def advise(detail: str) -> str:
    """What is wrong with the radio, and what to do about it, in one sentence."""
    return f"{detail}: {next((advice for words, advice in _ADVICE if words in detail), _LAST_ADVICE)}"


def _listed(air: Air) -> Callable[[], Awaitable[Mapping[str, str]]] | None:
    from edge.radio.bluez import adapters

    return None if air.backend else adapters


def _bleaks_own(air: Air) -> Backend:
    if air.backend:
        return air.backend
    from bleak.backends.client import get_platform_client_backend_type
    from bleak.backends.scanner import get_platform_scanner_backend_type

    return Backend(get_platform_scanner_backend_type()[0], get_platform_client_backend_type()[0])


async def _beside(until: Until[T], *endless: Awaitable[object]) -> T:
    """The result of `until()`, while the others run; their error, should one of them fail first."""
    asked = asyncio.ensure_future(until())
    others = [asyncio.ensure_future(each) for each in endless]
    try:
        await asyncio.wait({asked, *others}, return_when=asyncio.FIRST_COMPLETED)
        for each in others:
            if each.done():
                each.result()
        return await asked
    finally:
        for task in (asked, *others):
            task.cancel()
        await asyncio.gather(asked, *others, return_exceptions=True)
