"""A checked set-up: the configuration with the profiles and keys of its sensors, and whether every secret is there."""

import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from edge import config as configuration
from edge.app.load.configuration import CREDENTIAL, Configuration, file_of, read
from edge.app.load.profiles import load_profiles, profiles_root
from edge.config import Config
from edge.decoding import Profile, index_of
from edge.errors import ConfigError, FrameMalformed
from edge.model.reading import TEMPERATURES


@dataclass(frozen=True, slots=True)
class CheckedConfiguration(Configuration):
    """All that the daemon is made from. profiles: of the sensors that are set up."""

    profiles: Mapping[str, Profile] = field(kw_only=True)


def load(
    path: Path, *, state_dir: Path | None = None, environment: Mapping[str, str] | None = None
) -> CheckedConfiguration:
    """Read and check everything. Raises ConfigError, naming file, line and key."""
    found = read(path, state_dir=state_dir, environment=environment)
    profiles = load_profiles(profiles_root())
    _check_devices(found.config, profiles, path)
    devices = tuple(replace(d, key=found.credentials.get(f"{d.id}_key") or "") for d in found.config.devices)
    return CheckedConfiguration(
        replace(found.config, devices=devices),
        found.credentials,
        found.state_dir,
        found.warnings,
        profiles={device.profile: profiles[device.profile] for device in devices},
    )


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
        if "index" in device.options:
            try:
                index_of(device.options["index"])
            except FrameMalformed as wrong:
                problems.append(f"{path}: device {device.id}: options: {wrong}")
    if problems:
        raise ConfigError("\n".join(problems))


def check_secrets(loaded: CheckedConfiguration) -> None:
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


def _certificates(loaded: CheckedConfiguration) -> Iterator[str]:
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
