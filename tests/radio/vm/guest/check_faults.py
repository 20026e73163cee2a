"""Every way a radio fails at night: how long until the hub notices, and until the sensor is heard again."""

import asyncio
import resource
import signal
from pathlib import Path

import pytest
from dbus_fast import BusType
from dbus_fast.aio import MessageBus

from edge.model.alarm import Condition
from edge.radio import bluez
from edge.radio.bleak_source import BleakSource
from tests.radio.vm.guest.machine import DONGLE
from tests.radio.vm.guest.outage import Outage, feeding, streaming, write
from tests.support.air.bumble_backend import Properties
from tests.support.air.rig import PMD_CONTROL, PROFILES, START, QuickClock, device, listening
from tests.support.air.sensors import STRAP_AT, strap

SLOW_S = 40.0  # the processor is emulated
RESTART_S = 2.0
"""RestartSec of deploy/systemd/bluetooth.service.d/feverhub.conf."""
CYCLES, WARM = 40, 10


def source(address=STRAP_AT, speed=1.0):
    return BleakSource([device("s", "strap", address)], PROFILES, QuickClock(speed))


async def test_bluetoothd_is_killed_and_restarted(machine):
    """bleak alone sees nothing: no callback, and is_connected stays true."""
    sensor, radio = await strap(machine.air), source()
    async with listening(radio) as heard, feeding(sensor) as feed:
        await heard.until(lambda: streaming(radio) and heard.frames("s"), SLOW_S)
        outage = Outage("bluetoothd killed, restarted after 2 s", radio, heard, feed)
        machine.bluetoothd.kill()
        await machine.bluetoothd.wait()
        await outage.noticed(5)
        await asyncio.sleep(RESTART_S)
        await machine.start_bluetoothd()
        await outage.over(30)


async def test_dbus_is_killed_and_restarted(machine):
    sensor, radio = await strap(machine.air), source()
    async with listening(radio) as heard, feeding(sensor) as feed:
        await heard.until(lambda: streaming(radio) and heard.frames("s"), SLOW_S)
        outage = Outage("dbus-daemon killed, both restarted after 2 s", radio, heard, feed)
        machine.dbus.kill()
        await machine.dbus.wait()
        await outage.noticed(5)
        machine.bluetoothd.kill()
        await machine.bluetoothd.wait()
        await asyncio.sleep(RESTART_S)
        await machine.start_dbus()
        await machine.start_bluetoothd()
        await outage.over(60)


async def test_the_adapter_is_switched_off(machine):
    """The hub switches it on again by itself."""
    sensor, radio = await strap(machine.air), source()
    async with listening(radio) as heard, feeding(sensor) as feed:
        await heard.until(lambda: streaming(radio) and heard.frames("s"), SLOW_S)
        outage = Outage("adapter switched off by somebody (the hub switches it on)", radio, heard, feed)
        bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
        await bluez._set_powered(bus, "/org/bluez/hci0", False)
        bus.disconnect()
        await outage.over(30)


def over(radio):
    """The adapter over which the sensor is connected."""
    return radio.health()["sensors"][0]["adapter"]


@pytest.mark.parametrize("how", ["switched off by somebody", "pulled out"])
async def test_one_of_two_adapters_is_lost(machine, how):
    """The sensor moves to the other one; which one is lost is told, unless the hub could switch it on again."""
    await machine.plug_in(DONGLE)
    sensor, radio = await strap(machine.air), source()
    async with listening(radio) as heard, feeding(sensor) as feed:
        await heard.until(lambda: streaming(radio) and heard.frames("s"), SLOW_S)
        await heard.until(lambda: len(radio.health()["adapters"]) == 2, SLOW_S)
        first = over(radio)
        outage = Outage(f"one of two adapters {how} (the sensor moves to the other)", radio, heard, feed)
        if how == "pulled out":
            await machine.pull_out(int(first[-1]), sensor)
        else:
            bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
            await bluez._set_powered(bus, f"/org/bluez/{first}", False)
            bus.disconnect()
        await outage.over(30)
        assert over(radio) != first
        assert not any(fault.present for fault in heard.faults if fault.condition is Condition.ADAPTER_DOWN)
        if how == "pulled out":
            lost = [fault.detail for fault in heard.faults if fault.condition is Condition.HUB_DEGRADED]
            assert lost[-1].startswith(f"one of its Bluetooth adapters is lost ({first}: ")


@pytest.mark.parametrize("helped", [True, False], ids=["restarted by the helper", "for 20 s"])
async def test_bluetoothd_is_frozen(machine, helped):
    """It keeps its name and its connections and says nothing: only a question that it does not answer tells."""

    async def restart(_why):
        """As `systemctl restart` does: SIGTERM, and SIGCONT so that it can be obeyed."""
        machine.bluetoothd.terminate()
        machine.bluetoothd.send_signal(signal.SIGCONT)
        await machine.bluetoothd.wait()
        await machine.start_bluetoothd()

    sensor = await strap(machine.air)
    radio = BleakSource(
        [device("s", "strap", STRAP_AT)], PROFILES, QuickClock(1.0), ask_helper=restart if helped else None
    )
    async with listening(radio) as heard, feeding(sensor) as feed:
        await heard.until(lambda: streaming(radio) and heard.frames("s"), SLOW_S)
        how = "and restarted by the helper" if helped else "for 20 s"
        outage = Outage(f"bluetoothd frozen (SIGSTOP) {how}", radio, heard, feed)
        machine.bluetoothd.send_signal(signal.SIGSTOP)
        if not helped:
            asyncio.get_running_loop().call_later(20, machine.bluetoothd.send_signal, signal.SIGCONT)
        await outage.over(90)


async def test_the_sensor_disconnects(machine):
    sensor, radio = await strap(machine.air), source()
    async with listening(radio) as heard, feeding(sensor) as feed:
        await heard.until(lambda: streaming(radio) and heard.frames("s"), SLOW_S)
        outage = Outage("sensor disconnects", radio, heard, feed)
        await sensor.drop()
        await outage.over(30)


async def test_the_sensor_is_connected_and_silent(machine):
    """Until somebody starts it anew: only the data deadline (10 s) sees it."""
    sensor, radio = await strap(machine.air), source()
    async with listening(radio) as heard, feeding(sensor) as feed:
        await heard.until(lambda: streaming(radio) and heard.frames("s"), SLOW_S)

        async def restarted(characteristic: str, payload: bytes) -> None:
            feed.paused = feed.paused and (characteristic, payload) != (PMD_CONTROL, START)

        sensor.on_write = restarted
        outage = Outage("sensor connected and silent until started anew", radio, heard, feed)
        feed.paused = True
        await outage.over(45)


async def test_the_sensor_is_out_of_reach_without_a_word(machine):
    """Back after 20 s. BlueZ is told nothing, since the simulated controller has no supervision time-out."""
    sensor, radio = await strap(machine.air), source()
    async with listening(radio) as heard, feeding(sensor) as feed:
        await heard.until(lambda: streaming(radio) and heard.frames("s"), SLOW_S)
        outage = Outage("sensor out of reach for 20 s, no event of any kind", radio, heard, feed)
        machine.air.muted.add(STRAP_AT)
        away = asyncio.create_task(asyncio.sleep(20))
        await outage.noticed(20)
        await away
        machine.air.muted.clear()
        await outage.over(60)


async def test_the_sensor_comes_back_with_another_type_of_address(machine):
    """The same 48 bits, first random, then public (new firmware): it is known by them alone."""
    sensor, radio = await strap(machine.air), source()
    async with listening(radio) as heard, feeding(sensor) as feed:
        await heard.until(lambda: streaming(radio) and heard.frames("s"), SLOW_S)
        outage = Outage("sensor back at the same address of another type (random, public)", radio, heard, feed)
        await machine.air.leave(sensor)
        feed.sensor = await strap(machine.air, public=True)
        await outage.over(90)


async def test_the_sensor_comes_back_with_another_type_of_address_after_a_restart(machine):
    """bluetoothd has stored the address with its type and refuses the other one, until it is told to forget it."""
    sensor, radio = await strap(machine.air), source(speed=4)
    async with listening(radio) as heard, feeding(sensor) as feed:
        await heard.until(lambda: streaming(radio) and heard.frames("s"), SLOW_S)
        outage = Outage("the same, and bluetoothd restarted meanwhile (clock 4 times as fast)", radio, heard, feed)
        await machine.air.leave(sensor)
        machine.bluetoothd.kill()
        await machine.bluetoothd.wait()
        feed.sensor = await strap(machine.air, public=True)
        await machine.start_bluetoothd()
        await outage.over(60)


async def test_the_sensor_comes_back_at_another_address(machine):
    """Set up without an address it is known by its profile, once the old address has been silent for two minutes."""
    sensor, radio = await strap(machine.air), source(address="", speed=8)
    async with listening(radio) as heard, feeding(sensor) as feed:
        await heard.until(lambda: streaming(radio) and heard.frames("s"), SLOW_S)
        outage = Outage("sensor back at another address, public (clock 8 times as fast)", radio, heard, feed)
        await machine.air.leave(sensor)
        feed.sensor = await strap(machine.air, address="00:A0:50:00:00:0D", public=True)
        await outage.over(60)


@pytest.mark.parametrize(("gatt", "how"), [(True, "with a database hash"), (False, "without one")])
async def test_the_sensors_services_change_between_connections(machine, gatt, how):
    """BlueZ remembers the services it found, and where; a new firmware has them elsewhere.

    A sensor of Bluetooth 5.1 has a hash of them, which tells that they changed; an older one has nothing.
    """
    sensor, radio = await strap(machine.air, gatt=gatt), source()
    async with listening(radio) as heard, feeding(sensor) as feed:
        await heard.until(lambda: streaming(radio) and heard.frames("s"), SLOW_S)
        outage = Outage(f"sensor back with other services, {how}", radio, heard, feed)
        await machine.air.leave(sensor)
        extra = {"180a": {"2a29": (Properties.READ, b"Maker"), "2a24": (Properties.READ, b"S2")}}
        feed.sensor = await strap(machine.air, gatt=gatt, before=extra)
        await outage.over(90)


async def test_forty_connections_leave_nothing_behind(machine):
    sensor, radio = await strap(machine.air), source()
    began_s = asyncio.get_running_loop().time()
    async with listening(radio) as heard:
        async with feeding(sensor):
            for cycle in range(CYCLES):
                heard.events.clear()
                await heard.until(lambda: streaming(radio) and heard.frames("s"), SLOW_S)
                if cycle == WARM:
                    before = await held(machine)
                await sensor.drop()
                await heard.until(lambda: not streaming(radio), SLOW_S)
        await heard.until(lambda: streaming(radio), SLOW_S)
        after = await held(machine)
    took_s = (asyncio.get_running_loop().time() - began_s) / CYCLES
    print(f"\nconnections {WARM} and {CYCLES}: {before} and {after}; {took_s:.1f} s each")
    write(note=f"{CYCLES} connections, {took_s:.1f} s each; {before} before, {after} after")
    for what in ("files", "tasks", "bus names", "bluetoothd files"):
        assert after[what] <= before[what] + 1, what
    assert after["peak kB"] - before["peak kB"] < 100 * (CYCLES - WARM)
    assert after["bluetoothd kB"] - before["bluetoothd kB"] < 20 * (CYCLES - WARM)


def entries(folder: Path) -> int:
    return sum(1 for _ in folder.iterdir())


async def held(machine) -> dict[str, int]:
    """What this process, bluetoothd and D-Bus hold."""
    bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
    names = await bluez.call(bus, bluez._DBUS, "/org/freedesktop/DBus", f"{bluez._DBUS}.ListNames")
    bus.disconnect()
    await asyncio.sleep(0.5)
    folder = Path("/proc") / str(machine.bluetoothd.pid)
    return {
        "files": entries(Path("/proc/self/fd")),
        "tasks": len(asyncio.all_tasks()),
        "bus names": len(names),
        "peak kB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        "bluetoothd files": entries(folder / "fd"),
        "bluetoothd kB": int((folder / "statm").read_text().split()[1]) * resource.getpagesize() // 1024,
    }
