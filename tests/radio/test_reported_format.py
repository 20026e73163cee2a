"""A watch says in a characteristic of its own what its bytes mean; the hub reads it at each connection."""

import pytest

from edge.app.load.profiles import load_profiles, profiles_root
from edge.decoding import decode
from edge.errors import FrameMalformed
from edge.radio.bleak_source import BleakSource
from tests.support.air.bumble_backend import Air, Peripheral, Properties
from tests.support.air.rig import QuickClock, device, listening

PROFILES = load_profiles(profiles_root())
BASE = "000085e9-000{}-1000-8000-00805f9b34fb"
SERVICE, DATA, FORMAT = (BASE.format(number) for number in (0, 1, 5))


async def watch(air: Air, says: bytes | None) -> Peripheral:
    characteristics = {DATA: (Properties.NOTIFY, b"")}
    if says is not None:
        characteristics[FORMAT] = (Properties.READ, says)
    return await air.peripheral("Bangle.js 1", "C0:00:00:00:00:0E", services={SERVICE: characteristics})


async def heard_from(air: Air, says: bytes | None, payload: bytes):
    sensor = await watch(air, says)
    radio = BleakSource([device("w", "espruino_bangle_js")], PROFILES, QuickClock(1.0), backend=air.backend())
    async with listening(radio) as heard:
        await heard.until(lambda: radio.states["w"] == "streaming")
        await sensor.send(DATA, payload)
        await heard.until(lambda: heard.frames("w"))
        return heard.frames("w")[0]


@pytest.mark.parametrize(
    ("says", "payload", "values"),
    [
        (b"\x00", "4060ff", [1.0, 1.5, 3.984375]),
        (b"\x01\x00", "e803dc05", [1.0, 1.5]),
        (b"\x03", "e803000000000000e803000018fcf401f401", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [-1.0, 0.5, 0.5]]),
    ],
)
async def test_its_frames_are_read_as_it_says_whatever_was_configured(air, says, payload, values):
    frame = await heard_from(air, says, bytes.fromhex(payload))
    for options in ({}, {"format": "1"}):
        [samples] = decode(PROFILES["espruino_bangle_js"], frame.kind, frame.payload, options=options)
        assert samples.values.tolist() == values


async def test_a_watch_that_does_not_say_it_needs_the_option(air):
    frame = await heard_from(air, None, bytes.fromhex("4060ff"))
    with pytest.raises(FrameMalformed, match="expected one of the options format=0, format=1, format=3, got none"):
        decode(PROFILES["espruino_bangle_js"], frame.kind, frame.payload)
    assert decode(PROFILES["espruino_bangle_js"], frame.kind, frame.payload, options={"format": "0"})


async def test_a_format_that_nobody_knows_is_refused_and_named(air):
    frame = await heard_from(air, b"\x02", b"\x40")
    with pytest.raises(FrameMalformed, match="got format=2"):
        decode(PROFILES["espruino_bangle_js"], frame.kind, frame.payload, options={"format": "0"})
