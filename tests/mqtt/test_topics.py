"""Topic names, by the table in the contract."""

import pytest

from edge.errors import CommandRefused, ConfigError
from edge.model.alarm import AlarmKey, Condition, Kind
from edge.model.reading import Quantity
from edge.mqtt.topics import Topics, check_id, discovery

TOPICS = Topics("cot")


def test_the_hubs_own_topics() -> None:
    assert TOPICS.status == "feverhub/cot/status"
    assert TOPICS.health == "feverhub/cot/health"
    assert TOPICS.commands() == "feverhub/cot/cmd/+/+"
    assert TOPICS.event() == "feverhub/cot/event"
    assert TOPICS.care("mia") == "feverhub/cot/mia/care"
    assert TOPICS.reply("mother") == "feverhub/cot/reply/mother"
    assert discovery("cot_mia_patch") == "homeassistant/device/cot_mia_patch/config"


@pytest.mark.parametrize(
    ("key", "kind", "topic"),
    [
        (AlarmKey(Condition.FEVER, "mia", "patch"), Kind.PHYSIOLOGICAL, "feverhub/cot/mia/alarm/fever"),
        (AlarmKey(Condition.NO_DATA, "mia", "ankle"), Kind.TECHNICAL, "feverhub/cot/mia/alarm/no_data/ankle"),
        (AlarmKey(Condition.NOBODY_REACHABLE, "mia"), Kind.TECHNICAL, "feverhub/cot/mia/alarm/nobody_reachable"),
        (AlarmKey(Condition.ADAPTER_DOWN), Kind.TECHNICAL, "feverhub/cot/alarm/adapter_down"),
        (AlarmKey(Condition.ADAPTER_DOWN, "", "hci0"), Kind.TECHNICAL, "feverhub/cot/alarm/adapter_down"),
    ],
)
def test_alarms(key: AlarmKey, kind: Kind, topic: str) -> None:
    assert TOPICS.alarm(key, kind) == topic
    assert TOPICS.event(key.person) == f"feverhub/cot/{key.person}/event".replace("//", "/")


@pytest.mark.parametrize(
    ("quantity", "level"),
    [
        (Quantity.TEMPERATURE, "temperature"),
        (Quantity.SKIN_TEMPERATURE, "temperature"),
        (Quantity.CORE_TEMPERATURE, "temperature"),
        (Quantity.ACCELERATION, "motion"),
        (Quantity.MAGNITUDE, "motion"),
        (Quantity.MOVEMENT_COUNT, "motion"),
        (Quantity.BATTERY, "battery"),
    ],
)
def test_latest_values(quantity: Quantity, level: str) -> None:
    assert TOPICS.latest("mia", quantity, "patch") == f"feverhub/cot/mia/{level}/patch"


@pytest.mark.parametrize("value", ["a", "mia-2", "0_0", "x" * 32])
def test_ids_that_may_stand_in_a_topic(value: str) -> None:
    assert check_id(value, "person id") == value


@pytest.mark.parametrize("value", ["", "Mia", "mia/x", "+", "#", "x" * 33, "mía", "a b", "mia\n"])
def test_ids_that_may_not(value: str) -> None:
    with pytest.raises(ConfigError, match=r"the person id .* must be 1 to 32"):
        check_id(value, "person id")


@pytest.mark.parametrize("value", ["alarm", "cmd", "reply", "health", "status", "event"])
def test_reserved_words_are_no_ids(value: str) -> None:
    with pytest.raises(ConfigError, match="is reserved in topics"):
        Topics(value)


def test_a_command_topic_is_taken_apart() -> None:
    assert TOPICS.command("feverhub/cot/cmd/mother/acknowledge") == ("mother", "acknowledge")


@pytest.mark.parametrize(
    "topic",
    [
        "feverhub/other/cmd/mother/acknowledge",
        "feverhub/cot/cmd/mother",
        "feverhub/cot/cmd/mother/acknowledge/now",
        "feverhub/cot/reply/mother/acknowledge",
        "feverhub/cot/cmd/Mother/acknowledge",
        "feverhub/cot/cmd/status/acknowledge",
        "feverhub/cot/cmd//acknowledge",
        "",
    ],
)
def test_what_is_no_command_topic_is_refused(topic: str) -> None:
    with pytest.raises(CommandRefused):
        TOPICS.command(topic)


@pytest.mark.parametrize(
    ("topic", "allowed"),
    [
        ("feverhub/cot/reply/mother", True),
        ("feverhub/cot/reply/mother/phone", True),
        ("feverhub/cot/reply/mother2", False),
        ("feverhub/cot/reply/father", False),
        ("feverhub/cot/mia/alarm/fever", False),
        ("homeassistant/device/x/config", False),
        ("feverhub/cot/reply/mother/#", False),
        ("feverhub/cot/reply/mother/" + "x" * 300, False),
        ("", False),
    ],
)
def test_answers_go_only_under_the_users_own_reply_topic(topic: str, *, allowed: bool) -> None:
    assert TOPICS.may_answer_at("mother", topic) is allowed
