"""Where a hub's topics stand at a ward's broker, and whose a topic there is."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.mqtt.ward_topics import SLOTS, Address, WardTopics, address, filters, instance_of, slot_of

HUB = WardTopics("cot", instance_of("feverhub-1"))
BASE = f"{HUB.root}/cot"
OTHER = "0/0" if slot_of(HUB.instance) != "0/0" else "0/1"


def test_ten_thousand_hubs_of_one_name_spread_evenly_over_the_slots_and_never_share_a_topic():
    hubs = [WardTopics("home", instance_of(f"feverhub-{number:032x}")) for number in range(10_000)]
    slots = Counter(slot_of(hub.instance) for hub in hubs)
    assert len(slots) == SLOTS
    assert max(slots.values()) < 1.4 * 10_000 / SLOTS
    assert len({hub.about for hub in hubs}) == 10_000


def test_a_hub_stays_in_its_slot_whatever_the_release():
    """The slot is part of a contract with recorders of other releases: fixed values of SHA-256."""
    assert instance_of("feverhub-00") == "ea367005853f"
    assert slot_of("ea367005853f") == "7/7"


def test_the_secret_client_id_is_not_in_the_topic():
    assert "feverhub-1" not in HUB.root.removeprefix("feverhub-ward/")


@pytest.mark.parametrize(
    "rest",
    [
        "status",
        "health",
        "pauses",
        "event",
        "alarm/adapter_down",
        "mia/event",
        "mia/alarm/fever",
        "mia/alarm/no_data/ankle",
        "mia/temperature/patch",
        "mia/motion/ankle",
        "mia/battery/patch",
    ],
)
def test_alarms_values_and_the_state_of_the_watch_are_shown_to_a_ward(rest):
    there = HUB.outward(f"feverhub/cot/{rest}")
    assert there == f"{BASE}/{rest}"
    assert address(there) == Address(HUB.instance, "cot", rest)


@pytest.mark.parametrize(
    "topic",
    [
        "feverhub/cot/caregivers",
        "feverhub/cot/on_watch",
        "feverhub/cot/sounder",
        "feverhub/cot/bedtime",
        "feverhub/cot/drill",
        "feverhub/cot/mia/care",
        "feverhub/cot/mia/illness",
        "feverhub/cot/reply/anna",
        "feverhub/other/health",
        "homeassistant/device/cot_mia/config",
        "cameras/cot/record",
    ],
)
def test_what_is_the_familys_is_not(topic):
    assert HUB.outward(topic) is None


def test_an_answer_of_the_ward_is_the_command_that_it_would_be_at_home():
    assert HUB.inward(f"{BASE}/cmd/station/acknowledge") == "feverhub/cot/cmd/station/acknowledge"


@pytest.mark.parametrize(
    "topic",
    [
        "feverhub/cot/health",
        f"feverhub-ward/{OTHER}/{HUB.instance}/cot/health",
        f"{HUB.root}/COT/health",
        f"{HUB.root}/cot",
        "feverhub-ward/0/9/zzz/cot/health",
        "",
    ],
)
def test_a_topic_of_no_hub_or_in_the_slot_of_another_is_nobodys(topic):
    assert address(topic) is None


def test_who_reads_all_slots_needs_one_filter_and_two_who_share_read_each_once():
    assert filters(range(64)) == ("feverhub-ward/#",)
    assert filters(range(32)) == tuple(f"feverhub-ward/{number}/#" for number in range(4))
    assert filters(range(6, 17)) == (
        "feverhub-ward/0/6/#",
        "feverhub-ward/0/7/#",
        "feverhub-ward/1/#",
        "feverhub-ward/2/0/#",
    )


@given(st.integers(0, 63), st.integers(0, 63))
def test_each_slot_is_in_exactly_one_filter_of_those_who_share(first, last):
    one, other = range(min(first, last)), range(min(first, last), 64)
    read = [f for slots in (one, other) if slots for f in filters(slots)]
    for slot in range(64):
        topic = f"feverhub-ward/{slot // 8}/{slot % 8}/"
        assert sum(topic.startswith(each.removesuffix("#")) for each in read) == 1
