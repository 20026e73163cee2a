"""Whose an advertisement is, and what is in it."""

import pytest

from edge.decoding.profile import Match
from edge.radio.adverts import CLAIM_ENDS_S, Advert, Claims, fits, frames
from tests.radio.rig import HTS, PROFILES, device, full

ANYONE = Advert(
    "C0:00:00:00:00:0A",
    name="Strap 7",
    rssi_dbm=-60,
    services=[full(HTS)],
    service_data={full("fcd2"): b"\x40"},
    manufacturer_data={0x0499: b"\x05"},
)


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        (Match(), False),
        (Match(names=("Strap",)), True),
        (Match(names=("Belt", "Str")), True),
        (Match(names=("strap",)), False),
        (Match(services=(full(HTS), full("180f"))), True),
        (Match(services=(full("180f"),)), False),
        (Match(service_data=(full("fcd2"),)), True),
        (Match(manufacturers=(0x0499,)), True),
        (Match(manufacturers=(0x004C,)), False),
        (Match(names=("Strap",), manufacturers=(0x0499,)), True),
        (Match(names=("Strap",), manufacturers=(0x004C,)), False),
    ],
)
def test_every_field_that_is_filled_must_fit(match, expected):
    assert fits(match, ANYONE) is expected


def test_frames_carry_kind_payload_and_strength():
    assert [(f.device, f.kind, f.payload, f.rssi_dbm) for f in frames("d", ANYONE)] == [
        ("d", "manufacturer:0499", b"\x05", -60),
        ("d", "service_data:fcd2", b"\x40", -60),
    ]


def test_a_long_uuid_stays_long():
    odd = "fb005c80-02e7-f387-1cad-8acd2d8df0c8"
    [frame] = frames("d", Advert("C0", service_data={odd: b"\x01"}))
    assert frame.kind == f"service_data:{odd}"


def strap_at(address):
    return Advert(address, name="Strap")


def test_an_address_decides_in_any_case_and_against_any_match():
    claims = Claims([device("mine", "strap", "c0:00:00:00:00:0a"), device("open", "strap")], PROFILES)
    assert claims.owner(strap_at("C0:00:00:00:00:0A"), 0).id == "mine"
    assert claims.owner(Advert("C0:00:00:00:00:0A"), 0).id == "mine"
    assert claims.owner(strap_at("C0:00:00:00:00:FF"), 0).id == "open"


def test_two_alike_sensors_are_kept_apart_and_a_third_is_a_strangers():
    claims = Claims([device("left", "strap"), device("right", "strap")], PROFILES)
    for _ in range(2):
        assert claims.owner(strap_at("A"), 0).id == "left"
        assert claims.owner(strap_at("B"), 0).id == "right"
        assert claims.owner(strap_at("C"), 0) is None
    assert claims.owner(Advert("D", name="Fridge"), 0) is None


def test_a_claim_ends_with_silence_since_some_sensors_change_their_address():
    claims = Claims([device("left", "strap")], PROFILES)
    assert claims.owner(strap_at("A"), 0).id == "left"
    claims.still_there("left", 1000)
    assert claims.owner(strap_at("B"), 1000 + CLAIM_ENDS_S) is None
    assert claims.owner(strap_at("B"), 1001 + CLAIM_ENDS_S).id == "left"
    assert claims.owner(strap_at("A"), 1002 + CLAIM_ENDS_S) is None
