"""Nothing that Home Assistant shows looks alive once the hub, or a sensor, is silent."""

import asyncio
import json
import signal
import time

import pytest

from tests.homeassistant.conftest import HOUSE, MOVING
from tests.support.servers import end, until

pytestmark = [pytest.mark.system, pytest.mark.timeout(400)]
HUB, MIA = "feverhub_cot", "feverhub_cot_mia"


def alive(house):
    """Of what is shown of the hub, the ids that are not unavailable."""
    states = house.assistant.states()
    ours = [each["entity_id"] for each in house.assistant.entities().values()]
    return {each for each in ours if each in states and states[each]["state"] != "unavailable"}


async def test_a_hub_that_was_killed_is_unavailable_by_its_will_and_back_after_its_start(open_house):
    house = await open_house()
    hub = house.home.start_hub()
    try:
        patch, fever = await house.assistant.found(f"{MIA}_patch_value", f"{MIA}_fever")
        await house.listens()
        house.warm(36.8)
        await house.assistant.shows(patch, "36.8")
        assert alive(house) >= {patch, fever}
    finally:
        end(hub, signal.SIGKILL)
        hub.communicate()
    await until(lambda: not alive(house), 20.0, look_s=0.2)
    with house.home.running():
        await house.assistant.shows(fever, "off")
        await house.listens()
        house.warm(36.9)
        await house.assistant.shows(patch, "36.9")


async def test_after_a_power_cut_that_only_the_broker_survives_what_is_kept_expires(open_house):
    """The will is lost with the broker, which then says `online` and the last value of a hub that is not there."""
    house = await open_house(HOUSE + MOVING)
    house.expected = r"components\.mqtt\.client|Error doing job"  # of a connection that is lost
    hub = house.home.start_hub()
    try:
        ankle, fever = await house.assistant.found(f"{MIA}_ankle_value", f"{MIA}_fever")
        async with asyncio.timeout(60.0):
            while house.assistant.states()[ankle]["state"] == "unavailable":
                house.lying_still()
                await asyncio.sleep(1.0)
        await house.assistant.shows(fever, "off")
        house.home.broker.save()
    finally:
        house.home.broker.kill()
        end(hub, signal.SIGKILL)
        hub.communicate()
    await until(lambda: not alive(house), 20.0, look_s=0.2)
    house.home.broker.start()
    await house.assistant.shows(fever, "off", timeout_s=60.0)
    back_s = time.monotonic()
    await house.assistant.shows(ankle, "unavailable", timeout_s=60.0)
    await house.assistant.shows(fever, "unavailable", timeout_s=110.0)
    assert time.monotonic() - back_s < 100.0
    left = alive(house)
    assert not [each for each in left if each.split(".")[0] in {"sensor", "binary_sensor"} and "patch" not in each]


async def test_a_document_that_is_wrong_would_be_seen_in_the_log(open_house):
    """The positive control of every other test here, which holds the log empty."""
    house = await open_house()
    house.expected = "cot_wrong"
    async with house.home.phone(user="hub") as hub:
        wrong = {"dev": {"ids": "x"}, "o": {"name": "x"}, "cmps": {"x": {"p": "sensor", "unique_id": "x", "qos": 7}}}
        hub.publish("homeassistant/device/cot_wrong/config", json.dumps(wrong).encode(), retain=True)
        await until(house.assistant.complaints, 20.0, look_s=0.2)
