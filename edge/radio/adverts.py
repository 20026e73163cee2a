"""Advertisements: whose they are and which frames they carry. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from edge.decoding import Match, short_uuid
from edge.model.event import FrameReceived

if TYPE_CHECKING:
    from bleak.backends.device import BLEDevice


@dataclass(frozen=True, slots=True)
class Advert:
    """One advertisement.

    address: upper case. private: it is a random address that the sensor changes (Core Specification, Vol 6 Part B
    1.3.2.2). services and the keys of service_data: full UUIDs, lower case.
    """

    address: str
    name: str = ""
    rssi_dbm: int | None = None
    services: Sequence[str] = ()
    service_data: Mapping[str, bytes] = field(default_factory=dict)
    manufacturer_data: Mapping[int, bytes] = field(default_factory=dict)
    private: bool = False


def fits(match: Match, advert: Advert) -> bool:
    """Whether every non-empty field of `match` is met by the advertisement; an empty match fits nothing."""
    checks = (
        (match.names, advert.name.startswith(match.names)),
        (match.services, not set(match.services).isdisjoint(advert.services)),
        (match.service_data, not set(match.service_data).isdisjoint(advert.service_data)),
        (match.manufacturers, not set(match.manufacturers).isdisjoint(advert.manufacturer_data)),
    )
    asked = [met for wanted, met in checks if wanted]
    return bool(asked) and all(asked)


def frames(device: str, advert: Advert, arrival_s: float | None = None) -> Iterator[FrameReceived]:
    """The frames in an advertisement that came at `arrival_s`: one for each company and each service that sent data."""
    for company, payload in advert.manufacturer_data.items():
        yield FrameReceived(device, f"manufacturer:{company:04x}", payload, advert.rssi_dbm, arrival_s)
    for uuid, payload in advert.service_data.items():
        yield FrameReceived(device, f"service_data:{short_uuid(uuid)}", payload, advert.rssi_dbm, arrival_s)


def private(device: "BLEDevice") -> bool:
    """Whether its address is random and changes: only static ones have both highest bits set."""
    details = device.details.get("props", {}) if isinstance(device.details, dict) else {}
    return details.get("AddressType") == "random" and int(device.address[:2], 16) < 0xC0
