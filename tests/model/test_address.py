"""Spellings of an address, from labels, phones and the tools of other systems."""

import pytest

from edge.model.address import canonical


@pytest.mark.parametrize(
    "text",
    [
        "AA:BB:CC:00:00:01",
        "aa:bb:cc:00:00:01",
        "AA-BB-CC-00-00-01",  # Windows
        "aa_bb_cc_00_00_01",  # D-Bus
        "AABBCC000001",  # a label
        "aabb.cc00.0001",  # routers
        "AA BB CC 00 00 01",
        " AA:BB:CC:00:00:01\n",
    ],
)
def test_every_usual_spelling_is_one_address(text):
    assert canonical(text) == "AA:BB:CC:00:00:01"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "AA:BB:CC:00:00:0G",
        "AA:BB:CC:00:00",
        "AA:BB:CC:00:00:01:02",
        "AA:BB-CC:00:00:01",
        "A:ABBCC00000:1",
        "AA:BB:CC:0:0:1",
        "00:00:00:00:00:00",
        "FF:FF:FF:FF:FF:FF",
        "\u0661\u0662:BB:CC:00:00:01",
        "hci0",
        "12345678-1234-1234-1234-123456789abc",  # what macOS shows in its place
    ],
)
def test_what_no_sensor_can_have_is_none(text):
    assert canonical(text) is None
