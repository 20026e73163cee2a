"""Whose sensor it is, with and without an address."""

import pytest

from edge.radio.adverts import Advert
from edge.radio.device_match import CLAIM_ENDS_S, GATHER_S, MARGIN_DB, MOST_NEAR, Claims
from tests.support.air.rig import PROFILES, device


def strap_at(address, rssi_dbm=-60):
    return Advert(address, name="Strap", rssi_dbm=rssi_dbm)


def heard(claims, now_s, *adverts):
    """Who sent each, once everybody had the time to be heard."""
    for advert in adverts:
        claims.owner(advert, now_s)
    owners = [claims.owner(advert, now_s + GATHER_S) for advert in adverts]
    return [owner and owner.id for owner in owners]


def test_an_address_decides_at_once_in_any_case_and_against_any_match():
    claims = Claims([device("mine", "strap", "c0:00:00:00:00:0a"), device("open", "strap")], PROFILES)
    assert claims.owner(strap_at("C0:00:00:00:00:0A"), 0).id == "mine"
    assert claims.owner(Advert("C0:00:00:00:00:0A"), 0).id == "mine"
    assert heard(claims, 0, strap_at("C0:00:00:00:00:FF")) == ["open"]


def test_without_an_address_it_waits_until_everybody_near_was_heard():
    claims = Claims([device("left", "strap")], PROFILES)
    assert claims.owner(strap_at("A"), 0) is None
    assert claims.owner(strap_at("A"), GATHER_S - 0.1) is None
    assert claims.owner(strap_at("A"), GATHER_S).id == "left"


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
    claims = Claims([device("left", "strap")], PROFILES)
    adverts = [strap_at(address, level) for address, level in zip("ABC", levels_dbm, strict=False)]
    assert heard(claims, 0, *adverts) == owners
    assert bool(claims.doubts) is (set(owners) == {None})


def test_the_doubt_says_what_to_do_and_ends_with_a_claim():
    claims = Claims([device("left", "strap")], PROFILES)
    assert heard(claims, 0, strap_at("A"), strap_at("B")) == [None, None]
    assert claims.doubts["left"].startswith("2 sensors that may be it are near")
    assert "feverhub pair" in claims.doubts["left"]
    assert heard(claims, 60, strap_at("B")) == ["left"]
    assert claims.doubts == {}


def test_two_alike_sensors_are_kept_apart_and_a_third_far_away_is_a_strangers():
    claims = Claims([device("left", "strap"), device("right", "strap")], PROFILES)
    adverts = strap_at("A"), strap_at("B"), strap_at("C", -80), Advert("D", name="Fridge")
    assert heard(claims, 0, *adverts) == ["left", "right", None, None]
    assert heard(claims, 10, *adverts) == ["left", "right", None, None]


def test_a_claim_ends_with_silence_since_some_sensors_change_their_address():
    claims = Claims([device("left", "strap")], PROFILES)
    assert heard(claims, 0, strap_at("A")) == ["left"]
    claims.still_there("left", 1000)
    assert heard(claims, 1000 + CLAIM_ENDS_S - GATHER_S, strap_at("B")) == [None]
    assert heard(claims, 1001 + CLAIM_ENDS_S, strap_at("B")) == ["left"]
    assert heard(claims, 1002 + CLAIM_ENDS_S, strap_at("A")) == [None]


def test_who_was_heard_beside_the_sensor_is_not_the_sensor_at_a_new_address():
    """The neighbours' sensor must not be watched for the child's when the child's battery is empty."""
    claims = Claims([device("left", "strap")], PROFILES)
    assert heard(claims, 0, strap_at("A"), strap_at("B", -90)) == ["left", None]
    assert heard(claims, 500, strap_at("B", -50)) == [None]
    assert heard(claims, 510, strap_at("B", -50), strap_at("C", -70)) == [None, "left"]


def test_a_crowd_is_bounded():
    claims = Claims([device("left", "strap"), device("right", "strap")], PROFILES)
    for number in range(3 * MOST_NEAR):
        claims.owner(strap_at(str(number)), number * 0.001)
    assert len(claims._near) == MOST_NEAR
