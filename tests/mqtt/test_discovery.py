"""What Home Assistant is told: valid by its documented schema, and its templates say what the topics say."""

import json
from dataclasses import replace
from typing import Any

import jinja2
import pytest

from edge import config as configuration
from edge import pipeline
from edge.app.load.profiles import load_profiles, profiles_root
from edge.model.alarm import Condition
from edge.model.effect import ShowLatest
from edge.model.moment import Now
from edge.model.people import Device, Site
from edge.model.reading import Quantity, Unit, Validity
from edge.mqtt import discovery, payloads
from edge.mqtt.topics import Topics
from tests.support.family import PATCH, caregiver, family
from tests.support.home_assistant import DEVICE, PLATFORMS, SHARED

HOME = family(ankle="polar_verity_sense", more=caregiver("Irena", 'role = "viewer"', 'mqtt_user = "grandmother"'))
COMMANDING = caregiver("ha", 'mqtt_user = "homeassistant"')

CLASSES = {
    "sensor": {"temperature", "battery", None},
    "binary_sensor": {"problem", "battery"},
}


def devices(text: str = HOME) -> dict[str, dict[str, Any]]:
    config = configuration.parse([configuration.Source(text, "test")])
    setup = pipeline.Setup(config, load_profiles(profiles_root()))
    state, _ = pipeline.begin(setup, Now(0.0, 1.795e9, True))
    return {topic: json.loads(body) for topic, body in discovery.messages(config, state.sensors.values())}


def child(text: str = HOME) -> dict[str, Any]:
    return offered(devices(text)["homeassistant/device/cot_mia/config"])


def offered(device: dict[str, Any]) -> dict[str, Any]:
    """Without what the document removes."""
    return {key: part for key, part in device["cmps"].items() if part.keys() != {"p"}}


def rendered(template: str, payload: bytes) -> str:
    """As Home Assistant renders a value template."""
    return jinja2.Environment(autoescape=False).from_string(template).render(value_json=json.loads(payload))


def health(**fields: object) -> bytes:
    watches = [payloads.Watch("mia", "ankle", "nothing heard"), payloads.Watch("mia", "patch")]
    return payloads.health(7, 1.795e9, watches, {"alarms": [], "on_watch": None} | fields)


STANDING = {"condition": "fever", "person": "mia", "device": "", "priority": "medium", "presence": "on"}


@pytest.mark.parametrize("text", [HOME, HOME + COMMANDING])
def test_it_keeps_to_the_published_schema(text: str) -> None:
    found = devices(text)
    assert set(found) == {"homeassistant/device/cot/config", "homeassistant/device/cot_mia/config"}
    unique: list[str] = []
    for device in found.values():
        must, may = DEVICE
        assert must <= set(device) <= must | may
        assert device["dev"]["identifiers"]
        assert device["o"]["name"] == "feverhub"
        for key, part in device["cmps"].items():
            if part.keys() == {"p"}:
                assert part["p"] in PLATFORMS, key
                continue
            must, may = PLATFORMS[part["p"]]
            assert must <= set(part) <= must | may | SHARED, key
            assert part.get("device_class") in CLASSES.get(part["p"], {None}), key
            unique.append(part["unique_id"])
    assert len(unique) == len(set(unique))


def test_both_the_hub_and_the_sensor_must_be_there() -> None:
    value = child()["patch_value"]
    assert value["availability_mode"] == "all"
    hub, sensor = value["availability"]
    assert hub == {"topic": "feverhub/cot/status"}
    for celsius, word in ((38.9, "online"), (None, "offline")):
        validity = Validity.VALID if celsius else Validity.INVALID
        shown = ShowLatest("mia", "patch", "axilla", Quantity.TEMPERATURE, celsius, Unit.CELSIUS, validity, 1.795e9)
        topic, body = payloads.latest("cot", shown)
        assert sensor["topic"] == topic == value["state_topic"]
        assert rendered(sensor["value_template"], body) == word


@pytest.mark.parametrize(
    ("c_per_h", "word", "shown"), [(1.2, "online", "1.2"), (0.0, "online", "0.0"), (None, "offline", "None")]
)
def test_the_trend_is_there_only_while_the_hub_knows_it(c_per_h: float | None, word: str, shown: str) -> None:
    trend = child()["patch_trend"]
    latest = ShowLatest("mia", "patch", "axilla", Quantity.TEMPERATURE, 38.9, Unit.CELSIUS, Validity.VALID, 1.795e9)
    topic, body = payloads.latest("cot", replace(latest, trend_c_per_h=c_per_h))
    _, known = trend["availability"]
    assert topic == trend["state_topic"] == known["topic"]
    assert (rendered(known["value_template"], body), rendered(trend["value_template"], body)) == (word, shown)
    assert trend["unit_of_measurement"] == "°C/h"
    assert trend["expire_after"] == child()["patch_value"]["expire_after"]


def test_what_moves_and_what_is_held_on_for_a_moment_has_no_trend() -> None:
    assert "ankle_trend" not in child()


def test_a_hub_that_says_nothing_is_never_taken_for_quiet() -> None:
    for device in devices(HOME + COMMANDING).values():
        for key, part in offered(device).items():
            if part["p"] in {"binary_sensor", "sensor"}:
                assert 0 < part["expire_after"] <= 3600, key


def test_every_alarm_of_the_child_is_read_from_the_standing_ones() -> None:
    parts = child()
    words = {name: rendered(parts[name]["value_template"], health(alarms=[STANDING])) for name in ("fever", "rigor")}
    assert words == {"fever": "ON", "rigor": "OFF"}
    assert parts["fever"]["json_attributes_topic"] == "feverhub/cot/mia/alarm/fever"
    physiological = {"seizure_like_movement", "prolonged_movement", "fever", "high_fever", "low_temperature"}
    assert physiological <= set(parts)


def test_another_childs_alarm_is_not_hers() -> None:
    other = health(alarms=[STANDING | {"person": "ben"}])
    assert rendered(child()["fever"]["value_template"], other) == "OFF"


def test_not_watching_names_the_sensor_and_why() -> None:
    part = child()["not_watching"]
    assert rendered(part["value_template"], health()) == "ON"
    assert json.loads(rendered(part["json_attributes_template"], health())) == {
        "sensors": [{"person": "mia", "device": "ankle", "reason": "nothing heard"}]
    }


def test_a_battery_is_that_sensors() -> None:
    low = STANDING | {"condition": "battery_low", "device": "patch"}
    said = health(alarms=[low], battery_percent={"patch": 5.0})
    words = {name: rendered(part["value_template"], said) for name, part in child().items() if "battery" in name}
    assert words == {
        "patch_battery": "5.0",
        "patch_battery_low": "ON",
        "ankle_battery": "None",
        "ankle_battery_low": "OFF",
    }


@pytest.mark.parametrize(
    ("presence", "word"), [("on", "alarm"), ("latch", "unanswered"), ("ack", "answered"), ("off", "over")]
)
def test_the_event_says_what_happened(presence: str, word: str) -> None:
    part = child()["event"]
    told = json.loads(rendered(part["value_template"], json.dumps({"id": "e-7", "presence": presence}).encode()))
    assert told == {"id": "e-7", "presence": presence, "event_type": word}
    assert word in part["event_types"]
    assert part["state_topic"] == Topics("cot").event("mia")


def test_only_who_may_command_gets_buttons() -> None:
    kinds = {part["p"] for device in devices().values() for part in offered(device).values()}
    assert kinds == {"sensor", "binary_sensor", "event"}
    viewer = COMMANDING + 'role = "viewer"\n'
    assert {part["p"] for part in child(HOME + viewer).values()} == {"sensor", "binary_sensor", "event"}
    parts = child(HOME + COMMANDING)
    assert parts["acknowledge"]["command_topic"] == "feverhub/cot/cmd/homeassistant/acknowledge"
    assert json.loads(parts["illness"]["payload_off"]) == {"schema": 1, "person": "mia", "over": True}
    assert json.loads(parts["snooze"]["payload_press"]) == {"schema": 1, "minutes": 30}


def removed(text: str) -> dict[str, dict[str, str]]:
    """By device, what its document removes."""
    return {
        device["dev"]["name"]: {key: part["p"] for key, part in device["cmps"].items() if part.keys() == {"p"}}
        for device in devices(text).values()
    }


def test_what_is_no_longer_offered_is_removed_and_not_merely_left_out() -> None:
    """Home Assistant's documentation of MQTT discovery, "Removing a component": its platform alone."""
    without_thermometer = removed(HOME.replace(PATCH, "") + COMMANDING)["Mia"]
    assert set(without_thermometer) > {"fever", "high_fever", "low_temperature"}
    assert set(without_thermometer.values()) == {"binary_sensor"}
    assert "seizure_like_movement" not in without_thermometer
    assert removed(HOME + COMMANDING)["feverhub cot"] == {}
    viewer = removed(HOME + COMMANDING + 'role = "viewer"\n')
    buttons = {"test": "button", "drill": "button", "good_night": "button"}
    assert viewer["feverhub cot"] == {**buttons, "on_watch": "select"}
    commands = {"acknowledge": "button", "snooze": "button", "awake": "button", "illness": "switch"}
    assert viewer["Mia"].items() >= commands.items()


def test_who_is_on_watch_can_be_seen_and_chosen() -> None:
    part = devices(HOME + COMMANDING)["homeassistant/device/cot/config"]["cmps"]["on_watch"]
    assert part["options"] == ["everyone", "anna", "ha"]
    assert rendered(part["value_template"], health()) == "everyone"
    assert rendered(part["value_template"], health(on_watch="anna")) == "anna"
    chosen = jinja2.Template(part["command_template"]).render(value="anna")
    assert json.loads(chosen) == {"schema": 1, "to": "anna"}


def test_it_can_be_turned_off() -> None:
    assert devices(HOME + "[homeassistant]\ndiscovery = false\n") == {}


def test_a_long_name_still_makes_an_id_and_always_the_same() -> None:
    long = discovery.child_id("a" * 32, "mia")
    assert len(long) == 32
    assert long == discovery.child_id("a" * 32, "mia") != discovery.child_id("a" * 32, "ben")


def test_what_caregivers_read_by_hand_is_no_sensor_of_the_house() -> None:
    config = configuration.parse([configuration.Source(HOME, "test")])
    state, _ = pipeline.begin(pipeline.Setup(config, load_profiles(profiles_root())), Now(0.0, 1.795e9, True))
    by_hand = replace(state.sensors["patch"], device=Device("hand_mia_ear", "by_hand", "mia", site=Site.EAR))
    found = discovery.messages(config, [*state.sensors.values(), by_hand])
    assert found == discovery.messages(config, state.sensors.values())


def test_all_of_the_hubs_own_conditions_are_there() -> None:
    parts = devices()["homeassistant/device/cot/config"]["cmps"]
    assert {"adapter_down", "storage_error", "broker_down", "nobody_reachable"} <= set(parts)
    assert str(Condition.FEVER) not in parts
