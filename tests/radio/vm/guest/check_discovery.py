"""The command line's looking around on the real bluetoothd, alone and beside a running hub."""

import asyncio
import sys

from edge.radio import discovery
from edge.radio.bleak_source import BleakSource
from edge.radio.discovery import Neighbours, attend, look_around, one_sensor
from edge.radio.link import State
from tests.support.air.rig import MEASUREMENT, PROFILES, QuickClock, device, listening
from tests.support.air.sensors import BEACON_AT, FEVER, THERMOMETER_AT, beacon, thermometer

SLOW = 40.0  # the processor is emulated
OTHER_PROCESS = """
import asyncio
from edge.radio.discovery import Air, Neighbours, attend, look_around, one_sensor
from tests.support.air.rig import PROFILES, QuickClock, device

async def main():
    air, near, frames = Air(QuickClock(1)), Neighbours(), []
    await look_around(air, near.receive, lambda: asyncio.sleep(5))
    source = one_sensor(air, device("t", "thermometer", "C0:00:00:00:00:0A"), PROFILES["thermometer"])
    await attend(source, frames.append, lambda: asyncio.sleep(5))
    print(sorted(each.address for each in near.nearest_first()), len(frames))

asyncio.run(main())
"""


async def until(condition):
    async with asyncio.timeout(SLOW):
        while not condition():  # noqa: ASYNC110 - what is waited for is a property of bluetoothd
            await asyncio.sleep(0.02)


async def test_everyone_is_heard_and_then_one_alone(machine):
    sensor = await thermometer(machine.air)
    await beacon(machine.air)
    air = discovery.Air(QuickClock(1))
    heard = Neighbours()
    await look_around(air, heard.receive, lambda: until(lambda: len(heard) == 2))
    source = one_sensor(air, device("t", "thermometer", THERMOMETER_AT), PROFILES["thermometer"])
    frames = []

    async def measured():
        await until(lambda: source.states["t"] is State.STREAMING)
        await sensor.send(MEASUREMENT, FEVER)
        await until(lambda: FEVER in [frame.payload for frame in frames])

    await attend(source, frames.append, measured)
    await until(lambda: not sensor.connected)


async def test_a_hub_that_watches_keeps_its_sensor(machine):
    sensor = await thermometer(machine.air)
    await beacon(machine.air)
    hub = BleakSource([device("t", "thermometer", THERMOMETER_AT)], PROFILES, QuickClock(1))
    async with listening(hub) as heard:
        await heard.until(lambda: hub.states["t"] is State.STREAMING, SLOW)
        lost = []
        for connection in sensor.device.connections.values():
            connection.on("disconnection", lost.append)
        other = await asyncio.create_subprocess_exec(
            sys.executable, "-c", OTHER_PROCESS, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        said, _ = await asyncio.wait_for(other.communicate(), 90)
        assert said.decode().splitlines()[-1] == f"['{BEACON_AT}'] 0"
        assert not lost
        await sensor.send(MEASUREMENT, FEVER)
        await heard.until(lambda: heard.frames("t", "characteristic:2a1c"), SLOW)
        assert not any(fault.present for fault in heard.faults)
