"""Somebody near sends as one of the family's sensors, whose frames are sealed with a key."""

from edge.model.people import Device, Site
from tests.fuzz import sensors
from tests.fuzz.sensors import ADDRESS, KEY, Way
from tests.support.frames import Air

PATCH = Device("patch", "bthome_v2", "mia", address=ADDRESS, site=Site.PATCH, key=KEY["hex16"].hex())
BTHOME = "service_data:fcd2"
FEVER, CALM = bytes.fromhex("02f40f"), bytes.fromhex("02420e")
"""Object 0x02 in hundredths: 40.84 and 36.50 °C."""


def sealed(air: Air, counter: int, objects: bytes, key: bytes = KEY["hex16"]) -> bytes:
    way = Way(air.state.sensors["patch"].profile, BTHOME, {}, ADDRESS, key, sealed=True)
    return sensors.seal(way, counter.to_bytes(4, "little") + objects)


def test_a_sensor_with_a_key_takes_nothing_that_anybody_could_send():
    air = Air(PATCH)
    for number in range(90):
        air.at(30.0 * number)
        air.hear(BTHOME, sealed(air, 1000 + number, FEVER))
        air.hear(BTHOME, b"\x40" + CALM)
        air.hear(BTHOME, sealed(air, 2000 + number, CALM, key=bytes(16)))
    assert air.celsius == [40.84] * 90
    assert "high_fever" in air.standing
    assert len(air.dropped) == 2 * 90
    assert any("since this sensor has a key" in why for why in air.dropped)
    assert any("a frame that this key opens" in why for why in air.dropped)


def test_without_a_key_the_same_frames_are_believed():
    """What the key is for, and what docs/security.md says that remains."""
    air = Air(Device("patch", "bthome_v2", "mia", address=ADDRESS, site=Site.PATCH))
    air.at(1.0)
    air.hear(BTHOME, b"\x40" + CALM)
    assert air.celsius == [36.5]
