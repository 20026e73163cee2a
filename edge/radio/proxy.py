"""A Bluetooth proxy: another computer of the house that hears for the hub over the network.

Only the address of one; what speaks to it is imported when it is used (`edge.radio.esphome`), so that a hub without one
neither needs nor loads its libraries.
"""

import base64
import binascii
from dataclasses import dataclass, field
from importlib.util import find_spec

from edge.errors import ConfigError

KEY_BYTES = 32
"""Of the pre-shared key of the ESPHome native API (Noise_NNpsk0_25519_ChaChaPoly_SHA256), written as base64."""
_NEEDED = ("aioesphomeapi", "bluetooth_data_tools")


@dataclass(frozen=True, slots=True)
class Proxy:
    """id: how the family calls it. host: name or address. port: of its native API. key: base64, from the credentials.

    encrypted: whether it must prove that it has the key; without, anybody in the network could play sensor.
    """

    id: str
    host: str
    port: int = 6053
    encrypted: bool = True
    key: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """As it stands among the adapters, none of which has a space in its name."""
        return f"proxy {self.id}"


def check_key(key: str) -> None:
    """Raises ConfigError for what can be no key of the native API."""
    try:
        size = len(base64.b64decode(key, validate=True))
    except (binascii.Error, ValueError):
        size = 0
    if size != KEY_BYTES:
        raise ConfigError(f"is no key of the ESPHome API: expected {KEY_BYTES} bytes in base64, 44 characters")


def installed() -> bool:
    """Whether the libraries of the extra are there."""
    return all(find_spec(module) is not None for module in _NEEDED)


def check_installed() -> None:
    """Raises ConfigError where the libraries of the extra are missing."""
    if not installed():
        raise ConfigError("[[proxy]] needs what the extra `proxy` installs: pip install 'feverhub[proxy]'")
