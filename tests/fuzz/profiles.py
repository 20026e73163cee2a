"""Device profiles: the text of a profile.toml, a zero byte, and a frame for each of its kinds."""

from collections.abc import Sequence
from pathlib import Path

from edge.app.load.profiles import profiles_root
from edge.decoding import decode, parse_profile
from edge.errors import FrameMalformed, ProfileError
from tests.fuzz import sensors
from tests.fuzz.kind import Check, Kind, sentence


def begin(_folder: Path) -> Check:
    def check(data: bytes) -> str:
        text, _, payload = data.partition(b"\0")
        try:
            profile = parse_profile(text.decode("utf-8", "replace"), "profile.toml")
        except ProfileError as refused:
            said = sentence(refused)
            assert said.startswith("profile.toml"), said
            assert len(said) <= LONGEST, said
            return said
        for kind in profile.formats:
            try:
                decoded = decode(profile, kind, payload)
            except FrameMalformed as malformed:
                sentence(malformed)
                continue
            for item in decoded:
                sensors.check(profile, item)
        return ""

    return check


LONGEST = 600


def seeds() -> Sequence[bytes]:
    texts = {file.parent.name: file.read_bytes() for file in sorted(profiles_root().glob("*/profile.toml"))}
    return [texts[each.way.profile.id] + b"\0" + each.payload for each in sensors.captures()]


WORDS = (
    *(b"scale", b"offset", b"shift", b"mask", b"axes", b"samples", b"size", b"equals", b"reserved", b"zero_bits"),
    *(b"invalid", b"when", b"fahrenheit", b"checksum", b"gate", b"states", b"decimals", b"optional", b"prefix"),
    *(b"u8", b"i16le", b"u64be", b"f32le", b"sfloat", b"float", b"bytes", b"named", b"padding", b"rate_hz"),
)
KIND = Kind("profiles", begin, seeds, WORDS, longest=8192)
