"""Bytes from a sensor in, readings out. Pure; profiles say the formats, code only where fields cannot."""

from edge.decoding import clock
from edge.decoding.choice import index_of
from edge.decoding.decoder import decode, key_bytes, serial
from edge.decoding.formats.json_value import Stamp, stamp
from edge.decoding.judge import range_of
from edge.decoding.kinds import MQTT, full_uuid, normalise_kind, short_uuid, with_options
from edge.decoding.loader import parse_profile
from edge.decoding.masking import mask, without_address
from edge.decoding.plain import as_line, as_plain
from edge.decoding.profile import Freshness, Link, Match, Profile, Subscription, Write

__all__ = [
    "MQTT",
    "Freshness",
    "Link",
    "Match",
    "Profile",
    "Stamp",
    "Subscription",
    "Write",
    "as_line",
    "as_plain",
    "clock",
    "decode",
    "full_uuid",
    "index_of",
    "key_bytes",
    "mask",
    "normalise_kind",
    "parse_profile",
    "range_of",
    "serial",
    "short_uuid",
    "stamp",
    "with_options",
    "without_address",
]
