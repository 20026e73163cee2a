"""What the tests of the radio share: a quick clock, profiles, and a listener."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from edge.decoding import Link, Match, Profile, Subscription, Write
from edge.model.event import Event, FaultReported, FrameReceived
from edge.model.moment import Now
from edge.model.people import Device
from edge.model.reading import Quantity
from edge.ports import FrameSource

HTS, MEASUREMENT, BATTERY_SERVICE, BATTERY = "1809", "2a1c", "180f", "2a19"
PMD = "fb005c80-02e7-f387-1cad-8acd2d8df0c8"
PMD_CONTROL = "fb005c81-02e7-f387-1cad-8acd2d8df0c8"
PMD_DATA = "fb005c82-02e7-f387-1cad-8acd2d8df0c8"
START, STOP = bytes.fromhex("0200000132000101100002010200"), bytes.fromhex("0302")


def full(short: str) -> str:
    return f"0000{short}-0000-1000-8000-00805f9b34fb"


def make_profile(ident: str, **what: object) -> Profile:
    base: dict[str, object] = {
        "name": ident,
        "vendor": "tests",
        "quantities": (Quantity.TEMPERATURE,),
        "link": Link.GATT,
        "match": Match(),
        "formats": {f"characteristic:{MEASUREMENT}": (), f"characteristic:{BATTERY}": ()},
    }
    return Profile(id=ident, **(base | what))  # type: ignore[arg-type]


THERMOMETER = make_profile(
    "thermometer",
    match=Match(services=(full(HTS),)),
    subscribe=(Subscription(full(MEASUREMENT), f"characteristic:{MEASUREMENT}"),),
)
STRAP = make_profile(
    "strap",
    quantities=(Quantity.ACCELERATION,),
    match=Match(names=("Strap",)),
    formats={f"characteristic:{PMD_DATA}": ()},
    subscribe=(Subscription(PMD_DATA, f"characteristic:{PMD_DATA}"),),
    start=(Write(PMD_CONTROL, START),),
    stop=(Write(PMD_CONTROL, STOP),),
    expected_interval_s=2.0,
    rate_hz=50.0,
    rhythm=True,
)
BEACON = make_profile(
    "beacon",
    link=Link.ADVERT,
    match=Match(manufacturers=(0x0499,)),
    formats={"manufacturer:0499": (), "service_data:fcd2": ()},
    expected_interval_s=5.0,
)
PROFILES = {profile.id: profile for profile in (THERMOMETER, STRAP, BEACON)}


class QuickClock:
    """ports.Clock, `speed` times as fast as the real one: 90 s of silence take 90/speed real seconds."""

    def __init__(self, speed: float) -> None:
        self.speed = speed

    def now(self) -> Now:
        mono_s = asyncio.get_running_loop().time() * self.speed
        return Now(mono_s, 1_790_000_000.0 + mono_s)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.speed)


class Heard:
    """Everything a source emitted, and a way to wait for it."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    async def emit(self, event: Event) -> None:
        self.events.append(event)

    def frames(self, device: str = "", kind: str = "") -> list[FrameReceived]:
        frames = [event for event in self.events if isinstance(event, FrameReceived)]
        return [f for f in frames if device in ("", f.device) and kind in ("", f.kind)]

    @property
    def faults(self) -> list[FaultReported]:
        return [event for event in self.events if isinstance(event, FaultReported)]

    async def until(self, condition: Callable[[], object], seconds: float = 20.0) -> None:
        """Wait until something holds, at most so many real seconds."""
        async with asyncio.timeout(seconds):
            while not condition():  # noqa: ASYNC110 - much of what is waited for is a property, not an event
                await asyncio.sleep(0.005)


@asynccontextmanager
async def listening(source: FrameSource) -> AsyncIterator[Heard]:
    """Run a source; at the end cancel it and wait until it has put everything away."""
    heard = Heard()
    running = asyncio.create_task(source.run(heard.emit))
    try:
        yield heard
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        if not running.cancelled() and (error := running.exception()):
            raise error


def device(ident: str, profile: str, address: str = "") -> Device:
    return Device(ident, profile, "baby", address)
