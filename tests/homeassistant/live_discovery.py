"""What Home Assistant makes of the hub's discovery documents."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.homeassistant.conftest import COMMANDING, EAR, HEARD, HOUSE, MOVING, OTHER_CHILD, SPOT
from tests.homeassistant.instance import inside
from tests.support.home_assistant import PLATFORMS, SHARED
from tests.support.servers import until

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]
HUB, MIA = "feverhub_cot", "feverhub_cot_mia"


async def documents(home):
    """Each retained discovery document, by the identifier of its device."""
    found = {}
    async with home.phone("homeassistant/device/+/config", user="hub") as phone:
        while len(found) < 2:
            device = json.loads((await phone.next(20.0)).payload)
            found[device["dev"]["identifiers"][0]] = device
    return found


def test_the_table_that_every_document_is_held_to_is_home_assistants_own():
    script = Path(__file__).with_name("keys.py").read_text("utf-8")
    done = subprocess.run(
        inside("/ha/bin/python", "-", *PLATFORMS), input=script, capture_output=True, text=True, timeout=60, check=True
    )
    theirs = json.loads(done.stdout)
    for platform, (must, may) in PLATFORMS.items():
        assert (must | may | SHARED) - {"p"} <= set(theirs[platform]), platform
        assert must == {key for key, needed in theirs[platform].items() if needed} - {"device"}, platform


async def test_everything_that_is_told_is_there_with_its_name_unit_and_class(open_house):
    house = await open_house(HOUSE + MOVING)
    with house.home.running():
        await as_told(house)


async def as_told(house):
    told = await documents(house.home)
    parts = {part["unique_id"]: part for device in told.values() for part in device["cmps"].values()}
    await house.assistant.found(*parts)
    entities, states = house.assistant.entities(), house.assistant.states()
    assert set(entities) == set(parts)
    for unique_id, part in parts.items():
        entity = entities[unique_id]
        attributes = states[entity["entity_id"]]["attributes"]
        assert entity["entity_id"].split(".")[0] == part["p"]
        assert entity["original_name"] == part["name"]
        for key in ("device_class", "unit_of_measurement", "state_class", "icon", "options", "event_types"):
            assert attributes.get(key) == part.get(key), (unique_id, key)
        assert entity["entity_category"] == part.get("entity_category")
    devices = house.assistant.devices()
    assert (devices[HUB]["name"], devices[MIA]["name"]) == ("feverhub cot", "Mia")
    assert devices[MIA]["via_device_id"] == devices[HUB]["id"]


async def test_a_number_is_there_once_it_is_measured_and_goes_with_the_trust_in_it(house):
    patch, trend = await house.assistant.found(f"{MIA}_patch_value", f"{MIA}_patch_trend")
    await house.assistant.shows(patch, "unavailable")
    house.warm(36.8)
    shown = await house.assistant.shows(patch, "36.8")
    assert (shown["attributes"]["unit_of_measurement"], shown["attributes"]["validity"]) == ("°C", "valid")
    await house.assistant.shows(trend, "unavailable")
    for _ in range(5):  # it lies beside her
        house.warm(21.0)
    await house.assistant.shows(patch, "unavailable")


async def test_a_family_that_reads_fahrenheit_sees_fahrenheit(open_house):
    house = await open_house(fahrenheit=True)
    with house.home.running():
        await house.listens()
        [spot] = await house.assistant.found(f"{MIA}_ear_value")
        house.warm(38.9, EAR)
        shown = await house.assistant.shows(spot, "102.02", "102.0")
        assert shown["attributes"]["unit_of_measurement"] == "°F"


async def test_what_the_hub_no_longer_offers_is_gone(open_house):
    """A document that merely leaves it out would leave "Fever: off" there, of a child who has no thermometer."""
    house = await open_house(HOUSE + MOVING)
    gone = (f"{MIA}_fever", f"{MIA}_low_temperature", f"{MIA}_acknowledge", f"{MIA}_illness", f"{HUB}_on_watch")
    with house.home.running():
        await house.assistant.found(*gone, f"{MIA}_seizure_like_movement")
        text = house.home.config.read_text()
        house.home.config.write_text(text.replace(HEARD, "").replace(COMMANDING, ""))
    with house.home.running():
        await until(lambda: not set(gone) & set(house.assistant.entities()), 30.0, look_s=0.2)
        [left] = await house.assistant.found(f"{MIA}_seizure_like_movement")
        await house.assistant.shows(left, "off")
    house.assistant.stop()
    await house.assistant.start()
    assert not set(gone) & set(house.assistant.entities())


async def test_a_sensor_that_was_taken_away_is_gone_with_its_number(open_house):
    house = await open_house(HOUSE)
    gone = (f"{MIA}_ear_value", f"{MIA}_ear_battery", f"{MIA}_ear_battery_low")
    with house.home.running():
        await house.listens()
        [number, *_] = await house.assistant.found(*gone)
        house.warm(36.8, EAR)
        await house.assistant.shows(number, "36.8")
        house.home.config.write_text(house.home.config.read_text().replace(SPOT, ""))
    with house.home.running():
        await until(lambda: not set(gone) & set(house.assistant.entities()), 60.0, look_s=0.2)
        await house.listens()
        [patch] = await house.assistant.found(f"{MIA}_patch_value")
        house.warm(36.9)
        await house.assistant.shows(patch, "36.9")


async def test_a_child_who_left_is_gone_and_the_other_stays(open_house):
    house = await open_house(HOUSE + OTHER_CHILD)
    with house.home.running():
        await house.assistant.found("feverhub_cot_ben_band_value", f"{MIA}_patch_value")
        house.warm(36.8)
        house.home.config.write_text(house.home.config.read_text().replace(OTHER_CHILD, ""))
    with house.home.running():
        await until(lambda: set(house.assistant.devices()) == {HUB, MIA}, 60.0, look_s=0.2)
        assert not [each for each in house.assistant.entities() if "_ben_" in each]
        assert f"{MIA}_patch_value" in house.assistant.entities()
