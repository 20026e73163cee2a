"""From a sensor's bytes on the air to readings, with profiles as they ship."""

from pathlib import Path

import pytest
from bumble.core import AdvertisingData

from edge.decoding import decode, parse_profile
from edge.model.reading import Quantity, Validity
from edge.radio.bleak_source import BleakSource
from edge.radio.link import State
from tests.support.air.bumble_backend import Properties
from tests.support.air.rig import BATTERY, HTS, MEASUREMENT, PMD, PMD_CONTROL, PMD_DATA, QuickClock, device, listening

SHIPPED = Path(__file__).parents[2] / "device_profiles"
AT = "C0:00:00:00:00:0A"


def shipped(name):
    path = SHIPPED / name / "profile.toml"
    return parse_profile(path.read_text(encoding="utf-8"), str(path))


async def test_a_standard_thermometer_is_recognised_and_its_temperature_is_read(air):
    profile = shipped("health_thermometer")
    sensor = await air.peripheral(
        "T",
        AT,
        services={HTS: {MEASUREMENT: (Properties.INDICATE, b"")}, "180f": {BATTERY: (Properties.READ, b"\x50")}},
        advertised=[(AdvertisingData.Type.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS, b"\x09\x18")],
    )
    radio = BleakSource([device("t", profile.id)], {profile.id: profile}, QuickClock(1), backend=air.backend())
    async with listening(radio) as heard:
        await heard.until(lambda: radio.states["t"] is State.STREAMING)
        # 37.60 degrees of a finger, from the tests of Nordic Semiconductor's Android-BLE-Common-Library
        await sensor.send(MEASUREMENT, bytes.fromhex("06b00e00fedc070c050b321b04"))
        await heard.until(lambda: len(heard.frames()) == 2)
    read = {item.quantity: item for frame in heard.frames() for item in decode(profile, frame.kind, frame.payload)}
    assert read[Quantity.TEMPERATURE].value == pytest.approx(37.6)
    assert read[Quantity.TEMPERATURE].validity is Validity.VALID
    assert read[Quantity.BATTERY].value == 80


async def test_a_polar_sensor_is_started_heard_and_stopped(air):
    profile = shipped("polar_verity_sense")
    sensor = await air.peripheral(
        "Polar Sense 0A",
        AT,
        services={
            PMD: {
                PMD_CONTROL: (Properties.READ | Properties.WRITE | Properties.INDICATE, b""),
                PMD_DATA: (Properties.NOTIFY, b""),
            }
        },
    )
    radio = BleakSource([device("s", profile.id, AT)], {profile.id: profile}, QuickClock(1), backend=air.backend())
    async with listening(radio) as heard:
        await heard.until(lambda: radio.states["s"] is State.STREAMING)
        # two samples, from the tests of Polar's SDK
        await sensor.send(PMD_DATA, bytes.fromhex("02009435770000000001F7FFFFFFE703F8FFFEFFE503"))
        await heard.until(lambda: heard.frames(kind=f"characteristic:{PMD_DATA}"))
    [frame] = heard.frames(kind=f"characteristic:{PMD_DATA}")
    [samples] = decode(profile, frame.kind, frame.payload)
    assert samples.values.tolist() == [pytest.approx([-0.009, -0.001, 0.999]), pytest.approx([-0.008, -0.002, 0.997])]
    assert [payload for _, payload in sensor.writes] == [write.payload for write in (*profile.start, *profile.stop)]
