"""Looking around, and one sensor alone: simulated sensors in this process; the real bleak where there is no D-Bus."""

import asyncio
from pathlib import Path

import pytest
from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason, BleakDBusError

from edge.app.load.profiles import load_profiles, profiles_root
from edge.errors import Unreachable
from edge.radio import discovery
from edge.radio.adverts import Advert
from edge.radio.discovery import MOST_NEIGHBOURS, Neighbours, attend, fitting, look_around, one_sensor
from edge.radio.link import State
from tests.support.air.rig import MEASUREMENT, PROFILES, QuickClock, device, full
from tests.support.air.sensors import BEACON_AT, FEVER, THERMOMETER_AT, beacon, thermometer


async def until(condition) -> str:
    while not condition():  # noqa: ASYNC110 - what is waited for is a property
        await asyncio.sleep(0.005)
    return "enough"


def test_what_comes_in_several_advertisements_is_put_together():
    heard = Neighbours()
    heard.receive(Advert("A", "", -70, services=["1"], service_data={"x": b"old"}))
    heard.receive(Advert("A", "Name", -60, services=["2"], service_data={"x": b"new"}))
    heard.receive(Advert("A", "", -90, manufacturer_data={1: b"m"}))
    [one] = heard.nearest_first()
    assert (one.name, one.rssi_dbm, list(one.services)) == ("Name", -60, ["1", "2"])
    assert (one.service_data, one.manufacturer_data) == ({"x": b"new"}, {1: b"m"})


def test_the_nearest_comes_first_and_who_has_no_level_last():
    heard = Neighbours()
    for address, level in (("FAR", -90), ("UNKNOWN", None), ("NEAR", -40)):
        heard.receive(Advert(address, rssi_dbm=level))
    assert [each.address for each in heard.nearest_first()] == ["NEAR", "FAR", "UNKNOWN"]


def test_a_flood_of_addresses_is_bounded_and_those_known_are_still_heard():
    heard = Neighbours()
    for number in range(MOST_NEIGHBOURS + 50):
        heard.receive(Advert(str(number), rssi_dbm=-50))
    heard.receive(Advert("0", rssi_dbm=-20))
    assert len(heard) == MOST_NEIGHBOURS
    assert heard.nearest_first()[0].address == "0"


@pytest.mark.parametrize(
    ("advert", "names"),
    [
        (Advert("A", "A&D_UT201BLE", services=[full("1809")]), ["and_ut201ble", "health_thermometer"]),
        (Advert("A", "Else", services=[full("1809")]), ["health_thermometer"]),
        (
            Advert("A", services=[full("1809")], manufacturer_data={0x2007: b""}),
            ["feversmart_patch", "health_thermometer"],
        ),
        (Advert("A", "Nobody"), []),
    ],
)
def test_the_most_specific_profile_comes_first(advert, names):
    assert [each.id for each in fitting(load_profiles(profiles_root()), advert)] == names


async def test_everyone_is_heard_until_it_is_enough_and_then_the_scan_has_stopped(air):
    await beacon(air)
    await thermometer(air)
    heard = Neighbours()
    place = discovery.Air(QuickClock(1), backend=air.backend())
    assert await look_around(place, heard.receive, lambda: until(lambda: len(heard) == 2)) == "enough"
    assert {each.address for each in heard.nearest_first()} == {BEACON_AT, THERMOMETER_AT}
    assert not air.central.is_scanning


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        (BleakBluetoothNotAvailableReason.NO_BLUETOOTH, "no Bluetooth adapter was found: plug one in"),
        (BleakBluetoothNotAvailableReason.POWERED_OFF, "the Bluetooth adapter is switched off: switch it on"),
        (
            BleakBluetoothNotAvailableReason.DENIED_BY_SYSTEM,
            "this user may not use Bluetooth (D-Bus refused): run this",
        ),
        (BleakBluetoothNotAvailableReason.NO_BLE_CENTRAL_ROLE, "cannot do Bluetooth Low Energy: use an adapter"),
    ],
)
async def test_without_a_usable_adapter_it_ends_at_once_and_says_what_to_do(air, reason, says):
    air.fail_start = BleakBluetoothNotAvailableError("bleak's own words", reason)
    place = discovery.Air(QuickClock(1), backend=air.backend())
    with pytest.raises(Unreachable) as ended:
        await asyncio.wait_for(look_around(place, print, asyncio.Event().wait), 2)
    assert says in str(ended.value)
    assert ended.value.exit_code == 4
    with pytest.raises(Unreachable) as alone:
        await asyncio.wait_for(
            attend(one_sensor(place, device("t", "thermometer"), PROFILES["thermometer"]), print, asyncio.Event().wait),
            2,
        )
    assert str(alone.value) == str(ended.value)


async def test_a_bluetoothd_that_is_not_running_is_to_be_started(air):
    air.fail_start = BleakDBusError("org.freedesktop.DBus.Error.ServiceUnknown", ["The name is not activatable"])
    with pytest.raises(Unreachable, match="systemctl start bluetooth"):
        await look_around(discovery.Air(QuickClock(1), backend=air.backend()), print, asyncio.Event().wait)


async def test_what_nobody_foresaw_is_said_too():
    assert discovery.advise("something new").startswith("something new: try again; `journalctl")


async def test_without_dbus_the_real_bleak_ends_at_once_and_bluez_is_never_meddled_with(monkeypatch, tmp_path):
    """The hub may be watching over the same adapter: no release, no forgetting, no power cycle."""
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={Path(tmp_path)}/nothing")
    monkeypatch.setattr("edge.radio.bluez.Bluez.__init__", lambda *_: pytest.fail("Bluez was made"), raising=False)
    place = discovery.Air(QuickClock(1))
    with pytest.raises(Unreachable, match="D-Bus cannot be reached"):
        await look_around(place, print, asyncio.Event().wait)
    source = one_sensor(place, device("t", "thermometer", THERMOMETER_AT), PROFILES["thermometer"])
    with pytest.raises(Unreachable, match="D-Bus cannot be reached"):
        await attend(source, print, asyncio.Event().wait)


async def test_one_sensor_is_heard_alone_and_let_go(air):
    sensor = await thermometer(air)
    await beacon(air)
    place = discovery.Air(QuickClock(1), backend=air.backend())
    source = one_sensor(place, device("t", "thermometer", THERMOMETER_AT), PROFILES["thermometer"])
    frames = []

    async def measured() -> str:
        await until(lambda: source.states["t"] is State.STREAMING)
        await sensor.send(MEASUREMENT, FEVER)
        return await until(lambda: FEVER in [frame.payload for frame in frames])

    assert await asyncio.wait_for(attend(source, frames.append, measured), 20) == "enough"
    assert {frame.device for frame in frames} == {"t"}
    assert not sensor.connected


async def test_what_the_listener_raises_comes_out(air):
    await beacon(air)
    place = discovery.Air(QuickClock(1), backend=air.backend())

    def refuse(_) -> None:
        raise Unreachable("enough of it")

    with pytest.raises(Unreachable, match="enough of it"):
        await attend(one_sensor(place, device("b", "beacon"), PROFILES["beacon"]), refuse, asyncio.Event().wait)
