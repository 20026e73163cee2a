"""From the text of a `profile.toml` to a Profile. Everything that can be wrong with the text is said here, once."""

import re
import tomllib

from edge.decoding import judge
from edge.decoding.fields import SIZES
from edge.decoding.formats import NAMED
from edge.decoding.kinds import full_uuid, normalise_kind
from edge.decoding.profile import (
    Field,
    Flag,
    Freshness,
    Layout,
    Link,
    Match,
    Profile,
    Proven,
    Range,
    Subscription,
    Write,
)
from edge.decoding.table import Table, line_numbers
from edge.errors import FrameMalformed, ProfileError, did_you_mean, shown
from edge.model.reading import TEMPERATURES, Quantity, Validity

RHYTHM_HZ = 20.0  # 3 to 8 Hz movement with its first harmonics needs 20 Hz at least (Nyquist, with a margin)
_ABOUT = ("age", "worn", "battery", "hazards", "source")
_MOST_DIGITS = 20  # of a 64-bit number
_ROLES = ("sensor_time", "first_sensor_time", "counter")
_FLAG = re.compile(r"(!?)([a-z0-9_]+)\.([0-9]{1,2})")


def parse_profile(text: str, origin: str) -> Profile:
    """The profile in `text`; `origin` is the file's name for errors. Raises ProfileError with file, line and key."""
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as wrong:  # also a number of thousands of digits, tables without end
        raise ProfileError(f"{origin}: not valid TOML: {wrong}") from None
    table = Table(data, origin, line_numbers(text))
    profile = _profile(table)
    table.finish()
    _check_whole(table, profile)
    return profile


def _profile(table: Table) -> Profile:
    ident = table.text("id")
    if not re.fullmatch(r"[a-z0-9_]{1,48}", ident):
        table.fail("id", f"expected lower-case letters, digits and _, got {shown(ident)}")
    quantities = tuple(table.member("quantities", name, Quantity) for name in table.texts("quantities"))
    about = table.table("about")
    proven = about.choice("proven", Proven)
    facts = {key: about.text(key) for key in _ABOUT} | {key: about.text(key, "") for key in ("note", "gateways")}
    about.finish()
    options = table.table("options")
    return Profile(
        id=ident,
        name=table.text("name"),
        vendor=table.text("vendor"),
        quantities=quantities,
        link=table.choice("link", Link),
        match=_match(table),
        formats=_formats(table),
        subscribe=tuple(_subscription(item) for item in table.tables("subscribe")),
        start=tuple(_write(item) for item in table.tables("start")),
        stop=tuple(_write(item) for item in table.tables("stop")),
        expected_interval_s=table.positive("expected_interval_s"),
        renewed_s=table.positive("renewed_s", table.positive("expected_interval_s")),
        freshness=table.choice("freshness", Freshness, Freshness.NONE),
        rate_hz=table.positive("rate_hz") if "rate_hz" in table else None,
        rhythm=table.flag("rhythm"),
        spot=table.flag("spot"),
        silence_ok=table.flag("silence_ok"),
        ambient=table.flag("ambient"),
        use_start_notify=table.flag("use_start_notify", default=True),
        options={key: options.text(key) for key in options},
        about=facts,
        ranges=_ranges(table.table("range")),
        proven=proven,
        key_form=table.text("key_form", ""),
    )


def _check_whole(table: Table, profile: Profile) -> None:
    """What no key can know alone."""
    if not profile.quantities:
        table.fail("quantities", "expected at least one quantity")
    if not profile.formats:
        table.fail("format", "expected at least one format")
    for quantity in profile.quantities:
        if quantity in TEMPERATURES and quantity not in profile.ranges:
            table.fail("range", f"{quantity} needs a [range.{quantity}] with `valid` and `accuracy`")
    declared = set(profile.quantities)
    for item in [item for layouts in profile.formats.values() for layout in layouts for item in layout.fields]:
        if item.quantity is not None and item.quantity not in declared:
            table.fail("quantities", f"lacks {item.quantity}, which a field gives")
    if profile.key_form not in {"", "hex16", "text8"}:
        table.fail("key_form", f"expected hex16 or text8, got {shown(profile.key_form)}")
    if profile.rhythm and not (profile.rate_hz and profile.rate_hz >= RHYTHM_HZ and declared & judge.MOTION):
        table.fail("rhythm", f"needs acceleration or magnitude at {RHYTHM_HZ:g} Hz or more")
    if profile.link is Link.GATT and not profile.subscribe:
        table.fail("subscribe", "a sensor with link gatt needs a characteristic to subscribe to")
    for entry in profile.subscribe:
        if entry.kind not in profile.formats:
            table.fail("subscribe", f"{entry.kind} has no format")


def _uuid(table: Table, key: str, text: str) -> str:
    try:
        return full_uuid(text)
    except ValueError as wrong:
        table.fail(key, str(wrong))


def _match(whole: Table) -> Match:
    table = whole.table("match")
    match = Match(
        names=table.texts("names"),
        services=tuple(_uuid(table, "services", text) for text in table.texts("services")),
        service_data=tuple(_uuid(table, "service_data", text) for text in table.texts("service_data")),
        manufacturers=table.integers("manufacturers"),
    )
    table.finish()
    if match == Match() and whole.choice("link", Link) is not Link.MQTT:
        table.fail("", "expected names, services, service_data or manufacturers")
    return match


def _subscription(table: Table) -> Subscription:
    uuid = _uuid(table, "characteristic", table.text("characteristic"))
    options = table.table("options")
    options_read = {name: _uuid(options, name, options.text(name)) for name in options}
    subscription = Subscription(uuid, normalise_kind(f"characteristic:{uuid}"), table.flag("optional"), options_read)
    table.finish()
    return subscription


def _hex(table: Table, key: str, default: str | None = None) -> bytes:
    text = table.text(key, default)
    try:
        return bytes.fromhex(text)
    except ValueError:
        table.fail(key, f"expected bytes in hex, got {shown(text)}")


def _write(table: Table) -> Write:
    payload = _hex(table, "payload")
    checksum = table.text("checksum", "")
    if checksum not in {"", "sum8"}:
        table.fail("checksum", f"expected sum8, got {shown(checksum)}")
    if checksum:
        payload += bytes([sum(payload) & 0xFF])
    uuid = _uuid(table, "characteristic", table.text("characteristic"))
    write = Write(uuid, payload, table.flag("with_response", default=True))
    table.finish()
    return write


def _ranges(table: Table) -> dict[Quantity, Range]:
    ranges: dict[Quantity, Range] = {}
    for key in table:
        quantity = table.member(key, key, Quantity)
        entry = table.table(key)
        temperature = quantity in TEMPERATURES
        valid = entry.pair("valid")
        possible = entry.pair("possible", judge.POSSIBLE_C if temperature else valid)
        accuracy = entry.text("accuracy", None if temperature else "")
        entry.finish()
        if not possible[0] <= valid[0] < valid[1] <= possible[1]:
            entry.fail("valid", f"expected a range inside {possible[0]:g} to {possible[1]:g}")
        if temperature and not judge.POSSIBLE_C[0] <= possible[0] < possible[1] <= judge.POSSIBLE_C[1]:
            entry.fail("possible", f"expected a range inside {judge.POSSIBLE_C[0]:g} to {judge.POSSIBLE_C[1]:g} Cel")
        ranges[quantity] = Range(valid, possible, accuracy)
    return ranges


def _formats(table: Table) -> dict[str, tuple[Layout, ...]]:
    formats: dict[str, tuple[Layout, ...]] = {}
    for entry in table.tables("format"):
        layout = _layout(entry)
        for kind in _kinds(entry):
            formats[kind] = (*formats.get(kind, ()), layout)
        entry.finish()
    return formats


def _kinds(table: Table) -> list[str]:
    """One `kind`, or several `kinds` of frames that are laid out alike."""
    key = "kinds" if "kinds" in table else "kind"
    texts = table.texts("kinds") if key == "kinds" else (table.text("kind"),)
    try:
        return [normalise_kind(text) for text in texts]
    except FrameMalformed as wrong:
        table.fail(key, str(wrong))


def _layout(table: Table) -> Layout:
    named = table.text("named", "")
    if named and named not in NAMED:
        table.fail("named", f"expected one of {', '.join(NAMED)}, got {shown(named)}{did_you_mean(named, list(NAMED))}")
    options, params = table.table("options"), table.table("params")
    fields: list[Field] = []
    for entry in table.tables("fields"):
        fields.append(_field(entry, {item.name for item in fields if item.name}))
    if bool(named) == bool(fields):
        table.fail("fields", "expected either fields or a named format")
    layout = Layout(
        named=named,
        prefix=_hex(table, "prefix", ""),
        options={key: options.text(key) for key in options},
        fields=tuple(fields),
        final=table.flag("final", default=True),
        padding=table.integer("padding", 0, high=16),
        exact=table.flag("exact"),
        params={key: params.integer(key) for key in params},
    )
    gated = {item.gate for item in fields if item.gate}
    if unknown := gated - {item.name for item in fields if item.states}:
        table.fail("fields", f"gate {min(unknown)!r} is not a field with states")
    return layout


def _flag_of(table: Table, key: str, names: set[str]) -> Flag | None:
    text = table.text(key, "")
    if not text:
        return None
    found = _FLAG.fullmatch(text)
    if not found:
        table.fail(key, f"expected a flag like flags.3 or !flags.3, got {shown(text)}")
    if found[2] not in names:
        table.fail(key, f"{found[2]!r} is not an earlier field{did_you_mean(found[2], sorted(names))}")
    return Flag(found[2], int(found[3]), wanted=not found[1])


def _field(table: Table, names: set[str]) -> Field:
    kind = table.text("type")
    if kind not in SIZES and kind != "bytes":
        table.fail(
            "type", f"expected one of {', '.join(SIZES)} or bytes, got {shown(kind)}{did_you_mean(kind, list(SIZES))}"
        )
    states = table.table("states")
    role = table.text("role", "")
    if role and role not in _ROLES:
        table.fail("role", f"expected one of {', '.join(_ROLES)}, got {shown(role)}{did_you_mean(role, list(_ROLES))}")
    item = Field(
        type=kind,
        name=table.text("name", ""),
        quantity=table.choice("quantity", Quantity) if "quantity" in table else None,
        role=role,
        scale=table.number("scale", 1.0),
        offset=table.number("offset", 0.0),
        shift=table.integer("shift", 0, high=63),
        mask=table.integer("mask") if "mask" in table else None,
        axes=table.integer("axes", 1, low=1, high=3),
        samples=table.integer("samples", 1, high=512),
        size=table.integer("size", low=1, high=255) if kind == "bytes" else 0,
        equals=table.integers("equals"),
        reserved=table.integer("reserved", 0),
        zero_bits=table.integer("zero_bits", 0),
        invalid=table.integers("invalid"),
        when=_flag_of(table, "when", names),
        fahrenheit=_flag_of(table, "fahrenheit", names),
        checksum=table.text("checksum", ""),
        gate=table.text("gate", ""),
        states={_state_key(states, key): states.choice(key, Validity) for key in states},
        decimals=table.integer("decimals", high=9) if "decimals" in table else None,
        optional=table.flag("optional"),
    )
    table.finish()
    if item.checksum not in {"", "sum8"}:
        table.fail("checksum", f"expected sum8, got {shown(item.checksum)}")
    motion = item.quantity in judge.MOTION
    if not motion and (item.axes != 1 or item.samples != 1):
        table.fail("axes", "only acceleration and magnitude come in samples of several axes")
    if motion and item.axes != (3 if item.quantity is Quantity.ACCELERATION else 1):
        table.fail("axes", "acceleration has 3 axes, magnitude one")
    if kind == "bytes" and item.quantity is not None:
        table.fail("quantity", "bytes are skipped, they are no value")
    return item


def _state_key(table: Table, key: str) -> int:
    if not (key.isascii() and key.isdecimal() and len(key) <= _MOST_DIGITS):
        table.fail(key, "expected a raw value, a whole number")
    return int(key)
