"""Frames of sensors: every named format and every shipped profile, also behind their encryption.

An input is the number of a way (`sensors.ways`, two bytes) and the bytes of a frame.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from edge.decoding import decode, serial
from edge.errors import FrameMalformed
from edge.model.reading import Decoded, Reading
from tests.fuzz import second, sensors
from tests.fuzz.kind import Check, Kind, sentence
from tests.fuzz.sensors import Way


def begin(_folder: Path) -> Check:
    ways = sensors.ways()

    def check(data: bytes) -> str:
        way = ways[int.from_bytes(data[:2], "big") % len(ways)]
        payload = sensors.seal(way, data[2:]) if way.sealed else data[2:]
        try:
            decoded = _decoded(way, payload)
        except FrameMalformed as malformed:
            said = sentence(malformed)
            assert said.startswith("expected "), said
            return said
        for item in decoded:
            sensors.check(way.profile, item)
        assert _same(decoded, _decoded(way, payload)), "the same bytes were read in two ways"
        options = {**way.profile.options, **way.options}
        second.check(way.profile.id, sensors.plain_kind(way.kind), payload, options, decoded)
        serial(way.profile, way.kind, payload, address=way.address, options=way.options)
        return ""

    return check


def _decoded(way: Way, payload: bytes) -> tuple[Decoded, ...]:
    return decode(way.profile, way.kind, payload, address=way.address, key=way.key, options=way.options)


def _same(one: tuple[Decoded, ...], other: tuple[Decoded, ...]) -> bool:
    return len(one) == len(other) and all(_alike(*pair) for pair in zip(one, other, strict=True))


def _alike(one: Decoded, other: Decoded) -> bool:
    if isinstance(one, Reading) or isinstance(other, Reading):
        return repr(one) == repr(other)
    return np.array_equal(one.values, other.values, equal_nan=True) and one.validity == other.validity


def seeds() -> Sequence[bytes]:
    ways = sensors.ways()
    found = [_input(ways.index(each.way), each.payload) for each in sensors.captures()]
    plain = [each.payload for each in sensors.captures() if each.way.profile.id == "bthome_v2"]
    for number, way in enumerate(ways):
        if way.sealed and way.profile.key_form == "hex16":
            found += [_input(number, bytes(4) + each[1:]) for each in plain]
        elif way.sealed:
            found.append(_input(number, bytes(10) + (int(37.5 / 0.0625)).to_bytes(2, "big") + bytes([90, 0, 0, 0])))
        else:
            found.append(_input(number, bytes(20)))
    return found


def _input(number: int, payload: bytes) -> bytes:
    return number.to_bytes(2, "big") + payload


KIND = Kind("decoders", begin, seeds, longest=514)
