"""An alarm of the hub as Home Assistant shows it, passes it on to phones and lights, and answers it."""

import json

import pytest

from tests.homeassistant.conftest import EAR
from tests.support.servers import until

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]
HUB, MIA = "feverhub_cot", "feverhub_cot_mia"
LAMP = "input_boolean.lamp"


async def automated(house):
    """With both blueprints in use; the event entity that they listen to."""
    [event] = await house.assistant.found(f"{MIA}_event")
    phones = ["mobile_app_anna", "mobile_app_ben"]
    house.assistant.automate("feverhub_alarm.yaml", alarm_event=event, phones=phones, hub="cot", share_details=True)
    house.assistant.automate("feverhub_light.yaml", alarm_event=event, things={"entity_id": LAMP})
    await house.assistant.shows("automation.feverhub_alarm_yaml", "on")
    await house.assistant.shows("automation.feverhub_light_yaml", "on")
    return event


def of(house, alarm, phone="mobile_app_anna"):
    """What that phone was sent about that alarm, oldest first."""
    return [each for each in house.assistant.sent(phone) if each["data"]["tag"] == f"feverhub-{alarm['id']}"]


async def last(house, alarm, phone="mobile_app_anna", *, after=0):
    """The newest of it, once there are more than so many."""
    sent = await until(lambda: of(house, alarm, phone)[after:], 20.0, look_s=0.1)
    return sent[-1]


async def test_both_blueprints_are_taken_by_its_own_reader(house):
    listed = house.assistant.websocket("blueprint/list", domain="automation")
    ours = {path: each for path, each in listed.items() if path.startswith("feverhub/")}
    assert set(ours) == {"feverhub/feverhub_alarm.yaml", "feverhub/feverhub_light.yaml"}
    for each in ours.values():
        assert "error" not in each
        assert each["metadata"]["domain"] == "automation"


async def test_a_fever_rings_the_phones_lights_the_lamp_and_a_button_answers_it(house):
    event = await automated(house)
    fever, coming = await house.assistant.found(f"{MIA}_fever", f"{MIA}_acknowledge")
    await house.assistant.shows(fever, "off")
    house.warm(38.9, EAR)
    await house.assistant.shows(fever, "on")
    raised = await house.alarm("fever", "on")
    told = house.assistant.states()[event]["attributes"]
    assert (told["event_type"], told["id"], told["person"]) == ("alarm", raised["id"], "mia")
    for phone in ("mobile_app_anna", "mobile_app_ben"):
        rings = await last(house, raised, phone)
        assert rings["message"] == raised["text"]
        assert rings["data"]["push"]["interruption-level"] == "critical"
    await house.assistant.shows(LAMP, "on")

    rung = len(of(house, raised))
    house.assistant.call("button.press", entity_id=coming)
    answered = await house.alarm("fever", "ack")
    assert (answered["id"], answered["acknowledged_by"]) == (raised["id"], "assistant")
    quiet = await last(house, raised, after=rung)
    assert quiet["data"]["push"] == {"interruption-level": "passive", "sound": "none"}
    assert "Assistant is coming" in quiet["message"]
    await house.assistant.shows(fever, "on")


async def test_a_tap_on_a_phone_answers_that_alarm(house):
    await automated(house)
    house.warm(38.9, EAR)
    raised = await house.alarm("fever", "on")
    rings = await last(house, raised)
    coming, quiet = (each["action"] for each in rings["data"]["actions"])
    assert coming == f"feverhub-coming-{raised['id']}"
    house.assistant.fire("mobile_app_notification_action", action=quiet)
    async with house.home.phone("feverhub/cot/mia/alarm/fever") as phone:
        while (state := json.loads((await phone.next(20.0)).payload))["silent_until"] is None:
            pass
    assert (state["id"], state["reason"]) == (raised["id"], "snoozed")
    house.assistant.fire("mobile_app_notification_action", action=coming)
    assert (await house.alarm("fever", "ack"))["acknowledged_by"] == "assistant"


async def test_an_alarm_stands_over_a_restart_of_home_assistant(house):
    event = await automated(house)
    [fever] = await house.assistant.found(f"{MIA}_fever")
    house.warm(38.9, EAR)
    await house.assistant.shows(fever, "on")
    raised = await house.alarm("fever", "on")
    await last(house, raised)
    rung = len(of(house, raised))
    house.assistant.stop()
    await house.assistant.start()
    shown = await house.assistant.shows(fever, "on")
    assert (shown["attributes"]["id"], shown["attributes"]["text"]) == (raised["id"], raised["text"])
    assert house.assistant.states()[event]["state"] != "unavailable"
    assert len(of(house, raised)) == rung, "what rang before rings no second time"
    house.assistant.fire("mobile_app_notification_action", action=f"feverhub-coming-{raised['id']}")
    await house.alarm("fever", "ack")
    assert (await last(house, raised, after=rung))["data"]["push"]["interruption-level"] == "passive"


BUTTONS = ("acknowledge", "snooze", "awake")
OF_THE_HUB = ("test", "drill", "good_night")


async def test_each_button_switch_and_choice_is_taken_by_the_hub(house):
    ids = [*(f"{MIA}_{each}" for each in BUTTONS), *(f"{HUB}_{each}" for each in OF_THE_HUB)]
    buttons = await house.assistant.found(*ids)
    [ill, on_watch] = await house.assistant.found(f"{MIA}_illness", f"{HUB}_on_watch")
    async with house.home.phone("feverhub/cot/reply/homeassistant", user="homeassistant") as answers:
        for button in buttons:
            await house.assistant.shows(button, "unknown")
        house.warm(38.9, EAR)
        await house.alarm("fever", "on")
        for button in buttons:
            house.assistant.call("button.press", entity_id=button)
            answer = json.loads((await answers.next(20.0)).payload)
            assert answer["ok"], (button, answer)
        for action, word in (("turn_on", "on"), ("turn_off", "off")):
            house.assistant.call(f"switch.{action}", entity_id=ill)
            assert json.loads((await answers.next(20.0)).payload)["ok"]
            await house.assistant.shows(ill, word)
        house.assistant.call("select.select_option", entity_id=on_watch, option="assistant")
        assert json.loads((await answers.next(20.0)).payload)["ok"]
