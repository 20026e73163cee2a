"""A frame that holds one quantity several times: the option `index` chooses."""

import re

import pytest

from edge.app.load.profiles import load_profile, profiles_root
from edge.decoding import decode, index_of, parse_profile
from edge.errors import FrameMalformed
from edge.model.reading import Quantity

BTHOME = load_profile("bthome_v2")


def bthome(hex_bytes, **options):
    return decode(BTHOME, "service_data:fcd2", bytes.fromhex("40" + hex_bytes), options=options)


def test_the_order_of_the_frame_is_the_index():
    both = "02 5a0f 02 540b"  # 39.30, 29.00
    assert bthome(both, index="1")[0].value == 39.3
    assert bthome(both, index="2")[0].value == 29.0
    with pytest.raises(FrameMalformed, match=r"one temperature in a frame, got 2: .* option index \(1 to 2\)"):
        bthome(both)


@pytest.mark.parametrize(
    "objects",
    ["02 5a0f 45 2201", "01 64 01 32 02 5a0f", "02 5a0f 03 bf13 03 bf13", "51 8756 51 8756", "63 00000000" * 6],
    ids=["two resolutions", "battery", "humidity", "magnitude", "two vectors"],
)
def test_any_quantity_that_comes_twice_has_to_be_chosen(objects):
    with pytest.raises(FrameMalformed, match="option index"):
        bthome(objects)
    quantities = [item.quantity for item in bthome(objects, index="2")]
    assert len(set(quantities)) == len(quantities)


def test_what_comes_once_is_kept_beside_what_was_chosen():
    found = {item.quantity: item.value for item in bthome("01 64 02 5a0f 02 540b", index="2")}
    assert found == {Quantity.BATTERY: 100.0, Quantity.TEMPERATURE: 29.0}


def test_a_profile_with_two_fields_of_one_quantity():
    text = (profiles_root() / "infinitime_watch" / "profile.toml").read_text()
    twice = '{ type = "u8", quantity = "battery" }'
    profile = parse_profile(text.replace(twice, f"{twice}, {twice}"), "profile.toml")
    with pytest.raises(FrameMalformed, match="one battery in a frame, got 2"):
        decode(profile, "characteristic:2a19", b"\x50\x40")
    (battery,) = decode(profile, "characteristic:2a19", b"\x50\x40", options={"index": "2"})
    assert battery.value == 64.0


def test_a_series_of_one_sensor_is_no_choice():
    frame = bytes.fromhex("0740ae21ae31b2ee0a80ec51dc41030200")
    kind = "characteristic:fb005c82-02e7-f387-1cad-8acd2d8df0c8"
    assert len(decode(load_profile("polar_360"), kind, frame)) == 3


@pytest.mark.parametrize("text", ["0", "-1", "17", "x", "", "1.0", "\u0661", "9" * 5000])
def test_an_index_that_is_none(text):
    with pytest.raises(FrameMalformed, match=re.escape("expected 1 to 16 as option index")):
        index_of(text)
