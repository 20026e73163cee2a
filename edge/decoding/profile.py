"""What a device profile says, as values. `edge.decoding.loader` makes them from `profile.toml`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from edge.model.reading import Quantity, Validity


class Link(StrEnum):
    ADVERT = "advert"
    GATT = "gatt"
    MQTT = "mqtt"


class Proven(StrEnum):
    """How far a profile was proven, from the weakest to the strongest."""

    SPECIFICATION = "specification"
    PUBLISHED_PAYLOAD = "published payload"
    HEARD_ON_AIR = "heard on air"


class Freshness(StrEnum):
    """What tells a frame from one that is sent again: a number that counts, one used once, or the sensor's own time."""

    COUNTER = "counter"
    NONCE = "nonce"
    TIME = "time"
    NONE = "none"


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
    """A characteristic to listen to (full UUID, lower case). kind: the frame kind handed to `decode`.

    options: decoding option -> the characteristic whose value, one unsigned number, the sensor says it with.
    """

    characteristic: str
    kind: str
    optional: bool = False
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes to write after subscribing (start) or before leaving (stop)."""

    characteristic: str
    payload: bytes
    with_response: bool = True


@dataclass(frozen=True, slots=True)
class Range:
    """Which values of a quantity to believe, in its unit.

    valid: where the sensor is known to be right; beyond it a value is `questionable`. possible: beyond it a value is
    `invalid`. accuracy: what is known of the error, with its source.
    """

    valid: tuple[float, float]
    possible: tuple[float, float]
    accuracy: str = ""


@dataclass(frozen=True, slots=True)
class Flag:
    """Bit `bit` of the earlier field `field`, or its absence (`wanted` False)."""

    field: str
    bit: int
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Field:
    """One value in the bytes, in order. Physical value = ((raw >> shift) & mask) * scale + offset.

    type: a key of `edge.decoding.fields.SIZES`, or `bytes` with a `size`. name: how others refer to it, empty if none
    do. quantity: what it becomes a reading of, None for no reading. role: what else it is for, such as `counter` or
    `sensor_time`. when: it is there only if this flag is set; None: always. axes: values a sample (3 for x, y, z).
    samples: how many samples follow, 0 until the end of the frame. equals: the only raw values that fit.
    reserved: bits for future use, ignored on receipt. zero_bits: bits that are never set in an undamaged frame.
    invalid: raw values that mean "no value". checksum: `sum8` of all bytes before.
    fahrenheit: the flag that says so. gate: a field with `states` that judges this one. decimals: digits to round to,
    where they do not follow from `scale`. optional: may be missing at the end of the frame, as a whole.
    """

    type: str
    name: str = ""
    quantity: Quantity | None = None
    role: str = ""
    scale: float = 1.0
    offset: float = 0.0
    shift: int = 0
    mask: int | None = None
    axes: int = 1
    samples: int = 1
    size: int = 0
    equals: tuple[int, ...] = ()
    reserved: int = 0
    zero_bits: int = 0
    invalid: tuple[int, ...] = ()
    when: Flag | None = None
    fahrenheit: Flag | None = None
    checksum: str = ""
    gate: str = ""
    states: Mapping[int, Validity] = field(default_factory=dict)
    decimals: int | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """One way to read the bytes of a frame: by fields, or by a named format written in code.

    prefix: the first bytes, which select this layout and are skipped. options: decoding options that select it.
    final: False when these values are interim. padding: zero bytes that may follow samples that go on until the end.
    exact: bytes behind the last field mean damage; otherwise they are ignored. params: of the named format.
    """

    named: str = ""
    prefix: bytes = b""
    options: Mapping[str, str] = field(default_factory=dict)
    fields: tuple[Field, ...] = ()
    final: bool = True
    padding: int = 0
    exact: bool = False
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of sensor.

    id, name, vendor: as in its folder's name, for a person, and of its maker. quantities: what it measures. link: by
    advertisements, a connection or a gateway. match: how its advertisements are known. subscribe: the characteristics
    to listen to. start, stop: what is written after subscribing and before leaving. use_start_notify: BlueZ switches
    notifications on by StartNotify, not by AcquireNotify. ranges: which values to believe. proven: how far this profile
    was. formats: frame kind -> its layouts, tried in order. expected_interval_s: the longest usual gap between two
    arrivals while it works. renewed_s: the longest usual time in which it repeats one measurement, with the same
    number, before the next. freshness: by what an old or a frozen frame is known; `none`: by nothing. silence_ok: it
    speaks only when a value changes. spot: a spot thermometer that sleeps between measurements. ambient: its
    temperature is that of the room or of its chip, not of a body. rhythm: fast enough (20 Hz or more) for the movement
    detector. rate_hz: nominal rate with the start writes given here. options: defaults of the decoding options.
    key_form: `hex16` (a 16-byte key in hex), `text8` (8 characters) or empty (no key). about: what a person wants to
    know (age, worn, battery, hazards, source, note).
    """

    id: str
    name: str
    vendor: str
    quantities: tuple[Quantity, ...]
    link: Link
    match: Match
    formats: Mapping[str, tuple[Layout, ...]]
    subscribe: tuple[Subscription, ...] = ()
    start: tuple[Write, ...] = ()
    stop: tuple[Write, ...] = ()
    expected_interval_s: float = 60.0
    renewed_s: float = 60.0
    freshness: Freshness = Freshness.NONE
    rate_hz: float | None = None
    rhythm: bool = False
    spot: bool = False
    silence_ok: bool = False
    ambient: bool = False
    use_start_notify: bool = True
    options: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)
    ranges: Mapping[Quantity, Range] = field(default_factory=dict)
    proven: Proven = Proven.SPECIFICATION
    key_form: str = ""
