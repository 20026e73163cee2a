"""Decoders with a fault, for whoever has to find it."""

from dataclasses import replace

from edge.decoding.formats import NAMED
from edge.decoding.frame import Frame

_SOUND = NAMED["health_thermometer"]


def without_its_length(frame: Frame):
    """The decoder of thermometers, if it took what is missing for zeros."""
    return _SOUND(replace(frame, payload=frame.payload.ljust(13, b"\0")))


def without_any_check(frame: Frame):
    """The same, if it trusted its flags."""
    return _SOUND(frame) if frame.payload[frame.payload[0] & 7] else ()


def plant(decoder, monkeypatch) -> None:
    """In place of the sound one, until the test ends."""
    monkeypatch.setitem(NAMED, "health_thermometer", decoder)
