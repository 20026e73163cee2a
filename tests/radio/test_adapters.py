"""Two adapters in one hub: which one is used, and what is said when one is lost."""

import asyncio

import pytest
from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason

from edge.model.alarm import Condition
from edge.model.event import FaultReported
from edge.radio import adapters
from edge.radio.adapters import PART, Adapters
from edge.radio.bleak_source import BleakSource
from edge.radio.bluez import Change
from edge.radio.link import State
from edge.radio.recovery import Use
from tests.support.air.bumble_backend import Air
from tests.support.air.rig import PMD_DATA, PROFILES, QuickClock, device, listening
from tests.support.air.sensors import BEACON_AT, STRAP_AT, beacon, strap

OFF = BleakBluetoothNotAvailableError("off", BleakBluetoothNotAvailableReason.POWERED_OFF)
DOWN, DEGRADED = Condition.ADAPTER_DOWN, Condition.HUB_DEGRADED


@pytest.fixture
async def two() -> Air:
    """hci1 hears everyone 20 dB louder."""
    air = await Air().start("hci0", "hci1")
    air.rssi_dbm = {"hci0": -70, "hci1": -50}
    return air


def source(air, *devices, speed=20.0):
    return BleakSource(devices, PROFILES, QuickClock(speed), backend=air.backend(), chance=lambda: 0.0)


def over(radio, ident="s"):
    """The adapter over which a sensor streams."""
    return radio._links[ident].adapter if radio.states[ident] is State.STREAMING else None


def standing(heard, condition):
    return next((fault for fault in reversed(heard.faults) if fault.condition is condition), None)


async def test_a_sensor_is_connected_over_the_adapter_that_hears_it_best_and_moves_when_that_is_deaf(two):
    sensor = await strap(two)
    radio = source(two, device("s", "strap", STRAP_AT))
    async with listening(radio) as heard:
        await heard.until(lambda: over(radio) == "hci1")
        assert [each["adapter"] for each in radio.health()["adapters"]] == ["hci0", "hci1"]
        assert radio.health()["sensors"][0]["rssi_dbm"] == -50
        two.deaf.add("hci1")
        await sensor.drop()
        await heard.until(lambda: over(radio) == "hci0")
        await sensor.send(PMD_DATA, b"\x07")
        await heard.until(lambda: heard.frames("s"))
        assert heard.frames("s")[0].rssi_dbm == -70
        assert heard.faults == [FaultReported(DOWN, False)]
    assert not sensor.connected


async def test_an_adapter_over_which_nobody_can_be_connected_is_not_tried_for_ever(two):
    sensor = await strap(two)
    radio = source(two, device("s", "strap", STRAP_AT))
    radio_backend = two.off  # it hears, but every connection over it fails
    async with listening(radio) as heard:
        await heard.until(lambda: over(radio) == "hci1")
        radio_backend["hci1"] = OFF
        await sensor.drop()
        await heard.until(lambda: over(radio) == "hci0")
        assert radio.health()["sensors"][0]["reason"].endswith("the adapter is off")


async def test_one_that_hears_nobody_for_90_s_while_the_other_does_is_named_and_the_watch_goes_on(two):
    await beacon(two)
    radio = source(two, device("b", "beacon", BEACON_AT), speed=200)
    async with listening(radio) as heard:
        await heard.until(lambda: heard.frames("b"))
        two.deaf.add("hci1")
        await heard.until(lambda: standing(heard, DEGRADED))
        fault = standing(heard, DEGRADED)
        assert (fault.present, fault.device) == (True, PART)
        assert fault.detail == (
            "one of its Bluetooth adapters is lost (hci1: nothing at all was heard over the air for 90 s), it goes on "
            "with hci0"
        )
        assert not standing(heard, DOWN).present
        two.deaf.clear()
        await heard.until(lambda: not standing(heard, DEGRADED).present)


async def test_only_when_all_are_lost_nobody_watches(two):
    await beacon(two)
    two.off["hci1"] = OFF
    radio = source(two, device("b", "beacon", BEACON_AT), speed=100)
    async with listening(radio) as heard:
        await heard.until(lambda: standing(heard, DEGRADED))
        assert not standing(heard, DOWN).present
        two.off["hci0"] = OFF
        radio._adapters.bluez_changed(Change.NO_ADAPTER, "hci0")
        await heard.until(lambda: standing(heard, DOWN).present)
        assert standing(heard, DOWN).detail.startswith(
            "hci0: the Bluetooth adapter was switched off or pulled out; hci1"
        )
        assert not standing(heard, DEGRADED).present
        two.off.clear()
        await heard.until(lambda: not standing(heard, DOWN).present)


async def test_those_that_are_wanted_alone_are_used(two):
    radio = BleakSource([device("b", "beacon")], PROFILES, QuickClock(1), backend=two.backend(), adapters=("hci1",))
    async with listening(radio) as heard:
        await heard.until(lambda: heard.faults)
        assert [each["adapter"] for each in radio.health()["adapters"]] == ["hci1"]
        assert not two.centrals["hci0"].is_scanning


async def test_an_adapter_plugged_in_later_is_used_and_one_that_got_another_name_is_not_missed(two, monkeypatch):
    two.centrals["hci2"] = two.centrals["hci1"]
    there = {}

    async def listed():
        return there

    told = []
    both = Adapters(
        QuickClock(100),
        lambda *_: None,
        told.append,
        lambda _: Use(),
        listed=listed,
        backend=two.backend().scanner,
    )
    two.centrals[adapters.FIRST] = two.centrals["hci0"]
    running = asyncio.create_task(both.run())
    for found in ({}, {"hci0": "A"}, {"hci0": "A", "hci1": "B"}, {"hci0": "A", "hci2": "B"}, {"hci0": "A"}):
        there = found
        names = list(found) or [adapters.FIRST]
        if found == {"hci0": "A"} and len(both.scans) > 1:
            names = ["hci0", "hci2"]  # pulled out: it is missed, not forgotten
        async with asyncio.timeout(5):
            while list(both.scans) != names:  # noqa: ASYNC110 - a property is watched
                await asyncio.sleep(0.01)
    async with asyncio.timeout(5):
        while not two.centrals["hci1"].is_scanning:  # noqa: ASYNC110 - between two scans, at this speed of time
            await asyncio.sleep(0.001)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
