"""Which configured sensor an advertisement belongs to. Pure, but for what it remembers of the senders near it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from edge.decoding import Match, Profile
from edge.model.people import Device
from edge.radio.adverts import Advert, fits

ASSIGNMENT_ENDS_S = 120.0
"""A sensor set up without an address keeps the one it was first seen with until silent for this long, since some
change theirs every 15 minutes (Core Specification, Vol 3 Part C Appendix A, T_GAP(private_addr_int))."""
GATHER_S = 3.0
"""How long to look who else fits before one is taken: who waits for a connection advertises at least every 1.2 s (same
place, T_GAP(adv_slow_interval))."""
MARGIN_DB = 10.0
"""So much louder is nearer, whatever the bodies between: a body in the way takes some 10 dB or more at 2.4 GHz, so less
than that tells two sensors of one room not apart."""
NEAR_S = 30.0
MOST_NEAR = 200


@dataclass(frozen=True, slots=True)
class _Near:
    """Somebody who fits a sensor without an address. level_dbm: the strongest that was received."""

    first_s: float
    last_s: float
    level_dbm: float
    fits: frozenset[str]


class DeviceMatcher:
    """Which configured sensor an address belongs to: its own address decides; without one, the profile's match.

    Of several alike that are near, a sensor without an address gets the nearest by a clear margin, or none: a
    stranger's temperature is worse than none. `doubts`: why one has none, for a person. Two alike sensors without
    addresses may change places.
    """

    def __init__(self, devices: Sequence[Device], profiles: Mapping[str, Profile]) -> None:
        self._by_address = {device.address.upper(): device for device in devices if device.address}
        self._open = [device for device in devices if not device.address]
        self._matches: dict[str, Match] = {device.id: profiles[device.profile].match for device in self._open}
        self._assigned: dict[str, tuple[str, float]] = {}
        self._near: dict[str, _Near] = {}
        self.doubts: dict[str, str] = {}

    def match(self, advert: Advert, now_s: float) -> Device | None:
        """The sensor that sent this, or None for a stranger. now_s: monotonic seconds."""
        if device := self._by_address.get(advert.address):
            return device
        for device in self._open:
            if self._assigned.get(device.id, ("", 0.0))[0] == advert.address:
                return self._assign(device, advert.address, now_s)
        if not self._notice(advert, now_s):
            return None
        for device in self._open:
            if device.id in self._near[advert.address].fits and self._free(device, now_s):
                self._choose(self._matches[device.id], now_s)
        return next((each for each in self._open if self._assigned.get(each.id, ("", 0.0))[0] == advert.address), None)

    def data_arrived(self, device: str, now_s: float) -> None:
        """Data came over its connection, during which it does not advertise."""
        if device in self._assigned:
            self._assigned[device] = (self._assigned[device][0], now_s)

    def _notice(self, advert: Advert, now_s: float) -> bool:
        """Remember who fits a sensor without an address; whether this one does."""
        found = frozenset(device.id for device in self._open if fits(self._matches[device.id], advert))
        level_dbm = float("-inf") if advert.rssi_dbm is None else advert.rssi_dbm
        before = self._near.get(advert.address)
        if before is not None:
            level_dbm, found = max(level_dbm, before.level_dbm), found | before.fits
            self._near[advert.address] = replace(before, last_s=now_s, level_dbm=level_dbm, fits=found)
        elif found:
            if len(self._near) >= MOST_NEAR:
                del self._near[min(self._near, key=lambda address: self._near[address].last_s)]
            self._near[advert.address] = _Near(now_s, now_s, level_dbm, found)
        return bool(found)

    def _free(self, device: Device, now_s: float) -> bool:
        return now_s - self._assigned.get(device.id, ("", float("-inf")))[1] > ASSIGNMENT_ENDS_S

    def _choose(self, match: Match, now_s: float) -> None:
        """Give each free sensor of this kind the one that is it, if that is clear."""
        free = [each for each in self._open if self._matches[each.id] == match and self._free(each, now_s)]
        taken = {address for ident, (address, _) in self._assigned.items() if ident not in {each.id for each in free}}
        # Seen while the sensor was still there, it is another one, and not the sensor at a new address.
        silent_s = max(self._assigned.get(each.id, ("", float("-inf")))[1] for each in free)
        ranked = sorted(
            (
                (near.level_dbm, address)
                for address, near in self._near.items()
                if free[0].id in near.fits and address not in taken
                if now_s - near.last_s <= NEAR_S and near.first_s > silent_s
            ),
            reverse=True,
        )
        if not ranked or now_s - min(self._near[address].first_s for _, address in ranked) < GATHER_S:
            return
        chosen = ranked[: len(free)]
        if len(ranked) > len(free) and not chosen[-1][0] - ranked[len(free)][0] >= MARGIN_DB:
            for device in free:
                self.doubts[device.id] = (
                    f"{len(ranked)} sensors that may be it are near and none is clearly the nearest: run `feverhub "
                    "pair` beside it, so that it is known by its address"
                )
            return
        by_first = sorted((self._near[address].first_s, address) for _, address in chosen)
        for device, (_, address) in zip(free, by_first, strict=False):
            self._assign(device, address, now_s)

    def _assign(self, device: Device, address: str, now_s: float) -> Device:
        self._assigned[device.id] = (address, now_s)
        self.doubts.pop(device.id, None)
        return device
