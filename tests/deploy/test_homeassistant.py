"""The blueprints: that they read as YAML, and what each change of an alarm becomes on the phones."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from edge.model.alarm import Alarm, AlarmKey, Condition, Kind, Presence, Priority, Reason
from edge.model.event import Verb
from edge.mqtt.discovery import messages
from tests.support.core import WALL_S, Core
from tests.support.home_assistant import WORDS, Blueprint, Input

FOLDER = Path(__file__).parents[2] / "deploy" / "homeassistant"
BLUEPRINTS = sorted(FOLDER.glob("*.yaml"))
PHONES = ["mobile_app_anna", "mobile_app_ben"]

FEVER = Alarm(
    id="mia-fever-7-1800000000",
    key=AlarmKey(Condition.FEVER, "mia"),
    kind=Kind.PHYSIOLOGICAL,
    priority=Priority.MEDIUM,
    presence=Presence.ON,
    onset_s=WALL_S - 300.0,
    raised_s=WALL_S,
    sequence=7,
    reason=Reason.DELAY_OVER,
    text="Mia: 39.1 °C, limit 38.5 °C, since 02:14",
    private="Fieber. Sieh nach dem Kind.",
    changed_s=WALL_S,
)
MOVEMENT = replace(
    FEVER,
    id="mia-seizure_like_movement-8-1800000000",
    key=AlarmKey(Condition.SEIZURE_LIKE_MOVEMENT, "mia"),
    priority=Priority.HIGH,
)
SILENT = replace(
    FEVER, id="mia-no_data-9-1800000000", key=AlarmKey(Condition.NO_DATA, "mia", "patch"), kind=Kind.TECHNICAL
)


def blueprint(**inputs) -> Blueprint:
    return Blueprint(FOLDER / "feverhub_alarm.yaml", WALL_S + 1.0, alarm_event="event.mia", phones=PHONES, **inputs)


def over(alarm: Alarm, reason: Reason = Reason.EVIDENCE_ENDED) -> Alarm:
    return replace(alarm, presence=Presence.OFF, reason=reason, cleared_s=WALL_S)


def answered(alarm: Alarm, **more) -> Alarm:
    return replace(alarm, presence=Presence.ACK, reason=Reason.ACKNOWLEDGED, acknowledged_by="anna", **more)


@pytest.mark.parametrize("path", BLUEPRINTS, ids=lambda path: path.stem)
def test_it_uses_what_it_declares(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    document = yaml.load(text, Input)
    assert document["blueprint"]["domain"] == "automation"
    assert set(re.findall(r"!input (\w+)", text)) == set(document["blueprint"]["input"])
    assert {"triggers", "conditions", "actions"} <= set(document)


def test_there_are_both() -> None:
    assert [path.stem for path in BLUEPRINTS] == ["feverhub_alarm", "feverhub_light"]


def test_the_words_of_the_event_are_those_of_the_discovery_document() -> None:
    core = Core()
    [event] = [
        component
        for _, payload in messages(core.setup.config, core.state.sensors.values())
        for name, component in json.loads(payload)["cmps"].items()
        if name == "event" and "mia" in component["state_topic"]
    ]
    assert event["event_types"] == list(WORDS.values())


# ------------------------------------------------------------------------------------------ what rings


@pytest.mark.parametrize(
    ("alarm", "critical"),
    [
        (MOVEMENT, True),
        (FEVER, True),
        (replace(FEVER, key=AlarmKey(Condition.TEMPERATURE_RISING, "mia"), priority=Priority.LOW), False),
        (SILENT, False),
        (replace(SILENT, priority=Priority.HIGH), True),
        (replace(SILENT, key=AlarmKey(Condition.BATTERY_LOW, "mia", "patch"), priority=Priority.LOW), False),
    ],
    ids=["movement", "fever", "rising", "silent sensor", "silent sensor in a fever", "battery"],
)
def test_what_breaks_through_a_phones_silence_is_what_the_hubs_own_pushes_do(alarm, critical) -> None:
    calls = blueprint().alarm(alarm)
    assert [name for name, _ in calls] == [f"notify.{phone}" for phone in PHONES]
    for _, call in calls:
        rings = call["data"]
        assert rings["push"]["interruption-level"] == ("critical" if critical else "active")
        assert rings["push"]["sound"]["critical"] == int(critical)
        assert rings["channel"] == ("alarm_stream" if critical else "feverhub")
        assert rings["tag"] == f"feverhub-{alarm.id}"
        assert [each["title"] for each in rings["actions"]] == ["I'm coming", "Quiet for 30 min"]


def test_a_priority_of_none_reaches_no_phone() -> None:
    assert blueprint().alarm(replace(SILENT, priority=Priority.NONE)) == []


def test_what_is_old_rings_nowhere() -> None:
    assert blueprint().alarm(FEVER), "the positive control"
    assert blueprint().alarm(replace(FEVER, changed_s=WALL_S - 3600.0)) == []


@pytest.mark.parametrize(
    "alarm",
    [
        answered(FEVER),
        answered(MOVEMENT),
        replace(MOVEMENT, reason=Reason.ACKNOWLEDGED, acknowledged_by="anna"),
        replace(FEVER, reason=Reason.SNOOZED, silent_until_s=WALL_S + 1800.0),
        replace(SILENT, priority=Priority.HIGH, reason=Reason.PAUSED, silent_until_s=WALL_S + 600.0),
        over(SILENT),
        over(MOVEMENT, Reason.NEW_ONSET),
    ],
    ids=["coming", "coming, movement", "coming, from elsewhere", "snoozed", "paused", "technical end", "began anew"],
)
def test_an_answer_and_a_technical_end_take_the_alarms_place_without_a_sound(alarm) -> None:
    """Not `clear_notification`: home-assistant/iOS 4304, since 2026 it takes nothing off an iPhone."""
    for _, call in blueprint().alarm(alarm):
        assert call["data"]["tag"] == f"feverhub-{alarm.id}"
        assert call["data"]["push"] == {"interruption-level": "passive", "sound": "none"}
        assert call["data"]["importance"] == "low"
        assert "actions" not in call["data"]
        assert call["message"] != "clear_notification"
    assert len(blueprint().alarm(alarm)) == len(PHONES)


def test_the_end_of_what_the_child_had_is_heard_as_any_message() -> None:
    for _, call in blueprint().alarm(over(MOVEMENT)):
        assert call["data"]["push"] == {"interruption-level": "active", "sound": "default"}


@pytest.mark.parametrize("alarm", [FEVER, answered(FEVER), over(FEVER)], ids=["alarm", "answered", "over"])
def test_without_leave_neither_name_nor_value_goes_through_other_servers(alarm) -> None:
    for _, call in blueprint().alarm(alarm):
        assert "Mia" not in str(call)
        assert "39.1" not in str(call)
        assert call["message"] == FEVER.private
    for _, call in blueprint(share_details=True).alarm(alarm):
        assert call["message"] == FEVER.text


@pytest.mark.parametrize(
    ("alarm", "lit"),
    [
        (MOVEMENT, True),
        (SILENT, True),
        (replace(SILENT, priority=Priority.LOW), False),
        (answered(MOVEMENT), False),
        (replace(MOVEMENT, reason=Reason.ACKNOWLEDGED, acknowledged_by="anna"), False),
        (replace(FEVER, reason=Reason.SNOOZED, silent_until_s=WALL_S + 1800.0), False),
        (over(MOVEMENT), False),
        (replace(MOVEMENT, changed_s=WALL_S - 3600.0), False),
    ],
    ids=["movement", "silent sensor", "soft", "coming", "coming, from elsewhere", "snoozed", "over", "old"],
)
def test_lights_and_sirens_go_on_for_what_nobody_has_answered(alarm, lit) -> None:
    lights = {"entity_id": "light.hall"}
    calls = Blueprint(FOLDER / "feverhub_light.yaml", WALL_S + 1.0, things=lights).alarm(alarm)
    assert calls == ([("homeassistant.turn_on", {"target": lights})] if lit else [])


# ------------------------------------------------------------------------------------------ what is tapped


def test_a_button_answers_that_episode_and_nothing_waits_for_it() -> None:
    phones = blueprint(hub="cot", user="ha")
    [_, (_, call)] = phones.alarm(FEVER)
    coming, quiet = (each["action"] for each in call["data"]["actions"])
    for action, verb, more in ((coming, Verb.ACKNOWLEDGE, {}), (quiet, Verb.SNOOZE, {"minutes": 30})):
        [(name, publish)] = phones.tap(action)
        assert (name, publish["topic"]) == ("mqtt.publish", f"feverhub/cot/cmd/ha/{verb}")
        sent = publish["payload"] if isinstance(publish["payload"], dict) else json.loads(publish["payload"])
        assert sent == {"schema": 1, "alarm": FEVER.id, "request_id": "01JTAP", **more}
    assert "wait_for_trigger" not in (FOLDER / "feverhub_alarm.yaml").read_text(encoding="utf-8"), (
        "fifty runs that wait for taps would leave no room for the next alarm"
    )


def test_the_buttons_may_be_named_in_the_familys_language() -> None:
    [(_, call), _] = blueprint(coming_label="Ich komme", quiet_label="30 min Ruhe").alarm(FEVER)
    assert [each["title"] for each in call["data"]["actions"]] == ["Ich komme", "30 min Ruhe"]


def test_a_tap_of_another_automation_or_of_another_child_is_none() -> None:
    phones = blueprint()
    phones.alarm(FEVER)
    assert phones.tap(f"feverhub-coming-{FEVER.id}"), "the positive control"
    assert phones.tap("open_garage") == []
    assert phones.tap("feverhub-coming-max-fever-7-1800000000") == []


# ------------------------------------------------------------------------------------------ minutes on the lock screen


def test_a_live_update_is_a_message_of_its_own_beside_the_alarm() -> None:
    """The app shows it "instead of a standard notification banner", and updates it silently: no alarm may be one."""
    calls = blueprint(live=True).alarm(MOVEMENT)
    ringing = [call["data"] for _, call in calls if "live_update" not in call["data"]]
    beside = [call["data"] for _, call in calls if "live_update" in call["data"]]
    assert [each["push"]["interruption-level"] for each in ringing] == ["critical"] * 2
    assert {each["tag"] for each in ringing}.isdisjoint(each["tag"] for each in beside)
    for each in beside:
        assert (each["chronometer"], each["when"], each["timeout"]) == (True, int(MOVEMENT.onset_s), 3600)
        assert each["push"] == {"interruption-level": "passive", "sound": "none"}


def test_a_sensors_trouble_has_no_live_update() -> None:
    assert [call["data"]["tag"] for _, call in blueprint(live=True).alarm(SILENT)] == [f"feverhub-{SILENT.id}"] * 2


@pytest.mark.parametrize("alarm", [answered(MOVEMENT), over(MOVEMENT)], ids=["answered", "over"])
def test_a_live_update_goes_with_the_answer_and_the_end(alarm) -> None:
    cleared = [call for _, call in blueprint(live=True).alarm(alarm) if call["message"] == "clear_notification"]
    assert [call["data"] for call in cleared] == [{"tag": f"feverhub-live-{MOVEMENT.id}"}] * 2
    assert not [call for _, call in blueprint().alarm(alarm) if call["message"] == "clear_notification"]
