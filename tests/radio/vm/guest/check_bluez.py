"""bleak as it is, on the real bluetoothd, with simulated sensors behind /dev/vhci. Runs in the guest alone."""

import asyncio

from dbus_fast import BusType
from dbus_fast.aio import MessageBus

from edge.radio import bluez
from edge.radio.bleak_source import BleakSource
from edge.radio.bluez import Bluez
from edge.radio.link import State
from tests.support.air.rig import (
    MEASUREMENT,
    PMD_CONTROL,
    PMD_DATA,
    PROFILES,
    START,
    STOP,
    QuickClock,
    device,
    listening,
)
from tests.support.air.sensors import BEACON_AT, FEVER, STRAP_AT, THERMOMETER_AT, beacon, strap, thermometer

SLOW = 40.0  # the processor is emulated


def source(*devices, speed=1.0):
    return BleakSource(devices, PROFILES, QuickClock(speed))


def streaming(radio):
    return set(radio.states.values()) == {State.STREAMING}


async def test_an_indication_a_battery_and_a_beacon(machine):
    sensor = await thermometer(machine.air)
    await beacon(machine.air)
    radio = source(device("t", "thermometer"), device("b", "beacon", BEACON_AT))
    async with listening(radio) as heard:
        await heard.until(lambda: streaming(radio), SLOW)
        await sensor.send(MEASUREMENT, FEVER)
        await heard.until(lambda: heard.frames("t", "characteristic:2a1c"), SLOW)
        assert [f.payload for f in heard.frames("t", "characteristic:2a1c")] == [FEVER]
        await heard.until(lambda: heard.frames("t", "characteristic:2a19"), SLOW)
        assert heard.frames("b", "manufacturer:0499")[0].payload == b"\x05ab"
        assert heard.frames("b", "service_data:fcd2")[0].payload == b"\x40\x02\xca\x09"
        assert not any(fault.present for fault in heard.faults)
    assert not sensor.connected


async def test_an_unchanged_beacon_goes_on_being_heard(machine):
    await beacon(machine.air)
    radio = source(device("b", "beacon"))
    async with listening(radio) as heard:
        await heard.until(lambda: len(heard.frames("b", "manufacturer:0499")) >= 4, SLOW)


async def test_fifty_notifications_a_second_arrive_whole_and_start_and_stop_are_written(machine):
    sensor = await strap(machine.air)
    radio = source(device("s", "strap", STRAP_AT))
    async with listening(radio) as heard:
        await heard.until(lambda: streaming(radio), SLOW)
        for number in range(150):
            await sensor.send(PMD_DATA, number.to_bytes(2, "little"))
            await asyncio.sleep(0.02)
        await heard.until(lambda: len(heard.frames("s")) == 150, SLOW)
        assert [f.payload[0] for f in heard.frames("s")] == [number % 256 for number in range(150)]
    assert sensor.writes == [(PMD_CONTROL, START), (PMD_CONTROL, STOP)]
    assert not sensor.connected


async def test_a_connection_that_a_killed_process_left_is_taken_over(machine):
    """BlueZ keeps it, so the sensor does not advertise and a scan alone would never find it."""
    sensor = await strap(machine.air)
    first = source(device("s", "strap", STRAP_AT))
    async with listening(first) as heard:
        await heard.until(lambda: streaming(first), SLOW)
    bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
    path = "/org/bluez/hci0/dev_" + STRAP_AT.replace(":", "_")
    await bluez.call(bus, bluez.BLUEZ, path, "org.bluez.Device1.Connect")
    assert sensor.connected
    second = source(device("s", "strap", STRAP_AT))
    async with listening(second) as heard:
        await heard.until(lambda: streaming(second), SLOW)
    bus.disconnect()


async def test_two_sensors_at_once(machine):
    first, second = await thermometer(machine.air), await strap(machine.air)
    radio = source(device("t", "thermometer", THERMOMETER_AT), device("s", "strap", STRAP_AT))
    async with listening(radio) as heard:
        await heard.until(lambda: streaming(radio), SLOW)
        await asyncio.gather(first.send(MEASUREMENT, FEVER), second.send(PMD_DATA, b"\x07"))
        await heard.until(lambda: heard.frames("t", "characteristic:2a1c") and heard.frames("s"), SLOW)


async def test_a_forgotten_sensor_is_found_anew(machine):
    await strap(machine.air)
    radio = source(device("s", "strap", STRAP_AT))
    async with listening(radio) as heard:
        await heard.until(lambda: streaming(radio), SLOW)
        await Bluez().forget(STRAP_AT)
        await heard.until(lambda: not streaming(radio), SLOW)
        await heard.until(lambda: streaming(radio), SLOW)
