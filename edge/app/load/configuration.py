"""From files to a checked configuration: its layers, and where the secrets are. Enough to speak to a running hub."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from edge import config as configuration
from edge.config import BrokerTable, Config, Source
from edge.errors import ConfigError
from edge.host.credentials import Credentials

SETTINGS_FILE = "settings.toml"
CREDENTIALS = "credentials"
"""In the state folder: the secrets that the page took, such as the address of a phone."""
CREDENTIAL = "credential:"
_LONGEST_PATH = 200  # as `[hub] state_dir` is checked


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the files say. warnings: what works but should be known. path: the owner's file, there or not."""

    config: Config
    credentials: Credentials
    state_dir: Path
    warnings: tuple[str, ...] = ()
    path: Path = Path()


def read(path: Path, *, state_dir: Path | None = None, environment: Mapping[str, str] | None = None) -> Configuration:
    """Read and check all but what needs the device profiles. Raises ConfigError, naming file, line and key."""
    environment = os.environ if environment is None else environment
    folder = state_folder(path, state_dir)
    sources = []
    unread = ""
    try:
        settings = folder / SETTINGS_FILE
        if settings.is_file():
            sources.append(Source(_read(settings), str(settings)))
    except PermissionError:
        unread = f"{folder} may not be entered by this user, so what was set up by phone or `feverhub pair` is left out"
    if not sources or path.exists():  # who set the hub up by phone needs no file of his own
        sources.insert(0, Source(_read(path), str(path)))
    config = configuration.parse(sources, environment)
    folder = state_dir or Path(config.hub.state_dir)
    credentials = Credentials(
        Path(config.hub.credentials_dir) if config.hub.credentials_dir else None, environment, folder / CREDENTIALS
    )
    return Configuration(config, credentials, folder, (*([unread] if unread else []), *_warnings(config)), path)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")  # editors of Windows put a mark before the text
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not text in UTF-8") from None


def needs_radio(config: Config) -> bool:
    """Whether this computer's own adapter has something to hear; not where gateways or proxies hear all sensors."""
    by_gateways = bool(config.devices) and all(device.mqtt is not None for device in config.devices)
    return config.hub.own_bluetooth and not by_gateways


def owners_text(path: Path) -> str:
    """What stands in the owner's file; nothing if there is none, or it cannot be read."""
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return ""


def state_folder(path: Path, state_dir: Path | None = None) -> Path:
    """Where settings.toml lies, read before everything is checked; a wrong value is reported with the rest."""
    if state_dir is not None:
        return state_dir
    try:
        found = tomllib.loads(owners_text(path)).get("hub", {}).get("state_dir", "")
    except (ValueError, RecursionError, AttributeError):
        found = ""
    usable = isinstance(found, str) and 0 < len(found) <= _LONGEST_PATH and "\0" not in found
    return Path(found if usable else "/var/lib/feverhub")


def file_of(known: Configuration, named: str) -> Path | None:
    """The file that a setting names: a path, or a credential such as "credential:mqtt_key"; None for an empty one.

    Raises ConfigError for a credential that is not there.
    """
    if named.startswith(CREDENTIAL):
        return known.credentials.file(named.removeprefix(CREDENTIAL))
    return Path(named) if named else None


def _warnings(config: Config) -> list[str]:
    found = list(config.warnings)
    if not config.devices:
        found.append("no sensor is set up, so nothing is watched")
    if not config.caregivers:
        found.append("no caregiver is set up, so only the sounder and MQTT subscribers are told")
    elif not any(caregiver.channels for caregiver in config.caregivers):
        found.append("no caregiver has a push channel, so phones are reached by MQTT alone")
    brokers: tuple[BrokerTable, ...] = (config.mqtt, *config.wards)
    if any(not broker.tls and broker.host not in {"localhost", "127.0.0.1", "::1"} for broker in brokers):
        found.append("MQTT to another machine without TLS: anyone in the network can read along")
    for key, needs in (("ca_file", "tls"), ("cert_file", "tls"), ("key_file", "cert_file")):
        if any(getattr(broker, key) and not getattr(broker, needs) for broker in brokers):
            found.append(f"mqtt.{key} is of no use without mqtt.{needs}")
    return found
