"""Every published payload decodes to exactly its readings, and to nothing if it is cut short."""

import numpy as np

from edge.decoding.plain import as_plain
from edge.errors import FrameMalformed
from edge.model.reading import Decoded, Reading, Samples

# Frames that say nothing of their own length: cut between two whole samples or objects, what is left is a frame too,
# with fewer of the same values. GATT and the adverts' own checksum keep such cuts from happening on the air.
OPEN_ENDED = {
    "bthome_v2": "objects follow each other until the end, and any may be the last",
    "movesense_sensor": "samples until the end",
    "osd_watch": "magnitudes until the end",
    "nordic_thingy52": "acceleration alone is complete",
    "polar_h10": "samples until the end",
    "polar_verity_sense": "samples, or blocks of them, until the end",
}


def test_gives_exactly_its_readings(capture):
    assert [as_plain(item) for item in capture.decode()] == capture.readings


def test_every_profile_has_captures(captures, profiles):
    assert {capture.profile.id for capture in captures} == set(profiles)


def _is_start_of(part: Decoded, whole: Decoded) -> bool:
    if isinstance(part, Reading) or isinstance(whole, Reading):
        return part == whole
    return len(part.values) <= len(whole.values) and bool(
        np.array_equal(part.values, whole.values[: len(part.values)], equal_nan=True)
    )


def _values(decoded: tuple[Decoded, ...]) -> list[Decoded]:
    """Polar's skin temperature puts the frame's time on its last value: not part of the comparison."""
    return [
        Reading(item.quantity, item.value, item.unit, item.validity) if isinstance(item, Reading) else item
        for item in decoded
    ]


def test_no_truncation_gives_another_value(capture):
    whole = _values(capture.decode())
    for length in range(len(capture.payload)):
        try:
            part = _values(capture.decode(capture.payload[:length]))
        except FrameMalformed:
            continue
        assert capture.profile.id in OPEN_ENDED, f"{length} of {len(capture.payload)} bytes were taken"
        assert len(part) <= len(whole)
        assert all(_is_start_of(some, all_of_it) for some, all_of_it in zip(part, whole, strict=False))


def test_an_open_ended_profile_is_really_one(captures):
    """The list above must not outlive its reason."""
    taken = set()
    for capture in captures:
        for length in range(len(capture.payload)):
            try:
                capture.decode(capture.payload[:length])
            except FrameMalformed:
                continue
            taken.add(capture.profile.id)
    assert taken == set(OPEN_ENDED)


def test_samples_are_in_g_with_their_shape(captures):
    shapes = {
        (item.quantity.value, item.values.ndim)
        for capture in captures
        for item in capture.decode()
        if isinstance(item, Samples)
    }
    assert shapes == {("acceleration", 2), ("magnitude", 1)}
