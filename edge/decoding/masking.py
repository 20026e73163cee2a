"""Frames without what would tell whose sensor sent them, for files that leave the house. Pure."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from edge.decoding.decoder import layout_of
from edge.decoding.fields import SIZES
from edge.decoding.profile import Field, Layout, Profile
from edge.model.address import is_canonical

ADDRESS_BYTES = 6


def mask(profile: Profile, kind: str, payload: bytes, address: str, options: Mapping[str, str]) -> bytes:
    """The frame with zeros for the sensor's address: where its format has one, and wherever else its bytes stand."""
    layout = layout_of(profile, kind, payload, options)
    masked = bytearray(payload)
    found = _PLACES[layout.named](payload) if layout.named in _PLACES else _fields(layout, len(payload))
    for start, size in found:
        masked[start : start + size] = bytes(size)
    return without_address(bytes(masked), address)


def without_address(payload: bytes, address: str) -> bytes:
    """The bytes with zeros wherever those of the address stand, in either order."""
    own = bytes.fromhex(address.replace(":", "")) if is_canonical(address.upper()) else b""
    for pattern in (own, own[::-1]) if own else ():
        payload = payload.replace(pattern, bytes(ADDRESS_BYTES))
    return payload


def _fields(layout: Layout, length: int) -> list[tuple[int, int]]:
    """Where declared fields called `address` or `serial` stand, from the end if what stands before may vary."""
    found = []
    for index, item in enumerate(layout.fields):
        if item.name in {"address", "serial"}:
            before, behind = layout.fields[:index], layout.fields[index + 1 :]
            fixed = all(map(_is_fixed, before))
            start = len(layout.prefix) + sum(map(_size, before)) if fixed else length - sum(map(_size, (item, *behind)))
            found.append((start, _size(item)))
    return found


def _is_fixed(item: Field) -> bool:
    return item.when is None and not item.optional and item.samples > 0


def _size(item: Field) -> int:
    return (item.size or SIZES[item.type] * item.axes) * item.samples


def _in_bthome(payload: bytes) -> list[tuple[int, int]]:
    """Behind the device information, if its bit 1 says so (https://bthome.io/format)."""
    return [(1, ADDRESS_BYTES)] if payload[:1] and payload[0] & 0x02 else []


def _in_mibeacon(payload: bytes) -> list[tuple[int, int]]:
    """Behind frame control, device type and counter, if bit 4 of the frame control says so (xiaomi-ble)."""
    return [(5, ADDRESS_BYTES)] if payload[:1] and payload[0] & 0x10 else []


_PLACES: Mapping[str, Callable[[bytes], list[tuple[int, int]]]] = MappingProxyType(
    {"bthome": _in_bthome, "mibeacon": _in_mibeacon}
)
