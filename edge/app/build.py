"""From files to a checked set-up: the configuration's layers, the profiles that are used, the secrets."""

import os
import stat
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from edge import config as configuration
from edge.app.profiles import load_profiles, profiles_root
from edge.config import Config, Source
from edge.decoding.profile import Profile
from edge.errors import ConfigError
from edge.host.credentials import Credentials
from edge.model.reading import TEMPERATURES

SETTINGS_FILE = "settings.toml"
CREDENTIAL = "credential:"


@dataclass(frozen=True, slots=True)
class Loaded:
    """All that the daemon is made from. warnings: what works but should be known."""

    config: Config
    profiles: Mapping[str, Profile]
    credentials: Credentials
    state_dir: Path
    warnings: tuple[str, ...] = ()


def load(path: Path, *, state_dir: Path | None = None, environment: Mapping[str, str] | None = None) -> Loaded:
    """Read and check everything. Raises ConfigError, naming file, line and key."""
    environment = os.environ if environment is None else environment
    owner = Source(_read(path), str(path))
    folder = state_dir or _state_dir(owner)
    sources = [owner]
    unread = ""
    try:
        settings = folder / SETTINGS_FILE
        if settings.is_file():
            sources.append(Source(_read(settings), str(settings)))
    except PermissionError:
        unread = f"{folder} may not be entered by this user, so the settings made on the page are left out"
    config = configuration.parse(sources, environment)
    folder = state_dir or Path(config.hub.state_dir)
    credentials = Credentials(Path(config.hub.credentials_dir) if config.hub.credentials_dir else None, environment)
    profiles = load_profiles(profiles_root())
    _check_devices(config, profiles, path)
    warnings = [*([unread] if unread else []), *_warnings(config)]
    config = replace(
        config, devices=tuple(replace(d, key=credentials.get(f"{d.id}_key") or "") for d in config.devices)
    )
    used = {device.profile: profiles[device.profile] for device in config.devices}
    return Loaded(config, used, credentials, folder, tuple(warnings))


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not text in UTF-8") from None


def _state_dir(owner: Source) -> Path:
    """Where settings.toml lies, read before everything is checked; a wrong value is reported with the rest."""
    try:
        found = tomllib.loads(owner.text).get("hub", {}).get("state_dir", "")
    except (tomllib.TOMLDecodeError, AttributeError):
        found = ""
    return Path(found if isinstance(found, str) and found else "/var/lib/feverhub")


def _check_devices(config: Config, profiles: Mapping[str, Profile], path: Path) -> None:
    problems = []
    for device in config.devices:
        profile = profiles.get(device.profile)
        if profile is None:
            known = configuration.nearest(device.profile, sorted(profiles))
            problems.append(f"{path}: device {device.id}: there is no profile {device.profile!r}{known}")
        elif device.site is None and device.limb is None:
            thermometer = any(quantity in TEMPERATURES for quantity in profile.quantities)
            missing = 'site, such as "axilla"' if thermometer else 'limb, such as "left_ankle"'
            problems.append(f"{path}: device {device.id}: needs a {missing}")
    if problems:
        raise ConfigError("\n".join(problems))


def check_secrets(loaded: Loaded) -> None:
    """Raises ConfigError with one line for each secret that the configuration names and that is not there.

    Apart from `load`, since who only asks the hub something need not be able to read them all.
    """
    config = loaded.config
    # Who shows a certificate may need no password; the broker says so if it does.
    wanted = ["mqtt_password"] if config.mqtt.username and not config.mqtt.cert_file else []
    wanted += ["influx_token"] if config.influx else []
    wanted += [channel.removeprefix(CREDENTIAL) for each in config.caregivers for channel in each.channels]
    problems = list(_certificates(loaded))
    for name in dict.fromkeys(wanted):
        try:
            loaded.credentials.require(name)
        except ConfigError as error:
            problems.append(str(error))
    if problems:
        raise ConfigError("\n".join(problems))


def file_of(loaded: Loaded, named: str) -> Path | None:
    """The file that a setting names: a path, or a credential such as "credential:mqtt_key"; None for an empty one.

    Raises ConfigError for a credential that is not there.
    """
    if named.startswith(CREDENTIAL):
        return loaded.credentials.file(named.removeprefix(CREDENTIAL))
    return Path(named) if named else None


def _certificates(loaded: Loaded) -> Iterator[str]:
    """What is wrong with the files of [mqtt], a sentence each."""
    mqtt = loaded.config.mqtt
    for key in ("ca_file", "cert_file", "key_file"):
        try:
            file = file_of(loaded, getattr(mqtt, key))
            if file is not None and mqtt.tls:
                mode = file.stat().st_mode
                if key == "key_file" and mode & stat.S_IRWXO:
                    yield f"mqtt.key_file: others may read the key {file}; run: chmod 600 {file}"
        except ConfigError as error:
            yield f"mqtt.{key}: {error}"
        except OSError as error:
            yield f"mqtt.{key}: {file} cannot be read: {error.strerror}"


def _warnings(config: Config) -> list[str]:
    found = []
    if not config.devices:
        found.append("no sensor is set up, so nothing is watched")
    if not config.caregivers:
        found.append("no caregiver is set up, so only the sounder and MQTT subscribers are told")
    elif not any(caregiver.channels for caregiver in config.caregivers):
        found.append("no caregiver has a push channel, so phones are reached by MQTT alone")
    if not config.mqtt.tls and config.mqtt.host not in {"localhost", "127.0.0.1", "::1"}:
        found.append("MQTT to another machine without TLS: anyone in the network can read along")
    for key, needs in (("ca_file", "tls"), ("cert_file", "tls"), ("key_file", "cert_file")):
        if getattr(config.mqtt, key) and not getattr(config.mqtt, needs):
            found.append(f"mqtt.{key} is of no use without mqtt.{needs}")
    return found
