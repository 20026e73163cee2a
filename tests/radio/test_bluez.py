"""What bleak does not do, against a real dbus-daemon on which a stand-in owns org.bluez.

The stand-in has BlueZ's names, properties and methods and no radio; the real bluetoothd is in tests/radio/vm.
"""

import asyncio
import signal
import sys
from typing import Annotated

import pytest
from dbus_fast import BusType, PropertyAccess
from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusBool, DBusDict, DBusObjectPath, DBusSignature, DBusStr
from dbus_fast.errors import DBusError
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property

from edge.model.alarm import Condition
from edge.model.event import FaultReported
from edge.radio import bluez
from edge.radio.bleak_source import BleakSource
from edge.radio.bluez import Bluez, Change
from edge.radio.faults import RADIO_ERRORS
from tests.support.air.rig import PROFILES, QuickClock, device, listening
from tests.support.servers import until

CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>"""
SEPARATE = """
import asyncio
from tests.radio.test_bluez import Bluetoothd

async def main():
    await Bluetoothd().start()
    await asyncio.sleep(60)

asyncio.run(main())
"""
HCI0, SENSOR = "/org/bluez/hci0", "/org/bluez/hci0/dev_C0_00_00_00_00_0B"
Strings = Annotated[list[str], DBusSignature("as")]


class Adapter(ServiceInterface):
    """org.bluez.Adapter1; `calls` is what it was asked, in order."""

    def __init__(self) -> None:
        super().__init__(bluez.ADAPTER)
        self.calls: list[str] = []
        self.powered = True

    @dbus_property()
    def Powered(self) -> DBusBool:  # noqa: N802 - BlueZ's name
        return self.powered

    @Powered.setter
    def Powered(self, value: DBusBool) -> None:  # noqa: N802
        self.calls.append(f"Powered={value}")
        self.powered = value
        self.emit_properties_changed({"Powered": value})

    @dbus_property(PropertyAccess.READ)
    def Address(self) -> DBusStr:  # noqa: N802
        return "F0:00:00:00:00:01"

    @dbus_property(PropertyAccess.READ)
    def Roles(self) -> Strings:  # noqa: N802
        return ["central"]

    @dbus_method()
    def SetDiscoveryFilter(self, options: DBusDict) -> None:  # noqa: N802
        pass

    @dbus_method()
    def StartDiscovery(self) -> None:  # noqa: N802
        if not self.powered:
            raise DBusError("org.bluez.Error.NotReady", "Resource Not Ready")
        self.calls.append("StartDiscovery")

    @dbus_method()
    def StopDiscovery(self) -> None:  # noqa: N802
        self.calls.append("StopDiscovery")

    @dbus_method()
    def RemoveDevice(self, path: DBusObjectPath) -> None:  # noqa: N802
        self.calls.append(f"RemoveDevice {path}")


class Sensor(ServiceInterface):
    """org.bluez.Device1."""

    def __init__(self, adapter: Adapter, *, connected: bool, paired: bool) -> None:
        super().__init__(bluez.DEVICE)
        self.adapter, self.connected, self.paired = adapter, connected, paired

    @dbus_property(PropertyAccess.READ)
    def Address(self) -> DBusStr:  # noqa: N802
        return "C0:00:00:00:00:0B"

    @dbus_property(PropertyAccess.READ)
    def Adapter(self) -> DBusObjectPath:  # noqa: N802
        return HCI0

    @dbus_property(PropertyAccess.READ)
    def Connected(self) -> DBusBool:  # noqa: N802
        return self.connected

    @dbus_property(PropertyAccess.READ)
    def Paired(self) -> DBusBool:  # noqa: N802
        return self.paired

    @dbus_method()
    def Disconnect(self) -> None:  # noqa: N802
        self.adapter.calls.append("Disconnect")


class Bluetoothd:
    """The stand-in; `stop` is its death: the name loses its owner and nobody says goodbye."""

    def __init__(self) -> None:
        self.adapter = Adapter()
        self.bus: MessageBus

    async def start(self, *, connected: bool = False, paired: bool = False) -> "Bluetoothd":
        self.bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
        self.bus.export(HCI0, self.adapter)
        self.bus.export(SENSOR, Sensor(self.adapter, connected=connected, paired=paired))
        await self.bus.request_name(bluez.BLUEZ)
        return self

    def stop(self) -> None:
        self.bus.disconnect()


@pytest.fixture
async def system_bus(tmp_path, monkeypatch):
    """A dbus-daemon of our own as the system bus."""
    path, config = tmp_path / "bus", tmp_path / "bus.conf"
    config.write_text(CONFIG.format(path=path))
    daemon = await asyncio.create_subprocess_exec("dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile")
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={path}")
    async with asyncio.timeout(5):
        while True:  # the daemon makes its socket a moment before it listens
            try:
                _, writer = await asyncio.open_unix_connection(path)
                break
            except OSError:
                await asyncio.sleep(0.01)
    writer.close()
    await writer.wait_closed()
    yield daemon
    if daemon.returncode is None:
        daemon.send_signal(signal.SIGTERM)
    await daemon.wait()


@pytest.fixture
def told(monkeypatch):
    monkeypatch.setattr(bluez, "OFF_S", 0.05)
    return []


async def test_it_reports_when_bluetoothd_comes_dies_and_comes_back(system_bus, told):
    watching = asyncio.create_task(Bluez().watch(lambda *what: told.append(what)))
    await until(lambda: told == [(Change.GONE, "")])
    first = await Bluetoothd().start()
    await until(lambda: told[1:] == [(Change.THERE, "")])
    first.stop()
    await until(lambda: told[2:] == [(Change.GONE, "")])
    second = await Bluetoothd().start()
    await until(lambda: told[3:] == [(Change.THERE, "")])
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    second.stop()


async def test_it_reports_when_the_adapter_is_switched_off_or_pulled_out(system_bus, told):
    daemon = await Bluetoothd().start()
    watching = asyncio.create_task(Bluez().watch(lambda *what: told.append(what)))
    await until(lambda: told == [(Change.THERE, "")])
    daemon.adapter.emit_properties_changed({"Powered": True})
    daemon.adapter.emit_properties_changed({"Powered": False})
    await until(lambda: told[1:] == [(Change.NO_ADAPTER, "hci0")])
    daemon.bus.unexport(HCI0)
    await until(lambda: told[2:] == [(Change.NO_ADAPTER, "hci0")])
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    daemon.stop()


async def test_it_reports_when_bluetoothd_no_longer_answers_and_when_it_does_again(system_bus, told, monkeypatch):
    """Frozen, it keeps its name on the bus: only a question tells."""
    monkeypatch.setattr(bluez, "ASK_EVERY_S", 0.2)
    daemon = await asyncio.create_subprocess_exec(sys.executable, "-c", SEPARATE)
    watching = asyncio.create_task(Bluez().watch(lambda *what: told.append(what)))
    await until(lambda: told[-1:] == [(Change.THERE, "")])
    daemon.send_signal(signal.SIGSTOP)
    await until(lambda: told[-1:] == [(Change.FROZEN, "")])
    daemon.send_signal(signal.SIGCONT)
    await until(lambda: told[-1:] == [(Change.THERE, "")])
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    daemon.kill()
    await daemon.wait()


async def test_the_adapters_that_can_do_low_energy_are_listed(system_bus):
    daemon = await Bluetoothd().start()
    assert await bluez.adapters() == {"hci0": "F0:00:00:00:00:01"}
    daemon.stop()


async def test_the_death_of_dbus_itself_is_an_error_and_not_silence(system_bus, told):
    watching = asyncio.create_task(Bluez().watch(lambda *what: told.append(what)))
    await until(lambda: told)
    system_bus.kill()
    with pytest.raises(RADIO_ERRORS):
        await asyncio.wait_for(watching, 5)


async def test_a_power_cycle_is_off_and_on(system_bus, told):
    daemon = await Bluetoothd().start()
    await Bluez().power_cycle("hci0")
    await Bluez().power_cycle()
    await Bluez().power_cycle("hci7")
    assert daemon.adapter.calls == ["Powered=False", "Powered=True"] * 2
    daemon.stop()


async def test_an_interrupted_power_cycle_leaves_the_adapter_on(system_bus, monkeypatch):
    monkeypatch.setattr(bluez, "OFF_S", 30)
    daemon = await Bluetoothd().start()
    cycling = asyncio.create_task(Bluez().power_cycle())
    await until(lambda: daemon.adapter.calls == ["Powered=False"])
    cycling.cancel()
    await asyncio.gather(cycling, return_exceptions=True)
    assert daemon.adapter.powered
    daemon.stop()


@pytest.mark.parametrize(("paired", "removed"), [(False, [f"RemoveDevice {SENSOR}"]), (True, [])])
async def test_a_sensor_is_forgotten_unless_its_keys_would_go_too(system_bus, paired, removed):
    daemon = await Bluetoothd().start(paired=paired)
    await Bluez().forget("c0:00:00:00:00:0b")
    await Bluez().forget("C0:00:00:00:00:0C")
    assert daemon.adapter.calls == removed
    daemon.stop()


@pytest.mark.parametrize(("connected", "calls"), [(True, ["Disconnect"]), (False, [])])
async def test_a_connection_left_by_a_killed_process_is_released(system_bus, connected, calls):
    daemon = await Bluetoothd().start(connected=connected)
    await Bluez().release(["c0:00:00:00:00:0b", ""])
    assert daemon.adapter.calls == calls
    daemon.stop()


async def test_without_bluetoothd_every_action_fails_in_a_way_that_is_caught(system_bus):
    for action in (Bluez().power_cycle(), Bluez().forget("C0:00:00:00:00:0B"), Bluez().release([])):
        with pytest.raises(RADIO_ERRORS):
            await action


async def test_the_radio_notices_that_bluetoothd_died_and_that_it_is_back(system_bus):
    """bleak's own BlueZ backend, unmodified: it has no such notion."""
    daemon = await Bluetoothd().start()
    radio = BleakSource([device("s", "strap", "C0:00:00:00:00:0B")], PROFILES, QuickClock(20))
    async with listening(radio) as heard:
        await heard.until(lambda: heard.faults == [FaultReported(Condition.ADAPTER_DOWN, False)])
        assert daemon.adapter.calls[-1] == "StartDiscovery"
        daemon.stop()
        await heard.until(lambda: heard.faults[-1].present)
        assert "bluetoothd" in heard.faults[-1].detail
        again = await Bluetoothd().start()
        await heard.until(lambda: not heard.faults[-1].present)
        assert again.adapter.calls == ["StartDiscovery"]
    assert again.adapter.calls[-1] == "StopDiscovery"
    again.stop()


async def test_an_adapter_that_was_switched_off_is_switched_on(system_bus, monkeypatch):
    monkeypatch.setattr(bluez, "OFF_S", 0.05)
    daemon = await Bluetoothd().start()
    daemon.adapter.powered = False
    radio = BleakSource([device("s", "strap")], PROFILES, QuickClock(20))
    async with listening(radio) as heard:
        await heard.until(lambda: daemon.adapter.powered and heard.faults and not heard.faults[-1].present)
        assert FaultReported(Condition.ADAPTER_DOWN, True, "the Bluetooth adapter is switched off") in heard.faults
    daemon.stop()
