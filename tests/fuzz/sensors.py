"""Every way in which a shipped profile can be spoken to, and what a decoded value may be."""

import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
from cryptography.hazmat.primitives.ciphers.aead import AESCCM

from edge.app.load.profiles import load_profiles, profiles_root
from edge.decoding import MQTT, Profile, as_line, as_plain, key_bytes, range_of
from edge.model.reading import TEMPERATURES, Decoded, Reading, Validity

KEY = {"hex16": bytes(range(16)), "text8": b"0m0d3s2c"}
ADDRESS = "A4:C1:38:00:00:01"
POSSIBLE_C = (10.0, 50.0)


@dataclass(frozen=True, slots=True)
class Way:
    """A kind of frame of a profile. sealed: the payload is what the sensor would say, and `seal` encrypts it."""

    profile: Profile
    kind: str
    options: Mapping[str, str] = field(default_factory=dict)
    address: str = ""
    key: bytes | None = field(default=None, repr=False)
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class Capture:
    way: Way
    payload: bytes


@cache
def captures() -> tuple[Capture, ...]:
    """Every line of every shipped file of captured frames."""
    return tuple(_captures())


def _captures() -> Iterator[Capture]:
    for profile in load_profiles(profiles_root()).values():
        for file in sorted((profiles_root() / profile.id / "captures").glob("*.jsonl")):
            for row in map(json.loads, file.read_text("utf-8").splitlines()):
                key = key_bytes(profile, row.get("key", ""))
                way = Way(profile, row["kind"], row.get("options", {}), row.get("address", ""), key)
                yield Capture(way, bytes.fromhex(row["payload"]))


@cache
def ways() -> tuple[Way, ...]:
    """Each of the captures, each kind that a profile names, and the inside of what is encrypted."""
    found = [each.way for each in captures()]
    for profile in load_profiles(profiles_root()).values():
        found += [Way(profile, kind) for kind in profile.formats]
        if profile.key_form:
            found += [
                Way(profile, kind, {}, ADDRESS, KEY[profile.key_form], sealed=True)
                for kind in profile.formats
                if kind.startswith(("service_data", "manufacturer"))
            ]
    return tuple(way for number, way in enumerate(found) if way not in found[:number])


def seal(way: Way, plain: bytes) -> bytes:
    """The frame that a sensor with that key would send: its counter or nonce in front, then what it says."""
    assert way.key is not None
    if way.profile.key_form == "hex16":  # BTHome: bthome.io/encryption
        counter, info = plain[:4].ljust(4, b"\0"), b"\x41"
        nonce = bytes.fromhex(ADDRESS.replace(":", "")) + b"\xd2\xfc" + info + counter
        closed = AESCCM(way.key, tag_length=4).encrypt(nonce, plain[4:], None)
        return info + closed[:-4] + counter + closed[-4:]
    device, nonce = plain[:2].ljust(2, b"\0"), plain[2:10].ljust(8, b"\0")  # pyfeversmart
    head = b"\x07\x20" + device
    key = hashlib.sha256(way.key + head).digest()[:16]
    said = plain[10:16].ljust(6, b"\0")
    closed = AESCCM(key, tag_length=4).encrypt(b"\x03\x03\x09\x18\x17" + nonce, said, b"\x09\x18\x17\xff" + head)
    return device + nonce + closed


def check(profile: Profile, item: Decoded) -> None:
    """Raises AssertionError for a value that is called valid and cannot be, and for one that cannot be shown."""
    limits = range_of(profile, item.quantity)
    if isinstance(item, Reading):
        if item.validity is Validity.VALID:
            assert math.isfinite(item.value), item
            assert limits is None or limits.valid[0] <= item.value <= limits.valid[1], item
            assert item.quantity not in TEMPERATURES or POSSIBLE_C[0] <= item.value <= POSSIBLE_C[1], item
        else:
            assert item.reason, item
    elif item.validity is Validity.VALID:
        assert limits is not None
        known = item.values[~np.isnan(item.values)]
        assert known.size, item
        assert limits.possible[0] <= known.min(), item
        assert known.max() <= limits.possible[1], item
    assert item.validity is Validity.INVALID or isinstance(item, Reading) or len(item.values) <= MOST_SAMPLES
    assert as_line(item)
    json.dumps(as_plain(item), allow_nan=False)


MOST_SAMPLES = 40_000
"""Of one frame: Polar's compressed blocks hold 255 samples in two bytes; a notification has 512 bytes at most."""


def through_mqtt(profile: Profile) -> Way:
    """As somebody else's gateway would publish it."""
    unit = "g" if profile.rhythm else "celsius"
    return Way(profile, MQTT, {"value": "/v", "unit": unit, "time": "/t", "sequence": "/n"})


def plain_kind(kind: str) -> str:
    return re.sub(r"\?.*", "", kind)


def without_key(way: Way) -> Way:
    return replace(way, key=None)
