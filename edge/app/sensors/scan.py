"""The sensors nearby that a short scan sees: what they are, and what they already say."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from edge.app.load.progress import Bar
from edge.decoding import Profile, as_plain, decode
from edge.errors import FrameMalformed
from edge.host.clock import SystemClock
from edge.model.reading import MOVEMENTS, TEMPERATURES, Decoded, Reading
from edge.ports import Clock
from edge.radio.adverts import Advert, frames
from edge.radio.discovery import Air, Neighbours, fitting, look_around

_LOOK_S = 0.25


@dataclass(frozen=True, slots=True)
class Found:
    """One neighbour. profiles: those it fits, the most specific first; none: unknown.

    readings: what its advertisements already say, by the first profile that reads them. note: why they cannot be read.
    """

    advert: Advert
    profiles: tuple[Profile, ...] = ()
    readings: tuple[Decoded, ...] = ()
    note: str = ""


def on_this_computer(adapters: Sequence[str] = ()) -> Air:
    """The real radio and the real clock."""
    return Air(SystemClock(), tuple(adapters))


async def scan(air: Air, profiles: Mapping[str, Profile], seconds: float) -> list[Found]:
    """Listen for so long with a bar on stderr; everyone, nearest first. Raises Unreachable."""
    nearby = Neighbours()
    with Bar("listening", seconds) as bar:
        await look_around(
            air,
            nearby.receive,
            lambda: countdown(air.clock, seconds, lambda gone_s: bar.reach(gone_s, f"{len(nearby)} heard")),
        )
    return [recognised(each, profiles) for each in nearby.nearest_first()]


async def countdown(
    clock: Clock, seconds: float, show: Callable[[float], None], enough: Callable[[], object] = lambda: False
) -> None:
    """Wait until it is enough, at most so many seconds; `show` is told how many have gone."""
    start_s = clock.now().mono_s
    while (gone_s := clock.now().mono_s - start_s) < seconds and not enough():
        show(gone_s)
        await clock.sleep(min(_LOOK_S, seconds - gone_s))


def recognised(advert: Advert, profiles: Mapping[str, Profile]) -> Found:
    """What this neighbour is, and what it says."""
    fits = tuple(fitting(profiles, advert))
    note = ""
    for profile in fits:
        readings: list[Decoded] = []
        for frame in frames("", advert):
            if frame.kind not in profile.formats:
                continue
            try:
                readings += decode(profile, frame.kind, frame.payload, address=advert.address, options=profile.options)
            except FrameMalformed as error:
                note = note or str(error)
        if readings:
            return Found(advert, fits, tuple(readings))
    return Found(advert, fits, note=note)


def uses(profile: Profile) -> list[str]:
    """What the hub can use it for: `thermometer`, `rhythm` (fast enough for the movement detector) ..."""
    found = []
    if any(quantity in TEMPERATURES for quantity in profile.quantities):
        found.append("room temperature" if profile.ambient else "thermometer")
    if profile.rhythm:
        found.append("rhythm")
    elif any(quantity in MOVEMENTS for quantity in profile.quantities):
        found.append("no rhythm")
    return found


def facts(found: Found) -> dict[str, object]:
    """One neighbour as plain values."""
    return {
        "address": found.advert.address,
        "name": found.advert.name,
        "rssi_dbm": found.advert.rssi_dbm,
        "profiles": [
            {"id": each.id, "name": each.name, "uses": uses(each), "proven": each.proven.value, "link": each.link.value}
            for each in found.profiles
        ],
        "readings": [as_plain(item) for item in found.readings],
        "note": found.note,
    }


def line(found: Found) -> str:
    """One neighbour for a person: signal, address, name, then what it is."""
    advert = found.advert
    level = "  ? dBm" if advert.rssi_dbm is None else f"{advert.rssi_dbm:3d} dBm"
    start = f"{level}  {advert.address}  {printable(advert.name) or '-':20}"
    if not found.profiles:
        return f"{start}  unknown"
    best = found.profiles[0]
    names = " or ".join(each.id for each in found.profiles)
    words = [
        names,
        " and ".join(uses(best)) or "nothing of use",
        best.proven.value,
        value_in_words(found.readings),
        found.note,
    ]
    return f"{start}  {', '.join(word for word in words if word)}"


def printable(name: str) -> str:
    """A name that is safe to print: a device may be called anything, terminal commands included."""
    return "".join(sign if sign.isprintable() else "?" for sign in name)[:40]


def value_in_words(readings: Sequence[Decoded]) -> str:
    """The temperature if there is one, else the first scalar."""
    scalars = [item for item in readings if isinstance(item, Reading) and item.value == item.value]
    scalars.sort(key=lambda item: item.quantity not in TEMPERATURES)
    return in_words(scalars[0]) if scalars else ""


def in_words(item: Reading) -> str:
    """`36.4 °C`, and why it is not to be believed, if it is not."""
    celsius = item.quantity in TEMPERATURES
    text = f"{item.value:.1f} °C" if celsius else f"{item.quantity.value.replace('_', ' ')} {item.value:g} {item.unit}"
    return f"{text} ({item.reason})" if item.reason else text
