"""The radio against simulated sensors: real HCI, ATT and GATT in this process."""

import asyncio
import dataclasses
import datetime as dt

import pytest
import structlog.testing
from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason
from bumble.core import AdvertisingData

from edge.model.alarm import Condition
from edge.model.event import ClockReceived, FaultReported, FrameReceived
from edge.ports import Progress
from edge.radio.bleak_source import BleakSource
from edge.radio.link import State
from edge.radio.recovery import RestartNeeded
from tests.support.air.bumble_backend import Air, Properties
from tests.support.air.rig import (
    HTS,
    MEASUREMENT,
    PMD_CONTROL,
    PMD_DATA,
    PROFILES,
    START,
    STOP,
    Heard,
    QuickClock,
    device,
    listening,
)
from tests.support.air.sensors import BEACON_AT, FEVER, STRAP_AT, THERMOMETER_AT, beacon, strap, thermometer


def source(air: Air, *devices, speed: float = 1.0) -> BleakSource:
    return BleakSource(devices, PROFILES, QuickClock(speed), backend=air.backend(), chance=lambda: 0.0)


async def test_a_thermometers_indication_arrives_as_it_was_sent(air):
    sensor = await thermometer(air)
    radio = source(air, device("t", "thermometer", THERMOMETER_AT.lower()))
    async with listening(radio) as heard:
        await heard.until(lambda: radio.states["t"] is State.STREAMING)
        await sensor.send(MEASUREMENT, FEVER)
        await heard.until(lambda: heard.frames(kind="characteristic:2a1c"))
        [frame] = heard.frames(kind="characteristic:2a1c")
        assert frame.payload == FEVER
        assert frame.device == "t"
        assert frame.rssi_dbm is not None
        await heard.until(lambda: heard.frames(kind="characteristic:2a19"))
        assert [f.payload for f in heard.frames(kind="characteristic:2a19")] == [b"\x5a"]
        assert heard.faults[0] == FaultReported(Condition.ADAPTER_DOWN, False)
        assert radio.listens
        assert radio.progress() == Progress(done=len(heard.events), waits=False)
    assert not sensor.connected


async def test_a_frame_carries_the_moment_of_its_arrival_however_long_it_waits(air):
    sensor = await thermometer(air)
    radio = source(air, device("t", "thermometer", THERMOMETER_AT))
    clock, behind, events = QuickClock(1.0), asyncio.Event(), []

    async def emit(event):
        await behind.wait()
        events.append(event)

    running = asyncio.create_task(radio.run(emit))
    async with asyncio.timeout(20):
        while radio.states["t"] is not State.STREAMING:  # noqa: ASYNC110 - a property, not an event
            await asyncio.sleep(0.005)
        before_s = clock.now().mono_s
        await sensor.send(MEASUREMENT, FEVER)
        await asyncio.sleep(1.0)
        behind.set()
        while not any(isinstance(e, FrameReceived) and e.payload == FEVER for e in events):  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    [arrival_s] = [e.arrival_s for e in events if isinstance(e, FrameReceived) and e.payload == FEVER]
    assert before_s <= arrival_s < before_s + 0.5


async def test_a_strap_at_50_hz_arrives_whole_and_is_started_and_stopped(air):
    sensor = await strap(air)
    radio = source(air, device("s", "strap", STRAP_AT))
    async with listening(radio) as heard:
        await heard.until(lambda: radio.states["s"] is State.STREAMING)
        assert sensor.writes == [(PMD_CONTROL, START)]
        for number in range(60):
            await sensor.send(PMD_DATA, number.to_bytes(2, "little") * 10)
            await asyncio.sleep(0.02)
        await heard.until(lambda: len(heard.frames("s")) == 60)
        assert [f.payload[0] for f in heard.frames("s")] == list(range(60))
    assert sensor.writes == [(PMD_CONTROL, START), (PMD_CONTROL, STOP)]
    assert not sensor.connected


async def test_a_beacon_is_received_without_a_connection_and_repeats_are_thinned(air):
    sensor = await beacon(air)
    radio = source(air, device("b", "beacon", BEACON_AT), speed=1)
    async with listening(radio) as heard:
        await heard.until(lambda: len(heard.frames("b", "manufacturer:0499")) == 2)
        first, _ = heard.frames("b", "manufacturer:0499")
        assert first.payload == b"\x05ab"
        assert heard.frames("b", "service_data:fcd2")[0].payload == b"\x40\x02\xca\x09"
        assert radio.states == {"b": State.STREAMING}
        assert not sensor.connected


async def test_what_a_beacon_sends_besides_is_not_handed_on(air):
    await air.peripheral(
        "Other",
        BEACON_AT,
        connectable=False,
        advertised=[
            (AdvertisingData.Type.MANUFACTURER_SPECIFIC_DATA, b"\x4c\x00ibeacon"),
            (AdvertisingData.Type.MANUFACTURER_SPECIFIC_DATA, b"\x99\x04ok"),
        ],
    )
    async with listening(source(air, device("b", "beacon", BEACON_AT))) as heard:
        await heard.until(lambda: heard.frames("b"))
        assert {f.kind for f in heard.frames("b")} == {"manufacturer:0499"}


async def test_a_sensor_that_disconnects_is_found_again(air):
    sensor = await thermometer(air)
    radio = source(air, device("t", "thermometer", THERMOMETER_AT))
    async with listening(radio) as heard:
        for sent in (1, 2, 3):
            await heard.until(lambda: radio.states["t"] is State.STREAMING)
            await sensor.send(MEASUREMENT, FEVER)
            await heard.until(lambda sent=sent: len(heard.frames(kind="characteristic:2a1c")) == sent)
            await sensor.drop()
            await heard.until(lambda: radio.states["t"] is not State.STREAMING)


async def test_a_sensor_that_is_connected_and_silent_is_connected_anew(air):
    """What a killed bluetoothd and a frozen sensor look like: no event of any kind, only no data."""
    sensor = await strap(air)
    radio = source(air, device("s", "strap", STRAP_AT), speed=20)
    async with listening(radio) as heard:
        await heard.until(lambda: radio.states["s"] is State.STREAMING)
        await sensor.send(PMD_DATA, b"\x01")
        await heard.until(lambda: sensor.writes == [(PMD_CONTROL, START), (PMD_CONTROL, STOP), (PMD_CONTROL, START)])
        await heard.until(lambda: radio.states["s"] is State.STREAMING)
        await sensor.send(PMD_DATA, b"\x02")
        await heard.until(lambda: [f.payload for f in heard.frames("s")] == [b"\x01", b"\x02"])


async def test_a_sensor_out_of_range_is_given_up_and_found_when_it_is_back(air):
    sensor = await strap(air)
    radio = source(air, device("s", "strap", STRAP_AT), speed=20)
    async with listening(radio) as heard:
        await heard.until(lambda: radio.states["s"] is State.STREAMING)
        air.muted.add(STRAP_AT)
        await heard.until(lambda: radio.states["s"] is State.SEARCHING, 12)
        air.muted.clear()
        await sensor.drop()  # its own supervision timeout, which this rig does not have
        await heard.until(lambda: radio.states["s"] is State.STREAMING)


async def test_a_sensor_that_may_be_silent_is_asked_and_kept(air):
    sensor = await thermometer(air)
    quiet = PROFILES | {"thermometer": dataclasses.replace(PROFILES["thermometer"], silence_ok=True)}
    radio = BleakSource([device("t", "thermometer", THERMOMETER_AT)], quiet, QuickClock(100), backend=air.backend())
    with structlog.testing.capture_logs() as logs:
        async with listening(radio) as heard:
            await heard.until(lambda: [log["state"] for log in logs if log["event"] == "link"].count("silent") >= 2, 20)
            await heard.until(lambda: radio.states["t"] is State.STREAMING)
            assert sensor.connected
    assert State.BACKING_OFF not in [log["state"] for log in logs if log["event"] == "link"]


async def test_two_sensors_are_connected_one_after_the_other_and_kept_apart(air):
    first, second = await thermometer(air), await strap(air)
    radio = source(air, device("t", "thermometer", THERMOMETER_AT), device("s", "strap", STRAP_AT))
    async with listening(radio) as heard:
        await heard.until(lambda: set(radio.states.values()) == {State.STREAMING})
        await asyncio.gather(first.send(MEASUREMENT, FEVER), second.send(PMD_DATA, b"\x07"))
        await heard.until(lambda: heard.frames("t", "characteristic:2a1c") and heard.frames("s"))
        assert [f.payload for f in heard.frames("s")] == [b"\x07"]
        assert air.most_connecting == 1
        assert air.scans == 1
    assert not first.connected
    assert not second.connected


async def test_a_sensor_without_what_its_profile_names_is_tried_again_and_does_not_disturb_others(air):
    await air.peripheral("Strap without service", STRAP_AT)
    good = await thermometer(air)
    radio = source(air, device("s", "strap", STRAP_AT), device("t", "thermometer", THERMOMETER_AT), speed=5)
    async with listening(radio) as heard:
        await heard.until(lambda: air.attempts.count(STRAP_AT) == 3)
        await heard.until(lambda: radio.states["t"] is State.STREAMING)
        await good.send(MEASUREMENT, FEVER)
        await heard.until(lambda: heard.frames("t", "characteristic:2a1c"))


async def test_silence_of_everyone_restarts_the_scan_and_then_is_a_fault_until_someone_is_received(air):
    await beacon(air)
    radio = source(air, device("b", "beacon", BEACON_AT), speed=100)
    async with listening(radio) as heard:
        await heard.until(lambda: heard.frames("b"))
        air.muted.add(BEACON_AT)
        await heard.until(lambda: air.scans == 2)
        assert not any(fault.present for fault in heard.faults)
        await heard.until(lambda: heard.faults[-1].present)
        assert heard.faults[-1].condition is Condition.ADAPTER_DOWN
        assert "90 s" in heard.faults[-1].detail
        air.muted.clear()
        await heard.until(lambda: not heard.faults[-1].present)


async def test_an_adapter_that_stays_dumb_after_it_worked_ends_in_a_request_for_a_restart(air):
    await beacon(air)
    asked = []

    async def ask_helper(why):
        asked.append(why)

    radio = BleakSource(
        [device("b", "beacon", BEACON_AT)], PROFILES, QuickClock(1000), backend=air.backend(), ask_helper=ask_helper
    )
    heard = Heard()
    running = asyncio.create_task(radio.run(heard.emit))
    await heard.until(lambda: heard.frames("b"))
    air.muted.add(BEACON_AT)
    with pytest.raises(RestartNeeded) as stopped:
        await asyncio.wait_for(running, 20)
    assert stopped.value.exit_code == 70
    assert len(asked) == 1


async def test_without_an_adapter_it_runs_on_says_so_and_recovers(air):
    sensor = await thermometer(air)
    air.fail_start = BleakBluetoothNotAvailableError(
        "No Bluetooth adapters found.", BleakBluetoothNotAvailableReason.NO_BLUETOOTH
    )
    radio = source(air, device("t", "thermometer", THERMOMETER_AT), speed=1000)
    async with listening(radio) as heard:
        await heard.until(lambda: heard.faults)
        assert heard.faults == [FaultReported(Condition.ADAPTER_DOWN, True, "no Bluetooth adapter was found")]
        await heard.until(
            lambda: air.scans > 20
        )  # past the end of the recovery: never a restart, since none ever worked
        assert len(heard.faults) == 1
        assert not radio.listens, "systemd does not hear that it is ready"
        air.fail_start = None
        await heard.until(lambda: sensor.connected)
        assert radio.listens
        assert heard.faults[-1] == FaultReported(Condition.ADAPTER_DOWN, False)


async def test_on_a_machine_without_dbus_it_runs_on_and_says_so(monkeypatch, tmp_path):
    """No backend of the rig here: the real bleak on a system bus that does not exist."""
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/nothing")
    radio = BleakSource([device("t", "thermometer", THERMOMETER_AT)], PROFILES, QuickClock(100))
    async with listening(radio) as heard:
        await heard.until(lambda: heard.faults)
        [fault] = heard.faults
        assert fault.present
        assert fault.detail.startswith("D-Bus cannot be reached")
        assert radio.states == {"t": State.SEARCHING}


async def test_a_silent_sensor_that_cannot_be_asked_is_connected_anew(air):
    """Nothing to read is no proof of life; a new connection is."""
    sensor = await strap(air)
    quiet = PROFILES | {"strap": dataclasses.replace(PROFILES["strap"], silence_ok=True)}
    radio = BleakSource([device("s", "strap", STRAP_AT)], quiet, QuickClock(50), backend=air.backend())
    async with listening(radio) as heard:
        await heard.until(lambda: sensor.writes.count((PMD_CONTROL, START)) == 2)


@pytest.mark.parametrize(("uuid", "length"), [("2a2b", 10), ("2a08", 7)])
async def test_a_spot_thermometers_clock_is_read_before_its_values_and_then_set(air, uuid, length):
    wrong = bytes.fromhex("d00701010c0000")  # 2000-01-01 12:00:00
    services = {
        HTS: {
            MEASUREMENT: (Properties.INDICATE, b""),
            uuid: (Properties.READ | Properties.WRITE, wrong + bytes(length - 7)),
        }
    }
    listed = (AdvertisingData.Type.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS, bytes.fromhex("0918"))
    sensor = await air.peripheral("Ear", THERMOMETER_AT, services=services, advertised=[listed])
    spot = PROFILES | {"thermometer": dataclasses.replace(PROFILES["thermometer"], spot=True)}
    clock = QuickClock(1)
    radio = BleakSource([device("t", "thermometer", THERMOMETER_AT)], spot, clock, backend=air.backend())
    async with listening(radio) as heard:
        await heard.until(lambda: radio.states["t"] is State.STREAMING)
        await sensor.send(MEASUREMENT, FEVER)
        await heard.until(lambda: heard.frames("t", "characteristic:2a1c"))
        [told] = [event for event in heard.events if isinstance(event, ClockReceived)]
        assert (told.device, told.device_wall_s) == ("t", 946_728_000.0)
        assert heard.events.index(told) < heard.events.index(heard.frames("t", "characteristic:2a1c")[0])
    [(written, payload)] = sensor.writes
    assert (written, len(payload)) == (uuid, length)
    local = dt.datetime.fromtimestamp(clock.now().wall_s).astimezone()
    assert payload[:4] == local.year.to_bytes(2, "little") + bytes((local.month, local.day))
