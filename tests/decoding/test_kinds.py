"""One spelling for each kind of frame."""

import pytest

from edge.decoding import decode, normalise_kind
from edge.decoding.kinds import options_of, with_options
from edge.errors import FrameMalformed


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("manufacturer:0499", "manufacturer:0499"),
        ("Manufacturer:0x0499", "manufacturer:0499"),
        ("service_data:181C", "service_data:181c"),
        ("service_data:0000181c-0000-1000-8000-00805F9B34FB", "service_data:181c"),
        ("characteristic:00002A1C00001000800000805F9B34FB", "characteristic:2a1c"),
        ("characteristic:00002a1c", "characteristic:2a1c"),
        (
            "characteristic:000085E9-0001-1000-8000-00805f9b34fb",
            "characteristic:000085e9-0001-1000-8000-00805f9b34fb",
        ),
    ],
)
def test_spellings(written, meant):
    assert normalise_kind(written) == meant
    assert normalise_kind(meant) == meant


@pytest.mark.parametrize(
    "kind", ["", "2a1c", "advert:2a1c", "characteristic:", "characteristic:2a1", "manufacturer:99999"]
)
def test_others_are_refused(kind):
    with pytest.raises(FrameMalformed, match=r"^expected "):
        normalise_kind(kind)


def test_a_kind_that_the_profile_does_not_send(profiles):
    with pytest.raises(FrameMalformed, match="expected manufacturer:0499 from ruuvi_tag, got manufacturer:0059"):
        decode(profiles["ruuvi_tag"], "manufacturer:0059", b"\x05")


def test_what_a_sensor_said_of_its_format_travels_in_the_kind():
    kind = with_options("characteristic:2a1c", {"format": "3", "range": "8"})
    assert kind == "characteristic:2a1c?format=3&range=8"
    assert (normalise_kind(kind), options_of(kind)) == ("characteristic:2a1c", {"format": "3", "range": "8"})
    assert (with_options("characteristic:2a1c", {}), options_of("characteristic:2a1c")) == ("characteristic:2a1c", {})
