"""Names of frames and of the UUIDs in them."""

import re
from collections.abc import Mapping

from edge.errors import FrameMalformed

BASE = "-0000-1000-8000-00805f9b34fb"  # Bluetooth Base UUID, Core Specification Vol 3 Part B 2.5.1
_SHORT = re.compile(r"(?:0x)?([0-9a-f]{4})")
_MEDIUM = re.compile(r"(?:0x)?([0-9a-f]{8})")
_LONG = re.compile(r"([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})")
_SOURCES = ("manufacturer", "service_data", "characteristic")
MQTT = "mqtt"
"""A message that somebody else's gateway published; how to read it is said by the device, not by the profile."""


def full_uuid(text: str) -> str:
    """The 128-bit UUID, lower case with dashes, of a 16-, 32- or 128-bit one. Raises ValueError."""
    lower = text.strip().lower()
    if short := _SHORT.fullmatch(lower):
        return f"0000{short[1]}{BASE}"
    if medium := _MEDIUM.fullmatch(lower):
        return f"{medium[1]}{BASE}"
    if long := _LONG.fullmatch(lower):
        return "-".join(long.groups())
    raise ValueError(f"{text!r} is not a UUID of 16, 32 or 128 bits")


def short_uuid(text: str) -> str:
    """Four hex digits where the UUID is a 16-bit one of the Bluetooth SIG, else the full one."""
    full = full_uuid(text)
    return full[4:8] if full.startswith("0000") and full.endswith(BASE) else full


def normalise_kind(kind: str) -> str:
    """One spelling for each kind of frame: `manufacturer:0499`, `service_data:181c`, `characteristic:<uuid>`, `mqtt`.

    16-bit UUIDs and company ids are four lower-case hex digits; what `with_options` added is left out. Raises
    FrameMalformed.
    """
    source, colon, which = kind.partition("?")[0].strip().partition(":")
    source = source.lower()
    if not colon and source == MQTT:
        return MQTT
    if not colon or source not in _SOURCES:
        raise FrameMalformed(
            f"expected a kind like manufacturer:0499, service_data:181c, characteristic:2a1c or mqtt, got {kind!r}"
        )
    if source == "manufacturer":
        company = _SHORT.fullmatch(which.strip().lower())
        if not company:
            raise FrameMalformed(f"expected a company id of four hex digits as in manufacturer:0499, got {kind!r}")
        return f"manufacturer:{company[1]}"
    try:
        return f"{source}:{short_uuid(which)}"
    except ValueError:
        raise FrameMalformed(f"expected a UUID of 16 or 128 bits after {source}:, got {kind!r}") from None


def with_options(kind: str, options: Mapping[str, str]) -> str:
    """The kind with what the sensor itself said of its format: `characteristic:2a1c?format=3`."""
    said = "&".join(f"{name}={value}" for name, value in options.items())
    return f"{kind}?{said}" if said else kind


def options_of(kind: str) -> dict[str, str]:
    """The decoding options that `with_options` put into a kind."""
    items = [item.partition("=") for item in kind.partition("?")[2].split("&")]
    return {name: value for name, _, value in items if name}
