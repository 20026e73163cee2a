"""A sensor becomes one of the house: which one, does it speak, and what then stands in the configuration."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from edge.analysis.temperature import SETTLING_S, Rules
from edge.app.load.checked import CheckedConfiguration, require_person
from edge.app.load.profiles import no_profile
from edge.app.load.progress import Bar
from edge.app.sensors.scan import Found, countdown, in_words, recognised
from edge.decoding import Profile, as_line, as_plain, decode, key_bytes
from edge.errors import ConfigError, EdgeError, FrameMalformed, KeyNeeded
from edge.model.address import canonical
from edge.model.event import FrameReceived
from edge.model.language import N_
from edge.model.limits import Limits
from edge.model.people import Device, Limb, Site
from edge.model.reading import MOVEMENTS, TEMPERATURES, Decoded, Reading, Samples
from edge.radio import watchdog
from edge.radio.discovery import Air, Neighbours, attend, consenting, look_around, one_sensor, specificity
from edge.radio.link import State

NEARER_S = 5.0
"""After the first sensor that fits, how long to wait for a nearer one: who waits for a connection advertises at least
every 1.2 s (Core Specification, Vol 3 Part C Appendix A, T_GAP(adv_slow_interval)), so this is four chances."""
CONNECT_S = 30.0
REFUSALS = 3
"""So many frames in a row that a key does not open: it is another sensor's."""
RATE_BLOCKS, RATE_S = 3, 3.0
"""A rate is estimated from at least this many packets over at least so many seconds."""
# Of `First.sentence`, as the catalogues of texts find its parts again.
FIRST_VALUE = N_("first value {a} °C")
SETTLING, UNTIL_RELIABLE = N_("settling"), N_("about {a} minutes until reliable")
MOVEMENT_HEARD, SAMPLES = N_("movement heard"), N_("{a} samples a second")


@dataclass(frozen=True, slots=True)
class First:
    """The first thing a sensor said. rate_hz: samples a second as they arrived, of a movement sensor.

    address: its true one, as far as it was learned, else empty. bonded: whether it was bonded with.
    """

    sentence: str
    readings: tuple[Decoded, ...]
    rate_hz: float | None = None
    address: str = ""
    bonded: bool = False


class Locked(EdgeError):
    """What a sensor sends is encrypted, and there is no key, or another one's."""


def choice(profiles: Mapping[str, Profile], named: str, place: Site | Limb) -> dict[str, Profile]:
    """The profiles to look for: the one that was named, or all that suit the place. Raises EdgeError."""
    if not named:
        return {ident: each for ident, each in profiles.items() if _suits(each, place, strict=True)}
    if named not in profiles:
        raise no_profile(named, sorted(profiles))
    if not _suits(profiles[named], place, strict=False):
        what = "temperature of a body" if isinstance(place, Site) else "movement"
        other = "limb" if isinstance(place, Site) else "site"
        raise EdgeError(f"{named} measures no {what}: give a --{other}, or another profile")
    return {named: profiles[named]}


def _suits(profile: Profile, place: Site | Limb, *, strict: bool) -> bool:
    if isinstance(place, Site):
        return not profile.ambient and any(each in TEMPERATURES for each in profile.quantities)
    return profile.rhythm or (not strict and any(each in MOVEMENTS for each in profile.quantities))


def identity(loaded: CheckedConfiguration, person: str, place: Site | Limb, wanted: str) -> str:
    """The id: as wanted, else the place's name. No sensor is replaced unless its id was given.

    Raises ConfigError if there is no such person, or the id is not free.
    """
    require_person(loaded.config, person)
    devices = {each.id: each for each in loaded.config.devices}
    if wanted:
        if wanted in devices and devices[wanted].person != person:
            raise ConfigError(f"the sensor {wanted!r} is worn by {devices[wanted].person}; give another --id")
        return wanted
    there = next(
        (each.id for each in devices.values() if each.person == person and place in (each.site, each.limb)), ""
    )
    if there or str(place) in devices:
        raise ConfigError(
            f"there is a sensor {there or str(place)!r} already: give --id {there or place} to put the new one in its "
            "place, or another --id for one more"
        )
    return str(place)


def check_free(loaded: CheckedConfiguration, device: Device) -> None:
    """Raises ConfigError if this very sensor is set up under another id: two would be watched where one is."""
    for other in loaded.config.devices:
        if other.address and other.address == device.address.upper() and other.id != device.id:
            raise ConfigError(f"{device.address} is set up as {other.id!r} already: give --id {other.id}")


async def find(air: Air, profiles: Mapping[str, Profile], seconds: float, address: str = "") -> list[Found]:
    """Those near that fit, nearest first; ends soon after the first. Raises Unreachable, EdgeError if nobody came."""
    nearby = Neighbours()
    first_s: list[float] = []
    wanted = canonical(address) or address.upper()

    def fits() -> list[Found]:
        near = (each for each in nearby.nearest_first() if not wanted or each.address == wanted)
        return [found for each in near if (found := recognised(each, profiles)).profiles]

    def enough() -> bool:
        if not first_s and fits():
            first_s.append(air.clock.now().mono_s)
        return bool(first_s) and (bool(address) or air.clock.now().mono_s - first_s[0] >= NEARER_S)

    with Bar("looking", seconds) as bar:
        await look_around(
            air,
            nearby.receive,
            lambda: countdown(
                air.clock, seconds, lambda gone_s: bar.reach(gone_s, f"{seconds - gone_s:.0f} s left"), enough
            ),
        )
    if not (found := fits()):
        raise EdgeError(
            f"no sensor that fits was heard within {seconds:g} s (of {len(nearby)} Bluetooth devices near): switch it "
            "on, hold it close to the hub, let a spot thermometer measure once, and end its connection to any phone or "
            "to a running hub; `feverhub scan --all` shows who is near"
        )
    return found


def profile_of(found: Found) -> Profile:
    """The profile to read it with. Raises EdgeError if two fit equally well."""
    best = found.profiles[0]
    equal = [each.id for each in found.profiles if specificity(each) == specificity(best)]
    if len(equal) > 1:
        raise EdgeError(f"{found.advert.address} may be {' or '.join(equal)}: name the profile")
    return best


@dataclass(slots=True)
class Ear:
    """Takes a sensor's frames until they are enough for a sentence. latest: the newest value, in words.

    locked: whether what it sends is encrypted, and there is no key, or another one's.
    """

    device: Device
    profile: Profile
    key: bytes | None
    first: First | None = None
    refused: str = ""
    latest: str = ""
    locked: bool = False
    unopened: int = 0
    blocks: list[tuple[float, int]] = field(default_factory=list)

    def receive(self, frame: FrameReceived, now_s: float) -> None:
        try:
            items = decode(
                self.profile,
                frame.kind,
                frame.payload,
                address=self.device.address,
                key=self.key,
                options=self.device.options,
            )
        except FrameMalformed as error:
            self.refused = str(error)
            self.unopened += self.key is not None
            self.locked = isinstance(error, KeyNeeded) or self.unopened >= REFUSALS
            return
        self.unopened = 0
        found = self._temperature(items) if self.device.site else self._movement(items, now_s)
        self.first = self.first or found
        if found is not None:
            self.latest = _latest(found)

    def _temperature(self, items: tuple[Decoded, ...]) -> First | None:
        for item in items:
            if isinstance(item, Reading) and item.quantity in TEMPERATURES and item.value == item.value:
                assert self.device.site is not None
                settles = Rules(self.device.site, Limits(), spot=self.profile.spot).settles
                wait = f", {SETTLING}: {UNTIL_RELIABLE.format(a=f'{SETTLING_S / 60:.0f}')}" if settles else ""
                return First(f"first value {in_words(item)}{wait}", items)
        return None

    def _movement(self, items: tuple[Decoded, ...], now_s: float) -> First | None:
        if not self.profile.rhythm:
            useful = [item for item in items if item.quantity in MOVEMENTS]
            words = "no rhythm: the movement detector cannot use it"
            return First(f"first value {as_line(useful[0])}; {words}", items) if useful else None
        count = sum(len(item.values) for item in items if isinstance(item, Samples))
        if not count:
            return None
        self.blocks.append((now_s, count))
        span_s = now_s - self.blocks[0][0]
        if len(self.blocks) < RATE_BLOCKS or span_s < RATE_S:
            return None
        rate_hz = sum(each for _, each in self.blocks[1:]) / span_s
        return First(f"{MOVEMENT_HEARD}: {SAMPLES.format(a=round(rate_hz))}", items, rate_hz)


async def first_value(
    air: Air, device: Device, profile: Profile, linger: Callable[[Ear], Awaitable[None]] | None = None
) -> First:
    """Listen to this one sensor until it has said something. Raises Unreachable, Locked, EdgeError if it says nothing.

    linger: runs after that, while the sensor is still received; what it said first is given when it returns.
    """
    seconds = CONNECT_S + watchdog.deadline_s(profile)
    ear = Ear(device, profile, key_bytes(profile, device.key))
    source = one_sensor(air, device, profile, bonds=True)
    seen: set[State] = set()

    def show(gone_s: float) -> None:
        seen.add(state := source.states[device.id])
        bar.reach(gone_s, state.value.replace("_", " "))

    async def wait() -> None:
        await countdown(air.clock, seconds, show, lambda: ear.first or ear.locked)
        if ear.first is not None and linger is not None:
            await linger(ear)

    async with consenting(air):
        with Bar("first value", seconds) as bar:
            await attend(source, lambda frame: ear.receive(frame, air.clock.now().mono_s), wait)
    if ear.first is None:
        silent = Locked if ear.locked else EdgeError
        raise silent(f"{device.address} {_why_silent(ear, seen, seconds)}; nothing was set up")
    address, bonded = source.identity(device.id)
    return replace(ear.first, address=address, bonded=bonded)


def _latest(first: First) -> str:
    if first.rate_hz is not None:
        return SAMPLES.format(a=round(first.rate_hz))
    scalars = [item for item in first.readings if isinstance(item, Reading) and item.quantity in TEMPERATURES]
    return in_words(scalars[0]) if scalars else first.sentence


def known_by(device: Device, first: First, *, private: bool) -> tuple[Device, str]:
    """The device with the address that it is found at again, none if that changes; and what to say about it."""
    if first.bonded:
        return replace(device, address=first.address), "bonded: its data are encrypted, and no other hub gets them"
    if not private:
        return device, ""
    return replace(device, address=""), (
        "its address changes and it cannot be bonded with, so it is known by its name and services alone: beside "
        "another one of its kind the hub may take neither"
    )


def _why_silent(ear: Ear, seen: set[State], seconds: float) -> str:
    if ear.refused:
        if ear.profile.key_form and ear.key is None:
            place = f"its key belongs into the file {ear.device.id}_key of the credentials folder, mode 0600"
            return f"sends what cannot be read ({ear.refused}; {place}), and nothing else, within {seconds:g} s"
        return f"sends what {ear.profile.id} cannot read ({ear.refused}), and nothing else, within {seconds:g} s"
    said = f"{seconds:g}"
    if State.STREAMING in seen:
        return N_("was connected, but gave no value (is it worn, and measuring?) within {a} s").format(a=said)
    if seen - {State.SEARCHING}:
        return N_("could not be connected (is it connected to a phone?) within {a} s").format(a=said)
    return N_("was not heard again within {a} s").format(a=said)


def row(device: Device) -> dict[str, Any]:
    """The device as `[[device]]` has it; None: the key is left out."""
    return {
        "id": device.id,
        "profile": device.profile,
        "address": device.address or None,
        "person": device.person,
        "site": str(device.site) if device.site else None,
        "limb": str(device.limb) if device.limb else None,
        "options": dict(device.options) or None,
    }


def facts(first: First) -> dict[str, object]:
    """What it said, as plain values."""
    readings = [as_plain(item) for item in first.readings if isinstance(item, Reading)]
    return {"first": first.sentence, "rate_hz": first.rate_hz, "readings": readings, "bonded": first.bonded}


def with_key(device: Device, loaded: CheckedConfiguration) -> Device:
    """The device with its key, if there is one among the credentials."""
    return replace(device, key=loaded.credentials.get(f"{device.id}_key") or "")
