"""The air around the virtual machine, a process of this computer: an adapter, and two sensors that talk by themselves.

    python -m tests.installed.air LINE CHILD

LINE: QEMU's socket of the guest's serial line. CHILD: a folder that tells how she is, read again and again: `celsius`,
and `moves` (yes, no); without the files she is well and lies still. A temperature every 2 s, movement at 52 Hz.
"""

import asyncio
import contextlib
import itertools
import sys
from pathlib import Path

import numpy as np
from bumble.controller import Controller
from bumble.core import AdvertisingData
from bumble.hci import LeFeatureMask
from bumble.transport import open_transport

from edge.model.people import Limb
from edge.simulation import SENSORS, clip, clonic
from tests.support.air.bumble_backend import Air, Peripheral, Properties
from tests.support.air.rig import HTS, MEASUREMENT, PMD, PMD_CONTROL, PMD_DATA

ADAPTER_AT, EAR_AT, ANKLE_AT = "F0:00:00:00:00:01", "C0:00:00:00:00:0A", "C0:00:00:00:00:0B"
SAMPLES, RATE_HZ = 36, 52.0
WELL_C = "36.8"


def told(child: Path, name: str, usual: str) -> str:
    with contextlib.suppress(OSError):
        return (child / name).read_text().strip() or usual
    return usual


async def temperatures(sensor: Peripheral, child: Path) -> None:
    while True:
        tenths = round(10 * float(told(child, "celsius", WELL_C)))
        if sensor.connected:
            await sensor.send(MEASUREMENT, b"\x00" + tenths.to_bytes(3, "little") + b"\xff")
        await asyncio.sleep(2.0)


async def movement(sensor: Peripheral, child: Path, moves: np.ndarray, still: np.ndarray) -> None:
    """Packet after packet, in real time. moves, still: (samples, 3), g."""
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    for number in itertools.count():
        last_s = (number + 1) * SAMPLES / RATE_HZ
        await asyncio.sleep(max(0.0, began_s + last_s - loop.time()))
        source = moves if told(child, "moves", "no") == "yes" else still
        first = number * SAMPLES % (len(source) - SAMPLES)
        packet = np.round(source[first : first + SAMPLES] * 1000).astype("<i2").tobytes()
        if sensor.connected:
            await sensor.send(PMD_DATA, b"\x02" + int((1000.0 + last_s) * 1e9).to_bytes(8, "little") + b"\x01" + packet)


async def main(line: str, child: Path) -> None:
    # All that takes long comes first: the kernel waits two seconds for the answer to a command, and not a second time.
    track = clip(clonic(3, 600.0), SENSORS["polar"].on(Limb.ANKLE), 3, before_s=30.0, after_s=5.0)
    moves, still = track.acc_g[track.t_s > 40.0], track.acc_g[track.t_s < 25.0]
    air = Air()
    transport = await open_transport(f"unix:{line}")
    controller = Controller("hci0", transport.source, transport.sink, air, ADAPTER_AT)
    # BlueZ would use both, and Bumble 0.0.236 does neither as the kernel expects
    controller.le_features &= ~(LeFeatureMask.LL_PRIVACY | LeFeatureMask.LE_EXTENDED_ADVERTISING)
    listed = AdvertisingData.Type.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS
    services = {HTS: {MEASUREMENT: (Properties.INDICATE, b"")}}
    ear = await air.peripheral("FT95", EAR_AT, services=services, advertised=[(listed, bytes.fromhex("0918"))])
    control, data = (Properties.WRITE | Properties.INDICATE, b""), (Properties.NOTIFY, b"")
    ankle = await air.peripheral("Polar Sense 1", ANKLE_AT, services={PMD: {PMD_CONTROL: control, PMD_DATA: data}})
    async with asyncio.TaskGroup() as sensors:
        sensors.create_task(temperatures(ear, child))
        sensors.create_task(movement(ankle, child, moves, still))
        await transport.source.wait_for_termination()
        sys.exit()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
