"""What a device profile says, as values. `edge.decoding.loader` makes them from `profile.toml`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from edge.model.reading import Quantity


class Link(StrEnum):
    ADVERT = "advert"
    GATT = "gatt"


@dataclass(frozen=True, slots=True)
class Match:
    """How an advertisement is recognised; every non-empty field must fit, any item of it is enough.

    names: name prefixes. services, service_data: full 128-bit UUIDs, lower case. manufacturers: company ids.
    """

    names: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    service_data: tuple[str, ...] = ()
    manufacturers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Subscription:
    """A characteristic to listen to (full UUID, lower case). kind: the frame kind handed to `decode`."""

    characteristic: str
    kind: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes to write after subscribing (start) or before leaving (stop)."""

    characteristic: str
    payload: bytes
    with_response: bool = True


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of sensor.

    expected_interval_s: the longest usual gap between two arrivals while it works. silence_ok: it speaks only when
    a value changes. spot: a spot thermometer that sleeps between measurements. rhythm: fast enough (20 Hz or more)
    for the movement detector. rate_hz: nominal rate with the start writes given here.
    """

    id: str
    name: str
    vendor: str
    quantities: tuple[Quantity, ...]
    link: Link
    match: Match
    formats: Mapping[str, object]
    subscribe: tuple[Subscription, ...] = ()
    start: tuple[Write, ...] = ()
    stop: tuple[Write, ...] = ()
    expected_interval_s: float = 60.0
    rate_hz: float | None = None
    rhythm: bool = False
    spot: bool = False
    silence_ok: bool = False
    use_start_notify: bool = True
    options: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)
