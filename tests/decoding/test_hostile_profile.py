"""Whatever stands in a profile, it is loaded or refused in a sentence; a loaded one reads any bytes or refuses them."""

import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.decoding import decode, parse_profile
from edge.errors import FrameMalformed, ProfileError
from tests.decoding.test_loader import GOOD
from tests.support.hostile_toml import HEX, VALUES

PLACES = [match.span(1) for match in re.finditer(r"= (\"[^\"]*\"|\[[^\[\]{}]*\]|[\w.]+)(?=[,\n }])", GOOD)]
"""Where each value of a good profile stands, those of its inline tables too."""
EXTRA = (
    "decimals",
    "mask",
    "shift",
    "equals",
    "invalid",
    "zero_bits",
    "offset",
    "size",
    "optional",
    "nonsense",
    "role",
)
LONGEST_LINE = 600


def loaded(text, payload=b"\x00" * 20):
    """Loaded and used, or refused."""
    try:
        profile = parse_profile(text, "profile.toml")
    except ProfileError as error:
        refusal = str(error)
    else:
        return used(profile, payload)
    assert refusal.startswith("profile.toml"), refusal
    assert len(refusal) <= LONGEST_LINE, refusal
    return refusal


def used(profile, payload):
    for kind in profile.formats:
        with suppress(FrameMalformed):
            decode(profile, kind, payload)
    return profile


def test_the_good_one_is_taken_and_its_places_are_many():
    assert not isinstance(loaded(GOOD), str)
    assert len(PLACES) >= 30


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PLACES), VALUES, st.binary(max_size=40))
def test_any_value_in_place_of_any_value(place, value, payload):
    first, last = place
    loaded(GOOD[:first] + value + GOOD[last:], payload)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(EXTRA), VALUES, st.binary(max_size=40))
def test_any_value_of_any_further_key_of_a_field(key, value, payload):
    loaded(GOOD.replace('type = "i16be"', f'type = "i16be", {key} = {value}', 1), payload)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("rate_hz = 25", f"rate_hz = {'9' * 400}", ", line 6, rate_hz: expected a finite number, got 999"),
        ("rate_hz = 25", f"rate_hz = {HEX}", "rate_hz: expected a finite number, got a int that is too large"),
        ("scale = 0.01", f"scale = {'9' * 400}", "expected a finite number"),
        ("[34, 43.0]", f"[34, {'9' * 400}]", "range.temperature.valid: expected a finite number"),
        ("0 = ", f"{'9' * 5000} = ", "expected a raw value, a whole number"),
        ("0 = ", '"²" = ', "expected a raw value, a whole number"),
        ("rate_hz = 25", f"rate_hz = {'9' * 5000}", "not valid TOML"),
        ('names = ["Sensor"]', f"manufacturers = [{'9' * 400}]", "expected whole numbers of at most 64 bits"),
        ("vendor", "x = " + "[" * 20_000 + "\nvendor", "not valid TOML"),
    ],
    ids=lambda part: part[:24],
)
def test_the_sentence_says_where_and_what(old, new, said):
    assert old in GOOD
    assert said in str(loaded(GOOD.replace(old, new, 1)))
