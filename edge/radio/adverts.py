"""Advertisements: whose they are and which frames they carry. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from edge.decoding.kinds import short_uuid
from edge.decoding.profile import Match, Profile
from edge.model.event import FrameHeard
from edge.model.people import Device


@dataclass(frozen=True, slots=True)
class Advert:
    """One advertisement. address: upper case. services and the keys of service_data: full UUIDs, lower case."""

    address: str
    name: str = ""
    rssi_dbm: int | None = None
    services: Sequence[str] = ()
    service_data: Mapping[str, bytes] = field(default_factory=dict)
    manufacturer_data: Mapping[int, bytes] = field(default_factory=dict)


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


def frames(device: str, advert: Advert) -> Iterator[FrameHeard]:
    """The frames in an advertisement: one for each company and each service that sent data."""
    for company, payload in advert.manufacturer_data.items():
        yield FrameHeard(device, f"manufacturer:{company:04x}", payload, advert.rssi_dbm)
    for uuid, payload in advert.service_data.items():
        yield FrameHeard(device, f"service_data:{short_uuid(uuid)}", payload, advert.rssi_dbm)


CLAIM_ENDS_S = 120.0
"""A sensor set up without an address keeps the one it was first heard with until silent for this long, since some
change theirs every 15 minutes (Core Specification, Vol 3 Part C Appendix A, T_GAP(private_addr_int))."""


class Claims:
    """Which configured sensor an address belongs to: its own address decides; without one, the profile's match.

    Of two alike sensors without addresses each gets the first free one that is heard.
    """

    def __init__(self, devices: Sequence[Device], profiles: Mapping[str, Profile]) -> None:
        self._by_address = {device.address.upper(): device for device in devices if device.address}
        self._open = [(device, profiles[device.profile].match) for device in devices if not device.address]
        self._claimed: dict[str, tuple[str, float]] = {}

    def owner(self, advert: Advert, now_s: float) -> Device | None:
        """The sensor that sent this, or None for a stranger. now_s: monotonic seconds."""
        if device := self._by_address.get(advert.address):
            return device
        for device, _ in self._open:
            if self._claimed.get(device.id, ("", 0.0))[0] == advert.address:
                return self._claim(device, advert.address, now_s)
        for device, match in self._open:
            if device.id not in self._claimed and fits(match, advert):
                return self._claim(device, advert.address, now_s)
        for device, match in self._open:
            if now_s - self._claimed.get(device.id, ("", now_s))[1] > CLAIM_ENDS_S and fits(match, advert):
                return self._claim(device, advert.address, now_s)
        return None

    def still_there(self, device: str, now_s: float) -> None:
        """Data came over its connection, during which it does not advertise."""
        if device in self._claimed:
            self._claimed[device] = (self._claimed[device][0], now_s)

    def _claim(self, device: Device, address: str, now_s: float) -> Device:
        self._claimed[device.id] = (address, now_s)
        return device
