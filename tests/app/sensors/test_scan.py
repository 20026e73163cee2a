"""What a neighbour is, which one is paired, and what it must have said before it is."""

import asyncio

import pytest

from edge.app.load import checked
from edge.app.load.profiles import load_profiles, profiles_root
from edge.app.sensors import pair, scan
from edge.errors import ConfigError, EdgeError
from edge.model.people import Device, Limb, Site
from edge.radio.adverts import Advert
from edge.radio.discovery import Air
from tests.support.air.bumble_backend import Air as Sky
from tests.support.air.rig import MEASUREMENT, PMD_DATA, QuickClock, full
from tests.support.air.sensors import BEACON_AT, FEVER, STRAP_AT, THERMOMETER_AT, beacon, strap, thermometer

PROFILES = load_profiles(profiles_root())
RUUVI = bytes.fromhex("0512fc5394c37c0004fffc040cac364200cdcbb8334c884f")
MOVEMENT = bytes.fromhex("02009435770000000001f7ffffffe703f8fffeffe503")
BIND_KEY = "231d39c1d7cc1ab1aee224cd096db932"
SEALED = bytes.fromhex("41a47266c95f730011223378237214")
SPEED = 20

THERMOMETER = Device("t", "health_thermometer", "mia", THERMOMETER_AT, Site.AXILLA)
STRAP = Device("s", "polar_verity_sense", "mia", STRAP_AT, limb=Limb.LEFT_ANKLE)


@pytest.fixture
async def sky() -> Sky:
    return await Sky().start()


def around(sky: Sky, speed: float = SPEED) -> Air:
    return Air(QuickClock(speed), backend=sky.backend())


async def sending(sensor, uuid: str, payload: bytes, every_s: float) -> None:
    while True:
        if sensor.connected:
            await sensor.send(uuid, payload)
        await asyncio.sleep(every_s)


def test_a_beacon_is_recognised_and_read_without_a_connection():
    found = scan.recognised(Advert("A", "Ruuvi 884F", -60, manufacturer_data={0x0499: RUUVI}), PROFILES)
    assert [each.id for each in found.profiles] == ["ruuvi_tag"]
    assert scan.line(found) == (
        "-60 dBm  A  Ruuvi 884F            ruuvi_tag, room temperature and no rhythm, published payload, 24.3 °C"
    )
    plain = scan.facts(found)
    assert plain["profiles"][0]["uses"] == ["room temperature", "no rhythm"]
    assert plain["readings"][0] == {"quantity": "temperature", "value": 24.3, "unit": "Cel", "validity": "valid"}


def test_an_encrypted_beacon_says_what_it_needs():
    found = scan.recognised(Advert("54:48:E6:8F:80:A5", service_data={full("fcd2"): SEALED}), PROFILES)
    assert [each.id for each in found.profiles] == ["bthome_v2"]
    assert not found.readings
    assert "bind key" in scan.line(found)


def test_a_name_cannot_command_the_terminal():
    assert scan.printable("\x1b[2Jevil\n") == "?[2Jevil?"
    assert "\x1b" not in scan.line(scan.Found(Advert("A", "\x1b]0;x\x07")))


def test_what_fits_no_profile_is_unknown():
    assert scan.line(scan.recognised(Advert("A"), PROFILES)).endswith("A  -                     unknown")


@pytest.mark.parametrize(
    ("ident", "uses"),
    [
        ("polar_verity_sense", ["rhythm"]),
        ("polar_360", ["thermometer", "rhythm"]),
        ("health_thermometer", ["thermometer"]),
        ("infinitime_watch", ["no rhythm"]),
    ],
)
def test_what_the_hub_can_use_it_for(ident, uses):
    assert scan.uses(PROFILES[ident]) == uses


def test_what_is_looked_for_suits_the_place():
    assert "ruuvi_tag" not in pair.choice(PROFILES, "", Site.AXILLA)  # the room's temperature
    assert "health_thermometer" in pair.choice(PROFILES, "", Site.AXILLA)
    rhythm = pair.choice(PROFILES, "", Limb.LEFT_ANKLE)
    assert rhythm
    assert all(each.rhythm for each in rhythm.values())
    assert list(pair.choice(PROFILES, "infinitime_watch", Limb.WRIST)) == ["infinitime_watch"]


@pytest.mark.parametrize(
    ("named", "place", "says"),
    [
        ("health_termometer", Site.AXILLA, "did you mean 'health_thermometer'"),
        ("ruuvi_tag", Site.AXILLA, "measures no temperature of a body: give a --limb"),
        ("health_thermometer", Limb.CHEST, "measures no movement: give a --site"),
    ],
)
def test_a_profile_that_does_not_suit_is_refused(named, place, says):
    with pytest.raises(EdgeError, match=says):
        pair.choice(PROFILES, named, place)


@pytest.fixture
def loaded(tmp_path):
    file = tmp_path / "feverhub.toml"
    file.write_text(
        '[[person]]\nid = "mia"\n[[person]]\nid = "tom"\n[[device]]\nid = "old"\nprofile = "health_thermometer"\n'
        'address = "C0:00:00:00:00:0A"\nperson = "mia"\nsite = "axilla"\n'
    )
    return checked.load(file, state_dir=tmp_path, environment={})


def test_the_id_is_the_place_and_nothing_is_replaced_unasked(loaded):
    assert pair.identity(loaded, "mia", Limb.LEFT_ANKLE, "") == "left_ankle"
    assert pair.identity(loaded, "tom", Site.AXILLA, "") == "axilla"
    assert pair.identity(loaded, "mia", Site.AXILLA, "old") == "old"
    with pytest.raises(ConfigError, match="give --id old to put the new one in its place"):
        pair.identity(loaded, "mia", Site.AXILLA, "")
    with pytest.raises(ConfigError, match="worn by mia"):
        pair.identity(loaded, "tom", Site.AXILLA, "old")
    with pytest.raises(ConfigError, match="no person 'mio'"):
        pair.identity(loaded, "mio", Site.AXILLA, "")


def test_one_sensor_is_not_set_up_twice(loaded):
    with pytest.raises(ConfigError, match="set up as 'old' already"):
        pair.check_free(loaded, Device("new", "health_thermometer", "mia", "c0:00:00:00:00:0a"))


async def test_a_scan_finds_all_and_names_them(sky):
    await beacon(sky, RUUVI)
    await thermometer(sky)
    await strap(sky)
    found = {each.advert.address: each for each in await scan.scan(around(sky), PROFILES, 20)}
    assert found[BEACON_AT].profiles[0].id in {"ruuvi_tag", "bthome_v2"}
    assert [each.id for each in found[THERMOMETER_AT].profiles] == ["health_thermometer"]
    assert found[STRAP_AT].profiles == ()


async def test_looking_ends_soon_after_the_first_with_all_that_fit(sky):
    await thermometer(sky)
    await thermometer(sky, "C0:00:00:00:00:0E")
    await strap(sky)
    air = around(sky)
    start_s = air.clock.now().mono_s
    found = await pair.find(air, pair.choice(PROFILES, "", Site.AXILLA), 120)
    assert {each.advert.address for each in found} == {THERMOMETER_AT, "C0:00:00:00:00:0E"}
    assert pair.NEARER_S <= air.clock.now().mono_s - start_s < 60
    [one] = await pair.find(air, PROFILES, 120, "c0:00:00:00:00:0e")
    assert one.advert.address == "C0:00:00:00:00:0E"


async def test_a_window_in_which_nobody_fits_ends_with_what_to_try(sky):
    await strap(sky)
    with pytest.raises(EdgeError) as ended:
        await pair.find(around(sky), pair.choice(PROFILES, "", Site.AXILLA), 20)
    assert "within 20 s (of 1 Bluetooth devices near): switch it on" in str(ended.value)
    assert ended.value.exit_code == 1


def test_two_profiles_that_fit_equally_are_not_guessed():
    both = tuple(PROFILES[ident] for ident in ("polar_h10", "polar_360"))
    with pytest.raises(EdgeError, match="may be polar_h10 or polar_360: name the profile"):
        pair.profile_of(scan.Found(Advert("A"), both))
    assert pair.profile_of(scan.Found(Advert("A"), both[:1])) is both[0]


async def test_the_first_temperature(sky):
    sensor = await thermometer(sky)
    talking = asyncio.create_task(sending(sensor, MEASUREMENT, FEVER, 0.05))
    first = await pair.first_value(around(sky), THERMOMETER, PROFILES["health_thermometer"])
    talking.cancel()
    assert first.sentence == "first value 37.6 °C, settling: about 10 minutes until reliable"
    assert not sensor.connected


async def test_the_first_movement_is_counted_as_it_arrives(sky):
    sensor = await strap(sky, name="Polar Sense 1")
    talking = asyncio.create_task(sending(sensor, PMD_DATA, MOVEMENT, 0.04))
    first = await pair.first_value(around(sky, 2), STRAP, PROFILES["polar_verity_sense"])
    talking.cancel()
    assert first.rate_hz == pytest.approx(25, rel=0.35)  # 2 samples every 40 ms, on a clock twice as fast
    assert first.sentence == f"movement heard: {first.rate_hz:.0f} samples a second"


@pytest.mark.parametrize(
    ("payload", "says"), [(None, "gave no value"), (b"\x00\x01", "what health_thermometer cannot read")]
)
async def test_a_sensor_that_says_nothing_of_use_is_not_taken(sky, payload, says):
    sensor = await thermometer(sky)
    talking = asyncio.create_task(sending(sensor, MEASUREMENT, payload, 0.05) if payload else asyncio.sleep(0))
    with pytest.raises(EdgeError, match=says):
        await pair.first_value(around(sky, 100), THERMOMETER, PROFILES["health_thermometer"])
    talking.cancel()


async def test_a_sensor_that_went_away_is_not_taken(sky):
    await thermometer(sky, "C0:00:00:00:00:0E")
    with pytest.raises(EdgeError, match="was not heard again"):
        await pair.first_value(around(sky, 100), THERMOMETER, PROFILES["health_thermometer"])


@pytest.mark.parametrize("key", ["", BIND_KEY])
async def test_an_encrypted_beacon_is_taken_with_its_key_alone(sky, key):
    at = "54:48:E6:8F:80:A5"
    await sky.peripheral("B", at, connectable=False, advertised=[(0x16, bytes.fromhex("d2fc") + SEALED)])
    device = Device("b", "bthome_v2", "mia", at, Site.AXILLA, key=key)
    listening = pair.first_value(around(sky, 100), device, PROFILES["bthome_v2"])
    if key:
        assert (await listening).sentence.startswith("first value 25.1 °C, settling")
        return
    with pytest.raises(EdgeError, match="b_key of the credentials folder"):
        await listening
