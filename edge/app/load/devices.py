"""Each sensor against its profile: what could never be received or judged is refused, with file and line."""

from collections.abc import Iterator, Mapping

from edge import config as configuration
from edge.config import Config
from edge.decoding import Link, Profile, index_of
from edge.errors import FrameMalformed
from edge.model.people import Device
from edge.model.reading import MOVEMENTS, TEMPERATURES


def problems(config: Config, profiles: Mapping[str, Profile]) -> Iterator[str]:
    """A sentence for each sensor that could not do what it is set up for."""
    for device in config.devices:
        profile = profiles.get(device.profile)
        if profile is None:
            known = configuration.nearest(device.profile, sorted(profiles))
            yield f"{_at(config, device, 'profile')}: there is no profile {device.profile!r}{known}"
        else:
            yield from _place(config, device, profile)
            yield from _gateway(config, device, profile)
        if "index" in device.options:
            try:
                index_of(device.options["index"])
            except FrameMalformed as wrong:
                yield f"{_at(config, device, 'options')}: options: {wrong}"
    yield from _without_rhythm(config, profiles)


def _place(config: Config, device: Device, profile: Profile) -> Iterator[str]:
    """Worn where it has something to measure."""
    warm = not profile.ambient and any(quantity in TEMPERATURES for quantity in profile.quantities)
    if device.site is None and device.limb is None:
        missing = 'site, such as "axilla"' if warm else 'limb, such as "left_ankle"'
        yield f"{_at(config, device, '')}: needs a {missing}"
    if device.site is not None and not warm:
        what = "that of the room or of its chip" if profile.ambient else "none"
        yield (
            f"{_at(config, device, 'site')}: a site is for a thermometer, and the temperature of {profile.id} is "
            f"{what}; no fever would be seen"
        )
    if device.limb is not None and not any(quantity in MOVEMENTS for quantity in profile.quantities):
        yield (
            f"{_at(config, device, 'limb')}: a limb is for a movement sensor, and {profile.id} measures no movement; "
            'give a site, such as "axilla"'
        )


def _gateway(config: Config, device: Device, profile: Profile) -> Iterator[str]:
    """Heard by the one way that there is to it."""
    if profile.link is Link.MQTT and device.mqtt is None:
        yield (
            f"{_at(config, device, 'profile')}: {profile.id} is heard by somebody else's gateway alone; give its "
            "topic as mqtt_source"
        )
    if device.mqtt is not None and device.limb is not None and not profile.rhythm:
        yield (
            f"{_at(config, device, 'profile')}: {profile.id} is too slow to show a convulsion; for samples over MQTT "
            'take the profile "mqtt_motion"'
        )


def _without_rhythm(config: Config, profiles: Mapping[str, Profile]) -> Iterator[str]:
    """A person whose only movement sensors could not show a convulsion."""
    for person in config.persons:
        moving = [
            (device, profile)
            for device in config.devices
            if device.person == person.id and device.limb is not None
            if (profile := profiles.get(device.profile)) is not None
            and any(quantity in MOVEMENTS for quantity in profile.quantities)
        ]
        if moving and not any(profile.rhythm for _, profile in moving):
            device, profile = moving[0]
            yield (
                f"{_at(config, device, 'profile')}: {profile.id} is too slow to show a convulsion, and {person.id} has "
                "no other movement sensor; take one with rhythm (`feverhub profiles`) or leave this one out"
            )


def _at(config: Config, device: Device, key: str) -> str:
    return f"{config.place(f'device/{device.id}', key)}: device {device.id}"
