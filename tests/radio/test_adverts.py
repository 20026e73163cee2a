"""Whose an advertisement is, and what is in it."""

import pytest

from edge.decoding import Match
from edge.radio.adverts import Advert, fits, frames
from tests.support.air.rig import HTS, full

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
    assert [(f.device, f.kind, f.payload, f.rssi_dbm) for f in frames("d", ANYONE, 7.0)] == [
        ("d", "manufacturer:0499", b"\x05", -60),
        ("d", "service_data:fcd2", b"\x40", -60),
    ]


def test_a_long_uuid_stays_long():
    odd = "fb005c80-02e7-f387-1cad-8acd2d8df0c8"
    [frame] = frames("d", Advert("C0", service_data={odd: b"\x01"}), 7.0)
    assert frame.kind == f"service_data:{odd}"
