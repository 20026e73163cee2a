"""A child who wears a movement sensor, as its packets: a simulated track through the bytes of a shipped profile.

A fault of the sensor or of the way to the hub is a function of one packet.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from edge.model.people import Device, Limb
from edge.simulation import SENSORS, MotionTrack, Posture, Script, clonic
from tests.support.frames import Air

POLAR = Device("ankle", "polar_verity_sense", "mia", limb=Limb.ANKLE)
MOVESENSE = Device("ankle", "movesense_sensor", "mia", limb=Limb.ANKLE)
OSD = Device("ankle", "osd_watch", "mia", limb=Limb.ANKLE, options={"format": "3"})
OSD_MAGNITUDE = Device("ankle", "osd_watch", "mia", limb=Limb.ANKLE, options={"format": "1"})
RATE_HZ = {"polar_verity_sense": 52, "movesense_sensor": 52, "osd_watch": 25}
SIZE = {"polar_verity_sense": 36, "movesense_sensor": 13, "osd_watch": 3}
KIND = {
    "polar_verity_sense": "characteristic:fb005c82-02e7-f387-1cad-8acd2d8df0c8",
    "movesense_sensor": "characteristic:34800002-7185-4d5d-b431-630e7050e8f0",
    "osd_watch": "characteristic:000085e9-0001-1000-8000-00805f9b34fb",
}
G = 9.80665


@dataclass(frozen=True, eq=False)
class Packet:
    """number: from 0. values: (n, 3) g. end_s: when its last sample was taken, sensor_s: what the sensor says of that;
    arrival_s: when it arrives. rng: of this packet."""

    number: int
    values: np.ndarray
    end_s: float
    sensor_s: float
    arrival_s: float
    rng: np.random.Generator


Fault = Callable[[Packet], "Packet | None"]


def payload(device: Device, packet: Packet) -> bytes:
    """The bytes in which this sensor sends it."""
    milli = np.clip(np.nan_to_num(np.round(packet.values * 1000)), -32768, 32767)
    if device.profile == "polar_verity_sense":
        head = bytes([2]) + struct.pack("<Q", int(packet.sensor_s * 1e9) % 2**64) + bytes([1])
        return head + milli.astype("<i2").tobytes()
    if device.profile == "movesense_sensor":
        first_s = packet.sensor_s - (len(packet.values) - 1) / RATE_HZ[device.profile]
        head = b"\x02\x63" + struct.pack("<I", int(first_s * 1000) % 2**32)
        return head + (packet.values * G).astype("<f4").tobytes()
    if device.options["format"] == "1":
        return np.sqrt((milli**2).sum(axis=1)).astype("<u2").tobytes()
    return milli.astype("<i2").tobytes()


@lru_cache(maxsize=8)
def rest(rate_hz: float, seconds: float, convulsion_s: float | None = None, seed: int = 11) -> MotionTrack:
    """A child at rest, and one convulsion of a minute."""
    script = Script(seconds, seed)
    script.lie(0.0, Posture.SUPINE)
    if convulsion_s is not None:
        script.add(convulsion_s, clonic(seed, 60.0, peak_g=0.8))
    return script.record(replace(SENSORS["polar"].on(Limb.ANKLE), rate_hz=rate_hz))


def packets(device: Device, track: MotionTrack, seed: int = 5) -> Iterator[Packet]:
    """Of the track, 20 ms and an exponential 30 ms (a busy connection) after their last sample."""
    size = SIZE[device.profile]
    arrival_s = 0.0
    for number in range(len(track.t_s) // size):
        rng = np.random.default_rng([seed, number])
        rows = slice(number * size, (number + 1) * size)
        end_s = float(track.t_s[rows][-1])
        arrival_s = max(arrival_s, end_s + 0.02 + rng.exponential(0.03))
        yield Packet(number, track.acc_g[rows], end_s, 5000.0 + end_s, arrival_s, rng)


def play(
    device: Device,
    track: MotionTrack,
    fault: Fault = lambda packet: packet,
    from_s: float = 0.0,
    until: frozenset[str] = frozenset(),
) -> Air:
    """The track through the pipeline, with the fault from a moment on, until one of these alarms is raised."""
    air = Air(device)
    for packet in packets(device, track):
        sent = fault(packet) if packet.end_s >= from_s else packet
        if sent is not None:
            air.at(max(air.now_s, sent.arrival_s))
            air.hear(KIND[device.profile], payload(device, sent))
        if until & air.standing:
            return air
    air.at(float(track.t_s[-1]) + 1.0)
    return air
