"""What a sensor is found by again, once it was paired."""

import pytest

from edge.app.sensors.pair import First, known_by
from edge.model.people import Device

AT, IDENTITY = "5F:00:00:00:00:01", "C0:00:00:00:00:0B"


@pytest.mark.parametrize(
    ("private", "first", "address", "words"),
    [
        (False, First("", ()), AT, ""),
        (False, First("", (), address=AT), AT, ""),
        (False, First("", (), address=AT, bonded=True), AT, "bonded"),
        (True, First("", (), address=IDENTITY, bonded=True), IDENTITY, "bonded"),
        (True, First("", (), address=AT), "", "its address changes"),
    ],
)
def test_it_is_found_by_what_does_not_change(private, first, address, words):
    device, note = known_by(Device("s", "strap", "mia", AT), first, private=private)
    assert device.address == address
    assert note.startswith(words)
    assert bool(note) is bool(words)
