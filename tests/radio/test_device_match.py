"""Whose sensor it is, with and without an address."""

import pytest

from edge.radio.adverts import Advert
from edge.radio.device_match import ASSIGNMENT_ENDS_S, GATHER_S, MARGIN_DB, MOST_NEAR, DeviceMatcher
from tests.support.air.rig import PROFILES, device


def strap_at(address, rssi_dbm=-60):
    return Advert(address, name="Strap", rssi_dbm=rssi_dbm)


def heard(matcher, now_s, *adverts):
    """Who sent each, once everybody had the time to be heard."""
    for advert in adverts:
        matcher.match(advert, now_s)
    owners = [matcher.match(advert, now_s + GATHER_S) for advert in adverts]
    return [owner and owner.id for owner in owners]


def test_an_address_decides_at_once_in_any_case_and_against_any_match():
    matcher = DeviceMatcher([device("mine", "strap", "c0:00:00:00:00:0a"), device("open", "strap")], PROFILES)
    assert matcher.match(strap_at("C0:00:00:00:00:0A"), 0).id == "mine"
    assert matcher.match(Advert("C0:00:00:00:00:0A"), 0).id == "mine"
    assert heard(matcher, 0, strap_at("C0:00:00:00:00:FF")) == ["open"]


def test_without_an_address_it_waits_until_everybody_near_was_heard():
    matcher = DeviceMatcher([device("left", "strap")], PROFILES)
    assert matcher.match(strap_at("A"), 0) is None
    assert matcher.match(strap_at("A"), GATHER_S - 0.1) is None
    assert matcher.match(strap_at("A"), GATHER_S).id == "left"


@pytest.mark.parametrize(
    ("levels_dbm", "owners"),
    [
        ((-60,), ["left"]),
        ((-60, -60 - MARGIN_DB), ["left", None]),
        ((-60 - MARGIN_DB, -60), [None, "left"]),
        ((-60, -61 - MARGIN_DB, -90), ["left", None, None]),
        ((-60, -59 - MARGIN_DB), [None, None]),
        ((-60, -60), [None, None]),
        ((None, None), [None, None]),
        ((None, -90), [None, "left"]),
    ],
)
def test_of_several_that_fit_the_nearest_by_a_clear_margin_is_taken_or_none(levels_dbm, owners):
    matcher = DeviceMatcher([device("left", "strap")], PROFILES)
    adverts = [strap_at(address, level) for address, level in zip("ABC", levels_dbm, strict=False)]
    assert heard(matcher, 0, *adverts) == owners
    assert bool(matcher.doubts) is (set(owners) == {None})


def test_the_doubt_says_what_to_do_and_ends_with_a_claim():
    matcher = DeviceMatcher([device("left", "strap")], PROFILES)
    assert heard(matcher, 0, strap_at("A"), strap_at("B")) == [None, None]
    assert matcher.doubts["left"].startswith("2 sensors that may be it are near")
    assert "feverhub pair" in matcher.doubts["left"]
    assert heard(matcher, 60, strap_at("B")) == ["left"]
    assert matcher.doubts == {}


def test_two_alike_sensors_are_kept_apart_and_a_third_far_away_is_a_strangers():
    matcher = DeviceMatcher([device("left", "strap"), device("right", "strap")], PROFILES)
    adverts = strap_at("A"), strap_at("B"), strap_at("C", -80), Advert("D", name="Fridge")
    assert heard(matcher, 0, *adverts) == ["left", "right", None, None]
    assert heard(matcher, 10, *adverts) == ["left", "right", None, None]


def test_a_claim_ends_with_silence_since_some_sensors_change_their_address():
    matcher = DeviceMatcher([device("left", "strap")], PROFILES)
    assert heard(matcher, 0, strap_at("A")) == ["left"]
    matcher.data_arrived("left", 1000)
    assert heard(matcher, 1000 + ASSIGNMENT_ENDS_S - GATHER_S, strap_at("B")) == [None]
    assert heard(matcher, 1001 + ASSIGNMENT_ENDS_S, strap_at("B")) == ["left"]
    assert heard(matcher, 1002 + ASSIGNMENT_ENDS_S, strap_at("A")) == [None]


def test_who_was_heard_beside_the_sensor_is_not_the_sensor_at_a_new_address():
    """The neighbours' sensor must not be watched for the child's when the child's battery is empty."""
    matcher = DeviceMatcher([device("left", "strap")], PROFILES)
    assert heard(matcher, 0, strap_at("A"), strap_at("B", -90)) == ["left", None]
    assert heard(matcher, 500, strap_at("B", -50)) == [None]
    assert heard(matcher, 510, strap_at("B", -50), strap_at("C", -70)) == [None, "left"]


def test_a_crowd_is_bounded():
    matcher = DeviceMatcher([device("left", "strap"), device("right", "strap")], PROFILES)
    for number in range(3 * MOST_NEAR):
        matcher.match(strap_at(str(number)), number * 0.001)
    assert len(matcher._near) == MOST_NEAR
