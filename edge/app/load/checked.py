"""A checked set-up: the configuration with the profiles and keys of its sensors, and whether every secret is there."""

import datetime as dt
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from edge.app.load import devices
from edge.app.load.configuration import CREDENTIAL, Configuration, file_of, read
from edge.app.load.profiles import load_profiles, profiles_root
from edge.config import Config
from edge.decoding import Profile
from edge.errors import ConfigError, did_you_mean
from edge.model.people import Caregiver, Person
from edge.radio import proxy
from edge.radio.proxy import Proxy

# The child's zone may be a day ahead of this computer's.
A_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CheckedConfiguration(Configuration):
    """All that the daemon is made from. profiles: of the sensors that are set up. proxies: with their keys."""

    profiles: Mapping[str, Profile] = field(kw_only=True)
    proxies: tuple[Proxy, ...] = ()


def load(
    path: Path, *, state_dir: Path | None = None, environment: Mapping[str, str] | None = None
) -> CheckedConfiguration:
    """Read and check everything. Raises ConfigError, naming file, line and key."""
    found = read(path, state_dir=state_dir, environment=environment)
    profiles = load_profiles(profiles_root())
    if wrong := list(devices.problems(found.config, profiles)):
        raise ConfigError("\n".join(wrong))
    with_keys = tuple(replace(d, key=found.credentials.get(f"{d.id}_key") or "") for d in found.config.devices)
    return CheckedConfiguration(
        replace(found.config, devices=with_keys),
        found.credentials,
        found.state_dir,
        found.warnings,
        found.path,
        profiles={device.profile: profiles[device.profile] for device in with_keys},
        proxies=tuple(_proxies(found)),
    )


def _proxies(found: Configuration) -> Iterator[Proxy]:
    """The computers that hear for the hub. Raises ConfigError where one could never be used."""
    if found.config.proxies:
        proxy.check_installed()
    for each in found.config.proxies:
        key = found.credentials.get(f"{each.id}_key") or "" if each.encrypted else ""
        try:
            if key:
                proxy.check_key(key)
        except ConfigError as error:
            raise ConfigError(f"the credential {each.id}_key {error}") from None
        yield Proxy(each.id, each.host, each.port, each.encrypted, key)


def require_person(config: Config, person: str) -> None:
    """Raises ConfigError for an id that nobody has."""
    known = [each.id for each in config.persons]
    if person not in known:
        near = did_you_mean(person, known) or f" (known: {', '.join(known) or 'none'})"
        raise ConfigError(f"there is no person {person!r} in the configuration{near}")


def only_person(config: Config, person: str) -> Person:
    """That person; the only one if none is named. Raises ConfigError for one who is not there, or if there are more."""
    if person:
        require_person(config, person)
    elif len(config.persons) != 1:
        known = ", ".join(each.id for each in config.persons) or "none"
        raise ConfigError(f"of whom? give --person (known: {known})")
    return next(each for each in config.persons if person in ("", each.id))


def examine(loaded: CheckedConfiguration, today: dt.date) -> list[str]:
    """What `config check` checks beyond `load`; returns the warnings. today: by this computer's clock.

    Raises ConfigError with one line for each secret that is named and not there, each file of [mqtt] that cannot be
    used, and each birth in the future. Apart from `load`: who only asks the hub something need not be able to read all
    secrets, and the daemon starts also while its clock is years behind.
    """
    config = loaded.config
    problems = [
        f"{config.place(f'person/{person.id}', 'born')}: person.born: {person.born} is in the future (today is "
        f"{today}, by this computer's clock)"
        for person in config.persons
        if person.born is not None and person.born > today + A_DAY
    ]
    problems += _certificates(loaded)
    # Who shows a certificate may need no password; the broker says so if it does.
    password = ["mqtt_password"] if config.mqtt.username and not config.mqtt.cert_file else []
    proxy_keys = [f"{each.id}_key" for each in config.proxies if each.encrypted]
    beats = [config.heartbeat.url] if config.heartbeat and config.heartbeat.url.startswith(CREDENTIAL) else []
    named = [
        *password,
        *proxy_keys,
        *channel_secrets(config.caregivers),
        *(url.removeprefix(CREDENTIAL) for url in beats),
    ]
    problems += missing_secrets(loaded, named)
    unsaid = _without_token(loaded, problems)
    if problems:
        raise ConfigError("\n".join(problems))
    return unsaid


def channel_secrets(caregivers: Iterable[Caregiver]) -> list[str]:
    """Names of the secrets that hold the addresses of their phones."""
    return [channel.removeprefix(CREDENTIAL) for each in caregivers for channel in each.channels]


def missing_secrets(loaded: Configuration, names: Iterable[str]) -> list[str]:
    """A sentence for each of these that is not there or cannot be used."""
    problems = []
    for name in dict.fromkeys(names):
        try:
            loaded.credentials.require(name)
        except ConfigError as error:
            problems.append(str(error))
    return problems


def _without_token(loaded: CheckedConfiguration, problems: list[str]) -> list[str]:
    """A database may need no token, as VictoriaMetrics does; one that is there must be readable."""
    if loaded.config.influx is None:
        return []
    try:
        if loaded.credentials.get("influx_token") is not None:
            return []
    except ConfigError as error:
        problems.append(str(error))
        return []
    return ["there is no credential 'influx_token', so the database of [influx] must take readings without one"]


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
