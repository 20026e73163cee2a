"""From the bytes of a frame to its readings: the layout that fits, then its fields or its named format."""

from collections.abc import Mapping

from edge.decoding.choice import one_of_each
from edge.decoding.fields import decode_fields, serial_of
from edge.decoding.formats import NAMED, SERIALS, SERIES
from edge.decoding.frame import Frame
from edge.decoding.kinds import MQTT, normalise_kind, options_of
from edge.decoding.profile import Layout, Profile
from edge.errors import FrameMalformed
from edge.model.reading import Decoded, Serial

# Any sensor may be heard by somebody else's gateway: its profile says what to believe, its device how to read it.
_BY_GATEWAY = (Layout(named="json_value"),)


def decode(
    profile: Profile,
    kind: str,
    payload: bytes,
    *,
    address: str = "",
    key: bytes | None = None,
    options: Mapping[str, str] = {},
) -> tuple[Decoded, ...]:
    """All readings in one frame.

    kind: `manufacturer:0499` (payload without the company id), `service_data:181c`, `characteristic:2a1c`; 16-bit or
    full UUIDs. address: of the sensor, where its frames are encrypted. key: its secret, see `key_bytes`. options: what
    the bytes leave open (they override the profile's; what the sensor said of itself, in the kind, overrides both);
    `index` chooses of a quantity that the frame holds several times. Raises FrameMalformed with what was expected.
    """
    frame = _framed(profile, kind, payload, address=address, key=key, options=options)
    named = frame.layout.named
    decoded = NAMED[named](frame) if named else decode_fields(frame)
    return decoded if named in SERIES else one_of_each(decoded, frame.options)


def serial(
    profile: Profile, kind: str, payload: bytes, *, address: str = "", options: Mapping[str, str] = {}
) -> Serial | None:
    """The number by which this frame is told from a repeated or a replayed one; None where its format has none.

    Of a frame that `decode` has taken: what is sealed was opened there, and is not opened again.
    """
    frame = _framed(profile, kind, payload, address=address, key=None, options=options)
    if not frame.layout.named:
        return serial_of(frame)
    numbered = SERIALS.get(frame.layout.named)
    return numbered(frame) if numbered else None


def _framed(
    profile: Profile, kind: str, payload: bytes, *, address: str, key: bytes | None, options: Mapping[str, str]
) -> Frame:
    """The frame with the layout that fits it, and all options."""
    layout = layout_of(profile, kind, payload, options)
    chosen = {**profile.options, **options, **options_of(kind)}
    return Frame(profile, layout, bytes(payload)[len(layout.prefix) :], address, key, chosen)


def layout_of(profile: Profile, kind: str, payload: bytes, options: Mapping[str, str] = {}) -> Layout:
    """The layout by which `decode` reads this frame. Raises FrameMalformed with what was expected."""
    wanted = normalise_kind(kind)
    layouts = profile.formats.get(wanted, _BY_GATEWAY if wanted == MQTT else None)
    if layouts is None:
        raise FrameMalformed(f"expected {' or '.join(profile.formats)} from {profile.id}, got {wanted}")
    return _choose(layouts, bytes(payload), {**profile.options, **options, **options_of(kind)})


def _choose(layouts: tuple[Layout, ...], payload: bytes, options: Mapping[str, str]) -> Layout:
    fitting = [item for item in layouts if all(options.get(name) == value for name, value in item.options.items())]
    if not fitting:
        known = {f"{name}={value}" for item in layouts for name, value in item.options.items()}
        given = ", ".join(f"{name}={value}" for name, value in options.items()) or "none"
        raise FrameMalformed(f"expected one of the options {', '.join(sorted(known))}, got {given}")
    for layout in fitting:
        if payload.startswith(layout.prefix):
            return layout
    first = " or ".join(layout.prefix.hex() for layout in fitting)
    raise FrameMalformed(f"expected a frame that begins with {first}, got {payload[:4].hex() or 'nothing'}")


def key_bytes(profile: Profile, text: str) -> bytes | None:
    """The key as `decode` takes it, from how a person writes it; None for an empty text. Raises FrameMalformed.

    `hex16`: 32 hex digits. `text8`: the 8 characters on the sensor, or their 16 hex digits.
    """
    plain = text.strip()
    if not plain:
        return None
    if profile.key_form == "text8" and len(plain) == 8 and plain.isascii():
        return plain.encode("ascii")
    size = {"hex16": 16, "text8": 8}.get(profile.key_form)
    if size is None:
        raise FrameMalformed(f"expected no key: {profile.id} does not encrypt")
    try:
        raw = bytes.fromhex(plain)
    except ValueError:
        raw = b""
    if len(raw) != size:
        form = "8 characters" if size == 8 else "32 hex digits"
        raise FrameMalformed(f"expected a key of {form} for {profile.id}")
    return raw
