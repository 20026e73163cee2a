"""In the guest: five sensors in one process, the hub's radio, decoding and sample clock in another.

    python3 load.py sensors SECONDS

A sample's value is its own number, so that the hub's process can tell which it got; both share the machine's clock.
"""

import asyncio
import signal
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import structlog
from bumble.core import AdvertisingData

from edge.analysis.sampleclock import ClockState, place
from edge.app.profiles import load_profiles, profiles_root
from edge.decoding import decode
from edge.model.event import FrameHeard
from edge.model.people import Device
from edge.model.reading import Quantity, Samples
from edge.radio.bleak_source import BleakSource
from tests.radio.bumble_backend import Peripheral, Properties
from tests.radio.rig import HTS, MEASUREMENT, PMD, PMD_CONTROL, PMD_DATA, QuickClock
from tests.radio.vm.guest.machine import Machine, until
from tests.radio.vm.guest.outage import write

MOVESENSE, MOVESENSE_WRITE, MOVESENSE_DATA = (f"3480000{number}-7185-4d5d-b431-630e7050e8f0" for number in (0, 1, 2))
SETTLED_S, LIMIT_MS = 20.0, 10.0
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


async def sensors(seconds: float) -> int:
    machine = Machine()
    await machine.start()
    listed = AdvertisingData.Type.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS
    hot = {
        each: await machine.air.peripheral(
            f"T {each}",
            address,
            services={HTS: {MEASUREMENT: (Properties.INDICATE, b"")}},
            advertised=[(listed, bytes.fromhex("0918"))],
        )
        for each, address in THERMOMETERS.items()
    }
    moving = {
        each.id: await machine.air.peripheral(
            each.name,
            each.address,
            services={
                each.service: {each.control: (Properties.WRITE, b""), each.data: (Properties.NOTIFY, b"")},
            },
        )
        for each in MOTIONS
    }
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "heard.npz"
        hub = await asyncio.create_subprocess_exec(sys.executable, __file__, "hub", str(file))
        await until(lambda: all(map(subscribed, (*hot.values(), *moving.values()))), 120.0)
        await asyncio.sleep(3.0)
        rng = np.random.default_rng(7)
        begin_s = asyncio.get_running_loop().time() + 0.5
        async with asyncio.TaskGroup() as group:
            warm = [group.create_task(measure(sensor, begin_s, seconds)) for sensor in hot.values()]
            sent = [
                group.create_task(move(moving[each.id], each, begin_s, seconds, rng.spawn(1)[0])) for each in MOTIONS
            ]
        await asyncio.sleep(3.0)
        hub.send_signal(signal.SIGTERM)
        await asyncio.wait_for(hub.wait(), 30)
        with np.load(file) as heard:
            figures = {
                each.id: compare(each, heard, begin_s, task.result()) for each, task in zip(MOTIONS, sent, strict=True)
            }
            figures |= {
                each: counted(heard[each], task.result()) for each, task in zip(THERMOMETERS, warm, strict=True)
            }
    await machine.stop()
    write(seconds=seconds, sensors=figures)
    whole = all(each["lost"] == each["doubled"] == 0 for each in figures.values())
    return 0 if whole and all(each.get("rms_ms", 0.0) <= LIMIT_MS for each in figures.values()) else 1


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
) -> np.ndarray:
    """Packets, each sent after its last sample with a jitter of 30 ms; every twentieth is held up to 1.5 s, and with it
    those behind it. When each was sent."""
    packets = int(seconds * kind.rate_hz / kind.n)
    sent_s = np.empty(packets)
    for packet in range(packets):
        taken_s = ((packet + 1) * kind.n - 1) / kind.rate_hz
        wait_s = rng.exponential(0.03) + (rng.uniform(0.5, 1.5) if rng.random() < 0.05 else 0.0)
        await asyncio.sleep(begin_s + taken_s + wait_s - asyncio.get_running_loop().time())
        sensor_s = 1000.0 + taken_s * (1.0 + kind.ppm * 1e-6)
        sent_s[packet] = asyncio.get_running_loop().time()
        await sensor.send(kind.data, kind.packet(packet * kind.n, kind.n, sensor_s))
    return sent_s


def counted(numbers: np.ndarray, sent: int) -> dict[str, float]:
    once, times = np.unique(numbers, return_counts=True)
    return {"sent": sent, "lost": int(sent - np.isin(np.arange(sent), once).sum()), "doubled": int((times - 1).sum())}


def compare(kind: Motion, heard: dict[str, np.ndarray], begin_s: float, sent_s: np.ndarray) -> dict[str, float]:
    """Against the truth: when each sample was taken.

    floor_ms: the fastest delivery of all, which no sample clock can know of; rms_ms is without it, rms_with_floor_ms
    with it. rms_of_arrival_ms: if a packet's arrival were the time of its last sample.
    """
    numbers, placed_s, raw_s = heard[kind.id]
    ends = numbers.astype(int) % kind.n == kind.n - 1
    floor_ms = 1e3 * float(np.min(raw_s[ends] - sent_s[numbers[ends].astype(int) // kind.n]))
    true_s = begin_s + numbers / kind.rate_hz
    settled = true_s > begin_s + SETTLED_S
    error_ms, raw_ms = 1e3 * (placed_s - true_s), 1e3 * (raw_s - true_s)
    return counted(numbers.astype(int), len(sent_s) * kind.n) | {
        "rms_ms": rms(error_ms[settled] - floor_ms),
        "worst_ms": round(float(np.abs(error_ms[settled] - floor_ms).max()), 1),
        "floor_ms": round(floor_ms, 1),
        "rms_with_floor_ms": rms(error_ms[settled]),
        "rms_from_the_start_ms": rms(error_ms - floor_ms),
        "rms_of_arrival_ms": rms(raw_ms - floor_ms),
        "backwards": int((np.diff(placed_s) <= 0).sum()),
    }


def rms(error_ms: np.ndarray) -> float:
    return round(float(np.sqrt(np.mean(error_ms**2))), 2)


# ---------------------------------------------------------------------------------------------- the hub


async def hub(file: Path) -> int:
    profiles = load_profiles(profiles_root())
    devices = [Device(each.id, each.profile, "mia", each.address) for each in MOTIONS]
    devices += [Device(each, "health_thermometer", "mia", address) for each, address in THERMOMETERS.items()]
    known = {device.id: profiles[device.profile] for device in devices}
    clock = QuickClock(1.0)
    states = dict.fromkeys(known, ClockState())
    heard: dict[str, list[np.ndarray]] = {each: [] for each in known}

    async def emit(event: object) -> None:
        if not isinstance(event, FrameHeard):
            return
        profile, arrival_s = known[event.device], clock.now().mono_s
        for item in decode(profile, event.kind, event.payload):
            if isinstance(item, Samples):
                states[event.device], times = place(states[event.device], item, arrival_s, profile.rate_hz)
                mg = np.round(item.values * 1000)
                raw_s = arrival_s - np.arange(len(mg) - 1, -1, -1.0) / profile.rate_hz
                placed_s = times if times.size else np.full(len(mg), np.nan)
                heard[event.device].append(np.stack([mg[:, 0] + FOLD * mg[:, 1], placed_s, raw_s]))
            elif item.quantity is Quantity.TEMPERATURE:
                heard[event.device].append(np.array([round(item.value * 1000) - 36000]))

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    source = asyncio.create_task(BleakSource(devices, profiles, clock).run(emit))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, source.cancel)
    await asyncio.gather(source, return_exceptions=True)
    np.savez(file, **{each: np.concatenate(parts, axis=-1) for each, parts in heard.items()})
    return 0


if __name__ == "__main__":
    what, argument = sys.argv[1:]
    sys.exit(asyncio.run(sensors(float(argument)) if what == "sensors" else hub(Path(argument))))
