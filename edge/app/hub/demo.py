"""`feverhub demo`: a simulated night through the whole hub, as a caregiver's MQTT client and the page show it."""

import datetime as dt
import socket
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from edge import config as configuration
from edge.app.hub import replay
from edge.app.hub.assembly import Assembly
from edge.app.hub.replay import Track
from edge.app.load.broker import broker_settings
from edge.app.load.checked import CheckedConfiguration
from edge.app.load.progress import Bar, say
from edge.decoding import Profile
from edge.errors import Unreachable
from edge.host.credentials import Credentials
from edge.host.virtual_clock import VirtualClock
from edge.model.alarm import Condition, Kind, Priority
from edge.model.people import Limb
from edge.mqtt.embedded import embedded_broker
from edge.mqtt.subscriber import Subscriber
from edge.recordings.files import MotionRecording, Recording, TemperatureRecording
from edge.simulation import demo_night
from edge.web.phones import Phones

NIGHT_S = 70 * 60.0
WANTED = (Condition.FEVER, Condition.SEIZURE_LIKE_MOVEMENT)
# After both alarms the night goes on this long (simulated), to show how the movement ends.
AFTERWARDS_S = 240.0
# An alarm that fills the page is played at real speed until it is answered: so long, then the night goes on without.
HELD_S = 120.0
PAGE_PORT = 8080

CONFIG = """
[hub]
name = "demo"
sounder = ""
[mqtt]
host = "{host}"
port = {port}
broker = "embedded"
{web}
[[person]]
id = "mia"
name = "Mia"
[[device]]
id = "patch"
profile = "health_thermometer"
person = "mia"
site = "axilla"
[[device]]
id = "ankle"
profile = "polar_verity_sense"
person = "mia"
limb = "left_ankle"
[[caregiver]]
id = "anna"
name = "Anna"
"""


@dataclass(slots=True)
class Phone:
    """What the caregiver's client got.

    raised: conditions whose alarm arrived. both_s: when both had, on the night's clock. held_s: since when a person may
    answer at real speed, on the real clock; None before. printed: what was printed.
    """

    raised: set[str] = field(default_factory=set)
    both_s: float | None = None
    held_s: float | None = None
    printed: set[tuple[str, str, str]] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Web:
    """The page of a demo that goes on: its port, and the phones that were let in, over all nights."""

    port: int
    phones: Path

    @property
    def table(self) -> str:
        return f'[web]\nhost = "127.0.0.1"\nport = {self.port}'

    def tell(self) -> None:
        """Where the page is, until somebody has opened it."""
        phones = Phones(self.phones)
        if not phones.all():
            code = phones.invite("anna", time.time())
            say(f"Open the caregivers' page in a browser:  http://127.0.0.1:{self.port}/enter?code={code}")
            say("An alarm about the child waits there for your answer for two minutes.\n")


async def show(profiles: dict[str, Profile], speed: float, *, once: bool) -> bool:
    """Play the night (again and again unless `once`); True if the client got the fever and the movement alarm."""
    say("DEMO: a simulated child, a broker inside this program, a database in a temporary folder.")
    say(f"One hour takes {3600 / speed:.0f} seconds. Not a medical device. Ctrl-C ends it.\n")
    with tempfile.TemporaryDirectory(prefix="feverhub-demo-") as folder:
        web = None if once else Web(_page_port(), Path(folder) / "phones")
        seed = 7
        while True:
            phone = Phone()
            if web:
                web.tell()
            await _night(profiles, speed, seed, phone, web)
            got = all(condition in phone.raised for condition in WANTED)
            say()
            for condition in WANTED:
                arrived = "arrived" if condition in phone.raised else "DID NOT ARRIVE"
                say(f"{condition.replace('_', ' ')} alarm: {arrived} at the caregiver's MQTT client")
            if once:
                return got
            seed += 1


def _page_port() -> int:
    """The usual port, or any that is free."""
    for port in (PAGE_PORT, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise Unreachable("no port of this computer is free")


async def _night(profiles: dict[str, Profile], speed: float, seed: int, phone: Phone, web: Web | None) -> None:
    night = demo_night(seed)
    track = night.motion[Limb.ANKLE]
    recordings: list[Recording] = [
        MotionRecording("simulated ankle", track.t_s, track.acc_g, 52.0),
        TemperatureRecording("simulated patch", night.temperature.t_s, night.temperature.celsius),
    ]
    with tempfile.TemporaryDirectory(prefix="feverhub-demo-") as folder:
        async with embedded_broker() as (host, port):
            text = CONFIG.format(host=host, port=port, web=web.table if web else "")
            config = configuration.parse([configuration.Source(text, "demo")])
            loaded = CheckedConfiguration(config, Credentials(), Path(folder), profiles=profiles)
            settings = broker_settings(loaded)

            async def listen(parts: Assembly, clock: VirtualClock) -> None:
                await _listen(client, parts, clock, phone, (lambda: _hold(parts, clock, phone, speed)) if web else None)

            async with Subscriber(settings, "feverhub/demo/+/event", "feverhub/demo/event") as client:
                tracks = [Track(device, _of(device.id, recordings)) for device in config.devices]
                await replay.play(loaded, tracks, speed, listen, silent=True, demo_phones=web.phones if web else None)
                await _rest(client, phone)


def _hold(parts: Assembly, clock: VirtualClock, phone: Phone, speed: float) -> None:
    """At real speed while an alarm fills the page, so that a person can answer it."""
    rings = any(
        alarm.kind is Kind.PHYSIOLOGICAL and alarm.priority is Priority.HIGH and not alarm.acknowledged_by
        for alarm in parts.hub.state.alarms.conditions.standing()
    )
    if rings and phone.held_s is None:
        phone.held_s = time.monotonic()
    waits = rings and phone.held_s is not None and time.monotonic() - phone.held_s < HELD_S
    clock.pace(min(1.0, speed) if waits else speed)


def _of(device: str, recordings: list[Recording]) -> Recording:
    return recordings[0] if device == "ankle" else recordings[1]


async def _listen(
    client: Subscriber, parts: Assembly, clock: VirtualClock, phone: Phone, hold: Callable[[], None] | None
) -> None:
    """Print what the client receives, until both alarms are there and the movement is over. hold: often called."""
    with Bar("night", NIGHT_S) as bar:
        while phone.both_s is None or clock.now().mono_s < phone.both_s + AFTERWARDS_S:
            bar.reach(clock.now().mono_s, _latest(parts))
            if hold:
                hold()
            try:
                message = await client.next(0.2)
            except TimeoutError:
                continue
            _print(message.payload, phone)
            if phone.both_s is None and all(condition in phone.raised for condition in WANTED):
                phone.both_s = clock.now().mono_s


async def _rest(client: Subscriber, phone: Phone) -> None:
    """What was still on its way when the night ended."""
    try:
        while True:
            _print((await client.next(0.5)).payload, phone)
    except TimeoutError:
        return


def _print(payload: bytes, phone: Phone) -> None:
    event = msgspec.json.decode(payload)
    if event["presence"] == "on":
        phone.raised.add(event["condition"])
    line = (event["condition"], event["presence"], "" if event["priority"] == "none" else event["text"])
    if line in phone.printed:  # the same words again, with a newer value behind them
        return
    phone.printed.add(line)
    when = dt.datetime.fromisoformat(event["changed"])
    say(f"{when:%H:%M:%S}  {_mark(event)} {event['text']}")
    if event["presence"] == "on" and event["guidance"]:
        say(f"          {event['guidance']}")


def _mark(event: dict[str, object]) -> str:
    if event["presence"] == "off":
        return "·"
    if event["presence"] == "latch":
        return "△ Check"
    return {"high": "▲ ALARM", "medium": "△ Check"}.get(str(event["priority"]), "i")


def _latest(parts: Assembly) -> str:
    """The latest values, for the end of the bar."""
    shown = [sensor.shown for sensor in parts.hub.state.sensors.values() if sensor.shown is not None]
    return ", ".join(
        f"{each.value:.1f} °C ({each.validity})"
        if each.unit == "Cel" and each.value is not None
        else f"movement {each.state}"
        for each in shown
    )
