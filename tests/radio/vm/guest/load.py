"""In the guest: five sensors in one process, the hub's radio, decoding and sample clock in another.

    python3 load.py sensors SECONDS

`native` in place of `sensors`: not in the guest, but in one process on this machine's own processor, over Bumble alone.
A sample's value is its own number, so that the hub's process can tell which it got; both share the machine's clock.
"""

import asyncio
import json
import signal
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import structlog
from bumble.controller import Controller
from bumble.core import AdvertisingData
from dbus_fast import BusType, Message
from dbus_fast.aio import MessageBus

from edge.analysis.arrival import ClockState, place
from edge.app.load.profiles import load_profiles, profiles_root
from edge.decoding import decode
from edge.model.event import FrameReceived
from edge.model.people import Device
from edge.model.reading import Quantity, Samples
from edge.radio.bleak_source import BleakSource
from tests.radio.vm.guest.machine import Machine
from tests.radio.vm.guest.outage import write
from tests.support.air.bumble_backend import Air, Peripheral, Properties
from tests.support.air.rig import HTS, MEASUREMENT, PMD, PMD_CONTROL, PMD_DATA, QuickClock

MOVESENSE, MOVESENSE_WRITE, MOVESENSE_DATA = (f"3480000{number}-7185-4d5d-b431-630e7050e8f0" for number in (0, 1, 2))
SETTLED_S, LIMIT_MS = 20.0, 10.0
NOTIFICATION = 4 + 3
"""Bytes of the L2CAP header and of a Handle Value Notification before its value."""
WAKING = b"\x00"
FOLD = 4000
"""Sample numbers are split over two axes, in mg, to stay within 8 g."""


def pmd(first: int, n: int, sensor_s: float) -> bytes:
    numbers = np.arange(first, first + n)
    axes = np.stack([numbers % FOLD, numbers // FOLD, np.zeros(n)], axis=1).astype("<i2")
    return b"\x02" + round(sensor_s * 1e9).to_bytes(8, "little") + b"\x01" + axes.tobytes()


def movesense(first: int, n: int, sensor_s: float) -> bytes:
    numbers = np.arange(first, first + n)
    axes = np.stack([numbers % FOLD, numbers // FOLD, np.zeros(n)], axis=1) * 9.80665e-3
    first_ms = round((sensor_s - (n - 1) / 52) * 1000)
    return b"\x02\x63" + first_ms.to_bytes(4, "little") + axes.astype("<f4").tobytes()


@dataclass(frozen=True)
class Packet:
    """When its last sample was taken, and when the sensor sent it."""

    payload: bytes
    taken_s: float
    sent_s: float


@dataclass(frozen=True)
class Motion:
    """rate_hz: the true one. ppm: how fast its clock runs. n: samples a packet."""

    id: str
    profile: str
    address: str
    name: str
    service: str
    control: str
    data: str
    packet: Callable[[int, int, float], bytes]
    n: int
    rate_hz: float
    ppm: float


MOTIONS = (
    Motion(
        "a",
        "polar_verity_sense",
        "C0:00:00:00:00:0B",
        "Polar Sense 1",
        PMD,
        PMD_CONTROL,
        PMD_DATA,
        pmd,
        36,
        52.13,
        80.0,
    ),
    Motion(
        "b",
        "polar_verity_sense",
        "C0:00:00:00:00:0C",
        "Polar Sense 2",
        PMD,
        PMD_CONTROL,
        PMD_DATA,
        pmd,
        36,
        51.85,
        -70.0,
    ),
    Motion(
        *("c", "movesense_sensor", "C0:00:00:00:00:0D", "Movesense 3", MOVESENSE, MOVESENSE_WRITE, MOVESENSE_DATA),
        *(movesense, 8, 52.05, 30.0),
    ),
)
THERMOMETERS = {"t": "C0:00:00:00:00:1A", "u": "C0:00:00:00:00:1B"}


# ---------------------------------------------------------------------------------------------- the sensors


@dataclass
class Sensors:
    """Those simulated, and when each of their packets reached the hub's adapter, by its bytes."""

    hot: dict[str, Peripheral]
    moving: dict[str, Peripheral]
    on_air_s: dict[bytes, float]

    async def subscribed(self) -> None:
        """Wait until all are. Those that are first say something, or the hub would give them up as silent."""
        async with asyncio.timeout(120.0):
            while not all(map(subscribed, (*self.hot.values(), *self.moving.values()))):
                await self.wake()
                await asyncio.sleep(0.5)
        await self.wake()

    async def wake(self) -> None:
        for each in MOTIONS:
            if subscribed(self.moving[each.id]):
                await self.moving[each.id].send(each.data, WAKING)

    async def send(self, seconds: float) -> tuple[float, dict[str, list[Packet]], dict[str, int]]:
        """When it began, the packets of each accelerometer, and how many temperatures each thermometer sent."""
        rng = np.random.default_rng(7)
        begin_s = asyncio.get_running_loop().time() + 0.5
        async with asyncio.TaskGroup() as group:
            warm = {ident: group.create_task(measure(each, begin_s, seconds)) for ident, each in self.hot.items()}
            sent = {
                each.id: group.create_task(move(self.moving[each.id], each, begin_s, seconds, rng.spawn(1)[0]))
                for each in MOTIONS
            }
        await asyncio.sleep(3.0)
        packets = {ident: task.result() for ident, task in sent.items()}
        return begin_s, packets, {ident: task.result() for ident, task in warm.items()}

    def figures(self, heard, begin_s: float, sent: dict[str, list[Packet]], warm: dict[str, int]) -> dict[str, dict]:
        compared = {each.id: compare(each, heard, begin_s, sent[each.id], self.on_air_s) for each in MOTIONS}
        return compared | {ident: counted(heard[ident], count) for ident, count in warm.items()}


async def put_on(air: Air, adapter: Controller) -> Sensors:
    listed = AdvertisingData.Type.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS
    hot = {
        each: await air.peripheral(
            f"T {each}",
            address,
            services={HTS: {MEASUREMENT: (Properties.INDICATE, b"")}},
            advertised=[(listed, bytes.fromhex("0918"))],
        )
        for each, address in THERMOMETERS.items()
    }
    moving = {
        each.id: await air.peripheral(
            each.name,
            each.address,
            services={
                each.service: {each.control: (Properties.WRITE, b""), each.data: (Properties.NOTIFY, b"")},
            },
        )
        for each in MOTIONS
    }
    on_air_s: dict[bytes, float] = {}
    receive = adapter.on_link_acl_data

    def received(sender, transport, data):
        receive(sender, transport, data)
        on_air_s[bytes(data[NOTIFICATION:])] = asyncio.get_running_loop().time()

    adapter.on_link_acl_data = received
    return Sensors(hot, moving, on_air_s)


async def sensors(seconds: float) -> int:
    machine = Machine()
    await machine.start()
    all_of_them = await put_on(machine.air, machine.controllers[0])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "heard.npz"
        hub = await asyncio.create_subprocess_exec(sys.executable, __file__, "hub", str(file))
        await all_of_them.subscribed()
        await asyncio.sleep(3.0)
        sent = await all_of_them.send(seconds)
        hub.send_signal(signal.SIGTERM)
        await asyncio.wait_for(hub.wait(), 30)
        with np.load(file) as heard:
            round_trips_ms = 1e3 * heard["round_trips_s"]
            figures = all_of_them.figures(heard, *sent)
    await machine.stop()
    trip = [round(float(np.min(round_trips_ms)), 1), round(float(np.median(round_trips_ms)), 1)]
    write(seconds=seconds, sensors=figures, bluetoothd_round_trip_ms=trip)
    return verdict(figures, "rms_ms")


async def native(seconds: float) -> int:
    """The same sensors, the same sample clock; neither an emulated processor nor BlueZ."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    air = await Air().start()
    all_of_them = await put_on(air, next(each for each in air.controllers if each.name.startswith("central")))
    ear = Ear()
    listening = asyncio.create_task(ear.source(air.backend()).run(ear.emit))
    await all_of_them.subscribed()
    sent = await all_of_them.send(seconds)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    figures = all_of_them.figures(ear.all(), *sent)
    print(json.dumps({"seconds": seconds, "sensors": figures}))
    return verdict(figures, "rms_with_floor_ms")


def verdict(figures: dict[str, dict], which: str) -> int:
    whole = all(each["lost"] == each["doubled"] == 0 for each in figures.values())
    return 0 if whole and all(each.get(which, 0.0) <= LIMIT_MS for each in figures.values()) else 1


def subscribed(sensor: Peripheral) -> bool:
    return sensor.connected and any(sensor.device.gatt_server.subscribers.values())


async def measure(sensor: Peripheral, begin_s: float, seconds: float) -> int:
    """A temperature a second, 36.000 Cel and a thousandth more each time; how many."""
    count = int(seconds)
    for number in range(count):
        await asyncio.sleep(begin_s + number - asyncio.get_running_loop().time())
        await sensor.send(MEASUREMENT, b"\x00" + (36000 + number).to_bytes(3, "little") + b"\xfd")
    return count


async def move(
    sensor: Peripheral, kind: Motion, begin_s: float, seconds: float, rng: np.random.Generator
) -> list[Packet]:
    """Packets, each sent after its last sample with a jitter of 30 ms; every twentieth is held up to 1.5 s, and with it
    those behind it."""
    sent = []
    for packet in range(int(seconds * kind.rate_hz / kind.n)):
        taken_s = ((packet + 1) * kind.n - 1) / kind.rate_hz
        wait_s = rng.exponential(0.03) + (rng.uniform(0.5, 1.5) if rng.random() < 0.05 else 0.0)
        await asyncio.sleep(begin_s + taken_s + wait_s - asyncio.get_running_loop().time())
        sensor_s = 1000.0 + taken_s * (1.0 + kind.ppm * 1e-6)
        payload = kind.packet(packet * kind.n, kind.n, sensor_s)
        sent.append(Packet(payload, begin_s + taken_s, asyncio.get_running_loop().time()))
        await sensor.send(kind.data, payload)
    return sent


def counted(numbers: np.ndarray, sent: int) -> dict[str, float]:
    once, times = np.unique(numbers, return_counts=True)
    return {"sent": sent, "lost": int(sent - np.isin(np.arange(sent), once).sum()), "doubled": int((times - 1).sum())}


def compare(kind: Motion, heard, begin_s: float, sent: list[Packet], on_air_s: dict[bytes, float]) -> dict[str, object]:
    """Against the truth: when each sample was taken.

    floor_ms: the fastest delivery of all, which no sample clock can know of; rms_ms is without it, rms_with_floor_ms
    with it. rms_of_arrival_ms: if a packet's arrival were the time of its last sample. split_ms: where the time of a
    packet goes, fastest and median: from its last sample until it is sent (the simulated sensor's own jitter), until it
    is at the adapter (the simulated sensor's and controller's program), until the hub's program has it (kernel,
    bluetoothd, D-Bus, bleak).
    """
    numbers, placed_s, raw_s = heard[kind.id]
    ends = np.flatnonzero(numbers.astype(int) % kind.n == kind.n - 1)
    packets = [sent[number] for number in numbers[ends].astype(int) // kind.n]
    marks_s = np.array([(each.taken_s, each.sent_s, on_air_s[each.payload]) for each in packets])
    steps_ms = 1e3 * np.diff(np.column_stack([marks_s, raw_s[ends]]), axis=1)
    floor_ms = float(np.min(steps_ms[:, 1] + steps_ms[:, 2]))
    true_s = begin_s + numbers / kind.rate_hz
    settled = true_s > begin_s + SETTLED_S
    error_ms, raw_ms = 1e3 * (placed_s - true_s), 1e3 * (raw_s - true_s)
    return counted(numbers.astype(int), len(sent) * kind.n) | {
        "rms_ms": rms(error_ms[settled] - floor_ms),
        "worst_ms": round(float(np.abs(error_ms[settled] - floor_ms).max()), 1),
        "floor_ms": round(floor_ms, 1),
        "rms_with_floor_ms": rms(error_ms[settled]),
        "rms_from_the_start_ms": rms(error_ms - floor_ms),
        "rms_of_arrival_ms": rms(raw_ms - floor_ms),
        "backwards": int((np.diff(placed_s) <= 0).sum()),
        "split_ms": {
            step: [round(float(part.min()), 1), round(float(np.median(part)), 1)]
            for step, part in zip(("waits to be sent", "simulated sensor", "hub's host"), steps_ms.T, strict=True)
        },
    }


def rms(error_ms: np.ndarray) -> float:
    return round(float(np.sqrt(np.mean(error_ms**2))), 2)


# ---------------------------------------------------------------------------------------------- the hub


class Ear:
    """The hub's radio, decoding and sample clock."""

    def __init__(self) -> None:
        self.profiles = load_profiles(profiles_root())
        self.devices = [Device(each.id, each.profile, "mia", each.address) for each in MOTIONS]
        self.devices += [Device(each, "health_thermometer", "mia", address) for each, address in THERMOMETERS.items()]
        self.known = {device.id: self.profiles[device.profile] for device in self.devices}
        self.clock = QuickClock(1.0)
        self.states = dict.fromkeys(self.known, ClockState())
        self.heard: dict[str, list[np.ndarray]] = {each: [] for each in self.known}

    def source(self, backend=None) -> BleakSource:
        return BleakSource(self.devices, self.profiles, self.clock, backend=backend)

    async def emit(self, event: object) -> None:
        if not isinstance(event, FrameReceived) or event.payload == WAKING:
            return
        ident, profile, arrival_s = event.device, self.known[event.device], self.clock.now().mono_s
        for item in decode(profile, event.kind, event.payload):
            if isinstance(item, Samples):
                self.states[ident], times = place(self.states[ident], item, arrival_s, profile.rate_hz)
                mg = np.round(item.values * 1000)
                raw_s = arrival_s - np.arange(len(mg) - 1, -1, -1.0) / profile.rate_hz
                placed_s = times if times.size else np.full(len(mg), np.nan)
                self.heard[ident].append(np.stack([mg[:, 0] + FOLD * mg[:, 1], placed_s, raw_s]))
            elif item.quantity is Quantity.TEMPERATURE:
                self.heard[ident].append(np.array([round(item.value * 1000) - 36000]))

    def all(self) -> dict[str, np.ndarray]:
        return {each: np.concatenate(parts, axis=-1) for each, parts in self.heard.items()}


async def round_trips(taken_s: list[float]) -> None:
    """How long bluetoothd takes to answer over D-Bus, once a second."""
    bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
    while True:
        began_s = asyncio.get_running_loop().time()
        await bus.call(Message("org.bluez", "/", "org.freedesktop.DBus.Peer", "Ping"))
        taken_s.append(asyncio.get_running_loop().time() - began_s)
        await asyncio.sleep(1.0)


async def hub(file: Path) -> int:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    ear, taken_s = Ear(), []
    tasks = [asyncio.create_task(ear.source().run(ear.emit)), asyncio.create_task(round_trips(taken_s))]
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, lambda: [task.cancel() for task in tasks])
    await asyncio.gather(*tasks, return_exceptions=True)
    np.savez(file, round_trips_s=np.array(taken_s), **ear.all())
    return 0


if __name__ == "__main__":
    what, argument = sys.argv[1:]
    sys.exit(asyncio.run(hub(Path(argument)) if what == "hub" else globals()[what](float(argument))))
